//! `Query`: the entry points of the catalogue.

use async_graphql::{Context, Object, Result, Union};
use subgraph_service::Database;
use subgraph_service::errors::{bad_user_input, internal};
use subgraph_service::keyset::{PageArguments, PageSize};

use crate::catalogue::{self, ProductFilter, ProductSort, parse_id};
use crate::graphql::category::Category;
use crate::graphql::connection::ProductConnection;
use crate::graphql::inputs::ProductBy;
use crate::graphql::product::{DigitalProduct, PhysicalProduct, Product};
use crate::loaders::Loaders;

/// The fields of `Query`
#[derive(Debug, Default)]
pub(crate) struct CatalogueQuery;

/// Something that a search found
#[derive(Clone, Debug, Union)]
pub(crate) enum SearchResult {
    Physical(PhysicalProduct),
    Digital(DigitalProduct),
    Category(Category),
}

#[Object]
impl CatalogueQuery {
    /// One product by one of its keys
    async fn product(&self, ctx: &Context<'_>, by: ProductBy) -> Result<Option<Product>> {
        let loaders = Loaders::of(ctx)?;
        match by {
            ProductBy::Id(id) => loaders.product(parse_id("id", &id)?).await,
            ProductBy::Sku(sku) => loaders.product_by_sku(sku).await,
        }
    }

    /// The catalogue, page by page, forwards with `first` and `after` or backwards with `last` and `before`
    #[expect(
        clippy::too_many_arguments,
        reason = "they are the arguments of a Relay connection"
    )]
    #[graphql(complexity = "page_complexity(first, last, child_complexity)")]
    async fn products(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<ProductFilter>,
        #[graphql(default)] sort: ProductSort,
    ) -> Result<ProductConnection> {
        let arguments = PageArguments::new(first, after, last, before, PageSize::default())?;
        let filter = filter.unwrap_or_default().condition()?;
        let page = catalogue::page(ctx.data()?, filter.clone(), sort, &arguments).await?;
        Ok(ProductConnection::new(page, filter))
    }

    /// All shelves of the shop, by name
    async fn categories(&self, ctx: &Context<'_>) -> Result<Vec<Category>> {
        let categories = catalogue::categories(ctx.data::<Database>()?)
            .await
            .map_err(internal)?;
        Ok(categories.into_iter().map(Category).collect())
    }

    /// Products and shelves that mention every word of the term, shelves first
    async fn search(
        &self,
        ctx: &Context<'_>,
        term: String,
        #[graphql(default = 10)] first: i32,
    ) -> Result<Vec<SearchResult>> {
        let limit = PageArguments::forwards(Some(first), None, PageSize::default())?.size;
        let length = term.trim().chars().count();
        if !(2..=100).contains(&length) {
            return Err(bad_user_input("term", "`term` needs 2 to 100 characters"));
        }
        let database = ctx.data::<Database>()?;
        let categories = catalogue::search_categories(database, &term, limit)
            .await
            .map_err(internal)?;
        let products = catalogue::search_products(database, &term, limit)
            .await
            .map_err(internal)?;
        let categories = categories
            .into_iter()
            .map(|category| SearchResult::Category(Category(category)));
        let products = products
            .into_iter()
            .map(|product| match Product::from(product) {
                Product::Physical(product) => SearchResult::Physical(product),
                Product::Digital(product) => SearchResult::Digital(product),
            });
        Ok(categories
            .chain(products)
            .take(first.unsigned_abs() as usize)
            .collect())
    }

    /// What sells best
    async fn top_products(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 5)] first: i32,
    ) -> Result<Vec<Product>> {
        let limit = PageArguments::forwards(Some(first), None, PageSize::default())?.size;
        let products = catalogue::top_products(ctx.data::<Database>()?, limit)
            .await
            .map_err(internal)?;
        Ok(products.into_iter().map(Product::from).collect())
    }
}

fn page_complexity(first: Option<i32>, last: Option<i32>, child_complexity: usize) -> usize {
    let length = first.or(last).unwrap_or(20).clamp(1, 100).unsigned_abs() as usize;
    // Half, because `edges` and `nodes` rarely come together with every field.
    1 + child_complexity * length.div_ceil(2)
}
