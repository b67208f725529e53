//! Bounds of numbers, without rounding.

use crate::proof::formats;
use serde_json::{Map, Value};

/// What a schema of whole numbers says about them, beside its format.
pub(crate) struct Bounds {
    /// Least number.
    pub(crate) low: Option<i128>,
    /// Greatest number.
    pub(crate) high: Option<i128>,
    /// What every number is a multiple of.
    pub(crate) step: Option<i128>,
}

impl Bounds {
    /// The bounds among these keywords.
    pub(crate) fn of(words: &Map<String, Value>) -> Self {
        let bound = |key: &str, open: &str, round: fn(f64) -> f64, inward: i128| {
            let limit = words.get(key)?;
            let n = whole(limit, round)?;
            // a bound between two whole numbers excludes neither
            let open = words.get(open) == Some(&Value::Bool(true)) && limit.as_f64() == Some(n as f64);
            Some(if open { n + inward } else { n })
        };
        Self {
            low: bound("minimum", "exclusiveMinimum", f64::ceil, 1),
            high: bound("maximum", "exclusiveMaximum", f64::floor, -1),
            step: words.get("multipleOf").and_then(|n| whole(n, f64::round)).filter(|n| *n > 0),
        }
    }

    /// Whether a number is within them.
    pub(crate) fn hold(&self, n: i128) -> bool {
        self.low.is_none_or(|low| n >= low) && self.high.is_none_or(|high| n <= high) && n % self.step.unwrap_or(1) == 0
    }
}

fn whole(value: &Value, round: fn(f64) -> f64) -> Option<i128> {
    let exact = value.as_i64().map(i128::from).or(value.as_u64().map(i128::from));
    exact.or_else(|| value.as_f64().map(|n| round(n) as i128))
}

/// Digits and power of ten of a positive number as it is written.
pub(crate) fn decimal(value: &Value) -> Option<(u64, i32)> {
    let text = match (value.as_u64(), value.as_f64()) {
        (Some(n), _) => format!("{n:e}"),
        (None, Some(n)) => format!("{n:e}"),
        _ => return None,
    };
    let (mantissa, exponent) = text.split_once('e')?;
    let decimals = mantissa.split_once('.').map_or(0, |(_, after)| after.len());
    let digits = mantissa.replace('.', "").parse().ok().filter(|n| *n > 0)?;
    Some((digits, exponent.parse::<i32>().ok()? - i32::try_from(decimals).ok()?))
}

/// Whether a number is a multiple of a step, by the decimal digits of both.
pub(crate) fn is_multiple(n: &Value, step: &Value) -> bool {
    let magnitude = match (n.as_i64(), n.as_f64()) {
        (Some(n), _) => n.unsigned_abs().into(),
        (None, Some(f)) if n.is_f64() => f.abs().into(),
        _ => n.clone(),
    };
    // nothing but zero has no digits
    let (Some((n, power)), Some((step, other))) = (decimal(&magnitude), decimal(step)) else { return true };
    let (n, step, more) = (u128::from(n), u128::from(step), power - other);
    let tens = 10_u128.checked_pow(more.unsigned_abs());
    if more < 0 {
        return tens.and_then(|tens| step.checked_mul(tens)).is_some_and(|step| n % step == 0);
    }
    (0..more).fold(n % step, |left, _| left * 10 % step) == 0
}

/// The format of the type that holds all whole numbers that these keywords allow: their own, or the one whose range their bounds
/// spell out. `None` for 64 bits with a sign.
pub(crate) fn format(words: &Map<String, Value>) -> Option<&'static str> {
    let own = words.get("format").and_then(Value::as_str).unwrap_or_default();
    if let Some(known) = FORMATS.iter().find(|f| **f == own) {
        return Some(known);
    }
    let Bounds { low, high, .. } = Bounds::of(words);
    let spelled = |f: &&&str| formats::integer(f).is_some_and(|(least, most)| (low, high) == (Some(least), Some(most)));
    let unsigned = || low.filter(|n| matches!(n, 0 | 1) && high.is_none_or(|h| *n == 1 || h > i64::MAX.into()));
    FORMATS.iter().find(spelled).copied().or_else(|| unsigned().map(|_| "uint64"))
}

const FORMATS: [&str; 8] = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"];

#[cfg(test)]
mod tests {
    use super::{Bounds, decimal, format, is_multiple};
    use serde_json::{Value, json};

    fn words(schema: Value) -> serde_json::Map<String, Value> {
        schema.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn bounds_are_whole_and_inclusive() {
        let of = |schema| Bounds::of(&words(schema));
        let open = of(json!({"minimum": 0, "exclusiveMinimum": true, "maximum": 10, "exclusiveMaximum": true}));
        assert_eq!((open.low, open.high), (Some(1), Some(9)));
        let between = of(json!({"minimum": 0.5, "exclusiveMinimum": true, "maximum": 2.5, "exclusiveMaximum": true}));
        assert_eq!((between.low, between.high), (Some(1), Some(2)));
        assert_eq!(of(json!({"maximum": u64::MAX})).high, Some(u64::MAX.into()));
    }

    #[test]
    fn decimals_are_read_as_written() {
        assert_eq!(decimal(&json!(0.01)), Some((1, -2)));
        assert_eq!(decimal(&json!(2500)), Some((25, 2)));
        assert_eq!(decimal(&json!(1.25)), Some((125, -2)));
        assert_eq!(decimal(&json!(0)), None);
    }

    #[test]
    fn multiples_are_exact() {
        let multiple = |n: Value, step: Value| is_multiple(&n, &step);
        assert!(
            multiple(json!(0.07), json!(0.01)) && multiple(json!(-0.07), json!(0.01)) && multiple(json!(0), json!(7))
        );
        assert!(!multiple(json!(0.070_000_1), json!(0.01)) && !multiple(json!(0.01), json!(100)));
        assert!(multiple(json!(i64::MIN + 2), json!(3)) && !multiple(json!(i64::MIN + 3), json!(3)));
        assert!(multiple(json!(1e300), json!(1e-300)) && !multiple(json!(1e-300), json!(1e300)));
    }

    #[test]
    fn the_type_holds_every_number() {
        let of = |schema| format(&words(schema));
        assert_eq!(of(json!({"format": "int32", "minimum": 1})), Some("int32"));
        assert_eq!(of(json!({"minimum": 0, "maximum": 255})), Some("uint8"));
        assert_eq!(of(json!({"maximum": 255})), None);
        assert_eq!(of(json!({"minimum": 0})), Some("uint64"));
        assert_eq!(of(json!({"minimum": -128})), None);
    }
}
