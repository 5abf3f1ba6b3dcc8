//! Which fields other subgraphs may resolve too. The graph does not show `@shareable`: it is read from the texts.

use super::{Found, Graphs};
use crate::Criticality::{Dangerous, Safe};
use crate::places::{Places, around};

pub(super) const CODES: &[&str] = &["SHAREABLE_CHANGED"];

/// The directive's names, imported or not.
const NAMES: &[&str] = &["shareable", "federation__shareable"];

pub(super) fn compare(graphs: &Graphs<'_>, found: &mut Found) {
    for after in graphs.new_places {
        let name = after.source().name();
        let old = graphs.old_places.iter();
        let Some(before) = old.into_iter().find(|one| one.source().name() == name) else {
            continue;
        };
        for (path, _) in after
            .wordings()
            .filter(|(path, _)| before.exact(path).is_some())
        {
            let is_field = path.contains('.') && !path.contains('(');
            let changed = match is_field {
                // A field whose type changed as a whole is told with the type.
                true => {
                    flipped(before, after, path).filter(|_| whole(before, after, path).is_none())
                }
                false => whole(before, after, path),
            };
            if let Some(is) = changed {
                let (verb, level) = if is {
                    ("is", Safe)
                } else {
                    ("is not", Dangerous)
                };
                let message = format!("`{path}` {verb} shareable in `{name}` now");
                found.add("SHAREABLE_CHANGED", path, Some(name), level, message);
            }
        }
    }
}

/// Whether a type, or the type around a field, became shareable as a whole or stopped to be.
fn whole(before: &Places, after: &Places, path: &str) -> Option<bool> {
    let own = around(path).unwrap_or(path);
    let is = has(after, own);
    let fields = after.wordings().filter(|(field, _)| {
        around(field) == Some(own) && !field.contains('(') && before.exact(field).is_some()
    });
    let mut flips = fields.map(|(field, _)| flipped(before, after, field));
    (has(before, own) != is && flips.all(|flip| flip == Some(is))).then_some(is)
}

fn flipped(before: &Places, after: &Places, field: &str) -> Option<bool> {
    let shareable =
        |places| has(places, field) || around(field).is_some_and(|own| has(places, own));
    let is = shareable(after);
    (shareable(before) != is).then_some(is)
}

fn has(places: &Places, path: &str) -> bool {
    NAMES.iter().any(|name| places.has_directive(path, name))
}
