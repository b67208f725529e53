//! What was answered is kept, whatever becomes of the process and its disk.

/// The disk is full, read-only, locked or broken.
mod faults;
/// The process is killed under load, again and again.
mod murder;

use crate::{
    security::forge::{PREPAY, sign},
    support::program::Program,
};
use lending_api::{
    audit::{self, Report, Scope},
    config::Config,
    store::Read,
};
use serde_json::{Value, json};
use std::path::Path;

/// A server's folder: one service, which may do anything as often as it likes.
pub fn configure(folder: &Path) {
    let scopes: Vec<&str> = lending_api::config::scopes().collect();
    let mut text = format!(
        "sample = true\n[services.prepay]\nscopes = {scopes:?}\nuser = \"asserted\"\nkeys = [{{ id = \"1\", secret = \"{PREPAY}\" }}]\n"
    );
    for class in generated_server::limit_classes() {
        text.push_str(&format!(
            "[limits.classes.{}]\nservice = 1000000\nuser = 1000000\nwindow_seconds = 60\n",
            class.name
        ));
    }
    std::fs::write(folder.join("lending.toml"), text).unwrap();
}

/// A token of now.
#[expect(clippy::disallowed_methods, reason = "the program under test has the real time")]
fn token() -> String {
    let (iat, jti) = (chrono::Utc::now().timestamp(), uuid::Uuid::new_v4().to_string());
    let claims = json!({
        "iss": "prepay", "aud": "lending-api", "sub": "1001", "act": {"sub": "prepay"}, "iat": iat, "exp": iat + 60, "jti": jti,
    });
    sign(crate::security::forge::HEADER, &claims.to_string(), PREPAY)
}

/// What came back: status, `Audit-Id`, entity tag and body. `None` when nothing did.
pub struct Answer {
    pub status: u16,
    pub audit_id: Option<String>,
    pub body: Value,
}

pub async fn send(
    http: &reqwest::Client,
    base: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> Option<Answer> {
    let mut request = http.request(method.parse().unwrap(), format!("{base}{path}")).bearer_auth(token()).json(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.ok()?;
    let status = response.status().as_u16();
    let audit_id = response.headers().get("audit-id").map(|v| v.to_str().unwrap().to_string());
    // an answer that breaks off is none
    let body = response.bytes().await.ok()?;
    Some(Answer { status, audit_id, body: serde_json::from_slice(&body).unwrap_or_default() })
}

/// Starts the server; tokens of before its start are good at once, since none is used twice here.
fn start(folder: &Path) -> Program {
    if folder.join("lending-data/lending.db").exists() {
        std::fs::write(folder.join("lending-data/tokens-taken-until"), "0").unwrap();
    }
    Program::serve(folder)
}

fn config(folder: &Path) -> Config {
    let mut config = Config::load(Some(&folder.join("lending.toml"))).unwrap();
    config.data_dir = folder.join("lending-data");
    config
}

pub fn verify(folder: &Path) -> Report {
    let config = config(folder);
    let mut read = Read::open(&config.database()).unwrap();
    read.snapshot(|tx| audit::verify(tx, &config.audit_keys().unwrap(), &Scope::default())).unwrap()
}
