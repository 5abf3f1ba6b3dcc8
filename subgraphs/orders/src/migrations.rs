//! The migrations in the order in which they run, on SQLite and on PostgreSQL alike.

use sea_orm_migration::{MigrationTrait, MigratorTrait};

mod orders;
mod outbox;

/// Brings a database of the orders service to the newest tables.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(orders::Migration), Box::new(outbox::Migration)]
    }
}
