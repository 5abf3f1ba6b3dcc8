//! Which calls of one request ask for all that another one asks, so that an entity that both are about goes along once.

use crate::compile::fetches::FetchCompiler;
use crate::options::MemoScope;
use crate::store::LayoutId;
use apollo_compiler::Name;
use weft_query_plan::{EntityCall, FetchField, FetchSelection, FetchSelectionSet};

/// With more calls than this in a request, they are not compared each with each.
const MOST: usize = 64;

/// The calls, by position, whose answers serve the call at `number` too; the one that asks most first.
pub(crate) fn wider_calls(
    compiler: &mut FetchCompiler<'_>,
    calls: &[EntityCall],
    number: usize,
    root: LayoutId,
) -> Vec<u32> {
    if compiler.memo == MemoScope::Off || calls.len() > MOST {
        return Vec::new();
    }
    let narrow = Asked::of(&calls[number]);
    let layouts = compiler.target_layouts(&calls[number], root);
    let is_free = |key: &Name| {
        let mut layouts = layouts.iter();
        layouts.all(|layout| compiler.layouts[layout.0 as usize].slot(key).is_none())
    };
    let mut found: Vec<(usize, u32)> = Vec::new();
    for (position, call) in calls.iter().enumerate() {
        let wide = Asked::of(call);
        // Of two that ask the same, the first serves the second.
        let is_wider = wide.fields.len() > narrow.fields.len() || position < number;
        if position != number && is_wider && wide.serves(&narrow, is_free) {
            found.push((
                wide.fields.len(),
                u32::try_from(position).unwrap_or(u32::MAX),
            ));
        }
    }
    found.sort_by_key(|(fields, position)| (std::cmp::Reverse(*fields), *position));
    found.into_iter().map(|(_, position)| position).collect()
}

/// What a call asks, by type condition.
struct Asked<'plan> {
    call: &'plan EntityCall,
    fields: Vec<(Option<&'plan Name>, &'plan FetchField)>,
    /// Whether there is more than fields directly below type conditions.
    is_nested: bool,
}

impl<'plan> Asked<'plan> {
    fn of(call: &'plan EntityCall) -> Self {
        let mut asked = Self {
            call,
            fields: Vec::new(),
            is_nested: false,
        };
        asked.collect(&call.selection, None, true);
        asked
    }

    fn collect(
        &mut self,
        set: &'plan FetchSelectionSet,
        condition: Option<&'plan Name>,
        is_top: bool,
    ) {
        for item in &set.items {
            match item {
                FetchSelection::Field(field) => self.fields.push((condition, field)),
                FetchSelection::Fragment(fragment) if is_top && fragment.conditions.is_always() => {
                    self.collect(&fragment.selection, fragment.type_condition.as_ref(), false);
                }
                FetchSelection::Fragment(_) => self.is_nested = true,
            }
        }
    }

    /// Whether the answer to this one is one to the other; `is_free` says where what it asks besides does no harm.
    fn serves(&self, narrow: &Self, is_free: impl Fn(&Name) -> bool) -> bool {
        !self.is_nested
            && !narrow.is_nested
            && self.call.context_variables.is_empty()
            && narrow.call.context_variables.is_empty()
            && self.call.conditions == narrow.call.conditions
            && self.call.representations == narrow.call.representations
            && narrow
                .fields
                .iter()
                .all(|field| self.fields.contains(field))
            && self.fields.iter().all(|field| {
                field.1.name == "__typename"
                    || narrow.fields.contains(field)
                    || is_free(&field.1.stored_as)
            })
    }
}
