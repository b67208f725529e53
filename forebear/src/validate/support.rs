//! The trait `Validate` and the helpers that its implementations call.

use proc_macro2::TokenStream;
use quote::quote;

/// Emits it.
pub(super) fn support() -> TokenStream {
    quote! {
        /// One broken constraint.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Violation {
            /// RFC 6901 pointer to the value.
            pub pointer: String,
            /// Which constraint, in snake case.
            pub code: &'static str,
            /// What the value should have been.
            pub detail: String,
        }

        /// Constraints beyond the shape.
        pub trait Validate {
            /// Adds what is wrong with the value at `pointer` to `found`.
            fn check(&self, pointer: &str, found: &mut Vec<Violation>);
            /// Everything that is wrong; empty for a valid value.
            fn validate(&self) -> Vec<Violation> {
                let mut found = vec![];
                self.check("", &mut found);
                found
            }
        }

        impl<T: Validate + ?Sized> Validate for ::std::boxed::Box<T> {
            fn check(&self, pointer: &str, found: &mut Vec<Violation>) {
                (**self).check(pointer, found);
            }
        }

        impl<T: Validate> Validate for ::std::vec::Vec<T> {
            fn check(&self, pointer: &str, found: &mut Vec<Violation>) {
                for (i, item) in self.iter().enumerate() {
                    item.check(&format!("{pointer}/{i}"), found);
                }
            }
        }

        impl<T: Validate> Validate for ::std::collections::BTreeMap<String, T> {
            fn check(&self, pointer: &str, found: &mut Vec<Violation>) {
                for (key, item) in self {
                    item.check(&format!("{pointer}/{}", escape(key)), found);
                }
            }
        }

        impl<T: Validate> Validate for ::std::option::Option<T> {
            fn check(&self, pointer: &str, found: &mut Vec<Violation>) {
                if let Some(value) = self {
                    value.check(pointer, found);
                }
            }
        }

        macro_rules! free {
            ($($ty:ty),*) => { $(impl Validate for $ty {
                fn check(&self, _: &str, _: &mut Vec<Violation>) {}
            })* };
        }
        free!(
            bool, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, String, (), serde_json::Value, ::std::num::NonZeroU8,
            ::std::num::NonZeroU16, ::std::num::NonZeroU32, ::std::num::NonZeroU64
        );

        #[allow(dead_code)]
        fn add(found: &mut Vec<Violation>, at: &str, code: &'static str, detail: String) {
            found.push(Violation { pointer: at.to_string(), code, detail });
        }

        #[allow(dead_code)]
        fn escape(token: &str) -> String {
            token.replace('~', "~0").replace('/', "~1")
        }

        /// Bounds of whole numbers, exactly.
        #[allow(dead_code)]
        fn whole(
            value: &impl Display, low: Option<i128>, high: Option<i128>, step: Option<i128>, at: &str, found: &mut Vec<Violation>,
        ) {
            let Ok(n) = value.to_string().parse::<i128>() else { return };
            if let Some(low) = low && n < low {
                add(found, at, "minimum", format!("{n} is below the minimum, {low}"));
            }
            if let Some(high) = high && n > high {
                add(found, at, "maximum", format!("{n} is above the maximum, {high}"));
            }
            if let Some(step) = step && n % step != 0 {
                add(found, at, "multiple_of", format!("{n} is not a multiple of {step}"));
            }
        }

        /// Bounds of other numbers, each with whether it is excluded; the step by its digits and its power of ten.
        #[allow(dead_code)]
        fn bounds(
            value: &impl Display, low: Option<(f64, bool)>, high: Option<(f64, bool)>, step: Option<(u64, i32)>, at: &str,
            found: &mut Vec<Violation>,
        ) {
            let Ok(n) = value.to_string().parse::<f64>() else { return };
            if let Some((low, open)) = low && (n < low || open && n == low) {
                add(found, at, "minimum", format!("{value} is below the minimum, {low}"));
            }
            if let Some((high, open)) = high && (n > high || open && n == high) {
                add(found, at, "maximum", format!("{value} is above the maximum, {high}"));
            }
            if let Some((digits, power)) = step && !divides(digits, power, n) {
                add(found, at, "multiple_of", format!("{value} is not a multiple of {digits}e{power}"));
            }
        }

        /// Whether the step goes into the number, by the decimal digits of both: 0.07 is seven times 0.01, as doubles are not.
        #[allow(dead_code)]
        fn divides(digits: u64, power: i32, n: f64) -> bool {
            let text = format!("{:e}", n.abs());
            let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
            let decimals = mantissa.split_once('.').map_or(0, |(_, after)| after.len() as i32);
            let (Ok(value), Ok(exponent)) = (mantissa.replace('.', "").parse::<u128>(), exponent.parse::<i32>()) else { return false };
            let (step, more) = (u128::from(digits), exponent - decimals - power);
            if more >= 0 {
                return (0..more).fold(value % step, |left, _| left * 10 % step) == 0;
            }
            let step = 10u128.checked_pow(more.unsigned_abs()).and_then(|tens| step.checked_mul(tens));
            value == 0 || step.is_some_and(|step| value % step == 0)
        }

        /// One of the values, as JSON compares them.
        #[allow(dead_code)]
        fn listed(value: &impl serde::Serialize, values: &str, at: &str, found: &mut Vec<Violation>) {
            let Ok(serde_json::Value::Array(all)) = serde_json::from_str(values) else { return };
            let value = serde_json::to_value(value).unwrap_or_default();
            if !all.iter().any(|one| canonical(one) == canonical(&value)) {
                add(found, at, "enum", format!("{value} is none of {values}"));
            }
        }

        /// The value in the one spelling that all its equals have: members in order, whole numbers without a point.
        #[allow(dead_code)]
        fn canonical(value: &serde_json::Value) -> String {
            use serde_json::Value;
            match value {
                Value::Number(n) => match n.as_f64().filter(|f| n.is_f64() && f.fract() == 0.0) {
                    // what is beyond is no whole number of 64 bits
                    Some(f) if f.abs() < 1e30 => (f as i128).to_string(),
                    _ => n.to_string(),
                },
                Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
                Value::Object(members) => {
                    let mut all: Vec<String> = members.iter().map(|(k, v)| format!("{k:?}:{}", canonical(v))).collect();
                    all.sort();
                    format!("{{{}}}", all.join(","))
                }
                other => other.to_string(),
            }
        }

        #[allow(dead_code)]
        fn count(n: usize, low: Option<usize>, high: Option<usize>, what: &str, at: &str, found: &mut Vec<Violation>) {
            if let Some(low) = low && n < low {
                add(found, at, "min_items", format!("has {n} {what}, at least {low} are needed"));
            }
            if let Some(high) = high && n > high {
                add(found, at, "max_items", format!("has {n} {what}, at most {high} are allowed"));
            }
        }

        /// How many members the object has that is `below` in the JSON of the value.
        #[allow(dead_code)]
        fn members(value: &impl serde::Serialize, below: &str) -> usize {
            let json = serde_json::to_value(value).unwrap_or_default();
            json.pointer(below).and_then(serde_json::Value::as_object).map_or(0, serde_json::Map::len)
        }

        #[allow(dead_code)]
        fn distinct<T: serde::Serialize>(items: &[T], at: &str, found: &mut Vec<Violation>) {
            let mut seen = std::collections::HashSet::new();
            for (i, item) in items.iter().enumerate() {
                if !seen.insert(serde_json::to_value(item).map(|v| canonical(&v)).unwrap_or_default()) {
                    add(found, &format!("{at}/{i}"), "unique_items", "stands in the list twice".to_string());
                }
            }
        }

        #[allow(dead_code)]
        fn matches(value: &impl serde::Serialize, pattern: &str, at: &str, found: &mut Vec<Violation>) {
            let Ok(serde_json::Value::String(text)) = serde_json::to_value(value) else { return };
            if regress::Regex::new(pattern).is_ok_and(|p| p.find(&text).is_none()) {
                add(found, at, "pattern", format!("does not match {pattern}"));
            }
        }

        /// An address as HTML takes it in a form: <https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address>.
        #[allow(dead_code)]
        static EMAIL: Format = Format::new("an e-mail address", concat!(
            r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?",
            r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$",
        ));
        /// RFC 1123, section 2.1.
        #[allow(dead_code)]
        static HOSTNAME: Format = Format::new("a host name", concat!(
            r"^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?",
            r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$",
        ));
        /// RFC 3986, section 3, with its scheme.
        #[allow(dead_code)]
        static URI: Format = Format::new(
            "a URI with its scheme",
            r"^[A-Za-z][A-Za-z0-9+.\-]*:(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$",
        );

        /// What a text with a `format` looks like.
        struct Format {
            name: &'static str,
            pattern: &'static str,
            compiled: std::sync::OnceLock<Option<regress::Regex>>,
        }

        impl Format {
            #[allow(dead_code)]
            const fn new(name: &'static str, pattern: &'static str) -> Self {
                Self { name, pattern, compiled: std::sync::OnceLock::new() }
            }
        }

        #[allow(dead_code)]
        fn formatted(value: &impl serde::Serialize, format: &Format, at: &str, found: &mut Vec<Violation>) {
            let Ok(serde_json::Value::String(text)) = serde_json::to_value(value) else { return };
            let compiled = format.compiled.get_or_init(|| regress::Regex::new(format.pattern).ok());
            if compiled.as_ref().is_none_or(|p| p.find(&text).is_none()) {
                add(found, at, "format", format!("is not {}", format.name));
            }
        }
    }
}
