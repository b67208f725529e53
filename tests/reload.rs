//! What changes while the server runs, and what is said about it: keys, services, Redis.

use crate::{
    security::forge::{COMING, LX, OLD, PREPAY, good, services, sign},
    support::{
        Server, now,
        program::{Program, Redis, Starting, free_port, is_there},
    },
};
use lending_api::{
    config::{OidcConfig, UserProof},
    reload::Watch,
};
use serde_json::json;
use std::{path::Path, time::Duration};

/// A token of `prepay`, signed now.
#[expect(clippy::disallowed_methods, reason = "the program under test has the real time")]
fn token(key_id: &str, secret: &str) -> String {
    let (iat, jti) = (chrono::Utc::now().timestamp(), uuid::Uuid::new_v4().to_string());
    let header = json!({"alg": "HS256", "typ": "lending+jwt", "kid": format!("prepay.{key_id}")}).to_string();
    let claims = json!({
        "iss": "prepay", "aud": "lending-api", "sub": "1001", "act": {"sub": "prepay"}, "iat": iat, "exp": iat + 60, "jti": jti,
    });
    sign(&header, &claims.to_string(), secret)
}

async fn status(base: &str, key_id: &str, secret: &str) -> u16 {
    let url = format!("{base}/api/v1/country/US");
    reqwest::Client::new().get(url).bearer_auth(token(key_id, secret)).send().await.unwrap().status().as_u16()
}

fn configure(folder: &Path, rest: &str) {
    let text = format!("sample = true\n{rest}\n[services.prepay]\nscopes = [\"country:read\"]\nuser = \"asserted\"\n");
    std::fs::write(folder.join("lending.toml"), text).unwrap();
}

/// Adds a key to the file; its secret lies in a file of its own.
fn add_key(folder: &Path, id: &str, secret: &str) {
    std::fs::write(folder.join(format!("key-{id}")), format!("{secret}\n")).unwrap();
    let path = folder.join("lending.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let key = format!("[[services.prepay.keys]]\nid = \"{id}\"\nsecret_file = \"key-{id}\"\n");
    std::fs::write(path, format!("{text}{key}")).unwrap();
}

#[tokio::test]
async fn keys_rotate_on_sighup_and_nobody_notices() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    configure(folder, "");
    add_key(folder, "1", PREPAY);
    let program = Program::serve(folder);
    assert_eq!((status(&program.base, "1", PREPAY).await, status(&program.base, "2", COMING).await), (200, 401));

    add_key(folder, "2", COMING);
    program.signal("HUP");
    program.wait_for(1, "configuration reloaded").await;
    assert_eq!((status(&program.base, "1", PREPAY).await, status(&program.base, "2", COMING).await), (200, 200));

    configure(folder, "");
    add_key(folder, "2", COMING);
    program.signal("HUP");
    program.wait_for(2, "configuration reloaded").await;
    assert_eq!((status(&program.base, "1", PREPAY).await, status(&program.base, "2", COMING).await), (401, 200));
}

#[tokio::test]
async fn a_file_that_changes_is_read_without_being_asked() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    configure(folder, "");
    add_key(folder, "1", PREPAY);
    let program = Program::serve(folder);
    assert_eq!(status(&program.base, "1", LX).await, 401);
    // the secret's own file, as an orchestrator exchanges it
    std::fs::write(folder.join("key-new"), LX).unwrap();
    std::fs::rename(folder.join("key-new"), folder.join("key-1")).unwrap();
    program.wait_for(1, "configuration reloaded").await;
    assert_eq!((status(&program.base, "1", PREPAY).await, status(&program.base, "1", LX).await), (401, 200));
}

/// A key that is exchanged after the server read it counts as a change, also if nobody looked in between.
#[test]
fn what_changes_during_a_start_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let key = folder.join("key");
    std::fs::write(&key, PREPAY).unwrap();
    let text =
        format!("[services.a]\nscopes = []\nuser = \"none\"\nkeys = [{{ id = \"1\", secret_file = {key:?} }}]\n");
    std::fs::write(folder.join("lending.toml"), text).unwrap();
    let (mut watch, config) = Watch::load(Some(&folder.join("lending.toml"))).unwrap();
    lending_api::serve::keyring(&config).unwrap();
    assert!(!watch.changed());
    std::fs::write(&key, LX).unwrap();
    assert!(watch.changed() && !watch.changed());
}

#[tokio::test]
async fn a_key_file_that_comes_after_the_setting_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    configure(folder, "");
    add_key(folder, "1", PREPAY);
    let program = Program::serve(folder);
    add_key(folder, "2", COMING);
    std::fs::rename(folder.join("key-2"), folder.join("not-yet")).unwrap();
    program.signal("HUP");
    program.wait_for(1, "the old one stays in use").await;
    std::fs::rename(folder.join("not-yet"), folder.join("key-2")).unwrap();
    program.wait_for(1, "configuration reloaded").await;
    assert_eq!(status(&program.base, "2", COMING).await, 200);
}

#[tokio::test]
async fn a_signal_during_the_start_is_not_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    configure(folder, "");
    add_key(folder, "1", PREPAY);
    // the migration waits for the writer
    std::fs::create_dir(folder.join("lending-data")).unwrap();
    std::fs::write(folder.join("lending-data/tokens-taken-until"), "0").unwrap();
    lending_api::audit::Keys::make(&folder.join("lending-data/audit-keys.json")).unwrap();
    let writer = rusqlite::Connection::open(folder.join("lending-data/lending.db")).unwrap();
    writer.execute_batch("PRAGMA journal_mode = WAL; BEGIN IMMEDIATE; CREATE TABLE held (a)").unwrap();
    let starting = Starting::serve(folder);
    starting.wait_until_it_handles_hangups().await;
    starting.signal("HUP");
    writer.execute_batch("ROLLBACK").unwrap();
    let program = starting.listens();
    program.wait_for(1, "configuration reloaded").await;
    assert_eq!(status(&program.base, "1", PREPAY).await, 200);
}

/// A secret that nobody hands out, as on a file system that hangs, keeps neither callers nor the end waiting.
#[tokio::test]
async fn a_file_that_hangs_keeps_nobody_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    configure(folder, "");
    add_key(folder, "1", PREPAY);
    let program = Program::serve(folder);
    let key = folder.join("key-1");
    std::fs::remove_file(&key).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&key).status().unwrap().success());
    program.signal("HUP");
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(status(&program.base, "1", PREPAY).await, 200);
    program.signal("TERM");
    program.ended();
}

#[tokio::test]
async fn only_services_keys_and_certificate_are_exchanged() {
    let server = Server::start_with(now(), services).await;
    let mut config = server.config.clone();
    config.audience = "other".into();
    server.running().reloader().reload(&config).unwrap();
    server.bare("GET", "/api/v1/location").bearer(&good()).expect(200).await;
    config.services.get_mut("prepay").unwrap().user = UserProof::Oidc;
    config.oidc = Some(OidcConfig::new("https://issuer.example", "lending-web"));
    let refused = server.running().reloader().reload(&config).unwrap_err().to_string();
    assert_eq!(
        refused,
        "services.prepay.user: `oidc` needs a setting that was not there at the start; restart the server"
    );
    server.bare("GET", "/api/v1/location").bearer(&good()).expect(200).await;
}

#[tokio::test]
async fn what_is_wrong_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    configure(folder, "");
    add_key(folder, "1", PREPAY);
    let program = Program::serve(folder);
    for (rest, key, expected) in [
        ("", Some("short"), "key prepay.1 has 5 bytes, at least 32 are needed"),
        ("bnid = \"127.0.0.1:1\"", Some(OLD), "unknown setting bnid"),
        ("this is no TOML", Some(OLD), "TOML parse error"),
        ("", None, "missing field `keys`"),
    ] {
        configure(folder, rest);
        if let Some(key) = key {
            add_key(folder, "1", key);
        }
        program.signal("HUP");
        program.wait_for(1, expected).await;
        assert_eq!(status(&program.base, "1", PREPAY).await, 200, "{expected}");
    }
    std::fs::write(folder.join("lending.toml"), "").unwrap();
    program.signal("HUP");
    program.wait_for(1, "development mode cannot be entered or left").await;
    assert_eq!(status(&program.base, "1", PREPAY).await, 200);

    configure(folder, "audience = \"other\"");
    add_key(folder, "1", OLD);
    program.signal("HUP");
    program.wait_for(1, "they count after a restart").await;
    assert!(program.logged("the old one stays in use") >= 5);
    assert!(program.logged(OLD) + program.logged(PREPAY) == 0, "no secret is logged");
}

#[tokio::test]
async fn that_redis_goes_and_comes_is_said_once() {
    if !is_there("redis-server", "that_redis_goes_and_comes_is_said_once") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let port = free_port();
    configure(folder, &format!("redis = {{ url = \"redis://127.0.0.1:{port}\", replay = \"accept\" }}"));
    add_key(folder, "1", PREPAY);
    // away at the start already: the server serves
    let program = Program::serve(folder);
    program.wait_for(1, "Redis is away").await;
    let all_served = async || {
        for _ in 0..30 {
            assert_eq!(status(&program.base, "1", PREPAY).await, 200);
        }
    };
    all_served().await;
    assert_eq!((program.logged("Redis is away"), program.logged("Redis is back")), (1, 0));
    for round in 1..=2 {
        let redis = Redis::start_on(port);
        program.wait_for(round, "Redis is back").await;
        all_served().await;
        drop(redis);
        all_served().await;
        tokio::time::sleep(Duration::from_millis(600)).await;
        assert_eq!((program.logged("Redis is away"), program.logged("Redis is back")), (round + 1, round));
    }
}
