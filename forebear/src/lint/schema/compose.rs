//! `allOf`, `oneOf`, `anyOf`, `not`: something to choose from, and nothing that Progenitor panics on.

use super::super::{
    map::{Map, Site},
    report::Report,
};
use crate::source::join;
use serde_json::{Map as Object, Value};

/// Checks how a schema is composed.
pub(super) fn check(_: &Map<'_>, site: &Site<'_>, report: &mut Report<'_>) {
    for key in ["allOf", "oneOf", "anyOf"] {
        if site.value[key].as_array().is_some_and(Vec::is_empty) {
            report.add(
                &join(&site.pointer, key),
                format!("the list of `{key}` is empty"),
                format!("name its schemas, or remove `{key}`"),
            );
        }
    }
    let says_something = |not: &Object<String, Value>| not.keys().any(|k| k != "title" && k != "description");
    if site.value["not"].as_object().is_some_and(says_something) {
        let message = "Progenitor panics on `not`, unless it is `not: {}`";
        report.block(&join(&site.pointer, "not"), message, "say what is allowed instead of what is not");
    }
}
