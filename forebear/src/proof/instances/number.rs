//! Numbers: at and beyond each bound.

use super::{Constraint, Generator};
use crate::{
    number::{Bounds, decimal},
    proof::{formats, shape::Shape, translate::whole},
};
use serde_json::Value;

/// Least and greatest whole number, and the step between.
struct Range {
    low: i128,
    high: i128,
    step: i128,
}

impl Range {
    /// A document that sets no bounds gets those of 64 bits, since no type holds all integers.
    fn of(shape: &Shape) -> Self {
        let format = shape.word("format").as_str().and_then(formats::integer);
        let (mut low, mut high) = format.unwrap_or((i64::MIN.into(), i64::MAX.into()));
        let bounds = Bounds::of(&shape.words);
        low = bounds.low.map_or(low, |n| n.max(low));
        high = bounds.high.map_or(high, |n| n.min(high));
        let step = bounds.step.unwrap_or(1);
        Self { low, high, step }
    }

    /// The multiple next to `n`, upwards.
    fn up(&self, n: i128) -> i128 {
        n + (-n).rem_euclid(self.step)
    }

    fn down(&self, n: i128) -> i128 {
        n - n.rem_euclid(self.step)
    }
}

fn exact(value: &Value, round: fn(f64) -> f64) -> Option<i128> {
    let whole = value.as_i64().map(i128::from).or(value.as_u64().map(i128::from));
    whole.or_else(|| value.as_f64().map(|n| round(n) as i128))
}

/// Multiples of a step from `low` on, each the number that is nearest to its decimal digits.
fn multiples((digits, power): (u64, i32), low: f64) -> Vec<f64> {
    let multiple = |n: i128| format!("{}e{power}", n * i128::from(digits)).parse::<f64>();
    let first = multiple(1).map_or(0.0, |step| (low / step).ceil()) as i128;
    [0, 1, 2, 3, 7, 14, 29, 57, 1000].into_iter().filter_map(|n| multiple(first + n).ok()).collect()
}

impl Generator<'_> {
    /// Whole numbers that the shape takes, plainest first.
    pub(super) fn integers(&self, shape: &Shape) -> Vec<Value> {
        let r = Range::of(shape);
        let (low, high) = (r.up(r.low), r.down(r.high));
        let plain = if (low..=high).contains(&0) { r.up(1).min(high) } else { low };
        let mut all = vec![plain, low, high, low + r.step, high - r.step, 0, -r.step, r.up(1 << 53) + r.step];
        all.retain(|n| (low..=high).contains(n));
        self.distinct(all.into_iter().map(whole), shape)
    }

    /// Numbers that the shape takes. All of them are exact in `f32`, so that `float` keeps them.
    pub(super) fn numbers(&self, shape: &Shape) -> Vec<Value> {
        let [low, high] = ["minimum", "maximum"].map(|k| shape.word(k).as_f64());
        let step = decimal(shape.word("multipleOf"));
        let some = match (low, high, step) {
            (_, _, Some(step)) => multiples(step, low.unwrap_or(0.0)),
            (Some(low), Some(high), _) => vec![low + (high - low) / 2.0, low + (high - low) / 4.0],
            (Some(low), None, _) => vec![low + 0.5, low + 1024.25],
            (None, Some(high), _) => vec![high - 0.5, high - 1024.25],
            _ => vec![1.5, -2.25, 1_048_576.5],
        };
        let ends = [low, high, Some(0.0), Some(1.0)].into_iter().flatten();
        let float = shape.word("format") == "float";
        let all = some.into_iter().chain(ends).filter(|n: &f64| !float || f64::from(*n as f32) == *n);
        self.distinct(all.map(Value::from), shape)
    }

    fn distinct(&self, values: impl Iterator<Item = Value>, shape: &Shape) -> Vec<Value> {
        let schema = shape.schema();
        let mut found: Vec<Value> = vec![];
        for value in values {
            if !found.contains(&value) && self.takes(&schema, &value) {
                found.push(value);
            }
        }
        found
    }

    /// Numbers that break one thing that the shape says.
    pub(super) fn broken_numbers(&self, shape: &Shape) -> Vec<(Constraint, Value)> {
        let mut broken = self.beyond(shape);
        if let Some(step) = shape.word("multipleOf").as_f64() {
            let base = self.integers_or_numbers(shape).first().and_then(Value::as_f64).unwrap_or(step);
            let off = if shape.kind() == "integer" { (base + 1.0).round() } else { base + step / 2.0 };
            let value = if shape.kind() == "integer" { whole(off as i128) } else { off.into() };
            broken.push((Constraint::MultipleOf, value));
        }
        broken
    }

    pub(super) fn integers_or_numbers(&self, shape: &Shape) -> Vec<Value> {
        if shape.kind() == "integer" { self.integers(shape) } else { self.numbers(shape) }
    }

    /// Just below the least and just above the greatest, by keyword or by format.
    fn beyond(&self, shape: &Shape) -> Vec<(Constraint, Value)> {
        let mut broken = vec![];
        let open = |word: &str| shape.word(word) == true;
        let step = if shape.kind() == "integer" { Range::of(shape).step } else { 1 };
        for (word, exclusive, sign) in [("minimum", "exclusiveMinimum", -1), ("maximum", "exclusiveMaximum", 1)] {
            let limit = shape.word(word);
            let kind = if word == "minimum" { Constraint::Minimum } else { Constraint::Maximum };
            let kind_open = if word == "minimum" { Constraint::ExclusiveMinimum } else { Constraint::ExclusiveMaximum };
            if open(exclusive) {
                broken.push((kind_open, limit.clone()));
            }
            let past = if shape.kind() == "integer" {
                exact(limit, f64::round).map(|n| whole(n + step * sign))
            } else {
                limit.as_f64().map(|n| (n + 0.5 * sign as f64).into())
            };
            broken.extend(past.map(|p| (kind, p)));
        }
        let format = shape.word("format").as_str().unwrap_or_default();
        if let (true, Some((low, high))) = (shape.kind() == "integer", formats::integer(format)) {
            broken.extend([low - 1, high + 1].map(|n| (Constraint::Format, whole(n))));
        }
        if format == "float" {
            broken.push((Constraint::Format, 1e300.into()));
        }
        broken
    }
}
