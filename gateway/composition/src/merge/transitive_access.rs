//! A field that requires (or takes from a context) protected data must ask for at least the same access itself.

use apollo_compiler::Node;
use apollo_compiler::ast::{Directive, Selection};
use weft_diagnostic::Diagnostic;

use crate::codes::MISSING_TRANSITIVE_AUTH_REQUIREMENTS;
use crate::ingest::context_value::ContextValue;
use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::{Application, Directives, FieldDefinition};
use crate::merge::Merging;
use crate::merge::access_control::{Requirement, conjunction, requirement};
use crate::merge::carried::ACCESS;
use crate::merge::mismatch::Place;

/// What an element asks of a client.
#[derive(Default)]
struct Access {
    authenticated: bool,
    scopes: Option<Requirement>,
    policies: Option<Requirement>,
}

impl Access {
    /// Whether a client that passes here passes `other` too.
    fn covers(&self, other: &Self) -> bool {
        (self.authenticated || !other.authenticated)
            && implies(self.scopes.as_ref(), other.scopes.as_ref())
            && implies(self.policies.as_ref(), other.policies.as_ref())
    }

    fn and(self, other: Self) -> Self {
        let both = |left: Option<Requirement>, right: Option<Requirement>| match (left, right) {
            (Some(left), Some(right)) => Some(conjunction([left, right])),
            (left, right) => left.or(right),
        };
        Self {
            authenticated: self.authenticated || other.authenticated,
            scopes: both(self.scopes, other.scopes),
            policies: both(self.policies, other.policies),
        }
    }
}

fn implies(first: Option<&Requirement>, second: Option<&Requirement>) -> bool {
    let alternatives = |requirement: Option<&Requirement>| -> Requirement {
        match requirement {
            Some(given) if !given.is_empty() => given.clone(),
            _ => vec![Vec::new()],
        }
    };
    let second = alternatives(second);
    alternatives(first).iter().all(|stronger| {
        second
            .iter()
            .any(|weaker| weaker.iter().all(|name| stronger.contains(name)))
    })
}

impl Merging<'_> {
    /// Checks all requirements and context arguments.
    pub(super) fn check_transitive_access(&mut self) {
        if !ACCESS
            .iter()
            .any(|directive| self.carried.name(*directive).is_some())
        {
            return;
        }
        let mut errors = Vec::new();
        for (index, subgraph) in self.subgraphs.iter().enumerate() {
            for definition in subgraph.types.values() {
                for field in definition.fields.values() {
                    for (application, dependency) in self.uncovered(index, &definition.name, field)
                    {
                        let coordinate = format!("{}.{}", definition.name, field.name);
                        errors.push(self.access_error(
                            index,
                            application,
                            &coordinate,
                            &dependency,
                        ));
                    }
                }
            }
        }
        self.errors.extend(errors);
    }

    /// The protected elements that the field depends on without asking for their access.
    fn uncovered<'b>(
        &self,
        subgraph: usize,
        type_name: &str,
        field: &'b FieldDefinition,
    ) -> Vec<(&'b Application, String)> {
        let mut found = Vec::new();
        let own = self
            .type_access(type_name)
            .and(self.field_access(type_name, &field.name));
        for requires in field.applications(Federation::Requires) {
            let Some(fields) = requires.fields() else {
                continue;
            };
            let dependency = self.uncovered_selection(&own, type_name, fields.selections());
            found.extend(dependency.map(|dependency| (requires, dependency)));
        }
        for argument in field.arguments.values() {
            for from in argument.applications(Federation::FromContext) {
                let value = from.string_argument("field").and_then(ContextValue::parse);
                let Some(value) = value else { continue };
                for setter in value.setters(&self.subgraphs[subgraph]) {
                    let dependency = match own.covers(&self.type_access(&setter.name)) {
                        false => Some(setter.name.to_string()),
                        true => self.uncovered_selection(&own, &setter.name, &value.selections),
                    };
                    found.extend(dependency.map(|dependency| (from, dependency)));
                }
            }
        }
        found
    }

    fn uncovered_selection(
        &self,
        own: &Access,
        parent: &str,
        selections: &[Selection],
    ) -> Option<String> {
        selections.iter().find_map(|selection| match selection {
            Selection::Field(selected) => {
                let field = self.merged.types.get(parent)?.fields.get(&selected.name)?;
                let ty = field.ty.inner_named_type();
                let covered = own.covers(&self.field_access(parent, &selected.name))
                    && own.covers(&self.type_access(ty));
                match covered {
                    false => Some(format!("{parent}.{}", selected.name)),
                    true => self.uncovered_selection(own, ty, &selected.selection_set),
                }
            }
            Selection::InlineFragment(fragment) => match &fragment.type_condition {
                Some(condition) if !own.covers(&self.type_access(condition)) => {
                    Some(condition.to_string())
                }
                condition => {
                    let on = condition.as_ref().map_or(parent, |name| name.as_str());
                    self.uncovered_selection(own, on, &fragment.selection_set)
                }
            },
            Selection::FragmentSpread(_) => None,
        })
    }

    fn type_access(&self, name: &str) -> Access {
        let ty = self.merged.types.get(name);
        ty.map_or_else(Access::default, |ty| self.access(&ty.directives))
    }

    fn field_access(&self, type_name: &str, field_name: &str) -> Access {
        let ty = self.merged.types.get(type_name);
        let field = ty.and_then(|ty| ty.fields.get(field_name));
        field.map_or_else(Access::default, |field| self.access(&field.directives))
    }

    fn access(&self, directives: &[Node<Directive>]) -> Access {
        let find = |directive: Federation| {
            let name = self.carried.name(directive)?;
            directives.iter().find(|applied| applied.name == *name)
        };
        Access {
            authenticated: find(Federation::Authenticated).is_some(),
            scopes: find(Federation::RequiresScopes)
                .map(|applied| requirement("scopes", &applied.arguments)),
            policies: find(Federation::Policy)
                .map(|applied| requirement("policies", &applied.arguments)),
        }
    }

    fn access_error(
        &self,
        subgraph: usize,
        application: &Application,
        coordinate: &str,
        dependency: &str,
    ) -> Diagnostic {
        let message = format!(
            "`{coordinate}` depends on the protected `{dependency}` and asks for less access"
        );
        let error = Diagnostic::error(MISSING_TRANSITIVE_AUTH_REQUIREMENTS, message)
            .with_coordinate(coordinate)
            .with_help(format!(
                "give `{coordinate}` the `@authenticated`, `@requiresScopes` or `@policy` of `{dependency}` too"
            ));
        let place = Place::new(subgraph, application.node.location(), "the dependency");
        self.with_places(error, [place])
    }
}
