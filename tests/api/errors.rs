//! What a caller reads when a request is wrong: the place, the rule, the remedy.

use super::payoff::valid;
use crate::support::Server;
use serde_json::{Value, json};

#[tokio::test]
async fn bodies() {
    let server = Server::start().await;
    let cases: &[(&str, Value, &str)] = &[
        ("/payoff_date", json!("2026-02-30"), "422 invalid_body | /payoff_date invalid"),
        ("/payoff_date", json!(20260612), "422 invalid_body | /payoff_date type"),
        ("/loan_number", json!("123"), "422 invalid_body | /loan_number invalid"),
        ("/program", json!("8b"), "422 invalid_body | /program invalid"),
        ("/colour", json!("red"), "422 invalid_body | /colour unknown_field"),
        ("/id", json!("00000000-0000-4000-8000-000000000001"), "422 invalid_body | /id read_only"),
        ("/status", json!("paid"), "422 invalid_body | /status read_only"),
        ("/quote", Value::Null, "422 invalid_body | /quote read_only"),
        ("/requester/phone", json!("555-0101"), "422 invalid_body | /requester/phone invalid"),
        ("/requester/shoe_size", json!(9), "422 invalid_body | /requester/shoe_size unknown_field"),
        ("/requester", json!([]), "422 invalid_body | /requester/name required"),
    ];
    for (pointer, value, expected) in cases {
        let mut body = valid();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[key] = value.clone();
        let answer = server.call("POST", "/api/v1/payoff").json(&body).send().await;
        // an array where an object is wanted may be refused as a type or for its missing fields
        if *pointer == "/requester" {
            assert_eq!(answer.status, 422, "{}", answer.text);
        } else {
            assert_eq!(&answer.problem(), expected, "{}", answer.text);
        }
    }
    let mut missing = valid();
    missing["requester"].as_object_mut().unwrap().remove("email");
    let answer = server.call("POST", "/api/v1/payoff").json(&missing).send().await;
    assert_eq!(answer.problem(), "422 invalid_body | /requester/email required");
}

#[tokio::test]
async fn the_words_help() {
    let server = Server::start().await;
    let mut body = valid();
    body["payoff_date"] = json!("12/06/2026");
    let answer = server.call("POST", "/api/v1/payoff").json(&body).send().await;
    let detail = answer.json()["detail"].as_str().unwrap().to_string();
    insta::assert_snapshot!(detail, @"`/payoff_date` must be a date as YYYY-MM-DD (RFC 3339 full-date) that exists in the calendar, such as \"2026-12-15\"");
    let answer = server.get("/api/v1/payoff?status=open").send().await;
    insta::assert_snapshot!(answer.json()["detail"].as_str().unwrap(), @"parameter `status` must be one of requested, quoted, scheduled, paid, expired, cancelled, rejected, such as \"requested\"");
}

#[tokio::test]
async fn money_has_two_decimals() {
    // money is written by the server alone today; the type refuses what the document refuses
    for (text, good) in [("10.00", true), ("10.001", false), ("10", false), ("-1.00", false), ("1e2", false)] {
        assert_eq!(text.parse::<generated_server::models::Money>().is_ok(), good, "{text}");
    }
    let server = Server::start().await;
    let file = server.folder().join("quotes.csv");
    let header = "payoff_id,principal,accrued_interest,per_diem,interest_rate,day_count,fees,late_charges,prepayment_premium,credits";
    let row = "00000000-0000-4000-8000-000000000001,100.001,1.00,0.10,10.00,actual_365,0.00,0.00,0.00,0.00";
    std::fs::write(&file, format!("{header}\n{row}\n")).unwrap();
    let now = crate::support::now();
    let refused = lending_api::data::import::import(&server.config, "payoff-quote", &file, now).unwrap_err();
    assert!(refused.to_string().contains("quotes.csv:2: principal: "), "{refused}");
}

#[tokio::test]
async fn transport() {
    let server = Server::start().await;
    let post = || server.call("POST", "/api/v1/payoff");
    assert_eq!(post().text("text/plain", "{}").send().await.problem(), "415 media_type");
    assert_eq!(post().text("application/json", "{").send().await.problem(), "400 malformed_json");
    assert_eq!(post().text("application/json", "").send().await.problem(), "400 malformed_json");
    let huge = format!("\"{}\"", "x".repeat(70_000));
    assert_eq!(post().text("application/json", &huge).send().await.problem(), "413 too_large");
    let wrong = server.call("DELETE", "/api/v1/payoff").send().await;
    assert_eq!(wrong.status, 405);
    let nowhere = server.get("/api/v1/nothing").send().await;
    assert_eq!(nowhere.status, 404);
    assert!(nowhere.json()["request_id"].is_string());
}

#[tokio::test]
async fn parameters() {
    let server = Server::start().await;
    for (path, expected) in [
        ("/api/v1/payoff?colour=red", "400 invalid_parameter | colour unknown"),
        ("/api/v1/payoff?limit=0", "400 invalid_parameter | limit invalid"),
        ("/api/v1/payoff?limit=201", "400 invalid_parameter | limit maximum"),
        ("/api/v1/payoff?limit=x", "400 invalid_parameter | limit invalid"),
        ("/api/v1/payoff?limit=5&limit=6", "400 invalid_parameter | limit repeated"),
        ("/api/v1/payoff?payoff-date=2026-02-30", "400 invalid_parameter | payoff-date invalid"),
        ("/api/v1/payoff?page-token=nonsense", "400 invalid_parameter | page-token invalid"),
        ("/api/v1/payoff/17", "400 invalid_parameter | id invalid"),
        ("/api/v1/country/usa", "400 invalid_parameter | alpha2 invalid"),
        ("/api/v1/naics-code?level=6&level=7", "400 invalid_parameter | level maximum"),
    ] {
        let answer = server.get(path).send().await;
        assert_eq!(answer.problem(), expected, "{path}: {}", answer.text);
    }
    let many: String = (0..51).map(|i| format!("&code={}", 111_110 + i)).collect();
    let answer = server.get(&format!("/api/v1/naics-code?limit=1{many}")).send().await;
    assert_eq!(answer.problem(), "400 invalid_parameter | code max_items");
}

/// What the row has and a PATCH does not take is told apart from what no row has.
#[tokio::test]
async fn what_a_patch_cannot_change() {
    let server = Server::start().await;
    let payoff = "/api/v1/payoff/00000000-0000-4000-8000-000000000001";
    for (body, expected) in [
        (json!({"status": "paid"}), "422 invalid_body | /status read_only"),
        (json!({"version": 2}), "422 invalid_body | /version read_only"),
        (json!({"loan_number": "1234567890"}), "422 invalid_body | /loan_number read_only"),
        (json!({"colour": "red"}), "422 invalid_body | /colour unknown_field"),
        (json!({"requester": {"colour": "red"}}), "422 invalid_body | /requester/colour unknown_field"),
    ] {
        let answer = server.call("PATCH", payoff).json(&body).send().await;
        assert_eq!(answer.problem(), expected, "{body}: {}", answer.text);
        let detail = answer.json()["errors"][0]["detail"].to_string();
        let told = "cannot be changed here; leave it out";
        assert_eq!(detail.contains(told), expected.ends_with("read_only"), "{detail}");
    }
    let body = json!({"name": "n", "status": "active", "id": "00000000-0000-4000-8000-000000000001"});
    let answer = server.call("POST", "/api/v1/resource").json(&body).send().await;
    assert!(answer.text.contains("is assigned by the server; leave it out"), "{}", answer.text);
}

/// What `info.description` says of errors that no operation answers, and of what is not read.
#[tokio::test]
async fn errors_of_the_router_have_two_members() {
    let server = Server::start().await;
    for (answer, status) in
        [(server.get("/api/v1/nothing").send().await, 404), (server.call("DELETE", "/api/v1/payoff").send().await, 405)]
    {
        let members: Vec<String> = answer.json().as_object().unwrap().keys().cloned().collect();
        assert_eq!((answer.status, answer.header("content-type")), (status, Some("application/json")));
        assert_eq!(members, ["request_id", "message"], "{}", answer.text);
    }
    server.bare("GET", "/healthz?probe=1").expect(200).await;
}
