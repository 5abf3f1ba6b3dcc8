//! Writing reviews: a purchased order line and what its buyer says go in; a review comes out, or why there is none.

use async_graphql::{Enum, SimpleObject};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, TryInsertResult,
};
use subgraph_service::Database;
use uuid::Uuid;

use crate::entity::{product, reservation, reservation_line, review};

/// Why a review was not written
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum ReviewRefusal {
    /// The line is not of an order that its author paid for
    NotPurchased,
    /// The line was reviewed before
    AlreadyReviewed,
}

/// A review that could not be written
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub(crate) struct ReviewRefused {
    /// Why
    pub(crate) reason: ReviewRefusal,
    /// What to do about it
    pub(crate) message: String,
}

impl From<ReviewRefusal> for ReviewRefused {
    fn from(reason: ReviewRefusal) -> Self {
        let message = match reason {
            ReviewRefusal::NotPurchased => {
                "you can review what you have bought: give the order and the line with which you bought and paid it"
            }
            ReviewRefusal::AlreadyReviewed => "you have reviewed this purchase before",
        };
        Self {
            reason,
            message: message.to_owned(),
        }
    }
}

/// A review before it has an id.
#[derive(Clone, Debug)]
pub(crate) struct NewReview {
    pub(crate) author_id: Uuid,
    pub(crate) author_name: String,
    pub(crate) order_id: Uuid,
    pub(crate) line_no: i32,
    pub(crate) rating: i32,
    pub(crate) body: Option<String>,
    pub(crate) now: i64,
}

/// Writes a review of a purchased line, once, and brings the product's rating up to date.
pub(crate) async fn write(
    database: &Database,
    new: NewReview,
) -> Result<Result<review::Model, ReviewRefusal>, DbErr> {
    let transaction = database.begin_write().await?;
    let Some(product_id) = purchased_product(&transaction, &new).await? else {
        transaction.rollback().await?;
        return Ok(Err(ReviewRefusal::NotPurchased));
    };
    let rating = i64::from(new.rating);
    let review = review::Model {
        id: Uuid::now_v7(),
        product_id,
        author_id: new.author_id,
        author_name: new.author_name,
        order_id: new.order_id,
        line_no: new.line_no,
        rating: new.rating,
        body: new.body,
        created_at: new.now,
    };
    if !insert(&transaction, &review).await? {
        transaction.rollback().await?;
        return Ok(Err(ReviewRefusal::AlreadyReviewed));
    }
    add_rating(&transaction, product_id, rating).await?;
    transaction.commit().await?;
    Ok(Ok(review))
}

/// The average rating times 1000, rounded; 0 without reviews.
pub(crate) fn rating_milli(sum: i64, count: i64) -> i64 {
    if count == 0 {
        0
    } else {
        (sum * 1000 + count / 2) / count
    }
}

async fn purchased_product(
    transaction: &DatabaseTransaction,
    new: &NewReview,
) -> Result<Option<Uuid>, DbErr> {
    let purchase = reservation::Entity::find_by_id(new.order_id)
        .filter(reservation::Column::BuyerId.eq(new.author_id))
        .filter(reservation::Column::State.eq(reservation::State::Committed))
        .one(transaction)
        .await?;
    if purchase.is_none() {
        return Ok(None);
    }
    let line = reservation_line::Entity::find_by_id((new.order_id, new.line_no))
        .one(transaction)
        .await?;
    Ok(line.map(|line| line.product_id))
}

async fn insert(transaction: &DatabaseTransaction, review: &review::Model) -> Result<bool, DbErr> {
    let line = [review::Column::OrderId, review::Column::LineNo];
    let inserted = review::Entity::insert(review.clone().into_active_model())
        .on_conflict(OnConflict::columns(line).do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(transaction)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1)))
}

/// Adds in SQL, so that two reviews at once both count; the row is locked until the average is written.
async fn add_rating(
    transaction: &DatabaseTransaction,
    product_id: Uuid,
    rating: i64,
) -> Result<(), DbErr> {
    product::Entity::update_many()
        .col_expr(
            product::Column::RatingSum,
            Expr::col(product::Column::RatingSum).add(rating),
        )
        .col_expr(
            product::Column::RatingCount,
            Expr::col(product::Column::RatingCount).add(1),
        )
        .filter(product::Column::Id.eq(product_id))
        .exec(transaction)
        .await?;
    if let Some(product) = product::Entity::find_by_id(product_id)
        .one(transaction)
        .await?
    {
        let average = rating_milli(product.rating_sum, product.rating_count);
        let row = product::ActiveModel {
            id: Set(product_id),
            rating_milli: Set(average),
            ..Default::default()
        };
        row.update(transaction).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::rating_milli;

    #[test]
    fn an_average_is_rounded_to_thousandths() {
        assert_eq!(rating_milli(14, 3), 4667);
        assert_eq!(rating_milli(0, 0), 0);
    }
}
