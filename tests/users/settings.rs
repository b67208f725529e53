//! Wrong settings stop the start, say what to write instead, and keep secrets to themselves.

use lending_api::{
    auth::{Oidc, Sessions},
    config::{Config, OidcConfig, SessionConfig},
};

fn oidc(change: impl FnOnce(&mut OidcConfig)) -> String {
    let mut config = OidcConfig::new("https://issuer.example/oauth2", "lending-web");
    change(&mut config);
    Oidc::new(&config).err().map(|e| e.to_string()).unwrap_or_default()
}

fn session(change: impl FnOnce(&mut SessionConfig)) -> String {
    let mut config = SessionConfig::new("https://ulp.example/introspect");
    change(&mut config);
    Sessions::new(&config).err().map(|e| e.to_string()).unwrap_or_default()
}

#[tokio::test]
async fn an_issuer_is_reached_over_tls_or_on_this_machine() {
    for good in ["https://issuer.example", "http://localhost:9", "http://127.0.0.2/x", "http://[::1]:9/tenant/"] {
        assert_eq!(oidc(|c| c.issuer = good.into()), "", "{good}");
        assert_eq!(session(|c| c.url = good.into()), "", "{good}");
    }
    for bad in [
        "http://issuer.example",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "http://10.0.0.1",
        "ftp://localhost",
    ] {
        let rule = "must begin with https://; http:// is good on loopback only";
        assert_eq!(oidc(|c| c.issuer = bad.into()), format!("oidc.issuer (LENDING_OIDC__ISSUER) {rule}"), "{bad}");
        assert_eq!(session(|c| c.url = bad.into()), format!("session.url (LENDING_SESSION__URL) {rule}"), "{bad}");
    }
    assert!(oidc(|c| c.issuer = "issuer.example".into()).contains("is no address"));
    for bad in ["https://u:hidden@issuer.example", "https://hidden@issuer.example", "https://issuer.example/#hidden"] {
        let text = oidc(|c| c.issuer = bad.into());
        assert!(text.contains("must not hold a user name") && !text.contains("hidden"), "{text}");
    }
    assert!(oidc(|c| c.issuer = "https://issuer.example?x=1".into()).contains("must not have a query"));
}

#[tokio::test]
async fn numbers_keep_to_their_ranges() {
    for (text, message) in [
        (oidc(|c| c.audience.clear()), "oidc.audience (LENDING_OIDC__AUDIENCE) is empty"),
        (
            oidc(|c| c.authorized_parties = Some(vec![])),
            "oidc.authorized_parties (LENDING_OIDC__AUTHORIZED_PARTIES) must",
        ),
        (
            oidc(|c| c.min_refresh_seconds = 0),
            "oidc.min_refresh_seconds (LENDING_OIDC__MIN_REFRESH_SECONDS) is 0: write a number from 1",
        ),
        (
            oidc(|c| c.jwks_ttl_seconds = 9),
            "oidc.jwks_ttl_seconds (LENDING_OIDC__JWKS_TTL_SECONDS) is 9: write a number from 10 to 86400",
        ),
        (
            oidc(|c| c.max_stale_seconds = 299),
            "oidc.max_stale_seconds (LENDING_OIDC__MAX_STALE_SECONDS) is 299: write a number from 300 to 604800",
        ),
        (oidc(|c| c.max_age_seconds = Some(0)), "oidc.max_age_seconds"),
        (
            oidc(|c| c.timeout_ms = 30_001),
            "oidc.timeout_ms (LENDING_OIDC__TIMEOUT_MS) is 30001: write a number from 10 to 30000",
        ),
        (session(|c| c.timeout_ms = 0), "session.timeout_ms (LENDING_SESSION__TIMEOUT_MS) is 0"),
        (
            session(|c| c.cache_seconds = 301),
            "session.cache_seconds (LENDING_SESSION__CACHE_SECONDS) is 301: write a number from 0 to 300",
        ),
    ] {
        assert!(text.starts_with(message), "{text}");
    }
}

#[tokio::test]
async fn the_secret_comes_from_one_place_and_goes_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "hidden-token\n").unwrap();
    assert_eq!(session(|c| c.secret_file = Some(file.clone())), "", "its line end is dropped");
    assert!(
        session(|c| (c.secret, c.secret_file) = (Some("x".into()), Some(file.clone())))
            .contains("both given: keep one")
    );
    assert!(
        session(|c| c.secret_file = Some("/does/not/exist".into()))
            .contains("session.secret_file (LENDING_SESSION__SECRET_FILE) /does/not/exist: ")
    );
    for bad in ["", "hidden token", "hidden\r\nx: y", "hiddén"] {
        let text = session(|c| c.secret = Some(bad.into()));
        assert!(text.starts_with("session.secret (LENDING_SESSION__SECRET) must be letters"), "{text}");
        assert!(!text.contains("hid"), "{text}");
    }
    let mut config = SessionConfig::new("https://ulp.example/");
    config.secret = Some("hidden".into());
    assert!(!format!("{config:?}").contains("hidden"));
}

#[test]
fn the_file_is_read_strictly_and_never_quoted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lending.toml");
    let load = |text: &str| {
        std::fs::write(&file, text).unwrap();
        Config::load(Some(&file)).map_err(|e| e.to_string())
    };
    let config = load("[oidc]\nissuer = 'https://issuer.example'\naudience = 'a'\n[session]\nurl = 'https://ulp.example'\nsecret = 's'\n").unwrap();
    let (oidc, session) = (config.oidc.unwrap(), config.session.unwrap());
    assert_eq!(
        (oidc.jwks_ttl_seconds, oidc.min_refresh_seconds, oidc.max_stale_seconds, oidc.timeout_ms),
        (300, 10, 86_400, 2000)
    );
    assert_eq!((session.timeout_ms, session.cache_seconds, session.secret.is_some()), (2000, 30, true));
    for (text, part) in [
        ("[oidc]\nissuer = 'x'\n", "audience"),
        ("[oidc]\nissuer = 'x'\naudience = 'a'\nleeway = 1\n", "unknown setting oidc.leeway"),
        ("[session]\nsecret = 's'\n", "url"),
        ("[session]\nurl = 'x'\nsecret = 7777777\n", "session.secret"),
        ("[session]\nurl = 'x'\nsecret = [7777777]\n", "session.secret"),
        ("[session]\nurl = 'x'\nsecret = 7777777.5\n", "is not a text"),
    ] {
        let error = load(text).unwrap_err();
        assert!(error.contains(part) && !error.contains("7777777"), "{error}");
    }
}
