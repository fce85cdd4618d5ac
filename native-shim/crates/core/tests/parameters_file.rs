//! `proto/parameters.json` says what the plugin declares, for whoever cannot read Rust: the tests of the service and the
//! page hold their own list of inputs to it.
//!
//!     SIMMER_WRITE=1 cargo test -p simmer-core --test parameters_file    # after a change of parameter.rs

#![allow(clippy::expect_used, reason = "tests fail loudly")]

use simmer_core::parameter::{Kind, PARAMETERS, Spec};
use std::path::PathBuf;

fn file() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "..", "..", "proto", "parameters.json"].iter().collect()
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A parameter as an object, its members in the order of `Spec`. `steps` is 0 where a value is no whole number.
fn described(spec: &Spec) -> String {
    let (kind, decimals, choices): (&str, usize, &[&str]) = match spec.kind {
        Kind::Continuous { decimals } => ("continuous", decimals, &[]),
        Kind::Integer => ("integer", 0, &[]),
        Kind::List(names) => ("list", 0, names),
        Kind::Artist => ("artist", 0, &[]),
        Kind::Genre => ("genre", 0, &[]),
        Kind::Count => ("count", 0, &[]),
    };
    let members = [
        format!("\"id\": {}", spec.id),
        format!("\"title\": {}", quoted(spec.title)),
        format!("\"unit\": {}", quoted(spec.unit)),
        format!("\"min\": {}", spec.min),
        format!("\"max\": {}", spec.max),
        format!("\"default\": {}", spec.default),
        format!("\"kind\": {}", quoted(kind)),
        format!("\"decimals\": {decimals}"),
        format!("\"steps\": {}", spec.step_count()),
        format!("\"choices\": [{}]", choices.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")),
        format!("\"automatable\": {}", spec.automatable),
        format!("\"readOnly\": {}", spec.read_only),
    ];
    format!("  {{\n    {}\n  }}", members.join(",\n    "))
}

fn document() -> String {
    format!("[\n{}\n]\n", PARAMETERS.iter().map(described).collect::<Vec<_>>().join(",\n"))
}

#[test]
fn the_file_says_what_the_plugin_declares() {
    if std::env::var_os("SIMMER_WRITE").is_some() {
        std::fs::write(file(), document()).expect("the file can be written");
    }
    let written = std::fs::read_to_string(file()).expect("proto/parameters.json is there");
    assert!(
        written == document(),
        "proto/parameters.json is not what parameter.rs declares: run SIMMER_WRITE=1 cargo test -p simmer-core --test parameters_file"
    );
}

#[test]
fn the_file_is_json_with_every_id_once() {
    let parsed: serde_json::Value = serde_json::from_str(&document()).expect("it is JSON");
    let ids: Vec<_> = parsed.as_array().expect("a list").iter().map(|entry| entry["id"].as_u64()).collect();
    assert_eq!(ids, (0..PARAMETERS.len() as u64).map(Some).collect::<Vec<_>>());
}
