//! Where the elements of a schema stand: a text in, for each schema coordinate its place and its wording out.

use apollo_compiler::ast::{
    Definition, DirectiveList, Document, FieldDefinition, InputValueDefinition,
};
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::{Name, Node};
use rustc_hash::FxHashMap;
use weft_diagnostic::{Source, Span};

/// The places of one text.
#[derive(Debug, Clone)]
pub struct Places {
    source: Source,
    elements: FxHashMap<String, Element>,
}

#[derive(Debug, Clone)]
struct Element {
    start: usize,
    end: usize,
    wording: String,
    heading: String,
    directives: Vec<Name>,
}

impl Places {
    /// Reads a text; what does not parse has no places.
    pub fn of(source: &Source) -> Self {
        let document = match Document::parse(source.text(), source.path()) {
            Ok(document) => document,
            Err(with_errors) => with_errors.partial,
        };
        let mut places = Self {
            source: source.clone(),
            elements: FxHashMap::default(),
        };
        for definition in &document.definitions {
            places.definition(definition);
        }
        places
    }

    /// The subgraph's or file's name.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The place of the element itself.
    pub fn exact(&self, coordinate: &str) -> Option<Span> {
        let element = self.elements.get(coordinate)?;
        Some(self.source.span(element.start..element.end))
    }

    /// The place of the element, or of the nearest one around it.
    pub fn nearest(&self, coordinate: &str) -> Option<Span> {
        let mut candidate = Some(coordinate);
        while let Some(name) = candidate {
            if let Some(span) = self.exact(name) {
                return Some(span);
            }
            candidate = around(name);
        }
        None
    }

    /// How the element is written, without descriptions and white space that mean nothing.
    pub fn wording(&self, coordinate: &str) -> Option<&str> {
        self.elements
            .get(coordinate)
            .map(|element| element.wording.as_str())
    }

    /// How the element is written without what is inside it: of a type, no fields, input fields or values.
    pub fn heading(&self, coordinate: &str) -> Option<&str> {
        self.elements
            .get(coordinate)
            .map(|element| element.heading.as_str())
    }

    /// Whether a directive stands on the element.
    pub fn has_directive(&self, coordinate: &str, name: &str) -> bool {
        let element = self.elements.get(coordinate);
        element.is_some_and(|one| one.directives.iter().any(|directive| directive == name))
    }

    /// All coordinates with their wording.
    pub fn wordings(&self) -> impl Iterator<Item = (&str, &str)> {
        self.elements
            .iter()
            .map(|(path, element)| (path.as_str(), element.wording.as_str()))
    }

    fn add(&mut self, coordinate: String, location: Option<SourceSpan>, wording: String) {
        let heading = wording.clone();
        self.add_with_heading(coordinate, location, &wording, &heading);
    }

    fn add_with_heading(
        &mut self,
        coordinate: String,
        location: Option<SourceSpan>,
        wording: &str,
        heading: &str,
    ) {
        let (start, end) = location.map_or((0, 0), |at| (at.offset(), at.end_offset()));
        let known = self.elements.entry(coordinate).or_insert(Element {
            start,
            end,
            wording: String::new(),
            heading: String::new(),
            directives: Vec::new(),
        });
        known.wording.push_str(wording);
        known.heading.push_str(heading);
    }

    fn add_directives(&mut self, coordinate: &str, directives: &DirectiveList) {
        if let Some(element) = self.elements.get_mut(coordinate) {
            let names = directives.iter().map(|one| one.name.clone());
            element.directives.extend(names);
        }
    }

    fn definition(&mut self, definition: &Definition) {
        use Definition as D;
        let wording = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = wording(&definition.to_string());
        if let D::DirectiveDefinition(directive) = definition {
            let name = format!("@{}", directive.name);
            self.arguments(&name, &directive.arguments);
            return self.add(name, directive.name.location(), text);
        }
        let Some(name) = definition.name() else {
            return;
        };
        let heading = without_inside(definition.clone()).to_string();
        self.add_with_heading(name.to_string(), name.location(), &text, &heading);
        self.add_directives(name, definition.directives());
        match definition {
            D::ObjectTypeDefinition(node) => self.fields(name, &node.fields),
            D::ObjectTypeExtension(node) => self.fields(name, &node.fields),
            D::InterfaceTypeDefinition(node) => self.fields(name, &node.fields),
            D::InterfaceTypeExtension(node) => self.fields(name, &node.fields),
            D::InputObjectTypeDefinition(node) => self.inputs(name, &node.fields),
            D::InputObjectTypeExtension(node) => self.inputs(name, &node.fields),
            D::EnumTypeDefinition(node) => {
                for value in &node.values {
                    let path = format!("{name}.{}", value.value);
                    self.add(path, value.value.location(), value.to_string());
                }
            }
            D::EnumTypeExtension(node) => {
                for value in &node.values {
                    let path = format!("{name}.{}", value.value);
                    self.add(path, value.value.location(), value.to_string());
                }
            }
            _ => {}
        }
    }

    fn fields(&mut self, parent: &str, fields: &[Node<FieldDefinition>]) {
        for field in fields {
            let path = format!("{parent}.{}", field.name);
            self.arguments(&path, &field.arguments);
            self.add(path.clone(), field.name.location(), field.to_string());
            self.add_directives(&path, &field.directives);
        }
    }

    fn inputs(&mut self, parent: &str, fields: &[Node<InputValueDefinition>]) {
        for field in fields {
            let path = format!("{parent}.{}", field.name);
            self.add(path, field.name.location(), field.to_string());
        }
    }

    fn arguments(&mut self, parent: &str, arguments: &[Node<InputValueDefinition>]) {
        for argument in arguments {
            let path = format!("{parent}({}:)", argument.name);
            self.add(path, argument.name.location(), argument.to_string());
        }
    }
}

/// A definition without fields, input fields or values.
fn without_inside(mut definition: Definition) -> Definition {
    use Definition as D;
    match &mut definition {
        D::ObjectTypeDefinition(node) => node.make_mut().fields.clear(),
        D::ObjectTypeExtension(node) => node.make_mut().fields.clear(),
        D::InterfaceTypeDefinition(node) => node.make_mut().fields.clear(),
        D::InterfaceTypeExtension(node) => node.make_mut().fields.clear(),
        D::InputObjectTypeDefinition(node) => node.make_mut().fields.clear(),
        D::InputObjectTypeExtension(node) => node.make_mut().fields.clear(),
        D::EnumTypeDefinition(node) => node.make_mut().values.clear(),
        D::EnumTypeExtension(node) => node.make_mut().values.clear(),
        _ => {}
    }
    definition
}

/// `Type.field(argument:)` → `Type.field` → `Type`.
pub fn around(coordinate: &str) -> Option<&str> {
    let end = coordinate.rfind('(').or_else(|| coordinate.rfind('.'))?;
    Some(&coordinate[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_by_coordinate_and_else_what_is_around_them() {
        let text =
            "type Query {\n  a(x: Int): Int\n}\nextend type Query { b: Int }\nenum E {\n  A\n}";
        let places = Places::of(&Source::new("users", "users.graphql", text));
        let line = |coordinate| places.nearest(coordinate).map(|span| span.start().line);
        assert_eq!(line("Query.a(x:)"), Some(2));
        assert_eq!(line("Query.b"), Some(4));
        assert_eq!(line("Query.gone"), Some(1));
        assert_eq!(line("E.A"), Some(6));
        assert_eq!(line("Nothing.here"), None);
    }
}
