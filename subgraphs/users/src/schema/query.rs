//! The queries, and the entity resolvers of `User`.

use async_graphql::{Context, ID, Object, Result};
use subgraph_service::{
    Database,
    errors::internal,
    guard::{HasScope, SignedIn, identity},
    keyset::{PageArguments, PageSize},
};
use uuid::Uuid;

use super::{connection::UserConnection, email_address::EmailAddress, inputs::UserBy, user::User};
use crate::{
    accounts,
    loaders::{Loading, UserEmail, UserId},
};

/// Everything that can be asked.
pub struct Query;

#[Object]
impl Query {
    /// The signed-in user; null for services, which are nobody.
    #[graphql(guard = "SignedIn")]
    async fn me(&self, context: &Context<'_>) -> Result<Option<User>> {
        match identity(context).user_id() {
            Some(id) => user_by_id(context, id).await,
            None => Ok(None),
        }
    }

    /// One user; null when there is none, and for an email address that the caller may not ask for.
    async fn user(&self, context: &Context<'_>, by: UserBy) -> Result<Option<User>> {
        match by {
            UserBy::Id(id) => match Uuid::parse_str(&id) {
                Ok(id) => user_by_id(context, id).await,
                Err(_not_an_id) => Ok(None),
            },
            UserBy::Handle(handle) => {
                let database = context.data::<Database>()?;
                let found = accounts::by_handle(database, &handle.trim().to_lowercase())
                    .await
                    .map_err(internal)?;
                Ok(found.map(User::new))
            }
            UserBy::Email(email) => user_by_email(context, email).await,
        }
    }

    /// All users, the oldest account first: for staff.
    #[graphql(guard = "HasScope(\"users:read\")", requires_scopes = "users:read")]
    async fn users(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The size of the page, at most 100; 20 unless told otherwise")]
        first: Option<i32>,
        #[graphql(desc = "Begin after this cursor")] after: Option<String>,
        #[graphql(desc = "The size of a page that ends before `before`")] last: Option<i32>,
        #[graphql(desc = "End before this cursor")] before: Option<String>,
        #[graphql(desc = "Part of a handle, a display name or an email address")] query: Option<
            String,
        >,
    ) -> Result<UserConnection> {
        let arguments = PageArguments::new(first, after, last, before, PageSize::default())?;
        UserConnection::fetch(context.data::<Database>()?, &arguments, query.as_deref()).await
    }

    #[graphql(entity)]
    async fn find_user_by_id(&self, context: &Context<'_>, id: ID) -> Result<Option<User>> {
        match Uuid::parse_str(&id) {
            Ok(id) => user_by_id(context, id).await,
            Err(_not_an_id) => Ok(None),
        }
    }

    #[graphql(entity)]
    async fn find_user_by_email(
        &self,
        context: &Context<'_>,
        email: EmailAddress,
    ) -> Result<Option<User>> {
        user_by_email(context, email).await
    }
}

async fn user_by_id(context: &Context<'_>, id: Uuid) -> Result<Option<User>> {
    let found = context
        .data::<Loading>()?
        .load_one(UserId(id))
        .await
        .map_err(internal)?;
    Ok(found.map(User::new))
}

/// Null where the caller may not see the address: an error would tell that the account exists.
async fn user_by_email(context: &Context<'_>, email: EmailAddress) -> Result<Option<User>> {
    let found = context
        .data::<Loading>()?
        .load_one(UserEmail(email.0))
        .await
        .map_err(internal)?;
    Ok(found
        .filter(|user| identity(context).may_see(user.id))
        .map(User::new))
}
