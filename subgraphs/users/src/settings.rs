//! The options that only the users service has.

use clap::Args;

use crate::{passwords::PasswordCost, service_clients::ServiceClient};

/// Options of the users service, beside those of every service.
#[derive(Args, Clone, Debug)]
pub struct UsersSettings {
    /// Services that may get tokens, as `ID:SECRET:SCOPE SCOPE…`, separated by commas [default with demo data: `orders` with a published secret]
    #[arg(
        long,
        env = "SERVICE_CLIENTS",
        value_name = "ID:SECRET:SCOPES",
        value_delimiter = ',',
        hide_env_values = true
    )]
    pub service_clients: Vec<ServiceClient>,

    /// How long somebody stays signed in who does not come back
    #[arg(long, env = "REFRESH_TOKEN_DAYS", value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=400))]
    pub refresh_token_days: u16,

    /// Failed sign-ins for one account within fifteen minutes, then it is locked for the rest of them
    #[arg(long, env = "ATTEMPTS_PER_ACCOUNT", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub attempts_per_account: u32,

    /// Failed sign-ins and sign-ups from one network address within fifteen minutes
    #[arg(long, env = "ATTEMPTS_PER_ADDRESS", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    pub attempts_per_address: u32,

    /// Memory of one password hash; stored hashes that took less are renewed when their owner signs in
    #[arg(long, env = "PASSWORD_MEMORY_KIB", value_name = "KIB", default_value_t = PasswordCost::default().memory_kib, value_parser = clap::value_parser!(u32).range(1024..=1_048_576))]
    pub password_memory_kib: u32,

    /// Passes of one password hash
    #[arg(long, env = "PASSWORD_PASSES", value_name = "PASSES", default_value_t = PasswordCost::default().passes, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub password_passes: u32,
}

impl Default for UsersSettings {
    /// What an empty command line and environment give.
    fn default() -> Self {
        let cost = PasswordCost::default();
        Self {
            service_clients: Vec::new(),
            refresh_token_days: 30,
            attempts_per_account: 10,
            attempts_per_address: 100,
            password_memory_kib: cost.memory_kib,
            password_passes: cost.passes,
        }
    }
}

impl UsersSettings {
    /// What one password hash costs.
    pub(crate) fn password_cost(&self) -> PasswordCost {
        PasswordCost {
            memory_kib: self.password_memory_kib,
            passes: self.password_passes,
        }
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
        settings: UsersSettings,
    }

    #[test]
    fn the_defaults_of_code_and_command_line_agree() {
        let parsed = Binary::try_parse_from(["users"]).unwrap().settings;
        assert_eq!(
            format!("{parsed:?}"),
            format!("{:?}", UsersSettings::default())
        );
    }

    #[test]
    fn a_client_without_a_secret_is_refused_with_the_form() {
        let Err(error) = Binary::try_parse_from(["users", "--service-clients", "orders"]) else {
            panic!("accepted")
        };
        assert!(error.to_string().contains("ID:SECRET:SCOPE"), "{error}");
    }
}
