//! `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers): lists of names with parameters.

use http::HeaderMap;
use std::time::Duration;

/// One item: `"read";r=0;t=12`.
pub(super) struct Item {
    pub(super) name: String,
    parameters: Vec<(String, u64)>,
}

impl Item {
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, number)| *number)
    }

    /// Time in which one request of a policy comes back.
    pub(super) fn period(&self) -> Option<Duration> {
        let quota = u32::try_from(self.number("q")?).ok()?;
        Duration::from_secs(self.number("w")?).checked_div(quota)
    }
}

/// What is not of this form is left out: a limit that is not understood must not stop a request.
pub(super) fn items(headers: &HeaderMap, name: &str) -> impl Iterator<Item = Item> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter_map(item)
}

fn item(text: &str) -> Option<Item> {
    let mut parts = text.split(';');
    let name = parts.next()?.trim().strip_prefix('"')?.strip_suffix('"')?.to_owned();
    let parameter = |part: &str| {
        let (name, number) = part.split_once('=')?;
        Some((name.trim().to_owned(), number.trim().parse().ok()?))
    };
    Some(Item { name, parameters: parts.filter_map(parameter).collect() })
}
