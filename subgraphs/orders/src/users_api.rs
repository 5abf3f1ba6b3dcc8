//! What orders asks of the users service, with a service token: how risky it is to send somebody goods before they pay.

use serde_json::json;
use subgraph_service::peer::{Peer, PeerError};
use uuid::Uuid;

/// From this risk on nobody pays by invoice.
const RISK_LIMIT: f64 = 0.5;

const RISK: &str = "query RiskOfBuyer($user: _Any!) { _entities(representations: [$user]) { ... on User { riskScore } } }";

/// The users service as orders sees it; clones share its connections.
#[derive(Clone)]
pub(crate) struct UsersApi(Peer);

impl UsersApi {
    pub(crate) fn new(users: Peer) -> Self {
        Self(users)
    }

    /// Whether a user may pay by invoice.
    ///
    /// # Errors
    /// When the users service does not answer.
    pub(crate) async fn may_pay_by_invoice(&self, user: Uuid) -> Result<bool, PeerError> {
        let data = self
            .0
            .call(
                RISK,
                json!({ "user": { "__typename": "User", "id": user } }),
            )
            .await?;
        Ok(invoice_allowed(
            data.pointer("/_entities/0/riskScore")
                .and_then(serde_json::Value::as_f64),
        ))
    }
}

/// Nobody knows the risk of a new account, so it pays at once.
pub(crate) fn invoice_allowed(risk: Option<f64>) -> bool {
    risk.is_some_and(|risk| risk < RISK_LIMIT)
}

#[cfg(test)]
mod tests {
    use super::invoice_allowed;

    #[test]
    fn only_a_known_low_risk_may_pay_later() {
        assert_eq!(
            [Some(0.1), Some(0.5), None].map(invoice_allowed),
            [true, false, false]
        );
    }
}
