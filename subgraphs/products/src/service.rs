//! The products service: its options, what it starts, and what it puts into each request.

use async_graphql::{Request, Schema, SchemaBuilder};
use clap::Args;
use std::time::Duration;
use subgraph_service::change_feed::ChangeFeed;
use subgraph_service::peer::Peer;
use subgraph_service::{Database, Identity, SdlAddition, Service, Start};

use crate::author_names::AuthorNames;
use crate::demo_data;
use crate::expiry;
use crate::graphql::mutation::CatalogueMutation;
use crate::graphql::root::Query;
use crate::graphql::subscription::CatalogueSubscription;
use crate::loaders::Loaders;
use crate::migrations::Migrator;
use crate::stock_feed::{self, StockFeed};

/// What async-graphql has no attribute for.
const SDL_ADDITIONS: &[SdlAddition] = &[SdlAddition {
    coordinate: "Mutation.reviewProduct",
    directives: "@authenticated",
}];

/// Options that only this service has.
#[derive(Args, Clone, Debug)]
pub struct Settings {
    /// The GraphQL endpoint of the users service, asked for the names beside reviews
    #[arg(
        long,
        env = "USERS_URL",
        value_name = "URL",
        default_value = "http://127.0.0.1:4001/graphql"
    )]
    pub users_url: String,

    /// How long stock is held for an order that is not paid yet
    #[arg(
        long,
        env = "HOLD_SECONDS",
        value_name = "SECONDS",
        default_value_t = 900
    )]
    pub hold_seconds: u32,
}

impl Default for Settings {
    /// What an empty command line and environment give.
    fn default() -> Self {
        Self {
            users_url: "http://127.0.0.1:4001/graphql".to_owned(),
            hold_seconds: 900,
        }
    }
}

/// The catalogue, its stock and its reviews.
pub struct ProductsService {
    database: Database,
    feed: StockFeed,
    names: AuthorNames,
}

impl Service for ProductsService {
    const NAME: &'static str = "products";
    const DEFAULT_LISTEN: &'static str = "127.0.0.1:4002";
    type Settings = Settings;
    type Query = Query;
    type Mutation = CatalogueMutation;
    type Subscription = CatalogueSubscription;
    type Migrator = Migrator;

    fn schema() -> SchemaBuilder<Query, CatalogueMutation, CatalogueSubscription> {
        Schema::build(Query::default(), CatalogueMutation, CatalogueSubscription)
    }

    fn sdl_additions() -> &'static [SdlAddition] {
        SDL_ADDITIONS
    }

    async fn start(start: &Start, settings: Settings) -> anyhow::Result<Self> {
        if start.options.demo_data && demo_data::seed(&start.database).await? {
            tracing::info!("filled the empty database with the demo shop");
        }
        let feed = ChangeFeed::open(&start.database, stock_feed::CHANNEL).await?;
        let feed = StockFeed::new(feed, Duration::from_secs(settings.hold_seconds.into()));
        start.tasks.spawn(expiry::run(
            start.database.clone(),
            feed.clone(),
            start.stopping.clone(),
        ));
        let names = AuthorNames::new(Peer::anonymous("users", settings.users_url));
        Ok(Self {
            database: start.database.clone(),
            feed,
            names,
        })
    }

    fn with_data(
        &self,
        builder: SchemaBuilder<Query, CatalogueMutation, CatalogueSubscription>,
    ) -> SchemaBuilder<Query, CatalogueMutation, CatalogueSubscription> {
        builder.data(self.feed.clone()).data(self.names.clone())
    }

    fn prepare_request(&self, request: Request, _identity: &Identity) -> Request {
        request.data(Loaders::new(&self.database))
    }
}
