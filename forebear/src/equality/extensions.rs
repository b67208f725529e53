//! Takes `x-` keys off everything but schemas, and leaves alone what is only called so: headers and media types.

use super::{each_operation, entries};
use serde_json::Value;

pub(super) fn drop(document: &mut Value) {
    off(document);
    for key in ["paths", "components"] {
        document.get_mut(key).into_iter().for_each(off);
    }
    for tag in document.get_mut("tags").and_then(Value::as_array_mut).into_iter().flatten() {
        off(tag);
        tag.get_mut("externalDocs").into_iter().for_each(off);
    }
    entries(document, "paths").for_each(off);
    each_operation(document, operation);
}

fn operation(operation: &mut Value) {
    off(operation);
    operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten().for_each(off);
    operation.get_mut("requestBody").into_iter().for_each(content);
    operation.get_mut("responses").into_iter().for_each(off);
    for response in entries(operation, "responses") {
        content(response);
        entries(response, "headers").for_each(off);
    }
}

fn content(holder: &mut Value) {
    off(holder);
    entries(holder, "content").for_each(off);
}

fn off(value: &mut Value) {
    if let Some(map) = value.as_object_mut() {
        map.retain(|key, _| !key.starts_with("x-"));
    }
}
