//! The document itself: lint finds nothing, every operation has its policies, filters rest on indexes, and it may follow what was
//! released.

use forebear::{
    coverage,
    diagnostic::report,
    diff::{diff, released, verdict},
    lint::lint,
    source::Document,
};
use std::{fs, path::Path};

fn document() -> Document {
    Document::load(Path::new("openapi/lending.yaml")).unwrap()
}

#[test]
fn is_clean() {
    let findings = lint(&document());
    assert!(findings.is_empty(), "{}", report(&findings));
}

#[test]
fn does_not_differ_from_itself() {
    assert_eq!(diff(&document(), &document()), []);
}

#[test]
fn the_page_in_docs_is_fresh() {
    let fresh = coverage::of(&document()).unwrap().markdown();
    let page = fs::read_to_string("docs/operations.md").unwrap();
    assert!(page == fresh, "docs/operations.md is stale: run `just generate`, and commit what it writes");
}

/// The names are those of the DDL, and no filter is without an index.
#[test]
fn every_filter_names_an_index_that_the_ddl_has() {
    let ddl = fs::read_to_string("generated/server/ddl/sqlite.sql").unwrap();
    let coverage = coverage::of(&document()).unwrap();
    let filters: Vec<_> = coverage.operations.iter().flat_map(|o| &o.filters).collect();
    assert!(filters.len() > 20, "{}", filters.len());
    for filter in filters {
        let index = filter.index.as_ref().unwrap_or_else(|| panic!("`{}` rests on nothing", filter.parameter));
        let made = ["CREATE INDEX", "CONSTRAINT"].iter().any(|how| ddl.contains(&format!("{how} {index} ")));
        assert!(made, "`{}` rests on {index}, which is not there", filter.parameter);
    }
}

#[test]
fn nothing_is_without_policies() {
    for row in &coverage::of(&document()).unwrap().operations {
        assert!(row.missing.is_empty(), "{}: {:?}", row.operation, row.missing);
        assert_eq!(row.open, row.path.rfind('/') == Some(0), "{}: only the probes and the document", row.operation);
    }
}

/// A later operation is as safe as those that are there.
#[test]
fn every_change_is_made_once_and_on_what_was_seen() {
    let covered = coverage::of(&document()).unwrap();
    let (document, mut seen) = (document().value, 0);
    let items = document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap());
    for (method, operation) in items.filter(|(method, _)| *method != "get") {
        let id = &operation["operationId"];
        let parameter = |name: &str| operation["parameters"].as_array().unwrap().iter().find(|p| p["name"] == name);
        if method != "post" {
            assert!(parameter("If-Match").is_some_and(|p| p["required"] == true), "{id} takes no version");
            assert!(["412", "428"].iter().all(|code| operation["responses"][code].is_object()), "{id}");
        }
        if matches!(method.as_str(), "post" | "patch") {
            assert!(parameter("Idempotency-Key").is_some(), "{id} takes no key");
            let responses = operation["responses"].as_object().unwrap();
            let (_, done) = responses.iter().find(|(code, _)| code.starts_with('2')).unwrap();
            assert!(done["headers"]["Idempotency-Replayed"].is_object() && responses.contains_key("409"), "{id}");
        }
        seen += 1;
    }
    let changing = covered.operations.iter().filter(|row| row.method != "GET").count();
    assert_eq!(seen, changing, "an operation was looked past");
    let key = document.pointer("/paths/~1api~1v1~1payoff/post/parameters/0").unwrap();
    assert_eq!((&key["name"], &key["required"]), (&"Idempotency-Key".into(), &true.into()));
}

/// Every released document is what its name says, and may be followed by the next.
#[test]
fn may_follow_the_released_documents() {
    let newest = released::newest(Path::new("openapi/released")).unwrap();
    let verdict = verdict::of(&newest, &document()).unwrap();
    assert_eq!(verdict.refusal(), None, "{verdict}");
}
