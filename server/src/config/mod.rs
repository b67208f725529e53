//! Configuration: a TOML file, then the environment; a value that is wrong or unknown stops the start with its name.

mod audit;
mod development;
mod dynamodb;
mod http;
mod limits;
pub(crate) mod private_file;
mod secret;
mod services;
pub(crate) mod users;

pub use audit::AuditConfig;
pub use development::{Development, DevelopmentError};
pub use dynamodb::DynamodbConfig;
pub use http::{CorsConfig, HttpConfig, TlsConfig};
pub use limits::{AddressConfig, ClassConfig, LimitsConfig, RedisConfig, WithoutRedis};
pub use services::{KeyConfig, ServiceConfig, UserProof};
pub use users::{OidcConfig, SessionConfig};

use figment::{
    Figment,
    providers::{Env, Format, Toml},
};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// Every setting. The variable of `data_dir` is `LENDING_DATA_DIR`, that of a nested value is written with `__`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address and port to listen on. `LENDING_BIND`, default `127.0.0.1:8080`; port 0 takes a free one.
    #[serde(default = "default_bind")]
    pub bind: SocketAddr,
    /// Folder of the SQLite file. `LENDING_DATA_DIR`, default `lending-data`.
    #[serde(default = "default_data_dir")]
    pub data_dir: PathBuf,
    /// `aud` that tokens must carry. `LENDING_AUDIENCE`, default `lending-api`.
    #[serde(default = "default_audience")]
    pub audience: String,
    /// Filter of the log on standard error: `error`, `warn`, `info`, `debug`, or directives such as `info,access=off`.
    /// `LENDING_LOG`, default `info`.
    #[serde(default = "default_log")]
    pub log: String,
    /// Load the sample locations, users, franchises and payoffs. `LENDING_SAMPLE`, default: only in development mode.
    #[serde(default)]
    pub sample: Option<bool>,
    /// Bytes of answers with reference data that are kept until the data changes; 0 keeps none. `LENDING_REPLY_CACHE_BYTES`, default
    /// 67108864.
    #[serde(default = "default_reply_cache_bytes")]
    pub reply_cache_bytes: u64,
    /// Calling services by name. `LENDING_SERVICES`, default none: development mode.
    #[serde(default)]
    pub services: BTreeMap<String, ServiceConfig>,
    /// Issuer whose id tokens prove users. Default none: no service may use them.
    #[serde(default)]
    pub oidc: Option<OidcConfig>,
    /// ULP's session endpoint. Default none: no service may use sessions.
    #[serde(default)]
    pub session: Option<SessionConfig>,
    /// Limits of requests.
    #[serde(default)]
    pub limits: LimitsConfig,
    /// What instances share.
    #[serde(default)]
    pub redis: Option<RedisConfig>,
    /// The audit trail.
    #[serde(default)]
    pub audit: AuditConfig,
    /// The table that a copy of the audit trail is shipped to. Default none.
    #[serde(default)]
    pub dynamodb: Option<DynamodbConfig>,
    /// Connections.
    #[serde(default)]
    pub http: HttpConfig,
    /// TLS; default plain HTTP.
    #[serde(default)]
    pub tls: Option<TlsConfig>,
    /// Browsers of other origins.
    #[serde(default)]
    pub cors: CorsConfig,
}

fn default_bind() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}
fn default_data_dir() -> PathBuf {
    "lending-data".into()
}
fn default_audience() -> String {
    "lending-api".into()
}
fn default_reply_cache_bytes() -> u64 {
    64 << 20
}
fn default_log() -> String {
    "info".into()
}

/// What is wrong with the configuration.
#[derive(Debug)]
pub struct ConfigError(String);

impl ConfigError {
    /// A text that names the setting and the remedy.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
impl std::error::Error for ConfigError {}

/// The file that is read when none is named and it exists.
const DEFAULT_FILE: &str = "lending.toml";

impl Config {
    /// The configuration file: `file`, or `LENDING_CONFIG`, or `lending.toml` if it exists.
    #[must_use]
    pub fn file(file: Option<&Path>) -> Option<PathBuf> {
        let named = file.map(Path::to_path_buf).or_else(|| std::env::var_os("LENDING_CONFIG").map(PathBuf::from));
        named.or_else(|| Path::new(DEFAULT_FILE).is_file().then(|| DEFAULT_FILE.into()))
    }

    /// Reads `file`, or `LENDING_CONFIG`, or `lending.toml` if it exists, then the environment.
    ///
    /// # Errors
    /// [`ConfigError`] that names the value, where it stands, and what is wrong.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let found = Self::file(file);
        let mut figment = Figment::new();
        match &found {
            Some(path) if !path.is_file() => {
                return Err(ConfigError(format!("configuration file {} does not exist", path.display())));
            }
            Some(path) => figment = figment.merge(Toml::file_exact(path)),
            None => {}
        }
        let file = found.map_or_else(|| DEFAULT_FILE.into(), |path| path.display().to_string());
        let config: Self = figment
            .merge(Env::prefixed("LENDING_").ignore(&["config"]).split("__"))
            .extract()
            .map_err(|e| ConfigError(e.into_iter().map(|e| describe(&e, &file)).collect::<Vec<_>>().join("\n")))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        if self.data_dir.as_os_str().is_empty() {
            return Err(ConfigError(
                "data_dir (LENDING_DATA_DIR) is empty: name a folder, or leave the setting out".into(),
            ));
        }
        let known: Vec<&str> = scopes().collect();
        for (name, service) in &self.services {
            services::check(name, service, &known, (self.oidc.is_some(), self.session.is_some()))?;
        }
        self.limits.check()?;
        self.dynamodb.as_ref().map_or(Ok(()), DynamodbConfig::check)?;
        self.http.check()?;
        self.cors.check()
    }

    /// Every file that the configuration names: what to watch for a change.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        let keys = self.services.values().flat_map(|s| &s.keys).filter_map(|k| k.secret_file.clone());
        let tls = self.tls.iter().flat_map(|t| [t.cert_file.clone(), t.key_file.clone()]);
        keys.chain(tls).collect()
    }

    /// The SQLite file.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.data_dir.join("lending.db")
    }

    /// No service is configured: development keys are used, and the server stays on loopback.
    #[must_use]
    pub fn is_development(&self) -> bool {
        self.services.is_empty()
    }
}

/// Every scope that the document asks for.
pub fn scopes() -> impl Iterator<Item = &'static str> {
    let document = <generated_server::Document as forebear_runtime::Api>::contract().document();
    let items = document["paths"].as_object().into_iter().flatten().flat_map(|(_, item)| item.as_object());
    let mut scopes: Vec<&str> = items.flatten().filter_map(|(_, op)| op["x-scope"].as_str()).collect();
    scopes.sort_unstable();
    scopes.dedup();
    scopes.into_iter()
}

/// Figment's message, with the variable's name where the value came from the environment, and never with a value of what may hold a secret.
fn describe(e: &figment::Error, file: &str) -> String {
    let key = e.path.join(".");
    let source = e.metadata.as_ref().map(|m| m.name.to_string()).unwrap_or_default();
    let place = if source.contains("environment") {
        format!("LENDING_{}", e.path.join("__").to_uppercase())
    } else {
        match e.metadata.as_ref().and_then(|m| m.source.as_ref()) {
            Some(source) => format!("{key} in {source}"),
            None => key.clone(),
        }
    };
    if let figment::error::Kind::Message(text) = &e.kind
        && text.starts_with("TOML parse error")
    {
        // the lines between quote the file, and with it perhaps a secret
        let (first, last) = (text.lines().next().unwrap_or_default(), text.lines().last().unwrap_or_default());
        return format!("{file}: {first}: {last}");
    }
    if ["services", "session", "redis"].iter().any(|secret| key.starts_with(secret)) {
        use figment::error::Kind::{Message, MissingField, UnknownField, UnknownVariant};
        match &e.kind {
            UnknownField(..) | MissingField(_) => {}
            UnknownVariant(_, known) => return format!("{place}: must be one of {}", known.join(", ")),
            // written for this setting, and without its value
            Message(text) if key == "session.secret" => return format!("{place}: {text}"),
            _ => return format!("{place}: is not of the right form (see README, Configuration)"),
        }
    }
    if let figment::error::Kind::UnknownField(field, known) = &e.kind {
        // figment does not say where an unknown key came from
        let prefix: String = e.path.iter().filter(|p| *p != field).map(|p| format!("{p}.")).collect();
        let variable = format!("LENDING_{}", format!("{prefix}{field}").replace('.', "__").to_uppercase());
        let from = if std::env::var_os(&variable).is_some() { variable } else { file.into() };
        return format!("unknown setting {prefix}{field} ({from}); known are {}", known.join(", "));
    }
    format!("{place}: {}", e.kind)
}
