//! Services, keys and certificates change while the server runs: on SIGHUP, and when one of their files has another content.
//!
//! Files are read every few seconds rather than watched: secrets that an orchestrator mounts change by a rename two folders up, which
//! watchers of files miss. They are read on a thread of their own, since a file system that hangs must keep nobody else waiting.

use crate::{
    config::{Config, ConfigError},
    error::chain,
    serve::Reloader,
};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    error::Error,
    io,
    path::{Path, PathBuf},
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    time::Duration,
};

type Fault = Box<dyn Error + Send + Sync>;

/// Time between two looks at the files.
const INTERVAL: Duration = Duration::from_secs(2);

/// Reloads from now on when a file has changed, or when it is asked to; what is wrong is logged, and the old stays in use.
///
/// # Errors
/// When the thread cannot be started.
pub fn start(mut watch: Watch, reloader: Reloader, development: bool) -> io::Result<Sender<()>> {
    let (ask, asked) = channel();
    let work = move || {
        loop {
            let asked = match asked.recv_timeout(INTERVAL) {
                Ok(()) => true,
                Err(RecvTimeoutError::Timeout) => false,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            if (watch.changed() || asked)
                && let Err(e) = watch.reload(&reloader, development)
            {
                tracing::error!(error = chain(&*e), "the configuration was not reloaded; the old one stays in use");
            }
        }
    };
    std::thread::Builder::new().name("reload".into()).spawn(work)?;
    Ok(ask)
}

/// Content of a file; one that cannot be read is another state, too.
type Content = Option<[u8; 32]>;

/// Configuration file, the files that it names, and what was in them before anybody read them: what changes while it is read counts as
/// a change afterwards.
pub struct Watch {
    file: Option<PathBuf>,
    seen: BTreeMap<PathBuf, Content>,
    fixed: String,
}

impl Watch {
    /// Reads the configuration for a start; the secrets that it names must be read later than this.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load(file: Option<&Path>) -> Result<(Self, Config), ConfigError> {
        let file = Config::file(file);
        let mut seen: BTreeMap<_, _> = file.iter().map(|file| (file.clone(), content(file))).collect();
        let config = Config::load(file.as_deref())?;
        seen.extend(config.files().into_iter().map(|file| (file.clone(), content(&file))));
        Ok((Self { file, seen, fixed: fixed(&config) }, config))
    }

    /// Whether a file has another content than when this was last asked.
    pub fn changed(&mut self) -> bool {
        let now: BTreeMap<_, _> = self.seen.keys().map(|file| (file.clone(), content(file))).collect();
        std::mem::replace(&mut self.seen, now) != self.seen
    }

    /// Reads the configuration again and exchanges services, keys and certificate. When anything is wrong, nothing changes.
    fn reload(&mut self, reloader: &Reloader, development: bool) -> Result<(), Fault> {
        let (next, config) = Self::load(self.file.as_deref())?;
        if config.is_development() != development {
            let text = "`services` appeared or vanished: development mode cannot be entered or left without a restart";
            return Err(ConfigError::new(text).into());
        }
        // also when what they hold is refused: somebody will mend them
        self.seen = next.seen;
        if development {
            return Ok(());
        }
        reloader.reload(&config)?;
        if next.fixed != self.fixed {
            tracing::warn!("settings other than `services` changed; they count after a restart");
        }
        tracing::info!(services = config.services.len(), "configuration reloaded");
        Ok(())
    }
}

fn content(file: &Path) -> Content {
    std::fs::read(file).ok().map(|bytes| Sha256::digest(bytes).into())
}

/// Everything that only a start reads; secrets show as a placeholder.
fn fixed(config: &Config) -> String {
    // whether there is a certificate; which one may change
    let tls = config.tls.is_some();
    format!("{:?}, TLS {tls}", Config { services: Default::default(), tls: None, ..config.clone() })
}
