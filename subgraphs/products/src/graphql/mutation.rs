//! `Mutation`: reviews by buyers, the catalogue by staff, stock by the orders service.

use async_graphql::{Context, ID, Object, Result, SimpleObject, Union};
use chrono::{DateTime, Utc};
use subgraph_service::Database;
use subgraph_service::clock::{date_time, now_millis};
use subgraph_service::errors::{bad_user_input, internal};
use subgraph_service::guard::{HasScope, ServiceWithScope, SignedIn, signed_in_user};

use crate::author_names::AuthorNames;
use crate::catalogue::parse_id;
use crate::catalogue_edit;
use crate::graphql::inputs::{ReviewInput, UpsertProductInput};
use crate::graphql::product::Product;
use crate::graphql::review::Review;
use crate::reviews::{self, NewReview, ReviewRefused};
use crate::stock::{self, ReserveRequest, Reserved, StockLineInput};
use crate::stock_feed::StockFeed;

/// How many lines an order may reserve.
const MAXIMUM_LINES: usize = 100;

/// The fields of `Mutation`
#[derive(Debug, Default)]
pub struct CatalogueMutation;

/// A written review, or why there is none
#[derive(Clone, Debug, Union)]
pub(crate) enum ReviewProductResult {
    Written(Review),
    Refused(ReviewRefused),
}

/// What an order holds
#[derive(Clone, Debug, SimpleObject)]
#[graphql(inaccessible)]
pub(crate) struct Reservation {
    /// The order
    order_id: ID,
    /// When unpaid stock goes back to the shelf
    expires_at: DateTime<Utc>,
    /// Whether all lines are held; otherwise none is
    complete: bool,
    /// The SKUs that are unknown or sold out
    missing: Vec<String>,
}

#[Object(name = "Mutation")]
impl CatalogueMutation {
    /// Writes a review of something that the caller has bought and paid
    #[graphql(guard = "SignedIn")]
    async fn review_product(
        &self,
        ctx: &Context<'_>,
        input: ReviewInput,
    ) -> Result<ReviewProductResult> {
        let author_id = signed_in_user(ctx)?;
        if !(1..=5).contains(&input.rating) {
            return Err(bad_user_input(
                "rating",
                "`rating` is 1 (poor) to 5 (excellent)",
            ));
        }
        let new = NewReview {
            author_id,
            author_name: ctx.data::<AuthorNames>()?.name_of(author_id).await?,
            order_id: parse_id("orderId", &input.order_id)?,
            line_no: input.line_no,
            rating: input.rating,
            body: input.body,
            now: now_millis(),
        };
        let outcome = reviews::write(ctx.data::<Database>()?, new)
            .await
            .map_err(internal)?;
        Ok(match outcome {
            Ok(review) => ReviewProductResult::Written(Review(review)),
            Err(refusal) => ReviewProductResult::Refused(ReviewRefused::from(refusal)),
        })
    }

    /// Adds a product to the catalogue, or changes the one with this SKU: for staff
    #[graphql(
        requires_scopes = "catalog:write",
        guard = "HasScope(\"catalog:write\")"
    )]
    async fn upsert_product(
        &self,
        ctx: &Context<'_>,
        input: UpsertProductInput,
    ) -> Result<Product> {
        let category_id = parse_id("categoryId", &input.category_id)?;
        let product =
            catalogue_edit::upsert(ctx.data::<Database>()?, input, category_id, now_millis())
                .await?;
        Ok(Product::from(product))
    }

    /// Adds to what can be ordered of a product that is shipped, or takes from it: for staff
    #[graphql(
        requires_scopes = "catalog:write",
        guard = "HasScope(\"catalog:write\")"
    )]
    async fn adjust_stock(&self, ctx: &Context<'_>, sku: String, delta: i32) -> Result<Product> {
        let product =
            catalogue_edit::adjust_stock(ctx.data::<Database>()?, &sku, i64::from(delta)).await?;
        ctx.data::<StockFeed>()?.announce_after(&[product.id]);
        Ok(Product::from(product))
    }

    /// Holds all lines of an order or none. Called by the orders service with a service token, never by clients.
    #[graphql(inaccessible, guard = "ServiceWithScope(\"stock:reserve\")")]
    async fn reserve_stock(
        &self,
        ctx: &Context<'_>,
        order_id: ID,
        buyer_id: ID,
        lines: Vec<StockLineInput>,
    ) -> Result<Reservation> {
        check_lines(&lines)?;
        let now = now_millis();
        let request = ReserveRequest {
            order_id: parse_id("orderId", &order_id)?,
            buyer_id: parse_id("buyerId", &buyer_id)?,
            lines,
            now,
            expires_at: now + ctx.data::<StockFeed>()?.hold_millis(),
        };
        let change = stock::reserve(ctx.data::<Database>()?, &request)
            .await
            .map_err(internal)?;
        ctx.data::<StockFeed>()?.announce_after(&change.products);
        let (complete, expires_at, missing) = match change.outcome {
            Reserved::Held(reservation) => (true, reservation.expires_at, Vec::new()),
            Reserved::Over(reservation) => (false, reservation.expires_at, Vec::new()),
            Reserved::Missing(missing) => (false, now, missing),
        };
        Ok(Reservation {
            order_id,
            expires_at: date_time(expires_at),
            complete,
            missing,
        })
    }

    /// Makes what a paid order holds final; false when the reservation is over. Called by the orders service.
    #[graphql(inaccessible, guard = "ServiceWithScope(\"stock:reserve\")")]
    async fn commit_stock(&self, ctx: &Context<'_>, order_id: ID) -> Result<bool> {
        stock::commit(ctx.data::<Database>()?, parse_id("orderId", &order_id)?)
            .await
            .map_err(internal)
    }

    /// Gives back what an order holds or has bought. Called by the orders service.
    #[graphql(inaccessible, guard = "ServiceWithScope(\"stock:reserve\")")]
    async fn release_stock(&self, ctx: &Context<'_>, order_id: ID) -> Result<bool> {
        let order_id = parse_id("orderId", &order_id)?;
        let change = stock::release(ctx.data::<Database>()?, order_id, now_millis())
            .await
            .map_err(internal)?;
        ctx.data::<StockFeed>()?.announce_after(&change.products);
        Ok(true)
    }
}

fn check_lines(lines: &[StockLineInput]) -> Result<()> {
    if lines.is_empty() || lines.len() > MAXIMUM_LINES {
        return Err(bad_user_input(
            "lines",
            format!("`lines` needs 1 to {MAXIMUM_LINES} lines"),
        ));
    }
    if lines.iter().any(|line| line.quantity < 1) {
        return Err(bad_user_input(
            "lines",
            "every `quantity` must be at least 1",
        ));
    }
    let mut numbers: Vec<_> = lines.iter().map(|line| line.line_no).collect();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.len() < lines.len() {
        return Err(bad_user_input("lines", "every `lineNo` may occur once"));
    }
    Ok(())
}
