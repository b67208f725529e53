use super::{eventually, json, records};
use crate::support::{Server, now};
use lending_api::config::ServiceConfig;
use serde_json::{Value, json as object};

#[tokio::test]
async fn what_was_refused_is_recorded() {
    let server = Server::start().await;
    let mut payoff = crate::api::payoff::valid();
    payoff["location_id"] = object!("999");
    let post = |body: &Value| server.call("POST", "/api/v1/payoff").header("idempotency-key", "k").json(body);
    post(&payoff).expect(403).await;
    payoff = crate::api::payoff::valid();
    payoff["payoff_date"] = object!("2026-06-13");
    let failed = post(&payoff).expect(422).await;
    let stale = server.call("DELETE", "/api/v1/resource/00000000-0000-4000-8000-000000000000").header("if-match", "*");
    stale.expect(404).await;
    let found = eventually(&server, "kind IN ('denied', 'conflict', 'failed')", 3).await;
    let summary: Vec<(&Value, &Value, Value)> =
        found.iter().map(|r| (&r["kind"], &r["operation"], json(r, "detail")["status"].clone())).collect();
    assert_eq!(
        summary,
        [
            (&object!("denied"), &object!("create_payoff"), object!(403)),
            (&object!("failed"), &object!("create_payoff"), object!(422)),
            (&object!("failed"), &object!("delete_resource"), object!(404)),
        ]
    );
    assert_eq!(found[1]["request_id"], object!(failed.header("x-request-id").unwrap()));
    assert_eq!((&found[1]["user_id"], &found[1]["service"]), (&object!("1001"), &object!("prepay")));
    assert_eq!(json(&found[1], "detail")["path"], object!("/api/v1/payoff"));
}

#[tokio::test]
async fn a_conflict_is_recorded() {
    let server = Server::start().await;
    let row = server.call("POST", "/api/v1/resource").json(&object!({"name": "Ledger", "status": "active"}));
    let path = format!("/api/v1/resource/{}", row.expect(201).await.json()["id"].as_str().unwrap());
    let patch = server.call("PATCH", &path).header("if-match", "\"7\"").json(&object!({"status": "archived"}));
    patch.expect(412).await;
    let found = eventually(&server, "kind = 'conflict'", 1).await;
    assert_eq!(json(&found[0], "detail"), object!({"status": 412, "error_code": "stale_etag", "path": path}));
}

#[tokio::test]
async fn a_missing_scope_is_recorded_also_at_a_read() {
    let server = Server::start_with(now(), |config| {
        crate::security::forge::services(config);
        let own: &mut ServiceConfig = config.services.get_mut("prepay").unwrap();
        own.scopes.retain(|scope| scope != "payoff:read");
    })
    .await;
    server.bare("GET", "/api/v1/payoff").bearer(&crate::security::forge::good()).expect(403).await;
    let found = eventually(&server, "kind = 'denied'", 1).await;
    assert_eq!(found[0]["operation"], object!("list_payoffs"));
}

#[tokio::test]
async fn what_was_read_is_recorded() {
    let server = Server::start().await;
    let page = server.get("/api/v1/payoff?limit=2").expect(200).await;
    let ids: Vec<Value> = page.items().iter().map(|row| row["id"].clone()).collect();
    server.get(&format!("/api/v1/payoff/{}", ids[0].as_str().unwrap())).expect(200).await;
    server.get("/api/v1/country/US").expect(200).await;
    server.get("/api/v1/country/XX").expect(404).await;
    let found = eventually(&server, "kind = 'access'", 2).await;
    assert_eq!(json(&found[0], "detail"), object!({"path": "/api/v1/payoff", "count": ids.len(), "ids": ids}));
    assert_eq!(
        (&json(&found[1], "detail")["ids"], &found[1]["operation"]),
        (&object!([ids[0]]), &object!("get_payoff"))
    );
    assert_eq!(found.len(), 2, "reference data is in the access log alone");
}

/// Whoever guesses at ids is seen.
#[tokio::test]
async fn a_reading_that_failed_is_recorded() {
    let server = Server::start().await;
    server.get("/api/v1/country/XX").expect(404).await;
    let unknown = "/api/v1/payoff/00000000-0000-0000-0000-000000000000";
    server.get(unknown).expect(404).await;
    server.get("/api/v1/user/jane.doe%40example.com").expect(400).await;
    let found = eventually(&server, "kind = 'failed'", 2).await;
    let details = [
        object!({"status": 404, "error_code": "not_found", "path": unknown}),
        object!({"status": 400, "error_code": "invalid_parameter", "path": "/api/v1/user/{id}"}),
    ];
    assert_eq!(
        found.iter().map(|r| json(r, "detail")).collect::<Vec<_>>(),
        details,
        "and what cannot be an id is not kept"
    );
}

/// What is in a path before anybody has looked at it can be as long as a request.
#[tokio::test]
async fn of_a_long_path_the_beginning_is_recorded() {
    let server = Server::start_with(now(), |config| {
        crate::security::forge::services(config);
        config.services.get_mut("prepay").unwrap().scopes.retain(|scope| scope != "payoff:read");
    })
    .await;
    let path = format!("/api/v1/payoff/{}{}", "x".repeat(240), "é".repeat(2000));
    let token = crate::security::forge::good();
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n");
    let answer = crate::front::raw(&server, request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    let found = eventually(&server, "kind = 'denied'", 1).await;
    let recorded = json(&found[0], "detail")["path"].as_str().unwrap().to_string();
    assert!((250..=256).contains(&recorded.len()) && path.starts_with(&recorded), "{recorded}");
}

#[tokio::test]
async fn who_is_not_known_or_over_the_limit_fills_no_trail() {
    let server = Server::start().await;
    server.bare("GET", "/api/v1/payoff").expect(401).await;
    server.get("/api/v1/payoff?limit=1").expect(200).await;
    eventually(&server, "kind = 'access'", 1).await;
    assert_eq!(records(&server, "kind <> 'change'").len(), 1);
}

/// What waits when the server ends is stored, not lost.
#[tokio::test]
async fn readings_outlive_a_stop() {
    let server = Server::start().await;
    let mut served = 0;
    for _ in 0..300 {
        served += usize::from(server.get("/api/v1/payoff?limit=1").send().await.status == 200);
    }
    let server = server.restart(now(), true).await;
    assert!(served > 0);
    assert_eq!(records(&server, "kind = 'access'").len(), served);
}
