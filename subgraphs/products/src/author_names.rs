//! The name that goes beside a review: asked of the users service once, when the review is written.

use serde_json::json;
use subgraph_service::errors::{SERVICE_UNAVAILABLE, error};
use subgraph_service::peer::Peer;
use uuid::Uuid;

const NAME_OF_USER: &str = "query NameOfAuthor($id: ID!) { user(by: { id: $id }) { displayName } }";

/// Finds names at the users service.
#[derive(Clone)]
pub(crate) struct AuthorNames(Peer);

impl AuthorNames {
    pub(crate) fn new(users: Peer) -> Self {
        Self(users)
    }

    /// The display name of a signed-in user.
    ///
    /// # Errors
    /// When the users service does not answer: a review is not written without its author's name.
    pub(crate) async fn name_of(&self, user: Uuid) -> async_graphql::Result<String> {
        let data = self.0.call(NAME_OF_USER, json!({ "id": user })).await.map_err(|cause| {
            tracing::warn!(%cause, "the name of a review's author cannot be had");
            error(SERVICE_UNAVAILABLE, "the users service does not answer, so the review was not written: try again in a minute")
        })?;
        let name = data
            .pointer("/user/displayName")
            .and_then(|name| name.as_str());
        name.map(str::to_owned).ok_or_else(|| {
            error(
                SERVICE_UNAVAILABLE,
                "the users service does not know you (yet): try again in a minute",
            )
        })
    }
}
