//! The key pairs of access tokens, in the database: which one signs now, which ones are published, how they are rotated. A new key is
//! published before it signs, an old one until its last token has ended: two are live while that lasts.

use std::time::Duration;

use anyhow::{Context, bail};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
use futures::future::BoxFuture;
use jsonwebtoken::{EncodingKey, jwk::JwkSet};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    Order, QueryFilter, QueryOrder, QuerySelect, Select,
};
use serde_json::json;
use subgraph_service::{
    Database,
    clock::now_millis,
    identity::{KeySource, KeySourceError},
};

use crate::{access_tokens::LIFETIME, entities::signing_key};

/// A retired key is published for so long after its last token has ended: clocks differ.
const MARGIN: Duration = Duration::from_secs(60);

/// The keys; clones share the database.
#[derive(Clone)]
pub(crate) struct SigningKeys(Database);

/// A key that can sign.
pub(crate) struct Signer {
    pub(crate) id: String,
    pub(crate) key: EncodingKey,
}

impl SigningKeys {
    /// Makes the first key if there is none.
    pub(crate) async fn open(database: &Database) -> anyhow::Result<Self> {
        let transaction = database.begin_write().await?;
        if signing_key::Entity::find()
            .one(&transaction)
            .await?
            .is_none()
        {
            let now = now_millis();
            insert(&transaction, new_key(now, now)).await?;
        }
        transaction.commit().await?;
        Ok(Self(database.clone()))
    }

    /// The key that signs now.
    pub(crate) async fn signer(&self) -> anyhow::Result<Signer> {
        let model = active(now_millis())
            .one(&*self.0)
            .await?
            .context("there is no signing key")?;
        let key = SigningKey::from_bytes(&bytes(&model.secret)?);
        let der = key
            .to_pkcs8_der()
            .context("a signing key cannot be encoded")?;
        Ok(Signer {
            id: model.id,
            key: EncodingKey::from_ed_der(der.as_bytes()),
        })
    }

    /// The public keys of all tokens that may be valid, the newest first.
    pub(crate) async fn published(&self) -> anyhow::Result<JwkSet> {
        let not_retired = Condition::any()
            .add(signing_key::Column::RetiresAt.is_null())
            .add(signing_key::Column::RetiresAt.gt(now_millis()));
        let models = signing_key::Entity::find()
            .filter(not_retired)
            .order_by(signing_key::Column::RetiresAt.is_null(), Order::Desc)
            .order_by_desc(signing_key::Column::ActivatesAt)
            .all(&*self.0)
            .await?;
        let keys = models.iter().map(|model| {
            json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": model.id, "x": model.public })
        });
        Ok(serde_json::from_value(
            json!({ "keys": keys.collect::<Vec<_>>() }),
        )?)
    }

    /// Removes keys that are no longer published; returns how many.
    pub(crate) async fn forget_retired(&self) -> Result<u64, DbErr> {
        let retired = signing_key::Entity::delete_many()
            .filter(signing_key::Column::RetiresAt.lte(now_millis()));
        Ok(retired.exec(&*self.0).await?.rows_affected)
    }
}

/// Makes a new key that signs after `publish`, and retires the present one. Returns a sentence for whoever asked.
pub async fn rotate_keys(database: &Database, publish: Duration) -> anyhow::Result<String> {
    let transaction = database.begin_write().await?;
    let now = now_millis();
    // Locked first: who rotates at the same time waits here, and then finds the new key pending.
    let old = active(now).lock_exclusive().one(&transaction).await?;
    if let Some(pending) = pending(&transaction, now).await? {
        let seconds = (pending.activates_at - now + 999) / 1000;
        bail!(
            "the key `{}` was made before and does not sign yet; wait {seconds} seconds, then rotate again",
            pending.id
        );
    }
    let activates_at = now + millis(publish);
    if let Some(old) = old {
        let mut retired = old.into_active_model();
        retired.retires_at = Set(Some(activates_at + millis(LIFETIME + MARGIN)));
        signing_key::Entity::update(retired)
            .exec(&transaction)
            .await?;
    }
    let key = new_key(now, activates_at);
    let id = key.id.clone();
    insert(&transaction, key).await?;
    transaction.commit().await?;
    Ok(format!(
        "the key `{id}` is published now and signs in {} seconds",
        publish.as_secs()
    ))
}

/// The keys that may sign, the one that does first: it is the one that nothing has replaced.
fn active(now: i64) -> Select<signing_key::Entity> {
    signing_key::Entity::find()
        .filter(signing_key::Column::ActivatesAt.lte(now))
        .order_by(signing_key::Column::RetiresAt.is_null(), Order::Desc)
        .order_by_desc(signing_key::Column::ActivatesAt)
}

async fn pending(
    connection: &impl ConnectionTrait,
    now: i64,
) -> Result<Option<signing_key::Model>, DbErr> {
    signing_key::Entity::find()
        .filter(signing_key::Column::ActivatesAt.gt(now))
        .one(connection)
        .await
}

async fn insert(connection: &impl ConnectionTrait, key: signing_key::Model) -> Result<(), DbErr> {
    signing_key::Entity::insert(key.into_active_model())
        .exec_without_returning(connection)
        .await
        .map(|_| ())
}

fn new_key(created_at: i64, activates_at: i64) -> signing_key::Model {
    let secret: [u8; 32] = rand::random();
    let public = SigningKey::from_bytes(&secret).verifying_key();
    signing_key::Model {
        id: URL_SAFE_NO_PAD.encode(rand::random::<[u8; 12]>()),
        secret: URL_SAFE_NO_PAD.encode(secret),
        public: URL_SAFE_NO_PAD.encode(public.as_bytes()),
        created_at,
        activates_at,
        retires_at: None,
    }
}

fn bytes(text: &str) -> anyhow::Result<[u8; 32]> {
    let bytes = URL_SAFE_NO_PAD
        .decode(text)
        .context("a stored signing key is damaged")?;
    bytes
        .try_into()
        .ok()
        .context("a stored signing key has the wrong length")
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}

/// The users service checks tokens with the keys in its own database.
pub(crate) struct OwnKeys(pub(crate) SigningKeys);

impl KeySource for OwnKeys {
    fn fetch(&self) -> BoxFuture<'_, Result<JwkSet, KeySourceError>> {
        Box::pin(async {
            self.0
                .published()
                .await
                .map_err(|error| KeySourceError(format!("the keys in the database: {error}")))
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::migrations::Migrator;

    async fn keys() -> SigningKeys {
        let database = Database::open::<Migrator>("sqlite::memory:").await.unwrap();
        SigningKeys::open(&database).await.unwrap()
    }

    async fn published(keys: &SigningKeys) -> Vec<String> {
        let set = keys.published().await.unwrap();
        set.keys
            .into_iter()
            .filter_map(|key| key.common.key_id)
            .collect()
    }

    #[tokio::test]
    async fn the_first_key_is_made_once() {
        let keys = keys().await;
        let first = keys.signer().await.unwrap().id;
        let again = SigningKeys::open(&keys.0).await.unwrap();
        assert_eq!(published(&again).await, [first]);
    }

    #[tokio::test]
    async fn a_new_key_is_published_before_it_signs() {
        let keys = keys().await;
        let old = keys.signer().await.unwrap().id;
        rotate_keys(&keys.0, Duration::from_secs(60)).await.unwrap();
        assert_eq!(keys.signer().await.unwrap().id, old);
        assert_eq!(published(&keys).await.len(), 2);
    }

    #[tokio::test]
    async fn two_keys_are_live_after_the_new_one_signs() {
        let keys = keys().await;
        let old = keys.signer().await.unwrap().id;
        rotate_keys(&keys.0, Duration::ZERO).await.unwrap();
        let new = keys.signer().await.unwrap().id;
        assert_ne!(new, old);
        assert_eq!(published(&keys).await, [new, old]);
    }

    #[tokio::test]
    async fn rotating_twice_in_a_row_says_how_long_to_wait() {
        let keys = keys().await;
        rotate_keys(&keys.0, Duration::from_secs(60)).await.unwrap();
        let error = rotate_keys(&keys.0, Duration::from_secs(60))
            .await
            .unwrap_err();
        assert!(error.to_string().contains("wait 60 seconds"), "{error}");
    }

    #[tokio::test]
    async fn a_retired_key_is_published_no_longer() {
        let keys = keys().await;
        let old = keys.signer().await.unwrap().id;
        rotate_keys(&keys.0, Duration::ZERO).await.unwrap();
        let mut retired = signing_key::Entity::find_by_id(old.clone())
            .one(&*keys.0)
            .await
            .unwrap()
            .unwrap()
            .into_active_model();
        retired.retires_at = Set(Some(now_millis() - 1));
        signing_key::Entity::update(retired)
            .exec(&*keys.0)
            .await
            .unwrap();
        assert!(!published(&keys).await.contains(&old));
        assert_eq!(keys.forget_retired().await.unwrap(), 1);
    }
}
