//! A random operation that is valid for a graph.

use crate::chance::Chance;
use apollo_compiler::Name;
use apollo_compiler::schema::ExtendedType;
use std::fmt::Write as _;
use weft_supergraph::Supergraph;

/// An operation and its variables.
pub(crate) fn random(supergraph: &Supergraph, chance: &mut Chance) -> (String, String) {
    let mut writer = Writer {
        supergraph,
        chance,
        text: String::new(),
        aliases: 0,
        fields: 0,
    };
    writer.selections(&Name::new("Query").unwrap(), 0);
    let selections = writer.text;
    let mut variables = Vec::new();
    for name in ["yes", "no"] {
        if selections.contains(&format!("${name}")) {
            variables.push((
                format!("${name}: Boolean!"),
                format!("\"{name}\":{}", name == "yes"),
            ));
        }
    }
    if selections.contains("$n") && selections.contains("a: $n ") {
        variables.push(("$n: Int".to_owned(), format!("\"n\":{}", chance.below(9))));
    }
    let declared: Vec<_> = variables
        .iter()
        .map(|(declared, _)| declared.as_str())
        .collect();
    let given: Vec<_> = variables.iter().map(|(_, given)| given.as_str()).collect();
    let declared = match declared.is_empty() {
        true => String::new(),
        false => format!("({})", declared.join(", ")),
    };
    (
        format!("query{declared} {selections}"),
        format!("{{{}}}", given.join(",")),
    )
}

struct Writer<'graph> {
    supergraph: &'graph Supergraph,
    chance: &'graph mut Chance,
    text: String,
    aliases: u32,
    fields: u32,
}

impl Writer<'_> {
    fn selections(&mut self, parent: &Name, depth: usize) {
        self.text.push_str("{ ");
        let start = self.text.len();
        for _ in 0..1 + self.chance.below(if depth == 0 { 5 } else { 4 }) {
            self.selection(parent, depth);
        }
        if self.text.len() == start {
            self.text.push_str("__typename ");
        }
        self.text.push_str("} ");
    }

    fn selection(&mut self, parent: &Name, depth: usize) {
        let schema = self.supergraph.api_schema();
        let is_abstract = matches!(
            schema.types.get(parent),
            Some(ExtendedType::Interface(_) | ExtendedType::Union(_))
        );
        match self.chance.below(10) {
            0 => self.typename(),
            1 => {
                self.text.push_str("... ");
                self.condition();
                self.selections(parent, depth + 1);
            }
            2..=6 if is_abstract => self.fragment(parent, depth),
            _ => self.field(parent, depth),
        }
    }

    fn typename(&mut self) {
        if self.chance.percent(30) {
            self.aliases += 1;
            write!(self.text, "t{}: ", self.aliases).unwrap();
        }
        self.text.push_str("__typename ");
    }

    fn condition(&mut self) {
        match self.chance.below(12) {
            0 => self.text.push_str("@include(if: $yes) "),
            1 => self.text.push_str("@include(if: $no) "),
            2 => self.text.push_str("@skip(if: $yes) "),
            3 => self.text.push_str("@skip(if: $no) "),
            _ => {}
        }
    }

    fn fragment(&mut self, parent: &Name, depth: usize) {
        let schema = self.supergraph.api_schema();
        let implementers = schema.implementers_map();
        let possible: Vec<Name> = match schema.types.get(parent) {
            Some(ExtendedType::Union(union)) => union
                .members
                .iter()
                .map(|member| member.name.clone())
                .collect(),
            _ => implementers
                .get(parent)
                .map(|implementers| implementers.objects.iter().cloned().collect())
                .unwrap_or_default(),
        };
        if possible.is_empty() {
            return self.typename();
        }
        let name = self.chance.pick(&possible).clone();
        write!(self.text, "... on {name} ").unwrap();
        self.condition();
        self.selections(&name, depth + 1);
    }

    fn field(&mut self, parent: &Name, depth: usize) {
        let schema = self.supergraph.api_schema();
        let fields = match schema.types.get(parent) {
            Some(ExtendedType::Object(object)) => &object.fields,
            Some(ExtendedType::Interface(interface)) => &interface.fields,
            _ => return self.typename(),
        };
        let definitions: Vec<_> = fields.values().collect();
        let definition = (*self.chance.pick(&definitions)).clone();
        let inner = definition.ty.inner_named_type().clone();
        let is_leaf = schema.types.get(&inner).is_none_or(|ty| ty.is_leaf());
        self.fields += 1;
        if !is_leaf && (depth > 6 || self.fields > 60) {
            return self.typename();
        }
        let has_arguments = !definition.arguments.is_empty() && self.chance.percent(70);
        if has_arguments || self.chance.percent(20) {
            self.aliases += 1;
            write!(self.text, "a{}: ", self.aliases).unwrap();
        }
        write!(self.text, "{}", definition.name).unwrap();
        if has_arguments {
            let argument =
                *self
                    .chance
                    .pick(&["a: 1", "a: 2", "a: $n ", "b: \"y\"", "a: 3, b: \"q\\\"z\""]);
            write!(self.text, "({argument})").unwrap();
        }
        self.text.push(' ');
        self.condition();
        if !is_leaf {
            self.selections(&inner, depth + 1);
        }
    }
}
