//! "Did you mean": errors of validation in, the same errors with the names out that were probably meant.
//!
//! The validator says which name is unknown and where; the schema knows which names there are. What is missing only because
//! a name next to it is misspelt is not reported a second time.

use apollo_compiler::Schema;
use apollo_compiler::response::GraphQLError;
use apollo_compiler::schema::ExtendedType;

/// How many names are suggested at most.
const MOST_SUGGESTIONS: usize = 3;

/// Adds suggestions, and leaves out what follows from an unknown name.
pub(crate) fn improve(errors: Vec<GraphQLError>, schema: &Schema) -> Vec<GraphQLError> {
    let mut known = Faults::default();
    let mut improved = Vec::new();
    for mut error in errors {
        if let Some(unknown) = Unknown::in_message(&error.message) {
            let near = near(&unknown.name, unknown.known(schema));
            known.note(&unknown, near.first());
            if let Some(suggestion) = suggestion(&near, unknown.sign()) {
                error.message = format!("{}: {suggestion}", error.message);
            }
        }
        improved.push(error);
    }
    improved.retain(|error| !known.explain(&error.message));
    improved
}

/// A name that the schema does not have.
struct Unknown {
    name: String,
    place: Place,
}

/// Where it would have to be.
enum Place {
    /// Among the fields of a type, or of an input type.
    Fields(String),
    /// Among the arguments of a field (`Type.field`) or directive (`@name`).
    Arguments(String),
    /// Among the values of an enum.
    Values(String),
    /// Among the types.
    Types,
    /// Among the directives.
    Directives,
}

impl Unknown {
    /// Reads the validator's message.
    fn in_message(message: &str) -> Option<Self> {
        let mut parts = message.split('`');
        let (before, first) = (parts.next()?, parts.next()?);
        let (between, second) = (parts.next()?, parts.next().unwrap_or_default());
        let (name, place) = match (before, between) {
            ("type ", " does not have a field ") => (second, Place::Fields(first.to_owned())),
            ("field ", " does not exist on ") => (first, Place::Fields(second.to_owned())),
            ("value ", " does not exist on ") => (first, Place::Values(second.to_owned())),
            ("the argument ", " is not supported by ") => {
                (first, Place::Arguments(second.to_owned()))
            }
            ("cannot find type ", _) => (first, Place::Types),
            ("cannot find directive ", _) => (first, Place::Directives),
            _ => return None,
        };
        Some(Self {
            name: name.trim_start_matches('@').to_owned(),
            place,
        })
    }

    /// The names that there are.
    fn known<'a>(&self, schema: &'a Schema) -> Vec<&'a str> {
        match &self.place {
            Place::Fields(ty) => fields(schema, ty),
            Place::Values(ty) => match schema.types.get(ty.as_str()) {
                Some(ExtendedType::Enum(definition)) => {
                    definition.values.keys().map(|name| name.as_str()).collect()
                }
                _ => Vec::new(),
            },
            Place::Arguments(owner) => arguments(schema, owner),
            Place::Types => schema.types.keys().map(|name| name.as_str()).collect(),
            Place::Directives => {
                let names = schema.directive_definitions.keys();
                names.map(|name| name.as_str()).collect()
            }
        }
    }

    /// What stands before the names.
    fn sign(&self) -> &'static str {
        match self.place {
            Place::Directives => "@",
            _ => "",
        }
    }
}

fn fields<'a>(schema: &'a Schema, ty: &str) -> Vec<&'a str> {
    match schema.types.get(ty) {
        Some(ExtendedType::Object(definition)) => {
            definition.fields.keys().map(|name| name.as_str()).collect()
        }
        Some(ExtendedType::Interface(definition)) => {
            definition.fields.keys().map(|name| name.as_str()).collect()
        }
        Some(ExtendedType::InputObject(definition)) => {
            definition.fields.keys().map(|name| name.as_str()).collect()
        }
        _ => Vec::new(),
    }
}

fn arguments<'a>(schema: &'a Schema, owner: &str) -> Vec<&'a str> {
    let definitions = match owner.split_once('.') {
        Some((ty, field)) => schema
            .type_field(ty, field)
            .map(|definition| &definition.arguments)
            .ok(),
        None => schema
            .directive_definitions
            .get(owner.trim_start_matches('@'))
            .map(|definition| &definition.arguments),
    };
    let definitions = definitions.map(Vec::as_slice).unwrap_or_default();
    definitions
        .iter()
        .map(|argument| argument.name.as_str())
        .collect()
}

/// The nearest names first.
fn near(written: &str, known: Vec<&str>) -> Vec<String> {
    let limit = ((written.chars().count() + 1) / 3).max(1);
    let lower = written.to_lowercase();
    let mut near: Vec<(usize, &str)> = known
        .into_iter()
        .filter(|name| !name.starts_with("__") || written.starts_with("__"))
        .map(|name| {
            (
                strsim::damerau_levenshtein(&lower, &name.to_lowercase()),
                name,
            )
        })
        .filter(|(distance, _)| *distance <= limit)
        .collect();
    near.sort_unstable();
    near.dedup();
    let names = near.into_iter().take(MOST_SUGGESTIONS);
    names.map(|(_, name)| name.to_owned()).collect()
}

fn suggestion(names: &[String], sign: &str) -> Option<String> {
    let names: Vec<String> = names.iter().map(|name| format!("`{sign}{name}`")).collect();
    (!names.is_empty()).then(|| format!("did you mean {}?", names.join(" or ")))
}

/// The unknown names of a document, by what follows from them.
#[derive(Default)]
struct Faults {
    /// What was probably meant, and what requires it.
    meant: Vec<(String, String)>,
    types: Vec<String>,
    has_unknown_field: bool,
}

impl Faults {
    fn note(&mut self, unknown: &Unknown, nearest: Option<&String>) {
        match &unknown.place {
            Place::Types => self.types.push(unknown.name.clone()),
            Place::Fields(owner) | Place::Arguments(owner) => {
                self.has_unknown_field |= matches!(unknown.place, Place::Fields(_));
                if let Some(name) = nearest {
                    self.meant.push((owner.clone(), name.clone()));
                }
            }
            Place::Values(_) | Place::Directives => {}
        }
    }

    /// Whether a message is about nothing but what is known to be wrong: something is missing that was given under a
    /// misspelt name, a selection is empty whose only fields are unknown, or a variable of an unknown type does not fit.
    fn explain(&self, message: &str) -> bool {
        let mut parts = message.split('`');
        let first = parts.next().unwrap_or_default();
        let names: Vec<&str> = parts.step_by(2).collect();
        match (first, names.as_slice()) {
            ("the required argument " | "the required field ", [coordinate, ..]) => {
                self.meant.iter().any(|(owner, name)| {
                    *coordinate == format!("{owner}({name}:)")
                        || *coordinate == format!("{owner}.{name}")
                })
            }
            ("variable ", [_, ty, ..]) => {
                let ty = ty.trim_matches(['[', ']', '!']);
                message.contains("cannot be used") && self.types.iter().any(|known| known == ty)
            }
            (other, _) => self.has_unknown_field && other.contains("must have a subselection set"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use apollo_compiler::ExecutableDocument;

    const SCHEMA: &str = "
        type Query { user(id: ID!, kind: Kind): User, search(by: Filter): [User], users: [User] }
        type User { id: ID, name: String, nickname: String }
        enum Kind { STAFF GUEST }
        input Filter { country: String! city: String }
        directive @cached(seconds: Int!) on FIELD
    ";

    /// The messages about a document.
    fn check(document: &str, expected: &[&str]) {
        let schema = Schema::parse_and_validate(SCHEMA, "schema.graphql").unwrap();
        let invalid =
            ExecutableDocument::parse_and_validate(&schema, document, "operation.graphql");
        let errors = invalid.unwrap_err().errors;
        let errors = errors.iter().map(|error| error.to_json()).collect();
        let improved = improve(errors, &schema);
        let messages: Vec<&str> = improved
            .iter()
            .map(|error| error.message.as_str())
            .collect();
        assert_eq!(messages, expected, "{document}");
    }

    #[test]
    fn misspelt_fields_get_the_fields_that_are_near() {
        check(
            "{ users { nmae } }",
            &["type `User` does not have a field `nmae`: did you mean `name`?"],
        );
        check(
            "{ usr(id: 1) { id } }",
            &["type `Query` does not have a field `usr`: did you mean `user`?"],
        );
    }

    #[test]
    fn far_names_are_not_suggested() {
        check(
            "{ users { telephone } }",
            &["type `User` does not have a field `telephone`"],
        );
    }

    #[test]
    fn a_misspelt_argument_is_one_error_and_not_two() {
        check(
            "{ user(ids: 1) { id } }",
            &["the argument `ids` is not supported by `Query.user`: did you mean `id`?"],
        );
    }

    #[test]
    fn a_missing_argument_beside_an_unknown_one_is_still_reported() {
        check(
            "{ user(colour: 1) { id } }",
            &[
                "the required argument `Query.user(id:)` is not provided",
                "the argument `colour` is not supported by `Query.user`",
            ],
        );
    }

    #[test]
    fn types_values_input_fields_and_directives_are_looked_up_where_they_belong() {
        check(
            "query($f: Filtr) { search(by: $f) { id } }",
            &["cannot find type `Filtr` in this document: did you mean `Filter`?"],
        );
        check(
            "{ user(id: 1, kind: STAF) { id } }",
            &["value `STAF` does not exist on `Kind`: did you mean `STAFF`?"],
        );
        check(
            "{ search(by: {county: \"x\"}) { id } }",
            &["field `county` does not exist on `Filter`: did you mean `country`?"],
        );
        check(
            "{ users @cahced(seconds: 1) { id } }",
            &["cannot find directive `@cahced` in this document: did you mean `@cached`?"],
        );
        check(
            "{ users @cached(second: 1) { id } }",
            &["the argument `second` is not supported by `@cached`: did you mean `seconds`?"],
        );
    }
}
