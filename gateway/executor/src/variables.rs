//! Variables of a request: checked against the operation and the API schema, kept as the JSON that arrived.

use crate::json::{Cursor, Kind, Malformed};
use apollo_compiler::ast::Value;
use apollo_compiler::executable::VariableDefinition;
use apollo_compiler::response::GraphQLError;
use apollo_compiler::schema::{ExtendedType, InputObjectType, Type};
use apollo_compiler::{Name, Schema};
use bytes::Bytes;
use weft_query_plan::Operation;
use weft_supergraph::Supergraph;

/// How deep values may be nested.
const DEPTH: usize = 128;

/// The variables of one request, valid for its operation.
///
/// Values stay as they arrived: subgraphs fill in defaults of input fields and arguments, which composition made
/// equal. A variable that is absent has no value here; documents for subgraphs declare its default.
#[derive(Debug, Clone, Default)]
pub struct CoercedVariables {
    values: Vec<(Name, Bytes)>,
    /// Absent Boolean variables whose default is true.
    true_by_default: Vec<Name>,
}

impl CoercedVariables {
    /// The JSON of a variable that the request gave.
    pub fn get(&self, name: &str) -> Option<&Bytes> {
        let (_, value) = self.values.iter().find(|(known, _)| known == name)?;
        Some(value)
    }

    /// Whether a variable is true, by its value or its default.
    pub fn is_true(&self, name: &str) -> bool {
        match self.get(name) {
            Some(value) => value.as_ref() == b"true",
            None => self.true_by_default.iter().any(|known| known == name),
        }
    }
}

/// Checks the variables of a request: <https://spec.graphql.org/draft/#CoerceVariableValues()>.
/// `json` is the `variables` member of the request: an object, or `None` where it is absent or null.
///
/// # Errors
/// One error for each variable that is missing or has the wrong type, with `extensions.code` `BAD_USER_INPUT`.
pub fn coerce_variables(
    supergraph: &Supergraph,
    operation: &Operation,
    json: Option<&Bytes>,
) -> Result<CoercedVariables, Vec<GraphQLError>> {
    let given = match json {
        Some(json) => members(json).map_err(|malformed| {
            let message = format!(
                "the variables are not a JSON object: {} at byte {}",
                malformed.problem, malformed.at
            );
            vec![bad_input(operation, None, message)]
        })?,
        None => Vec::new(),
    };
    let mut coerced = CoercedVariables::default();
    let mut errors = Vec::new();
    for definition in &operation.operation().variables {
        let value = given
            .iter()
            .rev()
            .find(|(name, _)| *name == definition.name.as_str());
        let checked = match value {
            Some((_, value)) => {
                check_variable(supergraph.api_schema(), definition, value).map(|()| {
                    coerced
                        .values
                        .push((definition.name.clone(), value.clone()))
                })
            }
            None => absent(definition, &mut coerced),
        };
        if let Err(message) = checked {
            errors.push(bad_input(operation, Some(definition), message));
        }
    }
    match errors.is_empty() {
        true => Ok(coerced),
        false => Err(errors),
    }
}

fn bad_input(
    operation: &Operation,
    definition: Option<&VariableDefinition>,
    message: String,
) -> GraphQLError {
    let location = definition.and_then(|definition| definition.name.location());
    let mut error = GraphQLError::new(message, location, &operation.document().sources);
    error.extensions.insert("code", "BAD_USER_INPUT".into());
    error
}

/// The members of an object; a name that occurs twice counts by its last value.
fn members(json: &Bytes) -> Result<Vec<(String, Bytes)>, Malformed> {
    let mut members = Vec::new();
    if simdutf8::basic::from_utf8(json).is_err() {
        return Cursor::new(json, DEPTH).malformed("the text is not UTF-8");
    }
    let mut cursor = Cursor::new(json, DEPTH);
    cursor.open(b'{')?;
    let mut more = !cursor.is_empty(b'}');
    while more {
        let key = cursor.key()?;
        let name = text_of(cursor.slice(&key));
        let value = cursor.skip_value()?;
        members.push((name, json.slice(value)));
        more = cursor.another(b'}')?;
    }
    cursor.finish()?;
    Ok(members)
}

fn text_of(quoted: &[u8]) -> String {
    serde_json::from_slice(quoted).unwrap_or_default()
}

fn absent(definition: &VariableDefinition, coerced: &mut CoercedVariables) -> Result<(), String> {
    match definition.default_value.as_deref() {
        Some(Value::Boolean(true)) => coerced.true_by_default.push(definition.name.clone()),
        None if definition.ty.is_non_null() => {
            return Err(format!(
                "the variable `${}` of type `{}` is required: give it a value",
                definition.name, definition.ty
            ));
        }
        _ => {}
    }
    Ok(())
}

fn check_variable(
    schema: &Schema,
    definition: &VariableDefinition,
    value: &Bytes,
) -> Result<(), String> {
    let mut check = Check {
        schema,
        cursor: Cursor::new(value, DEPTH),
        path: format!("${}", definition.name),
    };
    check.value(&definition.ty).map_err(|refusal| refusal.0)
}

/// A walk over a value and its type.
struct Check<'check> {
    schema: &'check Schema,
    cursor: Cursor<'check>,
    /// Where it stands, for messages: `$input.items[2].name`.
    path: String,
}

/// Why a value is refused. That it is JSON was checked before.
struct Refusal(String);

impl From<Malformed> for Refusal {
    fn from(malformed: Malformed) -> Self {
        Self(malformed.problem.to_owned())
    }
}

impl Check<'_> {
    fn value(&mut self, ty: &Type) -> Result<(), Refusal> {
        let kind = self.cursor.peek()?;
        if kind == Kind::Null {
            self.cursor.literal()?;
            return match ty.is_non_null() {
                true => Err(Refusal(format!(
                    "`{}` of type `{ty}` cannot be null",
                    self.path
                ))),
                false => Ok(()),
            };
        }
        match (ty, kind) {
            (Type::List(item) | Type::NonNullList(item), Kind::List) => self.list(item),
            // One value stands for a list of it.
            (Type::List(item) | Type::NonNullList(item), _) => self.value(item),
            (Type::Named(name) | Type::NonNullNamed(name), _) => self.named(name, kind),
        }
    }

    fn list(&mut self, item: &Type) -> Result<(), Refusal> {
        self.cursor.open(b'[')?;
        let mut more = !self.cursor.is_empty(b']');
        let mut index = 0;
        while more {
            self.below(&format!("[{index}]"), |check| check.value(item))?;
            index += 1;
            more = self.cursor.another(b']')?;
        }
        Ok(())
    }

    fn below(
        &mut self,
        step: &str,
        check: impl FnOnce(&mut Self) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let length = self.path.len();
        self.path.push_str(step);
        check(self)?;
        self.path.truncate(length);
        Ok(())
    }

    fn named(&mut self, name: &Name, kind: Kind) -> Result<(), Refusal> {
        let schema = self.schema;
        match schema.types.get(name) {
            Some(ExtendedType::InputObject(input)) if kind == Kind::Object => {
                self.input_object(input)
            }
            Some(ExtendedType::InputObject(_)) => self.refuse(name, kind),
            Some(ExtendedType::Enum(values)) => {
                let text = self.cursor.skip_value()?;
                let text = text_of(self.cursor.slice(&text));
                match kind == Kind::String && values.values.contains_key(text.as_str()) {
                    true => Ok(()),
                    false if kind == Kind::String => Err(Refusal(format!(
                        "`{}` is no value of the enum `{name}`, in `{}`",
                        text, self.path
                    ))),
                    false => self.refuse(name, kind),
                }
            }
            _ => self.scalar(name, kind),
        }
    }

    fn scalar(&mut self, name: &Name, kind: Kind) -> Result<(), Refusal> {
        let value = self.cursor.skip_value()?;
        let text = self.cursor.slice(&value);
        let is_integer = !text.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
        let fits = match name.as_str() {
            "Int" => kind == Kind::Number && is_integer && is_32_bits(text),
            "Float" => kind == Kind::Number,
            "String" => kind == Kind::String,
            "Boolean" => kind == Kind::Boolean,
            "ID" => kind == Kind::String || (kind == Kind::Number && is_integer),
            _ => true,
        };
        match fits {
            true => Ok(()),
            false => self.refuse(name, kind),
        }
    }

    fn refuse(&self, name: &Name, kind: Kind) -> Result<(), Refusal> {
        let found = kind.describe();
        Err(Refusal(format!(
            "`{}` must be of type `{name}`, not {found}",
            self.path
        )))
    }

    /// <https://spec.graphql.org/draft/#sec-Input-Objects.Input-Coercion>
    fn input_object(&mut self, input: &InputObjectType) -> Result<(), Refusal> {
        let mut given: Vec<(String, bool)> = Vec::new();
        self.cursor.open(b'{')?;
        let mut more = !self.cursor.is_empty(b'}');
        while more {
            let key = self.cursor.key()?;
            let name = text_of(self.cursor.slice(&key));
            let Some(field) = input.fields.get(name.as_str()) else {
                return Err(Refusal(format!(
                    "`{}` has no field `{name}` in `{}`",
                    input.name, self.path
                )));
            };
            let is_null = self.cursor.peek()? == Kind::Null;
            self.below(&format!(".{name}"), |check| check.value(&field.ty))?;
            given.push((name, is_null));
            more = self.cursor.another(b'}')?;
        }
        self.complete(input, &given)
    }

    fn complete(&self, input: &InputObjectType, given: &[(String, bool)]) -> Result<(), Refusal> {
        if input.directives.has("oneOf") && !matches!(given, [(_, false)]) {
            return Err(Refusal(format!(
                "`{}` of type `{}` must have exactly one field, and it cannot be null",
                self.path, input.name
            )));
        }
        for (name, field) in &input.fields {
            let is_given = given.iter().any(|(known, _)| known == name.as_str());
            if !is_given && field.is_required() {
                return Err(Refusal(format!(
                    "`{}` of type `{}` needs the field `{name}`",
                    self.path, input.name
                )));
            }
        }
        Ok(())
    }
}

fn is_32_bits(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| text.parse::<i32>().is_ok())
}
