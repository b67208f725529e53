//! Development mode: without any configured service the server makes a random key for a service of its own.
//!
//! The keys are random per data folder, readable by the owner only, and the server refuses to listen anywhere but on loopback
//! with them.

use super::{Config, KeyConfig, ServiceConfig, UserProof, private_file, scopes};
use secrecy::SecretString;
use std::{
    collections::BTreeMap,
    fmt, io,
    path::{Path, PathBuf},
};

/// The service of the sample.
const SERVICE: &str = "prepay";
const FILE: &str = "dev-keys.json";

/// Why development mode cannot start.
#[derive(Debug)]
pub enum DevelopmentError {
    /// The address is not a loopback one.
    NotLoopback(std::net::SocketAddr),
    /// The key file cannot be read or written.
    KeyFile(PathBuf, io::Error),
}

impl fmt::Display for DevelopmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLoopback(address) => write!(
                f,
                "bind = {address}: development keys are good on loopback only; configure `services` with their own keys to \
                 listen elsewhere"
            ),
            Self::KeyFile(path, e) => write!(f, "{}: {e}", path.display()),
        }
    }
}
impl std::error::Error for DevelopmentError {}

/// Development keys.
#[derive(Debug)]
pub struct Development;

impl Development {
    /// Adds the development service to a configuration that has none.
    ///
    /// # Errors
    /// When the address is not loopback, or the key file cannot be read or written.
    pub fn apply(config: &mut Config) -> Result<(), DevelopmentError> {
        if !config.is_development() {
            return Ok(());
        }
        if !config.bind.ip().is_loopback() {
            return Err(DevelopmentError::NotLoopback(config.bind));
        }
        let path = config.data_dir.join(FILE);
        let keys = read_or_make(&path).map_err(|e| DevelopmentError::KeyFile(path, e))?;
        for (name, secret) in keys {
            let keys = vec![KeyConfig::of("1", SecretString::from(secret))];
            let scopes = scopes().map(Into::into).collect();
            config.services.insert(name, ServiceConfig { scopes, user: UserProof::Asserted, keys });
        }
        config.sample.get_or_insert(true);
        Ok(())
    }
}

fn read_or_make(path: &Path) -> io::Result<BTreeMap<String, String>> {
    let broken = || io::Error::other(format!("does not hold a key for `{SERVICE}`; delete the file to make new keys"));
    let bytes = private_file::read_or_make(path, fresh)?;
    let keys: BTreeMap<String, String> = serde_json::from_slice(&bytes).map_err(|_| broken())?;
    if keys.contains_key(SERVICE) { Ok(keys) } else { Err(broken()) }
}

/// Two random UUIDs: 244 bits from the operating system's generator, printable.
fn fresh() -> io::Result<Vec<u8>> {
    let secret = format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
    Ok(serde_json::to_vec(&BTreeMap::from([(SERVICE, secret)]))?)
}
