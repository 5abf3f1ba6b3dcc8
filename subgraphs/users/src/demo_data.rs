//! Accounts for trying things out, made in an empty database with `--demo-data`. Their password is published: never in production.
//! Their ids are fixed, so that the demo data of the other services can refer to them.

use sea_orm::{EntityTrait, IntoActiveModel, PaginatorTrait};
use subgraph_service::{Database, shared_types::Address};
use uuid::{Uuid, uuid};

use crate::{accounts::replace_addresses, entities::user, passwords::Passwords, roles::Role};

/// The password of all demo accounts.
pub const DEMO_PASSWORD: &str = "weft-demo-1";

/// A demo account.
#[derive(Clone, Copy, Debug)]
pub struct DemoUser {
    /// Its id, the same everywhere.
    pub id: Uuid,
    /// To sign in with, and [`DEMO_PASSWORD`].
    pub email: &'static str,
    /// The part of the address before the `@`.
    pub handle: &'static str,
    /// The name to show.
    pub display_name: &'static str,
    /// Customers, and one of the staff.
    pub role: Role,
    risk_score: f64,
    /// Label, street, city, postcode, country.
    addresses: &'static [[&'static str; 5]],
}

/// All demo accounts.
pub const DEMO_USERS: [DemoUser; 5] = [
    DemoUser {
        id: uuid!("0190a000-0000-7000-8000-000000000001"),
        email: "ada@example.com",
        handle: "ada",
        display_name: "Ada Lovelace",
        role: Role::Customer,
        risk_score: 0.05,
        addresses: &[
            ["home", "12 St James's Square", "London", "SW1Y 4JH", "GB"],
            ["work", "1 Engine Yard", "Bath", "BA1 1AA", "GB"],
        ],
    },
    DemoUser {
        id: uuid!("0190a000-0000-7000-8000-000000000002"),
        email: "grace@example.com",
        handle: "grace",
        display_name: "Grace Hopper",
        role: Role::Customer,
        risk_score: 0.2,
        addresses: &[["home", "24 Harbor Lane", "Arlington", "22202", "US"]],
    },
    DemoUser {
        id: uuid!("0190a000-0000-7000-8000-000000000003"),
        email: "linus@example.com",
        handle: "linus",
        display_name: "Linus",
        role: Role::Customer,
        risk_score: 0.85,
        addresses: &[],
    },
    DemoUser {
        id: uuid!("0190a000-0000-7000-8000-000000000004"),
        email: "margaret@example.com",
        handle: "margaret",
        display_name: "Margaret Hamilton",
        role: Role::Customer,
        risk_score: 0.1,
        addresses: &[["home", "Hauptstraße 7", "Berlin", "10827", "DE"]],
    },
    DemoUser {
        id: uuid!("0190a000-0000-7000-8000-000000000009"),
        email: "staff@example.com",
        handle: "staff",
        display_name: "Shop Staff",
        role: Role::Staff,
        risk_score: 0.0,
        addresses: &[],
    },
];

/// Makes the demo accounts when there is no account at all.
pub(crate) async fn seed(database: &Database, passwords: &Passwords) -> anyhow::Result<()> {
    if user::Entity::find().count(&**database).await? > 0 {
        return Ok(());
    }
    let mut hashes = Vec::new();
    for _ in DEMO_USERS {
        hashes.push(passwords.hash(DEMO_PASSWORD.to_owned()).await?);
    }
    let transaction = database.begin_write().await?;
    for (demo, password_hash) in DEMO_USERS.iter().zip(hashes) {
        user::Entity::insert(model(demo, password_hash).into_active_model())
            .exec_without_returning(&transaction)
            .await?;
        replace_addresses(
            &transaction,
            demo.id,
            demo.addresses.iter().map(address).collect(),
        )
        .await?;
    }
    transaction.commit().await?;
    tracing::info!(
        accounts = DEMO_USERS.len(),
        password = DEMO_PASSWORD,
        "made demo accounts such as `ada@example.com`"
    );
    Ok(())
}

fn model(demo: &DemoUser, password_hash: String) -> user::Model {
    // The first of June 2025, as if they had been here for a while.
    const CREATED_AT: i64 = 1_748_736_000_000;
    user::Model {
        id: demo.id,
        email: demo.email.to_owned(),
        handle: demo.handle.to_owned(),
        display_name: demo.display_name.to_owned(),
        password_hash,
        role: demo.role.name().to_owned(),
        loyalty_points: 0,
        risk_score: Some(demo.risk_score),
        created_at: CREATED_AT,
    }
}

fn address([label, line1, city, postcode, country]: &[&str; 5]) -> Address {
    Address {
        label: (*label).to_owned(),
        line1: (*line1).to_owned(),
        line2: None,
        city: (*city).to_owned(),
        postcode: (*postcode).to_owned(),
        country: (*country).to_owned(),
    }
}
