//! Plans written by hand: the documents of the fetches in, a plan with types and targets out.

use apollo_compiler::ast::{self, OperationType};
use apollo_compiler::schema::Type;
use apollo_compiler::{Name, Node, name};
use std::sync::Arc;
use weft_query_plan::{
    Condition, Conjunction, EntityCall, Fetch, FetchConditions, FetchField, FetchFragment, FetchId,
    FetchKind, FetchSelection, FetchSelectionSet, FetchVariable, PathSegment, QueryPlan,
    Representation, RepresentationField, RepresentationItem, ResponsePath, Strand, StrandId,
};
use weft_supergraph::Supergraph;

use crate::graph::SUBGRAPHS;

/// A plan under construction.
pub(crate) struct HandPlan<'graph> {
    supergraph: &'graph Supergraph,
    plan: QueryPlan,
}

impl<'graph> HandPlan<'graph> {
    /// A plan without fetches.
    pub(crate) fn new(supergraph: &'graph Supergraph, operation_type: OperationType) -> Self {
        let plan = QueryPlan {
            operation_type,
            fetches: Vec::new(),
            deferred: Vec::new(),
        };
        Self { supergraph, plan }
    }

    /// Adds a fetch of root fields.
    pub(crate) fn root(mut self, subgraph: &str, after: &[u32], document: &str) -> Self {
        let operation_type = self.plan.operation_type;
        let root = self
            .supergraph
            .schema()
            .root_operation(operation_type)
            .unwrap()
            .clone();
        let kind = FetchKind::Root {
            operation_type,
            target: ResponsePath::default(),
            selection: self.selection(document, &root),
        };
        self.push(subgraph, after, kind, document);
        self
    }

    /// Adds an entity fetch. A target is `users.@.reviews.@`, a representation `User { id }`.
    pub(crate) fn entities(
        self,
        subgraph: &str,
        after: &[u32],
        targets: &[&str],
        representation: &str,
        selection: &str,
    ) -> Self {
        self.batch(subgraph, after, &[(targets, representation, selection)])
    }

    /// Adds a fetch with several entity calls, `_e0`, `_e1` and so on where there is more than one.
    pub(crate) fn batch(
        mut self,
        subgraph: &str,
        after: &[u32],
        calls: &[(&[&str], &str, &str)],
    ) -> Self {
        let is_single = calls.len() == 1;
        let calls: Vec<_> = calls
            .iter()
            .enumerate()
            .map(
                |(position, (targets, representation, selection))| EntityCall {
                    response_key: match is_single {
                        true => name!("_entities"),
                        false => Name::new(&format!("_e{position}")).unwrap(),
                    },
                    representations_variable: match is_single {
                        true => name!("representations"),
                        false => Name::new(&format!("r{position}")).unwrap(),
                    },
                    conditions: FetchConditions::Always,
                    targets: targets.iter().map(|target| path(target)).collect(),
                    representations: representations(representation),
                    context_variables: Vec::new(),
                    selection: self.selection(selection, &name!("_Entity")),
                },
            )
            .collect();
        let document: Vec<_> = calls
            .iter()
            .map(|call| call.response_key.to_string())
            .collect();
        self.push(
            subgraph,
            after,
            FetchKind::Entities(calls),
            &document.join(" "),
        );
        self
    }

    /// The finished plan.
    pub(crate) fn finish(self) -> QueryPlan {
        self.plan
    }

    fn push(&mut self, subgraph: &str, after: &[u32], kind: FetchKind, document: &str) {
        let position = SUBGRAPHS
            .iter()
            .position(|known| *known == subgraph)
            .unwrap();
        let id = weft_supergraph::SubgraphId(u16::try_from(position).unwrap());
        let mut variables = Vec::new();
        for word in document.split('$').skip(1) {
            let name: String = word
                .chars()
                .take_while(|character| character.is_alphanumeric())
                .collect();
            variables.push(FetchVariable {
                name: Name::new(&name).unwrap(),
                ty: Type::Named(name!("Boolean")),
                default_value: None,
            });
        }
        let depends_on: Vec<FetchId> = after.iter().map(|id| FetchId(*id)).collect();
        let mut fetch = Fetch {
            subgraph: id,
            subgraph_name: subgraph.into(),
            depends_on,
            strands: Vec::new(),
            parts: Vec::new(),
            conditions: FetchConditions::Always,
            kind,
            variables,
            operation_name: None,
            document: document.into(),
        };
        fetch.strands = self.strands(&fetch);
        self.plan.fetches.push(fetch);
    }

    /// Every strand waits for all strands of the fetches before it.
    fn strands(&self, fetch: &Fetch) -> Vec<Strand> {
        let all = fetch.depends_on.iter().flat_map(|before| {
            let strands = self.plan.fetch(*before).strands.len();
            let number = |number| StrandId {
                fetch: *before,
                number,
            };
            (0..u32::try_from(strands).unwrap()).map(number)
        });
        let strand = Strand {
            waits_for: all.collect(),
        };
        vec![strand; fetch.targets().len()]
    }

    /// The strand of the last fetch with that number waits for nothing but those: fetch and number.
    pub(crate) fn strand(mut self, number: usize, after: &[(u32, u32)]) -> Self {
        let waits_for = after.iter().map(|(fetch, number)| StrandId {
            fetch: FetchId(*fetch),
            number: *number,
        });
        self.plan.fetches.last_mut().unwrap().strands[number].waits_for = waits_for.collect();
        self
    }

    fn selection(&self, text: &str, parent: &Name) -> FetchSelectionSet {
        let document = ast::Document::parse(text, "fetch.graphql").unwrap();
        let ast::Definition::OperationDefinition(operation) = &document.definitions[0] else {
            panic!("{text}");
        };
        self.convert(&operation.selection_set, parent)
    }

    fn convert(&self, selections: &[ast::Selection], parent: &Name) -> FetchSelectionSet {
        let items = selections.iter().map(|selection| match selection {
            ast::Selection::Field(field) => FetchSelection::Field(self.field(field, parent)),
            ast::Selection::InlineFragment(fragment) => FetchSelection::Fragment(FetchFragment {
                type_condition: fragment.type_condition.clone(),
                conditions: conditions(&fragment.directives),
                selection: self.convert(
                    &fragment.selection_set,
                    fragment.type_condition.as_ref().unwrap_or(parent),
                ),
            }),
            ast::Selection::FragmentSpread(_) => panic!("write inline fragments"),
        });
        FetchSelectionSet {
            items: items.collect(),
        }
    }

    fn field(&self, field: &Node<ast::Field>, parent: &Name) -> FetchField {
        let ty = match field.name.as_str() {
            "__typename" => Type::NonNullNamed(name!("String")),
            _ => {
                let definition = self.supergraph.schema().type_field(parent, &field.name);
                definition
                    .unwrap_or_else(|_| panic!("{parent}.{}", field.name))
                    .ty
                    .clone()
            }
        };
        let response_key = field.alias.clone().unwrap_or_else(|| field.name.clone());
        FetchField {
            selection: self.convert(&field.selection_set, ty.inner_named_type()),
            // `secret__weft_secret: secret` is stored under the second part.
            stored_as: match response_key.split_once("__weft_") {
                Some((_, internal)) => Name::new(&format!("__weft_{internal}")).unwrap(),
                None => response_key.clone(),
            },
            response_key,
            name: field.name.clone(),
            arguments: field.arguments.clone(),
            conditions: conditions(&field.directives),
            ty,
        }
    }
}

fn conditions(directives: &ast::DirectiveList) -> Conjunction {
    let mut conditions = Vec::new();
    for directive in directives.iter() {
        if let Some(ast::Value::Variable(variable)) = directive
            .specified_argument_by_name("if")
            .map(AsRef::as_ref)
        {
            conditions.push(Condition {
                variable: variable.clone(),
                value: directive.name == "include",
            });
        }
    }
    Conjunction(conditions)
}

/// `users.@.reviews|Review` goes into lists at `@` and stays for types after `|`.
fn path(text: &str) -> ResponsePath {
    let mut segments = Vec::new();
    for step in text.split('.').filter(|step| !step.is_empty()) {
        let (key, types) = step.split_once('|').unwrap_or((step, ""));
        segments.push(match key {
            "@" => PathSegment::List,
            key => PathSegment::Key(Name::new(key).unwrap()),
        });
        if !types.is_empty() {
            let types = types.split(',').map(|name| Name::new(name).unwrap());
            segments.push(PathSegment::Types(types.collect()));
        }
    }
    ResponsePath(segments)
}

/// `User { id } ... ` as a list of representations, one for each top-level name.
fn representations(text: &str) -> Vec<Representation> {
    let document = ast::Document::parse(format!("{{ {text} }}"), "key.graphql").unwrap();
    let ast::Definition::OperationDefinition(operation) = &document.definitions[0] else {
        panic!("{text}");
    };
    operation
        .selection_set
        .iter()
        .map(|selection| {
            let ast::Selection::Field(field) = selection else {
                panic!("{text}");
            };
            Representation {
                type_condition: field.name.clone(),
                typename: field.alias.clone(),
                items: items(&field.selection_set),
            }
        })
        .collect()
}

fn items(selections: &[ast::Selection]) -> Vec<RepresentationItem> {
    selections
        .iter()
        .map(|selection| match selection {
            ast::Selection::Field(field) => RepresentationItem::Field(RepresentationField {
                // `price: __weft_price` sends under the first name what is stored under the second.
                name: field.alias.clone().unwrap_or_else(|| field.name.clone()),
                stored_as: field.name.clone(),
                items: items(&field.selection_set),
            }),
            ast::Selection::InlineFragment(fragment) => RepresentationItem::Fragment {
                type_condition: fragment.type_condition.clone().unwrap(),
                items: items(&fragment.selection_set),
            },
            ast::Selection::FragmentSpread(_) => panic!("write inline fragments"),
        })
        .collect()
}

/// Shared by tests: a plan behind an `Arc` is not needed, but the graph is.
pub(crate) fn query(supergraph: &Arc<Supergraph>) -> HandPlan<'_> {
    HandPlan::new(supergraph, OperationType::Query)
}
