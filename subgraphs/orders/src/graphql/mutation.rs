//! `Mutation`: placing, paying and cancelling by buyers, shipping and delivering by staff.

use async_graphql::{Context, ID, Object, Result};
use subgraph_service::errors::{SERVICE_UNAVAILABLE, bad_user_input, error, internal, not_found};
use subgraph_service::guard::{HasScope, SignedIn, signed_in_user};
use subgraph_service::limits::Length;
use uuid::Uuid;

use crate::entity::order;
use crate::entity::order::Status;
use crate::graphql::inputs::{PaymentInput, PlaceOrderInput};
use crate::graphql::order::Order;
use crate::graphql::product::{External, Product};
use crate::graphql::query::parse_id;
use crate::graphql::results::{
    CancelOrderResult, CouponRejected, NotCancellable, NotPayable, OutOfStock, PayOrderResult,
    PaymentDeclined, PlaceOrderResult, PlaceOrderSuccess, UnknownProducts,
};
use crate::lifecycle::Changed;
use crate::order_desk::OrderDesk;
use crate::placing::{Placed, PlacingError};
use crate::users_api::UsersApi;

/// The fields of `Mutation`
#[derive(Debug, Default)]
pub struct OrdersMutation;

#[Object(name = "Mutation")]
impl OrdersMutation {
    /// Places an order at the prices of the day and reserves its stock
    #[graphql(guard = "SignedIn")]
    async fn place_order(
        &self,
        ctx: &Context<'_>,
        input: PlaceOrderInput,
    ) -> Result<PlaceOrderResult> {
        let wish = input.into_wish(signed_in_user(ctx)?)?;
        let placed = ctx
            .data::<OrderDesk>()?
            .place(&wish)
            .await
            .map_err(placing_failed)?;
        place_order_result(placed)
    }

    /// Pays a reserved order
    #[graphql(guard = "SignedIn")]
    async fn pay_order(
        &self,
        ctx: &Context<'_>,
        id: ID,
        payment: PaymentInput,
    ) -> Result<PayOrderResult> {
        let id = own_order(ctx, &id).await?;
        if payment.is_by_invoice() && !may_pay_by_invoice(ctx, id).await? {
            let message = "this account cannot pay by invoice; pay by card".to_owned();
            return Ok(PayOrderResult::Declined(PaymentDeclined { message }));
        }
        let Some(payment) = payment.accepted()? else {
            let message =
                "the card was declined; pay in another way before the reservation ends".to_owned();
            return Ok(PayOrderResult::Declined(PaymentDeclined { message }));
        };
        let changed = ctx
            .data::<OrderDesk>()?
            .pay(id, &payment)
            .await
            .map_err(internal)?;
        Ok(match changed.ok_or_else(|| no_order(id))? {
            Changed::Now(order, _) | Changed::Already(order) => PayOrderResult::Order(Order(order)),
            Changed::Impossible(order) => PayOrderResult::NotPayable(NotPayable {
                message: not_payable(&order),
                status: order.status,
            }),
        })
    }

    /// Gives an order up, until it is shipped: the buyer or staff
    #[graphql(guard = "SignedIn")]
    async fn cancel_order(
        &self,
        ctx: &Context<'_>,
        id: ID,
        #[graphql(validator(custom = "Length::of(\"reason\", 0, 200)"))] reason: Option<String>,
    ) -> Result<CancelOrderResult> {
        let id = own_order(ctx, &id).await?;
        let changed = ctx
            .data::<OrderDesk>()?
            .cancel(id, reason.as_deref())
            .await
            .map_err(internal)?;
        Ok(match changed.ok_or_else(|| no_order(id))? {
            Changed::Now(order, _) | Changed::Already(order) => {
                CancelOrderResult::Order(Order(order))
            }
            Changed::Impossible(order) => {
                let message =
                    "the order is too far on its way to be cancelled; send it back when it arrives"
                        .to_owned();
                CancelOrderResult::NotCancellable(NotCancellable {
                    message,
                    status: order.status,
                })
            }
        })
    }

    /// Moves a paid order on, to `SHIPPED` and then to `DELIVERED`: for staff
    #[graphql(requires_scopes = "orders:write", guard = "HasScope(\"orders:write\")")]
    async fn advance_order(&self, ctx: &Context<'_>, id: ID, to: Status) -> Result<Order> {
        if !matches!(to, Status::Shipped | Status::Delivered) {
            return Err(bad_user_input(
                "to",
                "`to` can be `SHIPPED` or `DELIVERED`: the other statuses come about by themselves",
            ));
        }
        let id = parse_id("id", &id)?;
        let changed = ctx
            .data::<OrderDesk>()?
            .advance(id, to)
            .await
            .map_err(internal)?;
        match changed.ok_or_else(|| no_order(id))? {
            Changed::Now(order, _) | Changed::Already(order) => Ok(Order(order)),
            Changed::Impossible(order) => {
                let message =
                    "an order is shipped when it is paid, and delivered when it is shipped";
                Err(bad_user_input(
                    "to",
                    format!("{message}: this one is {:?}", order.status).to_lowercase(),
                ))
            }
        }
    }
}

/// The id of an order that the caller may see and thus change.
async fn own_order(ctx: &Context<'_>, id: &ID) -> Result<Uuid> {
    let id = parse_id("id", id)?;
    Order::visible(ctx, id).await?.ok_or_else(|| no_order(id))?;
    Ok(id)
}

/// Whether the buyer of an order may pay by invoice, whoever pays it for them.
async fn may_pay_by_invoice(ctx: &Context<'_>, order: Uuid) -> Result<bool> {
    let Some(Order(order)) = Order::visible(ctx, order).await? else {
        return Ok(false);
    };
    ctx.data::<UsersApi>()?
        .may_pay_by_invoice(order.buyer_id)
        .await
        .map_err(|cause| {
            tracing::warn!(%cause, "the risk of an invoice cannot be had");
            error(
                SERVICE_UNAVAILABLE,
                "the users service does not answer: pay by card, or try again in a minute",
            )
        })
}

fn no_order(id: Uuid) -> async_graphql::Error {
    not_found(format!("you have no order `{id}`"))
}

fn placing_failed(cause: PlacingError) -> async_graphql::Error {
    match cause {
        PlacingError::Database(cause) => internal(cause),
        PlacingError::Products(cause) => {
            tracing::warn!(%cause, "an order could not be placed");
            error(
                SERVICE_UNAVAILABLE,
                "the products service does not answer, so nothing was ordered: try again in a minute with the same `idempotencyKey`",
            )
        }
    }
}

fn place_order_result(placed: Placed) -> Result<PlaceOrderResult> {
    Ok(match placed {
        Placed::New(order, _) | Placed::Before(order) => match out_of_stock(&order) {
            Some(out_of_stock) => PlaceOrderResult::OutOfStock(out_of_stock),
            None => PlaceOrderResult::Success(PlaceOrderSuccess {
                order: Order(order),
            }),
        },
        Placed::UnknownSkus(skus) => {
            let message = format!(
                "there is no product `{}`; `search` finds what there is",
                skus.join("`, `")
            );
            PlaceOrderResult::UnknownProducts(UnknownProducts { message, skus })
        }
        Placed::CouponRejected(coupon) => {
            let message = format!(
                "the coupon `{coupon}` does not exist or is not valid any more; order without it, or with another"
            );
            PlaceOrderResult::CouponRejected(CouponRejected { message, coupon })
        }
        Placed::MixedCurrencies => {
            return Err(bad_user_input(
                "lines",
                "the products have prices in different currencies: make an order for each",
            ));
        }
        Placed::TooExpensive => {
            return Err(bad_user_input(
                "lines",
                "one order can cost one million at most: make several",
            ));
        }
    })
}

fn out_of_stock(order: &order::Model) -> Option<OutOfStock> {
    if order.status != Status::Rejected {
        return None;
    }
    let skus: Vec<&str> = order.missing().collect();
    let message = match skus[..] {
        [] => order.closing_note.clone().unwrap_or_default(),
        _ => format!(
            "there is too little of `{}`; order less of it, or without it",
            skus.join("`, `")
        ),
    };
    let products = skus
        .into_iter()
        .map(|sku| Product::with_sku(sku.to_owned(), External::default()))
        .collect();
    Some(OutOfStock { message, products })
}

fn not_payable(order: &order::Model) -> String {
    match order.status {
        Status::Pending => "the order is not reserved yet; try again in a moment".to_owned(),
        Status::Rejected | Status::Cancelled => {
            format!(
                "the order is closed ({}); place a new one",
                order.closing_note.as_deref().unwrap_or("no reason given")
            )
        }
        Status::Reserved | Status::Paid | Status::Shipped | Status::Delivered => {
            "the order is paid".to_owned()
        }
    }
}
