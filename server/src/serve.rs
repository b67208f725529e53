//! Puts a server together, starts it, and stops it without losing a request.

use crate::{
    app::App,
    auth::{Keyring, Service},
    clock::Clock,
    config::Config,
    data,
    limits::Limits,
    store::{Mode, Readers, Sqlite, Writer, migrate},
};
use dropshot::{ConfigDropshot, HandlerTaskMode, HttpServer, ServerBuilder};
use forebear_runtime::LimitClass;
use slog::Drain;
use std::{
    error::Error,
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

type Fault = Box<dyn Error + Send + Sync>;

/// Longest time to wait for requests in flight; a caller who never finishes one must not keep the server from ending.
pub const DRAIN: Duration = Duration::from_secs(20);

/// A server that listens.
pub struct Running {
    server: HttpServer<Arc<App>>,
    app: Arc<App>,
}

/// Migrates, loads, and listens.
///
/// # Errors
/// Whatever keeps the server from starting, in words.
pub async fn start(config: &Config, clock: Clock) -> Result<Running, Fault> {
    start_with(config, clock, generated_server::limit_classes()).await
}

/// As [`start`], with other rate limits than the document's.
///
/// # Errors
/// As [`start`].
pub async fn start_with(config: &Config, clock: Clock, limits: &[LimitClass]) -> Result<Running, Fault> {
    let keyring = keyring(config)?; // a weak key stops the start before anything is touched
    prepare(config, &clock)?;
    let database = config.database();
    let writer = Writer::start(Sqlite::open(&database, Mode::Write)?)?;
    let app = Arc::new(App::new(clock, keyring, Limits::new(limits), Readers::open(&database)?, writer));
    let api = generated_server::describe::<App>()?;
    let dropshot = ConfigDropshot {
        bind_address: config.bind,
        default_request_body_max_bytes: 64 * 1024,
        default_handler_task_mode: HandlerTaskMode::Detached,
        ..ConfigDropshot::default()
    };
    let server = ServerBuilder::new(api, app.clone(), logger()).config(dropshot).start()?;
    Ok(Running { server, app })
}

/// Brings the database up to date; what ran.
///
/// # Errors
/// When the folder cannot be made, or a migration or a data set fails.
pub fn prepare(config: &Config, clock: &Clock) -> Result<Vec<String>, Fault> {
    make_private(&config.data_dir).map_err(|e| format!("data_dir {}: {e}", config.data_dir.display()))?;
    let ran = migrate::migrate(&config.database(), clock.now())?;
    data::load(&config.database(), config.sample.unwrap_or(false), clock.now())?;
    Ok(ran)
}

/// Makes a folder that only its owner can enter; one that exists stays as it is.
pub(crate) fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The keys of a configuration.
///
/// # Errors
/// For a key that is too short.
pub fn keyring(config: &Config) -> Result<Keyring, Fault> {
    let mut ring = Keyring::new(&config.audience);
    for (name, service) in &config.services {
        let keys: Vec<_> = service.keys.iter().map(|k| (k.id.clone(), k.secret.clone())).collect();
        ring.add(Service { name: name.clone(), scopes: service.scopes.clone() }, &keys)
            .map_err(|e| format!("services.{name}.keys: {e}"))?;
    }
    Ok(ring)
}

/// Dropshot's own messages: warnings and worse, as JSON on standard error. Requests are logged by the platform.
fn logger() -> slog::Logger {
    let json = slog_json::Json::default(std::io::stderr());
    let drain = slog::LevelFilter::new(Mutex::new(json).map(slog::Fuse), slog::Level::Warning).map(slog::Fuse);
    slog::Logger::root(drain, slog::o!())
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.local_addr()
    }

    /// Takes no more connections, finishes every request in flight, and closes the database.
    ///
    /// # Errors
    /// What Dropshot reports, or that a request was not complete after [`DRAIN`]; the database is closed all the same.
    pub async fn stop(self) -> Result<(), String> {
        self.app.drain();
        let closed = tokio::time::timeout(DRAIN, self.server.close()).await;
        self.app.stop();
        closed.unwrap_or_else(|_| Err(format!("connections were still open after {} s", DRAIN.as_secs())))
    }
}
