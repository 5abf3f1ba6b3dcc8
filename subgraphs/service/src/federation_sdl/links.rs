//! One `extend schema` with the links in order: the federation version that knows what we use, imports of just what the
//! document uses, the composed directives of our own.

use std::collections::{BTreeMap, BTreeSet};

use apollo_compiler::{
    Name, Node,
    ast::{Argument, Definition, Directive, DirectiveList, Document, SchemaExtension, Value},
    name,
};

const FEDERATION: &str = "https://specs.apollo.dev/federation/v2.9";

/// The directives of federation 2.9; the document imports those it uses.
const FEDERATION_DIRECTIVES: [&str; 18] = [
    "authenticated",
    "composeDirective",
    "context",
    "cost",
    "extends",
    "external",
    "fromContext",
    "inaccessible",
    "interfaceObject",
    "key",
    "listSize",
    "override",
    "policy",
    "provides",
    "requires",
    "requiresScopes",
    "shareable",
    "tag",
];

pub(super) fn rewrite_links(document: &mut Document) {
    let composed = composed_directives(document);
    document
        .definitions
        .retain(|definition| !matches!(definition, Definition::SchemaExtension(_)));
    let mut used = BTreeSet::new();
    document
        .definitions
        .iter()
        .for_each(|definition| collect_used(definition, &mut used));
    if !composed.is_empty() {
        used.insert("composeDirective".to_owned());
    }
    let federation = FEDERATION_DIRECTIVES
        .iter()
        .filter(|name| used.contains(**name))
        .map(|name| format!("@{name}"));
    let mut directives = vec![link(FEDERATION, federation.collect())];
    for (url, names) in composed {
        directives.push(link(&url, names.iter().cloned().collect()));
        directives.extend(names.into_iter().map(compose_directive));
    }
    let extension = SchemaExtension {
        directives: DirectiveList(directives),
        root_operations: Vec::new(),
    };
    document
        .definitions
        .push(Definition::SchemaExtension(Node::new(extension)));
}

/// The links that are not federation's: URL and imported names.
fn composed_directives(document: &Document) -> BTreeMap<String, BTreeSet<String>> {
    let mut composed = BTreeMap::<_, BTreeSet<_>>::new();
    for definition in &document.definitions {
        let Definition::SchemaExtension(extension) = definition else {
            continue;
        };
        for link in extension
            .directives
            .iter()
            .filter(|directive| directive.name == "link")
        {
            let Some(url) = link
                .specified_argument_by_name("url")
                .and_then(|url| url.as_str())
            else {
                continue;
            };
            if url.starts_with("https://specs.apollo.dev/federation/") {
                continue;
            }
            let imports = link
                .specified_argument_by_name("import")
                .and_then(|import| import.as_list())
                .unwrap_or_default();
            let names = imports
                .iter()
                .filter_map(|import| import.as_str())
                .map(str::to_owned);
            composed.entry(url.to_owned()).or_default().extend(names);
        }
    }
    composed
}

fn link(url: &str, imports: Vec<String>) -> Node<Directive> {
    let imports = imports
        .into_iter()
        .map(|import| Node::new(Value::String(import)))
        .collect();
    directive(
        name!("link"),
        vec![
            (name!("url"), Value::String(url.to_owned())),
            (name!("import"), Value::List(imports)),
        ],
    )
}

fn compose_directive(at_name: String) -> Node<Directive> {
    directive(
        name!("composeDirective"),
        vec![(name!("name"), Value::String(at_name))],
    )
}

fn directive(name: Name, arguments: Vec<(Name, Value)>) -> Node<Directive> {
    let arguments = arguments
        .into_iter()
        .map(|(name, value)| {
            Node::new(Argument {
                name,
                value: Node::new(value),
            })
        })
        .collect();
    Node::new(Directive { name, arguments })
}

fn collect_used(definition: &Definition, used: &mut BTreeSet<String>) {
    let mut add = |directives: &DirectiveList| {
        used.extend(
            directives
                .iter()
                .map(|directive| directive.name.to_string()),
        )
    };
    add(definition.directives());
    let fields = match definition {
        Definition::ObjectTypeDefinition(object) => object.fields.as_slice(),
        Definition::ObjectTypeExtension(object) => object.fields.as_slice(),
        Definition::InterfaceTypeDefinition(interface) => interface.fields.as_slice(),
        _ => &[],
    };
    for field in fields {
        add(&field.directives);
        field
            .arguments
            .iter()
            .for_each(|argument| add(&argument.directives));
    }
    match definition {
        Definition::EnumTypeDefinition(enumeration) => enumeration
            .values
            .iter()
            .for_each(|value| add(&value.directives)),
        Definition::InputObjectTypeDefinition(input) => {
            input.fields.iter().for_each(|field| add(&field.directives))
        }
        _ => {}
    }
}
