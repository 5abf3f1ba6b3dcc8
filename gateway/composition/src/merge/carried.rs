//! Which directives go into the supergraph, under which name, and with which specification's link.

use apollo_compiler::Name;
use apollo_compiler::ast::DirectiveDefinition;
use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use weft_diagnostic::Diagnostic;

use crate::codes::LINK_IMPORT_NAME_MISMATCH;
use crate::ingest::federation_directive::FederationDirective;
use crate::ingest::subgraph::{Application, Subgraph};
use crate::merge::compose_directive::{self, Composed};
use crate::merge::merged::SupergraphLink;
use crate::merge::supergraph_links::{self, Specification};

/// The directives that merging carries over.
pub(super) struct Carried<'a> {
    /// Federation's directives, with their names in the supergraph.
    federation: IndexMap<FederationDirective, Name>,
    /// Custom directives named in a `@composeDirective`.
    pub(super) composed: Composed,
    /// Whether a subgraph links `connect`, whose directives are passed on.
    has_connectors: bool,
    /// Access requirements that an element gets from implementations or interface objects, by coordinate.
    pub(super) access: FxHashMap<String, Vec<(usize, &'a Application)>>,
}

/// Federation's directives that the supergraph has.
const CARRIED: [FederationDirective; 9] = [
    FederationDirective::Tag,
    FederationDirective::Inaccessible,
    FederationDirective::Authenticated,
    FederationDirective::RequiresScopes,
    FederationDirective::Policy,
    FederationDirective::Context,
    FederationDirective::Cost,
    FederationDirective::ListSize,
    FederationDirective::CacheTag,
];

/// The directives that restrict access.
pub(super) const ACCESS: [FederationDirective; 3] = [
    FederationDirective::Authenticated,
    FederationDirective::RequiresScopes,
    FederationDirective::Policy,
];

impl<'a> Carried<'a> {
    pub(super) fn collect(
        subgraphs: &'a [Subgraph],
        errors: &mut Vec<Diagnostic>,
        hints: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut federation = IndexMap::new();
        let used: Vec<_> = subgraphs.iter().map(used_names).collect();
        for directive in CARRIED {
            let names: Vec<(usize, &Name)> = used
                .iter()
                .enumerate()
                .filter_map(|(index, names)| Some((index, names.get(&directive)?)))
                .collect();
            let Some((_, first)) = names.first() else {
                continue;
            };
            if names.iter().any(|(_, name)| name != first) {
                errors.push(name_mismatch(subgraphs, directive, &names));
            }
            let plain = Name::new_unchecked(first.as_str());
            federation.insert(directive, plain);
        }
        let has_connectors = subgraphs
            .iter()
            .any(|subgraph| subgraph.links.specification("connect").is_some());
        Self {
            federation,
            has_connectors,
            composed: compose_directive::collect(subgraphs, errors, hints),
            access: FxHashMap::default(),
        }
    }

    /// The name in the supergraph of a directive that is copied to the elements.
    pub(super) fn name(&self, directive: FederationDirective) -> Option<&Name> {
        self.federation
            .get(&directive)
            .filter(|_| directive != FederationDirective::CacheTag)
    }

    /// Adds a directive that no subgraph uses; returns its name in the supergraph.
    pub(super) fn require(&mut self, directive: FederationDirective) -> Name {
        self.federation
            .entry(directive)
            .or_insert_with(|| Name::new_static_unchecked(directive.name()))
            .clone()
    }

    /// The name under which the supergraph has this application of that subgraph, if it has it.
    pub(super) fn name_of(&self, subgraph: usize, application: &Application) -> Option<Name> {
        if let Some(meaning) = application.meaning {
            return self.name(meaning).cloned();
        }
        let name = &application.node.name;
        let built_in = ["deprecated", "specifiedBy", "oneOf"].contains(&name.as_str());
        let composed = self.composed.is_composed(subgraph, name);
        (built_in || composed).then(|| Name::new_unchecked(name))
    }

    /// Which of federation's directives has this name in the supergraph.
    pub(super) fn meaning(&self, name: &str) -> Option<FederationDirective> {
        self.federation
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(directive, _)| *directive)
    }

    /// Whether the directive of that name may be applied several times to an element.
    pub(super) fn is_repeatable(&self, name: &str) -> bool {
        match self.meaning(name) {
            Some(FederationDirective::Tag | FederationDirective::Context) => true,
            Some(_) => false,
            None => self
                .composed
                .definition(name)
                .is_some_and(|definition| definition.repeatable),
        }
    }

    /// The definition of a composed custom directive.
    pub(super) fn definition(&self, name: &str) -> Option<&DirectiveDefinition> {
        self.composed.definition(name)
    }

    /// The links of the supergraph besides `link` and `join`.
    pub(super) fn links(&self, subgraphs: &[Subgraph]) -> Vec<SupergraphLink> {
        let mut known: IndexMap<&'static str, Vec<(String, String)>> = IndexMap::new();
        for (directive, name) in &self.federation {
            if let Some(specification) = directive.own_specification() {
                let element = (directive.name().to_owned(), name.to_string());
                known.entry(specification).or_default().push(element);
            }
        }
        let mut specifications: Vec<Specification> = known
            .into_iter()
            .map(|(name, directives)| supergraph_links::known(name, directives))
            .collect();
        if self.has_connectors {
            specifications.push(supergraph_links::known("connect", Vec::new()));
        }
        specifications.extend(self.composed.specifications().iter().cloned());
        supergraph_links::links(&specifications, subgraphs)
    }
}

/// The names under which a subgraph applies the directives that are carried.
fn used_names(subgraph: &Subgraph) -> FxHashMap<FederationDirective, Name> {
    let mut names = FxHashMap::default();
    for application in all_applications(subgraph) {
        if let Some(meaning) = application.meaning {
            names
                .entry(meaning)
                .or_insert_with(|| application.node.name.clone());
        }
    }
    names
}

/// Every directive application of a subgraph.
pub(super) fn all_applications(subgraph: &Subgraph) -> impl Iterator<Item = &Application> {
    let of_types = subgraph.types.values().flat_map(|ty| {
        let fields = ty.fields.values().flat_map(|field| {
            let arguments = field.arguments.values();
            field
                .directives
                .iter()
                .chain(arguments.flat_map(|argument| &argument.directives))
        });
        let values = ty.values.values().flat_map(|value| &value.directives);
        let inputs = ty.input_fields.values().flat_map(|input| &input.directives);
        ty.directives
            .iter()
            .chain(fields)
            .chain(values)
            .chain(inputs)
    });
    let of_directives = subgraph
        .directive_arguments
        .values()
        .flat_map(|arguments| arguments.values())
        .flat_map(|argument| &argument.directives);
    subgraph
        .schema_directives
        .iter()
        .chain(of_types)
        .chain(of_directives)
}

fn name_mismatch(
    subgraphs: &[Subgraph],
    directive: FederationDirective,
    names: &[(usize, &Name)],
) -> Diagnostic {
    let message = format!("`{directive}` has different names in the subgraphs");
    let error = Diagnostic::error(LINK_IMPORT_NAME_MISMATCH, message)
        .with_help("import it under the same name in all subgraphs");
    names.iter().fold(error, |error, (index, name)| {
        let label = subgraphs[*index].label(name, format!("`@{name}` here"));
        error.with_label(label)
    })
}
