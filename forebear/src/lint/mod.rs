//! Second stage: refuses what cannot be carried faithfully, and says how to write it instead.
//!
//! Two kinds of rules. *Carrying* rules hold for every document: they name what Dropshot, typify or Progenitor would lose,
//! alter or panic on. *House* rules hold once a document uses one of our `x-` keys: the vocabulary is closed, and what it
//! says must fit together. One grammar pass checks the shape of everything and lists what stands where; each rule is a
//! function over that list. A part whose shape is wrong is blocked, so that it yields one finding and no echoes.

mod bodies;
mod distance;
mod follow;
mod grammar;
mod headers;
mod house;
mod idents;
mod keys;
mod map;
mod marks;
mod names;
mod operations;
mod params;
mod paths;
mod refs;
mod report;
mod responses;
mod root;
mod schema;
mod security;

use crate::{diagnostic::Diagnostic, source::Document};
use map::Map;
use report::Report;
use std::collections::BTreeSet;

type Rule = fn(&Map<'_>, &mut Report<'_>);

const CARRYING: [Rule; 12] = [
    marks::check,
    refs::check,
    names::check,
    paths::check,
    operations::check,
    params::check,
    bodies::check,
    responses::check,
    headers::check,
    schema::check,
    security::check,
    root::check,
];

/// Every finding, sorted by line; empty for a document that can be generated from.
#[must_use]
pub fn lint(document: &Document) -> Vec<Diagnostic> {
    read(document).finish()
}

/// What is wrong with the version of OpenAPI, if the document is not of 3.0.
#[must_use]
pub fn version(document: &Document) -> Option<Diagnostic> {
    let mut report = Report::new(document);
    root::version(document, &mut report);
    report.finish().into_iter().next()
}

/// Which lines of lint's own source make a finding, so that a test can tell which rules a document tries.
#[doc(hidden)]
#[must_use]
pub fn rules(document: &Document) -> BTreeSet<String> {
    read(document).rules()
}

fn read(document: &Document) -> Report<'_> {
    let mut report = Report::new(document);
    if root::version(document, &mut report) {
        let map = grammar::read(document, &mut report);
        CARRYING.iter().for_each(|rule| rule(&map, &mut report));
        house::check(&map, &mut report);
    }
    report
}
