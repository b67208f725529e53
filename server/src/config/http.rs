//! The front door: timeouts, sizes, the proxies in front of it, TLS, and the browsers that may come.

use super::ConfigError;
use http::HeaderValue;
use ipnet::IpNet;
use serde::Deserialize;
use std::path::PathBuf;

/// How connections are treated. Variables begin with `LENDING_HTTP__`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpConfig {
    /// Seconds in which the headers of a request, or a TLS handshake, must be complete. Default 10.
    pub header_timeout_seconds: u64,
    /// Seconds for which a client may take nothing of its answer; then the connection is closed. Default 15.
    pub write_timeout_seconds: u64,
    /// Seconds that a connection may be idle between two requests; more than the load balancer in front allows. Default 75.
    pub idle_timeout_seconds: u64,
    /// Bytes that the headers of a request may have, 8192 to 1048576. Default 32768.
    pub max_header_bytes: usize,
    /// Connections that are open at once; more wait until one closes. Default 4096.
    pub max_connections: usize,
    /// Networks of proxies whose `X-Forwarded-For` is believed, such as `10.0.0.0/8`. Default none.
    pub trusted_proxies: Vec<IpNet>,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            header_timeout_seconds: 10,
            write_timeout_seconds: 15,
            idle_timeout_seconds: 75,
            max_header_bytes: 32 * 1024,
            max_connections: 4096,
            trusted_proxies: vec![],
        }
    }
}

impl HttpConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let fail = |text: &str| Err(ConfigError(format!("http.{text}")));
        if !(1..=600).contains(&self.header_timeout_seconds) {
            return fail("header_timeout_seconds must be 1 to 600");
        }
        if !(1..=600).contains(&self.write_timeout_seconds) {
            return fail("write_timeout_seconds must be 1 to 600");
        }
        if !(1..=3600).contains(&self.idle_timeout_seconds) {
            return fail("idle_timeout_seconds must be 1 to 3600");
        }
        if !(8192..=1 << 20).contains(&self.max_header_bytes) {
            return fail("max_header_bytes must be 8192 to 1048576");
        }
        if self.max_connections == 0 {
            return fail("max_connections must be at least 1");
        }
        Ok(())
    }
}

/// The server's certificate. Both files are read again when they change or on SIGHUP.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// PEM file with the certificate and its chain, the server's own first. `LENDING_TLS__CERT_FILE`.
    pub cert_file: PathBuf,
    /// PEM file with the private key. `LENDING_TLS__KEY_FILE`.
    pub key_file: PathBuf,
}

/// Browsers of other origins (Fetch standard, CORS). Default: none may read an answer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CorsConfig {
    /// Origins of the frontends, such as `https://app.example.gov`. `LENDING_CORS__ORIGINS`.
    pub origins: Vec<String>,
    /// Seconds for which a browser may keep the answer to a preflight. Default 600.
    pub max_age_seconds: Option<u64>,
}

impl CorsConfig {
    /// The origins as header values.
    #[must_use]
    pub fn values(&self) -> Vec<HeaderValue> {
        self.origins.iter().filter_map(|o| HeaderValue::try_from(o).ok()).collect()
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let is_origin = |text: &str| {
            let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
            host.is_some_and(|h| !h.is_empty() && h.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:[]".contains(&b)))
        };
        match self.origins.iter().find(|o| !is_origin(o)) {
            Some(wrong) => Err(ConfigError(format!(
                "cors.origins: `{wrong}` is not an origin; write scheme, host and port alone, as in https://app.example.gov"
            ))),
            None => Ok(()),
        }
    }
}
