//! Plain YAML scalars by the core schema (YAML 1.2, section 10.3.2): `no` is a string, `0x1F` a number.

use serde_json::{Number, Value};

/// The JSON value of a plain (unquoted) scalar.
pub(super) fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).map_or_else(|| Value::String(text.into()), Value::Number),
    }
}

fn number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return u64::from_str_radix(hex, 16).ok().map(Number::from);
    }
    if let Some(octal) = text.strip_prefix("0o") {
        return u64::from_str_radix(octal, 8).ok().map(Number::from);
    }
    if digits.bytes().all(|b| b.is_ascii_digit()) {
        if let Ok(n) = text.parse::<i64>() {
            return Some(n.into());
        }
        if let Ok(n) = text.parse::<u64>() {
            return Some(n.into());
        }
    }
    if digits.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b)) {
        return text.parse::<f64>().ok().and_then(Number::from_f64);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::resolve;
    use serde_json::json;

    #[test]
    fn core_schema() {
        for (text, value) in [
            ("no", json!("no")),
            ("004", json!(4)),
            ("-3", json!(-3)),
            ("1.5e3", json!(1500.0)),
            ("0x1F", json!(31)),
            ("~", json!(null)),
            ("3.0.3", json!("3.0.3")),
            ("2026-11-24", json!("2026-11-24")),
            ("18446744073709551615", json!(u64::MAX)),
            ("-", json!("-")),
            ("+", json!("+")),
        ] {
            assert_eq!(resolve(text), value, "{text}");
        }
    }
}
