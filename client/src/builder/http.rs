//! The address of the API, and the HTTP client for it.

use super::BuildError;
use reqwest::{Url, redirect, retry};
use std::time::Duration;

/// Longest wait for a connection; a request has the whole timeout.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The text is left out of the error: it might hold a password.
pub(super) fn base_url(text: &str) -> Result<Url, BuildError> {
    let url = Url::parse(text).map_err(|e| BuildError::Url(e.to_string()))?;
    let reason = if !matches!(url.scheme(), "http" | "https") {
        "it must begin with http:// or https://"
    } else if !url.username().is_empty() || url.password().is_some() {
        "it must not hold a user name or password"
    } else if url.query().is_some() || url.fragment().is_some() {
        "it must not have a query or fragment"
    } else {
        return Ok(url);
    };
    Err(BuildError::Url(reason.to_owned()))
}

pub(super) fn client(url: &Url, timeout: Duration) -> Result<reqwest::Client, reqwest::Error> {
    let builder = reqwest::Client::builder()
        .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
        .timeout(timeout)
        .connect_timeout(timeout.min(CONNECT_TIMEOUT))
        // Each attempt needs a token of its own, which only the transport can make.
        .retry(retry::never())
        // A token is good for one request, so a redirected one would be refused; the API never redirects.
        .redirect(redirect::Policy::none());
    match url.scheme() {
        // Without TLS the system's root certificates are not needed, and a small container image has none.
        "http" => builder.tls_certs_only([]).build(),
        _ => builder.build(),
    }
}
