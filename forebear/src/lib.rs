//! forebear: from an OpenAPI 3.0 document to a Dropshot server, its models, its table mapping and a Progenitor client.
//!
//! `source → lint → lower → {models, client, server, store} → write`, each a function from value to value.

#![deny(missing_docs)]

mod absent;
pub mod allow;
mod api;
mod blame;
mod client;
mod conveniences;
pub mod coverage;
mod defaults;
pub mod diagnostic;
pub mod diff;
pub mod discover;
pub mod equality;
mod hoist;
pub mod init;
pub mod layout;
pub mod lint;
pub mod lower;
mod matcher;
mod models;
mod number;
mod pairs;
mod progenitor;
pub mod proof;
pub mod roundtrip;
mod rust;
mod server;
mod shape;
pub mod source;
pub mod stamp;
mod store;
mod strict;
mod tame;
mod told;
mod twice;
mod types;
mod validate;
pub mod write;

use diagnostic::Diagnostic;
use source::Document;
use write::Files;

/// Renders everything that `document` asks for.
///
/// # Errors
/// Every finding of the lint stage, or the one thing that an emitter could not carry.
pub fn generate(document: &Document) -> Result<Files, Vec<Diagnostic>> {
    Ok(render(document)?.files)
}

/// As [`generate`]; `stage` is told the name of each stage when it has ended.
///
/// # Errors
/// As [`generate`].
pub fn generate_observed(document: &Document, stage: &mut dyn FnMut(&str)) -> Result<Files, Vec<Diagnostic>> {
    let findings = lint::lint(document);
    if !findings.is_empty() {
        return Err(findings);
    }
    stage("lint");
    Ok(assemble(document, stage)?.files)
}

/// What was rendered, and what it was rendered from.
pub(crate) struct Rendered {
    pub files: Files,
    /// The document with a name for each type.
    pub named: serde_json::Value,
    pub operations: Vec<api::Operation>,
    pub types: types::Types,
    /// Operations that have no client method, and why.
    pub omitted: Vec<(String, String)>,
}

/// As [`generate`], with what the proofs need.
pub(crate) fn render(document: &Document) -> Result<Rendered, Vec<Diagnostic>> {
    let findings = lint::lint(document);
    if !findings.is_empty() {
        return Err(findings);
    }
    assemble(document, &mut |_| {}).map_err(|found| match found.as_slice() {
        [one] if one.pointer.is_empty() => {
            let fails = |part: &Document| {
                assemble(part, &mut |_| {}).is_err_and(|found| found.iter().any(|f| f.pointer.is_empty()))
            };
            vec![blame::locate(document, one.clone(), fails)]
        }
        _ => found,
    })
}

/// Renders what lint has passed. A finding of a stage that knows no places is at the root.
fn assemble(document: &Document, stage: &mut dyn FnMut(&str)) -> Result<Rendered, Vec<Diagnostic>> {
    let named = hoist::named(&document.value);
    let operations = api::operations(document, &named).map_err(|d| vec![d])?;
    let remedy =
        "give its inner schemas names of their own under `components/schemas`, or describe it in plainer terms";
    let gap = |e: anyhow::Error| {
        let cause = format!("{e:#}");
        let first: String = cause.lines().next().unwrap_or_default().chars().take(200).collect();
        vec![document.finding("", format!("cannot be carried: {first}"), remedy)]
    };
    let mut files = Files::default();
    let mut low = lower::lower(&named);
    let mut omitted = client::leave_out(&mut low);
    stage("lower");
    let types = models::emit(&low, &operations, &mut omitted, &mut files).map_err(gap)?;
    stage("models, client");
    let mismatches = types::mismatches(&document.value, &types);
    if !mismatches.is_empty() {
        let remedy = "name its schema under components/schemas and refer to it from both, without `default`";
        return Err(mismatches.into_iter().map(|(at, what)| document.finding(&at, what, remedy)).collect());
    }
    let source = server::Source { document: &named, types: &types };
    server::emit(&document.value, &source, &operations, &mut files).map_err(gap)?;
    stage("server");
    let coverage = coverage::rows(document, &operations).json();
    files.put("coverage.json", coverage.map_err(|e| gap(e.into()))?);
    files.put("STAMP", stamp::of(document.text.as_bytes()));
    stage("coverage, stamp");
    Ok(Rendered { files, named, operations, types, omitted })
}
