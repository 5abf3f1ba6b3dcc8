//! The command line that all services share, in; resolved values (addresses, database URL) out.

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
    time::Duration,
};

use anyhow::{Context, anyhow};
use clap::{Args, ValueEnum};

use crate::server::Network;

/// Options of every service; a binary flattens them into its own.
#[derive(Args, Clone, Debug)]
pub struct ServiceOptions {
    /// Address to listen on; port 0 takes a free one [default: 127.0.0.1, users 4001, products 4002, orders 4003]
    #[arg(long, env = "LISTEN_ADDR", value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,

    /// `sqlite://FILE` or `postgres://USER:PASSWORD@HOST/DATABASE` [default: an SQLite file named after the service, in `data/`]
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// Where the keys are published that access tokens are checked with
    #[arg(
        long,
        env = "JWKS_URL",
        value_name = "URL",
        default_value = "http://127.0.0.1:4001/.well-known/jwks.json"
    )]
    pub jwks_url: String,

    /// The `iss` that access tokens must have
    #[arg(long, env = "TOKEN_ISSUER", default_value = "weft-users")]
    pub issuer: String,

    /// The `aud` that access tokens must have
    #[arg(long, env = "TOKEN_AUDIENCE", default_value = "weft")]
    pub audience: String,

    /// Fill an empty database with demo data (accounts with a published password: never in production)
    #[arg(long, env = "DEMO_DATA")]
    pub demo_data: bool,

    /// Print the schema as federation SDL and exit
    #[arg(long)]
    pub print_schema: bool,

    /// How the log on stderr looks
    #[arg(long, env = "LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,

    /// Proxies whose `x-forwarded-for` is believed, such as the gateway: addresses or networks (`172.16.0.0/12`)
    #[arg(long, env = "TRUSTED_PROXIES", value_name = "NETWORK", value_delimiter = ',', default_values_t = [Network::of(Ipv4Addr::LOCALHOST), Network::of(Ipv6Addr::LOCALHOST)])]
    pub trusted_proxies: Vec<Network>,

    /// How long running requests may take after a signal to stop
    #[arg(long, env = "SHUTDOWN_SECONDS", default_value_t = 10)]
    pub shutdown_seconds: u64,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One readable line for each event
    Text,
    /// One JSON object for each event
    Json,
}

/// The settings of a service that has none of its own.
#[derive(Args, Clone, Debug, Default)]
pub struct NoSettings {}

impl Default for ServiceOptions {
    /// What an empty command line and environment give.
    fn default() -> Self {
        Self {
            listen: None,
            database_url: None,
            jwks_url: "http://127.0.0.1:4001/.well-known/jwks.json".to_owned(),
            issuer: "weft-users".to_owned(),
            audience: "weft".to_owned(),
            demo_data: false,
            print_schema: false,
            log_format: LogFormat::Text,
            trusted_proxies: vec![
                Network::of(Ipv4Addr::LOCALHOST),
                Network::of(Ipv6Addr::LOCALHOST),
            ],
            shutdown_seconds: 10,
        }
    }
}

impl ServiceOptions {
    /// The address to listen on; `default` is the service's own.
    pub fn listen_address(&self, default: &str) -> anyhow::Result<SocketAddr> {
        match self.listen {
            Some(address) => Ok(address),
            None => default
                .parse()
                .with_context(|| format!("`{default}` is no address")),
        }
    }

    /// The database's URL; makes the `data` folder for the default SQLite file of service `name`.
    pub fn database_url(&self, name: &str) -> anyhow::Result<String> {
        if let Some(url) = &self.database_url {
            return Ok(url.clone());
        }
        let folder = Path::new("data");
        std::fs::create_dir_all(folder)
            .map_err(|error| anyhow!("cannot make the folder `data` for the SQLite file: {error}; make it, or give `--database-url`"))?;
        Ok(format!("sqlite://data/{name}.sqlite"))
    }

    /// How long running requests may take after a signal to stop.
    pub fn shutdown_deadline(&self) -> Duration {
        Duration::from_secs(self.shutdown_seconds)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Binary {
        #[command(flatten)]
        options: ServiceOptions,
    }

    #[test]
    fn the_defaults_of_code_and_command_line_agree() {
        let parsed = Binary::try_parse_from(["users"]).unwrap().options;
        assert_eq!(
            format!("{parsed:?}"),
            format!("{:?}", ServiceOptions::default())
        );
    }

    #[test]
    fn a_given_address_wins_over_the_default() {
        let parsed = Binary::try_parse_from(["users", "--listen", "127.0.0.1:0"])
            .unwrap()
            .options;
        assert_eq!(parsed.listen_address("127.0.0.1:4001").unwrap().port(), 0);
        assert_eq!(
            ServiceOptions::default()
                .listen_address("127.0.0.1:4001")
                .unwrap()
                .port(),
            4001
        );
    }

    #[test]
    fn an_address_without_a_port_is_refused() {
        let Err(error) = Binary::try_parse_from(["users", "--listen", "localhost"]) else {
            panic!("accepted")
        };
        assert!(error.to_string().contains("--listen"));
    }
}
