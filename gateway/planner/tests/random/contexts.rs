//! Fields whose arguments take their values from objects above them.
//!
//! A subgraph that sets a context has the field too, some levels below the objects that set it; what the values are made of is often
//! another subgraph's.

use super::beyond_keys::{linked_entity, resolved_elsewhere};
use super::dice::Dice;
use super::graph::{Subgraph, add_field};

/// Lets fields of some subgraphs take arguments from contexts.
pub(crate) fn deal_contexts(dice: &mut Dice, subgraphs: &mut [Subgraph]) {
    if !dice.percent(40) {
        return;
    }
    let mut number = 0;
    for home in 0..subgraphs.len() {
        for _ in 0..dice.below(3) {
            let dealt = Context { home, number };
            dealt.deal(dice, subgraphs);
            number += 1;
        }
    }
}

/// What an object gives: a selection, and the type of its one value without any `!`.
#[derive(Clone, PartialEq)]
struct Value {
    selection: String,
    ty: String,
    /// The type and the field that another subgraph resolves, where it is of that.
    external: Option<(String, String)>,
}

/// One context of a subgraph.
struct Context {
    home: usize,
    number: usize,
}

impl Context {
    fn deal(&self, dice: &mut Dice, subgraphs: &mut [Subgraph]) {
        let home = &subgraphs[self.home];
        let objects: Vec<String> = home
            .keys()
            .filter(|name| is_object_entity(home, name))
            .cloned()
            .collect();
        if objects.is_empty() {
            return;
        }
        // What a mutation gives is below no object of the query's root.
        let has_mutations = subgraphs.iter().any(|one| one.contains_key("Mutation"));
        let by_root = !has_mutations && dice.percent(40);
        let (mut named, mut setters) = self.setters(dice, home, &objects, by_root);
        let target = match by_root && dice.percent(70) {
            true => objects[dice.below(objects.len())].clone(),
            false => {
                let known = setters.len();
                let target = self.new_target(dice, subgraphs, &mut setters);
                named.extend(setters[known..].iter().cloned());
                target
            }
        };
        for setter in &named {
            let ty = subgraphs[self.home].entry(setter.clone()).or_default();
            ty.directives
                .insert(format!("@context(name: \"{}\")", self.name()));
        }
        let values = self.values("v", dice, subgraphs, &setters);
        self.add_fields(dice, subgraphs, &target, &setters, &values);
    }

    fn name(&self) -> String {
        format!("ctx{}", self.number)
    }

    /// The types that set the context, which may be an abstract one; and the objects that do.
    fn setters(
        &self,
        dice: &mut Dice,
        home: &Subgraph,
        objects: &[String],
        by_root: bool,
    ) -> (Vec<String>, Vec<String>) {
        for name in ["Thing", "Either"] {
            let is_known = home.get(name).is_some_and(|ty| !is_interface_object(ty));
            let members: Vec<String> = match name {
                "Either" => home
                    .get(name)
                    .map(|ty| ty.implements.clone())
                    .unwrap_or_default(),
                _ => {
                    let implements =
                        |of: &&String| home[*of].implements.iter().any(|one| one == name);
                    objects.iter().filter(implements).cloned().collect()
                }
            };
            if is_known && !members.is_empty() && !by_root && dice.percent(20) {
                return (vec![name.to_owned()], members);
            }
        }
        let mut setters = Vec::new();
        for _ in 0..1 + dice.below(2) {
            let object = &objects[dice.below(objects.len())];
            if !setters.contains(object) {
                setters.push(object.clone());
            }
        }
        if by_root {
            setters.push("Query".to_owned());
        }
        (setters.clone(), setters)
    }

    /// An entity that is found below the setters only.
    fn new_target(
        &self,
        dice: &mut Dice,
        subgraphs: &mut [Subgraph],
        setters: &mut Vec<String>,
    ) -> String {
        let target = format!("Ex{}", self.number);
        self.add_entity(&mut subgraphs[self.home], &target);
        let place = match dice.below(5) {
            0 => format!("Vx{}", self.number),
            1 | 2 => format!("Em{}", self.number),
            _ => target.clone(),
        };
        let home = &mut subgraphs[self.home];
        if place.starts_with('V') {
            add_field(home, &place, "shared", "Int");
        } else if place != target {
            self.add_entity(home, &place);
            add_field(home, &place, "plain", "Int");
        }
        if place != target {
            add_field(home, &place, "deep", &listed(dice, &target));
        }
        let above = setters.clone();
        if place.starts_with("Em") && dice.percent(25) {
            setters.push(place.clone());
        }
        for setter in &above {
            add_field(
                &mut subgraphs[self.home],
                setter,
                &format!("down{}", self.number),
                &listed(dice, &place),
            );
            self.link_elsewhere(dice, subgraphs, setter, &place);
        }
        self.extend_elsewhere(dice, subgraphs, &target);
        target
    }

    fn add_entity(&self, subgraph: &mut Subgraph, name: &str) {
        add_field(subgraph, name, "id", "ID!");
        let ty = subgraph.entry(name.to_owned()).or_default();
        ty.directives.insert("@key(fields: \"id\")".to_owned());
    }

    /// Another subgraph leads from the setter to the same objects.
    fn link_elsewhere(
        &self,
        dice: &mut Dice,
        subgraphs: &mut [Subgraph],
        setter: &str,
        place: &str,
    ) {
        let other = dice.below(subgraphs.len());
        let knows = is_object_entity(&subgraphs[other], setter);
        if other != self.home && knows && place.starts_with('E') && dice.percent(50) {
            self.add_entity(&mut subgraphs[other], place);
            let name = format!("over{}", self.number);
            add_field(&mut subgraphs[other], setter, &name, &listed(dice, place));
        }
    }

    /// Another subgraph has a field of the target.
    fn extend_elsewhere(&self, dice: &mut Dice, subgraphs: &mut [Subgraph], target: &str) {
        let other = dice.below(subgraphs.len());
        if other != self.home && dice.percent(50) {
            self.add_entity(&mut subgraphs[other], target);
            add_field(&mut subgraphs[other], target, "own", "Int");
        }
    }

    /// What each setter gives: all of one type.
    fn values(
        &self,
        prefix: &str,
        dice: &mut Dice,
        subgraphs: &mut [Subgraph],
        setters: &[String],
    ) -> Vec<Value> {
        let mut values: Vec<Value> = Vec::new();
        for setter in setters {
            let fits = |value: &Value| values.first().is_none_or(|first| first.ty == value.ty);
            let found = (0..3).find_map(|_| self.value(dice, subgraphs, setter).filter(fits));
            let value = found.unwrap_or_else(|| {
                let ty = values.first().map_or("Int", |first| &first.ty);
                self.new_value(prefix, &mut subgraphs[self.home], setter, ty)
            });
            if let Some((of, field)) = &value.external {
                add_field(&mut subgraphs[self.home], of, field, "Int @external");
            }
            values.push(value);
        }
        values
    }

    fn new_value(&self, prefix: &str, home: &mut Subgraph, of: &str, ty: &str) -> Value {
        let selection = format!("{prefix}{}", self.number);
        add_field(home, of, &selection, ty);
        Value {
            selection,
            ty: ty.to_owned(),
            external: None,
        }
    }

    fn value(&self, dice: &mut Dice, subgraphs: &[Subgraph], of: &str) -> Option<Value> {
        if let Some((below, returned)) = linked_entity(dice, &subgraphs[self.home], of)
            && !below.contains('(')
            && dice.percent(30)
        {
            let inner = self.leaf(dice, subgraphs, &returned)?;
            let text = &subgraphs[self.home][of].fields[&below];
            let ty = match text.starts_with('[') {
                true => format!("[{}]", inner.ty),
                false => inner.ty.clone(),
            };
            let selection = format!("{below} {{ {} }}", inner.selection);
            return Some(Value {
                selection,
                ty,
                ..inner
            });
        }
        self.leaf(dice, subgraphs, of)
    }

    fn leaf(&self, dice: &mut Dice, subgraphs: &[Subgraph], of: &str) -> Option<Value> {
        if dice.percent(60)
            && let Some(name) = resolved_elsewhere(subgraphs, self.home, of)
        {
            return Some(Value {
                selection: name.clone(),
                ty: "Int".to_owned(),
                external: Some((of.to_owned(), name)),
            });
        }
        let fields = subgraphs[self.home].get(of)?.fields.iter();
        let leaves: Vec<Value> = fields
            .filter(|(name, _)| !name.contains('('))
            .filter_map(|(name, text)| {
                let ty = text.split(' ').next()?.replace('!', "");
                let is_leaf = ["Int", "String", "ID", "[Int]"].contains(&ty.as_str());
                is_leaf.then_some(Value {
                    selection: name.clone(),
                    ty,
                    external: None,
                })
            })
            .collect();
        (!leaves.is_empty()).then(|| leaves[dice.below(leaves.len())].clone())
    }

    fn add_fields(
        &self,
        dice: &mut Dice,
        subgraphs: &mut [Subgraph],
        target: &str,
        setters: &[String],
        values: &[Value],
    ) {
        let number = self.number;
        let argument = self.argument("v", dice, setters, values);
        let home = &mut subgraphs[self.home];
        add_field(home, target, &format!("plain{number}"), "Int");
        let returned = match dice.below(6) {
            0 => setters[dice.below(setters.len())].replace("Query", "Int"),
            1 => format!("[{target}]"),
            _ => "Int".to_owned(),
        };
        add_field(home, target, &format!("c{number}({argument})"), &returned);
        if dice.percent(30) {
            let with_own = format!("a: Int, {argument}");
            add_field(home, target, &format!("ca{number}({with_own})"), "Int");
        }
        if dice.percent(30) {
            let others = self.values("w", dice, subgraphs, setters);
            let other = self.argument("w", dice, setters, &others);
            let name = format!("cc{number}({argument}, {other})");
            add_field(&mut subgraphs[self.home], target, &name, "Int");
        }
        if dice.percent(20)
            && let Some(field) = resolved_elsewhere(subgraphs, self.home, target)
        {
            let home = &mut subgraphs[self.home];
            add_field(home, target, &field, "Int @external");
            let requiring = format!("Int @requires(fields: \"{field}\")");
            add_field(home, target, &format!("cr{number}({argument})"), &requiring);
        }
    }

    fn argument(
        &self,
        name: &str,
        dice: &mut Dice,
        setters: &[String],
        values: &[Value],
    ) -> String {
        let are_alike = values
            .iter()
            .all(|value| value.selection == values[0].selection);
        let selection = match are_alike && dice.percent(70) {
            true => format!("{{ {} }}", values[0].selection),
            false => {
                let pairs = setters.iter().zip(values);
                let fragments = pairs
                    .map(|(setter, value)| format!("... on {setter} {{ {} }}", value.selection));
                fragments.collect::<Vec<_>>().join(" ")
            }
        };
        let (ty, context) = (&values[0].ty, self.name());
        format!("{name}: {ty} @fromContext(field: \"${context} {selection}\")")
    }
}

fn is_object_entity(subgraph: &Subgraph, name: &str) -> bool {
    let Some(ty) = subgraph.get(name) else {
        return false;
    };
    let mut directives = ty.directives.iter();
    let is_entity =
        directives.any(|text| text.starts_with("@key(") && !text.contains("resolvable"));
    name.starts_with('E') && name != "Either" && is_entity && !is_interface_object(ty)
}

fn is_interface_object(ty: &super::graph::Type) -> bool {
    ty.directives.contains("@interfaceObject")
}

fn listed(dice: &mut Dice, name: &str) -> String {
    match dice.percent(35) {
        true => format!("[{name}]"),
        false => name.to_owned(),
    }
}
