//! Placing an order: what a buyer wants goes in; the order with its lines at the price of the day, its first event and the first
//! task of its outbox come out, written in one transaction. The same key again gives the same order.

use sea_orm::sea_query::OnConflict;
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, TryInsertResult};
use std::collections::{BTreeSet, HashMap};
use subgraph_service::Database;
use subgraph_service::clock::now_millis;
use subgraph_service::peer::PeerError;
use subgraph_service::shared_types::Address;
use uuid::Uuid;

use crate::charges;
use crate::entity::order::Status;
use crate::entity::outbox::Task;
use crate::entity::{coupon, order, order_event, order_line};
use crate::order_queries;
use crate::products_api::{PricedProduct, ProductsApi};
use crate::saga::transition;

/// The most that one order may cost, in minor units: sums of many orders still fit GraphQL's `Int`.
const MAXIMUM_SUBTOTAL: i64 = 100_000_000;

/// What a buyer wants, checked for its form.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) buyer_id: Uuid,
    pub(crate) idempotency_key: String,
    pub(crate) lines: Vec<(String, i32)>,
    pub(crate) ship_to: Address,
    pub(crate) coupon: Option<String>,
}

/// What became of it.
#[derive(Debug)]
pub(crate) enum Placed {
    /// A new order; the event is to be announced.
    New(order::Model, order_event::Model),
    /// The order that was placed with this key before.
    Before(order::Model),
    /// These SKUs do not exist.
    UnknownSkus(Vec<String>),
    /// There is no such coupon, or not any more.
    CouponRejected(String),
    /// The products have prices in different currencies.
    MixedCurrencies,
    /// The order costs more than one order may.
    TooExpensive,
}

/// Why lines make no sum.
enum Unpriced {
    MixedCurrencies,
    TooExpensive,
}

/// Why an order could not be placed, for no fault of the buyer's.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlacingError {
    /// Products did not tell its prices.
    #[error(transparent)]
    Products(#[from] PeerError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Places an order.
pub(crate) async fn place(
    database: &Database,
    products: &ProductsApi,
    wish: &Wish,
) -> Result<Placed, PlacingError> {
    if let Some(order) =
        order_queries::placed_with_key(database, wish.buyer_id, &wish.idempotency_key).await?
    {
        return Ok(Placed::Before(order));
    }
    let skus: BTreeSet<String> = wish.lines.iter().map(|(sku, _)| sku.clone()).collect();
    let skus: Vec<String> = skus.into_iter().collect();
    let prices: HashMap<String, PricedProduct> = products
        .prices(&skus)
        .await?
        .into_iter()
        .map(|product| (product.sku.clone(), product))
        .collect();
    let unknown: Vec<String> = skus
        .into_iter()
        .filter(|sku| !prices.contains_key(sku))
        .collect();
    if !unknown.is_empty() {
        return Ok(Placed::UnknownSkus(unknown));
    }
    let percent = match discount_percent(database, wish.coupon.as_deref()).await? {
        Ok(percent) => percent,
        Err(coupon) => return Ok(Placed::CouponRejected(coupon)),
    };
    let order_id = Uuid::now_v7();
    let lines = lines(order_id, wish, &prices);
    match order(order_id, wish, &prices, &lines, percent) {
        Ok(order) => Ok(write(database, order, lines).await?),
        Err(Unpriced::MixedCurrencies) => Ok(Placed::MixedCurrencies),
        Err(Unpriced::TooExpensive) => Ok(Placed::TooExpensive),
    }
}

/// The number under which people know an order: short enough to say on the telephone.
pub(crate) fn order_number(id: Uuid) -> String {
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let digit = |place: u32| char::from(DIGITS[(id.as_u128() >> (5 * place)) as usize % 32]);
    let text: String = (0..9).rev().map(digit).collect();
    format!("W-{}-{}-{}", &text[..3], &text[3..6], &text[6..])
}

/// The percentage, or the code that is not valid.
async fn discount_percent(
    database: &Database,
    code: Option<&str>,
) -> Result<Result<i64, String>, DbErr> {
    let Some(code) = code else { return Ok(Ok(0)) };
    let coupon = coupon::Entity::find_by_id(code.to_uppercase())
        .one(&**database)
        .await?;
    let valid = coupon.filter(|coupon| coupon.valid_until > now_millis());
    Ok(valid
        .map(|coupon| i64::from(coupon.percent))
        .ok_or_else(|| code.to_owned()))
}

fn lines(
    order_id: Uuid,
    wish: &Wish,
    prices: &HashMap<String, PricedProduct>,
) -> Vec<order_line::Model> {
    let priced = wish
        .lines
        .iter()
        .filter_map(|(sku, quantity)| Some((prices.get(sku)?, *quantity)));
    (1..)
        .zip(priced)
        .map(|(line_no, (product, quantity))| order_line::Model {
            order_id,
            line_no,
            product_id: product.id,
            sku: product.sku.clone(),
            title: product.title.clone(),
            quantity,
            unit_price_minor: product.price_minor,
        })
        .collect()
}

fn order(
    id: Uuid,
    wish: &Wish,
    prices: &HashMap<String, PricedProduct>,
    lines: &[order_line::Model],
    percent: i64,
) -> Result<order::Model, Unpriced> {
    let mut currencies: Vec<_> = prices.values().map(|product| product.currency).collect();
    currencies.dedup();
    let [currency] = currencies[..] else {
        return Err(Unpriced::MixedCurrencies);
    };
    let subtotal_minor: i64 = lines
        .iter()
        .map(|line| line.unit_price_minor * i64::from(line.quantity))
        .sum();
    if subtotal_minor > MAXIMUM_SUBTOTAL {
        return Err(Unpriced::TooExpensive);
    }
    let discount_minor = subtotal_minor * percent / 100;
    let shipping_minor = shipping(wish, prices, subtotal_minor - discount_minor);
    Ok(order::Model {
        id,
        number: order_number(id),
        buyer_id: wish.buyer_id,
        idempotency_key: wish.idempotency_key.clone(),
        status: Status::Pending,
        currency,
        subtotal_minor,
        discount_minor,
        shipping_minor,
        total_minor: subtotal_minor - discount_minor + shipping_minor,
        coupon: wish.coupon.as_ref().map(|code| code.to_uppercase()),
        payment: None,
        closing_note: None,
        missing_skus: None,
        ship_label: wish.ship_to.label.clone(),
        ship_line1: wish.ship_to.line1.clone(),
        ship_line2: wish.ship_to.line2.clone(),
        ship_city: wish.ship_to.city.clone(),
        ship_postcode: wish.ship_to.postcode.clone(),
        ship_country: wish.ship_to.country.clone(),
        placed_at: now_millis(),
    })
}

/// One parcel for all that has a weight; nothing for downloads and for orders that are worth it.
fn shipping(wish: &Wish, prices: &HashMap<String, PricedProduct>, to_pay: i64) -> i64 {
    let grams = |(sku, quantity): &(String, i32)| {
        Some(prices.get(sku)?.weight_grams? * i64::from(*quantity))
    };
    let grams: Vec<i64> = wish.lines.iter().filter_map(grams).collect();
    if grams.is_empty() || to_pay >= charges::FREE_SHIPPING_FROM {
        return 0;
    }
    charges::shipping_minor(&wish.ship_to.country, grams.iter().sum())
}

async fn write(
    database: &Database,
    order: order::Model,
    lines: Vec<order_line::Model>,
) -> Result<Placed, DbErr> {
    let transaction = database.begin_write().await?;
    if !insert_order(&transaction, &order).await? {
        transaction.rollback().await?;
        let before =
            order_queries::placed_with_key(database, order.buyer_id, &order.idempotency_key)
                .await?;
        return before
            .map(Placed::Before)
            .ok_or_else(|| DbErr::RecordNotFound("an order with the same key".to_owned()));
    }
    let rows = lines.into_iter().map(|line| line.into_active_model());
    order_line::Entity::insert_many(rows)
        .exec_without_returning(&transaction)
        .await?;
    let event =
        transition::record(&transaction, &order, None, Status::Pending, order.placed_at).await?;
    transition::enqueue(
        &transaction,
        order.id,
        Task::Reserve,
        order.placed_at,
        order.placed_at,
    )
    .await?;
    transaction.commit().await?;
    Ok(Placed::New(order, event))
}

/// `false` when a rival has placed an order with the same key just now.
async fn insert_order(
    transaction: &DatabaseTransaction,
    order: &order::Model,
) -> Result<bool, DbErr> {
    let same_key = [order::Column::BuyerId, order::Column::IdempotencyKey];
    let inserted = order::Entity::insert(order.clone().into_active_model())
        .on_conflict(OnConflict::columns(same_key).do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(transaction)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1)))
}

#[cfg(test)]
mod tests {
    use super::order_number;
    use uuid::Uuid;

    #[test]
    fn an_order_number_can_be_said_aloud() {
        assert_eq!(order_number(Uuid::from_u128(0)), "W-000-000-000");
        assert_eq!(order_number(Uuid::from_u128(31 << 5 | 10)), "W-000-000-0ZA");
    }
}
