//! One pass over the whole document: is every part of the right shape, and what stands where?
//!
//! Yields the list of sites that all other rules read. Nothing of a wrong shape gets into the list, so rules need not ask.

use super::{
    distance::nearest,
    idents::{at, describe},
    keys::{Kind, Shape},
    map::{Extension, Map, Reference, Site},
    report::Report,
    schema::keywords,
};
use crate::source::{Document, join};
use serde_json::Value;

/// Reads the document, and reports what has no place in OpenAPI 3.0 or the wrong shape.
pub(super) fn read<'a>(document: &'a Document, report: &mut Report<'_>) -> Map<'a> {
    let map = Map { root: &document.value, sites: vec![], references: vec![], extensions: vec![] };
    let mut walk = Walk { map, report };
    walk.object(Kind::Root, String::new(), &document.value);
    walk.map
}

struct Walk<'a, 'r, 'd> {
    map: Map<'a>,
    report: &'r mut Report<'d>,
}

impl<'a> Walk<'a, '_, '_> {
    fn object(&mut self, kind: Kind, pointer: String, value: &'a Value) {
        let Some(entries) = value.as_object() else { return self.wrong(&pointer, value, "a mapping") };
        if entries.contains_key("$ref") && kind.container().is_some() {
            return self.reference(kind, &pointer, value);
        }
        let missing = |key: &&&str| !entries.contains_key(**key) && !entries.contains_key("$ref");
        for key in kind.required().iter().filter(missing) {
            self.report.add(&pointer, format!("{} has no `{key}`", kind.noun()), format!("add `{key}` to it"));
        }
        self.map.sites.push(Site { kind, pointer: pointer.clone(), value });
        for (key, child) in entries {
            let here = join(&pointer, key);
            match kind.keys().iter().find(|(k, _)| k == key) {
                Some((_, shape)) => self.shape(*shape, key, here, child),
                None if key.starts_with("x-") => self.extension(kind, &pointer, key, child),
                None => self.unknown(kind, &here, key, child),
            }
        }
    }

    fn extension(&mut self, kind: Kind, owner: &str, key: &'a str, value: &'a Value) {
        self.map.extensions.push(Extension { kind, owner: owner.into(), key, value });
    }

    fn reference(&mut self, kind: Kind, pointer: &str, value: &'a Value) {
        let Some(target) = value["$ref"].as_str() else {
            return self.wrong(&join(pointer, "$ref"), &value["$ref"], "text");
        };
        self.map.references.push(Reference { kind, pointer: pointer.into(), target });
        let Some(sibling) = value.as_object().and_then(|m| m.keys().find(|k| *k != "$ref")) else { return };
        let remedy = if kind.is_schema() {
            format!("write `allOf: [{{$ref: '{target}'}}]` and keep `{sibling}` beside it")
        } else {
            format!("move `{sibling}` into what is referred to, or write the whole part out here")
        };
        let message = format!("`{sibling}` beside `$ref` would be lost: OpenAPI 3.0 ignores every key beside it");
        self.report.add(&join(pointer, sibling), message, remedy);
    }

    fn shape(&mut self, shape: Shape, key: &str, pointer: String, value: &'a Value) {
        match shape {
            Shape::Any => {}
            Shape::Text => self.expect(value.is_string(), &pointer, value, "text"),
            Shape::Flag if value.is_number() => self.numeric_flag(key, &pointer, value),
            Shape::Flag => self.expect(value.is_boolean(), &pointer, value, "`true` or `false`"),
            Shape::Number => self.expect(value.is_number(), &pointer, value, "a number"),
            Shape::Count => {
                let fits = value.as_u64().is_some_and(|n| u32::try_from(n).is_ok());
                self.expect(fits, &pointer, value, "a whole number from 0 to 4294967295");
            }
            Shape::Texts => self.texts(&pointer, value),
            Shape::Values => self.expect(value.is_array(), &pointer, value, "a list"),
            Shape::Scopes => self.expect(value.is_object(), &pointer, value, "a mapping from scope to description"),
            Shape::Security => self.security(&pointer, value),
            Shape::One(kind) => self.object(kind, pointer, value),
            Shape::Many(kind) => self.many(kind, &pointer, value),
            Shape::Named(kind) => self.named(kind, &pointer, value),
            Shape::OrFlag(_) if value.is_boolean() => {}
            Shape::OrFlag(kind) if value.is_object() => self.object(kind, pointer, value),
            Shape::OrFlag(_) => self.wrong(&pointer, value, "`true`, `false` or a schema"),
            Shape::Refused(why, remedy) => self.report.block(&pointer, format!("`{key}` {why}"), remedy),
        }
    }

    fn expect(&mut self, fits: bool, pointer: &str, value: &Value, expected: &str) {
        if !fits {
            self.wrong(pointer, value, expected);
        }
    }

    fn wrong(&mut self, pointer: &str, value: &Value, expected: &str) {
        let message = format!("is {}, where {expected} belongs", describe(value));
        let remedy = match value {
            Value::Number(_) | Value::Bool(_) if expected == "text" => format!("put it in quotes: `'{value}'`"),
            _ => format!("write {expected} here"),
        };
        self.report.block(pointer, message, remedy);
    }

    fn numeric_flag(&mut self, key: &str, pointer: &str, value: &Value) {
        match keywords::bound_of(key) {
            Some(bound) => {
                let message = format!("`{key}` with a number is OpenAPI 3.1");
                self.report.block(pointer, message, format!("write `{bound}: {value}` and `{key}: true`"));
            }
            None => self.wrong(pointer, value, "`true` or `false`"),
        }
    }

    fn texts(&mut self, pointer: &str, value: &Value) {
        let Some(items) = value.as_array() else { return self.wrong(pointer, value, "a list of texts") };
        for (i, item) in items.iter().enumerate().filter(|(_, v)| !v.is_string()) {
            self.wrong(&join(pointer, &i.to_string()), item, "text");
        }
    }

    fn security(&mut self, pointer: &str, value: &Value) {
        let Some(items) = value.as_array() else {
            return self.wrong(pointer, value, "a list of security requirements");
        };
        for (i, item) in items.iter().enumerate() {
            let here = join(pointer, &i.to_string());
            let Some(schemes) = item.as_object() else {
                self.wrong(&here, item, "a mapping from security scheme to scopes");
                continue;
            };
            schemes.iter().for_each(|(name, scopes)| self.texts(&join(&here, name), scopes));
        }
    }

    fn many(&mut self, kind: Kind, pointer: &str, value: &'a Value) {
        let Some(items) = value.as_array() else { return self.wrong(pointer, value, "a list") };
        items.iter().enumerate().for_each(|(i, item)| self.object(kind, join(pointer, &i.to_string()), item));
    }

    fn named(&mut self, kind: Kind, pointer: &str, value: &'a Value) {
        let Some(entries) = value.as_object() else { return self.wrong(pointer, value, "a mapping") };
        for (name, item) in entries {
            // only `paths` and an operation's `responses` may be extended; elsewhere the key is somebody's name
            if name.starts_with("x-")
                && (kind == Kind::PathItem || pointer.ends_with("/responses") && item.get("description").is_none())
            {
                self.extension(kind, pointer, name, item);
            } else {
                self.object(kind, at(pointer, &[name]), item);
            }
        }
    }

    fn unknown(&mut self, kind: Kind, pointer: &str, key: &str, value: &Value) {
        if let Some((message, remedy)) = kind.is_schema().then(|| keywords::later(key, value)).flatten() {
            return self.report.block(pointer, message, remedy);
        }
        let known = kind.keys().iter().filter(|(_, s)| !matches!(s, Shape::Refused(..))).map(|(k, _)| *k);
        let remedy = match nearest(key, known.clone()) {
            Some(meant) if kind != Kind::PathItem => format!("write `{meant}`, or remove the key"),
            _ => format!("remove it; {} may have {}", kind.noun(), super::idents::list(known)),
        };
        let message = match kind {
            Kind::PathItem => format!("`{key}` is no HTTP method of OpenAPI 3.0"),
            _ => format!("OpenAPI 3.0 has no key `{key}` here, so it would be lost"),
        };
        self.report.block(pointer, message, remedy);
    }
}
