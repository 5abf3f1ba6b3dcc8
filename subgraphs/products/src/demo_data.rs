//! Fills an empty database with the demo shop, so that the first query shows something.
//! Ids are fixed: the demo data of users and orders refers to them.

use sea_orm::ActiveValue::Set;
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait};
use subgraph_service::Database;
use uuid::Uuid;

use crate::entity::product::{Currency, Kind, TaxClass};
use crate::entity::{category, product, product_tag, reservation, reservation_line, review};
use crate::reviews;
use catalogue::{CATEGORIES, Form, ITEMS, Item, PURCHASES, REVIEWS};

mod catalogue;

/// 2026-01-05, 09:00 UTC: when the demo shop opened.
const OPENING: i64 = 1_767_603_600_000;
const DAY: i64 = 86_400_000;
const CUSTOMERS: [&str; 3] = ["Ada Lovelace", "Grace Hopper", "Linus"];

/// Writes the demo shop when there is no product yet; `false` when there is.
pub(crate) async fn seed(database: &Database) -> Result<bool, DbErr> {
    let transaction = database.begin_write().await?;
    if product::Entity::find().count(&transaction).await? > 0 {
        transaction.rollback().await?;
        return Ok(false);
    }
    category::Entity::insert_many(CATEGORIES.iter().map(category_row))
        .exec_without_returning(&transaction)
        .await?;
    product::Entity::insert_many(ITEMS.iter().map(product_row))
        .exec_without_returning(&transaction)
        .await?;
    product_tag::Entity::insert_many(ITEMS.iter().flat_map(tag_rows))
        .exec_without_returning(&transaction)
        .await?;
    insert_purchases(&transaction).await?;
    insert_reviews(&transaction).await?;
    transaction.commit().await?;
    Ok(true)
}

fn user_id(number: u8) -> Uuid {
    Uuid::from_u128(0x0190_a000_0000_7000_8000_0000_0000_0000 | u128::from(number))
}

fn product_id(number: u8) -> Uuid {
    Uuid::from_u128(0x0190_b000_0000_7000_8000_0000_0000_0000 | u128::from(number))
}

fn order_id(number: u8) -> Uuid {
    Uuid::from_u128(0x0190_c000_0000_7000_8000_0000_0000_0000 | u128::from(number))
}

fn category_id(number: u8) -> Uuid {
    Uuid::from_u128(0x0190_d000_0000_7000_8000_0000_0000_0000 | u128::from(number))
}

fn review_id(number: u128) -> Uuid {
    Uuid::from_u128(0x0190_e000_0000_7000_8000_0000_0000_0000 | number)
}

fn category_row((number, name, parent): &(u8, &str, Option<u8>)) -> category::ActiveModel {
    category::ActiveModel {
        id: Set(category_id(*number)),
        name: Set((*name).to_owned()),
        parent_id: Set(parent.map(category_id)),
    }
}

fn product_row(item: &Item) -> product::ActiveModel {
    let (weight, [width, height, depth], available) = match item.form {
        Form::Physical {
            weight_grams,
            size_mm,
            available,
        } => (Some(weight_grams), size_mm.map(Some), Some(available)),
        Form::Digital { .. } => (None, [None; 3], None),
    };
    let (kind, download) = match item.form {
        Form::Physical { .. } => (Kind::Physical, None),
        Form::Digital { size_bytes } => (Kind::Digital, Some(size_bytes)),
    };
    let ratings: Vec<i64> = ratings_of(item.number).collect();
    let (rating_sum, rating_count) = (ratings.iter().sum(), ratings.len() as i64);
    product::ActiveModel {
        id: Set(product_id(item.number)),
        sku: Set(item.sku.to_owned()),
        kind: Set(kind),
        title: Set(item.title.to_owned()),
        description: Set(item.description.to_owned()),
        price_minor: Set(item.price_minor),
        currency: Set(Currency::Eur),
        category_id: Set(category_id(item.category)),
        tax_class: Set(if matches!(item.category, 5) {
            TaxClass::Reduced
        } else {
            TaxClass::Standard
        }),
        weight_grams: Set(weight),
        width_mm: Set(width),
        height_mm: Set(height),
        depth_mm: Set(depth),
        download_size_bytes: Set(download),
        available: Set(available),
        rating_sum: Set(rating_sum),
        rating_count: Set(rating_count),
        rating_milli: Set(reviews::rating_milli(rating_sum, rating_count)),
        units_committed: Set(PURCHASES
            .iter()
            .filter(|purchase| purchase.3 == item.number)
            .map(|purchase| purchase.4)
            .sum()),
        created_at: Set(OPENING + i64::from(item.number) * DAY),
    }
}

fn ratings_of(product: u8) -> impl Iterator<Item = i64> {
    let bought_as = move |order, line| {
        PURCHASES
            .iter()
            .any(|purchase| (purchase.0, purchase.1, purchase.3) == (order, line, product))
    };
    REVIEWS
        .iter()
        .filter(move |review| bought_as(review.0, review.1))
        .map(|review| i64::from(review.2))
}

fn tag_rows(item: &Item) -> impl Iterator<Item = product_tag::ActiveModel> {
    item.tags.iter().map(|tag| product_tag::ActiveModel {
        product_id: Set(product_id(item.number)),
        tag: Set((*tag).to_owned()),
    })
}

async fn insert_purchases(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    let orders =
        PURCHASES
            .iter()
            .filter(|purchase| purchase.1 == 1)
            .map(|(order, _, buyer, ..)| reservation::ActiveModel {
                order_id: Set(order_id(*order)),
                buyer_id: Set(user_id(*buyer)),
                state: Set(reservation::State::Committed),
                expires_at: Set(ordered_at(*order)),
                created_at: Set(ordered_at(*order)),
            });
    reservation::Entity::insert_many(orders)
        .exec_without_returning(transaction)
        .await?;
    let lines =
        PURCHASES.iter().map(
            |(order, line, _, product, quantity)| reservation_line::ActiveModel {
                order_id: Set(order_id(*order)),
                line_no: Set(*line),
                product_id: Set(product_id(*product)),
                quantity: Set(*quantity),
            },
        );
    reservation_line::Entity::insert_many(lines)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

async fn insert_reviews(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    let rows = (1..)
        .zip(REVIEWS)
        .flat_map(|(number, (order, line, rating, body))| {
            let purchase = PURCHASES
                .iter()
                .find(|purchase| (purchase.0, purchase.1) == (*order, *line));
            purchase.map(|(_, _, buyer, product, _)| review::ActiveModel {
                id: Set(review_id(number)),
                product_id: Set(product_id(*product)),
                author_id: Set(user_id(*buyer)),
                author_name: Set(CUSTOMERS[usize::from(*buyer) - 1].to_owned()),
                order_id: Set(order_id(*order)),
                line_no: Set(*line),
                rating: Set(*rating),
                body: Set(Some((*body).to_owned())),
                created_at: Set(ordered_at(*order) + 4 * DAY),
            })
        });
    review::Entity::insert_many(rows)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

fn ordered_at(order: u8) -> i64 {
    OPENING + (30 + i64::from(order) * 3) * DAY
}
