//! Applies a contract to the merged graph: what its audience must not see becomes `@inaccessible`.

use std::collections::BTreeSet;

use apollo_compiler::ast::Directive;
use apollo_compiler::{Name, Node};
use rustc_hash::FxHashSet;
use weft_diagnostic::{Diagnostic, Severity};

use crate::codes::CONTRACT_TAG_UNUSED;
use crate::contract::Contract;
use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::normalise::OPERATIONS;
use crate::ingest::subgraph::TypeKind;
use crate::merge::Merging;
use crate::merge::join::directive;
use crate::merge::merged::{Merged, MergedType};
use crate::suggestion::did_you_mean;

impl Merging<'_> {
    /// Hides what the contract hides.
    pub(super) fn apply_contract(&mut self, contract: &Contract) {
        if contract.is_empty() {
            return;
        }
        let hidden = self.carried.require(Federation::Inaccessible);
        self.merged.links = self.carried.links(self.subgraphs);
        let tags = Tags {
            tag: self.carried.name(Federation::Tag).cloned(),
            contract,
        };
        self.report_unused_tags(contract, &tags.in_use(&self.merged));
        let mark = Mark { hidden };
        for ty in self.merged.types.values_mut() {
            tags.exclude_from(ty, &mark);
        }
        if !contract.include.is_empty() {
            tags.include_only(&mut self.merged, &mark);
        }
        if contract.hide_unreachable {
            hide_unreachable(&mut self.merged, &mark);
        }
    }
}

impl Merging<'_> {
    /// A tag that nothing has is probably misspelt: what it was to hide stays visible. Without any included tag nothing
    /// would be visible.
    fn report_unused_tags(&mut self, contract: &Contract, in_use: &BTreeSet<String>) {
        let shows_nothing = !contract.include.is_empty()
            && contract.include.iter().all(|tag| !in_use.contains(tag));
        let included = contract.include.iter().map(|tag| (tag, "includes"));
        let excluded = contract.exclude.iter().map(|tag| (tag, "excludes"));
        for (tag, verb) in included.chain(excluded) {
            if in_use.contains(tag) {
                continue;
            }
            let message = format!("the contract {verb} the tag `{tag}`, and nothing has it");
            let help = did_you_mean(tag, in_use.iter().map(String::as_str));
            let help = help.unwrap_or_else(|| tags_there_are(in_use));
            if shows_nothing && verb == "includes" {
                let error = Diagnostic::error(CONTRACT_TAG_UNUSED, message);
                self.errors.push(error.with_help(help));
            } else {
                let hint = Diagnostic::new(CONTRACT_TAG_UNUSED, Severity::Warning, message);
                self.hints.push(hint.with_help(help));
            }
        }
    }
}

fn tags_there_are(in_use: &BTreeSet<String>) -> String {
    let names: Vec<String> = in_use.iter().map(|tag| format!("`{tag}`")).collect();
    match names.is_empty() {
        true => "put `@tag` on what the contract is about".to_owned(),
        false => format!("the tags in use are {}", names.join(", ")),
    }
}

/// Marks elements as inaccessible, once.
struct Mark {
    hidden: Name,
}

impl Mark {
    fn set(&self, directives: &mut Vec<Node<Directive>>) {
        if !self.is_set(directives) {
            let mut mark = directive("inaccessible", Vec::new());
            mark.make_mut().name = self.hidden.clone();
            directives.push(mark);
        }
    }

    fn is_set(&self, directives: &[Node<Directive>]) -> bool {
        directives
            .iter()
            .any(|directive| directive.name == self.hidden)
    }
}

struct Tags<'a> {
    tag: Option<Name>,
    contract: &'a Contract,
}

impl Tags<'_> {
    /// Every tag that something has.
    fn in_use(&self, merged: &Merged) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for ty in merged.types.values() {
            self.collect(&ty.directives, &mut found);
            for field in ty.fields.values() {
                self.collect(&field.directives, &mut found);
                for argument in field.arguments.values() {
                    self.collect(&argument.directives, &mut found);
                }
            }
            for input in ty.input_fields.values() {
                self.collect(&input.directives, &mut found);
            }
            for value in ty.values.values() {
                self.collect(&value.directives, &mut found);
            }
        }
        found
    }

    fn collect(&self, directives: &[Node<Directive>], found: &mut BTreeSet<String>) {
        found.extend(self.names(directives).map(str::to_owned));
    }

    fn names<'d>(&self, directives: &'d [Node<Directive>]) -> impl Iterator<Item = &'d str> {
        directives
            .iter()
            .filter(|directive| self.tag.as_ref() == Some(&directive.name))
            .filter_map(|directive| directive.specified_argument_by_name("name")?.as_str())
    }

    fn has_any(&self, directives: &[Node<Directive>], wanted: &[String]) -> bool {
        self.names(directives)
            .any(|tag| wanted.iter().any(|wanted| wanted == tag))
    }

    fn exclude(&self, directives: &mut Vec<Node<Directive>>, mark: &Mark) {
        if self.has_any(directives, &self.contract.exclude) {
            mark.set(directives);
        }
    }

    fn exclude_from(&self, ty: &mut MergedType, mark: &Mark) {
        self.exclude(&mut ty.directives, mark);
        for field in ty.fields.values_mut() {
            self.exclude(&mut field.directives, mark);
            for argument in field.arguments.values_mut() {
                self.exclude(&mut argument.directives, mark);
            }
        }
        for input in ty.input_fields.values_mut() {
            self.exclude(&mut input.directives, mark);
        }
        for value in ty.values.values_mut() {
            self.exclude(&mut value.directives, mark);
        }
    }

    /// Hides the fields without an included tag, and the types that are left without a field.
    fn include_only(&self, merged: &mut Merged, mark: &Mark) {
        for ty in merged.types.values_mut() {
            if !matches!(ty.kind, TypeKind::Object | TypeKind::Interface)
                || self.has_any(&ty.directives, &self.contract.include)
            {
                continue;
            }
            for field in ty.fields.values_mut() {
                if !self.has_any(&field.directives, &self.contract.include) {
                    mark.set(&mut field.directives);
                }
            }
            let is_empty = ty
                .fields
                .values()
                .all(|field| mark.is_set(&field.directives));
            if is_empty && ty.name != "Query" {
                mark.set(&mut ty.directives);
            }
        }
        hide_empty_unions(merged, mark);
    }
}

fn hide_empty_unions(merged: &mut Merged, mark: &Mark) {
    let hidden: FxHashSet<Name> = merged
        .types
        .values()
        .filter(|ty| mark.is_set(&ty.directives))
        .map(|ty| ty.name.clone())
        .collect();
    for ty in merged.types.values_mut() {
        if ty.kind == TypeKind::Union && ty.members.iter().all(|member| hidden.contains(member)) {
            mark.set(&mut ty.directives);
        }
    }
}

/// Hides the types that no visible field, argument or implementation leads to.
fn hide_unreachable(merged: &mut Merged, mark: &Mark) {
    let mut reached: FxHashSet<Name> = FxHashSet::default();
    let mut open: Vec<Name> = OPERATIONS
        .into_iter()
        .map(|operation| operation.default_type_name())
        .collect();
    for definition in &merged.directive_definitions {
        open.extend(
            definition
                .arguments
                .iter()
                .map(|argument| argument.ty.inner_named_type().clone()),
        );
    }
    while let Some(name) = open.pop() {
        let Some(ty) = merged
            .types
            .get(&name)
            .filter(|ty| !mark.is_set(&ty.directives))
        else {
            continue;
        };
        if reached.insert(name.clone()) {
            open.extend(neighbours(merged, ty, mark));
        }
    }
    for ty in merged.types.values_mut() {
        if !reached.contains(&ty.name) {
            mark.set(&mut ty.directives);
        }
    }
}

fn neighbours(merged: &Merged, ty: &MergedType, mark: &Mark) -> Vec<Name> {
    let mut names: Vec<Name> = ty.members.iter().chain(&ty.interfaces).cloned().collect();
    for field in ty
        .fields
        .values()
        .filter(|field| !mark.is_set(&field.directives))
    {
        names.push(field.ty.inner_named_type().clone());
        let arguments = field.arguments.values();
        let visible = arguments.filter(|argument| !mark.is_set(&argument.directives));
        names.extend(visible.map(|argument| argument.ty.inner_named_type().clone()));
    }
    let inputs = ty
        .input_fields
        .values()
        .filter(|input| !mark.is_set(&input.directives));
    names.extend(inputs.map(|input| input.ty.inner_named_type().clone()));
    if ty.kind == TypeKind::Interface {
        let implementing = merged
            .types
            .values()
            .filter(|other| other.interfaces.contains(&ty.name));
        names.extend(implementing.map(|other| other.name.clone()));
    }
    names
}
