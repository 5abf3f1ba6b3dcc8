//! The users service as the shared server runs it.

use std::{sync::Arc, time::Duration};

use async_graphql::{EmptySubscription, Request, Schema, SchemaBuilder};
use axum::Router;
use subgraph_service::{Database, Identity, SdlAddition, Service, Start, TokenVerifier};

use crate::{
    access_tokens::AccessTokens,
    attempts::Attempts,
    authentication::Authentication,
    demo_data,
    housekeeping::start_housekeeping,
    http::{HttpState, routes},
    loaders::with_loaders,
    migrations::Migrator,
    passwords::Passwords,
    schema::{Mutation, Query, SDL_ADDITIONS},
    service_clients::ServiceClients,
    sessions::Sessions,
    settings::UsersSettings,
    signing_keys::{OwnKeys, SigningKeys},
};

const SECONDS_OF_A_DAY: u64 = 24 * 60 * 60;

/// Accounts, sessions and access tokens.
pub struct Users {
    database: Database,
    authentication: Authentication,
    http: Arc<HttpState>,
    verifier: TokenVerifier,
}

impl Service for Users {
    const NAME: &'static str = "users";
    const DEFAULT_LISTEN: &'static str = "127.0.0.1:4001";
    type Settings = UsersSettings;
    type Query = Query;
    type Mutation = Mutation;
    type Subscription = EmptySubscription;
    type Migrator = Migrator;

    fn schema() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
        Schema::build(Query, Mutation, EmptySubscription)
    }

    fn sdl_additions() -> &'static [SdlAddition] {
        SDL_ADDITIONS
    }

    async fn start(start: &Start, settings: UsersSettings) -> anyhow::Result<Self> {
        let (database, options) = (&start.database, &start.options);
        let keys = SigningKeys::open(database).await?;
        let passwords = Passwords::new(settings.password_cost())?;
        if options.demo_data {
            demo_data::seed(database, &passwords).await?;
        }
        let lifetime =
            Duration::from_secs(u64::from(settings.refresh_token_days) * SECONDS_OF_A_DAY);
        let sessions = Sessions::new(database, lifetime);
        let attempts = Attempts::new(
            database,
            settings.attempts_per_account,
            settings.attempts_per_address,
        );
        let access_tokens = AccessTokens::new(keys.clone(), &options.issuer, &options.audience);
        start_housekeeping(start, sessions.clone(), attempts.clone(), keys.clone());
        let clients = ServiceClients::new(settings.service_clients, options.demo_data);
        Ok(Self {
            verifier: TokenVerifier::new(OwnKeys(keys.clone()), &options.issuer, &options.audience),
            http: Arc::new(HttpState {
                keys,
                access_tokens: access_tokens.clone(),
                clients,
            }),
            authentication: Authentication {
                database: database.clone(),
                passwords,
                attempts,
                sessions,
                access_tokens,
            },
            database: database.clone(),
        })
    }

    fn with_data(
        &self,
        builder: SchemaBuilder<Query, Mutation, EmptySubscription>,
    ) -> SchemaBuilder<Query, Mutation, EmptySubscription> {
        builder.data(self.authentication.clone())
    }

    fn prepare_request(&self, request: Request, _identity: &Identity) -> Request {
        with_loaders(request, &self.database)
    }

    fn routes(&self) -> Router {
        routes(self.http.clone())
    }

    fn token_verifier(&self) -> Option<TokenVerifier> {
        Some(self.verifier.clone())
    }
}
