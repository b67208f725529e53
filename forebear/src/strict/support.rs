//! The module that the rewritten types call.

use proc_macro2::TokenStream;
use quote::quote;

/// Emits it.
pub(crate) fn support() -> TokenStream {
    quote! {
        #![doc = " Reading as strictly as the document says."]
        use serde::{Deserialize, Deserializer, Serialize, de::Visitor, forward_to_deserialize_any};
        use serde_json::Value;

        /// Takes an object where a struct is wanted, and never a list.
        pub(crate) struct Object<D>(pub(crate) D);
        impl<'de, D: Deserializer<'de>> Deserializer<'de> for Object<D> {
            type Error = D::Error;
            fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
                self.0.deserialize_map(visitor)
            }
            forward_to_deserialize_any! {
                bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
                newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
            }
        }

        /// A member that may be absent, but not `null`.
        #[allow(dead_code)]
        pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
            T::deserialize(deserializer).map(Some)
        }

        /// A member that may be `null`, but not absent: serde takes the one for the other.
        #[allow(dead_code)]
        pub(crate) fn required<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
            T::deserialize(deserializer)
        }

        /// A type that is read in the one spelling.
        pub(crate) trait Spelled: Sized {
            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
        }
        struct As<T>(T);
        impl<'de, T: Spelled> Deserialize<'de> for As<T> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                T::read(deserializer).map(Self)
            }
        }
        macro_rules! one_spelling {
            ($($ty:ty: $shape:ident),*) => { $(impl Spelled for $ty {
                fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let text = <String as Deserialize>::deserialize(deserializer)?;
                    $shape(&text).parse().map_err(<D::Error as serde::de::Error>::custom)
                }
            })* };
        }
        impl Spelled for f32 {
            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let number = f32::deserialize(deserializer)?;
                if number.is_finite() { Ok(number) } else { Err(<D::Error as serde::de::Error>::custom("too big for an f32")) }
            }
        }
        impl Spelled for () {
            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let wrong = |_| <D::Error as serde::de::Error>::custom("`null` is expected");
                Option::<serde::de::IgnoredAny>::deserialize(deserializer)?.map_or(Ok(()), |other| Err(wrong(other)))
            }
        }
        one_spelling!(uuid::Uuid: uuid, chrono::NaiveDate: full_date, chrono::DateTime<chrono::Utc>: date_time);
        impl<T: Spelled> Spelled for Option<T> {
            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Option::<As<T>>::deserialize(deserializer).map(|value| value.map(|v| v.0))
            }
        }
        impl<T: Spelled> Spelled for crate::Nullable<T> {
            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Option::<As<T>>::deserialize(deserializer).map(|value| value.map(|v| v.0).into())
            }
        }
        impl<T: Spelled> Spelled for Vec<T> {
            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Vec::<As<T>>::deserialize(deserializer).map(|items| items.into_iter().map(|i| i.0).collect())
            }
        }
        impl<T: Spelled> Spelled for std::collections::BTreeMap<String, T> {
            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let map = std::collections::BTreeMap::<String, As<T>>::deserialize(deserializer)?;
                Ok(map.into_iter().map(|(k, v)| (k, v.0)).collect())
            }
        }
        /// A member in the one spelling.
        #[allow(dead_code)]
        pub(crate) fn spelled<'de, D: Deserializer<'de>, T: Spelled>(deserializer: D) -> Result<T, D::Error> {
            T::read(deserializer)
        }
        /// The same for a member that may be absent, but not `null`.
        #[allow(dead_code)]
        pub(crate) fn present_spelled<'de, D: Deserializer<'de>, T: Spelled>(deserializer: D) -> Result<Option<T>, D::Error> {
            T::read(deserializer).map(Some)
        }

        /// An object of an externally tagged enum with the one key that matters, or a text that names a variant without content.
        #[allow(dead_code)]
        pub(crate) fn external(value: Value, units: &[&str], others: &[&str], closed: &[&str]) -> Result<Value, String> {
            match value {
                Value::String(name) if units.contains(&name.as_str()) => Ok(Value::String(name)),
                Value::Object(mut members) => {
                    // a closed alternative is none of those that a value with other members follows
                    let follows = |k: &&String| others.contains(&k.as_str()) && (members.len() == 1 || !closed.contains(&k.as_str()));
                    let known: Vec<String> = members.keys().filter(follows).cloned().collect();
                    let [key] = known.as_slice() else {
                        return Err(format!("an object with one of these keys, and no others, is expected: {}", others.join(", ")));
                    };
                    members.retain(|k, _| k == key);
                    Ok(Value::Object(members))
                }
                _ => Err(format!("none of these is there: {}", [units, others].concat().join(", "))),
            }
        }

        /// An object of an internally tagged enum; `closed` has the variants that take no other members.
        #[allow(dead_code)]
        pub(crate) fn internal(value: Value, tag: &str, closed: &[(&str, &[&str])]) -> Result<Value, String> {
            let Some(members) = value.as_object() else { return Err("an object is expected".to_string()) };
            let name = members.get(tag).and_then(Value::as_str).unwrap_or_default();
            if let Some((_, known)) = closed.iter().find(|(variant, _)| *variant == name)
                && let Some(other) = members.keys().find(|k| !known.contains(&k.as_str()))
            {
                return Err(format!("unknown field `{other}`"));
            }
            Ok(value)
        }

        /// An object of an adjacently tagged enum, its tag a text, without what the document does not declare.
        #[allow(dead_code)]
        pub(crate) fn adjacent(
            mut value: Value, [tag, content]: [&str; 2], units: &[&str], closed: &[&str], needed: &[&str],
        ) -> Result<Value, String> {
            let Some(members) = value.as_object_mut() else { return Err("an object is expected".to_string()) };
            let Some(name) = members.get(tag).and_then(Value::as_str).map(String::from) else {
                return Err(format!("`{tag}` is missing, or no text"));
            };
            let is_in = |names: &[&str]| names.contains(&name.as_str());
            let known = |key: &str| key == tag || key == content && !is_in(units);
            if let Some(other) = members.keys().find(|k| is_in(closed) && !known(k)) {
                return Err(format!("unknown field `{other}`"));
            }
            if is_in(needed) && !members.contains_key(content) {
                return Err(format!("missing field `{content}`"));
            }
            members.retain(|key, _| known(key));
            Ok(value)
        }

        /// The alternative that takes the value; of several the one that keeps all of it.
        #[allow(dead_code)]
        pub(crate) fn fitting<T: crate::Validate + Serialize, const N: usize>(
            value: &Value, one: bool, read: [Option<T>; N],
        ) -> Result<T, String> {
            let (mut valid, mut broken): (Vec<T>, Vec<T>) = read.into_iter().flatten().partition(|v| v.validate().is_empty());
            if one && valid.len() > 1 {
                return Err("fits more than one of the alternatives".to_string());
            }
            let keeps = |v: &T| serde_json::to_value(v).is_ok_and(|v| v == *value);
            if let Some(exact) = valid.iter().position(keeps) {
                return Ok(valid.swap_remove(exact));
            }
            let mut left = valid.drain(..).chain(broken.drain(..));
            left.next().ok_or_else(|| "fits none of the alternatives".to_string())
        }

        fn shaped<'a>(text: &'a str, shape: &str) -> &'a str {
            let fits = |(c, s): (u8, u8)| match s {
                b'0' => c.is_ascii_digit(),
                b'x' => c.is_ascii_hexdigit(),
                s => c == s,
            };
            let same = text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(fits);
            if same { text } else { "" }
        }

        /// RFC 3339 full-date, or a text that never parses.
        #[allow(dead_code)]
        pub(crate) fn full_date(text: &str) -> &str {
            shaped(text, "0000-00-00")
        }

        /// RFC 4122 UUID with its hyphens, or a text that never parses.
        #[allow(dead_code)]
        pub(crate) fn uuid(text: &str) -> &str {
            shaped(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
        }

        /// RFC 3339 date-time, or a text that never parses.
        #[allow(dead_code)]
        pub(crate) fn date_time(text: &str) -> &str {
            let begins = text.get(..19).is_some_and(|t| !shaped(&t.to_ascii_uppercase(), "0000-00-00T00:00:00").is_empty());
            let zone = text.len() < 6 || text.ends_with(['Z', 'z']) || text.as_bytes()[text.len() - 3] == b':';
            if begins && zone && chrono::DateTime::parse_from_rfc3339(text).is_ok() { text } else { "" }
        }

        /// The moment that a text names. The plain form is read here: the parser for every form takes many times as long.
        #[allow(dead_code)]
        pub(crate) fn moment(text: &str) -> chrono::ParseResult<chrono::DateTime<chrono::Utc>> {
            plain(text.as_bytes()).map_or_else(|| date_time(text).parse(), Ok)
        }

        /// `YYYY-MM-DDThh:mm:ss[.f]Z` with up to nine digits of a second.
        #[allow(dead_code)]
        fn plain(text: &[u8]) -> Option<chrono::DateTime<chrono::Utc>> {
            fn number(digits: &[u8]) -> Option<u32> {
                digits.iter().try_fold(0, |n, d| d.is_ascii_digit().then(|| n * 10 + u32::from(d - b'0')))
            }
            let (head, rest) = text.split_at_checked(19)?;
            if [head[4], head[7], head[10], head[13], head[16]] != *b"--T::" {
                return None;
            }
            let nanos = match rest {
                b"Z" => 0,
                [b'.', digits @ .., b'Z'] if (1..=9).contains(&digits.len()) => {
                    number(digits)? * 10_u32.pow(9 - digits.len() as u32)
                }
                _ => return None,
            };
            let at = |from: usize| number(&head[from..from + 2]);
            let year = i32::try_from(number(&head[..4])?).ok()?;
            let date = chrono::NaiveDate::from_ymd_opt(year, at(5)?, at(8)?)?;
            Some(date.and_hms_nano_opt(at(11)?, at(14)?, at(17)?, nanos)?.and_utc())
        }

        /// Writes a moment as chrono does, in a fraction of the time.
        #[allow(dead_code)]
        pub(crate) fn write_moment<S: serde::Serializer>(
            moment: &chrono::DateTime<chrono::Utc>, serializer: S,
        ) -> Result<S::Ok, S::Error> {
            use chrono::{Datelike, Timelike};
            let time = moment.naive_utc();
            let nanos = time.nanosecond();
            let Some(year) = u32::try_from(time.year()).ok().filter(|y| *y < 10_000 && nanos < 1_000_000_000) else {
                return Serialize::serialize(moment, serializer);
            };
            let mut text = *b"0000-00-00T00:00:00.000000000Z";
            let mut put = |from: usize, digits: usize, mut n: u32| {
                for digit in text[from..from + digits].iter_mut().rev() {
                    *digit = b'0' + (n % 10) as u8;
                    n /= 10;
                }
            };
            put(0, 4, year);
            put(5, 2, time.month());
            put(8, 2, time.day());
            put(11, 2, time.hour());
            put(14, 2, time.minute());
            put(17, 2, time.second());
            put(20, 9, nanos);
            let end = match nanos {
                0 => 19,
                n if n % 1_000_000 == 0 => 23,
                n if n % 1_000 == 0 => 26,
                _ => 29,
            };
            text[end] = b'Z';
            serializer.serialize_str(std::str::from_utf8(&text[..=end]).unwrap_or_default())
        }
    }
}
