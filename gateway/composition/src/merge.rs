//! Joins the subgraphs element by element into the types of the supergraph, with errors and hints on the way.
//!
//! In: subgraphs in normal form, sorted by name. Out: [`Merged`], from which [`document`] makes the SDL.
//! The order of the steps matters: what implements what must be known before types are compared, and where enums are
//! used before enums are merged.

mod access_control;
mod application;
mod argument;
mod carried;
mod compose_directive;
mod contract;
mod default_value;
mod description;
mod directive_definition;
pub mod document;
mod enum_type;
mod external;
mod field;
mod graph_names;
mod inaccessible;
mod input;
mod interface;
mod interface_object;
mod join;
mod merged;
mod mismatch;
mod object;
mod override_field;
mod requires_arguments;
mod sharing;
mod sources;
mod specification;
mod subtype;
mod supergraph_links;
mod transitive_access;
mod type_head;
mod type_reference;
mod union;

use apollo_compiler::Name;
use apollo_compiler::ast::OperationType;
use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use weft_diagnostic::Diagnostic;

use crate::codes::NO_QUERIES;
use crate::contract::Contract;
use crate::ingest::subgraph::{Subgraph, TypeKind};
pub use crate::merge::merged::{Merged, MergedType};

use carried::Carried;
use enum_type::EnumUsage;
use sources::TypeIndex;

/// Merges the subgraphs, which are sorted by name, and hides what the contract hides.
///
/// # Errors
/// All that does not fit together.
pub fn merge(
    subgraphs: &[Subgraph],
    contract: &Contract,
) -> Result<(Merged, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut merging = Merging::begin(subgraphs);
    if merging.errors.is_empty() {
        merging.merge_all();
    }
    if merging.errors.is_empty() {
        merging.check_interface_implementations();
        merging.check_requires_arguments();
        merging.check_transitive_access();
    }
    if merging.errors.is_empty() {
        merging.apply_contract(contract);
    }
    if merging.errors.is_empty() {
        merging.check_inaccessible();
    }
    if merging.errors.is_empty() {
        Ok((merging.merged, merging.hints))
    } else {
        Err(merging.errors)
    }
}

/// What merging knows and has found so far.
struct Merging<'a> {
    subgraphs: &'a [Subgraph],
    /// Every type name with the subgraphs that define it.
    index: TypeIndex<'a>,
    /// The directives that go into the supergraph.
    carried: Carried<'a>,
    merged: Merged,
    enum_usages: FxHashMap<Name, EnumUsage>,
    errors: Vec<Diagnostic>,
    hints: Vec<Diagnostic>,
}

impl<'a> Merging<'a> {
    fn begin(subgraphs: &'a [Subgraph]) -> Self {
        let mut errors = Vec::new();
        let mut hints = Vec::new();
        let version = specification::federation_version(subgraphs, &mut hints);
        let carried = Carried::collect(subgraphs, &mut errors, &mut hints);
        let merged = Merged {
            graphs: graph_names::graph_names(subgraphs),
            join: specification::join_version(version),
            links: carried.links(subgraphs),
            description: None,
            schema_directives: Vec::new(),
            types: IndexMap::new(),
            directive_definitions: Vec::new(),
        };
        Self {
            subgraphs,
            index: TypeIndex::new(subgraphs),
            carried,
            merged,
            enum_usages: FxHashMap::default(),
            errors,
            hints,
        }
    }

    fn merge_all(&mut self) {
        self.add_types();
        let names = |merging: &Self, kind: TypeKind| -> Vec<Name> {
            let of_kind = merging.merged.types.values().filter(|ty| ty.kind == kind);
            of_kind.map(|ty| ty.name.clone()).collect()
        };
        for kind in [TypeKind::Object, TypeKind::Interface] {
            for name in names(self, kind) {
                self.merge_implements(&name);
            }
        }
        for name in names(self, TypeKind::Union) {
            self.merge_union(&name);
        }
        self.carried
            .prepare_access_control(self.subgraphs, &self.merged);
        self.merge_schema_definition();
        for name in names(self, TypeKind::Scalar) {
            self.merge_type_head(&name);
        }
        for name in names(self, TypeKind::InputObject) {
            self.merge_input(&name);
        }
        for name in names(self, TypeKind::Interface) {
            self.merge_interface(&name);
        }
        for name in names(self, TypeKind::Object) {
            self.merge_object(&name);
        }
        self.merge_directive_definitions();
        for name in names(self, TypeKind::Enum) {
            self.merge_enum(&name);
        }
        if !self.merged.types.contains_key("Query") {
            self.report_no_queries();
        }
        self.add_interface_object_fields();
    }

    fn merge_schema_definition(&mut self) {
        let sources: Vec<_> = self
            .subgraphs
            .iter()
            .enumerate()
            .map(|(index, subgraph)| (index, subgraph.description.as_ref()))
            .collect();
        self.merged.description = self.merge_description("the schema", &sources);
        let elements: Vec<_> = self
            .subgraphs
            .iter()
            .enumerate()
            .map(|(index, subgraph)| (index, subgraph.schema_directives.as_slice()))
            .collect();
        self.merged.schema_directives = self.merge_applications("the schema", &elements);
        let joined = self.join_directives(&elements);
        self.merged.schema_directives.extend(joined);
    }

    fn report_no_queries(&mut self) {
        let error = Diagnostic::error(NO_QUERIES, "no subgraph has a query field");
        let error = self
            .subgraphs
            .iter()
            .fold(error, |error, subgraph| error.with_subgraph(&subgraph.name));
        self.errors
            .push(error.with_help("add `type Query` with at least one field to a subgraph"));
    }

    /// Whether the type is the root of an operation.
    fn root_of(&self, name: &str) -> Option<OperationType> {
        crate::ingest::normalise::OPERATIONS
            .into_iter()
            .find(|operation| operation.default_type_name() == name)
    }
}
