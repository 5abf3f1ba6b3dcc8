//! Which directives go into the supergraph, under which name, and with which specification's link.

use apollo_compiler::Name;
use apollo_compiler::ast::DirectiveDefinition;
use indexmap::IndexMap;
use rustc_hash::{FxHashMap, FxHashSet};
use weft_diagnostic::Diagnostic;

use crate::codes::LINK_IMPORT_NAME_MISMATCH;
use crate::ingest::federation_directive::FederationDirective;
use crate::ingest::links::SPECIFICATIONS;
use crate::ingest::subgraph::{Application, Subgraph};
use crate::ingest::version::Version;
use crate::merge::compose_directive::{self, Composed};
use crate::merge::merged::SupergraphLink;

/// The directives that merging carries over.
pub(super) struct Carried<'a> {
    /// Federation's directives, with their names in the supergraph.
    federation: IndexMap<FederationDirective, Name>,
    /// Custom directives named in a `@composeDirective`.
    pub(super) composed: Composed,
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
        _version: Version,
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
        Self {
            federation,
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
    pub(super) fn links(&self) -> Vec<SupergraphLink> {
        let mut names: FxHashSet<&str> = FxHashSet::default();
        let own = self
            .federation
            .keys()
            .filter_map(|directive| directive.own_specification())
            .filter(|name| names.insert(name))
            .map(|name| self.link(name));
        own.chain(self.composed.links().iter().cloned()).collect()
    }

    fn link(&self, specification: &'static str) -> SupergraphLink {
        let mut imports = Vec::new();
        let mut definitions = String::new();
        let elements = FederationDirective::ALL
            .into_iter()
            .filter(|directive| directive.own_specification() == Some(specification));
        for directive in elements {
            let default = if directive.name() == specification {
                specification.to_owned()
            } else {
                format!("{specification}__{}", directive.name())
            };
            let by_join = directive == FederationDirective::CacheTag;
            let name = self
                .federation
                .get(&directive)
                .map_or(default.as_str(), Name::as_str);
            if name != default && !by_join {
                imports.push((format!("@{}", directive.name()), format!("@{name}")));
            }
            if !by_join {
                definitions.push_str(&definition(directive, name, specification));
            }
        }
        let version = specification_version(specification);
        SupergraphLink {
            url: format!("{SPECIFICATIONS}{specification}/{version}"),
            alias: None,
            purpose: purpose(specification),
            imports,
            definitions,
        }
    }
}

fn definition(directive: FederationDirective, name: &str, specification: &str) -> String {
    let newest = Version::new(2, u32::MAX);
    match directive.scalar() {
        None => format!("directive @{name}{}\n", directive.definition(newest, "")),
        Some(scalar) => {
            let scalar = format!("{specification}__{scalar}");
            format!(
                "directive @{name}{}\nscalar {scalar}\n",
                directive.definition(newest, &scalar)
            )
        }
    }
}

fn specification_version(name: &str) -> Version {
    match name {
        "tag" => Version::new(0, 3),
        "inaccessible" => Version::new(0, 2),
        _ => Version::new(0, 1),
    }
}

fn purpose(specification: &str) -> Option<&'static str> {
    match specification {
        "inaccessible" | "authenticated" | "requiresScopes" | "policy" | "context" => {
            Some("SECURITY")
        }
        "cacheTag" => Some("EXECUTION"),
        _ => None,
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
    subgraph.schema_directives.iter().chain(of_types)
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
