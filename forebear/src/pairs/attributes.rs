//! What `serde` is told about a type.

use std::collections::BTreeMap;

/// The words of all `#[serde(…)]` attributes, with their texts.
pub(crate) fn serde(attrs: &[syn::Attribute]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for attr in attrs.iter().filter(|a| a.path().is_ident("serde")) {
        // every attribute here was written by typify or by forebear
        let _ = attr.parse_nested_meta(|meta| {
            let word = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
            let text = match meta.value() {
                Ok(value) => value.parse::<syn::LitStr>()?.value(),
                Err(_) => String::new(),
            };
            found.insert(word, text);
            Ok(())
        });
    }
    found
}

/// How JSON tells the variants of an enum apart.
pub(crate) enum Tagging {
    /// By the one key of an object, or by a text.
    External,
    /// By the member `tag` beside the others.
    Internal { tag: String },
    /// By the member `tag` beside the member `content`.
    Adjacent { tag: String, content: String },
    /// By what fits.
    Untagged,
}

/// The tagging of an enum with these attributes.
pub(crate) fn tagging(attrs: &[syn::Attribute]) -> Tagging {
    let mut words = serde(attrs);
    match (words.remove("tag"), words.remove("content")) {
        (Some(tag), Some(content)) => Tagging::Adjacent { tag, content },
        (Some(tag), None) => Tagging::Internal { tag },
        _ if words.contains_key("untagged") => Tagging::Untagged,
        _ => Tagging::External,
    }
}
