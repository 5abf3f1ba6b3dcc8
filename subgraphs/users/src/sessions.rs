//! Sessions: a family of refresh tokens, of which one is good at a time. Each use makes the next; the use of a spent one revokes the
//! family, because somebody has a copy.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, QuerySelect, sea_query::Expr,
};
use sha2::{Digest, Sha256};
use subgraph_service::{Database, clock::now_millis};
use uuid::Uuid;

use crate::entities::{refresh_token, session};

/// Sessions; clones share the database.
#[derive(Clone)]
pub(crate) struct Sessions {
    database: Database,
    lifetime_millis: i64,
}

/// A session and the token that continues it: the only time that the token is seen.
#[derive(Debug)]
pub(crate) struct Continued {
    pub(crate) session: Uuid,
    pub(crate) user: Uuid,
    pub(crate) refresh_token: String,
}

/// Why a refresh token does not continue a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotContinued {
    /// Nobody ever had it, or its session was signed out.
    Invalid,
    /// It was not used for too long.
    Expired,
    /// It was used before: the session has been revoked now.
    Reused,
}

impl Sessions {
    pub(crate) fn new(database: &Database, lifetime: Duration) -> Self {
        let lifetime_millis = i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX / 4);
        Self {
            database: database.clone(),
            lifetime_millis,
        }
    }

    /// A new session of a user who has just proved to be one.
    pub(crate) async fn begin(&self, user: Uuid) -> Result<Continued, DbErr> {
        let transaction = self.database.begin_write().await?;
        let id = Uuid::now_v7();
        let model = session::Model {
            id,
            user_id: user,
            created_at: now_millis(),
            revoked_at: None,
        };
        session::Entity::insert(model.into_active_model())
            .exec_without_returning(&transaction)
            .await?;
        let refresh_token = self.new_token(&transaction, id).await?;
        transaction.commit().await?;
        Ok(Continued {
            session: id,
            user,
            refresh_token,
        })
    }

    /// Spends a refresh token and makes the next.
    pub(crate) async fn rotate(
        &self,
        token: &str,
    ) -> Result<Result<Continued, NotContinued>, DbErr> {
        let digest = digest(token);
        let transaction = self.database.begin_write().await?;
        let Some((found, session)) = find(&transaction, &digest).await? else {
            return Ok(Err(NotContinued::Invalid));
        };
        if session.revoked_at.is_some() {
            return Ok(Err(NotContinued::Invalid));
        }
        // Two users of one token at a time: this update is what only one of them wins.
        if found.spent_at.is_some() || !spend(&transaction, &digest).await? {
            revoke(&transaction, session::Column::Id.eq(session.id)).await?;
            transaction.commit().await?;
            tracing::warn!(user = %session.user_id, session = %session.id, "a spent refresh token was used again, the session is revoked");
            return Ok(Err(NotContinued::Reused));
        }
        if found.expires_at <= now_millis() {
            return Ok(Err(NotContinued::Expired));
        }
        let refresh_token = self.new_token(&transaction, session.id).await?;
        transaction.commit().await?;
        Ok(Ok(Continued {
            session: session.id,
            user: session.user_id,
            refresh_token,
        }))
    }

    /// Ends the session of a refresh token; returns whether there was one that had not ended.
    pub(crate) async fn end_by_token(&self, token: &str) -> Result<bool, DbErr> {
        let transaction = self.database.begin_write().await?;
        let Some((_, session)) = find(&transaction, &digest(token)).await? else {
            return Ok(false);
        };
        let ended = revoke(&transaction, session::Column::Id.eq(session.id)).await?;
        transaction.commit().await?;
        Ok(ended > 0)
    }

    /// Ends one session of a user.
    pub(crate) async fn end(&self, session: Uuid) -> Result<bool, DbErr> {
        Ok(revoke(&*self.database, session::Column::Id.eq(session)).await? > 0)
    }

    /// Ends all sessions of a user.
    pub(crate) async fn end_all(&self, user: Uuid) -> Result<bool, DbErr> {
        Ok(revoke(&*self.database, session::Column::UserId.eq(user)).await? > 0)
    }

    /// Removes refresh tokens that have ended, and sessions without any; returns how many rows.
    pub(crate) async fn forget_ended(&self) -> Result<u64, DbErr> {
        let ended = refresh_token::Column::ExpiresAt.lte(now_millis());
        let tokens = refresh_token::Entity::delete_many()
            .filter(ended)
            .exec(&*self.database)
            .await?;
        let live = refresh_token::Entity::find()
            .select_only()
            .column(refresh_token::Column::SessionId);
        let without_tokens =
            session::Column::Id.not_in_subquery(sea_orm::QueryTrait::into_query(live));
        let sessions = session::Entity::delete_many()
            .filter(without_tokens)
            .exec(&*self.database)
            .await?;
        Ok(tokens.rows_affected + sessions.rows_affected)
    }

    async fn new_token(
        &self,
        connection: &impl ConnectionTrait,
        session: Uuid,
    ) -> Result<String, DbErr> {
        let token = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
        let created_at = now_millis();
        let model = refresh_token::Model {
            digest: digest(&token),
            session_id: session,
            created_at,
            expires_at: created_at + self.lifetime_millis,
            spent_at: None,
        };
        refresh_token::Entity::insert(model.into_active_model())
            .exec_without_returning(connection)
            .await?;
        Ok(token)
    }
}

async fn find(
    connection: &impl ConnectionTrait,
    digest: &str,
) -> Result<Option<(refresh_token::Model, session::Model)>, DbErr> {
    let Some(token) = refresh_token::Entity::find_by_id(digest.to_owned())
        .one(connection)
        .await?
    else {
        return Ok(None);
    };
    let session = session::Entity::find_by_id(token.session_id)
        .one(connection)
        .await?;
    Ok(session.map(|session| (token, session)))
}

async fn spend(connection: &impl ConnectionTrait, digest: &str) -> Result<bool, DbErr> {
    let spent = refresh_token::ActiveModel {
        spent_at: Set(Some(now_millis())),
        ..Default::default()
    };
    let outcome = refresh_token::Entity::update_many()
        .set(spent)
        .filter(refresh_token::Column::Digest.eq(digest))
        .filter(refresh_token::Column::SpentAt.is_null())
        .exec(connection)
        .await?;
    Ok(outcome.rows_affected == 1)
}

async fn revoke(
    connection: &impl ConnectionTrait,
    which: sea_orm::sea_query::SimpleExpr,
) -> Result<u64, DbErr> {
    let outcome = session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now_millis()))
        .filter(which)
        .filter(session::Column::RevokedAt.is_null())
        .exec(connection)
        .await?;
    Ok(outcome.rows_affected)
}

fn digest(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use sea_orm::PaginatorTrait;

    use super::*;
    use crate::{
        accounts::{NewAccount, create},
        migrations::Migrator,
    };

    async fn sessions(lifetime: Duration) -> (Sessions, Uuid) {
        let database = Database::open::<Migrator>("sqlite::memory:").await.unwrap();
        let new = NewAccount {
            email: "ada@example.com".to_owned(),
            handle: "ada".to_owned(),
            display_name: "Ada".to_owned(),
            password_hash: String::new(),
        };
        let user = create(&database, new).await.unwrap().unwrap();
        (Sessions::new(&database, lifetime), user.id)
    }

    async fn check_forgotten(lifetime: Duration, tokens: u64, sessions_left: u64) {
        let (sessions, user) = sessions(lifetime).await;
        let begun = sessions.begin(user).await.unwrap();
        sessions.rotate(&begun.refresh_token).await.unwrap().ok();
        sessions.forget_ended().await.unwrap();
        let counted_tokens = refresh_token::Entity::find()
            .count(&*sessions.database)
            .await;
        let counted_sessions = session::Entity::find().count(&*sessions.database).await;
        assert_eq!(
            (counted_tokens.unwrap(), counted_sessions.unwrap()),
            (tokens, sessions_left)
        );
    }

    #[tokio::test]
    async fn what_has_ended_is_forgotten_and_nothing_else() {
        check_forgotten(Duration::ZERO, 0, 0).await;
        // A spent token stays as long as it could be used again: its reuse must be noticed.
        check_forgotten(Duration::from_secs(3600), 2, 1).await;
    }
}
