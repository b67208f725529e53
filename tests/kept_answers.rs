//! Answers of reference data that are kept: never stale, never without a caller, and as conditional as any other.

use crate::support::{Answer, Server, now};
use lending_api::{
    auth::{self, Subject},
    config::{ClassConfig, KeyConfig, ServiceConfig, UserProof},
    data::import::import,
    serve,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

const LIST: &str = "/api/v1/franchise?brand=kept";

fn import_brand(server: &Server, brand: &str) {
    let file = server.folder().join("rows.csv");
    std::fs::write(&file, format!("code,brand\nS0901,{brand}\n")).unwrap();
    import(&server.config, "franchise", &file, now()).unwrap();
}

fn brands(answer: &Answer) -> Vec<String> {
    answer.items().iter().map(|f| f["brand"].as_str().unwrap().to_string()).collect()
}

/// What the second of two equal requests gets, which a kept answer can serve.
async fn again(server: &Server, path: &str) -> Answer {
    let first = server.get(path).expect(200).await;
    let second = server.get(path).expect(200).await;
    assert_eq!((&first.text, first.header("etag")), (&second.text, second.header("etag")));
    second
}

#[tokio::test]
async fn an_import_shows_at_once() {
    let server = Server::start().await;
    assert!(brands(&again(&server, LIST).await).is_empty());
    for brand in ["Kept One", "Kept Two", "Kept Three"] {
        import_brand(&server, brand);
        assert_eq!(brands(&again(&server, LIST).await), [brand]);
    }
}

#[tokio::test]
async fn a_change_by_any_connection_shows_at_once() {
    let server = Server::start().await;
    let before = again(&server, "/api/v1/country/FR").await;
    let database = server.database();
    database.execute("UPDATE country SET name = 'Elsewhere' WHERE alpha2 = 'FR'", []).unwrap();
    let after = again(&server, "/api/v1/country/FR").await;
    assert_eq!(after.json()["name"], "Elsewhere");
    assert_ne!(before.header("etag"), after.header("etag"));
    database.execute("DELETE FROM country WHERE alpha2 = 'FR'", []).unwrap();
    server.get("/api/v1/country/FR").expect(404).await;
}

#[tokio::test]
async fn a_committed_change_is_never_missed_under_load() {
    let server = Arc::new(Server::start().await);
    let stop = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (server, stop) = (server.clone(), stop.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    server.get("/api/v1/country/DE").expect(200).await;
                }
            })
        })
        .collect();
    let database = server.database();
    for n in 0..100 {
        let name = format!("Name {n}");
        database.execute("UPDATE country SET name = ?1 WHERE alpha2 = 'DE'", [&name]).unwrap();
        let answer = server.get("/api/v1/country/DE").expect(200).await;
        assert_eq!(answer.json()["name"], name.as_str());
    }
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.unwrap();
    }
}

#[tokio::test]
async fn what_is_kept_is_for_those_who_may_ask() {
    let server = Server::start_with(now(), |config| {
        for (name, scope, secret) in [
            ("prepay", "country:read", "fJ8vQ2mZr7LxWc4TnB9sKd6HyP3gUaE1"),
            ("poor", "payoff:read", "Tz5kR1wXq8NbVj3MdG7cLh0SfY6pEu2A"),
        ] {
            let keys = vec![KeyConfig::of("1", secret.to_string().into())];
            let service = ServiceConfig { scopes: vec![scope.into()], user: UserProof::Asserted, keys };
            config.services.insert(name.into(), service);
        }
        let class = ClassConfig { service: 9, user: 3, window_seconds: 3600 };
        config.limits.classes.insert("reference-read".into(), class);
    })
    .await;
    let path = "/api/v1/country/FR";
    again(&server, path).await;
    assert_eq!(server.get(path).bearer("none").expect(401).await.json()["error_code"], "unauthenticated");
    let used = server.token(Some("1001"), None);
    server.get(path).bearer(&used).expect(200).await;
    server.get(path).bearer(&used).expect(401).await;
    let ring = serve::keyring(&server.config).unwrap();
    let poor = auth::mint(&ring, "poor", &Subject::default(), now().timestamp(), 300).unwrap().unwrap();
    assert_eq!(server.get(path).bearer(&poor).expect(403).await.json()["error_code"], "scope");
    server.get(path).expect(429).await;
}

#[tokio::test]
async fn parameters_are_judged_before_what_is_kept() {
    let server = Server::start().await;
    again(&server, "/api/v1/naics-code?limit=2").await;
    for (query, problem) in
        [("limit=02", "limit invalid"), ("limit=2&limit=2", "limit repeated"), ("limit=2&x=1", "x unknown")]
    {
        let answer = server.get(&format!("/api/v1/naics-code?{query}")).expect(400).await;
        assert!(answer.problem().ends_with(problem), "{}", answer.problem());
    }
}

#[tokio::test]
async fn a_kept_answer_can_be_not_modified() {
    let server = Server::start().await;
    let kept = again(&server, LIST).await;
    let etag = kept.header("etag").unwrap().to_string();
    for _ in 0..2 {
        let same = server.get(LIST).header("if-none-match", &etag).expect(304).await;
        assert_eq!((same.text.as_str(), same.header("etag")), ("", Some(etag.as_str())));
    }
    import_brand(&server, "Kept Four");
    let changed = server.get(LIST).header("if-none-match", &etag).expect(200).await;
    assert_eq!(brands(&changed), ["Kept Four"]);
    assert_ne!(changed.header("etag"), Some(etag.as_str()));
}

#[tokio::test]
async fn without_room_nothing_is_kept() {
    let server = Server::start_with(now(), |config| config.reply_cache_bytes = 0).await;
    again(&server, LIST).await;
    import_brand(&server, "Kept Five");
    assert_eq!(brands(&again(&server, LIST).await), ["Kept Five"]);
}
