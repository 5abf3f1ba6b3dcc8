//! The rules of GraphQL for `@defer` and `@stream`, which schemas of graphs do not declare: where they may stand, which arguments they
//! take, and that a label is a text that no other one has.
//! <https://github.com/graphql/graphql-spec/blob/main/rfcs/DeferStream.md>

use apollo_compiler::Node;
use apollo_compiler::ast::{
    Argument, Definition, Directive, DirectiveList, Document, Selection, Value,
};
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::response::GraphQLError;
use std::collections::BTreeSet;

/// What breaks a rule, in the order of the document.
pub(crate) fn check_defer(document: &Document) -> Vec<GraphQLError> {
    let mut rules = Rules {
        document,
        labels: BTreeSet::new(),
        errors: Vec::new(),
    };
    for definition in &document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => {
                rules.selections(&operation.selection_set)
            }
            Definition::FragmentDefinition(fragment) => rules.selections(&fragment.selection_set),
            _ => {}
        }
    }
    rules.errors
}

struct Rules<'document> {
    document: &'document Document,
    labels: BTreeSet<&'document str>,
    errors: Vec<GraphQLError>,
}

impl<'document> Rules<'document> {
    fn selections(&mut self, set: &'document [Selection]) {
        for selection in set {
            match selection {
                Selection::Field(field) => {
                    self.directives(&field.directives, "stream");
                    self.selections(&field.selection_set);
                }
                Selection::FragmentSpread(spread) => self.directives(&spread.directives, "defer"),
                Selection::InlineFragment(fragment) => {
                    self.directives(&fragment.directives, "defer");
                    self.selections(&fragment.selection_set);
                }
            }
        }
    }

    /// The directives of a selection that takes `allowed` alone.
    fn directives(&mut self, directives: &'document DirectiveList, allowed: &str) {
        let mut has_one = false;
        for directive in directives.iter() {
            let name = directive.name.as_str();
            if name != "defer" && name != "stream" {
                continue;
            }
            if name != allowed {
                let place = match name {
                    "defer" => "write `... @defer { … }` around what may come later",
                    _ => "put it on a field that returns a list",
                };
                self.error(
                    format!("`@{name}` cannot stand here: {place}"),
                    directive.location(),
                );
            } else if std::mem::replace(&mut has_one, true) {
                let message = format!("`@{name}` stands twice: leave one out");
                self.error(message, directive.location());
            }
            for argument in &directive.arguments {
                self.argument(directive, argument);
            }
        }
    }

    fn argument(
        &mut self,
        directive: &'document Node<Directive>,
        argument: &'document Node<Argument>,
    ) {
        let (name, value) = (&directive.name, argument.value.as_ref());
        let problem = match (argument.name.as_str(), value) {
            ("if", Value::Boolean(_) | Value::Variable(_)) | ("label", Value::Null) => return,
            ("initialCount", Value::Int(_) | Value::Variable(_)) if name == "stream" => return,
            ("if", _) => {
                format!("`if` of `@{name}` is a Boolean: write `true`, `false` or a variable")
            }
            ("label", Value::String(label)) => match self.labels.insert(label) {
                true => return,
                false => {
                    format!("the label `{label}` is not the only one: give each `@{name}` its own")
                }
            },
            ("label", Value::Variable(_)) => {
                format!("`label` of `@{name}` cannot be a variable: write a text")
            }
            ("label", _) => format!("`label` of `@{name}` is a text: put it in quotes"),
            (other, _) => format!("`@{name}` has no argument `{other}`: leave it out"),
        };
        self.error(problem, argument.location());
    }

    fn error(&mut self, message: String, location: Option<SourceSpan>) {
        let error = GraphQLError::new(message, location, &self.document.sources);
        self.errors.push(error);
    }
}

#[cfg(test)]
mod tests {
    use super::check_defer;
    use apollo_compiler::ast::Document;

    fn check(input: &str, expected: &[&str]) {
        let Ok(document) = Document::parse(input, "input.graphql") else {
            panic!("the test's document does not parse")
        };
        let errors = check_defer(&document);
        let found: Vec<String> = errors
            .iter()
            .map(|error| {
                let columns = error.locations.iter().map(|location| location.column);
                format!("{:?} {}", columns.collect::<Vec<_>>(), error.message)
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_follows_the_rules_passes() {
        check(
            r#"query($late: Boolean) { a ... @defer(if: $late, label: "x") { b } ...F @defer(label: "y") c @stream(initialCount: 1) }
               fragment F on Query { d ... @defer { e } }"#,
            &[],
        );
    }

    #[test]
    fn a_label_is_a_text_and_has_no_twin() {
        check(
            r#"query($l: String) { ... @defer(label: $l) { b } ... @defer(label: 5) { b } }"#,
            &[
                "[32] `label` of `@defer` cannot be a variable: write a text",
                "[60] `label` of `@defer` is a text: put it in quotes",
            ],
        );
        check(
            r#"{ ... @defer(label: "x") { b } ...F } fragment F on Query { ... @defer(label: "x") { c } }"#,
            &["[72] the label `x` is not the only one: give each `@defer` its own"],
        );
    }

    #[test]
    fn each_has_its_place_once_and_its_arguments() {
        check(
            "{ a @defer ... @defer @defer(if: 1) { b } ...F @stream ... @defer(later: true) { c } }",
            &[
                "[5] `@defer` cannot stand here: write `... @defer { … }` around what may come later",
                "[23] `@defer` stands twice: leave one out",
                "[30] `if` of `@defer` is a Boolean: write `true`, `false` or a variable",
                "[48] `@stream` cannot stand here: put it on a field that returns a list",
                "[67] `@defer` has no argument `later`: leave it out",
            ],
        );
    }
}
