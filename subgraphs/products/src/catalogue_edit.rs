//! Changing the catalogue: what staff enters goes in, the product as it is afterwards comes out.

use async_graphql::Result;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
};
use subgraph_service::Database;
use subgraph_service::errors::{bad_user_input, internal, not_found};
use uuid::Uuid;

use crate::entity::product::{Kind, TaxClass};
use crate::entity::{category, product, product_tag};
use crate::graphql::inputs::{ProductFormInput, UpsertProductInput};
use crate::stock;
use crate::stock_feed::StockFeed;

/// Adds a product, or changes the one with the same SKU.
///
/// # Errors
/// When the category does not exist or the product would change its kind.
pub(crate) async fn upsert(
    database: &Database,
    input: UpsertProductInput,
    category_id: Uuid,
    now: i64,
) -> Result<product::Model> {
    let transaction = database.begin_write().await.map_err(internal)?;
    if category::Entity::find_by_id(category_id)
        .one(&transaction)
        .await
        .map_err(internal)?
        .is_none()
    {
        return Err(bad_user_input(
            "categoryId",
            format!("there is no category `{category_id}`; `categories` lists all of them"),
        ));
    }
    let existing = by_sku(&transaction, &input.sku).await.map_err(internal)?;
    let kind = match input.form {
        ProductFormInput::Physical(_) => Kind::Physical,
        ProductFormInput::Digital(_) => Kind::Digital,
    };
    if existing
        .as_ref()
        .is_some_and(|product| product.kind != kind)
    {
        return Err(bad_user_input(
            "form",
            format!(
                "`{}` cannot change its kind; give the new product a SKU of its own",
                input.sku
            ),
        ));
    }
    let tags = input.tags.clone();
    let row = row(input, kind, category_id);
    let product = save(&transaction, row, existing, now)
        .await
        .map_err(internal)?;
    replace_tags(&transaction, product.id, tags)
        .await
        .map_err(internal)?;
    transaction.commit().await.map_err(internal)?;
    Ok(product)
}

/// Adds to the stock of a product that is counted, or takes from it.
///
/// # Errors
/// When there is no such product, it is not counted, or there is less than is to be taken.
pub(crate) async fn adjust_stock(
    database: &Database,
    sku: &str,
    delta: i64,
) -> Result<product::Model> {
    let transaction = database.begin_write().await.map_err(internal)?;
    let product = by_sku(&transaction, sku)
        .await
        .map_err(internal)?
        .ok_or_else(|| not_found(format!("there is no product `{sku}`")))?;
    let Some(available) = product.available else {
        return Err(bad_user_input(
            "sku",
            format!("`{sku}` is a download: it has no stock to adjust"),
        ));
    };
    if !stock::adjust(&transaction, product.id, delta)
        .await
        .map_err(internal)?
    {
        return Err(bad_user_input(
            "delta",
            format!(
                "`{sku}` has {available} available, so {} cannot be taken",
                -delta
            ),
        ));
    }
    let adjusted = by_sku(&transaction, sku).await.map_err(internal)?;
    StockFeed::announce_within(&transaction, [&product.id])
        .await
        .map_err(internal)?;
    transaction.commit().await.map_err(internal)?;
    adjusted.ok_or_else(|| not_found(format!("there is no product `{sku}`")))
}

async fn by_sku(
    transaction: &DatabaseTransaction,
    sku: &str,
) -> Result<Option<product::Model>, DbErr> {
    product::Entity::find()
        .filter(product::Column::Sku.eq(sku))
        .one(transaction)
        .await
}

fn row(input: UpsertProductInput, kind: Kind, category_id: Uuid) -> product::ActiveModel {
    let (weight, size, download) = match input.form {
        ProductFormInput::Physical(form) => (
            Some(form.weight_grams),
            [form.width_mm, form.height_mm, form.depth_mm].map(Some),
            None,
        ),
        ProductFormInput::Digital(form) => (None, [None; 3], Some(form.download_size_bytes)),
    };
    let [width, height, depth] = size;
    product::ActiveModel {
        sku: Set(input.sku),
        kind: Set(kind),
        title: Set(input.title),
        description: Set(input.description),
        price_minor: Set(i64::from(input.price_minor)),
        currency: Set(input.currency),
        category_id: Set(category_id),
        weight_grams: Set(weight),
        width_mm: Set(width),
        height_mm: Set(height),
        depth_mm: Set(depth),
        download_size_bytes: Set(download),
        ..Default::default()
    }
}

async fn save(
    transaction: &DatabaseTransaction,
    mut row: product::ActiveModel,
    existing: Option<product::Model>,
    now: i64,
) -> Result<product::Model, DbErr> {
    if let Some(existing) = existing {
        row.id = Set(existing.id);
        return row.update(transaction).await;
    }
    row.id = Set(Uuid::now_v7());
    row.tax_class = Set(TaxClass::Standard);
    row.available = if row.weight_grams == Set(None) {
        Set(None)
    } else {
        Set(Some(0))
    };
    row.created_at = Set(now);
    row.rating_milli = NotSet;
    row.insert(transaction).await
}

async fn replace_tags(
    transaction: &DatabaseTransaction,
    product_id: Uuid,
    mut tags: Vec<String>,
) -> Result<(), DbErr> {
    product_tag::Entity::delete_many()
        .filter(product_tag::Column::ProductId.eq(product_id))
        .exec(transaction)
        .await?;
    tags.iter_mut()
        .for_each(|tag| *tag = tag.trim().to_lowercase());
    tags.sort();
    tags.dedup();
    let rows: Vec<_> = tags
        .into_iter()
        .map(|tag| product_tag::ActiveModel {
            product_id: Set(product_id),
            tag: Set(tag),
        })
        .collect();
    if !rows.is_empty() {
        product_tag::Entity::insert_many(rows)
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(())
}
