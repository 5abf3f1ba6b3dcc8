//! What one request loads in batches: users by id and by email address, addresses by user. One loader for each request, because what
//! is loaded is for one caller.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_graphql::{
    Request,
    dataloader::{DataLoader, Loader},
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use subgraph_service::Database;
use uuid::Uuid;

use crate::entities::{address, user};

/// How long a batch waits for more keys.
const DELAY: Duration = Duration::from_millis(1);

/// Loads from the users database.
pub(crate) struct UsersLoader(Database);

/// The key of a user by id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct UserId(pub(crate) Uuid);

/// The key of a user by email address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct UserEmail(pub(crate) String);

/// The key of a user's addresses.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AddressesOf(pub(crate) Uuid);

/// The loader as resolvers find it.
pub(crate) type Loading = DataLoader<UsersLoader>;

/// Puts a fresh loader into a request.
pub(crate) fn with_loaders(request: Request, database: &Database) -> Request {
    request.data(DataLoader::new(UsersLoader(database.clone()), tokio::spawn).delay(DELAY))
}

impl Loader<UserId> for UsersLoader {
    type Value = user::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[UserId]) -> Result<HashMap<UserId, user::Model>, Arc<DbErr>> {
        let ids = keys.iter().map(|key| key.0);
        let users = user::Entity::find()
            .filter(user::Column::Id.is_in(ids))
            .all(&*self.0)
            .await?;
        Ok(users
            .into_iter()
            .map(|user| (UserId(user.id), user))
            .collect())
    }
}

impl Loader<UserEmail> for UsersLoader {
    type Value = user::Model;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[UserEmail],
    ) -> Result<HashMap<UserEmail, user::Model>, Arc<DbErr>> {
        let emails = keys.iter().map(|key| key.0.as_str());
        let users = user::Entity::find()
            .filter(user::Column::Email.is_in(emails))
            .all(&*self.0)
            .await?;
        Ok(users
            .into_iter()
            .map(|user| (UserEmail(user.email.clone()), user))
            .collect())
    }
}

impl Loader<AddressesOf> for UsersLoader {
    type Value = Vec<address::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[AddressesOf],
    ) -> Result<HashMap<AddressesOf, Vec<address::Model>>, Arc<DbErr>> {
        let users = keys.iter().map(|key| key.0);
        let found = address::Entity::find().filter(address::Column::UserId.is_in(users));
        let mut by_user = HashMap::<_, Vec<_>>::new();
        for address in found
            .order_by_asc(address::Column::Position)
            .all(&*self.0)
            .await?
        {
            by_user
                .entry(AddressesOf(address.user_id))
                .or_default()
                .push(address);
        }
        Ok(by_user)
    }
}
