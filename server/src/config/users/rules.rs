//! What settings of both kinds must keep to, and the words for those that do not.

use crate::config::ConfigError;
use reqwest::Url;
use std::ops::RangeInclusive;

/// A setting that stops the start.
pub(crate) fn unusable(setting: &str, rule: &str) -> ConfigError {
    let variable = setting.replace('.', "__").to_uppercase();
    ConfigError(format!("{setting} (LENDING_{variable}) {rule}"))
}

pub(super) fn within(setting: &str, value: u64, range: RangeInclusive<u64>) -> Result<(), ConfigError> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(unusable(setting, &format!("is {value}: write a number from {} to {}", range.start(), range.end())))
}

/// An address to which secrets may be sent. The text is left out of the error: it might hold a password.
pub(crate) fn address(setting: &str, text: &str) -> Result<Url, ConfigError> {
    let url = Url::parse(text).map_err(|e| unusable(setting, &format!("is no address: {e}; write https://…")))?;
    if !is_protected(&url) {
        return Err(unusable(setting, "must begin with https://; http:// is good on loopback only"));
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(unusable(
            setting,
            "must not hold a user name, a password or a fragment: write them elsewhere or not at all",
        ));
    }
    Ok(url)
}

/// Whether nobody on the way can read or change what is sent: TLS, or a way that does not leave the machine.
fn is_protected(url: &Url) -> bool {
    url.scheme() == "https" || is_loopback(url)
}

/// Plain http to the machine itself.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let loopback = host == "localhost" || bare.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    url.scheme() == "http" && loopback
}
