//! What mutations return: success or an expected failure, as unions whose failures share the interface `OrderError`.
#![allow(
    clippy::large_enum_variant,
    reason = "a request makes one of these and hands it on at once"
)]

use async_graphql::{Interface, SimpleObject, Union};

use crate::entity::order::Status;
use crate::graphql::order::Order;
use crate::graphql::product::Product;

/// Why something could not be done with an order
#[derive(Clone, Debug, Interface)]
#[graphql(field(
    name = "message",
    ty = "&String",
    desc = "What is wrong and what to do about it"
))]
pub(crate) enum OrderError {
    OutOfStock(OutOfStock),
    UnknownProducts(UnknownProducts),
    CouponRejected(CouponRejected),
    NotCancellable(NotCancellable),
    NotPayable(NotPayable),
    PaymentDeclined(PaymentDeclined),
}

/// A placed order, or why there is none
#[derive(Clone, Debug, Union)]
pub(crate) enum PlaceOrderResult {
    Success(PlaceOrderSuccess),
    OutOfStock(OutOfStock),
    UnknownProducts(UnknownProducts),
    CouponRejected(CouponRejected),
}

/// A paid order, or why it is not
#[derive(Clone, Debug, Union)]
pub(crate) enum PayOrderResult {
    Order(Order),
    NotPayable(NotPayable),
    Declined(PaymentDeclined),
}

/// A cancelled order, or why it is not
#[derive(Clone, Debug, Union)]
pub(crate) enum CancelOrderResult {
    Order(Order),
    NotCancellable(NotCancellable),
}

/// The order was placed
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct PlaceOrderSuccess {
    /// The order: `RESERVED` as a rule, `PENDING` while products cannot be reached
    pub(crate) order: Order,
}

/// Something is not there in the quantity that was ordered
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct OutOfStock {
    /// What is wrong and what to do about it
    pub(crate) message: String,
    /// What there is too little of
    pub(crate) products: Vec<Product>,
}

/// Something does not exist
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct UnknownProducts {
    /// What is wrong and what to do about it
    pub(crate) message: String,
    /// What does not exist
    pub(crate) skus: Vec<String>,
}

/// The coupon is not valid
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct CouponRejected {
    /// What is wrong and what to do about it
    pub(crate) message: String,
    /// The code that was given
    pub(crate) coupon: String,
}

/// The order is too far on its way
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct NotCancellable {
    /// What is wrong and what to do about it
    pub(crate) message: String,
    /// Where the order is
    pub(crate) status: Status,
}

/// The order cannot be paid (any more, or yet)
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct NotPayable {
    /// What is wrong and what to do about it
    pub(crate) message: String,
    /// Where the order is
    pub(crate) status: Status,
}

/// The payment was declined; the order waits for another
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct PaymentDeclined {
    /// What is wrong and what to do about it
    pub(crate) message: String,
}
