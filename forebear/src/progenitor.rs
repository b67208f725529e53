//! Progenitor over a lowered document. An operation that it cannot carry costs its own client method, and nothing else.

use crate::{absent, api::METHODS};
use anyhow::{Context, Result, anyhow};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError},
};

/// What Progenitor writes: the client and the types.
pub(crate) struct Written {
    pub(crate) client: TokenStream,
    pub(crate) types: TokenStream,
}

/// Runs it; operations that it fails on are added to `omitted` with its words.
///
/// # Errors
/// What it says of the types alone.
pub(crate) fn run(low: &Value, omitted: &mut Vec<(String, String)>) -> Result<Written> {
    let failure = match once(low) {
        Ok(written) => return Ok(written),
        Err(failure) => failure,
    };
    let all = ids(low);
    if once(&without(low, &all.iter().cloned().collect())).is_err() {
        return Err(failure); // it is the types
    }
    let attempt = |kept: &[String]| {
        let left_out = all.iter().filter(|id| !kept.contains(id)).cloned().collect();
        once(&without(low, &left_out)).map(|_| ()).map_err(|e| format!("{e:#}"))
    };
    let mut found = vec![];
    culprits(&all, &attempt, &mut found);
    let left_out = found.iter().map(|(id, _)| id.clone()).collect();
    omitted.extend(found);
    once(&without(low, &left_out))
}

/// The operations that fail alone, with the reason.
fn culprits(ids: &[String], attempt: &dyn Fn(&[String]) -> Result<(), String>, found: &mut Vec<(String, String)>) {
    let Err(reason) = attempt(ids) else { return };
    match ids {
        [] => {}
        [only] => found.push((only.clone(), reason.lines().next().unwrap_or_default().to_string())),
        _ => {
            let (left, right) = ids.split_at(ids.len() / 2);
            culprits(left, attempt, found);
            culprits(right, attempt, found);
        }
    }
}

fn ids(low: &Value) -> Vec<String> {
    let operations = low["paths"].as_object().into_iter().flat_map(|p| p.values()).filter_map(Value::as_object);
    let operations = operations.flatten().filter(|(method, _)| METHODS.contains(&method.as_str()));
    operations.filter_map(|(_, o)| o["operationId"].as_str().map(String::from)).collect()
}

fn without(low: &Value, left_out: &BTreeSet<String>) -> Value {
    let mut low = low.clone();
    for item in low["paths"].as_object_mut().into_iter().flat_map(|p| p.values_mut()).filter_map(Value::as_object_mut) {
        item.retain(|_, o| !o["operationId"].as_str().is_some_and(|id| left_out.contains(id)));
    }
    low
}

/// One run. Progenitor panics on some documents; that must not take forebear down.
fn once(low: &Value) -> Result<Written> {
    let spec: openapiv3::OpenAPI =
        serde_json::from_value(low.clone()).context("the lowered document is not OpenAPI 3.0")?;
    let run = || -> Result<Written> {
        let mut settings = ::progenitor::GenerationSettings::new();
        settings
            .with_interface(::progenitor::InterfaceStyle::Builder)
            .with_map_type("::std::collections::BTreeMap")
            .with_crate(absent::CRATE, ::progenitor::CrateVers::Any, None)
            .with_inner_type(quote!(crate::Credentials))
            .with_pre_hook_async(quote!(crate::authorise));
        let mut generator = ::progenitor::Generator::new(&settings);
        let client = generator.generate_tokens(&spec)?;
        Ok(Written { client, types: generator.get_type_space().to_stream() })
    };
    // the hook belongs to the whole process, and others may be generating too
    static QUIET: Mutex<()> = Mutex::new(());
    let _quiet = QUIET.lock().unwrap_or_else(PoisonError::into_inner);
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let outcome = catch_unwind(AssertUnwindSafe(run));
    std::panic::set_hook(hook);
    outcome.unwrap_or_else(|cause| {
        let text =
            cause.downcast_ref::<String>().cloned().or_else(|| cause.downcast_ref::<&str>().map(ToString::to_string));
        Err(anyhow!("Progenitor has no code for it: {}", text.unwrap_or_default()))
    })
}

#[cfg(test)]
mod tests {
    use super::{culprits, ids, without};
    use serde_json::json;

    #[test]
    fn the_others_stay() {
        let names: Vec<String> = ["a", "b", "c", "d", "e"].map(String::from).to_vec();
        let attempt = |kept: &[String]| match kept.iter().find(|k| *k == "b" || *k == "e") {
            Some(bad) => Err(format!("no {bad}\nand a trace")),
            None => Ok(()),
        };
        let mut found = vec![];
        culprits(&names, &attempt, &mut found);
        assert_eq!(found, [("b", "no b"), ("e", "no e")].map(|(id, why)| (id.to_string(), why.to_string())));
    }

    #[test]
    fn only_what_is_named_goes() {
        let low =
            json!({"paths": {"/x": {"get": {"operationId": "a"}, "put": {"operationId": "b"}, "parameters": []}}});
        assert_eq!(ids(&low), ["a", "b"]);
        assert_eq!(
            without(&low, &["b".to_string()].into()),
            json!({"paths": {"/x": {"get": {"operationId": "a"}, "parameters": []}}})
        );
    }
}
