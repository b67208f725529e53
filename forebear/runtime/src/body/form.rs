//! `application/x-www-form-urlencoded`: pairs become the JSON object that the schema describes, and then the type.

use super::{Raw, json::typed, text};
use crate::{Problem, Violation};
use http::StatusCode;
use serde::de::DeserializeOwned;

/// Decodes and validates a form.
///
/// # Errors
/// 400 for bytes that are not a form, 422 with pointers for fields that break the schema.
pub fn form<T: DeserializeOwned>(raw: &Raw<'_>, check: fn(&T) -> Vec<Violation>) -> Result<T, Problem> {
    let malformed = || {
        let detail = "the body is not `name=value&…` in percent-encoded UTF-8";
        Problem::new(StatusCode::BAD_REQUEST, "malformed_form", detail)
    };
    let source = std::str::from_utf8(&raw.bytes).map_err(|_| malformed())?;
    if !text::is_percent_encoded_utf8(source) {
        return Err(malformed());
    }
    let pairs: Vec<(String, String)> = serde_html_form::from_str(source).map_err(|_| malformed())?;
    let value = text::object(raw.contract, raw.contract.body(raw.operation), &pairs)?;
    typed(raw, value, check)
}
