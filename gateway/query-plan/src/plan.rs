//! The plan's nodes. Plain data: made by the planner, read by the executor, the checker and the printers.

use crate::ContextVariable;
use apollo_compiler::ast::{Argument, OperationType, Type, Value};
use apollo_compiler::{Name, Node};
use std::collections::BTreeSet;
use std::sync::Arc;
use weft_supergraph::SubgraphId;

/// All fetches of one operation.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryPlan {
    /// Query, mutation or subscription.
    pub operation_type: OperationType,
    /// The fetches; a fetch comes after all that it depends on. Empty for an operation that needs no subgraph.
    /// The first fetch of a subscription is its source; the others run for each event.
    pub fetches: Vec<Fetch>,
    /// The deferred parts of the answer, in the order of [`Operation::deferred`](crate::Operation::deferred). Empty where
    /// all is answered at once.
    pub deferred: Vec<DeferredPart>,
}

/// A fragment with `@defer`.
#[derive(Debug, Clone, PartialEq)]
pub struct DeferredPart {
    /// Its label.
    pub label: Option<String>,
    /// The variable of its `if`; the plan is for values that defer it.
    pub variable: Option<Name>,
    /// Where its fragment stands.
    pub paths: Vec<ResponsePath>,
    /// The part that it is nested in.
    pub parent: Option<usize>,
}

impl QueryPlan {
    /// The fetches by dependent steps: each in the first step that its dependencies allow.
    pub fn steps(&self) -> Vec<Vec<FetchId>> {
        self.steps_where(|_| true)
    }

    /// The steps of the fetches that the first answer waits for, or of those that a deferred part is the first to need.
    pub fn steps_of(&self, part: Option<usize>) -> Vec<Vec<FetchId>> {
        self.steps_where(|fetch| fetch.parts.first().copied() == part)
    }

    fn steps_where(&self, is_in: impl Fn(&Fetch) -> bool) -> Vec<Vec<FetchId>> {
        let mut step_of: Vec<Option<usize>> = Vec::new();
        let mut steps: Vec<Vec<FetchId>> = Vec::new();
        for (index, fetch) in self.fetches.iter().enumerate() {
            if !is_in(fetch) {
                step_of.push(None);
                continue;
            }
            let before = fetch.depends_on.iter();
            let before = before.filter_map(|before| step_of[before.index()].map(|step| step + 1));
            let step = before.max().unwrap_or(0);
            step_of.push(Some(step));
            if steps.len() <= step {
                steps.resize_with(step + 1, Vec::new);
            }
            steps[step].push(FetchId(index as u32));
        }
        steps
    }

    /// Whether some of the answer comes later.
    pub fn is_deferring(&self) -> bool {
        self.fetches.iter().any(|fetch| !fetch.parts.is_empty())
    }

    /// All strands that have ended when that one begins.
    pub fn strands_before(&self, strand: StrandId) -> BTreeSet<StrandId> {
        let mut all = BTreeSet::new();
        let mut open = vec![strand];
        while let Some(next) = open.pop() {
            let fetch = self.fetches.get(next.fetch.index());
            let known = fetch.and_then(|fetch| fetch.strands.get(next.number as usize));
            let before = known.map(|known| known.waits_for.as_slice());
            open.extend(
                before
                    .unwrap_or_default()
                    .iter()
                    .filter(|id| all.insert(**id)),
            );
        }
        all
    }

    /// The fetch with that id.
    pub fn fetch(&self, id: FetchId) -> &Fetch {
        &self.fetches[id.index()]
    }
}

/// A fetch's position in [`QueryPlan::fetches`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FetchId(pub u32);

impl FetchId {
    /// The position as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What one fetch does at one of its targets: the unit of data flow.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Strand {
    /// The strands that must have ended before the objects at the target can be asked about, in ascending order: those whose
    /// results are read there, and those that make the objects.
    pub waits_for: Vec<StrandId>,
}

/// Which strand of which fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StrandId {
    /// The fetch.
    pub fetch: FetchId,
    /// The position in [`Fetch::strands`].
    pub number: u32,
}

/// One request to one subgraph; several where some of its targets are ready long before others.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetch {
    /// The subgraph, in the supergraph that the plan was made for.
    pub subgraph: SubgraphId,
    /// Its name.
    pub subgraph_name: Arc<str>,
    /// The fetches that must have ended before this one starts, in ascending order: those whose results it reads,
    /// those that make the objects it writes into, and for root mutation fields the one before it.
    pub depends_on: Vec<FetchId>,
    /// One for each target, call by call. They wait for nothing but the fetches above, mostly for some of them.
    pub strands: Vec<Strand>,
    /// The deferred parts that need it, in ascending order; empty for a fetch that the first answer waits for.
    pub parts: Vec<usize>,
    /// When it is sent.
    pub conditions: FetchConditions,
    /// What it asks.
    pub kind: FetchKind,
    /// The client's variables that its document uses, and no others.
    pub variables: Vec<FetchVariable>,
    /// The operation's name in the document, where it has one.
    pub operation_name: Option<Name>,
    /// The document, printed from `kind` without insignificant white space.
    pub document: Arc<str>,
}

impl Fetch {
    /// Where the objects are that it completes: one path for each strand.
    pub fn targets(&self) -> Vec<&ResponsePath> {
        match &self.kind {
            FetchKind::Root { target, .. } => vec![target],
            FetchKind::Entities(calls) => calls.iter().flat_map(|call| &call.targets).collect(),
        }
    }
}

/// What a fetch asks.
#[derive(Debug, Clone, PartialEq)]
pub enum FetchKind {
    /// Fields of a root type.
    Root {
        /// Query, mutation or subscription.
        operation_type: OperationType,
        /// Where the fields go: empty for the response itself; longer where a field of the graph returns
        /// a root type.
        target: ResponsePath,
        /// The fields.
        selection: FetchSelectionSet,
    },
    /// Fields of entities: one or more `_entities` fields in one request.
    Entities(Vec<EntityCall>),
}

/// One `_entities(representations:)` field of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct EntityCall {
    /// The response key: `_entities`, or an alias where a request has several.
    pub response_key: Name,
    /// The variable for its representations, without `$`.
    pub representations_variable: Name,
    /// When it has representations at all; the variable is an empty list otherwise.
    pub conditions: FetchConditions,
    /// Where the objects are that it completes. An object that several paths reach is sent once.
    pub targets: Vec<ResponsePath>,
    /// How an object becomes a representation, by its runtime type; the first that fits is used, an object
    /// that none fits is left out.
    pub representations: Vec<Representation>,
    /// Variables that each entity fills from an ancestor; only this call's selection uses them.
    pub context_variables: Vec<ContextVariable>,
    /// What is selected on `_Entity`: inline fragments with type conditions.
    pub selection: FetchSelectionSet,
}

/// How objects of some types become representations.
#[derive(Debug, Clone, PartialEq)]
pub struct Representation {
    /// It fits objects whose runtime type is this type, or one of its possible types.
    pub type_condition: Name,
    /// The `__typename` to send where it is not the object's own: an interface's name for a subgraph that
    /// declares it as an interface object.
    pub typename: Option<Name>,
    /// The fields to copy. An object that lacks one is left out; a null is copied.
    pub items: Vec<RepresentationItem>,
}

/// One part of a representation.
#[derive(Debug, Clone, PartialEq)]
pub enum RepresentationItem {
    /// A field.
    Field(RepresentationField),
    /// Fields for objects of some types only.
    Fragment {
        /// Which types.
        type_condition: Name,
        /// The fields.
        items: Vec<RepresentationItem>,
    },
}

/// A field of a representation.
#[derive(Debug, Clone, PartialEq)]
pub struct RepresentationField {
    /// Its key in the representation: the field's plain name.
    pub name: Name,
    /// Its key in the merged response.
    pub stored_as: Name,
    /// What is copied below it; empty for a leaf.
    pub items: Vec<RepresentationItem>,
}

/// The key of what a client asks for on objects of one type, where the fetch that brings it does not know types and other types
/// have another field under the client's key. Whoever reads an object of that type looks there first.
pub fn key_on_type(response_key: &str, object_type: &str) -> Name {
    // Two names with an underscore between them are a name.
    Name::new_unchecked(&format!("__weft_{response_key}_on_{object_type}"))
}

/// The response key that [`key_on_type`] made a key of; nothing, for any other key.
pub fn response_key_of(stored_as: &str, is_object_type: impl Fn(&str) -> bool) -> Option<&str> {
    const BETWEEN: &str = "_on_";
    let names = stored_as.strip_prefix("__weft_")?;
    // A name may end like the word in between begins.
    let mut places = names.char_indices().map(|(place, _)| place);
    let place = places.find(|&place| {
        let object_type = names[place..].strip_prefix(BETWEEN);
        object_type.is_some_and(&is_object_type)
    })?;
    Some(&names[..place])
}

/// A path into the merged response, by `stored_as` keys.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct ResponsePath(pub Vec<PathSegment>);

impl std::fmt::Display for ResponsePath {
    /// `users.@.pet|[Cat,Dog]`: lists as `@`, types behind the key that they narrow.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, segment) in self.0.iter().enumerate() {
            match segment {
                PathSegment::Types(types) => {
                    let names: Vec<&str> = types.iter().map(|name| name.as_str()).collect();
                    write!(formatter, "|[{}]", names.join(","))?;
                    continue;
                }
                _ if index > 0 => formatter.write_str(".")?,
                _ => {}
            }
            match segment {
                PathSegment::Key(key) => formatter.write_str(key)?,
                _ => formatter.write_str("@")?,
            }
        }
        Ok(())
    }
}

/// One step of a [`ResponsePath`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PathSegment {
    /// Into the field with that key.
    Key(Name),
    /// Into all items of a list.
    List,
    /// Stay only where the object's runtime type is one of these object types (sorted).
    Types(Vec<Name>),
}

/// The selections of a fetch below one field.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FetchSelectionSet {
    /// In the order in which they are printed.
    pub items: Vec<FetchSelection>,
}

/// One selection.
#[derive(Debug, Clone, PartialEq)]
pub enum FetchSelection {
    /// A field.
    Field(FetchField),
    /// An inline fragment.
    Fragment(FetchFragment),
}

/// A field of a subgraph's request.
#[derive(Debug, Clone, PartialEq)]
pub struct FetchField {
    /// The key in the subgraph's answer: its alias, or its name.
    pub response_key: Name,
    /// The field's name.
    pub name: Name,
    /// The key in the merged response.
    pub stored_as: Name,
    /// Its arguments, with the client's variables.
    pub arguments: Vec<Node<Argument>>,
    /// The `@skip` and `@include` that it carries.
    pub conditions: Conjunction,
    /// Its type in the subgraph.
    pub ty: Type,
    /// What is selected below it; empty for a leaf.
    pub selection: FetchSelectionSet,
}

/// An inline fragment of a subgraph's request.
#[derive(Debug, Clone, PartialEq)]
pub struct FetchFragment {
    /// The type it applies to; `None` for a fragment that only carries conditions.
    pub type_condition: Option<Name>,
    /// The `@skip` and `@include` that it carries.
    pub conditions: Conjunction,
    /// What is selected.
    pub selection: FetchSelectionSet,
}

/// A Boolean variable, or its opposite.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Condition {
    /// The variable, without `$`.
    pub variable: Name,
    /// The value it must have: true for `@include(if:)`, false for `@skip(if:)`.
    pub value: bool,
}

/// Conditions that must all hold; empty is always true. Sorted, without duplicates.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Conjunction(pub Vec<Condition>);

impl Conjunction {
    /// Whether it holds whatever the variables are.
    pub fn is_always(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it holds for the values that `value_of` gives.
    pub fn holds(&self, value_of: impl Fn(&Name) -> bool) -> bool {
        self.0
            .iter()
            .all(|condition| value_of(&condition.variable) == condition.value)
    }
}

/// When a fetch is sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum FetchConditions {
    /// For all values of the variables.
    #[default]
    Always,
    /// When at least one of these holds.
    Any(Vec<Conjunction>),
}

impl FetchConditions {
    /// Whether the fetch is sent for the values that `value_of` gives.
    pub fn hold(&self, value_of: impl Fn(&Name) -> bool) -> bool {
        match self {
            Self::Always => true,
            Self::Any(any) => any.iter().any(|all| all.holds(&value_of)),
        }
    }
}

/// A variable that a fetch's document declares.
#[derive(Debug, Clone, PartialEq)]
pub struct FetchVariable {
    /// Its name, without `$`.
    pub name: Name,
    /// Its type.
    pub ty: Type,
    /// Its default.
    pub default_value: Option<Node<Value>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_key_is_found_in_the_key_that_was_made_of_it() {
        let is_type = |name: &str| ["Cat", "Cat_on_Lap"].contains(&name);
        for (key, object_type) in [("text", "Cat"), ("based_on", "Cat"), ("a", "Cat_on_Lap")] {
            let made = key_on_type(key, object_type);
            assert_eq!(response_key_of(&made, is_type), Some(key), "{made}");
        }
        for other in ["text", "text_on_Cat", "__weft_text_1", "__weft_text_on_Dog"] {
            assert_eq!(response_key_of(other, is_type), None, "{other}");
        }
    }
}
