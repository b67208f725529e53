//! Keywords of JSON Schema that OpenAPI 3.0 does not have, with the way to say the same in 3.0.

use serde_json::Value;

const ALTERNATIVE: &str = "describe each case as a schema of its own and combine them with `oneOf`";
const OPEN: &str = "list the `properties`, and give `additionalProperties` the schema of the rest";

/// Keywords of OpenAPI 3.1 and what to write in 3.0.
const LATER: [(&str, &str); 30] = [
    ("$anchor", "name the schema under `components/schemas` and `$ref` it"),
    ("$comment", "use a YAML comment"),
    ("$defs", "move the schemas to `components/schemas` and `$ref` them there"),
    ("$dynamicAnchor", "name the schema under `components/schemas` and `$ref` it"),
    ("$dynamicRef", "use a plain `$ref` to `components/schemas`"),
    ("$id", "remove it; a component is known by its name"),
    ("$schema", "remove it; every schema here is an OpenAPI 3.0 schema"),
    ("$vocabulary", "remove it"),
    ("additionalItems", "give all items one schema with `items`"),
    ("const", "write `enum` with this one value, and the `type`"),
    ("contains", "remove it, check it in the handler, and say it in the `description`"),
    ("contentEncoding", "write `format: byte` for base64"),
    ("contentMediaType", "write `format: binary`, or say it in the `description`"),
    ("contentSchema", "say it in the `description`"),
    ("definitions", "move the schemas to `components/schemas` and `$ref` them there"),
    ("dependencies", ALTERNATIVE),
    ("dependentRequired", ALTERNATIVE),
    ("dependentSchemas", ALTERNATIVE),
    ("else", ALTERNATIVE),
    ("examples", "write one `example`"),
    ("if", ALTERNATIVE),
    ("id", "remove it; a component is known by its name"),
    ("maxContains", "remove it, check it in the handler, and say it in the `description`"),
    ("minContains", "remove it, check it in the handler, and say it in the `description`"),
    ("patternProperties", OPEN),
    ("prefixItems", "write an object with one property per position, or give all items one schema with `items`"),
    ("propertyNames", OPEN),
    ("then", ALTERNATIVE),
    ("unevaluatedItems", "give all items one schema with `items`"),
    ("unevaluatedProperties", "write `additionalProperties: false` in one schema with all `properties`"),
];

/// Message and remedy for a keyword of a later version.
pub(in crate::lint) fn later(key: &str, value: &Value) -> Option<(String, String)> {
    let (_, remedy) = LATER.iter().find(|(k, _)| *k == key)?;
    let remedy = match key {
        "const" => format!("write `enum: [{value}]` and the `type`"),
        _ => (*remedy).to_string(),
    };
    Some((format!("`{key}` is not in OpenAPI 3.0, so it would be lost"), remedy))
}

/// The bound that a boolean `exclusive…` belongs to.
pub(in crate::lint) fn bound_of(key: &str) -> Option<&'static str> {
    match key {
        "exclusiveMinimum" => Some("minimum"),
        "exclusiveMaximum" => Some("maximum"),
        _ => None,
    }
}
