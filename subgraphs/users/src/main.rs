//! The binary `users`: serves, or does one of the chores in [`Command`].

use std::{process::ExitCode, time::Duration};

use clap::{Parser, Subcommand};
use subgraph_service::{Database, Service, ServiceOptions, finish, run};
use users::{Migrator, Role, Users, UsersSettings};

/// Accounts, sessions and access tokens of the shop
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(flatten)]
    options: ServiceOptions,
    #[command(flatten)]
    settings: UsersSettings,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Make a new key for access tokens; the one in use stays valid until its last token has ended
    RotateKeys {
        /// How long the new key is published before it signs, so that every service knows it
        #[arg(long, value_name = "SECONDS", default_value_t = 60)]
        publish_seconds: u64,
    },
    /// Give the account with this address another role
    GrantRole {
        /// The account's email address
        email: String,
        /// Its new role
        role: Role,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match arguments.command {
        None => run::<Users>(arguments.options, arguments.settings).await,
        Some(command) => finish(Users::NAME, chore(command, &arguments.options).await),
    }
}

async fn chore(command: Command, options: &ServiceOptions) -> anyhow::Result<()> {
    let database = Database::open::<Migrator>(&options.database_url(Users::NAME)?).await?;
    let done = match command {
        Command::RotateKeys { publish_seconds } => {
            users::rotate_keys(&database, Duration::from_secs(publish_seconds)).await?
        }
        Command::GrantRole { email, role } => users::grant_role(&database, &email, role).await?,
    };
    print_line(&done)
}

fn print_line(line: &str) -> anyhow::Result<()> {
    use std::io::Write;
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
