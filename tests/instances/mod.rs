//! The document against the running server, with instances that nobody thought of by hand: for every operation, each body and
//! parameter that the document allows is taken, and each that breaks it in one place is refused with the name of the place.
//!
//! The judge is the `jsonschema` crate; the instances follow from the schemas (`forebear::proof`). What no schema can say is in
//! [`rules`].

mod bodies;
mod kinds;
mod parameters;
mod rules;

use crate::{
    contract::{Made, Row, operation_ids, operation_of, oracle, rows, source},
    support::{Answer, Call, Server, now},
};
use serde_json::Value;
use std::collections::BTreeSet;

/// An operation with one good request of it.
pub struct Target {
    pub row: Row,
    /// Path as the document writes it.
    pub template: &'static str,
    pub operation: &'static Value,
}

impl Target {
    /// The good request with another path and body.
    pub fn call(&self, server: &Server, path: &str, body: Option<&Value>) -> Call {
        let call = server.call(self.row.method, path);
        match body {
            Some(body) => call.json(body),
            None => call,
        }
    }

    /// Path of the good request, without its query.
    pub fn path(&self) -> &str {
        self.row.path.split('?').next().unwrap_or_default()
    }

    pub fn parameters(&self) -> impl Iterator<Item = &'static Value> {
        self.operation["parameters"].as_array().into_iter().flatten()
    }

    /// Schema of the body.
    pub fn body(&self) -> Option<&'static Value> {
        self.operation.pointer("/requestBody/content/application~1json/schema")
    }
}

/// Every operation of the document, none left out; deletions come last, so that there is something to read before.
async fn targets(server: &Server) -> Vec<Target> {
    let all: Vec<Target> = rows(&Made::on(server).await)
        .into_iter()
        .map(|row| {
            let (template, operation) = operation_of(&row.method.to_lowercase(), &row.path).unwrap();
            Target { row, template, operation }
        })
        .collect();
    let covered: BTreeSet<&str> = all.iter().filter_map(|t| t.operation["operationId"].as_str()).collect();
    assert_eq!(covered, operation_ids().into_iter().collect());
    all
}

/// A server whose limits are out of the way.
async fn roomy() -> Server {
    Server::start_with(now(), crate::support::unlimited).await
}

/// What is to be told when the answer was not the expected one.
fn complaint(target: &Target, sent: &str, answer: &Answer) -> String {
    format!("{} {sent}: {} {}", target.row.operation, answer.status, answer.text)
}

/// Fails with the first few of many complaints.
fn report(what: &str, sent: usize, complaints: &[String]) {
    let some: Vec<&String> = complaints.iter().take(20).collect();
    assert!(complaints.is_empty(), "{} of {sent} {what}:\n{some:#?}", complaints.len());
}
