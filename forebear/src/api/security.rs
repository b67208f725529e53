//! Who may call an operation.

use serde_json::{Map, Value};

/// The requirements of an operation: its own, or else the document's; `null` where neither says anything.
#[must_use]
pub fn security<'a>(document: &'a Value, operation: &'a Value) -> &'a Value {
    operation.get("security").unwrap_or(&document["security"])
}

/// Whether anybody may call the operation: its requirements are none, or ask for nothing. Where nothing is said, nobody may who
/// is not known.
#[must_use]
pub fn is_open(document: &Value, operation: &Value) -> bool {
    let nothing = |requirement: &Value| requirement.as_object().is_some_and(Map::is_empty);
    security(document, operation).as_array().is_some_and(|all| all.iter().all(nothing))
}

/// The one scope that the operation asks for: `x-scope`, or that of its requirements.
pub(super) fn scope(document: &Value, operation: &Value) -> String {
    let requirements = security(document, operation).as_array().into_iter().flatten();
    let mut scopes = requirements.filter_map(Value::as_object).flatten().flat_map(|(_, s)| s.as_array()).flatten();
    let scope = operation["x-scope"].as_str().or_else(|| scopes.next()?.as_str());
    scope.unwrap_or_default().into()
}
