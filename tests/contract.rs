//! The document, from both ends: Dropshot emits it again, every answer keeps to it, every operation is called, every change is
//! audited.

use crate::support::{Answer, Server};
use forebear::proof::oracle::{Direction, Oracle};
use forebear_runtime::Api;
use generated_server::Document;
use serde_json::{Value, json};
use std::sync::OnceLock;

pub fn source() -> &'static Value {
    Document::contract().document()
}

#[test]
fn dropshot_emits_the_source() {
    let api = generated_server::describe::<lending_api::app::App>().expect("registers");
    let info = &source()["info"];
    let version: semver::Version = info["version"].as_str().unwrap().parse().unwrap();
    let emitted = api.openapi(info["title"].as_str().unwrap(), version).json().unwrap();
    let differences = forebear::equality::differences(source(), &emitted).unwrap();
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn the_embedded_contract_is_the_document() {
    let document = forebear::source::Document::load(std::path::Path::new("openapi/lending.yaml")).unwrap();
    assert_eq!(&document.value, source());
}

#[tokio::test]
async fn the_published_document_is_the_source() {
    let server = Server::start().await;
    assert_eq!(&server.get("/openapi.json").expect(200).await.json(), source());
}

/// Every answer of every test comes through here: status, headers, media type and body must be as the document says.
pub fn documented(method: &str, path: &str, answer: &Answer) {
    let Some((template, operation)) = operation_of(method, path) else { return from_the_router(method, path, answer) };
    let name = format!("{method} {template} answered {}", answer.status);
    let declared = &operation["responses"][answer.status.to_string()];
    assert!(declared.is_object(), "{name}, which the document does not declare: {}", answer.text);
    let response = match declared["$ref"].as_str() {
        Some(reference) => source().pointer(&reference[1..]).unwrap(),
        None => declared,
    };
    // what the pipeline sends is promised, so that callers need not guess
    for sent in ["audit-id", "ratelimit", "ratelimit-policy"].iter().filter(|h| answer.header(h).is_some()) {
        let declared =
            response["headers"].as_object().is_some_and(|all| all.keys().any(|h| h.eq_ignore_ascii_case(sent)));
        assert!(declared, "{name} with the header {sent}, which the document does not declare");
    }
    for (header, declared) in response["headers"].as_object().into_iter().flatten() {
        let declared = declared["$ref"].as_str().map_or(declared, |r| source().pointer(&r[1..]).unwrap());
        match answer.header(&header.to_lowercase()) {
            Some(value) => complies(&format!("{name} with the header {header}"), &declared["schema"], &value.into()),
            None => assert!(declared["required"] != true, "{name} without the header {header}"),
        }
    }
    let Some(content) = response["content"].as_object() else {
        assert!(answer.text.is_empty(), "{name} with a body: {}", answer.text);
        assert_eq!(answer.header("content-type"), None, "{name} with a media type, but no body");
        return;
    };
    let media = answer.header("content-type").unwrap_or_default();
    assert!(content.contains_key(media), "{name} as {media:?}");
    complies(&name, &content[media]["schema"], &answer.json());
}

/// Dropshot's router answers for paths and methods that no operation has; the problem schema holds for these too.
fn from_the_router(method: &str, path: &str, answer: &Answer) {
    let name = format!("{method} {path} answered {}", answer.status);
    assert!(matches!(answer.status, 400 | 404 | 405), "{name}: no operation is there");
    complies(&name, &json!({"$ref": "#/components/schemas/Problem"}), &answer.json());
}

fn complies(name: &str, schema: &Value, value: &Value) {
    let wrong = oracle().complaints(schema, Direction::Response, value).unwrap();
    assert!(wrong.is_empty(), "{name}, which breaks {schema}: {wrong:?}");
}

#[tokio::test]
async fn an_answer_off_the_document_is_noticed() {
    let server = Server::start().await;
    let path = "/api/v1/resource";
    let good = server.call("POST", path).json(&json!({"name": "Seen", "status": "active"})).expect(201).await;
    type Change = (&'static str, fn(&mut Answer));
    let changes: [Change; 6] = [
        ("status", |a| a.status = 202),
        ("a header that is missing", |a| _ = a.headers.remove("etag")),
        ("media type", |a| _ = a.headers.insert("content-type".into(), "text/plain".into())),
        ("no media type", |a| _ = a.headers.remove("content-type")),
        ("a member that is missing", |a| a.text = a.text.replace("\"version\"", "\"revision\"")),
        ("a value", |a| a.text = a.text.replace("\"active\"", "\"actif\"")),
    ];
    documented("post", path, &good);
    for (what, change) in changes {
        let mut bad = good.clone();
        change(&mut bad);
        let seen = std::panic::catch_unwind(|| documented("post", path, &bad));
        assert!(seen.is_err(), "{what} went unnoticed");
    }
}

/// The operation that a path belongs to; literal segments win.
pub fn operation_of(method: &str, path: &str) -> Option<(&'static str, &'static Value)> {
    let path = path.split('?').next()?.trim_end_matches('/');
    let fits = |template: &str| {
        let (a, b): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        a.len() == b.len() && a.iter().zip(b).all(|(t, p)| t.starts_with('{') && !p.is_empty() || *t == p)
    };
    let (template, item) = source()["paths"].as_object()?.iter().find(|(t, _)| fits(t))?;
    Some((template, item.get(method)?))
}

/// The document's schemas as an independent validator judges them.
pub fn oracle() -> &'static Oracle {
    static ORACLE: OnceLock<Oracle> = OnceLock::new();
    ORACLE.get_or_init(|| Oracle::new(source()))
}

/// One good request per operation. A new operation without a row fails `every_operation_has_a_row`.
pub struct Row {
    pub operation: &'static str,
    pub method: &'static str,
    pub path: String,
    pub body: Option<Value>,
    pub status: u16,
}

fn row(
    operation: &'static str,
    method: &'static str,
    path: impl Into<String>,
    body: Option<Value>,
    status: u16,
) -> Row {
    Row { operation, method, path: path.into(), body, status }
}

/// Paths of the rows that requests with an id in their path need. A resource with a POST has a member here and a line in [`Made::on`].
#[derive(Default)]
pub struct Made {
    resource: String,
    payoff: String,
}

impl Made {
    /// Makes the rows.
    pub async fn on(server: &Server) -> Self {
        Self {
            resource: make(server, "resource", &json!({"name": "First", "status": "active"})).await,
            payoff: make(server, "payoff", &crate::api::payoff::valid()).await,
        }
    }
}

/// Makes a row and gives its path.
async fn make(server: &Server, kind: &str, body: &Value) -> String {
    let made = server.call("POST", &format!("/api/v1/{kind}")).json(body).expect(201).await;
    format!("/api/v1/{kind}/{}", made.json()["id"].as_str().unwrap())
}

pub fn rows(Made { resource, payoff }: &Made) -> Vec<Row> {
    let api = |path: &str| format!("/api/v1/{path}");
    vec![
        row("get_healthz", "GET", "/healthz", None, 200),
        row("get_readyz", "GET", "/readyz", None, 200),
        row("get_openapi", "GET", "/openapi.json", None, 200),
        row("create_resource", "POST", api("resource"), Some(json!({"name": "Second", "status": "active"})), 201),
        row("list_resources", "GET", api("resource"), None, 200),
        row("get_resource", "GET", resource, None, 200),
        row("replace_resource", "PUT", resource, Some(json!({"name": "Renamed", "status": "archived"})), 200),
        row("update_resource", "PATCH", resource, Some(json!({"status": "active"})), 200),
        row("create_payoff", "POST", api("payoff"), Some(crate::api::payoff::valid()), 201),
        row("list_payoffs", "GET", api("payoff"), None, 200),
        row("get_payoff", "GET", payoff, None, 200),
        row("update_payoff", "PATCH", payoff, Some(json!({"reason": "sale"})), 200),
        row("list_locations", "GET", api("location"), None, 200),
        row("get_location", "GET", api("location/5"), None, 200),
        row("list_users", "GET", api("user/?location-id=5"), None, 200),
        row("get_user", "GET", api("user/1002"), None, 200),
        row("list_countries", "GET", api("country"), None, 200),
        row("get_country", "GET", api("country/AF"), None, 200),
        row("list_holidays", "GET", api("holiday?year=2026"), None, 200),
        row("get_holiday", "GET", api("holiday/2021-12-31-federal-new-years-day"), None, 200),
        row("list_franchises", "GET", api("franchise"), None, 200),
        row("get_franchise", "GET", api("franchise/sample-1"), None, 200),
        row("list_naics_codes", "GET", api("naics-code?level=2"), None, 200),
        row("get_naics_code", "GET", api("naics-code/722511"), None, 200),
        row("delete_resource", "DELETE", resource, None, 204),
    ]
}

#[test]
fn every_operation_has_a_row() {
    let covered: Vec<&str> = rows(&Made::default()).iter().map(|r| r.operation).collect();
    for id in operation_ids() {
        assert!(covered.contains(&id), "operation {id} has no row in tests/contract.rs: add one to `rows()`");
    }
}

pub fn operation_ids() -> Vec<&'static str> {
    let items = source()["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
    items.filter_map(|o| o["operationId"].as_str()).collect()
}

#[tokio::test]
async fn every_operation_answers_and_every_change_is_audited() {
    let server = Server::start().await;
    let made = Made::on(&server).await;
    for row in rows(&made) {
        let mut call = server.call(row.method, &row.path);
        if let Some(body) = &row.body {
            call = call.json(body);
        }
        let answer = call.expect(row.status).await;
        let (_, operation) = operation_of(&row.method.to_lowercase(), &row.path).unwrap();
        assert_eq!(operation["operationId"], row.operation, "{} {}", row.method, row.path);
        let records = audit_records(&server, answer.header("x-request-id").unwrap());
        if row.method == "GET" {
            assert!(records.is_empty(), "{} is no change, but was audited as one", row.operation);
        } else {
            assert_eq!(records, [(row.operation.to_string(), "prepay".into(), "1001".into())], "{}", row.operation);
            assert!(answer.header("audit-id").is_some(), "{} does not name its record", row.operation);
        }
    }
}

fn audit_records(server: &Server, request_id: &str) -> Vec<(String, String, String)> {
    let db = server.database();
    let mut query = db
        .prepare("SELECT operation, service, user_id FROM audit_record WHERE request_id = ?1 AND kind = 'change'")
        .unwrap();
    let rows = query.query_map([request_id], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}
