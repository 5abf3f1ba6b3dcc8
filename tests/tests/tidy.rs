//! What holds for the whole tree: who may import whom, where dependency versions live, what a file looks like.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// ARCHITECTURE.md's table: each crate of ours, and those of ours that it may import (tests and benchmarks aside).
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("weft-diagnostic", &[]),
    ("weft-supergraph", &["weft-diagnostic"]),
    ("weft-query-plan", &["weft-supergraph"]),
    ("weft-composition", NOUNS_OF_COMPOSITION),
    ("weft-planner", NOUNS),
    ("weft-executor", NOUNS),
    ("weft-schema-check", NOUNS),
    ("weft-server", SERVER),
    ("weft-cli", GATEWAY),
    ("subgraph-service", &[]),
    ("users", &["subgraph-service"]),
    ("products", &["subgraph-service"]),
    ("orders", &["subgraph-service"]),
    ("weft-bench", GATEWAY),
    ("weft-tests", EVERYTHING),
];
const NOUNS_OF_COMPOSITION: &[&str] = &["weft-diagnostic", "weft-supergraph"];
const NOUNS: &[&str] = &["weft-diagnostic", "weft-supergraph", "weft-query-plan"];
const SERVER: &[&str] = &[
    "weft-diagnostic",
    "weft-supergraph",
    "weft-query-plan",
    "weft-composition",
    "weft-planner",
    "weft-executor",
];
const GATEWAY: &[&str] = &[
    "weft-diagnostic",
    "weft-supergraph",
    "weft-query-plan",
    "weft-composition",
    "weft-planner",
    "weft-executor",
    "weft-schema-check",
    "weft-server",
];
const EVERYTHING: &[&str] = &[
    "weft-diagnostic",
    "weft-supergraph",
    "weft-query-plan",
    "weft-composition",
    "weft-planner",
    "weft-executor",
    "weft-schema-check",
    "weft-server",
    "subgraph-service",
    "users",
    "products",
    "orders",
];

/// Crates below the edges do no input or output of their own.
const NO_IO: &[&str] = &[
    "weft-diagnostic",
    "weft-supergraph",
    "weft-query-plan",
    "weft-composition",
    "weft-planner",
    "weft-executor",
    "weft-schema-check",
];
const IO_CRATES: &[&str] = &["tokio", "axum", "hyper", "reqwest", "tower", "tower-http"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_path_buf()
}

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .unwrap()
}

fn imports(package: &Package) -> BTreeSet<String> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind == DependencyKind::Normal)
        .map(|dependency| dependency.name.clone())
        .collect()
}

#[test]
fn crates_import_only_what_the_table_allows() {
    let metadata = metadata();
    let ours: BTreeSet<String> = metadata
        .packages
        .iter()
        .map(|package| package.name.to_string())
        .collect();
    let mut wrong = Vec::new();
    for package in &metadata.packages {
        let Some((_, allowed)) = MAY_IMPORT
            .iter()
            .find(|(name, _)| *name == package.name.as_str())
        else {
            wrong.push(format!(
                "`{}` is not in the table: add it with its reason",
                package.name
            ));
            continue;
        };
        for import in imports(package) {
            if ours.contains(&import) && !allowed.contains(&import.as_str()) {
                wrong.push(format!("`{}` must not import `{import}`", package.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nouns_and_verbs_import_nothing_that_opens_sockets() {
    let wrong: Vec<String> = metadata()
        .packages
        .iter()
        .filter(|package| NO_IO.contains(&package.name.as_str()))
        .flat_map(|package| {
            imports(package)
                .into_iter()
                .filter(|import| IO_CRATES.contains(&import.as_str()))
                .map(|import| format!("`{}` must not import `{import}`", package.name))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn dependency_versions_stand_only_at_the_root() {
    let mut wrong = Vec::new();
    for package in metadata().packages {
        let manifest = std::fs::read_to_string(&package.manifest_path).unwrap();
        for (number, line) in manifest.lines().enumerate() {
            let line = line.trim();
            if line.contains("version = \"") {
                wrong.push(format!("{}:{}: {line}", package.manifest_path, number + 1));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "versions belong into the root Cargo.toml:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_dependency_has_its_reason_on_its_line() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let section = manifest
        .split("[workspace.dependencies]")
        .nth(1)
        .and_then(|rest| rest.split("\n[").next())
        .unwrap();
    let wrong: Vec<&str> = section
        .lines()
        .filter(|line| line.contains(" = ") && !line.starts_with('#') && !line.contains("path = "))
        .filter(|line| !line.contains(" # "))
        .collect();
    assert!(
        wrong.is_empty(),
        "no reason given for:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn rust_files_say_what_they_are_for() {
    let mut wrong = Vec::new();
    for folder in ["gateway", "subgraphs", "tests"] {
        for file in rust_files(&root().join(folder)) {
            let text = std::fs::read_to_string(&file).unwrap();
            if file.file_name().unwrap() == "mod.rs" {
                wrong.push(format!(
                    "{}: `foo.rs` beside `foo/`, not `mod.rs`",
                    file.display()
                ));
            }
            if !text.trim_start().starts_with("//!") {
                wrong.push(format!("{}: opens without a `//!` line", file.display()));
            }
            for forbidden in [
                concat!("TO", "DO"),
                concat!("FIX", "ME"),
                concat!("#[ig", "nore"),
            ] {
                if text.contains(forbidden) {
                    wrong.push(format!("{}: has `{forbidden}`", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && name != "node_modules" {
            files.extend(rust_files(&path));
        } else if name.ends_with(".rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn the_files_and_folders_that_the_architecture_names_are_there() {
    let root = root();
    let page = std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let mut there = Vec::new();
    for folder in [
        "gateway",
        "subgraphs",
        "schema",
        "tests",
        "benches",
        "docs",
        "deploy",
    ] {
        paths(&root.join(folder), &mut there);
    }
    // The page leaves out `src`, and says where a file is from its crate on.
    let there: Vec<String> = there
        .iter()
        .map(|path| path.strip_prefix(&root).unwrap().display().to_string())
        .map(|path| format!("/{}", path.replace("/src/", "/")))
        .collect();
    let blocks = page.split("```").step_by(2);
    let quoted = blocks.flat_map(|block| block.split('`').skip(1).step_by(2));
    let is_path = |text: &&str| {
        let plain = text
            .chars()
            .all(|one| one.is_alphanumeric() || "/._-".contains(one));
        plain && (text.ends_with(".rs") || text.ends_with(".yaml") || text.contains('/'))
    };
    let named: Vec<&str> = quoted.filter(is_path).collect();
    assert!(named.len() > 30, "the page names hardly a file: {named:?}");
    let missing: Vec<&&str> = named
        .iter()
        .filter(|name| {
            let name = name.trim_end_matches('/').replace("/src/", "/");
            !there.iter().any(|path| path.ends_with(&format!("/{name}")))
        })
        .collect();
    assert!(
        missing.is_empty(),
        "ARCHITECTURE.md names what is not there: {missing:?}"
    );
}

/// Every file and folder below a folder.
fn paths(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && name != "node_modules" {
            paths(&path, found);
        }
        found.push(path);
    }
}
