//! Calls whose arguments take values from ancestors: where each value is, by slots, and a document with room for as many
//! `_entities` fields as there are different values.

use crate::compile::fetches::{CompiledItem, FetchCompiler, Target};
use crate::compile::types::TypeSet;
use crate::json::write_string;
use crate::store::LayoutId;
use apollo_compiler::Name;
use apollo_compiler::ast::{OperationType, Type};
use std::sync::Arc;
use weft_query_plan::{
    ContextSource, ContextVariable, EntityCall, Fetch, FetchKind, FetchSelection,
    FetchSelectionSet, FetchVariable, PathSegment, ResponsePath, call_declarations, call_text,
    variable_declaration,
};

/// Stands in a name of the document where the number of a group of entities goes; a longer one where the client's text has it.
const MARK: &str = "__weft_number";

/// A variable that each entity fills from an ancestor.
#[derive(Debug)]
pub(crate) struct CompiledContext {
    /// Its name, without `$`.
    pub(crate) variable: Box<str>,
    /// The argument that takes it.
    pub(crate) argument: Arc<str>,
    /// Whether it cannot be null.
    pub(crate) is_required: bool,
    /// For each target of the call, the ancestors that can give the value, nearest first.
    pub(crate) sources: Vec<Vec<CompiledSource>>,
    /// Where fields take it that are below the entities; none where a field of the entities themselves does.
    pub(crate) fields_below: Vec<Target>,
}

/// An ancestor that can give a value.
#[derive(Debug)]
pub(crate) struct CompiledSource {
    /// How many steps of the target lead to it.
    pub(crate) depth: usize,
    /// Which types it fits.
    pub(crate) types: TypeSet,
    /// The way to the value.
    pub(crate) items: Vec<CompiledItem>,
}

/// A document in parts.
#[derive(Debug)]
pub(crate) struct DocumentTemplate {
    start: Box<[u8]>,
    calls: Vec<CallTemplate>,
    variables: Vec<Box<[u8]>>,
    end: Box<[u8]>,
}

#[derive(Debug)]
struct CallTemplate {
    declarations: Pieces,
    text: Pieces,
    /// The client's variables that it uses, by position.
    variables: Vec<usize>,
}

/// Text with room for one number between each two pieces.
#[derive(Debug)]
struct Pieces(Vec<Box<[u8]>>);

impl FetchCompiler<'_> {
    /// The context variables of a call whose answer has that layout.
    pub(crate) fn contexts(
        &mut self,
        call: &EntityCall,
        answer: LayoutId,
        root: LayoutId,
    ) -> Vec<CompiledContext> {
        call.context_variables
            .iter()
            .map(|context| CompiledContext {
                variable: context.variable.as_str().into(),
                argument: context.argument.as_str().into(),
                is_required: context.ty.is_non_null(),
                sources: call
                    .targets
                    .iter()
                    .map(|target| self.sources(context, target, root))
                    .collect(),
                fields_below: self.fields_below(context, call, answer),
            })
            .collect()
    }

    fn fields_below(
        &mut self,
        context: &ContextVariable,
        call: &EntityCall,
        answer: LayoutId,
    ) -> Vec<Target> {
        let mut found = Vec::new();
        taking(
            &call.selection,
            &context.variable,
            &mut Vec::new(),
            &mut found,
        );
        let keys = |path: &ResponsePath| {
            let keys = path.0.iter();
            keys.filter(|segment| matches!(segment, PathSegment::Key(_)))
                .count()
        };
        if found.iter().any(|path| keys(path) == 1) {
            return Vec::new();
        }
        let targets = found.iter().map(|path| self.target(path, answer).0);
        targets.collect()
    }

    fn sources(
        &mut self,
        context: &ContextVariable,
        target: &ResponsePath,
        root: LayoutId,
    ) -> Vec<CompiledSource> {
        let source = |source: &ContextSource| {
            let ancestors = source.ancestors(target);
            let layout = self.target(&ancestors, root).1;
            CompiledSource {
                depth: ancestors.0.len(),
                types: self.type_set(&source.type_condition),
                items: self.items(&source.value, layout),
            }
        };
        context.sources.iter().map(source).collect()
    }
}

impl DocumentTemplate {
    /// The parts of a fetch with contexts; `None` for one whose document is always the same.
    pub(crate) fn of(fetch: &Fetch) -> Option<Self> {
        let FetchKind::Entities(calls) = &fetch.kind else {
            return None;
        };
        if calls.iter().all(|call| call.context_variables.is_empty()) {
            return None;
        }
        let mut start = OperationType::Query.name().to_owned();
        if let Some(name) = &fetch.operation_name {
            start.push(' ');
            start.push_str(name);
        }
        start.push('(');
        let mut end = b"}\"".to_vec();
        if let Some(name) = &fetch.operation_name {
            end.extend_from_slice(b",\"operationName\":");
            write_string(&mut end, name);
        }
        end.extend_from_slice(b",\"variables\":{");
        let variables = fetch.variables.iter();
        let call = |call| CallTemplate::of(call, &fetch.variables);
        Some(Self {
            start: [b"{\"query\":\"".as_slice(), &escaped(&start)]
                .concat()
                .into(),
            calls: calls.iter().map(call).collect(),
            variables: variables
                .map(|variable| escaped(&variable_declaration(variable)).into())
                .collect(),
            end: end.into(),
        })
    }

    /// Writes a body up to its variables, with the given groups of entities: call and number.
    pub(crate) fn write(&self, groups: &[(usize, usize)], out: &mut Vec<u8>) {
        out.extend_from_slice(&self.start);
        let mut is_first = true;
        let mut separate = |out: &mut Vec<u8>| {
            if !std::mem::take(&mut is_first) {
                out.push(b',');
            }
        };
        for &(call, number) in groups {
            separate(out);
            self.calls[call].declarations.write(number, out);
        }
        for (position, variable) in self.variables.iter().enumerate() {
            if self.uses(groups, position) {
                separate(out);
                out.extend_from_slice(variable);
            }
        }
        out.extend_from_slice(b"){");
        for (position, &(call, number)) in groups.iter().enumerate() {
            if position > 0 {
                out.push(b' ');
            }
            self.calls[call].text.write(number, out);
        }
        out.extend_from_slice(&self.end);
    }

    /// Whether those groups of entities use one of the client's variables.
    pub(crate) fn uses(&self, groups: &[(usize, usize)], variable: usize) -> bool {
        let mut calls = groups.iter().map(|&(call, _)| &self.calls[call]);
        calls.any(|call| call.variables.contains(&variable))
    }
}

impl CallTemplate {
    fn of(call: &EntityCall, variables: &[FetchVariable]) -> Self {
        let used = call.selection.used_variables();
        let is_used = |position: &usize| used.contains(&variables[*position].name);
        let mark = mark_beside(&call_text(call));
        let with_mark = |name: &Name| with_mark(name, &mark);
        let mut marked = call.clone();
        if !call.context_variables.is_empty() {
            marked.response_key = with_mark(&call.response_key);
            marked.representations_variable = with_mark(&call.representations_variable);
            for context in &mut marked.context_variables {
                context.variable = with_mark(&context.variable);
            }
            let contexts = &call.context_variables;
            marked.rename_variables(&|name| {
                let known = contexts.iter().find(|context| context.variable == *name)?;
                Some(with_mark(&known.variable))
            });
        }
        Self {
            declarations: Pieces::of(&call_declarations(&marked), &mark),
            text: Pieces::of(&call_text(&marked), &mark),
            variables: (0..variables.len()).filter(is_used).collect(),
        }
    }
}

impl Pieces {
    fn of(text: &str, mark: &str) -> Self {
        let pieces = text.split(mark);
        Self(pieces.map(|piece| escaped(piece).into()).collect())
    }

    fn write(&self, number: usize, out: &mut Vec<u8>) {
        let suffix = suffix(number);
        for (position, piece) in self.0.iter().enumerate() {
            if position > 0 {
                out.extend_from_slice(suffix.as_bytes());
            }
            out.extend_from_slice(piece);
        }
    }
}

/// The paths of fields that take a variable. Type conditions stand in them by their own names.
fn taking(
    set: &FetchSelectionSet,
    variable: &Name,
    path: &mut Vec<PathSegment>,
    found: &mut Vec<ResponsePath>,
) {
    for item in &set.items {
        let length = path.len();
        match item {
            FetchSelection::Field(field) => {
                path.push(PathSegment::Key(field.stored_as.clone()));
                let mut arguments = field.arguments.iter();
                if arguments.any(|one| one.value.as_variable() == Some(variable)) {
                    found.push(ResponsePath(path.clone()));
                }
                let mut ty = &field.ty;
                while let Type::List(item) | Type::NonNullList(item) = ty {
                    path.push(PathSegment::List);
                    ty = item;
                }
                taking(&field.selection, variable, path, found);
            }
            FetchSelection::Fragment(fragment) => {
                let types = fragment.type_condition.iter().cloned();
                path.extend(types.map(|name| PathSegment::Types(vec![name])));
                taking(&fragment.selection, variable, path, found);
            }
        }
        path.truncate(length);
    }
}

/// What is put behind the names of a group of entities: nothing for the first one.
pub(crate) fn suffix(number: usize) -> String {
    match number {
        0 => String::new(),
        number => format!("_{number}"),
    }
}

/// A mark that the text does not have.
fn mark_beside(text: &str) -> String {
    let mut mark = MARK.to_owned();
    while text.contains(&mark) {
        mark.push('_');
    }
    mark
}

fn with_mark(name: &Name, mark: &str) -> Name {
    Name::new(&format!("{name}{mark}")).unwrap_or_else(|_| name.clone())
}

/// A text as the inside of a JSON string.
fn escaped(text: &str) -> Vec<u8> {
    let mut quoted = Vec::new();
    write_string(&mut quoted, text);
    quoted.get(1..quoted.len() - 1).unwrap_or_default().to_vec()
}
