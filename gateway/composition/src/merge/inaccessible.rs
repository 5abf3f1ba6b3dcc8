//! What `@inaccessible` hides must not leave a hole in the API schema.

use apollo_compiler::ast::{Directive, InputValueDefinition, Value};
use apollo_compiler::{Name, Node};
use indexmap::IndexMap;
use weft_diagnostic::{Code, Diagnostic};

use crate::codes::{
    DEFAULT_VALUE_USES_INACCESSIBLE, DISALLOWED_INACCESSIBLE, IMPLEMENTED_BY_INACCESSIBLE,
    ONLY_INACCESSIBLE_CHILDREN, QUERY_ROOT_TYPE_INACCESSIBLE, REFERENCED_INACCESSIBLE,
    REQUIRED_INACCESSIBLE,
};
use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::{InputValue, TypeKind};
use crate::merge::Merging;
use crate::merge::merged::{Merged, MergedField, MergedInput, MergedType};
use crate::merge::mismatch::Place;

impl Merging<'_> {
    /// Checks all hidden elements.
    pub(super) fn check_inaccessible(&mut self) {
        let Some(name) = self.carried.name(Federation::Inaccessible).cloned() else {
            return;
        };
        let checker = Checker {
            merged: &self.merged,
            name,
            findings: Vec::new(),
        };
        let errors: Vec<Diagnostic> = checker
            .check()
            .into_iter()
            .map(|finding| self.inaccessible_error(finding))
            .collect();
        self.errors.extend(errors);
        self.check_composed_directives();
    }

    /// A directive of the schema itself, unlike one of operations, hides nothing: gateways read it.
    fn check_composed_directives(&mut self) {
        let mut errors: IndexMap<String, Diagnostic> = IndexMap::new();
        for (index, subgraph) in self.subgraphs.iter().enumerate() {
            for (name, arguments) in &subgraph.directive_arguments {
                if !self.carried.composed.is_composed(index, name) {
                    continue;
                }
                let hidden = |argument: &&InputValue| {
                    let mut directives = argument.directives.iter();
                    directives.any(|one| one.meaning == Some(Federation::Inaccessible))
                };
                for argument in arguments.values().filter(hidden) {
                    let coordinate = format!("@{name}({}:)", argument.name);
                    let label = subgraph.label(&argument.name, "inaccessible here");
                    let error = errors
                        .shift_remove(&coordinate)
                        .unwrap_or_else(|| disallowed(&coordinate));
                    errors.insert(coordinate, error.with_label(label));
                }
            }
        }
        self.errors.extend(errors.into_values());
    }

    fn inaccessible_error(&self, finding: Finding) -> Diagnostic {
        let error = Diagnostic::error(finding.code, finding.message)
            .with_coordinate(finding.coordinate)
            .with_help(finding.help);
        let (type_name, member) = finding.place;
        let places = self.index.get(&type_name).iter().map(|(subgraph, source)| {
            let location = member.as_ref().and_then(|member| {
                let field = source.fields.get(member).map(|field| &field.name);
                let value = source.values.get(member).map(|value| &value.name);
                let input = source.input_fields.get(member).map(|input| &input.name);
                field.or(value).or(input)?.location()
            });
            Place::new(
                *subgraph,
                location.or_else(|| source.written.location()),
                "here",
            )
        });
        self.with_places(error, places)
    }
}

fn disallowed(coordinate: &str) -> Diagnostic {
    let message = format!(
        "`{coordinate}` is inaccessible, and a directive that goes into the supergraph must be there as a whole"
    );
    Diagnostic::error(DISALLOWED_INACCESSIBLE, message)
        .with_coordinate(coordinate)
        .with_help(
            "remove `@inaccessible` from the argument: clients do not see the directive anyway",
        )
}

struct Finding {
    code: Code,
    message: String,
    help: &'static str,
    coordinate: String,
    /// The type, and its field or value, to show.
    place: (Name, Option<Name>),
}

struct Checker<'a> {
    merged: &'a Merged,
    /// The directive's name in the supergraph.
    name: Name,
    findings: Vec<Finding>,
}

impl<'a> Checker<'a> {
    fn check(mut self) -> Vec<Finding> {
        for ty in self.merged.types.values() {
            if self.is_hidden(&ty.directives) {
                if ty.name == "Query" {
                    let message = "`Query` is inaccessible, and every API needs it".to_owned();
                    self.fail(
                        QUERY_ROOT_TYPE_INACCESSIBLE,
                        message,
                        "hide its fields instead",
                        ty,
                        None,
                    );
                }
                continue;
            }
            self.check_children(ty);
            for field in ty.fields.values() {
                self.check_field(ty, field);
            }
            for input in ty.input_fields.values() {
                self.check_input_field(ty, input);
            }
        }
        for definition in &self.merged.directive_definitions {
            for argument in &definition.arguments {
                self.check_directive_argument(&definition.name, argument);
                if self.is_hidden(&argument.directives.0) && argument.is_required() {
                    self.findings.push(Finding {
                        code: REQUIRED_INACCESSIBLE,
                        message: format!(
                            "argument `@{}({}:)` is inaccessible and required",
                            definition.name, argument.name
                        ),
                        help: "make it optional, or give it a default",
                        coordinate: format!("@{}({}:)", definition.name, argument.name),
                        place: (definition.name.clone(), None),
                    });
                }
            }
        }
        self.findings
    }

    fn check_directive_argument(&mut self, directive: &Name, argument: &InputValueDefinition) {
        if self.is_hidden(&argument.directives.0) {
            return;
        }
        let target = argument.ty.inner_named_type();
        let default = argument.default_value.as_ref();
        if let Some((owner, hidden)) = default.and_then(|value| self.hidden_in_value(value, target))
        {
            let coordinate = format!("@{directive}({}:)", argument.name);
            self.findings.push(Finding {
                code: DEFAULT_VALUE_USES_INACCESSIBLE,
                message: format!(
                    "the default of `{coordinate}` uses the inaccessible `{owner}.{hidden}`"
                ),
                help: "give it another default",
                coordinate,
                place: (owner, Some(hidden)),
            });
        }
        if self.is_hidden_type(target) {
            let coordinate = format!("@{directive}({}:)", argument.name);
            self.findings.push(Finding {
                code: REFERENCED_INACCESSIBLE,
                message: format!(
                    "`{coordinate}` is in the API and has the inaccessible type `{target}`"
                ),
                help: "hide the argument too, or show the type",
                coordinate,
                place: (target.clone(), None),
            });
        }
    }

    fn is_hidden(&self, directives: &[Node<Directive>]) -> bool {
        directives
            .iter()
            .any(|directive| directive.name == self.name)
    }

    fn is_hidden_type(&self, name: &str) -> bool {
        self.merged
            .types
            .get(name)
            .is_some_and(|ty| self.is_hidden(&ty.directives))
    }

    fn check_children(&mut self, ty: &MergedType) {
        let (what, empty) = match ty.kind {
            TypeKind::Scalar => return,
            TypeKind::Object | TypeKind::Interface => (
                "fields",
                ty.fields
                    .values()
                    .all(|field| self.is_hidden(&field.directives)),
            ),
            TypeKind::InputObject => (
                "fields",
                ty.input_fields
                    .values()
                    .all(|input| self.is_hidden(&input.directives)),
            ),
            TypeKind::Union => (
                "members",
                ty.members.iter().all(|member| self.is_hidden_type(member)),
            ),
            TypeKind::Enum => (
                "values",
                ty.values
                    .values()
                    .all(|value| self.is_hidden(&value.directives)),
            ),
        };
        if empty {
            let message = format!(
                "`{}` is in the API, and all its {what} are inaccessible",
                ty.name
            );
            let help = "hide the type too, or leave something of it visible";
            self.fail(ONLY_INACCESSIBLE_CHILDREN, message, help, ty, None);
        }
    }

    fn check_field(&mut self, ty: &'a MergedType, field: &'a MergedField) {
        if self.is_hidden(&field.directives) {
            return self.check_hidden_field(ty, field);
        }
        let coordinate = format!("{}.{}", ty.name, field.name);
        self.check_reference(ty, &field.name, &coordinate, field.ty.inner_named_type());
        for argument in field.arguments.values() {
            let full = format!("{coordinate}({}:)", argument.name);
            if !self.is_hidden(&argument.directives) {
                self.check_reference(ty, &field.name, &full, argument.ty.inner_named_type());
                self.check_default(ty, &field.name, &full, argument);
                continue;
            }
            if is_required(argument) {
                let message = format!("argument `{full}` is inaccessible and required");
                let help = "make it optional, or give it a default";
                self.fail(REQUIRED_INACCESSIBLE, message, help, ty, Some(&field.name));
            }
            self.check_implementing_arguments(ty, field, argument, &full);
            self.check_implemented_arguments(ty, field, argument, &full);
        }
    }

    /// A hidden argument of an interface's field must not be required by an implementation that shows it.
    fn check_implementing_arguments(
        &mut self,
        ty: &MergedType,
        field: &MergedField,
        argument: &MergedInput,
        full: &str,
    ) {
        let implementing: Vec<&MergedType> = self
            .merged
            .types
            .values()
            .filter(|other| ty.kind == TypeKind::Interface && other.interfaces.contains(&ty.name))
            .filter(|other| !self.is_hidden(&other.directives))
            .collect();
        for other in implementing {
            let Some(other_field) = other.fields.get(&field.name) else {
                continue;
            };
            let shown = other_field
                .arguments
                .get(&argument.name)
                .filter(|other_argument| {
                    !self.is_hidden(&other_field.directives)
                        && !self.is_hidden(&other_argument.directives)
                });
            if shown.is_some_and(is_required) {
                let message = format!(
                    "argument `{full}` is inaccessible, and required in implementation `{}`",
                    other.name
                );
                let help = "hide it in the implementation too, or make it optional there";
                self.fail(
                    REQUIRED_INACCESSIBLE,
                    message,
                    help,
                    other,
                    Some(&field.name),
                );
            }
        }
    }

    /// An implementation must show the arguments that its interfaces show.
    fn check_implemented_arguments(
        &mut self,
        ty: &MergedType,
        field: &MergedField,
        argument: &MergedInput,
        full: &str,
    ) {
        for interface in &ty.interfaces {
            let shown = self.merged.types.get(interface).is_some_and(|interface| {
                let implemented = interface
                    .fields
                    .get(&field.name)
                    .filter(|implemented| !self.is_hidden(&implemented.directives))
                    .and_then(|implemented| implemented.arguments.get(&argument.name));
                !self.is_hidden(&interface.directives)
                    && implemented
                        .is_some_and(|implemented| !self.is_hidden(&implemented.directives))
            });
            if shown {
                let message = format!(
                    "argument `{full}` is inaccessible and implements one of `{interface}`, which is in the API"
                );
                let help = "hide the interface's argument too";
                self.fail(
                    IMPLEMENTED_BY_INACCESSIBLE,
                    message,
                    help,
                    ty,
                    Some(&field.name),
                );
            }
        }
    }

    fn check_hidden_field(&mut self, ty: &MergedType, field: &MergedField) {
        for interface in &ty.interfaces {
            let shown = self.merged.types.get(interface).is_some_and(|interface| {
                let implemented = interface.fields.get(&field.name);
                !self.is_hidden(&interface.directives)
                    && implemented
                        .is_some_and(|implemented| !self.is_hidden(&implemented.directives))
            });
            if shown {
                let message = format!(
                    "`{}.{name}` is inaccessible and implements `{interface}.{name}`, which is in the API",
                    ty.name,
                    name = field.name
                );
                let help = "hide the interface's field too";
                self.fail(
                    IMPLEMENTED_BY_INACCESSIBLE,
                    message,
                    help,
                    ty,
                    Some(&field.name),
                );
            }
        }
    }

    fn check_input_field(&mut self, ty: &'a MergedType, input: &'a MergedInput) {
        let coordinate = format!("{}.{}", ty.name, input.name);
        if !self.is_hidden(&input.directives) {
            self.check_reference(ty, &input.name, &coordinate, input.ty.inner_named_type());
            self.check_default(ty, &input.name, &coordinate, input);
        } else if is_required(input) {
            let message = format!("input field `{coordinate}` is inaccessible and required");
            let help = "make it optional, or give it a default";
            self.fail(REQUIRED_INACCESSIBLE, message, help, ty, Some(&input.name));
        }
    }

    fn check_reference(&mut self, ty: &MergedType, member: &Name, coordinate: &str, target: &Name) {
        if self.is_hidden_type(target) {
            let message =
                format!("`{coordinate}` is in the API and has the inaccessible type `{target}`");
            let help = "hide what refers to the type too";
            self.fail(REFERENCED_INACCESSIBLE, message, help, ty, Some(member));
        }
    }

    fn check_default(
        &mut self,
        ty: &MergedType,
        member: &Name,
        coordinate: &str,
        input: &MergedInput,
    ) {
        let Some(default) = &input.default_value else {
            return;
        };
        let target = input.ty.inner_named_type();
        if let Some((owner, hidden)) = self.hidden_in_value(default, target) {
            let message =
                format!("the default of `{coordinate}` uses the inaccessible `{owner}.{hidden}`");
            let help = "give it another default";
            self.fail(
                DEFAULT_VALUE_USES_INACCESSIBLE,
                message,
                help,
                ty,
                Some(member),
            );
        }
    }

    /// The hidden enum value or input field that a value uses, after its type.
    fn hidden_in_value(&self, value: &Value, ty: &Name) -> Option<(Name, Name)> {
        let definition = self.merged.types.get(ty)?;
        match value {
            Value::List(values) => values
                .iter()
                .find_map(|value| self.hidden_in_value(value, ty)),
            Value::Enum(name) => {
                let value = definition.values.get(name)?;
                self.is_hidden(&value.directives)
                    .then(|| (ty.clone(), name.clone()))
            }
            Value::Object(entries) => entries.iter().find_map(|(name, value)| {
                let field = definition.input_fields.get(name)?;
                if self.is_hidden(&field.directives) {
                    return Some((ty.clone(), name.clone()));
                }
                self.hidden_in_value(value, field.ty.inner_named_type())
            }),
            _ => None,
        }
    }

    fn fail(
        &mut self,
        code: Code,
        message: String,
        help: &'static str,
        ty: &MergedType,
        member: Option<&Name>,
    ) {
        let coordinate = match member {
            Some(member) => format!("{}.{member}", ty.name),
            None => ty.name.to_string(),
        };
        self.findings.push(Finding {
            code,
            message,
            help,
            coordinate,
            place: (ty.name.clone(), member.cloned()),
        });
    }
}

fn is_required(input: &MergedInput) -> bool {
    input.ty.is_non_null() && input.default_value.is_none()
}
