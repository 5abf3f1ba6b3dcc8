//! The life of a service: options in, a running server out; ends on SIGINT or SIGTERM, after what runs has finished.

mod running;
mod schema;

use std::{future::Future, process::ExitCode, sync::Arc};

use anyhow::Context;
use async_graphql::{ObjectType, Request, SchemaBuilder, SubscriptionType};
use axum::Router;
use sea_orm_migration::MigratorTrait;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use running::RunningService;
pub use schema::export_schema;

use crate::{
    database::Database,
    federation_sdl::SdlAddition,
    identity::{HttpKeys, Identity, TokenVerifier},
    options::ServiceOptions,
    server::{ServerState, ServiceExecutor, router},
    telemetry::start_logging,
};

/// What one service adds to what all services share.
pub trait Service: Send + Sync + Sized + 'static {
    /// The service's name: `users`.
    const NAME: &'static str;
    /// Where it listens unless told otherwise.
    const DEFAULT_LISTEN: &'static str;
    /// Its own options, beside [`ServiceOptions`].
    type Settings: Send;
    /// The query type.
    type Query: ObjectType + 'static;
    /// The mutation type.
    type Mutation: ObjectType + 'static;
    /// The subscription type.
    type Subscription: SubscriptionType + 'static;
    /// The migrations of its database.
    type Migrator: MigratorTrait;

    /// The schema, without data: limits, federation and the exported SDL are added by [`start`].
    fn schema() -> SchemaBuilder<Self::Query, Self::Mutation, Self::Subscription>;

    /// What async-graphql cannot put into the SDL.
    fn sdl_additions() -> &'static [SdlAddition] {
        &[]
    }

    /// Seeds, starts background work; called once the database is migrated, before requests come in.
    fn start(
        start: &Start,
        settings: Self::Settings,
    ) -> impl Future<Output = anyhow::Result<Self>> + Send;

    /// Puts data that all requests share into the schema, such as a broadcast channel.
    fn with_data(
        &self,
        builder: SchemaBuilder<Self::Query, Self::Mutation, Self::Subscription>,
    ) -> SchemaBuilder<Self::Query, Self::Mutation, Self::Subscription> {
        builder
    }

    /// Puts what belongs to one request into it: its data loaders. The identity is added afterwards.
    fn prepare_request(&self, request: Request, identity: &Identity) -> Request;

    /// Routes that only this service has.
    fn routes(&self) -> Router {
        Router::new()
    }

    /// Another way to check tokens than by the keys at `--jwks-url`.
    fn token_verifier(&self) -> Option<TokenVerifier> {
        None
    }
}

/// What a service finds when it starts.
pub struct Start {
    /// The migrated database. It is in the schema's data too.
    pub database: Database,
    /// The command line.
    pub options: ServiceOptions,
    /// Cancelled when the service is to stop: background work ends then.
    pub stopping: CancellationToken,
    /// Background work is spawned here, so that stopping waits for it.
    pub tasks: TaskTracker,
}

/// Runs a service until it is told to stop: the body of its `main`.
pub async fn run<S: Service>(options: ServiceOptions, settings: S::Settings) -> ExitCode {
    finish(S::NAME, run_until_signal::<S>(options, settings).await)
}

/// Turns the outcome of `main` into an exit code; what went wrong goes to stderr.
pub fn finish(name: &str, outcome: anyhow::Result<()>) -> ExitCode {
    let Err(error) = outcome else {
        return ExitCode::SUCCESS;
    };
    let mut line = String::new();
    for cause in error.chain() {
        line = if line.is_empty() {
            cause.to_string()
        } else {
            format!("{line}: {cause}")
        };
    }
    print_error(&format!("{name}: {line}"));
    ExitCode::from(2)
}

/// Starts a service and returns at once; the tests' way in.
pub async fn start<S: Service>(
    options: ServiceOptions,
    settings: S::Settings,
) -> anyhow::Result<RunningService> {
    let database = Database::open::<S::Migrator>(&options.database_url(S::NAME)?).await?;
    let (stopping, tasks) = (CancellationToken::new(), TaskTracker::new());
    let start = Start {
        database,
        options,
        stopping,
        tasks,
    };
    let service = Arc::new(S::start(&start, settings).await?);
    let verifier = service
        .token_verifier()
        .unwrap_or_else(|| verifier(&start.options));
    let builder = service
        .with_data(schema::builder::<S>()?)
        .data(start.database.clone());
    let state = ServerState {
        executor: ServiceExecutor::new(builder.finish(), service.clone()),
        verifier,
        database: start.database.clone(),
        trusted_proxies: start.options.trusted_proxies.clone(),
        stopping: start.stopping.clone(),
    };
    let router = router(state, service.routes());
    running::serve(S::NAME, S::DEFAULT_LISTEN, start, router).await
}

async fn run_until_signal<S: Service>(
    options: ServiceOptions,
    settings: S::Settings,
) -> anyhow::Result<()> {
    if options.print_schema {
        return print(&export_schema::<S>()?);
    }
    start_logging(options.log_format);
    let mut signals = running::StopSignals::catch()?;
    let running = tokio::select! {
        running = start::<S>(options, settings) => running?,
        () = signals.next() => return Ok(()),
    };
    signals.next().await;
    tracing::info!("stopping; a second signal stops at once");
    tokio::select! {
        () = running.stop() => (),
        () = signals.next() => (),
    }
    Ok(())
}

fn verifier(options: &ServiceOptions) -> TokenVerifier {
    TokenVerifier::new(
        HttpKeys::new(&options.jwks_url),
        &options.issuer,
        &options.audience,
    )
}

fn print(text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    std::io::stdout()
        .write_all(text.as_bytes())
        .context("cannot write the schema to stdout")
}

fn print_error(line: &str) {
    use std::io::Write;
    // Nobody is left to tell when stderr is closed.
    let _ = writeln!(std::io::stderr(), "{line}");
}
