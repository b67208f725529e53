//! A settings mistake must stop the app server at its start, with a message that names the setting.

use crate::fake::KEY;
use lending_api_client::{BuildError, Client, ClientBuilder};
use std::time::Duration;

fn builder() -> ClientBuilder {
    Client::builder("https://lending.example.gov/api-gateway/").service("prepay").key(KEY)
}

fn refusal(builder: ClientBuilder) -> String {
    builder.build().expect_err("a wrong setting").to_string()
}

#[test]
fn accepts_the_required_settings_alone() {
    builder().build().expect("client");
}

#[test]
fn refuses_unusable_urls() {
    for url in ["", "lending.example.gov", "ftp://lending.example.gov", "https://", "https://a:b@c", "https://c?d=e"] {
        let error = Client::builder(url).service("prepay").key(KEY).build().expect_err(url);
        assert!(matches!(error, BuildError::Url(_)), "{url}: {error}");
    }
}

#[test]
fn refuses_a_missing_or_short_key() {
    let keyless = Client::builder("http://127.0.0.1:1").service("prepay");
    assert_eq!(refusal(keyless.clone()), "the key of the service is missing");
    assert_eq!(refusal(keyless.key(&KEY[1..])), "the key of the service has 31 bytes; at least 32 are needed");
}

#[test]
fn refuses_a_service_or_key_id_that_no_token_can_carry() {
    assert!(matches!(builder().service("").build(), Err(BuildError::Service)));
    assert!(matches!(builder().service("pre pay").build(), Err(BuildError::Service)));
    assert!(matches!(builder().key_id("1.2").build(), Err(BuildError::KeyId)));
    assert!(matches!(builder().audience("").build(), Err(BuildError::Audience)));
}

#[test]
fn refuses_a_token_lifetime_out_of_range() {
    builder().token_lifetime(Duration::from_secs(300)).build().expect("longest lifetime");
    for given in [Duration::ZERO, Duration::from_millis(999), Duration::from_millis(300_001)] {
        let message = refusal(builder().token_lifetime(given));
        assert_eq!(message, format!("a token may live from 1 to 300 seconds, not {given:?}"));
    }
}

#[test]
fn debug_never_shows_the_key() {
    let client = builder().build().expect("client");
    let shown = format!("{:?} {client:?} {:?}", builder(), client.as_user("1001"));
    assert!(!shown.contains(KEY) && !shown.contains("48, 49, 50"), "{shown}");
}
