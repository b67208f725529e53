//! One item of the table: what it holds, and what is left out of one that is too large.

use serde_json::{Map, Value};

/// Most bytes of an item. DynamoDB takes 400 KiB; how it counts numbers is not promised to the byte.
const MOST: usize = 400_000;
/// Bytes that a number has at most: 38 digits, two in a byte, with sign and exponent.
const NUMBER: usize = 21;
/// What can be long, and what is left out of an item that is too large. The database keeps it whole.
const LONG: [&str; 2] = ["detail", "diff"];

/// A record, or the checkpoint of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Partition key.
    pub id: String,
    /// Digest with which it was sealed.
    pub digest: String,
    /// Digest of what is here, when that is not what was sealed.
    pub found: Option<String>,
    /// When it was made, in seconds since 1970: from then on it is retained.
    pub made_at: i64,
    /// Everything else: texts and whole numbers.
    pub members: Map<String, Value>,
}

impl Item {
    /// The item without what makes it too large, and with `omitted` naming that.
    pub(crate) fn fitting(&self) -> (Map<String, Value>, Vec<&'static str>) {
        let mut members = self.members.clone();
        let rest = self.id.len() + self.digest.len() + self.found.as_ref().map_or(0, String::len) + 200;
        if rest + members.iter().map(|(name, value)| name.len() + size(value)).sum::<usize>() <= MOST {
            return (members, vec![]);
        }
        let omitted = LONG.into_iter().filter(|name| members.shift_remove(*name).is_some()).collect();
        (members, omitted)
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        _ => NUMBER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(diff: usize) -> Item {
        let members = [("diff", Value::from("d".repeat(diff))), ("seq", 1.into()), ("service", "prepay".into())];
        let members = members.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
        Item { id: "1".into(), digest: "d".into(), found: None, made_at: 0, members }
    }

    #[test]
    fn what_fits_is_whole() {
        let whole = item(MOST - 1000);
        assert_eq!(whole.fitting(), (whole.members.clone(), vec![]));
    }

    #[test]
    fn what_is_too_large_goes_without_its_long_members() {
        let (members, omitted) = item(MOST).fitting();
        assert_eq!(omitted, ["diff"], "what was not there is not omitted");
        assert_eq!(members.keys().collect::<Vec<_>>(), ["seq", "service"]);
    }
}
