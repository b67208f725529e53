//! The one way to ask another server: bounded in time and size, without redirects.
//!
//! Both proofs of a user rest on what a peer answers. A redirect could lead the bearer secret or a session id to another host, an
//! endless body could fill the memory, and an error of the JSON parser could quote a person's data in the log. The helpers of
//! `reqwest` (`json()`, `text()`) guard against none of these.

use crate::config::{ConfigError, users};
use crate::error::chain;
use reqwest::{Client, RequestBuilder, StatusCode, Url, redirect};
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Longest answer in bytes that is read; a key set of a hundred RSA keys has about 70 KB.
const MAX_ANSWER_BYTES: usize = 256 * 1024;

/// A connection pool to one peer.
pub(super) struct Outbound {
    http: Client,
    timeout: Duration,
}

/// Why there is no answer, as the log needs it: without address, body and secret.
#[derive(Debug)]
pub(super) enum Failure {
    /// The peer answered with another status than 200.
    Status(StatusCode),
    /// No answer, or not one that can be used.
    Broken(String),
}

impl Outbound {
    /// A pool for the peer of a setting. Nothing is sent.
    pub(super) fn new(setting: &str, peer: &Url, timeout: Duration) -> Result<Self, ConfigError> {
        let builder = Client::builder()
            .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
            .timeout(timeout)
            .connect_timeout(timeout)
            .redirect(redirect::Policy::none());
        let builder = if users::is_loopback(peer) {
            // nothing that stays on this machine goes through a proxy, or needs root certificates, which a small image lacks
            builder.no_proxy().tls_certs_only([])
        } else {
            builder.https_only(true)
        };
        let http = builder.build().map_err(|e| users::unusable(setting, &format!("cannot be asked: {}", chain(&e))))?;
        Ok(Self { http, timeout })
    }

    pub(super) fn get(&self, url: Url) -> RequestBuilder {
        self.http.get(url)
    }

    pub(super) fn post(&self, url: Url) -> RequestBuilder {
        self.http.post(url)
    }

    /// Sends, and reads the JSON of a 200.
    pub(super) async fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Failure> {
        let broken = |e: reqwest::Error| Failure::Broken(self.describe(e));
        let mut answer = request.header(http::header::ACCEPT, "application/json").send().await.map_err(broken)?;
        if answer.status() != StatusCode::OK {
            return Err(Failure::Status(answer.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(broken)? {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(Failure::Broken(format!("answered more than {MAX_ANSWER_BYTES} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        // the parser's own message quotes values
        serde_json::from_slice(&body).map_err(|e| {
            let (line, column) = (e.line(), e.column());
            Failure::Broken(format!("did not answer the JSON that is expected (line {line}, column {column})"))
        })
    }

    fn describe(&self, e: reqwest::Error) -> String {
        if e.is_timeout() {
            return format!("did not answer within {} ms", self.timeout.as_millis());
        }
        chain(&e.without_url())
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Status(status) if status.is_redirection() => {
                write!(f, "answered {status}; redirects are not followed")
            }
            Self::Status(status) => write!(f, "answered {status}"),
            Self::Broken(text) => f.write_str(text),
        }
    }
}
