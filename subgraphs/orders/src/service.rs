//! The orders service: its options, what it starts, and what it puts into each request.

use async_graphql::{Request, Schema, SchemaBuilder};
use clap::Args;
use std::sync::Arc;
use subgraph_service::change_feed::ChangeFeed;
use subgraph_service::peer::Peer;
use subgraph_service::service_token::{ServiceTokenClient, ServiceTokenOptions};
use subgraph_service::{Database, Identity, SdlAddition, Service, Start};
use tokio::sync::Notify;

use crate::demo_data;
use crate::graphql::mutation::OrdersMutation;
use crate::graphql::root::Query;
use crate::graphql::subscription::OrdersSubscription;
use crate::loaders::Loaders;
use crate::migrations::Migrator;
use crate::order_desk::OrderDesk;
use crate::products_api::ProductsApi;
use crate::saga::faults::Faults;
use crate::saga::worker::Worker;
use crate::status_feed::{self, StatusFeed};
use crate::users_api::UsersApi;

/// What async-graphql has no attribute for.
const SDL_ADDITIONS: &[SdlAddition] = &[
    SdlAddition {
        coordinate: "Query.order",
        directives: "@authenticated",
    },
    SdlAddition {
        coordinate: "Mutation.placeOrder",
        directives: "@authenticated",
    },
    SdlAddition {
        coordinate: "Mutation.payOrder",
        directives: "@authenticated",
    },
    SdlAddition {
        coordinate: "Mutation.cancelOrder",
        directives: "@authenticated",
    },
    SdlAddition {
        coordinate: "Subscription.orderStatusChanged",
        directives: "@authenticated",
    },
    SdlAddition {
        coordinate: "User.orders",
        directives: "@authenticated",
    },
    SdlAddition {
        coordinate: "User.totalSpent",
        directives: "@authenticated",
    },
    SdlAddition {
        coordinate: "Product.boughtByMe",
        directives: "@authenticated",
    },
];

/// Options that only this service has.
#[derive(Args, Clone)]
pub struct Settings {
    /// The GraphQL endpoint of the products service
    #[arg(
        long,
        env = "PRODUCTS_URL",
        value_name = "URL",
        default_value = "http://127.0.0.1:4002/graphql"
    )]
    pub products_url: String,

    /// The GraphQL endpoint of the users service, asked who may pay by invoice
    #[arg(
        long,
        env = "USERS_URL",
        value_name = "URL",
        default_value = "http://127.0.0.1:4001/graphql"
    )]
    pub users_url: String,

    /// After how many milliseconds a step whose worker died is done again; longer than products takes to answer
    #[arg(long, env = "LEASE_MILLISECONDS", default_value_t = 30_000)]
    pub lease_milliseconds: u32,

    /// After how many seconds an order is given up when products does not answer
    #[arg(long, env = "PATIENCE_SECONDS", default_value_t = 900)]
    pub patience_seconds: u32,

    /// Whether this process brings orders to their end; `false` when others do, and this one only answers requests
    #[arg(long, env = "WORKER", value_name = "true|false", default_value_t = true, action = clap::ArgAction::Set)]
    pub worker: bool,

    /// How this service gets its token
    #[command(flatten)]
    pub token: ServiceTokenOptions,

    /// Where tests kill the worker.
    #[arg(skip)]
    pub faults: Faults,
}

/// Orders and what becomes of them.
pub struct OrdersService {
    database: Database,
    products: ProductsApi,
    feed: StatusFeed,
    desk: OrderDesk,
    users: UsersApi,
}

impl Service for OrdersService {
    const NAME: &'static str = "orders";
    const DEFAULT_LISTEN: &'static str = "127.0.0.1:4003";
    type Settings = Settings;
    type Query = Query;
    type Mutation = OrdersMutation;
    type Subscription = OrdersSubscription;
    type Migrator = Migrator;

    fn schema() -> SchemaBuilder<Query, OrdersMutation, OrdersSubscription> {
        Schema::build(Query::default(), OrdersMutation, OrdersSubscription)
            .register_output_type::<crate::graphql::results::OrderError>()
    }

    fn sdl_additions() -> &'static [SdlAddition] {
        SDL_ADDITIONS
    }

    async fn start(start: &Start, settings: Settings) -> anyhow::Result<Self> {
        if start.options.demo_data && demo_data::seed(&start.database).await? {
            tracing::info!("filled the empty database with the demo orders");
        }
        let database = start.database.clone();
        let tokens = ServiceTokenClient::new(settings.token);
        let products = ProductsApi::new(Peer::new(
            "products",
            &settings.products_url,
            tokens.clone(),
        ));
        let users = UsersApi::new(Peer::new("users", &settings.users_url, tokens));
        let feed = StatusFeed::new(ChangeFeed::open(&database, status_feed::CHANNEL).await?);
        let wake = Arc::new(Notify::new());
        let worker = Worker {
            database: database.clone(),
            products: products.clone(),
            feed: feed.clone(),
            wake: wake.clone(),
            faults: settings.faults,
            lease: settings.lease_milliseconds.into(),
            patience: i64::from(settings.patience_seconds) * 1_000,
        };
        if settings.worker {
            start.tasks.spawn(worker.run(start.stopping.clone()));
        }
        let desk = OrderDesk::new(database.clone(), products.clone(), feed.clone(), wake);
        Ok(Self {
            database,
            products,
            feed,
            desk,
            users,
        })
    }

    fn with_data(
        &self,
        builder: SchemaBuilder<Query, OrdersMutation, OrdersSubscription>,
    ) -> SchemaBuilder<Query, OrdersMutation, OrdersSubscription> {
        builder
            .data(self.feed.clone())
            .data(self.desk.clone())
            .data(self.users.clone())
    }

    fn prepare_request(&self, request: Request, _identity: &Identity) -> Request {
        request.data(Loaders::new(&self.database, &self.products))
    }
}
