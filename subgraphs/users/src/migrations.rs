//! The migrations of the users database, oldest first.

mod m0001_accounts;
mod m0002_sessions;
mod m0003_signing_keys;
mod m0004_attempts;

use sea_orm_migration::{MigrationTrait, MigratorTrait};

/// Brings the users database up to date.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_accounts::Migration),
            Box::new(m0002_sessions::Migration),
            Box::new(m0003_signing_keys::Migration),
            Box::new(m0004_attempts::Migration),
        ]
    }
}
