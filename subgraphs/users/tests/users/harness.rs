//! A users service of a test's own, and the operations that tests send.

use std::net::{Ipv4Addr, SocketAddr};

use serde_json::{Value, json};
use subgraph_service::{
    RunningService, ServiceOptions,
    test_support::{Engine, GraphqlClient, TestDatabase},
};
use users::{DEMO_PASSWORD, DEMO_USERS, DemoUser, Users, UsersSettings};

/// Runs each test function once on SQLite and once on PostgreSQL.
macro_rules! on_both_engines {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test] async fn $test() { super::$test(subgraph_service::test_support::Engine::Sqlite).await; })+
        }
        mod postgresql {
            $(#[tokio::test] async fn $test() { super::$test(subgraph_service::test_support::Engine::Postgres).await; })+
        }
    };
}
pub(crate) use on_both_engines;

pub(crate) const LOGIN: &str = "mutation ($email: EmailAddress!, $password: String!) {
  login(input: { email: $email, password: $password }) {
    __typename
    ... on Session { accessToken expiresAt refreshToken user { id email } }
    ... on AuthFailure { reason message field retryAfterSeconds }
  }
}";

pub(crate) const REGISTER: &str = "mutation ($input: RegisterInput!) {
  register(input: $input) {
    __typename
    ... on Session { accessToken refreshToken user { id handle displayName email addresses { label } } }
    ... on AuthFailure { reason message field retryAfterSeconds }
  }
}";

pub(crate) const REFRESH: &str = "mutation ($token: String!) {
  refreshToken(token: $token) {
    __typename
    ... on Session { accessToken refreshToken user { id } }
    ... on AuthFailure { reason message }
  }
}";

/// A service with demo data.
pub(crate) struct Shop {
    pub(crate) running: RunningService,
    /// Anonymous.
    pub(crate) client: GraphqlClient,
    pub(crate) database: TestDatabase,
}

/// A demo user who signed in.
pub(crate) struct SignedIn {
    pub(crate) client: GraphqlClient,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
}

/// Hashes that take no time, everything else as it comes.
pub(crate) fn quick_settings() -> UsersSettings {
    UsersSettings {
        password_memory_kib: 1024,
        password_passes: 1,
        ..UsersSettings::default()
    }
}

pub(crate) fn options(database: &TestDatabase) -> ServiceOptions {
    ServiceOptions {
        listen: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
        database_url: Some(database.url.clone()),
        demo_data: true,
        ..ServiceOptions::default()
    }
}

impl Shop {
    pub(crate) async fn open(engine: Engine) -> Self {
        Self::open_with(engine, quick_settings()).await
    }

    pub(crate) async fn open_with(engine: Engine, settings: UsersSettings) -> Self {
        let database = TestDatabase::new(engine).await;
        let running = subgraph_service::start::<Users>(options(&database), settings)
            .await
            .unwrap();
        let client = GraphqlClient::new(running.graphql_url());
        Self {
            running,
            client,
            database,
        }
    }

    pub(crate) async fn try_login(&self, email: &str, password: &str) -> Value {
        let data = self
            .client
            .data(LOGIN, json!({ "email": email, "password": password }))
            .await;
        data["login"].clone()
    }

    pub(crate) async fn login(&self, handle: &str) -> SignedIn {
        let session = self.try_login(demo(handle).email, DEMO_PASSWORD).await;
        assert_eq!(session["__typename"], "Session", "{session}");
        self.signed_in(&session)
    }

    pub(crate) fn signed_in(&self, session: &Value) -> SignedIn {
        let text = |name: &str| session[name].as_str().unwrap().to_owned();
        let access_token = text("accessToken");
        SignedIn {
            client: self.client.with_token(&access_token),
            access_token,
            refresh_token: text("refreshToken"),
        }
    }

    pub(crate) async fn refresh(&self, token: &str) -> Value {
        self.client.data(REFRESH, json!({ "token": token })).await["refreshToken"].clone()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.address)
    }
}

pub(crate) fn demo(handle: &str) -> DemoUser {
    DEMO_USERS
        .into_iter()
        .find(|user| user.handle == handle)
        .unwrap()
}

pub(crate) fn id(handle: &str) -> String {
    demo(handle).id.to_string()
}
