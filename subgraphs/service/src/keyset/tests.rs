//! Pages over a real table, in both directions and with mixed orders.

#![allow(
    unreachable_pub,
    reason = "sea-orm's derive makes public items beside these"
)]

use sea_orm::{ConnectionTrait, entity::prelude::*};

use super::*;
use crate::database::{Database, NoMigrations};

mod item {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "item")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub price: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Ten items at prices 0, 0, 1, 1, 2, …; the dearest first, of equal price the smaller id first.
async fn items() -> Database {
    let database = Database::open::<NoMigrations>("sqlite::memory:")
        .await
        .unwrap();
    database
        .execute_unprepared("CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER NOT NULL)")
        .await
        .unwrap();
    for id in 0..10 {
        database
            .execute_unprepared(&format!("INSERT INTO item VALUES ({id}, {})", id / 2))
            .await
            .unwrap();
    }
    database
}

fn dearest_first() -> Keyset {
    let keys = vec![
        SortKey::descending(item::Column::Price, ValueKind::Integer),
        SortKey::ascending(item::Column::Id, ValueKind::Integer),
    ];
    Keyset::new("DEAREST", keys)
}

async fn page(database: &Database, arguments: PageArguments) -> Page<item::Model> {
    let key = |row: &item::Model| {
        vec![
            CursorValue::Integer(row.price),
            CursorValue::Integer(row.id),
        ]
    };
    dearest_first()
        .fetch(item::Entity::find(), &arguments, &**database, key)
        .await
        .unwrap()
}

fn ids(page: &Page<item::Model>) -> Vec<i64> {
    page.edges.iter().map(|(_, row)| row.id).collect()
}

fn forwards(size: u64, cursor: Option<String>) -> PageArguments {
    PageArguments {
        size,
        backwards: false,
        cursor,
    }
}

fn backwards(size: u64, cursor: Option<String>) -> PageArguments {
    PageArguments {
        size,
        backwards: true,
        cursor,
    }
}

#[tokio::test]
async fn walking_forwards_sees_every_row_once() {
    let database = items().await;
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = page(&database, forwards(3, cursor)).await;
        seen.extend(ids(&page));
        cursor = page.page_info().end_cursor;
        if !page.has_next_page {
            break;
        }
    }
    assert_eq!(seen, [8, 9, 6, 7, 4, 5, 2, 3, 0, 1]);
}

#[tokio::test]
async fn a_page_backwards_is_in_the_same_order() {
    let database = items().await;
    let last = page(&database, backwards(3, None)).await;
    assert_eq!(ids(&last), [3, 0, 1]);
    assert!(last.has_previous_page && !last.has_next_page);
    let before = page(&database, backwards(4, last.page_info().start_cursor)).await;
    assert_eq!(ids(&before), [7, 4, 5, 2]);
    assert!(before.has_previous_page && before.has_next_page);
}

#[tokio::test]
async fn a_page_that_ends_with_the_list_has_no_next() {
    let database = items().await;
    assert!(!page(&database, forwards(10, None)).await.has_next_page);
    assert!(page(&database, forwards(9, None)).await.has_next_page);
}
