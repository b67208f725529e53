//! Follows `$ref`s and keeps the pointer to where they lead.

use super::{idents::at, map::Map};
use crate::{api::METHODS, source::join};
use serde_json::Value;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Spot<'a> {
    pub pointer: String,
    pub value: &'a Value,
}

impl<'a> Spot<'a> {
    /// The value below `key`, if there is one.
    pub fn get(&self, key: &str) -> Option<Self> {
        Some(Spot { pointer: join(&self.pointer, key), value: self.value.get(key)? })
    }

    /// The items of the list at `key`.
    pub fn items(&self, key: &str) -> Vec<Self> {
        let list = self.value.get(key).and_then(Value::as_array).into_iter().flatten();
        let pointer = |i: usize| at(&self.pointer, &[key, &i.to_string()]);
        list.enumerate().map(|(i, value)| Spot { pointer: pointer(i), value }).collect()
    }

    /// The entries of the mapping at `key`.
    pub fn entries(&self, key: &str) -> Vec<(&'a String, Self)> {
        let map = self.value.get(key).and_then(Value::as_object).into_iter().flatten();
        map.map(|(name, value)| (name, Spot { pointer: at(&self.pointer, &[key, name]), value })).collect()
    }

    /// What the value is after `$ref`s; `None` where one leads nowhere or in a circle.
    pub fn follow(self, root: &'a Value) -> Option<Self> {
        let mut spot = self;
        for _ in 0..16 {
            let Some(reference) = spot.value.get("$ref") else { return Some(spot) };
            let pointer = reference.as_str()?.strip_prefix('#')?.to_string();
            spot = Spot { value: root.pointer(&pointer)?, pointer };
        }
        None
    }

    /// Like [`Self::follow`], and through one-element `allOf`s, which only add annotations.
    pub fn bare(self, root: &'a Value) -> Option<Self> {
        let mut spot = self.follow(root)?;
        for _ in 0..16 {
            match spot.items("allOf").as_slice() {
                [only] if spot.value.get("type").is_none() => spot = only.clone().follow(root)?,
                _ => return Some(spot),
            }
        }
        None
    }
}

/// An operation and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Operation<'a> {
    pub path: &'a str,
    /// Lower case.
    pub method: &'static str,
    pub spot: Spot<'a>,
    item: Spot<'a>,
}

impl<'a> Operation<'a> {
    /// Every parameter after `$ref`s, those of the path item first.
    pub fn params(&self, root: &'a Value) -> Vec<Spot<'a>> {
        let all = self.item.items("parameters").into_iter().chain(self.spot.items("parameters"));
        all.filter_map(|p| p.follow(root)).filter(|p| p.value.is_object()).collect()
    }

    /// The response to success: its code and what it is after `$ref`s.
    pub fn success(&self, root: &'a Value) -> Option<(&'a String, Spot<'a>)> {
        let mut responses = self.spot.entries("responses").into_iter();
        let (code, response) = responses.find(|(code, _)| is_success(code))?;
        Some((code, response.follow(root)?))
    }

    /// Whether this method changes data.
    pub fn writes(&self) -> bool {
        !matches!(self.method, "get" | "head" | "options")
    }
}

/// Whether `code` is one status of success.
pub(super) fn is_success(code: &str) -> bool {
    code.len() == 3 && code.starts_with('2') && code.bytes().all(|b| b.is_ascii_digit())
}

/// Every operation in document order.
pub(super) fn operations<'a>(map: &Map<'a>) -> Vec<Operation<'a>> {
    let root = Spot { pointer: String::new(), value: map.root };
    let mut found = vec![];
    for (path, item) in root.entries("paths") {
        for method in METHODS {
            if let Some(spot) = item.get(method).filter(|s| s.value.is_object()) {
                found.push(Operation { path, method, spot, item: item.clone() });
            }
        }
    }
    found
}

/// A component schema.
pub(super) fn component<'a>(map: &Map<'a>, name: &str) -> Option<Spot<'a>> {
    let value = map.root.get("components")?.get("schemas")?.get(name)?;
    Some(Spot { pointer: at("/components/schemas", &[name]), value })
}

/// The schema of the only media type of a body or response, with the media type's name.
pub(super) fn media<'a>(holder: &Spot<'a>) -> Option<(&'a String, Spot<'a>)> {
    let (name, media) = holder.entries("content").into_iter().next()?;
    Some((name, media.get("schema")?))
}
