//! `validate()`: the constraints that typify parses but does not enforce.
//!
//! Numeric bounds, `multipleOf`, item counts, uniqueness, property counts, and `pattern` beside a `format` that typify maps to
//! a type of its own. Everything else is refused while deserialising already.

use crate::{
    pairs::{Group, Node, Pairs, Part},
    proof::Shape,
};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::collections::{BTreeMap, BTreeSet};

/// Emits the module with the trait, its helpers and one implementation per type.
#[must_use]
pub(crate) fn emit(pairs: &Pairs<'_>) -> TokenStream {
    let groups: BTreeMap<&str, Vec<Group<'_>>> = pairs.names().map(|name| (name, pairs.groups(name))).collect();
    let loaded = loaded(pairs, &groups);
    let checks = Checks { pairs, loaded: &loaded };
    let impls = groups.iter().map(|(name, groups)| checks.implementation(name, groups));
    let support = support();
    quote! {
        #![doc = " Constraints that deserialising does not enforce."]
        use crate::types::*;
        use std::fmt::Display;
        #support
        #(#impls)*
    }
}

/// Types with anything to check in them.
fn loaded(pairs: &Pairs<'_>, groups: &BTreeMap<&str, Vec<Group<'_>>>) -> BTreeSet<String> {
    let mut loaded = BTreeSet::new();
    loop {
        let checks = Checks { pairs, loaded: &loaded };
        let more: Vec<String> = groups
            .iter()
            .filter(|(name, groups)| !loaded.contains(**name) && checks.any(name, groups))
            .map(|(name, _)| (*name).to_string())
            .collect();
        if more.is_empty() {
            return loaded;
        }
        loaded.extend(more);
    }
}

struct Checks<'a> {
    pairs: &'a Pairs<'a>,
    loaded: &'a BTreeSet<String>,
}

impl Checks<'_> {
    fn any(&self, name: &str, groups: &[Group<'_>]) -> bool {
        !self.members(name, groups).is_empty()
            || groups.iter().flat_map(|g| &g.parts).any(|part| !self.part(part).is_empty())
    }

    fn implementation(&self, name: &str, groups: &[Group<'_>]) -> TokenStream {
        let ty = format_ident!("{name}");
        let members = self.members(name, groups);
        let checks = match groups {
            [Group { variant: None, parts, .. }] => parts.iter().map(|part| self.of_struct(part)).collect(),
            _ => self.of_enum(groups),
        };
        if checks.is_empty() && members.is_empty() {
            return quote! {
                impl Validate for #ty {
                    fn check(&self, _: &str, _: &mut Vec<Violation>) {}
                }
            };
        }
        quote! {
            impl Validate for #ty {
                fn check(&self, pointer: &str, found: &mut Vec<Violation>) { #members #checks }
            }
        }
    }

    /// How many members an object with members of its own may have.
    fn members(&self, name: &str, groups: &[Group<'_>]) -> TokenStream {
        let shape = self.pairs.shape(self.pairs.schema(name));
        let named = groups.iter().any(|g| g.variant.is_none() && g.parts.iter().any(|p| p.field.is_some()));
        if !named || shape.size("minProperties").is_none() && shape.size("maxProperties").is_none() {
            return quote!();
        }
        let (low, high) = (size(&shape, "minProperties"), size(&shape, "maxProperties"));
        quote!(count(members(self), #low, #high, "properties", pointer, found);)
    }

    fn of_struct(&self, part: &Part<'_>) -> TokenStream {
        let body = self.part(part);
        if body.is_empty() {
            return body;
        }
        let value = part.field.map_or_else(|| quote!(self.0), |field| quote!(self.#field));
        let at = place(part);
        quote!({ let value = &#value; #at #body })
    }

    fn of_enum(&self, groups: &[Group<'_>]) -> TokenStream {
        let arms: Vec<TokenStream> = groups.iter().filter_map(|group| self.arm(group)).collect();
        match arms.len() {
            0 => quote!(),
            n if n == groups.len() => quote!(match self { #(#arms)* }),
            _ => quote!(match self { #(#arms)* _ => {} }),
        }
    }

    fn arm(&self, group: &Group<'_>) -> Option<TokenStream> {
        let variant = &group.variant?.ident;
        let bodies: Vec<(&Part<'_>, TokenStream)> =
            group.parts.iter().map(|p| (p, self.part(p))).filter(|(_, body)| !body.is_empty()).collect();
        let names: Vec<&syn::Ident> = bodies.iter().filter_map(|(part, _)| part.field).collect();
        let pattern = match (bodies.len(), names.is_empty()) {
            (0, _) => return None,
            (_, true) => quote!(Self::#variant(value)),
            (_, false) => quote!(Self::#variant { #(#names,)* .. }),
        };
        let checks = bodies.iter().map(|(part, body)| {
            let value = part.field.map(|field| quote!(let value = #field;));
            let at = place(part);
            quote!({ #value #at #body })
        });
        Some(quote!(#pattern => { #(#checks)* }))
    }

    fn part(&self, part: &Part<'_>) -> TokenStream {
        self.value(&quote!(value), self.pairs.node(part.ty, &part.schema))
    }

    /// Checks of one value, a reference; `at` is its pointer in the emitted code.
    fn value(&self, expr: &TokenStream, node: Node<'_>) -> TokenStream {
        match node {
            Node::Optional(ty, schema) => {
                let inner = self.value(&quote!(value), self.pairs.node(ty, &schema));
                when(&inner, quote!(if let Some(value) = #expr { #inner }))
            }
            Node::Nullable(ty, schema) => {
                let inner = self.value(&quote!(value), self.pairs.node(ty, &schema));
                when(&inner, quote!(if let Some(value) = (#expr).value() { #inner }))
            }
            Node::Boxed(ty, schema) => {
                let inner = self.value(&quote!(value), self.pairs.node(ty, &schema));
                when(&inner, quote!({ let value = &**#expr; #inner }))
            }
            Node::List(item, shape) => self.list(expr, item, &shape),
            Node::Map(value, shape) => self.map(expr, value, &shape),
            Node::Local(name, _) if self.loaded.contains(&name) => quote!(Validate::check(#expr, at, found);),
            Node::Local(..) => quote!(),
            Node::Plain(shape) => plain(expr, &shape),
        }
    }

    fn list(&self, expr: &TokenStream, item: &syn::Type, shape: &Shape) -> TokenStream {
        let counts = counts(expr, shape, ["minItems", "maxItems"], "items");
        let unique = if shape.word("uniqueItems") == true { quote!(distinct(#expr, at, found);) } else { quote!() };
        let inner = self.value(&quote!(item), self.pairs.node(item, shape.word("items")));
        let each =
            when(&inner, quote!(for (i, item) in (#expr).iter().enumerate() { let at = &format!("{at}/{i}"); #inner }));
        quote!(#counts #unique #each)
    }

    fn map(&self, expr: &TokenStream, value: &syn::Type, shape: &Shape) -> TokenStream {
        let counts = counts(expr, shape, ["minProperties", "maxProperties"], "properties");
        let inner = self.value(&quote!(item), self.pairs.node(value, &shape.other_members()));
        let each = when(
            &inner,
            quote!(for (key, item) in (#expr).iter() { let at = &format!("{at}/{}", escape(key)); #inner }),
        );
        quote!(#counts #each)
    }
}

fn place(part: &Part<'_>) -> TokenStream {
    match part.pointer.as_str() {
        "" => quote!(let at = pointer;),
        below => quote!(let at = &format!("{pointer}{}", #below);),
    }
}

/// The code around `inner`, if there is anything inside.
fn when(inner: &TokenStream, code: TokenStream) -> TokenStream {
    if inner.is_empty() { quote!() } else { code }
}

fn size(shape: &Shape, key: &str) -> TokenStream {
    shape.size(key).map_or(quote!(None), |n| quote!(Some(#n)))
}

fn counts(expr: &TokenStream, shape: &Shape, [low, high]: [&str; 2], what: &str) -> TokenStream {
    if shape.size(low).is_none() && shape.size(high).is_none() {
        return quote!();
    }
    let (low, high) = (size(shape, low), size(shape, high));
    quote!(count((#expr).len(), #low, #high, #what, at, found);)
}

/// Checks of a number or a text.
fn plain(expr: &TokenStream, shape: &Shape) -> TokenStream {
    let number = |key: &str| {
        let exclusive = format!("exclusive{}{}", key[..1].to_uppercase(), &key[1..]);
        let open = *shape.word(&exclusive) == true;
        shape.word(key).as_f64().map(|n| quote!(Some((#n, #open))))
    };
    match shape.word("type").as_str() {
        Some("integer" | "number") => {
            let (low, high) = (number("minimum"), number("maximum"));
            let multiple = shape.word("multipleOf").as_f64().map(|n| quote!(Some(#n)));
            if low.is_none() && high.is_none() && multiple.is_none() {
                return quote!();
            }
            let or_none = |tokens: Option<TokenStream>| tokens.unwrap_or(quote!(None));
            let (low, high, multiple) = (or_none(low), or_none(high), or_none(multiple));
            quote!(bounds(#expr, #low, #high, #multiple, at, found);)
        }
        Some("string") => {
            let Some(format) = shape.word("format").as_str() else { return quote!() };
            let pattern = shape.word("pattern").as_str().map(|p| quote!(matches(#expr, #p, at, found);));
            // the other formats are types of their own, or say nothing about the text
            let format = matches!(format, "email" | "hostname" | "uri").then(|| {
                let format = format_ident!("{}", format.to_uppercase());
                quote!(formatted(#expr, &#format, at, found);)
            });
            quote!(#pattern #format)
        }
        _ => quote!(),
    }
}

fn support() -> TokenStream {
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

        #[allow(dead_code)]
        fn bounds(
            value: &(impl Display + ?Sized), low: Option<(f64, bool)>, high: Option<(f64, bool)>, multiple: Option<f64>,
            at: &str, found: &mut Vec<Violation>,
        ) {
            let Ok(n) = value.to_string().parse::<f64>() else { return };
            if let Some((low, open)) = low && (n < low || open && n == low) {
                add(found, at, "minimum", format!("{value} is below the minimum, {low}"));
            }
            if let Some((high, open)) = high && (n > high || open && n == high) {
                add(found, at, "maximum", format!("{value} is above the maximum, {high}"));
            }
            if let Some(step) = multiple && ((n / step) - (n / step).round()).abs() > 1e-9 {
                add(found, at, "multiple_of", format!("{value} is not a multiple of {step}"));
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

        #[allow(dead_code)]
        fn members(value: &impl serde::Serialize) -> usize {
            serde_json::to_value(value).ok().and_then(|v| v.as_object().map(serde_json::Map::len)).unwrap_or_default()
        }

        #[allow(dead_code)]
        fn distinct<T: serde::Serialize>(items: &[T], at: &str, found: &mut Vec<Violation>) {
            let mut seen = std::collections::HashSet::new();
            for (i, item) in items.iter().enumerate() {
                if !seen.insert(serde_json::to_string(item).unwrap_or_default()) {
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
