//! Makes the types that typify wrote as strict as their schemas when they are read from JSON.
//!
//! Derived `Deserialize` takes a list for a struct, `{"active": null}` for an enum, `null` for whatever may be absent, and dates
//! and UUIDs in every spelling that their crates know. A validator of the document refuses all of these. `x-sensitive` also
//! ends here: what it marks does not show in `Debug`.

use crate::{
    api::{ref_name, resolve},
    rust,
    types::{argument, ends_with, implementing},
};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a component says of one field.
#[derive(Default, Clone)]
struct Facts {
    nullable: bool,
    sensitive: bool,
}

type Fields = BTreeMap<String, Facts>;

/// Rewrites the types of a lowered document.
pub(crate) fn rewrite(mut file: syn::File, low: &Value) -> syn::File {
    let facts = facts(low);
    let parsable = implementing(&file, "FromStr");
    let mut more: Vec<syn::Item> = vec![];
    for item in &mut file.items {
        match item {
            syn::Item::Enum(e) if !parsable.contains(&e.ident.to_string()) && derives(&e.attrs, "Deserialize") => {
                e.variants.iter_mut().flat_map(|v| &mut v.fields).for_each(spell);
                more.extend(tagged(e));
            }
            syn::Item::Struct(s) => {
                let fields = facts.get(&s.ident.to_string());
                more.extend(structure(s, fields));
            }
            syn::Item::Enum(e) if parsable.contains(&e.ident.to_string()) => enumeration(e),
            syn::Item::Impl(i) => from_str(i),
            syn::Item::Mod(m) if m.ident == "builder" => builders(m, &facts),
            _ => {}
        }
    }
    file.items.extend(more);
    file
}

fn facts(low: &Value) -> BTreeMap<String, Fields> {
    let empty = Map::new();
    let schemas = low["components"]["schemas"].as_object().unwrap_or(&empty);
    let of = |schema: &Value| -> Fields {
        let properties = schema["properties"].as_object().into_iter().flatten();
        properties.map(|(key, p)| (rust::snake(key).to_string(), fact(low, p))).collect()
    };
    schemas.iter().map(|(name, schema)| (rust::pascal(name).to_string(), of(schema))).collect()
}

fn fact(low: &Value, property: &Value) -> Facts {
    let target = match ref_name(property) {
        Some(name) => resolve(low, &low["components"]["schemas"][name]),
        None => property,
    };
    let open = |s: &Value| {
        s["nullable"] == true || s.get("oneOf").is_some() || s.get("anyOf").is_some() || s.get("type").is_none()
    };
    let nullable = property["nullable"] == true || open(target);
    Facts { nullable, sensitive: property["x-sensitive"] == true }
}

fn structure(item: &mut syn::ItemStruct, fields: Option<&Fields>) -> Vec<syn::Item> {
    let name = item.ident.clone();
    match &mut item.fields {
        syn::Fields::Unnamed(inner) if inner.unnamed.first().is_some_and(|f| spelled(&f.ty).is_some()) => {
            drop_derive(&mut item.attrs, "Deserialize");
            vec![syn::parse_quote! {
                impl<'de> ::serde::Deserialize<'de> for #name {
                    fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                        let text = <::std::string::String as ::serde::Deserialize>::deserialize(deserializer)?;
                        text.parse().map_err(<D::Error as ::serde::de::Error>::custom)
                    }
                }
            }]
        }
        syn::Fields::Unnamed(inner) if derives(&item.attrs, "Deserialize") => {
            inner.unnamed.iter_mut().for_each(spell);
            vec![]
        }
        syn::Fields::Named(named) if derives(&item.attrs, "Deserialize") => {
            for field in &mut named.named {
                mark(field, fields);
                spell(field);
            }
            item.attrs.push(syn::parse_quote!(#[serde(remote = "Self")]));
            let mut items = object(&name);
            items.extend(redacted(&name, &mut item.attrs, named, fields));
            items
        }
        _ => vec![],
    }
}

/// An object and nothing else: `remote` makes the derived functions inherent, and these call them through `Object`.
fn object(name: &syn::Ident) -> Vec<syn::Item> {
    vec![
        syn::parse_quote! {
            impl<'de> ::serde::Deserialize<'de> for #name {
                fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                    Self::deserialize(crate::strict::Object(deserializer))
                }
            }
        },
        syn::parse_quote! {
            impl ::serde::Serialize for #name {
                fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                    Self::serialize(self, serializer)
                }
            }
        },
    ]
}

/// One spelling also for dates, times and UUIDs that have no name.
fn spell(field: &mut syn::Field) {
    if !is_spelled(&field.ty) {
        return;
    }
    let serde: String = field.attrs.iter().map(|a| a.to_token_stream().to_string()).collect();
    field.attrs.retain(|a| !a.to_token_stream().to_string().contains("crate::strict::present"));
    if serde.contains("crate::strict::present") {
        field.attrs.push(syn::parse_quote!(#[serde(deserialize_with = "crate::strict::present_spelled")]));
    } else if !serde.contains("deserialize_with") || serde.contains("Option") && !serde.contains("skip_serializing_if")
    {
        field.attrs.retain(|a| !a.to_token_stream().to_string().contains("deserialize_with"));
        field.attrs.push(syn::parse_quote!(#[serde(deserialize_with = "crate::strict::spelled")]));
    }
    if serde.contains("skip_serializing_if") && !serde.contains("default") {
        field.attrs.push(syn::parse_quote!(#[serde(default)]));
    }
}

/// Whether the type is one of those, or holds nothing else.
fn is_spelled(ty: &syn::Type) -> bool {
    let holds = |name: &&str| argument(ty, name).is_some_and(is_spelled);
    spelled(ty).is_some() || ["Option", "Vec", "BTreeMap", "Nullable"].iter().any(holds)
}

/// `null` only where the document allows it.
fn mark(field: &mut syn::Field, fields: Option<&Fields>) {
    let Some(facts) = field.ident.as_ref().and_then(|i| fields?.get(&i.to_string())) else { return };
    let is_option = matches!(&field.ty, syn::Type::Path(p) if ends_with(&p.path, "Option"));
    let serde: String = field.attrs.iter().map(|a| a.to_token_stream().to_string()).collect();
    if !is_option || serde.contains("deserialize_with") {
        return;
    }
    // typify reads a required member strictly itself, and leaves `skip_serializing_if` away there
    if serde.contains("skip_serializing_if") && !facts.nullable {
        field.attrs.push(syn::parse_quote!(#[serde(deserialize_with = "crate::strict::present")]));
        if !serde.contains("default") {
            field.attrs.push(syn::parse_quote!(#[serde(default)]));
        }
    }
}

fn enumeration(item: &mut syn::ItemEnum) {
    if item.variants.iter().all(|v| v.fields.is_empty()) && derives(&item.attrs, "Deserialize") {
        item.attrs.push(syn::parse_quote!(#[serde(try_from = "::std::string::String")]));
    }
}

/// The tag of an adjacently tagged enum is a text; derived code also takes `{"A": null}` for `"A"`.
fn tagged(item: &mut syn::ItemEnum) -> Vec<syn::Item> {
    let serde: String = item.attrs.iter().map(|a| a.to_token_stream().to_string()).collect();
    let tag = serde.split_once("tag = \"").filter(|_| serde.contains("content = \""));
    let Some(tag) = tag.and_then(|(_, rest)| rest.split_once('"')).map(|(tag, _)| tag.to_string()) else {
        return vec![];
    };
    let name = item.ident.clone();
    let wrong = format!("`{tag}` is no text");
    item.attrs.push(syn::parse_quote!(#[serde(remote = "Self")]));
    let mut items = object(&name);
    items[0] = syn::parse_quote! {
        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                use ::serde::de::Error;
                let value = <::serde_json::Value as ::serde::Deserialize>::deserialize(deserializer)?;
                if value.get(#tag).is_some_and(|tag| !tag.is_string()) {
                    return Err(D::Error::custom(#wrong));
                }
                Self::deserialize(value).map_err(D::Error::custom)
            }
        }
    };
    items
}

/// `Debug` without what `x-sensitive` marks.
fn redacted(
    name: &syn::Ident,
    attrs: &mut [syn::Attribute],
    named: &syn::FieldsNamed,
    fields: Option<&Fields>,
) -> Option<syn::Item> {
    let secret = |i: &syn::Ident| fields.and_then(|f| f.get(&i.to_string())).is_some_and(|f| f.sensitive);
    let idents: Vec<&syn::Ident> = named.named.iter().filter_map(|f| f.ident.as_ref()).collect();
    if !idents.iter().any(|i| secret(i)) {
        return None;
    }
    drop_derive(attrs, "Debug");
    let parts = idents.iter().map(|i| {
        let text = i.to_string();
        let value: TokenStream = if secret(i) { quote!(&"[redacted]") } else { quote!(&self.#i) };
        quote!(.field(#text, #value))
    });
    let text = name.to_string();
    Some(syn::parse_quote! {
        impl ::std::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(#text)#(#parts)*.finish()
            }
        }
    })
}

/// The builders hold the same values.
fn builders(module: &mut syn::ItemMod, facts: &BTreeMap<String, Fields>) {
    let Some((_, items)) = &mut module.content else { return };
    let mut more: Vec<syn::Item> = vec![];
    for item in items.iter_mut() {
        let syn::Item::Struct(s) = item else { continue };
        if let syn::Fields::Named(named) = &s.fields {
            more.extend(redacted(&s.ident.clone(), &mut s.attrs, named, facts.get(&s.ident.to_string())));
        }
    }
    items.extend(more);
}

/// Which spelling a type of another crate must have in JSON.
fn spelled(ty: &syn::Type) -> Option<&'static str> {
    let syn::Type::Path(path) = ty else { return None };
    match path.path.segments.last()?.ident.to_string().as_str() {
        "NaiveDate" => Some("full_date"),
        "DateTime" => Some("date_time"),
        "Uuid" => Some("uuid"),
        _ => None,
    }
}

/// Lets the newtype's `FromStr` see only the one spelling.
fn from_str(item: &mut syn::ItemImpl) {
    if !item.trait_.as_ref().is_some_and(|(_, path, _)| ends_with(path, "FromStr")) {
        return;
    }
    let text = item.to_token_stream().to_string();
    let inner = [("NaiveDate as", "full_date"), ("DateTime <", "date_time"), ("Uuid as", "uuid")];
    let Some((_, spelling)) = inner.iter().find(|(ty, _)| text.contains(ty)) else { return };
    let spelling = quote::format_ident!("{spelling}");
    for part in &mut item.items {
        if let syn::ImplItem::Fn(f) = part {
            f.block = syn::parse_quote!({ Ok(Self(crate::strict::#spelling(value).parse()?)) });
        }
    }
}

fn derives(attrs: &[syn::Attribute], name: &str) -> bool {
    attrs.iter().any(|a| a.path().is_ident("derive") && a.to_token_stream().to_string().contains(name))
}

fn drop_derive(attrs: &mut [syn::Attribute], name: &str) {
    for attr in attrs.iter_mut().filter(|a| a.path().is_ident("derive")) {
        let Ok(paths) =
            attr.parse_args_with(syn::punctuated::Punctuated::<syn::Path, syn::Token![,]>::parse_terminated)
        else {
            continue;
        };
        let kept = paths.into_iter().filter(|p| !ends_with(p, name));
        *attr = syn::parse_quote!(#[derive(#(#kept),*)]);
    }
}

/// The module that the rewritten types call.
pub(crate) fn support() -> TokenStream {
    quote! {
        #![doc = " Reading as strictly as the document says."]
        use serde::{Deserialize, Deserializer, de::Visitor, forward_to_deserialize_any};

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
    }
}
