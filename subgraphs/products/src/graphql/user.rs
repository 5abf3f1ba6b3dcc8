//! `User`: an entity of the users service; products adds a person's reviews to it.

use async_graphql::{Context, ID, Object, Result};
use uuid::Uuid;

use crate::graphql::connection::ReviewConnection;
use crate::loaders::Loaders;
use crate::review_pages::{Parent, ReviewPageKey};

/// Somebody with an account.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: Uuid,
    /// Known only on the way from a review, which keeps it: the one path that `@provides` promises.
    pub(crate) display_name: Option<String>,
}

/// Somebody with an account.
#[Object]
impl User {
    /// The id: never changes.
    async fn id(&self) -> ID {
        self.id.into()
    }

    /// The name beside the person's reviews
    #[graphql(external)]
    async fn display_name(&self) -> Result<&str> {
        self.display_name.as_deref().ok_or_else(|| {
            "`displayName` is known here only as a review's author: ask the users service".into()
        })
    }

    /// What this person wrote, newest first
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10)] first: i32,
        after: Option<String>,
    ) -> Result<ReviewConnection> {
        let key = ReviewPageKey::new(Parent::Author(self.id), first, after)?;
        Loaders::of(ctx)?.review_page(key).await
    }
}
