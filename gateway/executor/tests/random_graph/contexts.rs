//! Fields of a random graph that take arguments from objects above them. The root always gives a value, and so does every
//! object of some types on the way.

use crate::chance::Chance;
use crate::graph::{Entity, RandomGraph};
use std::fmt::Write as _;

/// An argument that a field takes from above.
#[derive(Clone)]
pub(crate) struct ContextArgument {
    pub(crate) name: String,
    /// Whether it cannot be null.
    pub(crate) is_required: bool,
    /// Types with the way to the value there.
    pub(crate) setters: Vec<(String, Vec<String>)>,
}

impl ContextArgument {
    /// As a subgraph declares it.
    pub(crate) fn declared(&self) -> String {
        let mark = if self.is_required { "!" } else { "" };
        format!("{}: Int{mark}", self.name)
    }
}

/// What contexts add to a graph's text.
#[derive(Default)]
pub(crate) struct Contexts {
    /// Directives, by the type that they are on.
    pub(crate) on_types: Vec<(String, String)>,
    /// Fields of the root.
    pub(crate) root_fields: Vec<String>,
}

impl Contexts {
    /// The directives on a type.
    pub(crate) fn on_type(&self, name: &str) -> String {
        let of_type = self.on_types.iter().filter(|(known, _)| known == name);
        of_type.map(|(_, directive)| directive.as_str()).collect()
    }
}

impl RandomGraph {
    /// Adds fields with arguments from contexts to some entities.
    pub(crate) fn contexts(&mut self, entities: &mut [Entity], chance: &mut Chance) -> Contexts {
        let mut contexts = Contexts::default();
        let mut number = 0;
        for index in 0..entities.len() {
            for _ in 0..chance.below(3) {
                let mut arguments = Vec::new();
                let owner = *chance.pick(&entities[index].homes);
                for position in 0..1 + usize::from(chance.percent(25)) {
                    let name = format!("v{position}");
                    let context = format!("s{owner}__c{number}");
                    let argument = self.argument(name, &context, entities, chance, &mut contexts);
                    arguments.push((context, argument));
                    number += 1;
                }
                let field = self.contextual_field(&entities[index], number, owner, arguments);
                entities[index].fields.push(field);
            }
        }
        contexts
    }

    fn argument(
        &mut self,
        name: String,
        context: &str,
        entities: &[Entity],
        chance: &mut Chance,
        contexts: &mut Contexts,
    ) -> ContextArgument {
        let root = format!("qv{}", contexts.root_fields.len());
        let owner = chance.below(self.subgraphs.len());
        self.owners
            .insert(("Query".to_owned(), root.clone()), vec![owner]);
        let joins = self.join(owner, "");
        contexts.root_fields.push(format!("{root}: Int{joins}"));
        let mut setters = vec![("Query".to_owned(), vec![root])];
        let by_interface = chance.percent(20);
        for entity in entities {
            let is_setter = match by_interface {
                true => entity.in_interface,
                false => chance.percent(35),
            };
            if let Some(way) = way_in(entity, entities, chance).filter(|_| is_setter) {
                setters.push((entity.name.clone(), way));
            }
        }
        let members = entities.iter().filter(|entity| entity.in_interface).count();
        let on_types = &mut contexts.on_types;
        let directive = format!(" @context(name: \"{context}\")");
        if by_interface && setters.len() == members + 1 {
            on_types.push(("Query".to_owned(), directive.clone()));
            on_types.push(("Face".to_owned(), directive));
        } else {
            let named = setters.iter().map(|(setter, _)| setter.clone());
            on_types.extend(named.map(|setter| (setter, directive.clone())));
        }
        ContextArgument {
            name,
            is_required: chance.percent(25),
            setters,
        }
    }

    fn contextual_field(
        &mut self,
        entity: &Entity,
        number: usize,
        owner: usize,
        arguments: Vec<(String, ContextArgument)>,
    ) -> String {
        let name = format!("{}c{number}", entity.name.to_lowercase());
        let mut described = Vec::new();
        for (context, argument) in &arguments {
            let mut selection = String::new();
            for (setter, way) in &argument.setters {
                let close = " }".repeat(way.len());
                let way = way.join(" { ");
                write!(selection, " ... on {setter} {{ {way}{close}").unwrap();
            }
            let ty = if argument.is_required { "Int!" } else { "Int" };
            described.push(format!(
                "{{ context: \"{context}\", name: \"{}\", type: \"{ty}\", selection: \"{selection}\" }}",
                argument.name
            ));
        }
        let rest = format!(", contextArguments: [{}]", described.join(", "));
        let joins = self.join(owner, &rest);
        let key = (entity.name.clone(), name.clone());
        self.owners.insert(key.clone(), vec![owner]);
        let arguments = arguments.into_iter().map(|(_, argument)| argument);
        self.contextual.insert(key, arguments.collect());
        format!("{name}: Int{joins}")
    }
}

/// The way to a number of an entity: its own, or one of an object in it.
fn way_in(entity: &Entity, entities: &[Entity], chance: &mut Chance) -> Option<Vec<String>> {
    if !entity.links.is_empty() && chance.percent(30) {
        let (field, target) = chance.pick(&entity.links).clone();
        let number = match entities.iter().find(|entity| entity.name == target) {
            Some(below) if !below.numbers.is_empty() => Some(chance.pick(&below.numbers).clone()),
            Some(_) => None,
            None => Some("v0".to_owned()),
        };
        if let Some(number) = number {
            return Some(vec![field, number]);
        }
    }
    (!entity.numbers.is_empty()).then(|| vec![chance.pick(&entity.numbers).clone()])
}
