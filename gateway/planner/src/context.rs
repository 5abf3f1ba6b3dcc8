//! Arguments that are filled from a context (`@fromContext`) vary from object to object of one request, which a plan cannot
//! say: an operation that needs one is refused instead of being answered without it.

use crate::build::{Built, Group, TreeId};
use crate::error::PlanError;
use crate::search::Search;

/// Refuses a plan that would leave out arguments from contexts.
pub(crate) fn refuse_contexts(search: &Search<'_>, built: &Built) -> Result<(), PlanError> {
    built
        .groups
        .iter()
        .try_for_each(|group| refuse_in(search, built, group, group.tree))
}

fn refuse_in(
    search: &Search<'_>,
    built: &Built,
    group: &Group,
    tree: TreeId,
) -> Result<(), PlanError> {
    for item in &built.trees.get(tree).items {
        let name = &search.selections.field(item.field).name;
        for object in item.types.iter() {
            let field = search.graph.field(group.subgraph, object, name);
            if let Some(argument) = field.and_then(|field| field.context_arguments.first()) {
                let of = search.graph.object_name(object);
                let what = format!(
                    "`@fromContext` on the argument `{of}.{name}({}:)`",
                    argument.argument
                );
                return Err(PlanError::Unsupported { what });
            }
        }
        if let Some(child) = item.child {
            refuse_in(search, built, group, child)?;
        }
    }
    Ok(())
}
