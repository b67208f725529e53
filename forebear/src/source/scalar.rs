//! Plain YAML scalars by the core schema (YAML 1.2, section 10.3.2): `no` is a string, `0x1F` a number.

use serde_json::{Number, Value};

/// The JSON value of a plain (unquoted) scalar, or why none says the same, and the remedy.
pub(super) fn resolve(text: &str) -> Result<Value, (String, String)> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Ok(Value::Null),
        "true" | "True" | "TRUE" => Ok(Value::Bool(true)),
        "false" | "False" | "FALSE" => Ok(Value::Bool(false)),
        _ => match number(text) {
            None => Ok(Value::String(text.into())),
            Some(Ok(number)) => Ok(Value::Number(number)),
            Some(Err(())) => {
                let message = format!("the number `{text}` is beyond 64 bits and would become another");
                Err((message, "write a number that fits, or put it in quotes if it is text".into()))
            }
        },
    }
}

/// The number that a text is, if it is one; an error where it would become another.
fn number(text: &str) -> Option<Result<Number, ()>> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(digits, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN") {
        return Some(Err(()));
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(rest) = text.strip_prefix(prefix).filter(|r| !r.is_empty() && r.chars().all(|c| c.is_digit(radix)))
        {
            return Some(u64::from_str_radix(rest, radix).map(Number::from).map_err(drop));
        }
    }
    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        let whole = text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from));
        return Some(whole.map_err(drop));
    }
    let decimal = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b));
    let value: f64 = text.parse().ok().filter(|_| decimal)?;
    let mantissa = digits.split(['e', 'E']).next().unwrap_or_default();
    let vanished = value == 0.0 && mantissa.contains(|c| matches!(c, '1'..='9'));
    Some(Number::from_f64(value).filter(|_| !vanished).ok_or(()))
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
            ("0xyz", json!("0xyz")),
            ("0.0e5", json!(0.0)),
        ] {
            assert_eq!(resolve(text), Ok(value), "{text}");
        }
        for text in [".inf", "-.INF", ".nan", "18446744073709551616", "0x1FFFFFFFFFFFFFFFF", "1e400", "1e-400"] {
            assert!(resolve(text).is_err(), "{text}");
        }
    }
}
