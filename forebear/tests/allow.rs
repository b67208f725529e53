//! `--allow` from outside: what cannot be carried is left out by name, and what is left is generated.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use serde_json::Value;
use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

const DOCUMENT: &str = "openapi: 3.0.3
info: {title: Mixed, version: 1.0.0}
paths:
  /good:
    get:
      operationId: good
      responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Good'}}}}}
    put:
      operationId: text
      requestBody: {required: true, content: {text/csv: {schema: {type: string}}}}
      responses: {'204': {description: d}}
  /outer:
    get:
      operationId: outer
      responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Outer'}}}}}
components:
  schemas:
    Good: {type: string}
    Outer: {type: object, properties: {inner: {$ref: '#/components/schemas/Inner'}}}
    Inner: {type: object, xml: {}}
";

fn forebear(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_forebear")).args(arguments).current_dir(folder).output().unwrap()
}

fn folder(document: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("api.yaml"), document).unwrap();
    folder
}

fn lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(bytes).lines().map(Into::into).collect()
}

const WARNINGS: [&str; 4] = [
    "warning: api.yaml:10: /paths/~1good/put/requestBody/content/text~1csv: PUT /good is left out: ",
    "warning: api.yaml:20: /components/schemas/Inner/xml: `Inner` of `components/schemas` is left out: ",
    "warning: api.yaml:19: /components/schemas/Outer: `Outer` of `components/schemas` is left out: it refers to `Inner`",
    "warning: api.yaml:13: /paths/~1outer/get: GET /outer is left out: it refers to `Outer`",
];

#[test]
fn generate_leaves_out_and_says_so() {
    let folder = folder(DOCUMENT);
    assert_eq!(forebear(folder.path(), &["generate", "api.yaml", "--out", "out"]).status.code(), Some(2));
    assert!(!folder.path().join("out").exists());
    let output = forebear(folder.path(), &["generate", "api.yaml", "--out", "out", "--allow"]);
    let warnings = lines(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{warnings:#?}");
    for expected in WARNINGS {
        assert!(warnings.iter().any(|w| w.starts_with(expected)), "{expected}\n{warnings:#?}");
    }
    assert_eq!(warnings.len(), 2 * WARNINGS.len(), "each with its remedy: {warnings:#?}");
    let contract = fs::read_to_string(folder.path().join("out/server/src/contract.json")).unwrap();
    let contract: Value = serde_json::from_str(&contract).unwrap();
    let keys = |at: &str| contract.pointer(at).unwrap().as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!((keys("/paths"), keys("/paths/~1good")), (vec!["/good".to_string()], vec!["get".to_string()]));
    assert_eq!(keys("/components/schemas"), ["Good"]);
}

#[test]
fn check_leaves_out_the_same() {
    let folder = folder(DOCUMENT);
    let check =
        |more: &[&str]| forebear(folder.path(), &[&["check", "api.yaml", "--out", "out"], more].concat()).status.code();
    assert_eq!((check(&[]), check(&["--allow"])), (Some(2), Some(1)));
    forebear(folder.path(), &["generate", "api.yaml", "--out", "out", "--allow"]);
    assert_eq!((check(&[]), check(&["--allow"])), (Some(2), Some(0)));
}

#[test]
fn lint_warns() {
    let folder = folder(DOCUMENT);
    assert_eq!(forebear(folder.path(), &["lint", "api.yaml"]).status.code(), Some(1));
    let output = forebear(folder.path(), &["lint", "--allow", "api.yaml"]);
    assert_eq!((output.status.code(), lines(&output.stdout)), (Some(0), vec!["api.yaml: ok".to_string()]));
    assert_eq!(lines(&output.stderr).iter().filter(|l| l.starts_with("warning: ")).count(), WARNINGS.len());
}

/// What is wrong with the whole document stays an error.
#[test]
fn the_whole_document_is_not_left_out() {
    for document in [
        DOCUMENT.replace("title: Mixed, ", ""),
        DOCUMENT.replace("info:", "security: [{nobody: []}]\ninfo:"),
        DOCUMENT.replace("openapi: 3.0.3", "openapi: 3.1.0"),
        DOCUMENT.replace("Good: {type: string}", "Good: {type: text}"),
    ] {
        let folder = folder(&document);
        let output = forebear(folder.path(), &["generate", "api.yaml", "--out", "out", "--allow"]);
        assert_eq!(output.status.code(), Some(2), "{document}");
        assert!(lines(&output.stderr).iter().any(|l| l.starts_with("error: ")), "{document}");
        assert!(!folder.path().join("out").exists());
    }
}
