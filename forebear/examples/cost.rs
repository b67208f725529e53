//! What generation costs: seconds and peak memory of each stage, for a document of about 300 operations.
//!
//! ```sh
//! cargo run --release -p forebear --example cost -- --operations 300 --keep /tmp/large.json DOCUMENT…
//! ```
//!
//! The document is made by repeating the operations and components of the named ones under other names. `--keep` writes it, so
//! that `forebear init` makes a project of it whose compile time can be measured; `bench/cost` does.

use clap::Parser;
use forebear::{generate_observed, source::Document};
use serde_json::{Map, Value, json};
use std::{fs, path::PathBuf, process::ExitCode, time::Instant};

#[derive(Parser)]
struct Arguments {
    /// OpenAPI 3.0 documents without `x-` keys of forebear's own, whose tables could not be there twice.
    #[arg(required = true)]
    documents: Vec<PathBuf>,
    /// How many operations to come to, or a few more.
    #[arg(long, default_value_t = 300)]
    operations: usize,
    /// Where to write the document.
    #[arg(long)]
    keep: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            eprintln!("error: {text}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let sources: Result<Vec<Document>, String> =
        arguments.documents.iter().map(|p| Document::load(p).map_err(|d| d.to_string())).collect();
    let (value, operations) = repeated(&sources?, arguments.operations);
    let text = serde_json::to_string_pretty(&value).map_err(|e| e.to_string())?;
    if let Some(path) = &arguments.keep {
        fs::write(path, &text).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    println!("{operations} operations, {} kB", text.len() / 1000);
    println!("{:<18}{:>9}{:>12}", "stage", "seconds", "peak MB");
    let (begin, mut at) = (Instant::now(), Instant::now());
    reset_peak();
    let document = Document::parse("large.json", &text).map_err(|d| d.to_string())?;
    let mut stage = |name: &str| {
        println!("{name:<18}{:>9.2}{:>12}", at.elapsed().as_secs_f64(), peak());
        reset_peak();
        at = Instant::now();
    };
    stage("parse");
    let files = generate_observed(&document, &mut stage)
        .map_err(|findings| findings.first().map(ToString::to_string).unwrap_or_default())?;
    println!("{:<18}{:>9.2}", "total", begin.elapsed().as_secs_f64());
    println!("{} lines, {} per operation", files.lines(), files.lines() / operations.max(1));
    Ok(())
}

/// One document with copies of the others' operations and components, and how many operations it has.
fn repeated(sources: &[Document], wanted: usize) -> (Value, usize) {
    let (mut paths, mut count) = (Map::new(), 0);
    let mut components = Map::new();
    let copies = (0..).flat_map(|round| sources.iter().enumerate().map(move |(i, source)| (round, i, source)));
    for (round, i, source) in copies {
        if count >= wanted {
            break;
        }
        let prefix = format!("R{round}S{i}");
        let copy = renamed(&source.value, &prefix);
        for (path, item) in copy["paths"].as_object().into_iter().flatten() {
            count += item.as_object().into_iter().flatten().filter(|(_, o)| o.get("operationId").is_some()).count();
            paths.insert(format!("/r{round}s{i}{path}"), item.clone());
        }
        for (kind, section) in copy["components"].as_object().into_iter().flatten() {
            let all = components.entry(kind.clone()).or_insert_with(|| json!({}));
            if let (Some(all), Some(section)) = (all.as_object_mut(), section.as_object()) {
                all.extend(section.iter().map(|(name, part)| (format!("{prefix}{name}"), part.clone())));
            }
        }
    }
    let info = json!({"title": "Large", "version": "1.0.0"});
    (json!({"openapi": "3.0.3", "info": info, "paths": paths, "components": components}), count)
}

/// The value with `prefix` before the names of operations and of the components that it refers to.
fn renamed(value: &Value, prefix: &str) -> Value {
    match value {
        Value::Object(map) => {
            let of = |(key, inner): (&String, &Value)| match (key.as_str(), inner) {
                ("$ref", Value::String(reference)) => {
                    let (head, name) = reference.rsplit_once('/').unwrap_or(("", reference));
                    (key.clone(), format!("{head}/{prefix}{name}").into())
                }
                ("operationId", Value::String(id)) => (key.clone(), format!("{}_{id}", prefix.to_lowercase()).into()),
                ("tags", Value::Array(_)) => (key.clone(), json!([prefix.to_lowercase()])),
                _ => (key.clone(), renamed(inner, prefix)),
            };
            Value::Object(map.iter().map(of).collect())
        }
        Value::Array(items) => items.iter().map(|item| renamed(item, prefix)).collect(),
        other => other.clone(),
    }
}

/// Peak of resident memory since the last reset, in MB, where the system tells (Linux).
fn peak() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|l| l.trim().trim_end_matches(" kB").parse::<usize>().ok());
    kilobytes.map_or("?".into(), |k| (k / 1000).to_string())
}

fn reset_peak() {
    // refused on other systems, where `peak` has nothing to tell either
    let _ = fs::write("/proc/self/clear_refs", "5");
}
