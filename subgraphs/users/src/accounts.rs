//! Accounts in the database: making, finding, changing them.

pub(crate) mod validation;

use anyhow::{anyhow, bail};
use sea_orm::{
    ActiveValue::{Set, Unchanged},
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    SqlErr,
};
use subgraph_service::{Database, clock::now_millis, shared_types::Address};
use uuid::Uuid;

use crate::{
    entities::{address, user},
    roles::Role,
};

/// What an account is made of; checked before.
pub(crate) struct NewAccount {
    pub(crate) email: String,
    pub(crate) handle: String,
    pub(crate) display_name: String,
    pub(crate) password_hash: String,
}

/// What another account has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    Email,
    Handle,
}

/// Makes a customer's account.
pub(crate) async fn create(
    database: &Database,
    new: NewAccount,
) -> Result<Result<user::Model, Taken>, DbErr> {
    if let Some(taken) = taken(database, &new).await? {
        return Ok(Err(taken));
    }
    let model = user::Model {
        id: Uuid::now_v7(),
        email: new.email.clone(),
        handle: new.handle.clone(),
        display_name: new.display_name.clone(),
        password_hash: new.password_hash.clone(),
        role: Role::Customer.name().to_owned(),
        loyalty_points: 0,
        risk_score: None,
        created_at: now_millis(),
    };
    match user::Entity::insert(model.clone().into_active_model())
        .exec_without_returning(&**database)
        .await
    {
        Ok(_) => Ok(Ok(model)),
        // Somebody was faster between the look and the insertion: look again.
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            taken(database, &new).await?.map(Err).ok_or(error)
        }
        Err(error) => Err(error),
    }
}

/// The account with this email address, in lower case.
pub(crate) async fn by_email(
    database: &Database,
    email: &str,
) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find()
        .filter(user::Column::Email.eq(email))
        .one(&**database)
        .await
}

/// The account with this handle, in lower case.
pub(crate) async fn by_handle(
    database: &Database,
    handle: &str,
) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find()
        .filter(user::Column::Handle.eq(handle))
        .one(&**database)
        .await
}

/// The account with this id.
pub(crate) async fn by_id(database: &Database, id: Uuid) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find_by_id(id).one(&**database).await
}

/// Stores a new hash of the same password.
pub(crate) async fn replace_hash(database: &Database, id: Uuid, hash: String) -> Result<(), DbErr> {
    let changed = user::ActiveModel {
        id: Unchanged(id),
        password_hash: Set(hash),
        ..Default::default()
    };
    user::Entity::update(changed)
        .exec(&**database)
        .await
        .map(|_| ())
}

/// Changes the display name, or all addresses, or both; the first address is the default.
pub(crate) async fn update_profile(
    database: &Database,
    id: Uuid,
    display_name: Option<String>,
    addresses: Option<Vec<Address>>,
) -> Result<Option<user::Model>, DbErr> {
    let transaction = database.begin_write().await?;
    if let Some(name) = display_name {
        let changed = user::ActiveModel {
            display_name: Set(name),
            ..Default::default()
        };
        user::Entity::update_many()
            .set(changed)
            .filter(user::Column::Id.eq(id))
            .exec(&transaction)
            .await?;
    }
    let user = user::Entity::find_by_id(id).one(&transaction).await?;
    if let (Some(_), Some(addresses)) = (&user, addresses) {
        replace_addresses(&transaction, id, addresses).await?;
    }
    transaction.commit().await?;
    Ok(user)
}

pub(crate) async fn replace_addresses(
    connection: &impl ConnectionTrait,
    user: Uuid,
    addresses: Vec<Address>,
) -> Result<(), DbErr> {
    address::Entity::delete_many()
        .filter(address::Column::UserId.eq(user))
        .exec(connection)
        .await?;
    if addresses.is_empty() {
        return Ok(());
    }
    let rows = (0..).zip(addresses).map(|(position, address)| {
        let Address {
            label,
            line1,
            line2,
            city,
            postcode,
            country,
        } = address;
        address::Model {
            user_id: user,
            position,
            label,
            line1,
            line2,
            city,
            postcode,
            country,
        }
        .into_active_model()
    });
    address::Entity::insert_many(rows)
        .exec_without_returning(connection)
        .await
        .map(|_| ())
}

/// Gives an account another role. Tokens that were made before keep the old one until they end.
pub async fn grant_role(database: &Database, email: &str, role: Role) -> anyhow::Result<String> {
    let email = validation::email(email).map_err(|problem| anyhow!(problem))?;
    let Some(user) = by_email(database, &email).await? else {
        bail!(
            "there is no account with the email address `{email}`: sign up first, then grant the role"
        );
    };
    let changed = user::ActiveModel {
        id: Unchanged(user.id),
        role: Set(role.name().to_owned()),
        ..Default::default()
    };
    user::Entity::update(changed).exec(&**database).await?;
    Ok(format!(
        "`{email}` has the role {} from the next sign-in or token refresh on",
        role.name()
    ))
}

/// One look at both: between two looks somebody could take them.
async fn taken(database: &Database, new: &NewAccount) -> Result<Option<Taken>, DbErr> {
    let either = Condition::any()
        .add(user::Column::Email.eq(&new.email))
        .add(user::Column::Handle.eq(&new.handle));
    let others = user::Entity::find().filter(either).all(&**database).await?;
    if others.iter().any(|other| other.email == new.email) {
        return Ok(Some(Taken::Email));
    }
    Ok(others.first().map(|_| Taken::Handle))
}
