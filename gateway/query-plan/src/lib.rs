//! Query plans: which fetches answer an operation, what each needs, and where its answer goes.
//!
//! A [`QueryPlan`] is a graph of [`Fetch`]es in topological order; the executor starts a fetch when those it depends
//! on have ended, or, by its [`Strand`]s, the part of it that needs only some of them. [`Operation`] is a client's operation that was validated against the API schema.
//!
//! The merged response. All fetches write into one tree of objects. A field is written under its `stored_as` key: the
//! client's response key where the client asked for it, a key of the planner's own (`__weft_…`) where it is only an
//! input of another fetch or where two fields would meet under one key. Where a client has one key for other fields on other types,
//! and a fetch cannot tell those apart, each is stored under [`key_on_type`]. `__typename` is stored as `__typename`. Objects
//! merge field by field, lists index by index. The answer for the client is read from the tree by walking the operation.

mod context;
mod coordinates;
mod defer_rules;
mod deferred;
mod diagram;
mod document;
mod json;
mod operation;
mod plan;
mod suggestion;
mod text;
mod used_variables;

pub use context::{ContextSource, ContextVariable};
pub use coordinates::visit_coordinates;
pub use deferred::{DeferredFragment, deferred_part};
pub use diagram::{plan_to_dot, plan_to_mermaid};
pub use document::{
    call_declarations, call_text, document_of, selection_text, variable_declaration,
};
pub use json::plan_to_json;
pub use operation::{Operation, OperationError};
pub use plan::{
    Condition, Conjunction, DeferredPart, EntityCall, Fetch, FetchConditions, FetchField,
    FetchFragment, FetchId, FetchKind, FetchSelection, FetchSelectionSet, FetchVariable,
    PathSegment, QueryPlan, Representation, RepresentationField, RepresentationItem, ResponsePath,
    Strand, StrandId, key_on_type, response_key_of,
};
pub use text::plan_to_text;
