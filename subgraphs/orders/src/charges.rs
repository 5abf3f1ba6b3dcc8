//! What is added to a price: shipping by weight, size and country, and tax by class and country. Pure arithmetic in minor units.

/// From this subtotal on, shipping costs nothing.
pub(crate) const FREE_SHIPPING_FROM: i64 = 7_500;
/// So many cubic millimetres are charged like one gram: the carriers' 5000 cm³ for a kilogram.
const CUBIC_MILLIMETRES_PER_GRAM: i64 = 5_000;

/// How a product is taxed: for services only
#[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
#[graphql(inaccessible)]
pub(crate) enum TaxClass {
    Standard,
    Reduced,
    Zero,
}

/// What carriers charge for: the weight, or the size where a parcel is large and light.
pub(crate) fn charged_grams(weight_grams: i64, size_mm: Option<[i64; 3]>) -> i64 {
    let by_size = size_mm.map_or(0, |[width, height, depth]| {
        width * height * depth / CUBIC_MILLIMETRES_PER_GRAM
    });
    weight_grams.max(by_size)
}

/// The price of a parcel: a base by zone and a part for each kilogram begun after the first.
pub(crate) fn shipping_minor(country: &str, grams: i64) -> i64 {
    let (base, each_kilogram) = match country {
        "DE" => (490, 60),
        country if is_in_european_union(country) => (990, 150),
        "GB" | "CH" | "NO" | "IS" => (1_490, 250),
        _ => (2_490, 600),
    };
    // 1000 g are the first kilogram, 1001 g begin the second.
    let kilograms_after_first = (grams.max(1) - 1) / 1_000;
    base + kilograms_after_first * each_kilogram
}

/// The tax within a price that includes it.
pub(crate) fn tax_minor(country: &str, class: TaxClass, price_minor: i64) -> i64 {
    let percent = tax_percent(country, class);
    // Rounded half up, as on an invoice.
    (2 * price_minor * percent + 100 + percent) / (2 * (100 + percent))
}

fn tax_percent(country: &str, class: TaxClass) -> i64 {
    let (standard, reduced) = match country {
        "DE" => (19, 7),
        "AT" => (20, 10),
        "FR" => (20, 5),
        "IT" => (22, 10),
        "ES" => (21, 10),
        "NL" => (21, 9),
        "SE" | "DK" => (25, 12),
        "GB" => (20, 5),
        country if is_in_european_union(country) => (21, 9),
        _ => (0, 0),
    };
    match class {
        TaxClass::Standard => standard,
        TaxClass::Reduced => reduced,
        TaxClass::Zero => 0,
    }
}

fn is_in_european_union(country: &str) -> bool {
    const MEMBERS: [&str; 27] = [
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
        "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    ];
    MEMBERS.contains(&country)
}

#[cfg(test)]
mod tests {
    use super::{TaxClass, charged_grams, shipping_minor, tax_minor};

    #[test]
    fn a_large_light_parcel_is_charged_by_its_size() {
        assert_eq!(charged_grams(500, Some([300, 200, 500])), 6_000);
        assert_eq!(charged_grams(500, Some([100, 100, 100])), 500);
        assert_eq!(charged_grams(500, None), 500);
    }

    #[test]
    fn each_kilogram_begun_after_the_first_costs_extra() {
        assert_eq!(shipping_minor("DE", 1_000), 490);
        assert_eq!(shipping_minor("DE", 1_001), 550);
        assert_eq!(shipping_minor("FR", 2_500), 990 + 2 * 150);
    }

    #[test]
    fn tax_is_the_part_that_a_price_includes() {
        assert_eq!(tax_minor("DE", TaxClass::Standard, 11_900), 1_900);
        assert_eq!(tax_minor("DE", TaxClass::Reduced, 10_700), 700);
        assert_eq!(tax_minor("DE", TaxClass::Zero, 10_700), 0);
        assert_eq!(tax_minor("US", TaxClass::Standard, 10_000), 0);
    }
}
