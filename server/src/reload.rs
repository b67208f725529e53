//! Services, keys and certificates change while the server runs: on SIGHUP, and when one of their files has another content.
//!
//! Files are read every few seconds rather than watched: secrets that an orchestrator mounts change by a rename two folders up, which
//! watchers of files miss.

use crate::{
    config::{Config, ConfigError},
    serve::Running,
};
use sha2::{Digest, Sha256};
use std::{
    error::Error,
    path::{Path, PathBuf},
    time::Duration,
};

type Fault = Box<dyn Error + Send + Sync>;

/// Time between two looks at the files.
pub const INTERVAL: Duration = Duration::from_secs(2);

/// Configuration file, the files that it names, and what was in them.
pub struct Watch {
    file: Option<PathBuf>,
    named: Vec<PathBuf>,
    seen: [u8; 32],
    fixed: String,
}

impl Watch {
    /// From a configuration that is in use.
    #[must_use]
    pub fn of(file: Option<&Path>, config: &Config) -> Self {
        let mut watch = Self { file: Config::file(file), named: config.files(), seen: [0; 32], fixed: fixed(config) };
        watch.seen = watch.look();
        watch
    }

    /// Whether a file has another content than when this was last asked.
    pub fn changed(&mut self) -> bool {
        let now = self.look();
        std::mem::replace(&mut self.seen, now) != now
    }

    /// Reads the configuration again and exchanges services, keys and certificate. When anything is wrong, nothing changes.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn reload(&mut self, running: &Running, development: bool) -> Result<(), Fault> {
        let config = Config::load(self.file.as_deref())?;
        if config.is_development() != development {
            let text = "`services` appeared or vanished: development mode cannot be entered or left without a restart";
            return Err(ConfigError::new(text).into());
        }
        if development {
            return Ok(());
        }
        running.reload(&config)?;
        self.named = config.files();
        self.seen = self.look();
        if fixed(&config) != self.fixed {
            tracing::warn!("settings other than `services` changed; they count after a restart");
        }
        tracing::info!(services = config.services.len(), "configuration reloaded");
        Ok(())
    }

    fn look(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for path in self.file.iter().chain(&self.named) {
            // a file that cannot be read is another state too; the reload will say what is wrong
            let content = std::fs::read(path).unwrap_or_default();
            hash.update(Sha256::digest(content));
        }
        hash.finalize().into()
    }
}

/// Everything that only a start reads; secrets show as a placeholder.
fn fixed(config: &Config) -> String {
    format!("{:?}", Config { services: Default::default(), ..config.clone() })
}
