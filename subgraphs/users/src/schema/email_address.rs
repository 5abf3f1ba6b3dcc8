//! The scalar `EmailAddress`: checked and in lower case once it is in.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::accounts::validation;

/// A checked email address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EmailAddress(pub(crate) String);

/// An email address such as `ada@example.com`. Case does not matter; it is kept in lower case.
#[Scalar]
impl ScalarType for EmailAddress {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => validation::email(text)
                .map(Self)
                .map_err(InputValueError::custom),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}
