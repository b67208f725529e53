//! Lists: filters, OR, paging.

use crate::support::Server;
use serde_json::Value;
use std::collections::BTreeSet;

/// Walks all pages; every row must come exactly once.
async fn walk(server: &Server, path: &str, key: &str, limit: usize) -> Vec<Value> {
    let (mut rows, mut token) = (vec![], None::<String>);
    let glue = if path.contains('?') { '&' } else { '?' };
    loop {
        let mut url = format!("{path}{glue}limit={limit}");
        if let Some(token) = &token {
            url.push_str(&format!("&page-token={token}"));
        }
        let page = server.get(&url).expect(200).await;
        assert!(page.items().len() <= limit);
        rows.extend(page.items());
        token = page.json()["next_page"].as_str().map(Into::into);
        if token.is_none() {
            break;
        }
    }
    let keys: BTreeSet<String> = rows.iter().map(|r| r[key].to_string()).collect();
    assert_eq!(keys.len(), rows.len(), "{path}: a row came twice");
    rows
}

#[tokio::test]
async fn every_list_is_walked_once() {
    let server = Server::start().await;
    for i in 0..7 {
        let body = serde_json::json!({"name": format!("Thing {i}"), "status": "active"});
        server.call("POST", "/api/v1/resource").json(&body).expect(201).await;
    }
    for (path, key, limit, count) in [
        ("/api/v1/country", "alpha2", 200, 249),
        ("/api/v1/country", "alpha2", 83, 249),
        ("/api/v1/naics-code", "code", 200, 2125),
        ("/api/v1/holiday", "id", 199, 2783),
        ("/api/v1/franchise", "id", 2, 5),
        ("/api/v1/resource", "id", 3, 7),
        ("/api/v1/location", "id", 1, 2),
        ("/api/v1/user", "id", 1, 3),
        ("/api/v1/payoff", "id", 1, 2),
        ("/api/v1/naics-code?level=3&level=2", "code", 50, 116),
    ] {
        assert_eq!(walk(&server, path, key, limit).await.len(), count, "{path}");
    }
}

#[tokio::test]
async fn fifty_rows_unless_asked() {
    let server = Server::start().await;
    let page = server.get("/api/v1/country").expect(200).await;
    assert_eq!(page.items().len(), 50);
    assert!(page.json()["next_page"].is_string());
}

#[tokio::test]
async fn a_token_belongs_to_its_list_and_caller() {
    let server = Server::start().await;
    let token = |page: crate::support::Answer| page.json()["next_page"].as_str().unwrap().to_string();
    let countries = token(server.get("/api/v1/country?limit=1").expect(200).await);
    let other_filter = server.get(&format!("/api/v1/country?name=Chad&page-token={countries}")).send().await;
    assert_eq!(other_filter.problem(), "400 invalid_parameter | page-token invalid");
    let other_list = server.get(&format!("/api/v1/franchise?page-token={countries}")).send().await;
    assert_eq!(other_list.problem(), "400 invalid_parameter | page-token invalid");
    let mine = token(server.get("/api/v1/location?limit=1").expect(200).await);
    let theirs = server.token(Some("1003"), None);
    let stolen = server.get(&format!("/api/v1/location?page-token={mine}")).bearer(&theirs).send().await;
    assert_eq!(stolen.problem(), "400 invalid_parameter | page-token invalid");
}

#[tokio::test]
async fn filters() {
    let server = Server::start().await;
    for (path, key, expected) in [
        ("/api/v1/naics-code?code=722511&code=722513", "code", "722511 722513"),
        ("/api/v1/naics-code?code=722511&level=5", "code", ""),
        ("/api/v1/naics-code?code-prefix=7225&level=6", "code", "722511 722513 722514 722515"),
        ("/api/v1/naics-code?title=SOYBEAN%20farm", "code", "11111 111110 11112 111120"),
        ("/api/v1/naics-code?title=soybean&title=oilseed&level=6", "code", "111110 111120 111191 311224"),
        ("/api/v1/naics-code?title=...", "code", ""),
        ("/api/v1/naics-code?parent-code=31-33&limit=3", "code", "311 312 313"),
        ("/api/v1/naics-code?sector-code=92&level=3&limit=2", "code", "921 922"),
        ("/api/v1/country?numeric=004&numeric=840", "alpha2", "AF US"),
        ("/api/v1/country?alpha3=FRA", "alpha2", "FR"),
        ("/api/v1/country?name=Chad", "alpha2", "TD"),
        ("/api/v1/franchise?brand=caf%C3%A9", "id", "sample-1"),
        ("/api/v1/franchise?brand=CAFE", "id", "sample-1"),
        ("/api/v1/franchise?brand=sample%20b&brand=sample%20f", "id", "sample-2 sample-3"),
        ("/api/v1/franchise?meets-ftc-definition=false", "id", "sample-4"),
        ("/api/v1/franchise?active=false&active=false", "id", "!400"),
        ("/api/v1/location?state=TX&state=OK", "id", "5 6"),
        ("/api/v1/location?type=branch", "id", "6"),
        ("/api/v1/location/?partner-id=P100&name=Sample%20Bank,%20North%20Branch", "id", "6"),
        ("/api/v1/user/?location-id=5", "id", "1001 1002"),
        ("/api/v1/user?location-id=5&location-id=6", "id", "1001 1002 1004"),
        ("/api/v1/user?email=SAMPLE.Viewer@sample.example", "id", "1002"),
        ("/api/v1/user?last-name=Closer&status=active", "id", "1001"),
        ("/api/v1/payoff?program=7a&status=quoted", "loan_number", "9000000002"),
        ("/api/v1/payoff?program=504&program=disaster", "loan_number", ""),
        ("/api/v1/holiday?year=2026&calendar=federal_reserve&limit=2", "date", "2026-01-01 2026-01-19"),
    ] {
        let answer = server.get(path).send().await;
        if let Some(status) = expected.strip_prefix('!') {
            assert_eq!(answer.status.to_string(), status, "{path}");
            continue;
        }
        let found: Vec<String> = answer.items().iter().map(|i| i[key].as_str().unwrap().to_string()).collect();
        assert_eq!(found.join(" "), expected, "{path}: {}", answer.text);
    }
}

/// Every filter of the document is answered from an index, never by reading the table.
#[tokio::test]
async fn every_filter_rests_on_an_index() {
    let server = Server::start().await;
    let db = server.database();
    let mut seen = 0;
    for (path, item) in
        <generated_server::Document as forebear_runtime::Api>::contract().document()["paths"].as_object().unwrap()
    {
        if item["get"]["x-page"] != true {
            continue;
        }
        let table = generated_server::store::TABLES
            .iter()
            .find(|t| path.ends_with(&format!("/{}", t.noun.replace(' ', "-"))))
            .unwrap();
        for parameter in item["get"]["parameters"].as_array().unwrap().iter().filter(|p| p["in"] == "query") {
            let name = parameter["name"].as_str().unwrap();
            if matches!(name, "limit" | "page-token") {
                continue;
            }
            seen += 1;
            let column = name.strip_suffix("-prefix").unwrap_or(name).replace('-', "_");
            let candidates =
                [column.clone(), format!("{column}_"), format!("{column}_fold"), format!("address_{column}")];
            let indexed = |c: &str| {
                let sql = format!("EXPLAIN QUERY PLAN SELECT * FROM {} WHERE {c} >= 'a' AND {c} < 'b'", table.name);
                db.query_row(&sql, [], |r| r.get::<_, String>(3))
                    .is_ok_and(|plan| plan.contains("INDEX") && plan.starts_with("SEARCH"))
            };
            let side = table.sides.iter().any(|s| s.ends_with(&column) || s.ends_with("_word") && column == "title");
            assert!(side || candidates.iter().any(|c| indexed(c)), "{path}?{name} rests on no index of {}", table.name);
        }
    }
    assert!(seen > 25, "only {seen} filters were looked at");
}

/// Whether it is of another list or no token at all, the words hold.
#[tokio::test]
async fn what_is_no_page_token_of_this_list() {
    let server = Server::start().await;
    let other =
        server.get("/api/v1/country?limit=1").expect(200).await.json()["next_page"].as_str().unwrap().to_string();
    for token in ["nonsense", &other] {
        let answer = server.get(&format!("/api/v1/naics-code?page-token={token}")).send().await;
        assert_eq!(answer.status, 400);
        let detail = answer.json()["errors"][0]["detail"].to_string();
        assert!(detail.contains("is not a page token of this list with these filters; start again"), "{detail}");
    }
}
