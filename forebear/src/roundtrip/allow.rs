//! `--allow`: operations that cannot be carried are left out, by name; what else is wrong stays an error.

use crate::{
    api::METHODS,
    diagnostic::Diagnostic,
    lint,
    source::{Document, join},
};
use serde_json::Value;

/// Removes every operation that lint finds something in; what it found.
pub(crate) fn leave_out(document: &mut Document) -> Vec<Diagnostic> {
    let findings = lint::lint(document);
    let mut left = vec![];
    for finding in findings {
        if remove(&mut document.value, &finding.pointer) {
            left.push(finding);
        }
    }
    left
}

/// Removes the operation that `pointer` is in, if it is in one.
fn remove(document: &mut Value, pointer: &str) -> bool {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return false };
    let mut found = None;
    for (path, item) in paths.iter() {
        let base = join("/paths", path);
        for method in METHODS.iter().filter(|m| item.get(**m).is_some()) {
            let at = join(&base, method);
            if pointer == at || pointer.starts_with(&format!("{at}/")) {
                found = Some((path.clone(), *method));
            }
        }
    }
    let Some((path, method)) = found else {
        // a second finding in an operation that is gone already
        return pointer.starts_with("/paths/") && pointer.matches('/').count() > 3;
    };
    if let Some(item) = paths.get_mut(&path).and_then(Value::as_object_mut) {
        item.shift_remove(method);
        if !METHODS.iter().any(|m| item.contains_key(*m)) {
            paths.shift_remove(&path);
        }
    }
    true
}
