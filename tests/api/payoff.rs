//! Payoffs: dates, reasons, locations, quotes.

use crate::support::Server;
use serde_json::{Value, json};

/// A payoff that every rule accepts on the day of `support::now`.
pub fn valid() -> Value {
    json!({
        "loan_number": "1234567890", "program": "7a", "location_id": "5", "payoff_date": "2026-06-12",
        "reason": "refinance", "payment_method": "wire",
        "requester": {"name": "Ada Example", "email": "ada@example.com", "phone": "+15125550101", "role": "borrower"}
    })
}

fn with(changes: Value) -> Value {
    let mut body = valid();
    for (key, value) in changes.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

#[tokio::test]
async fn created_read_and_listed() {
    let server = Server::start().await;
    let created = server.call("POST", "/api/v1/payoff").json(&valid()).expect(201).await;
    let row = created.json();
    assert_eq!(
        (&row["status"], &row["quote"], &row["requested_by"]),
        (&json!("requested"), &Value::Null, &json!("1001"))
    );
    assert_eq!(row["created_at"], "2026-06-09T15:00:00Z");
    let read = server.get(created.header("location").unwrap()).expect(200).await;
    assert_eq!(read.json(), row);
    assert_eq!(read.header("etag"), created.header("etag"));
    assert_eq!(read.header("cache-control"), Some("no-store"));
    let found = server.get("/api/v1/payoff?loan-number=1234567890&status=requested").expect(200).await;
    assert_eq!(found.items(), [row]);
}

#[tokio::test]
async fn the_date_is_today_or_later_and_a_business_day_of_the_right_calendar() {
    let server = Server::start().await;
    // 2026-06-19 is Juneteenth, a Friday; 2027-06-18 is the Friday before a Saturday holiday, which only federal offices take
    for (date, method, answer) in [
        ("2026-06-09", "wire", "201 "),
        ("2026-06-08", "wire", "422 invalid_body | /payoff_date in_the_past"),
        ("2026-06-13", "wire", "422 invalid_body | /payoff_date not_a_business_day"),
        ("2026-06-19", "ach", "422 invalid_body | /payoff_date not_a_business_day"),
        ("2027-06-18", "wire", "201 "),
        ("2027-06-18", "check", "422 invalid_body | /payoff_date not_a_business_day"),
        ("2101-01-03", "wire", "422 invalid_body | /payoff_date out_of_range"),
    ] {
        let body = with(json!({"payoff_date": date, "payment_method": method}));
        let answer_given = server.call("POST", "/api/v1/payoff").json(&body).send().await;
        assert_eq!(answer_given.problem(), answer, "{date} {method}: {}", answer_given.text);
    }
}

#[tokio::test]
async fn today_is_today_in_new_york() {
    // 03:00 UTC on the 10th is still the evening of the 9th in New York
    let server = Server::start_at("2026-06-10T03:00:00Z".parse().unwrap()).await;
    let token = {
        let ring = lending_api::serve::keyring(&server.config).unwrap();
        let subject = lending_api::auth::Subject { user: Some("1001"), location: None };
        lending_api::auth::mint(&ring, "prepay", &subject, 1_781_060_400, 300).unwrap().unwrap()
    };
    let body = with(json!({"payoff_date": "2026-06-09"}));
    server.call("POST", "/api/v1/payoff").bearer(&token).json(&body).expect(201).await;
}

#[tokio::test]
async fn a_reason_in_words_goes_with_other_and_only_with_other() {
    let server = Server::start().await;
    let post = |body: Value| server.call("POST", "/api/v1/payoff").json(&body).send();
    let missing = post(with(json!({"reason": "other"}))).await;
    assert_eq!(missing.problem(), "422 invalid_body | /reason_text required");
    let extra = post(with(json!({"reason_text": "because"}))).await;
    assert_eq!(extra.problem(), "422 invalid_body | /reason_text unexpected");
    let both = post(with(json!({"reason": "other", "reason_text": "because"}))).await;
    assert_eq!(both.status, 201, "{}", both.text);
    let path = both.header("location").unwrap();
    let patched = server.call("PATCH", path).json(&json!({"reason": "sale"})).expect(200).await;
    assert_eq!(patched.json().get("reason_text"), None);
}

#[tokio::test]
async fn only_at_the_callers_own_locations() {
    let server = Server::start().await;
    let foreign = server.call("POST", "/api/v1/payoff").json(&with(json!({"location_id": "7"}))).send().await;
    assert_eq!(foreign.problem(), "403 outside_own_locations | /location_id outside_own_locations");
    let filtered = server.get("/api/v1/payoff?location-id=7").send().await;
    assert_eq!(filtered.problem(), "403 outside_own_locations | location-id outside_own_locations");

    let other = || server.token(Some("1003"), None);
    assert!(server.get("/api/v1/payoff").bearer(&other()).expect(200).await.items().is_empty());
    let path = "/api/v1/payoff/00000000-0000-4000-8000-000000000001";
    assert_eq!(server.get(path).bearer(&other()).send().await.problem(), "403 outside_own_locations");

    let at_six = || server.token(Some("1001"), Some("6"));
    let seen = server.get("/api/v1/payoff").bearer(&at_six()).expect(200).await.items();
    assert!(!seen.is_empty() && seen.iter().all(|p| p["location_id"] == "6"));
    assert_eq!(server.get(path).bearer(&at_six()).send().await.status, 403);
    let elsewhere = server.token(Some("1001"), Some("7"));
    assert_eq!(server.get("/api/v1/payoff").bearer(&elsewhere).send().await.problem(), "403 outside_own_locations");
}

/// A viewer reads.
#[tokio::test]
async fn only_by_those_who_may_change_it_at_the_location() {
    let server = Server::start().await;
    let viewer = || server.token(Some("1002"), None);
    let seen = server.get("/api/v1/payoff?location-id=5").bearer(&viewer()).expect(200).await.items();
    let path = format!("/api/v1/payoff/{}", seen[0]["id"].as_str().unwrap());
    let row = server.get(&path).bearer(&viewer()).expect(200).await;
    let post = |token: &str, at: &str| {
        server.call("POST", "/api/v1/payoff").bearer(token).json(&with(json!({"location_id": at})))
    };
    assert_eq!(post(&viewer(), "5").send().await.problem(), "403 viewer | /location_id viewer");
    let patch = server.call("PATCH", &path).bearer(&viewer()).header("if-match", row.header("etag").unwrap());
    assert_eq!(patch.json(&json!({"payment_method": "wire"})).send().await.problem(), "403 viewer");
    assert_eq!(server.get(&path).bearer(&viewer()).expect(200).await.text, row.text, "nothing changed");
    // by each location: the same user is a servicer elsewhere
    let both = || server.token(Some("1004"), None);
    post(&both(), "8").expect(201).await;
    assert_eq!(post(&both(), "6").send().await.problem(), "403 viewer | /location_id viewer");
    assert_eq!(
        post(&both(), "7").send().await.problem(),
        "403 outside_own_locations | /location_id outside_own_locations"
    );
    let mixed = r#"[{"location_id":"6","roles":["viewer","closer"]}]"#;
    server.database().execute("UPDATE user_account SET memberships = ?1 WHERE id = '1004'", [mixed]).unwrap();
    post(&both(), "6").expect(201).await;
}

#[tokio::test]
async fn a_quote_adds_up_and_ends_with_the_date() {
    let server = Server::start().await;
    let path = "/api/v1/payoff/00000000-0000-4000-8000-000000000002";
    let quote = server.get(path).expect(200).await.json()["quote"].clone();
    let cents = |key: &str| quote[key].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
    let charges = ["principal", "accrued_interest", "fees", "late_charges", "prepayment_premium"].map(cents);
    assert_eq!(cents("total"), charges.iter().sum::<i64>() - cents("credits"));

    let kept = server.call("PATCH", path).json(&json!({"reason": "sale"})).expect(200).await.json();
    assert_eq!((&kept["status"], &kept["quote"]), (&json!("quoted"), &quote));
    let moved = server.call("PATCH", path).json(&json!({"payoff_date": "2026-07-01"})).expect(200).await.json();
    assert_eq!((&moved["status"], &moved["quote"]), (&json!("requested"), &Value::Null));
}

#[tokio::test]
async fn a_closed_payoff_stays_as_it_is() {
    let server = Server::start().await;
    let path = "/api/v1/payoff/00000000-0000-4000-8000-000000000001";
    server.database().execute("UPDATE payoff SET status = 'paid' WHERE loan_number = '9000000001'", []).unwrap();
    assert_eq!(server.call("PATCH", path).json(&json!({"reason": "sale"})).send().await.problem(), "409 conflict");
}

#[tokio::test]
async fn people_are_redacted_in_the_audit_trail() {
    let server = Server::start().await;
    server.call("POST", "/api/v1/payoff").json(&valid()).expect(201).await;
    let db = server.database();
    let text: String =
        db.query_row("SELECT diff FROM audit_record WHERE operation = 'create_payoff'", [], |r| r.get(0)).unwrap();
    assert!(text.contains("1234567890") && text.contains("hmac-sha256:"), "{text}");
    assert!(!text.contains("Ada") && !text.contains("ada@example.com") && !text.contains("+15125550101"), "{text}");
}
