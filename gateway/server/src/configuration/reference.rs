//! The configuration types in, their JSON Schema and `docs/configuration.md` out.

use schemars::{Schema, schema_for};
use serde_json::{Map, Value};

use super::Configuration;
use super::supergraph_file::FileText;

/// The JSON Schema of `weft.yaml`.
pub fn gateway_schema() -> Schema {
    schema_for!(Configuration)
}

/// The JSON Schema of `supergraph.yaml`.
pub fn supergraph_schema() -> Schema {
    schema_for!(FileText)
}

/// The text of `docs/configuration.md`.
pub fn markdown() -> String {
    let mut text = String::from(
        "# Configuration\n\n\
         Made from the types in `gateway/server/src/configuration.rs` by `weft config reference`; a test compares them.\n\n\
         The gateway reads one YAML file: `weft serve --config weft.yaml`. Only `supergraph` is required. Unknown keys are\n\
         refused, with the line and the name that was probably meant. `weft config schema` prints the JSON Schema for\n\
         editors, `weft config check FILE` checks a file. A `supergraph.yaml` alone will do where the defaults fit.\n",
    );
    section(&mut text, "weft.yaml", gateway_schema().as_value());
    section(&mut text, "supergraph.yaml", supergraph_schema().as_value());
    text
}

fn section(text: &mut String, title: &str, schema: &Value) {
    text.push_str(&format!(
        "\n## {title}\n\n| key | type | default | meaning |\n|---|---|---|---|\n"
    ));
    rows(text, "", schema, schema);
}

fn rows(text: &mut String, prefix: &str, schema: &Value, root: &Value) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return;
    };
    for (name, property) in properties {
        let key = format!("{prefix}{name}");
        let target = resolve(property, root);
        let default = property.get("default").or_else(|| target.get("default"));
        let nested = target.get("properties").is_some();
        text.push_str(&format!(
            "| `{key}` | {} | {} | {} |\n",
            type_name(target),
            default.filter(|_| !nested).map_or(String::new(), shown),
            description(property, target)
        ));
        rows(text, &format!("{key}."), target, root);
        if let Some(values) = target
            .get("additionalProperties")
            .filter(|it| it.is_object())
        {
            rows(text, &format!("{key}.<name>."), resolve(values, root), root);
        }
    }
}

fn resolve<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    let alternative = schema
        .get("anyOf")
        .and_then(Value::as_array)
        .and_then(|options| options.iter().find(|option| option.get("$ref").is_some()));
    let reference = alternative
        .unwrap_or(schema)
        .get("$ref")
        .and_then(Value::as_str);
    reference
        .and_then(|reference| root.pointer(reference.trim_start_matches('#')))
        .unwrap_or(schema)
}

fn type_name(schema: &Value) -> String {
    match schema.get("type") {
        Some(Value::String(name)) => name.clone(),
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(Value::as_str)
            .filter(|name| *name != "null")
            .collect::<Vec<_>>()
            .join(" or "),
        _ => choices(schema).unwrap_or_else(|| "any".to_owned()),
    }
}

/// The names of an option that has a few to choose from.
fn choices(schema: &Value) -> Option<String> {
    let names = schema.get("oneOf")?.as_array()?.iter();
    let names: Option<Vec<String>> = names
        .map(|one| Some(format!("`{}`", one.get("const")?.as_str()?)))
        .collect();
    Some(names?.join(" or "))
}

fn shown(default: &Value) -> String {
    let empty = Map::new();
    match default {
        Value::Null => String::new(),
        Value::Object(object) if *object == empty => String::new(),
        Value::Array(items) if items.is_empty() => String::new(),
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}

fn description(property: &Value, target: &Value) -> String {
    property
        .get("description")
        .or_else(|| target.get("description"))
        .and_then(Value::as_str)
        .unwrap_or_default()
        .replace('\n', " ")
        .replace('|', "\\|")
}
