//! The gateway's configuration: `weft.yaml`, or a `supergraph.yaml` alone, or the defaults around a supergraph file.
//!
//! Every key has a default but `supergraph`. Unknown keys are refused. The types here are the reference: the JSON
//! Schema and `docs/configuration.md` are made from them.

mod document;
mod entity_reuse;
mod headers;
mod http_client;
mod planning;
pub mod reference;
mod subscriptions;
mod supergraph_file;
mod traffic;
mod units;
mod usage;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use weft_diagnostic::{Diagnostic, Source};

pub use document::{CONFIGURATION_INVALID, CONFIGURATION_UNREADABLE};
pub use entity_reuse::EntityReuse;
pub use headers::HeaderOptions;
pub use http_client::HttpClient;
pub use planning::PlanningOptions;
pub use subscriptions::SubscriptionOptions;
pub use supergraph_file::{
    DevProcess, SchemaOrigin, SubgraphEntry, SupergraphFile, Welcome, parse_supergraph_file,
    read_supergraph_file,
};
pub use traffic::TrafficOptions;
pub use units::{ByteSize, TimeSpan};
pub use usage::UsageOptions;

/// The gateway's configuration file, `weft.yaml`
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// The supergraph: a composed `.graphql` file, or a `.yaml` file that names the subgraphs to compose. Relative to this file
    pub supergraph: PathBuf,
    /// Where and how the gateway listens
    #[serde(default)]
    pub server: ServerOptions,
    /// What clients may do and see
    #[serde(default)]
    pub graphql: GraphqlOptions,
    /// How much work planning one operation may be
    #[serde(default)]
    pub planning: PlanningOptions,
    /// Headers that travel to every subgraph
    #[serde(default)]
    pub headers: HeaderOptions,
    /// How subgraphs are called
    #[serde(default)]
    pub traffic: TrafficOptions,
    /// What differs for single subgraphs, by name
    #[serde(default)]
    pub subgraphs: IndexMap<String, SubgraphOptions>,
    /// Protection against requests that a foreign web page makes a browser send
    #[serde(default)]
    pub csrf: CsrfOptions,
    /// Which foreign web pages may call the gateway
    #[serde(default)]
    pub cors: CorsOptions,
    /// Subscriptions over WebSocket
    #[serde(default)]
    pub subscriptions: SubscriptionOptions,
    /// Counting who uses what of the graph, for `weft check --usage`
    #[serde(default)]
    pub usage: UsageOptions,
    /// The playground at `/`
    #[serde(default)]
    pub console: ConsoleOptions,
}

/// Where and how the gateway listens
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ServerOptions {
    /// Address and port
    pub listen: SocketAddr,
    /// The path that answers GraphQL
    pub path: String,
    /// Larger request bodies are refused with status 413
    pub body_limit: ByteSize,
    /// What a request still waits for after so long is given up and reported in `errors`
    pub request_timeout: TimeSpan,
    /// How long a client may take to send the head of a request, or to take any of an answer that waits for it. Its connection is closed after this time, at the latest after twice as long
    pub client_timeout: TimeSpan,
    /// How long a client's connection is kept that has nothing to do. Behind a load balancer: longer than its own connections live
    pub idle_timeout: TimeSpan,
    /// How long requests in flight may go on after the signal to stop
    pub drain_timeout: TimeSpan,
    /// Whether answers are compressed for clients that ask for it
    pub compression: bool,
}

/// What clients may do and see
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GraphqlOptions {
    /// Whether clients may read the schema with `__schema` and `__type`
    pub introspection: bool,
    /// Whether a request with the header `weft-query-plan: true` gets its plan in `extensions.queryPlan`
    pub query_plan: bool,
    /// How many documents are kept parsed, validated and planned. One that takes more than 32 KB of memory counts for several, so that all together take at most so many times 32 KB
    pub document_cache: usize,
    /// Whether clients see the messages and extensions of subgraph errors; otherwise only that and where one happened
    pub subgraph_errors: bool,
}

/// What differs for one subgraph
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SubgraphOptions {
    /// Where operations are sent, instead of the address in the supergraph: `http:`, `https:`, or a socket of this machine such as `unix:///run/users.sock?path=/graphql`
    pub routing_url: Option<url::Url>,
    /// Where subscriptions are sent (`ws:` or `wss:`); the routing address with that scheme when absent
    pub subscription_url: Option<url::Url>,
    /// A call that takes longer fails
    pub timeout: Option<TimeSpan>,
    /// Whether HTTP/2 is spoken at an `http:` address, without asking first; at `https:` addresses both sides agree on it by themselves
    pub http2: bool,
    /// Headers for this subgraph, besides those for all
    pub headers: HeaderOptions,
}

/// Protection against requests that a foreign web page makes a browser send
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CsrfOptions {
    /// Whether GETs and WebSockets that a foreign page may have caused are refused, unless `cors` allows the page
    pub enabled: bool,
    /// Headers that a browser sends to another site only after asking it: a request that has one passes
    pub required_headers: Vec<String>,
}

/// Which foreign web pages may call the gateway
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CorsOptions {
    /// Origins such as `https://shop.example.com`; `*` alone means all
    pub origins: Vec<String>,
    /// Whether browsers may send cookies along; not with `*`
    pub credentials: bool,
}

/// The playground at `/`
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConsoleOptions {
    /// Whether it is served
    pub enabled: bool,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 4000)),
            path: "/graphql".to_owned(),
            body_limit: ByteSize::mebibytes(2),
            request_timeout: TimeSpan::seconds(60),
            client_timeout: TimeSpan::seconds(30),
            idle_timeout: TimeSpan::seconds(15 * 60),
            drain_timeout: TimeSpan::seconds(10),
            compression: true,
        }
    }
}

impl Default for GraphqlOptions {
    fn default() -> Self {
        Self {
            introspection: true,
            query_plan: false,
            document_cache: 1000,
            subgraph_errors: true,
        }
    }
}

impl Default for CsrfOptions {
    fn default() -> Self {
        Self {
            enabled: true,
            required_headers: vec![
                "x-weft-preflight".to_owned(),
                "apollo-require-preflight".to_owned(),
                "x-apollo-operation-name".to_owned(),
            ],
        }
    }
}

impl Default for ConsoleOptions {
    fn default() -> Self {
        Self { enabled: true }
    }
}

impl Configuration {
    /// The defaults around a supergraph.
    pub fn for_supergraph(supergraph: impl Into<PathBuf>) -> Self {
        Self {
            supergraph: supergraph.into(),
            server: ServerOptions::default(),
            graphql: GraphqlOptions::default(),
            planning: PlanningOptions::default(),
            headers: HeaderOptions::default(),
            traffic: TrafficOptions::default(),
            subgraphs: IndexMap::new(),
            csrf: CsrfOptions::default(),
            cors: CorsOptions::default(),
            subscriptions: SubscriptionOptions::default(),
            usage: UsageOptions::default(),
            console: ConsoleOptions::default(),
        }
    }

    /// Whether any subgraph gets any header of the client's request.
    pub fn forwards_headers(&self) -> bool {
        let of_one = self.subgraphs.values().map(|one| &one.headers);
        std::iter::once(&self.headers)
            .chain(of_one)
            .any(|headers| !headers.forward.is_empty())
    }

    /// Whether the supergraph has to be composed first.
    pub fn composes(&self) -> bool {
        self.supergraph
            .extension()
            .is_some_and(|extension| extension == "yaml" || extension == "yml")
    }
}

/// Reads a `weft.yaml`, or a `supergraph.yaml`, around which every option has its default.
///
/// # Errors
/// One diagnostic that says what is wrong with the file, or that it cannot be read.
pub fn read_configuration(path: &Path) -> Result<Configuration, Box<Diagnostic>> {
    let source = read_source(path)?;
    if source.text().trim().is_empty() {
        let message = format!("`{}` is empty", path.display());
        return Err(Box::new(document::invalid(message, None).with_help(
            "name what to serve, such as `supergraph: supergraph.graphql`",
        )));
    }
    if lists_subgraphs_only(source.text()) {
        parse_supergraph_file(path, &source)?;
        return Ok(Configuration::for_supergraph(path));
    }
    let mut configuration: Configuration = document::read(&source)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    configuration.supergraph = folder.join(&configuration.supergraph);
    let authorities = configuration.traffic.certificate_authorities.iter_mut();
    for path in authorities.chain(&mut configuration.usage.file) {
        *path = folder.join(&path);
    }
    check(&configuration)?;
    Ok(configuration)
}

/// Whether the text is a `supergraph.yaml`: it has `subgraphs` and no `supergraph` at its top level.
fn lists_subgraphs_only(text: &str) -> bool {
    let has = |key: &str| text.lines().any(|line| line.starts_with(key));
    has("subgraphs:") && !has("supergraph:")
}

fn check(configuration: &Configuration) -> Result<(), Box<Diagnostic>> {
    let refuse =
        |message: &str, help: &str| Err(Box::new(document::invalid(message, None).with_help(help)));
    if !configuration.server.path.starts_with('/') || configuration.server.path.contains(['{', '*'])
    {
        return refuse(
            "`server.path` is not a path",
            "write a plain path that starts with `/`, such as `/graphql`",
        );
    }
    if configuration.console.enabled && configuration.server.path == "/" {
        return refuse(
            "`server.path` is `/`, where the console is",
            "choose another path, or say `console: {enabled: false}`",
        );
    }
    if configuration.cors.credentials && configuration.cors.origins.iter().any(|it| it == "*") {
        return refuse(
            "`cors.credentials` cannot go with the origin `*`",
            "list the origins that may send cookies",
        );
    }
    for (key, time) in [
        ("client_timeout", configuration.server.client_timeout),
        ("idle_timeout", configuration.server.idle_timeout),
    ] {
        if time.0.is_zero() {
            return refuse(
                &format!("`server.{key}` is 0, which leaves no time for any request"),
                "write a time such as `30s`, or leave the key out for the default",
            );
        }
    }
    configuration.planning.check()?;
    configuration.traffic.check()?;
    let of_one = configuration.subgraphs.values().map(|one| &one.headers);
    std::iter::once(&configuration.headers)
        .chain(of_one)
        .try_for_each(HeaderOptions::check)
}

/// The text of a file, or why it cannot be read.
pub(crate) fn read_source(path: &Path) -> Result<Source, Box<Diagnostic>> {
    let shown = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Source::new(shown.clone(), shown, text)),
        Err(error) => Err(Box::new(
            Diagnostic::error(
                CONFIGURATION_UNREADABLE,
                format!("cannot read `{shown}`: {error}"),
            )
            .with_help("check the path and its permissions"),
        )),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    /// Reads a configuration file with a text.
    pub(super) fn check(text: &str) -> Result<Configuration, Box<Diagnostic>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weft.yaml");
        std::fs::write(&path, text).unwrap();
        read_configuration(&path)
    }

    #[test]
    fn every_key_but_the_supergraph_has_a_default() {
        let configuration = check("supergraph: shop.graphql\n").unwrap();
        assert_eq!(configuration.server.listen.to_string(), "127.0.0.1:4000");
        assert!(configuration.supergraph.ends_with("shop.graphql"));
        assert!(!configuration.composes());
    }

    #[test]
    fn a_supergraph_file_alone_is_a_configuration() {
        let configuration =
            check("subgraphs:\n  a:\n    schema: {sdl: 'type Query { a: Int }'}\n").unwrap();
        assert!(configuration.composes());
    }

    #[test]
    fn a_misspelt_option_is_refused_with_the_one_that_was_meant() {
        let diagnostic = check("supergraph: a.graphql\nserver:\n  lisen: 1\n").unwrap_err();
        assert_eq!(diagnostic.message, "unknown key `lisen`");
        assert_eq!(diagnostic.help.as_deref(), Some("did you mean `listen`?"));
        assert_eq!(diagnostic.labels[0].span.start().line, 3);
    }

    #[test]
    fn clients_are_given_some_time() {
        for key in ["client_timeout", "idle_timeout"] {
            let with = |value: &str| check(&format!("supergraph: a\nserver: {{{key}: {value}}}\n"));
            assert!(with("1ms").is_ok(), "{key}");
            let message = with("0s").unwrap_err().message;
            assert!(
                message.starts_with(&format!("`server.{key}` is 0")),
                "{message}"
            );
        }
    }

    #[test]
    fn options_that_contradict_each_other_are_refused() {
        let diagnostic =
            check("supergraph: a\ncors: {origins: ['*'], credentials: true}\n").unwrap_err();
        assert!(diagnostic.message.contains("`cors.credentials`"));
    }

    #[test]
    fn a_bad_duration_says_how_to_write_one() {
        let diagnostic = check("supergraph: a\nserver:\n  request_timeout: soon\n").unwrap_err();
        assert!(
            diagnostic.message.contains("such as `30s`"),
            "{}",
            diagnostic.message
        );
        assert_eq!(diagnostic.labels[0].span.start().line, 3);
    }

    #[test]
    fn an_empty_file_is_told_what_belongs_into_it() {
        let diagnostic = check("\n").unwrap_err();
        assert!(diagnostic.message.ends_with("weft.yaml` is empty"));
        assert!(diagnostic.help.unwrap().contains("`supergraph: "));
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let diagnostic = read_configuration(Path::new("no/such.yaml")).unwrap_err();
        assert!(diagnostic.message.starts_with("cannot read `no/such.yaml`"));
    }
}
