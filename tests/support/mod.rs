//! A server per test, clients for it, and a record of what was called.

mod http;
pub mod program;

pub use http::{Answer, Call};

use chrono::{DateTime, Utc};
use lending_api::{
    auth::{self, Subject},
    clock::Clock,
    config::{AddressConfig, ClassConfig, Config, Development},
    serve::{self, Running},
};
use lending_api_client::{Client, Session};
use secrecy::ExposeSecret;
use std::{path::PathBuf, sync::OnceLock};
use tempfile::TempDir;

/// A Tuesday before a holiday-free week, so that tests do not depend on the day on which they run.
pub fn now() -> DateTime<Utc> {
    "2026-06-09T15:00:00Z".parse().unwrap()
}

/// A running server with its own folder.
pub struct Server {
    pub config: Config,
    running: Running,
    pub base: String,
    folder: TempDir,
    http: reqwest::Client,
}

impl Server {
    /// Development mode on a free port, at [`now`].
    pub async fn start() -> Self {
        Self::start_at(now()).await
    }

    pub async fn start_at(at: DateTime<Utc>) -> Self {
        Self::start_with(at, |_| {}).await
    }

    /// With a configuration that is changed before the start.
    pub async fn start_with(at: DateTime<Utc>, change: impl FnOnce(&mut Config)) -> Self {
        Self::start_by(Clock::fixed(at), change).await
    }

    /// By a clock that may go on.
    pub async fn start_by(clock: Clock, change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config(folder.path());
        std::fs::create_dir(&config.data_dir).unwrap();
        copy_template(&config.data_dir);
        // as after an orderly stop long ago
        std::fs::write(config.data_dir.join("tokens-taken-until"), "0").unwrap();
        change(&mut config);
        Development::apply(&mut config).unwrap();
        let running = serve::start(&config, clock).await.unwrap();
        let base = format!("http://{}", running.address());
        Self { config, running, base, folder, http: reqwest::Client::new() }
    }

    /// Ends, in order or as if killed, and starts anew on the same data.
    pub async fn restart(self, at: DateTime<Utc>, in_order: bool) -> Self {
        self.restart_by(Clock::fixed(at), in_order).await
    }

    pub async fn restart_by(self, clock: Clock, in_order: bool) -> Self {
        let Self { config, running, folder, .. } = self;
        if in_order {
            running.stop().await.unwrap();
        }
        let running = serve::start(&config, clock).await.unwrap();
        let base = format!("http://{}", running.address());
        Self { config, running, base, folder, http: reqwest::Client::new() }
    }

    /// The server itself.
    pub fn running(&self) -> &Running {
        &self.running
    }

    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub fn key(&self) -> String {
        self.config.services["prepay"].keys[0].read().unwrap().expose_secret().to_string()
    }

    pub fn token(&self, user: Option<&str>, location: Option<&str>) -> String {
        let ring = serve::keyring(&self.config).unwrap();
        auth::mint(&ring, "prepay", &Subject { user, location }, now().timestamp(), 300).unwrap().unwrap()
    }

    /// The generated client. Its tokens carry the real time, so it works against [`Server::start_now`] only.
    pub fn client(&self, user: &str) -> Session {
        Client::builder(&self.base).service("prepay").key(self.key()).build().unwrap().as_user(user)
    }

    #[expect(clippy::disallowed_methods, reason = "the client's tokens carry the real time")]
    pub async fn start_now() -> Self {
        Self::start_at(Utc::now()).await
    }

    /// A raw request as nobody.
    pub fn bare(&self, method: &str, path: &str) -> Call {
        Call::new(self.http.clone(), method, &self.base, path)
    }

    /// A raw request as user 1001, with what the document requires.
    pub fn call(&self, method: &str, path: &str) -> Call {
        self.bare(method, path).usual().bearer(&self.token(Some("1001"), None))
    }

    pub fn get(&self, path: &str) -> Call {
        self.call("GET", path)
    }

    /// A second connection to the server's database.
    pub fn database(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.config.database()).unwrap()
    }
}

/// Puts a database with all data into a folder, and the secrets that it was made with. It is made once; loading it for every test would take a
/// second each.
pub fn copy_template(to: &std::path::Path) {
    static TEMPLATE: OnceLock<(TempDir, [PathBuf; 2])> = OnceLock::new();
    let make = || {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config(folder.path());
        config.sample = Some(true);
        serve::prepare(&config, &Clock::fixed(now())).unwrap();
        let files = [config.database(), config.data_dir.join("audit-keys.json")];
        (folder, files)
    };
    for file in &TEMPLATE.get_or_init(make).1 {
        std::fs::copy(file, to.join(file.file_name().unwrap())).unwrap();
    }
}

/// Runs SQL as one who can do anything with the database, and leaves its triggers as they were.
pub fn tamper(db: &rusqlite::Connection, sql: &str) {
    let mut query = db.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").unwrap();
    let triggers: Vec<(String, String)> =
        query.query_map([], |r| Ok((r.get(0)?, r.get(1)?))).unwrap().map(Result::unwrap).collect();
    let (names, texts): (Vec<_>, Vec<_>) = triggers.into_iter().unzip();
    let drop: String = names.iter().map(|name| format!("DROP TRIGGER {name};")).collect();
    db.execute_batch(&format!("BEGIN IMMEDIATE; {drop} {sql}; {}; COMMIT", texts.join(";"))).unwrap();
}

pub fn config(folder: &std::path::Path) -> Config {
    Config {
        bind: "127.0.0.1:0".parse().unwrap(),
        data_dir: folder.join("data"),
        audience: "lending-api".into(),
        log: "off".into(),
        sample: None,
        reply_cache_bytes: 1 << 20,
        services: Default::default(),
        oidc: None,
        session: None,
        limits: Default::default(),
        redis: None,
        audit: Default::default(),
        dynamodb: None,
        http: Default::default(),
        tls: None,
        cors: Default::default(),
    }
}

/// Puts every limit out of the way.
pub fn unlimited(config: &mut Config) {
    let none = ClassConfig { service: 1_000_000, user: 1_000_000, window_seconds: 60 };
    let classes = generated_server::limit_classes().iter().map(|c| (c.name.to_string(), none));
    config.limits.classes = classes.collect();
    config.limits.address = AddressConfig { refused: 1_000_000, open: 1_000_000, window_seconds: 60 };
}
