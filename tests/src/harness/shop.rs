//! The whole shop: users, products and orders with demo data on databases of their own, and the gateway before them.

use std::net::SocketAddr;

use clap::Parser;
use orders::OrdersService;
use products::ProductsService;
use subgraph_service::test_support::{Engine, GraphqlClient, TestDatabase};
use subgraph_service::{RunningService, Service, ServiceOptions, export_schema};
use users::{DEMO_PASSWORD, Users, UsersSettings};
use weft_server::configuration::Configuration;

use super::gateway::{RegisteredSubgraph, RunningGateway};

/// The three services and the gateway, running.
pub struct Shop {
    /// The gateway.
    pub gateway: RunningGateway,
    users: Option<RunningService>,
    products: Option<RunningService>,
    orders: Option<RunningService>,
    addresses: Addresses,
    databases: Databases,
}

#[derive(Clone, Copy)]
struct Addresses {
    users: SocketAddr,
    products: SocketAddr,
    orders: SocketAddr,
}

struct Databases {
    users: TestDatabase,
    products: TestDatabase,
    orders: TestDatabase,
}

const ANY_PORT: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

impl Shop {
    /// Starts everything on `engine`, with demo data.
    ///
    /// # Errors
    /// When a part does not start; the message names it.
    pub async fn start(engine: Engine) -> anyhow::Result<Self> {
        let databases = Databases {
            users: TestDatabase::new(engine).await,
            products: TestDatabase::new(engine).await,
            orders: TestDatabase::new(engine).await,
        };
        let users = start_users(ANY_PORT, &databases).await?;
        let mut addresses = Addresses {
            users: users.address,
            products: ANY_PORT,
            orders: ANY_PORT,
        };
        let products = start_products(addresses, &databases).await?;
        addresses.products = products.address;
        let orders = start_orders(addresses, &databases).await?;
        addresses.orders = orders.address;
        let mut configuration = Configuration::for_supergraph("supergraph.yaml");
        configuration.headers.forward = vec!["authorization".to_owned()];
        let gateway = RunningGateway::start(&registered(addresses)?, configuration).await?;
        Ok(Self {
            gateway,
            users: Some(users),
            products: Some(products),
            orders: Some(orders),
            addresses,
            databases,
        })
    }

    /// A client of the gateway that is not signed in.
    pub fn anonymous(&self) -> GraphqlClient {
        GraphqlClient::new(self.gateway.graphql_url())
    }

    /// The access token of a demo user.
    ///
    /// # Panics
    /// When they cannot sign in.
    pub async fn token(&self, email: &str) -> String {
        let data = self
            .anonymous()
            .data(
                "mutation SignIn($input: LoginInput!) { login(input: $input) { ... on Session { accessToken } } }",
                serde_json::json!({ "input": { "email": email, "password": DEMO_PASSWORD } }),
            )
            .await;
        match data["login"]["accessToken"].as_str() {
            Some(token) => token.to_owned(),
            None => panic!("{email} cannot sign in: {data}"),
        }
    }

    /// A client of the gateway, signed in as a demo user.
    pub async fn signed_in(&self, email: &str) -> GraphqlClient {
        self.anonymous().with_token(self.token(email).await)
    }

    /// Stops the orders service.
    pub async fn stop_orders(&mut self) {
        if let Some(orders) = self.orders.take() {
            orders.stop().await;
        }
    }

    /// Starts the orders service again, where it was and with the data it had.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_orders(&mut self) -> anyhow::Result<()> {
        self.orders = Some(start_orders(self.addresses, &self.databases).await?);
        Ok(())
    }

    /// Stops the products service.
    pub async fn stop_products(&mut self) {
        if let Some(products) = self.products.take() {
            products.stop().await;
        }
    }

    /// Starts the products service again, where it was and with the data it had.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_products(&mut self) -> anyhow::Result<()> {
        self.products = Some(start_products(self.addresses, &self.databases).await?);
        Ok(())
    }

    /// Stops everything.
    ///
    /// # Errors
    /// When the gateway had failed.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let services = [self.orders.take(), self.products.take(), self.users.take()];
        for service in services.into_iter().flatten() {
            service.stop().await;
        }
        self.gateway.stop().await
    }
}

fn registered(addresses: Addresses) -> anyhow::Result<Vec<RegisteredSubgraph>> {
    Ok(vec![
        register::<Users>(addresses.users)?,
        register::<ProductsService>(addresses.products)?,
        register::<OrdersService>(addresses.orders)?,
    ])
}

fn register<S: Service>(address: SocketAddr) -> anyhow::Result<RegisteredSubgraph> {
    Ok(RegisteredSubgraph {
        name: S::NAME.to_owned(),
        url: format!("http://{address}/graphql"),
        sdl: export_schema::<S>()?,
    })
}

fn options(listen: SocketAddr, users: SocketAddr, database: &TestDatabase) -> ServiceOptions {
    ServiceOptions {
        listen: Some(listen),
        database_url: Some(database.url.clone()),
        jwks_url: format!("http://{users}/.well-known/jwks.json"),
        demo_data: true,
        ..ServiceOptions::default()
    }
}

/// The settings of orders have no default in code: their command line has.
#[derive(Parser)]
struct OrdersCommandLine {
    #[command(flatten)]
    settings: orders::Settings,
}

async fn start_users(listen: SocketAddr, databases: &Databases) -> anyhow::Result<RunningService> {
    let settings = UsersSettings {
        password_memory_kib: 1024,
        password_passes: 1,
        ..UsersSettings::default()
    };
    subgraph_service::start::<Users>(options(listen, listen, &databases.users), settings).await
}

async fn start_products(
    addresses: Addresses,
    databases: &Databases,
) -> anyhow::Result<RunningService> {
    let settings = products::Settings {
        users_url: format!("http://{}/graphql", addresses.users),
        ..products::Settings::default()
    };
    let options = options(addresses.products, addresses.users, &databases.products);
    subgraph_service::start::<ProductsService>(options, settings).await
}

async fn start_orders(
    addresses: Addresses,
    databases: &Databases,
) -> anyhow::Result<RunningService> {
    let OrdersCommandLine { settings } = OrdersCommandLine::try_parse_from([
        "orders",
        "--products-url",
        &format!("http://{}/graphql", addresses.products),
        "--users-url",
        &format!("http://{}/graphql", addresses.users),
        "--token-url",
        &format!("http://{}/token", addresses.users),
    ])?;
    let options = options(addresses.orders, addresses.users, &databases.orders);
    subgraph_service::start::<OrdersService>(options, settings).await
}
