//! Operations that together ask for every field of a graph, from every root field.

use apollo_compiler::Schema;
use apollo_compiler::ast::OperationType;
use apollo_compiler::schema::ExtendedType;

/// How many objects deep an operation goes.
const DEPTH: usize = 2;

/// An operation for each field of the query and the mutation type.
pub(crate) fn operations(schema: &Schema) -> Vec<String> {
    [OperationType::Query, OperationType::Mutation]
        .into_iter()
        .flat_map(|operation| {
            let root = schema.root_operation(operation);
            let root = root.and_then(|name| schema.get_object(name));
            let fields = root.into_iter().flat_map(|root| root.fields.values());
            let wanted = fields.map(move |field| {
                let below = selection(schema, field.ty.inner_named_type(), DEPTH, "");
                format!(
                    "{operation} {{ {}{} }}",
                    field.name,
                    below.unwrap_or_default()
                )
            });
            wanted.collect::<Vec<_>>()
        })
        .collect()
}

/// All fields of a type, for an abstract one those of each object type; `None` where the depth is used up. The fields of
/// different types below one field get names of their own, as their types may differ.
fn selection(schema: &Schema, type_name: &str, depth: usize, prefix: &str) -> Option<String> {
    let possible: Vec<String> = match schema.types.get(type_name)? {
        ExtendedType::Object(object) => {
            let fields = object.fields.values().filter_map(|field| {
                let target = field.ty.inner_named_type();
                let is_leaf =
                    schema.get_scalar(target).is_some() || schema.get_enum(target).is_some();
                let below = match is_leaf {
                    true => String::new(),
                    false => selection(schema, target, depth.checked_sub(1)?, "")?,
                };
                let alias = match prefix {
                    "" => String::new(),
                    prefix => format!("{prefix}_{}: ", field.name),
                };
                Some(format!("{alias}{}{below}", field.name))
            });
            return Some(format!(" {{ {} }}", fields.collect::<Vec<_>>().join(" ")));
        }
        ExtendedType::Interface(_) => {
            let implementers = schema.implementers_map();
            let objects = implementers.get(type_name).map(|known| &known.objects);
            objects
                .into_iter()
                .flatten()
                .map(ToString::to_string)
                .collect()
        }
        ExtendedType::Union(union) => union.members.iter().map(ToString::to_string).collect(),
        _ => return Some(String::new()),
    };
    let fragments = possible.iter().filter_map(|object| {
        let fields = selection(schema, object, depth, object)?;
        Some(format!("... on {object}{fields}"))
    });
    Some(format!(
        " {{ __typename {} }}",
        fragments.collect::<Vec<_>>().join(" ")
    ))
}
