//! Root types that a `schema` definition leaves out: composition gives root types their default names, so an object type of that
//! name is a root.

use apollo_compiler::Schema;
use apollo_compiler::schema::{ComponentName, ExtendedType};
use apollo_compiler::{Name, name};

/// Makes `Query`, `Mutation` and `Subscription` roots where the `schema` definition names no other type for them.
pub(super) fn add_unstated(schema: &mut Schema) {
    let is_object = |name: &Name| matches!(schema.types.get(name), Some(ExtendedType::Object(_)));
    let [query, mutation, subscription] =
        [name!("Query"), name!("Mutation"), name!("Subscription")]
            .map(|name| is_object(&name).then(|| ComponentName::from(name)));
    let roots = schema.schema_definition.make_mut();
    roots.query = roots.query.take().or(query);
    roots.mutation = roots.mutation.take().or(mutation);
    roots.subscription = roots.subscription.take().or(subscription);
}
