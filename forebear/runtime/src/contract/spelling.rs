//! How the text of a parameter must be spelled, found once for each: looking it up in the document costs more than reading the value.

use super::Contract;
use serde_json::Value;

/// What a type of the document asks of a text beyond what Rust's parser does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A number that fits an `f32`.
    Float,
    /// The type judges alone.
    Free,
}

impl Spelling {
    fn of(schema: &Value) -> Self {
        match schema["type"].as_str() {
            Some("integer") => Self::Integer,
            Some("number") if schema["format"] == "float" => Self::Float,
            Some("number") => Self::Number,
            _ => Self::Free,
        }
    }

    /// Numbers as JSON spells them; the rest is for the type to judge.
    pub(crate) fn fits(self, text: &str) -> bool {
        let number = || serde_json::from_str::<serde_json::Number>(text).is_ok();
        match self {
            Self::Integer => is_canonical_integer(text),
            Self::Number => number(),
            Self::Float => text.parse::<f32>().is_ok_and(f32::is_finite) && number(),
            Self::Free => true,
        }
    }
}

/// A whole number as JSON spells it: Rust would also read `+5` and `05`.
fn is_canonical_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits == "0" || !digits.starts_with('0') && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

impl Contract {
    /// The spelling of each parameter of an operation, by name.
    pub(super) fn spellings(&self, operation: &str) -> Vec<(String, Spelling)> {
        let named = self.parameters(operation).filter_map(|p| Some((p["name"].as_str()?, &p["schema"])));
        named.map(|(name, schema)| (name.into(), Spelling::of(self.item(schema)))).collect()
    }

    /// How one value of a parameter is spelled.
    pub(crate) fn spelling(&self, operation: &str, name: &str) -> Spelling {
        let known = self.spellings.get(operation).into_iter().flatten();
        known.into_iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map_or(Spelling::Free, |(_, s)| *s)
    }

    /// Schema of one value of a parameter that may be repeated.
    pub(crate) fn item<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let schema = self.resolve(schema);
        if schema["type"] == "array" { self.resolve(&schema["items"]) } else { schema }
    }
}
