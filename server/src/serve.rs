//! Puts a server together, starts it, and stops it without losing a request.

use crate::{
    access_log::AccessLog,
    app::{Answers, App, Gate, Store},
    audit::{Anchor, Recorder, sealer},
    auth::{Authenticator, KeyPart, Keyring, Oidc, Replay, Service, Sessions, Users},
    clock::Clock,
    config::Config,
    data,
    front::{Certificate, Front},
    limits::{Addresses, Limits, Proofs, Proxies},
    redis::Redis,
    relay::Relay,
    store::{Readers, Writer, migrate},
};
use forebear_runtime::{Platform, Replies};
use std::{error::Error, net::SocketAddr, path::Path, sync::Arc, time::Duration};

type Fault = Box<dyn Error + Send + Sync>;

/// Longest time to wait for requests in flight; a caller who never finishes one must not keep the server from ending.
pub const DRAIN: Duration = Duration::from_secs(20);

/// A server that listens.
pub struct Running {
    front: Front,
    app: Arc<App>,
    reloader: Reloader,
}

/// What can be exchanged while a server runs.
#[derive(Clone)]
pub struct Reloader {
    app: Arc<App>,
    certificate: Option<Arc<Certificate>>,
}

/// Migrates, loads, and listens.
///
/// # Errors
/// Whatever keeps the server from starting, in words.
pub async fn start(config: &Config, clock: Clock) -> Result<Running, Fault> {
    // what is wrong with keys or certificate stops the start before anything is touched
    let keyring = keyring(config)?;
    let certificate = config.tls.as_ref().map(|tls| Certificate::read(tls).map(Arc::new)).transpose()?;
    prepare(config, &clock)?;
    let gate = gate(config, keyring, clock.now().timestamp()).await?;
    let database = config.database();
    let keys = Arc::new(config.audit_keys()?);
    let writer = Arc::new(Writer::start(&database, keys.clone(), clock.clone())?);
    let sealer = sealer::start(&database, Anchor::of(&config.data_dir), writer.clone(), keys, clock.clone())?;
    let relay = Relay::start(config, &writer, &clock).await?;
    let (readers, recorder) = (Readers::open(&database)?, Recorder::start(writer.clone())?);
    let store = Store { readers, writer, recorder, sealer, relay };
    let bytes = config.reply_cache_bytes;
    let answers = Answers { replies: (bytes > 0).then(|| Replies::new(bytes)), log: AccessLog::start()? };
    let app = Arc::new(App::new(clock, gate, store, answers));
    let front = Front::open(config, app.clone(), certificate.clone()).await?;
    Ok(Running { front, reloader: Reloader { app: app.clone(), certificate }, app })
}

async fn gate(config: &Config, keyring: Keyring, now: i64) -> Result<Gate, Fault> {
    let redis = match &config.redis {
        Some(settings) => Some((Redis::start(settings).await?, settings.replay)),
        None => None,
    };
    let users = Users {
        oidc: config.oidc.as_ref().map(Oidc::new).transpose()?,
        sessions: config.session.as_ref().map(Sessions::new).transpose()?,
    };
    let shared = redis.as_ref().map(|(redis, _)| redis.clone());
    let replay = Replay::new(redis, &config.data_dir, now)
        .map_err(|e| format!("data_dir {}: {e}", config.data_dir.display()))?;
    let authenticator = Authenticator::new(keyring, replay, users);
    let seconds = authenticator.wait(now);
    if seconds > 1 {
        let why = "the process before this one was killed, and tokens that it took could be used again";
        tracing::warn!(seconds, "not ready yet: {why}; requests and probes get 503 until then");
    }
    Ok(Gate {
        authenticator,
        limits: Limits::new(&config.limits.apply(generated_server::limit_classes()), shared),
        addresses: Addresses::new(config.limits.address),
        proofs: Proofs::new(config.limits.address),
        proxies: Proxies::new(&config.http.trusted_proxies),
    })
}

/// Brings the database up to date; what ran.
///
/// # Errors
/// When the folder cannot be made, or a migration or a data set fails.
pub fn prepare(config: &Config, clock: &Clock) -> Result<Vec<String>, Fault> {
    let folder = &config.data_dir;
    let is_new = !config.database().exists();
    make_private(folder)
        .and_then(|()| if is_new { Replay::begin(folder) } else { Ok(()) })
        .map_err(|e| format!("data_dir {}: {e}", folder.display()))?;
    // made before the database, since beside one that is there none are made
    let keys = config.audit_keys()?.into();
    let ran = migrate::migrate(&config.database(), clock.now())?;
    data::load(&config.database(), keys, config.sample.unwrap_or(false), clock.now())?;
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
/// For a key that is too short, not random, another's too, or not where the configuration says.
pub fn keyring(config: &Config) -> Result<Keyring, Fault> {
    keyring_for(&config.audience, config)
}

fn keyring_for(audience: &str, config: &Config) -> Result<Keyring, Fault> {
    let mut ring = Keyring::new(audience);
    for (name, service) in &config.services {
        let mut keys = vec![];
        for key in &service.keys {
            let secret = key.read().map_err(|e| format!("services.{name}.keys: key {}: {e}", key.id))?;
            let (id, not_before, not_after) = (key.id.clone(), key.not_before, key.not_after);
            keys.push(KeyPart { id, secret, not_before, not_after });
        }
        let own = Service { name: name.clone(), scopes: service.scopes.clone(), user: service.user };
        ring.add(own, keys).map_err(|e| format!("services.{name}.keys: {e}"))?;
    }
    Ok(ring)
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.front.address()
    }

    /// Waits until tokens that are issued now are taken: after a crash, some seconds.
    pub async fn ready(&self) {
        while !self.app.authenticator().is_ready(self.app.now().timestamp()) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Exchanges services, keys and certificate.
    #[must_use]
    pub fn reloader(&self) -> Reloader {
        self.reloader.clone()
    }

    /// Takes no more connections, finishes every request in flight, and closes the database.
    ///
    /// # Errors
    /// What Dropshot reports, or that a request was not complete after [`DRAIN`]; the database is closed all the same.
    pub async fn stop(self) -> Result<(), String> {
        self.app.drain();
        let closed = tokio::time::timeout(DRAIN, self.front.stop()).await;
        self.app.stop(matches!(closed, Ok(Ok(()))));
        closed.unwrap_or_else(|_| Err(format!("connections were still open after {} s", DRAIN.as_secs())))
    }
}

impl Reloader {
    /// Uses the services, keys and certificate of another configuration from now on, and nothing else of it. When one is wrong,
    /// nothing changes.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn reload(&self, config: &Config) -> Result<(), Fault> {
        let authenticator = self.app.authenticator();
        let keyring = keyring_for(authenticator.keyring().audience(), config)?;
        if let Some((name, service)) = config.services.iter().find(|(_, s)| !authenticator.proves(s.user)) {
            let text = "needs a setting that was not there at the start; restart the server";
            return Err(format!("services.{name}.user: `{}` {text}", service.user).into());
        }
        if let (Some(certificate), Some(tls)) = (&self.certificate, &config.tls) {
            certificate.exchange(tls)?;
        }
        authenticator.exchange(keyring);
        Ok(())
    }
}
