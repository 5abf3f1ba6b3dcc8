//! The migrations in the order in which they run, on SQLite and on PostgreSQL alike.

use sea_orm_migration::{MigrationTrait, MigratorTrait};

mod catalogue;
mod reviews;
mod stock;

/// Brings a database of the products service to the newest tables.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(catalogue::Migration),
            Box::new(stock::Migration),
            Box::new(reviews::Migration),
        ]
    }
}
