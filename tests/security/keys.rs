//! Keys from outside: weak ones stop the start, and a running server takes new ones.

use lending_api::{
    clock::Clock,
    config::{Config, KeyConfig, ServiceConfig, UserProof},
    serve,
};
use std::path::PathBuf;

/// What a start says to keys of two services.
async fn start(keys: Vec<KeyConfig>, others: Vec<KeyConfig>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut config: Config = crate::support::config(folder.path());
    for (name, keys) in [("prepay", keys), ("lx", others)] {
        config.services.insert(name.into(), ServiceConfig { scopes: vec![], user: UserProof::None, keys });
    }
    assert!(!format!("{config:?}").contains("6f1d9a40c2e8"), "the secret is in Debug");
    match serve::start(&config, Clock::system()).await {
        Err(e) => e.to_string(),
        Ok(running) => {
            running.stop().await.unwrap();
            "started".into()
        }
    }
}

#[tokio::test]
async fn a_weak_key_stops_the_start() {
    let good = || KeyConfig::of("1", "6f1d9a40c2e85b7793ad04fe12b86c55".into());
    let other = || vec![KeyConfig::of("1", "b08e47d19c53fa62701de8954ab3cf27".into())];
    let weak = |secret: &str| vec![KeyConfig::of("1", secret.into())];
    assert_eq!(start(vec![good()], other()).await, "started");
    for (keys, expected) in [
        (weak(&"k".repeat(31)), "services.prepay.keys: key prepay.1 has 31 bytes, at least 32 are needed"),
        (weak(""), "services.prepay.keys: key prepay.1 has 0 bytes"),
        (weak(&"k".repeat(64)), "services.prepay.keys: key prepay.1 is not random"),
        (weak(&"correct horse ".repeat(5)), "services.prepay.keys: key prepay.1 is not random"),
        (other(), "services.prepay.keys: key prepay.1 has the secret of another key"),
        (vec![KeyConfig { secret: None, ..good() }], "give exactly one of secret, secret_file and secret_env"),
        (
            vec![KeyConfig { secret_env: Some("A".into()), ..good() }],
            "give exactly one of secret, secret_file and secret_env",
        ),
        (
            vec![KeyConfig { secret: None, secret_file: Some(PathBuf::from("/nowhere/key")), ..good() }],
            "services.prepay.keys: key 1: secret_file /nowhere/key: No such file",
        ),
        (
            vec![KeyConfig { secret: None, secret_env: Some("LENDING_NO_SUCH".into()), ..good() }],
            "services.prepay.keys: key 1: secret_env LENDING_NO_SUCH: environment variable not found",
        ),
    ] {
        let said = start(keys, other()).await;
        assert!(said.contains(expected), "{expected}: {said}");
        assert!(!said.contains("kkkk") && !said.contains("b08e47"), "{said}");
    }
}
