//! The trace that a caller is in.

use http::HeaderMap;

/// Trace id of a `traceparent` (W3C Trace Context, section 3.2): 32 hexadecimal digits that are not all zero. Anything else is no trace.
#[must_use]
pub fn trace_id(headers: &HeaderMap) -> Option<String> {
    let mut parts = headers.get("traceparent")?.to_str().ok()?.split('-');
    let (version, id) = (parts.next()?, parts.next()?);
    let hex = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let good = version.len() == 2 && version != "ff" && hex(version) && id.len() == 32 && hex(id);
    (good && id.bytes().any(|b| b != b'0')).then(|| id.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_standard_calls_a_trace() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("traceparent", text.parse().unwrap());
            trace_id(&headers)
        };
        let id = "0af7651916cd43dd8448eb211c80319c";
        assert_eq!(of(&format!("00-{id}-b7ad6b7169203331-01")).as_deref(), Some(id));
        for wrong in
            ["", "00", &format!("ff-{id}-b7ad6b7169203331-01"), &format!("00-{}-b7ad6b7169203331-01", "0".repeat(32))]
        {
            assert_eq!(of(wrong), None, "{wrong}");
        }
        assert_eq!(of(&format!("00-{}-b7ad6b7169203331-01", id.to_uppercase())), None);
        assert_eq!(trace_id(&HeaderMap::new()), None);
    }
}
