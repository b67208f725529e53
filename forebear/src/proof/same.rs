//! Whether a value that went through a type is still the same JSON value.
//!
//! What may differ is here, and nowhere else:
//!
//! 1. Numbers compare by their mathematical value, because JSON does not tell `1` from `1.0`.
//! 2. An absent member equals its `default`, because that is what a default means.
//! 3. Two spellings of one instant (`date-time`), UUID or IP address are the same, because the types hold the value and write the
//!    spelling that RFC 3339, RFC 4122 and RFC 5952 prefer.
//! 4. A member that the schema does not declare is ignored, where the schema leaves room for it: who reads a newer document than
//!    he knows takes no notice of what is new.
//!
//! Absent and `null` are different, and so are absent and empty.

use super::{
    oracle::{Direction, Oracle},
    shape::{Shape, World},
};
use crate::source::join;
use serde_json::{Map, Number, Value};
use std::net::IpAddr;

/// The first place where two values differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// JSON pointer.
    pub pointer: String,
    /// What was sent; `None` for an absent member.
    pub sent: Option<Value>,
    /// What came back; `None` for an absent member.
    pub returned: Option<Value>,
}

/// The first difference between what was sent and what came back, both values of `schema`; `None` if they are the same.
#[must_use]
pub fn difference(
    oracle: &Oracle,
    schema: &Value,
    direction: Direction,
    sent: &Value,
    returned: &Value,
) -> Option<Difference> {
    let world = World { document: oracle.document(), direction };
    Comparison { oracle, world }.values(schema, "", sent, returned).err().map(|d| *d)
}

struct Comparison<'a> {
    oracle: &'a Oracle,
    world: World<'a>,
}

type Outcome = Result<(), Box<Difference>>;

impl Comparison<'_> {
    fn values(&self, schema: &Value, at: &str, sent: &Value, returned: &Value) -> Outcome {
        if sent == returned {
            return Ok(());
        }
        let differ = || different(at, Some(sent), Some(returned));
        let shape = self.branch(schema, sent).ok_or_else(differ)?;
        match (sent, returned) {
            (Value::Object(a), Value::Object(b)) => self.members(&shape, at, a, b),
            (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
                let items = shape.word("items");
                let mut pairs = a.iter().zip(b).enumerate();
                pairs.try_for_each(|(i, (a, b))| self.values(items, &format!("{at}/{i}"), a, b))
            }
            (Value::Number(a), Value::Number(b)) if same_number(a, b) => Ok(()),
            (Value::String(a), Value::String(b)) if same_text(shape.word("format"), a, b) => Ok(()),
            _ => Err(differ()),
        }
    }

    fn members(&self, shape: &Shape, at: &str, a: &Map<String, Value>, b: &Map<String, Value>) -> Outcome {
        for name in a.keys().chain(b.keys().filter(|n| !a.contains_key(*n))) {
            let other = shape.other_members();
            let schema = shape.properties().find(|(p, _)| *p == name).map_or(&other, |(_, s)| s);
            let default = Shape::of(self.world, schema).words.get("default").cloned();
            let pointer = join(at, name);
            let (sent, returned) = (a.get(name), b.get(name));
            let declared =
                shape.properties().any(|(p, _)| p == name) || other.as_object().is_some_and(|o| !o.is_empty());
            match (sent.or(default.as_ref()), returned.or(default.as_ref())) {
                (Some(_), None) if !declared => {}
                (Some(x), Some(y)) => self.values(schema, &pointer, x, y)?,
                _ => return Err(different(&pointer, sent, returned)),
            }
        }
        Ok(())
    }

    /// The alternative that the value follows; if it follows several, all of them declare members.
    fn branch(&self, schema: &Value, value: &Value) -> Option<Shape> {
        let mut branches = Shape::of(self.world, schema).branches(self.world);
        if branches.len() == 1 {
            return branches.pop();
        }
        let takes = |b: &Shape| self.oracle.accepts(&b.schema(), self.world.direction, value).unwrap_or(false);
        branches.into_iter().filter(takes).reduce(Shape::and)
    }
}

fn different(at: &str, sent: Option<&Value>, returned: Option<&Value>) -> Box<Difference> {
    Box::new(Difference { pointer: at.into(), sent: sent.cloned(), returned: returned.cloned() })
}

fn same_number(a: &Number, b: &Number) -> bool {
    let whole = |n: &Number| n.as_i64().map(i128::from).or(n.as_u64().map(i128::from));
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => a.as_f64() == b.as_f64(),
        (Some(i), None) => b.as_f64().is_some_and(|f| f.fract() == 0.0 && f as i128 == i),
        (None, Some(_)) => same_number(b, a),
    }
}

fn same_text(format: &Value, a: &str, b: &str) -> bool {
    match format.as_str() {
        Some("date-time") => {
            let instant = |t: &str| chrono::DateTime::parse_from_rfc3339(t).ok();
            instant(a).is_some_and(|i| instant(b) == Some(i))
        }
        Some("uuid") => a.eq_ignore_ascii_case(b),
        Some("ip" | "ipv4" | "ipv6") => {
            let address = |t: &str| t.parse::<IpAddr>().ok();
            address(a).is_some_and(|i| address(b) == Some(i))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Difference, difference};
    use crate::proof::oracle::{Direction, Oracle};
    use serde_json::{Value, json};

    fn compare(schema: Value, sent: Value, returned: Value) -> Option<Difference> {
        difference(&Oracle::new(&json!({})), &schema, Direction::Response, &sent, &returned)
    }

    fn row(sent: Value, returned: Value) -> Option<String> {
        let schema = json!({"type": "object", "properties": {
            "n": {"type": "number"},
            "at": {"type": "string", "format": "date-time"},
            "id": {"type": "string", "format": "uuid"},
            "ip": {"type": "string", "format": "ip"},
            "text": {"type": "string"},
            "size": {"type": "integer", "default": 3},
            "note": {"type": "string", "nullable": true}}});
        compare(schema, sent, returned).map(|d| d.pointer)
    }

    #[test]
    fn the_same_value_in_another_spelling() {
        assert_eq!(row(json!({"n": 1}), json!({"n": 1.0})), None);
        assert_eq!(row(json!({"at": "2026-06-01T14:30:00.500+02:00"}), json!({"at": "2026-06-01T12:30:00.5Z"})), None);
        assert_eq!(row(json!({"id": "AB"}), json!({"id": "ab"})), None);
        assert_eq!(row(json!({"ip": "2001:DB8:0::1"}), json!({"ip": "2001:db8::1"})), None);
        assert_eq!(row(json!({}), json!({"size": 3})), None);
        assert_eq!(row(json!({"extra": [1]}), json!({})), None, "nobody declared it");
    }

    #[test]
    fn another_value() {
        assert_eq!(row(json!({"n": 1}), json!({"n": 1.5})), Some("/n".into()));
        assert_eq!(row(json!({"n": u64::MAX}), json!({"n": u64::MAX as f64})), Some("/n".into()));
        assert_eq!(
            row(json!({"at": "2026-06-01T12:30:00Z"}), json!({"at": "2026-06-01T12:30:01Z"})),
            Some("/at".into())
        );
        assert_eq!(row(json!({"text": "AB"}), json!({"text": "ab"})), Some("/text".into()));
        assert_eq!(row(json!({}), json!({"size": 4})), Some("/size".into()));
        assert_eq!(row(json!({"note": null}), json!({})), Some("/note".into()), "null is not absent");
        assert_eq!(row(json!({}), json!({"extra": [1]})), Some("/extra".into()), "invented");
        let closed = json!({"type": "object", "additionalProperties": {"type": "integer"}});
        assert_eq!(compare(closed, json!({"a": 1}), json!({})).map(|d| d.pointer), Some("/a".into()), "lost");
    }

    #[test]
    fn inside_the_alternative_that_was_sent() {
        let kind = |kind: &str, schema: Value| {
            json!({"type": "object", "required": ["kind", "v"], "properties": {
                "kind": {"type": "string", "enum": [kind]}, "v": schema}})
        };
        let schema = json!({"oneOf": [kind("text", json!({"type": "string"})), kind("id", json!({"type": "string", "format": "uuid"}))]});
        let value = |kind: &str, v: &str| json!({"kind": kind, "v": v});
        let upper = "6BA7B810-9DAD-41D1-80B4-00C04FD430C8";
        let lower = upper.to_lowercase();
        assert!(compare(schema.clone(), value("id", upper), value("id", &lower)).is_none());
        assert_eq!(compare(schema, value("text", upper), value("text", &lower)).unwrap().pointer, "/v");
    }
}
