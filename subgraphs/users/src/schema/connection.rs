//! The connection of users.

use async_graphql::{Result, SimpleObject};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, Func, LikeExpr},
};
use subgraph_service::{
    Database,
    keyset::{CursorValue, Keyset, PageArguments},
    shared_types::PageInfo,
};

use super::user::User;
use crate::entities::user;

/// A page of users, the oldest account first.
#[derive(SimpleObject)]
pub(crate) struct UserConnection {
    /// Users with their cursors.
    edges: Vec<UserEdge>,
    /// Users alone.
    nodes: Vec<User>,
    /// Where this page lies.
    page_info: PageInfo,
}

/// A user in a page.
#[derive(SimpleObject)]
pub(crate) struct UserEdge {
    /// For `after` and `before`.
    cursor: String,
    /// The user.
    node: User,
}

impl UserConnection {
    /// The users whose handle, display name or email address contains `query`; all without one.
    pub(super) async fn fetch(
        database: &Database,
        arguments: &PageArguments,
        query: Option<&str>,
    ) -> Result<Self> {
        let mut select = user::Entity::find();
        if let Some(query) = query.map(str::trim).filter(|query| !query.is_empty()) {
            select = select.filter(contains(query));
        }
        let keyset = Keyset::by_id("OLDEST", user::Column::Id);
        let page = keyset
            .fetch(select, arguments, &**database, |user| {
                vec![CursorValue::Uuid(user.id)]
            })
            .await?;
        let page_info = page.page_info();
        let nodes = page
            .edges
            .iter()
            .map(|(_, user)| User::new(user.clone()))
            .collect();
        let edges = page
            .edges
            .into_iter()
            .map(|(cursor, user)| UserEdge {
                cursor,
                node: User::new(user),
            })
            .collect();
        Ok(Self {
            edges,
            nodes,
            page_info,
        })
    }
}

fn contains(query: &str) -> Condition {
    let mut pattern = String::from("%");
    for character in query.to_lowercase().chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    let like = |column: user::Column| {
        Expr::expr(Func::lower(Expr::col(column.as_column_ref())))
            .like(LikeExpr::new(pattern.clone()).escape('\\'))
    };
    Condition::any()
        .add(like(user::Column::Handle))
        .add(like(user::Column::DisplayName))
        .add(like(user::Column::Email))
}
