//! What `weft dev` prints once everything runs: where to look and what to try.

use std::net::SocketAddr;

use weft_server::configuration::{Configuration, SupergraphFile};

/// The text, with the `welcome` of the file at its end.
pub(crate) fn text(
    file: &SupergraphFile,
    configuration: &Configuration,
    address: SocketAddr,
) -> String {
    let mut text = String::from("\n  Weft is ready\n\n");
    if configuration.console.enabled {
        text.push_str(&format!("  playground  http://{address}/\n"));
    }
    text.push_str(&format!(
        "  endpoint    http://{address}{}\n",
        configuration.server.path
    ));
    let width = file.subgraphs.keys().map(String::len).max().unwrap_or(0);
    for (index, (name, entry)) in file.subgraphs.iter().enumerate() {
        let title = if index == 0 { "subgraphs" } else { "" };
        text.push_str(&format!(
            "  {title:<10}  {name:<width$}  {}\n",
            entry.routing_url
        ));
    }
    if let Some(notes) = &file.welcome.notes {
        text.push('\n');
        text.push_str(&indented(notes));
    }
    if let Some(query) = file
        .welcome
        .query
        .as_deref()
        .and_then(|path| std::fs::read_to_string(path).ok())
    {
        text.push_str("\n  a first query, to paste into the playground:\n\n");
        text.push_str(&indented(&indented(&query)));
    }
    text.push_str("\n  Ctrl-C stops everything\n");
    text
}

fn indented(text: &str) -> String {
    text.trim_end()
        .lines()
        .map(|line| format!("  {line}\n"))
        .collect()
}
