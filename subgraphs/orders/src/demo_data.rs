//! Fills an empty database with a few past orders of the demo customers. Ids are fixed: the demo data of users and products
//! refers to them.

use sea_orm::{DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait};
use subgraph_service::Database;
use uuid::Uuid;

use crate::entity::order::{Currency, Status};
use crate::entity::{coupon, order, order_event, order_line};
use crate::placing::order_number;

/// 2026-01-05, 09:00 UTC: when the demo shop opened.
const OPENING: i64 = 1_767_603_600_000;
const DAY: i64 = 86_400_000;

/// An order: number, buyer, status, street, city, postcode, country, shipping in cents.
type OrderRow = (u8, u8, Status, [&'static str; 4], i64);
const ORDERS: &[OrderRow] = &[
    (
        1,
        1,
        Status::Delivered,
        ["12 St James's Square", "London", "SW1Y 4JH", "GB"],
        0,
    ),
    (
        2,
        1,
        Status::Paid,
        ["12 St James's Square", "London", "SW1Y 4JH", "GB"],
        1490,
    ),
    (
        3,
        2,
        Status::Delivered,
        ["Rosenthaler Straße 40", "Berlin", "10178", "DE"],
        490,
    ),
    (
        4,
        2,
        Status::Shipped,
        ["Rosenthaler Straße 40", "Berlin", "10178", "DE"],
        0,
    ),
    (
        5,
        3,
        Status::Delivered,
        ["Mannerheimintie 14", "Helsinki", "00100", "FI"],
        0,
    ),
    (
        6,
        3,
        Status::Paid,
        ["Mannerheimintie 14", "Helsinki", "00100", "FI"],
        990,
    ),
];

/// A line: order, line, product, SKU, title, quantity, price in cents.
type LineRow = (u8, i32, u8, &'static str, &'static str, i32, i64);
const LINES: &[LineRow] = &[
    (
        1,
        1,
        5,
        "COF-GRINDER",
        "Hand grinder with conical burrs",
        1,
        11_500,
    ),
    (
        1,
        2,
        8,
        "COF-BEANS-ETH",
        "Ethiopian coffee, washed, 250 g",
        2,
        1_390,
    ),
    (
        2,
        1,
        11,
        "DSK-NOTEBOOK",
        "Dotted notebook, A5, 240 pages",
        3,
        1_850,
    ),
    (3, 1, 13, "OUT-BOTTLE", "Insulated bottle, 0.75 l", 1, 3_490),
    (
        3,
        2,
        17,
        "BOO-FERMENT",
        "A Year of Fermentation (e-book)",
        1,
        1_490,
    ),
    (4, 1, 1, "KIT-PAN-24", "Carbon steel pan, 24 cm", 1, 5_490),
    (
        4,
        2,
        3,
        "KIT-BOARD-OAK",
        "Cutting board in oiled oak",
        1,
        3_650,
    ),
    (
        5,
        1,
        21,
        "AUD-HEADPHONES",
        "Closed headphones with a cable",
        1,
        17_900,
    ),
    (
        5,
        2,
        5,
        "COF-GRINDER",
        "Hand grinder with conical burrs",
        1,
        11_900,
    ),
    (
        6,
        1,
        8,
        "COF-BEANS-ETH",
        "Ethiopian coffee, washed, 250 g",
        4,
        1_390,
    ),
];

/// Writes the demo orders when there is no order yet; `false` when there is.
pub(crate) async fn seed(database: &Database) -> Result<bool, DbErr> {
    let transaction = database.begin_write().await?;
    if order::Entity::find().count(&transaction).await? > 0 {
        transaction.rollback().await?;
        return Ok(false);
    }
    let orders = ORDERS.iter().map(|row| order_row(row).into_active_model());
    order::Entity::insert_many(orders)
        .exec_without_returning(&transaction)
        .await?;
    let lines = LINES.iter().map(|row| line_row(row).into_active_model());
    order_line::Entity::insert_many(lines)
        .exec_without_returning(&transaction)
        .await?;
    insert_events(&transaction).await?;
    insert_coupons(&transaction).await?;
    transaction.commit().await?;
    Ok(true)
}

fn fixed_id(series: u16, number: u8) -> Uuid {
    Uuid::from_fields(
        0x0190_0000 | u32::from(series),
        0,
        0x7000,
        &[0x80, 0, 0, 0, 0, 0, 0, number],
    )
}

fn user_id(number: u8) -> Uuid {
    fixed_id(0xa000, number)
}

fn product_id(number: u8) -> Uuid {
    fixed_id(0xb000, number)
}

fn order_id(number: u8) -> Uuid {
    fixed_id(0xc000, number)
}

fn placed_at(number: u8) -> i64 {
    OPENING + (30 + i64::from(number) * 3) * DAY
}

fn order_row(
    (number, buyer, status, [line1, city, postcode, country], shipping): &OrderRow,
) -> order::Model {
    let subtotal = LINES
        .iter()
        .filter(|line| line.0 == *number)
        .map(|line| i64::from(line.5) * line.6)
        .sum();
    order::Model {
        id: order_id(*number),
        number: order_number(order_id(*number)),
        buyer_id: user_id(*buyer),
        idempotency_key: format!("demo-order-{number}"),
        status: *status,
        currency: Currency::Eur,
        subtotal_minor: subtotal,
        discount_minor: 0,
        shipping_minor: *shipping,
        total_minor: subtotal + shipping,
        coupon: None,
        payment: Some("card:tok_demo".to_owned()),
        closing_note: None,
        missing_skus: None,
        ship_label: "home".to_owned(),
        ship_line1: (*line1).to_owned(),
        ship_line2: None,
        ship_city: (*city).to_owned(),
        ship_postcode: (*postcode).to_owned(),
        ship_country: (*country).to_owned(),
        placed_at: placed_at(*number),
    }
}

fn line_row((order, line_no, product, sku, title, quantity, price): &LineRow) -> order_line::Model {
    order_line::Model {
        order_id: order_id(*order),
        line_no: *line_no,
        product_id: product_id(*product),
        sku: (*sku).to_owned(),
        title: (*title).to_owned(),
        quantity: *quantity,
        unit_price_minor: *price,
    }
}

/// The way of each order to its status, a day for each step.
async fn insert_events(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    const WAY: [Status; 5] = [
        Status::Pending,
        Status::Reserved,
        Status::Paid,
        Status::Shipped,
        Status::Delivered,
    ];
    let events = ORDERS.iter().flat_map(|(number, _, status, ..)| {
        let steps = WAY
            .iter()
            .position(|step| step == status)
            .map_or(0, |last| last + 1);
        (0_i64..)
            .zip(&WAY[..steps])
            .scan(None, move |previous, (day, current)| {
                let event = order_event::Model {
                    id: Uuid::now_v7(),
                    order_id: order_id(*number),
                    previous: previous.replace(*current),
                    current: *current,
                    at: placed_at(*number) + day * DAY,
                };
                Some(event.into_active_model())
            })
    });
    order_event::Entity::insert_many(events)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

async fn insert_coupons(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    let coupons = [
        ("WELCOME10", 10, OPENING + 10_000 * DAY),
        ("OPENING25", 25, OPENING + 14 * DAY),
    ];
    let rows = coupons.map(|(code, percent, valid_until)| {
        coupon::Model {
            code: code.to_owned(),
            percent,
            valid_until,
        }
        .into_active_model()
    });
    coupon::Entity::insert_many(rows)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}
