//! Checks of a number, a text or a boolean.

use crate::{number, proof::Shape};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// The checks of a value that no type of the models crate holds.
pub(super) fn checks(expr: &TokenStream, shape: &Shape) -> TokenStream {
    match shape.word("type").as_str() {
        // typify's type of listed numbers takes no others
        Some("integer") if shape.word("enum").is_array() => quote!(),
        Some("integer") => integer(expr, shape),
        Some("number") => {
            let (bounds, listed) = (real(expr, shape), listed(expr, shape));
            quote!(#bounds #listed)
        }
        Some("boolean") => listed(expr, shape),
        Some("string") => text(expr, shape),
        _ => quote!(),
    }
}

fn integer(expr: &TokenStream, shape: &Shape) -> TokenStream {
    let number::Bounds { low, high, step } = number::Bounds::of(&shape.words);
    if low.is_none() && high.is_none() && step.is_none() {
        return quote!();
    }
    let (low, high, step) = (option(low), option(high), option(step));
    quote!(whole(#expr, #low, #high, #step, at, found);)
}

fn real(expr: &TokenStream, shape: &Shape) -> TokenStream {
    let bound = |key: &str, open: &str| {
        let open = *shape.word(open) == true;
        shape.word(key).as_f64().map(|n| quote!((#n, #open)))
    };
    let (low, high) = (bound("minimum", "exclusiveMinimum"), bound("maximum", "exclusiveMaximum"));
    let step = number::decimal(shape.word("multipleOf")).map(|(digits, power)| quote!((#digits, #power)));
    if low.is_none() && high.is_none() && step.is_none() {
        return quote!();
    }
    let (low, high, step) = (option(low), option(high), option(step));
    quote!(bounds(#expr, #low, #high, #step, at, found);)
}

/// Typify has no type of listed numbers with a point, nor of one boolean.
fn listed(expr: &TokenStream, shape: &Shape) -> TokenStream {
    match shape.word("enum") {
        values if values.is_array() => {
            let values = values.to_string();
            quote!(listed(#expr, #values, at, found);)
        }
        _ => quote!(),
    }
}

fn text(expr: &TokenStream, shape: &Shape) -> TokenStream {
    let Some(format) = shape.word("format").as_str() else { return quote!() };
    let pattern = shape.word("pattern").as_str().map(|p| quote!(matches(#expr, #p, at, found);));
    // the other formats are types of their own, or say nothing about the text
    let format = matches!(format, "email" | "hostname" | "uri").then(|| {
        let format = format_ident!("{}", format.to_uppercase());
        quote!(formatted(#expr, &#format, at, found);)
    });
    quote!(#pattern #format)
}

fn option(value: Option<impl quote::ToTokens>) -> TokenStream {
    value.map_or(quote!(None), |value| quote!(Some(#value)))
}
