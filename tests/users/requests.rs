//! Users in requests: each service proves its users in its one way, and no other way counts.

use super::{
    Issuer,
    peer::{Peer, Reply},
};
use crate::{
    security::forge::{LX, PREPAY, sign},
    support::{Answer, Server},
};
use chrono::Utc;
use lending_api::{
    clock::Clock,
    config::{AddressConfig, Config, KeyConfig, ServiceConfig, SessionConfig, UserProof},
};
use serde_json::{Value, json};

pub(super) async fn server(change: impl FnOnce(&mut Config)) -> Server {
    Server::start_by(Clock::system(), |config| {
        change(config);
        for (name, user, key) in [("web", UserProof::Oidc, PREPAY), ("ulp", UserProof::Session, LX)] {
            if (user == UserProof::Oidc && config.oidc.is_some())
                || (user == UserProof::Session && config.session.is_some())
            {
                let scopes = lending_api::config::scopes().map(Into::into).collect();
                config
                    .services
                    .insert(name.into(), ServiceConfig { scopes, user, keys: vec![KeyConfig::of("1", key.into())] });
            }
        }
    })
    .await
}

/// Reads the locations as a service, with these claims beside the usual ones.
#[expect(clippy::disallowed_methods, reason = "a real issuer has the real time")]
async fn read(server: &Server, service: &str, proof: Value) -> Answer {
    let (iat, jti) = (Utc::now().timestamp(), uuid::Uuid::new_v4().to_string());
    let mut claims =
        json!({"iss": service, "aud": "lending-api", "act": {"sub": service}, "iat": iat, "exp": iat + 60, "jti": jti});
    claims.as_object_mut().unwrap().extend(proof.as_object().unwrap().clone());
    let header = json!({"alg": "HS256", "typ": "lending+jwt", "kid": format!("{service}.1")}).to_string();
    let token = sign(&header, &claims.to_string(), if service == "web" { PREPAY } else { LX });
    server.bare("GET", "/api/v1/location").bearer(&token).send().await
}

#[tokio::test]
async fn a_service_whose_users_come_from_an_openid_provider() {
    let Some(issuer) = Issuer::start("0").await else { return };
    let oidc = issuer.config();
    let server = server(|config| config.oidc = Some(oidc)).await;
    let id_token = issuer.token("1001").await;
    let seen = read(&server, "web", json!({"sub": "1001", "id_token": id_token})).await;
    assert_eq!((seen.status, seen.items().len()), (200, 2), "{}", seen.text);
    let audited = read(&server, "web", json!({"sub": "1001", "id_token": id_token, "location_id": "5"})).await;
    assert_eq!(audited.status, 200);
    for (name, proof) in [
        ("the user alone", json!({"sub": "1001"})),
        ("another user", json!({"sub": "1002", "id_token": id_token})),
        ("a session", json!({"sub": "1001", "sid": "s"})),
        ("both", json!({"sub": "1001", "id_token": id_token, "sid": "s"})),
        ("no user", json!({"id_token": id_token})),
        ("a broken one", json!({"sub": "1001", "id_token": id_token.replace('.', "")})),
    ] {
        assert_eq!(read(&server, "web", proof).await.problem(), "401 unauthenticated", "{name}");
    }
    drop(issuer);
    // the keys are known, so the issuer's death changes nothing for who has a token
    assert_eq!(read(&server, "web", json!({"sub": "1001", "id_token": id_token})).await.status, 200);
}

#[tokio::test]
async fn a_service_whose_users_have_sessions() {
    let live = |request: &super::peer::Request| {
        let live = request.body.contains("token=live");
        Reply::Json(json!({"active": live, "sub": "1001"}))
    };
    let mut ulp = Peer::start(live).await;
    let mut session = SessionConfig::new(&ulp.url("/introspect"));
    session.cache_seconds = 0;
    let server = server(|config| config.session = Some(session)).await;
    let seen = read(&server, "ulp", json!({"sub": "1001", "sid": "live"})).await;
    assert_eq!((seen.status, seen.items().len()), (200, 2), "{}", seen.text);
    for (name, proof) in [
        ("a dead session", json!({"sub": "1001", "sid": "dead"})),
        ("another user's", json!({"sub": "1002", "sid": "live"})),
        ("the user alone", json!({"sub": "1001"})),
        ("an id_token", json!({"sub": "1001", "id_token": "a.b.c"})),
    ] {
        assert_eq!(read(&server, "ulp", proof).await.problem(), "401 unauthenticated", "{name}");
    }
    ulp.stop().await;
    let down = read(&server, "ulp", json!({"sub": "1001", "sid": "live"})).await;
    assert_eq!(down.problem(), "503 unavailable", "a session that cannot be checked is not a bad one");
    assert!(down.header("retry-after").is_some());
}

#[tokio::test]
async fn a_user_with_bad_proofs_costs_nobody_else_anything() {
    let live = |request: &super::peer::Request| {
        let live = request.body.contains("token=live");
        Reply::Json(json!({"active": live, "sub": "1001"}))
    };
    let ulp = Peer::start(live).await;
    let server = server(|config| {
        config.session = Some(SessionConfig::new(&ulp.url("/introspect")));
        config.limits.address = AddressConfig { refused: 3, open: 100, window_seconds: 3600 };
    })
    .await;
    let dead = || read(&server, "ulp", json!({"sub": "1002", "sid": "dead"}));
    for _ in 0..4 {
        assert_eq!(dead().await.problem(), "401 unauthenticated");
    }
    // another user of the same service, from the same address
    assert_eq!(read(&server, "ulp", json!({"sub": "1001", "sid": "live"})).await.status, 200);
    let asked = ulp.requests().len();
    let refused = dead().await;
    assert_eq!(refused.problem(), "429 rate_limited");
    assert_eq!(refused.header("ratelimit-policy"), Some("\"proofs\";q=3;w=3600"));
    assert!(refused.header("ratelimit").is_some() && refused.header("retry-after").is_some());
    assert_eq!(ulp.requests().len(), asked, "and nobody is asked about it");
    // whoever makes users up gets only so many of them asked about
    let mut statuses = std::collections::BTreeMap::<u16, usize>::new();
    for n in 0..60 {
        let proof = json!({"sub": format!("made-up-{n}"), "sid": "dead"});
        *statuses.entry(read(&server, "ulp", proof).await.status).or_default() += 1;
    }
    assert!(statuses[&401] <= 30 && statuses[&429] >= 30, "{statuses:?}");
}

#[tokio::test]
async fn a_proof_that_is_not_configured_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    for (proof, expected) in [("oidc", "oidc.issuer"), ("session", "session.url")] {
        let text = format!(
            "[services.web]\nscopes = []\nuser = \"{proof}\"\nkeys = [{{ id = \"1\", secret = \"{PREPAY}\" }}]\n"
        );
        let file = folder.path().join("lending.toml");
        std::fs::write(&file, text).unwrap();
        let error = Config::load(Some(&file)).unwrap_err().to_string();
        assert_eq!(error, format!("services.web.user: `{proof}` needs the setting `{expected}`"));
    }
}
