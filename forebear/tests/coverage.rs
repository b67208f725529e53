//! The coverage of operations: that what it names exists, and that holes show.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use forebear::{
    coverage::{self, Coverage},
    diagnostic::report,
    generate,
    source::Document,
};
use serde_json::{Value, json};
use std::path::Path;

fn load(path: &str) -> Document {
    Document::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn of(value: &Value) -> Coverage {
    let document = Document::parse("x.json", &value.to_string()).unwrap();
    coverage::of(&document).unwrap_or_else(|findings| panic!("{}", report(&findings)))
}

#[test]
fn the_page_of_the_small_document() {
    insta::assert_snapshot!("page", coverage::of(&load("tests/data/minimal.yaml")).unwrap().markdown());
}

/// The names are those of the DDL, and no filter is without an index.
#[test]
fn every_filter_names_an_index_that_the_ddl_has() {
    let (mut filters, paths) = (0, ["tests/data/minimal.yaml", "tests/data/shop.yaml"]);
    for document in paths.map(load) {
        let files = generate(&document).unwrap();
        let (_, ddl) = files.iter().find(|(path, _)| *path == "server/ddl/sqlite.sql").unwrap();
        for filter in coverage::of(&document).unwrap().operations.iter().flat_map(|o| &o.filters) {
            let index = filter.index.as_ref().unwrap_or_else(|| panic!("`{}` rests on nothing", filter.parameter));
            let made = ["CREATE INDEX", "CONSTRAINT"].iter().any(|how| ddl.contains(&format!("{how} {index} ")));
            assert!(made, "`{}` rests on {index}, which is not there", filter.parameter);
            filters += 1;
        }
    }
    assert!(filters > 2, "{filters}");
}

/// A document of somebody else has no policies, and the page says so.
#[test]
fn holes_are_shown() {
    let mut value = load("tests/data/minimal.yaml").value;
    strip(&mut value);
    let coverage = of(&value);
    for row in &coverage.operations {
        let expected: &[&str] = if row.open { &[] } else { &["x-scope", "x-context", "x-rate-limit"] };
        assert_eq!(row.missing, expected, "{}", row.operation);
        assert!(row.scope.is_none() && row.context.is_none() && row.rate_limit.is_none());
    }
    let page = coverage.markdown();
    assert!(page.contains("1 of them open to everybody, 4 with a policy missing"), "{page}");
    assert!(page.contains("| **no `x-scope`** | **no `x-context`** | **no `x-rate-limit`** |"), "{page}");
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !key.starts_with("x-"));
            map.values_mut().for_each(strip);
        }
        Value::Array(list) => list.iter_mut().for_each(strip),
        _ => {}
    }
}

/// In lists and nested objects, by direction, and in schemas that contain themselves.
#[test]
fn sensitive_members_are_found_where_they_lie() {
    let mut value = load("tests/data/minimal.yaml").value;
    let schemas = value["components"]["schemas"].as_object_mut().unwrap();
    schemas.insert("Causes".into(), json!({"type": "array", "items": {"$ref": "#/components/schemas/Cause"}}));
    schemas.insert(
        "Cause".into(),
        json!({"type": "object", "additionalProperties": false, "properties": {
            "who": {"type": "string", "x-sensitive": true},
            "next": {"$ref": "#/components/schemas/Cause"}}}),
    );
    schemas["Thing"]["properties"]["causes"] =
        json!({"allOf": [{"$ref": "#/components/schemas/Causes"}], "readOnly": true});
    let coverage = of(&value);
    let row = |id: &str| coverage.operations.iter().find(|o| o.operation == id).unwrap();
    assert_eq!(row("create_thing").sensitive_request, ["notes"]);
    assert_eq!(row("create_thing").sensitive_response, ["notes", "causes[].who"]);
    assert_eq!(row("list_things").sensitive_response, ["items[].notes", "items[].causes[].who"]);
}

#[test]
fn a_refused_document_has_findings_and_no_coverage() {
    let document = Document::parse("x.yaml", "openapi: 3.0.3").unwrap();
    assert!(!coverage::of(&document).unwrap_err().is_empty());
}
