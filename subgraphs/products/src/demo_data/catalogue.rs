//! The shelves and products of the demo shop, as tables to read.

/// A shelf: number, name, number of the parent.
pub(super) const CATEGORIES: &[(u8, &str, Option<u8>)] = &[
    (1, "Kitchen", None),
    (2, "Coffee", Some(1)),
    (3, "Desk", None),
    (4, "Outdoors", None),
    (5, "Books", None),
    (6, "Audio", None),
];

/// A product of the demo shop. What is `None` for a kind is left out of its row.
pub(super) struct Item {
    pub(super) number: u8,
    pub(super) sku: &'static str,
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    pub(super) price_minor: i64,
    pub(super) category: u8,
    pub(super) tags: &'static [&'static str],
    pub(super) form: Form,
}

/// What a kind of product has of its own.
pub(super) enum Form {
    Physical {
        weight_grams: i32,
        size_mm: [i32; 3],
        available: i64,
    },
    Digital {
        size_bytes: i32,
    },
}

const fn physical(weight_grams: i32, size_mm: [i32; 3], available: i64) -> Form {
    Form::Physical {
        weight_grams,
        size_mm,
        available,
    }
}

const fn digital(size_bytes: i32) -> Form {
    Form::Digital { size_bytes }
}

macro_rules! items {
    ($($number:literal $sku:literal $title:literal $price:literal in $category:literal $tags:expr, $form:expr, $description:literal;)*) => {
        &[$(Item { number: $number, sku: $sku, title: $title, description: $description, price_minor: $price, category: $category, tags: &$tags, form: $form }),*]
    };
}

/// Number, SKU, title, price in cents, shelf, tags, form, description.
pub(super) const ITEMS: &[Item] = items! {
    1 "KIT-PAN-24" "Carbon steel pan, 24 cm" 5490 in 1 ["steel", "bestseller"], physical(1650, [250, 60, 480], 40), "Blued by hand, ready for its first egg. Works on gas and induction.";
    2 "KIT-KNIFE-18" "Santoku knife, 18 cm" 8900 in 1 ["steel"], physical(320, [60, 30, 340], 25), "Three layers of steel and a walnut handle that fits small hands too.";
    3 "KIT-BOARD-OAK" "Cutting board in oiled oak" 3950 in 1 ["wood"], physical(2100, [300, 30, 450], 60), "End grain, with a groove that catches the juice of two tomatoes.";
    4 "KIT-SCALE" "Kitchen scale to a tenth of a gram" 2990 in 1 ["steel"], physical(540, [140, 20, 190], 80), "A timer, a tare button and nothing else.";
    5 "COF-GRINDER" "Hand grinder with conical burrs" 11900 in 2 ["steel", "bestseller"], physical(720, [60, 60, 180], 18), "Forty clicks from Turkish to French press; a cup takes half a minute.";
    6 "COF-KETTLE" "Gooseneck kettle, 0.9 l" 6450 in 2 ["steel"], physical(980, [160, 170, 290], 30), "Pours a thread of water exactly where you look.";
    7 "COF-DRIPPER" "Porcelain dripper for two cups" 2450 in 2 ["ceramic"], physical(410, [120, 100, 140], 75), "Ribbed walls and one wide hole, for people who like to be in charge.";
    8 "COF-BEANS-ETH" "Ethiopian coffee, washed, 250 g" 1390 in 2 ["food", "bestseller"], physical(265, [80, 60, 200], 200), "Bergamot and apricot. Roasted on Tuesdays.";
    9 "DSK-LAMP" "Desk lamp with a long arm" 12900 in 3 ["light"], physical(3400, [200, 150, 620], 12), "Warm light at night, day light in the morning, by a dial.";
    10 "DSK-PAD" "Wool felt desk pad" 4500 in 3 ["wool"], physical(600, [400, 20, 90], 55), "Four millimetres of merino felt; keeps wrists warm and cups quiet.";
    11 "DSK-NOTEBOOK" "Dotted notebook, A5, 240 pages" 1850 in 3 ["paper", "bestseller"], physical(390, [148, 22, 210], 140), "Opens flat, numbers its own pages, survives fountain pens.";
    12 "DSK-PEN" "Brass fountain pen" 5900 in 3 ["brass"], physical(60, [20, 15, 140], 33), "Heavier than it looks. Medium nib, refills by piston.";
    13 "OUT-BOTTLE" "Insulated bottle, 0.75 l" 3490 in 4 ["steel", "bestseller"], physical(430, [80, 80, 280], 90), "Tea is still hot when the summit comes into view.";
    14 "OUT-PACK-28" "Day pack, 28 l" 13900 in 4 ["recycled"], physical(940, [300, 200, 520], 15), "Made of eleven old bottles. One big pocket, two that can be found blind.";
    15 "OUT-STOVE" "Gas stove that fits a pocket" 4990 in 4 ["steel"], physical(95, [50, 50, 90], 22), "Half a litre boils in three minutes, wind permitting.";
    16 "OUT-LAMP" "Head lamp, 400 lm" 5450 in 4 ["light"], physical(86, [60, 45, 40], 3), "Red light for maps, white light for everything else.";
    17 "BOO-FERMENT" "A Year of Fermentation (e-book)" 1490 in 5 ["e-book", "food"], digital(18_400_000), "Twelve months, forty jars, one balcony.";
    18 "BOO-RIVERS" "Rivers of the North (e-book)" 1190 in 5 ["e-book", "travel"], digital(24_900_000), "Nine rivers from spring to sea, on foot and by canoe, with maps.";
    19 "BOO-BREAD" "Bread Without Hurry" 2800 in 5 ["paper", "food"], physical(880, [200, 28, 260], 45), "Flour, water, salt, and the patience between them.";
    20 "BOO-STARS" "The Night Sky from a City Roof" 2200 in 5 ["paper"], physical(510, [165, 20, 240], 38), "What can be seen in spite of street lamps, month by month.";
    21 "AUD-HEADPHONES" "Closed headphones with a cable" 17900 in 6 ["bestseller"], physical(310, [190, 90, 200], 20), "Repairable with one screwdriver; every part has a number.";
    22 "AUD-SPEAKER" "Shelf speaker, one" 24900 in 6 ["wood"], physical(5200, [180, 300, 240], 8), "Birch plywood, a paper cone and a front that may stay off.";
    23 "AUD-TURNTABLE" "Turntable with a belt" 38900 in 6 ["wood"], physical(6900, [420, 120, 340], 0), "Sold out until the next batch of platters comes from the foundry.";
    24 "AUD-FIELDS" "Field Recordings I: Rain (album)" 990 in 6 ["album"], digital(412_000_000), "Eight kinds of rain on eight kinds of roof.";
};

/// A line that was bought: order number, line, buyer number, product number, quantity. The orders service has the same.
pub(super) const PURCHASES: &[(u8, i32, u8, u8, i64)] = &[
    (1, 1, 1, 5, 1),
    (1, 2, 1, 8, 2),
    (2, 1, 1, 11, 3),
    (3, 1, 2, 13, 1),
    (3, 2, 2, 17, 1),
    (4, 1, 2, 1, 1),
    (4, 2, 2, 3, 1),
    (5, 1, 3, 21, 1),
    (5, 2, 3, 5, 1),
    (6, 1, 3, 8, 4),
];

/// A review: order number, line, stars, words. Who wrote it about what is in the purchase.
pub(super) const REVIEWS: &[(u8, i32, i32, &str)] = &[
    (
        1,
        1,
        5,
        "Quieter than the electric one and no slower. My mornings have got longer in a good way.",
    ),
    (1, 2, 4, "Lovely in the dripper, a little thin as espresso."),
    (2, 1, 5, "The pages really do take wet ink."),
    (
        3,
        1,
        4,
        "Keeps its promise about the tea. The lid is a bit of a puzzle.",
    ),
    (
        3,
        2,
        5,
        "Read it on the train, started a jar the same evening.",
    ),
    (4, 1, 3, "Good pan, but plan an evening for the seasoning."),
    (
        5,
        1,
        5,
        "Replaced the cable myself after the dog found it. Five minutes.",
    ),
    (5, 2, 4, "Solid. The handle could be longer."),
    (6, 1, 5, "Apricot, as the label says."),
];
