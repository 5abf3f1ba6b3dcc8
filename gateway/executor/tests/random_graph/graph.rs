//! A random supergraph: entities spread over subgraphs, value types, an interface, a union, requirements.

use crate::chance::Chance;
use crate::contexts::{ContextArgument, Contexts};
use std::collections::HashMap;
use std::fmt::Write as _;

const MACHINERY: &str = include_str!("../machinery.graphql");
const SCALARS: [&str; 6] = ["Int", "String", "Float", "Boolean", "ID", "Kind"];

/// A supergraph, and who resolves what.
pub(crate) struct RandomGraph {
    pub(crate) sdl: String,
    /// Names of the subgraphs.
    pub(crate) subgraphs: Vec<String>,
    /// Who resolves a field of an entity or of the query's root.
    pub(crate) owners: HashMap<(String, String), Vec<usize>>,
    /// What a field of an entity requires.
    pub(crate) requires: HashMap<(String, String), String>,
    /// What a field of an entity takes from objects above it.
    pub(crate) contextual: HashMap<(String, String), Vec<ContextArgument>>,
    /// The types that an object in that field can have.
    pub(crate) targets: HashMap<(String, String), Vec<String>>,
    /// Whether some field has two owners.
    pub(crate) has_shared: bool,
    pub(crate) entities: Vec<String>,
}

pub(crate) struct Entity {
    pub(crate) name: String,
    /// The subgraphs that know it.
    pub(crate) homes: Vec<usize>,
    pub(crate) in_interface: bool,
    in_union: bool,
    pub(crate) fields: Vec<String>,
    /// Its fields that are one number.
    pub(crate) numbers: Vec<String>,
    /// Its fields with one object of one type, and that.
    pub(crate) links: Vec<(String, String)>,
}

impl RandomGraph {
    pub(crate) fn new(chance: &mut Chance, has_contexts: bool) -> Self {
        let subgraph_count = 2 + chance.below(3);
        let mut graph = Self {
            sdl: String::new(),
            subgraphs: (0..subgraph_count)
                .map(|index| format!("s{index}"))
                .collect(),
            owners: HashMap::new(),
            requires: HashMap::new(),
            contextual: HashMap::new(),
            targets: HashMap::new(),
            has_shared: false,
            entities: Vec::new(),
        };
        let mut entities: Vec<_> = (0..2 + chance.below(4))
            .map(|index| graph.entity(index, chance))
            .collect();
        graph.entities = entities.iter().map(|entity| entity.name.clone()).collect();
        for index in 0..entities.len() {
            let fields = graph.entity_fields(&entities, index, chance);
            entities[index].fields = fields;
        }
        let mut root = graph.root_fields(&entities, chance);
        let mut contexts = Contexts::default();
        if has_contexts {
            entities.iter_mut().for_each(Entity::describe);
            contexts = graph.contexts(&mut entities, chance);
        }
        root.append(&mut contexts.root_fields);
        graph.sdl = graph.print(&entities, &root, &contexts);
        graph
    }

    /// A schema with the arguments that fields take from contexts.
    pub(crate) fn with_contextual_arguments(&self, mut sdl: String) -> String {
        for ((_, field), arguments) in &self.contextual {
            let declared = arguments.iter().map(ContextArgument::declared);
            let declared = declared.collect::<Vec<_>>().join(" ");
            sdl = sdl.replace(&format!(" {field}:"), &format!(" {field}({declared}):"));
        }
        sdl
    }

    fn entity(&mut self, index: usize, chance: &mut Chance) -> Entity {
        let mut homes: Vec<_> = (0..self.subgraphs.len())
            .filter(|_| chance.percent(70))
            .collect();
        if homes.is_empty() {
            homes.push(chance.below(self.subgraphs.len()));
        }
        Entity {
            name: format!("E{index}"),
            homes,
            in_interface: index == 0 || chance.percent(50),
            in_union: index == 0 || chance.percent(50),
            fields: Vec::new(),
            numbers: Vec::new(),
            links: Vec::new(),
        }
    }

    fn entity_fields(
        &mut self,
        entities: &[Entity],
        index: usize,
        chance: &mut Chance,
    ) -> Vec<String> {
        let entity = &entities[index];
        let mut fields = Vec::new();
        let mut leaves: Vec<(String, usize)> = Vec::new();
        for number in 0..2 + chance.below(5) {
            let name = format!("e{index}f{number}");
            let owner = *chance.pick(&entity.homes);
            let is_leaf = chance.percent(50);
            let ty = match is_leaf {
                true => wrap((*chance.pick(&SCALARS)).to_owned(), chance),
                false => self.composite(entities, &entity.name, &name, owner, chance),
            };
            let key = (entity.name.clone(), name.clone());
            self.owners.insert(key.clone(), vec![owner]);
            let arguments = if is_leaf && chance.percent(30) {
                "(a: Int, b: String = \"x\")"
            } else {
                ""
            };
            let mut joins = self.join(owner, "");
            let needed = leaves.iter().find(|(_, home)| *home != owner).cloned();
            if let Some((needed, _)) = needed
                && chance.percent(50)
            {
                joins = self.join(owner, &format!(", requires: \"{needed}\""));
                self.requires.insert(key, needed.clone());
                self.mark_external(&mut fields, &needed, owner);
            } else if is_leaf && arguments.is_empty() && !ty.ends_with('!') {
                // A required field that cannot be null would take its entity along in its own subgraph.
                leaves.push((name.clone(), owner));
                let other = *chance.pick(&entity.homes);
                if other != owner && chance.percent(15) {
                    self.owners.get_mut(&key).unwrap().push(other);
                    self.has_shared = true;
                    joins.push_str(&self.join(other, ""));
                    leaves.pop();
                }
            }
            fields.push(format!("{name}{arguments}: {ty}{joins}"));
        }
        fields
    }

    fn mark_external(&self, fields: &mut [String], needed: &str, home: usize) {
        let external = self.join(home, ", external: true");
        for field in fields {
            if field.starts_with(&format!("{needed}:")) && !field.contains(&external) {
                field.push_str(&external);
            }
        }
    }

    /// A type with fields that `owner` can give, as SDL.
    fn composite(
        &mut self,
        entities: &[Entity],
        parent: &str,
        field: &str,
        owner: usize,
        chance: &mut Chance,
    ) -> String {
        let local = |filter: fn(&Entity) -> bool| -> Vec<String> {
            entities
                .iter()
                .filter(|entity| entity.homes.contains(&owner) && filter(entity))
                .map(|entity| entity.name.clone())
                .collect()
        };
        let (name, targets) = match chance.below(5) {
            0 => ("Value".to_owned(), vec!["Value".to_owned()]),
            1 => ("Face".to_owned(), local(|entity| entity.in_interface)),
            2 => ("Either".to_owned(), local(|entity| entity.in_union)),
            _ => {
                let all = local(|_| true);
                let picked = if all.is_empty() {
                    Vec::new()
                } else {
                    vec![chance.pick(&all).clone()]
                };
                (picked.first().cloned().unwrap_or_default(), picked)
            }
        };
        let (name, targets) = match targets.is_empty() {
            true => ("Value".to_owned(), vec!["Value".to_owned()]),
            false => (name, targets),
        };
        self.targets
            .insert((parent.to_owned(), field.to_owned()), targets);
        wrap(name, chance)
    }

    fn root_fields(&mut self, entities: &[Entity], chance: &mut Chance) -> Vec<String> {
        let mut fields = Vec::new();
        for number in 0..3 + chance.below(4) {
            let name = format!("q{number}");
            let owner = chance.below(self.subgraphs.len());
            let ty = self.composite(entities, "Query", &name, owner, chance);
            self.owners
                .insert(("Query".to_owned(), name.clone()), vec![owner]);
            fields.push(format!("{name}: {ty}{}", self.join(owner, "")));
        }
        fields
    }

    pub(crate) fn join(&self, subgraph: usize, rest: &str) -> String {
        format!(" @join__field(graph: S{subgraph}{rest})")
    }

    fn on_type(&self, homes: &[usize], rest: &str) -> String {
        homes
            .iter()
            .map(|home| format!(" @join__type(graph: S{home}{rest})"))
            .collect()
    }

    fn print(&self, entities: &[Entity], root: &[String], contexts: &Contexts) -> String {
        let all: Vec<_> = (0..self.subgraphs.len()).collect();
        let mut sdl = MACHINERY
            .replace("MUTATION", "")
            .replace("SUBSCRIPTION", "");
        sdl.push_str("enum join__Graph {");
        for (index, name) in self.subgraphs.iter().enumerate() {
            write!(
                sdl,
                " S{index} @join__graph(name: \"{name}\", url: \"http://{name}\")"
            )
            .unwrap();
        }
        sdl.push_str(" }\n");
        let on_all = self.on_type(&all, "");
        writeln!(
            sdl,
            "type Query{on_all}{} {{ {} }}",
            contexts.on_type("Query"),
            root.join(" ")
        )
        .unwrap();
        writeln!(
            sdl,
            "type Value{on_all} {{ v0: Int v1: String! v2: [Kind] deep: Value }}"
        )
        .unwrap();
        writeln!(
            sdl,
            "interface Face{on_all}{} {{ id: ID! }}",
            contexts.on_type("Face")
        )
        .unwrap();
        let values: String = all
            .iter()
            .map(|home| format!(" @join__enumValue(graph: S{home})"))
            .collect();
        writeln!(sdl, "enum Kind{on_all} {{ A{values} B{values} C{values} }}").unwrap();
        let mut members = String::new();
        let mut member_names = Vec::new();
        for entity in entities.iter().filter(|entity| entity.in_union) {
            member_names.push(entity.name.clone());
            for home in &entity.homes {
                write!(
                    members,
                    " @join__unionMember(graph: S{home}, member: \"{}\")",
                    entity.name
                )
                .unwrap();
            }
        }
        let mut union_homes: Vec<_> = entities
            .iter()
            .filter(|entity| entity.in_union)
            .flat_map(|entity| entity.homes.clone())
            .collect();
        union_homes.sort_unstable();
        union_homes.dedup();
        let on_union = self.on_type(&union_homes, "");
        writeln!(
            sdl,
            "union Either{on_union}{members} = {}",
            member_names.join(" | ")
        )
        .unwrap();
        for entity in entities {
            let types = self.on_type(&entity.homes, ", key: \"id\"");
            let (mut implements, mut joins) = ("", String::new());
            if entity.in_interface {
                implements = " implements Face";
                for home in &entity.homes {
                    write!(
                        joins,
                        " @join__implements(graph: S{home}, interface: \"Face\")"
                    )
                    .unwrap();
                }
            }
            let fields = entity.fields.join("\n  ");
            writeln!(
                sdl,
                "type {}{implements}{joins}{types}{} {{\n  id: ID!\n  {fields}\n}}",
                entity.name,
                contexts.on_type(&entity.name)
            )
            .unwrap();
        }
        sdl
    }
}

impl Entity {
    /// Notes which of its fields are numbers and single objects.
    fn describe(&mut self) {
        for text in &self.fields {
            let Some((name, rest)) = text.split_once(": ") else {
                continue;
            };
            let ty = rest
                .split(' ')
                .next()
                .unwrap_or_default()
                .trim_end_matches('!');
            if name.contains('(') || ty.starts_with('[') {
                continue;
            }
            match ty {
                "Int" => self.numbers.push(name.to_owned()),
                "Value" => self.links.push((name.to_owned(), ty.to_owned())),
                _ if ty.starts_with('E') && ty != "Either" => {
                    self.links.push((name.to_owned(), ty.to_owned()));
                }
                _ => {}
            }
        }
    }
}

fn wrap(name: String, chance: &mut Chance) -> String {
    let mark =
        |text: String, chance: &mut Chance| if chance.percent(25) { text + "!" } else { text };
    let inner = mark(name, chance);
    match chance.below(4) {
        0 => {
            let list = format!("[{inner}]");
            mark(list, chance)
        }
        1 if chance.percent(30) => format!("[[{inner}]]"),
        _ => inner,
    }
}
