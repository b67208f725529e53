//! Parameters: parsed by name through `FromStr`, so that an error can name the parameter and say what it should have been.
//!
//! Dropshot's own extractors ignore unknown query parameters and name none in their errors; they document the operation, but
//! do not read it.

use crate::{Contract, Place, Problem, Violation, expect};
use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::str::FromStr;

/// A generated parameter struct.
pub trait Params: Clone + Send + Sync + Sized + 'static {
    /// Every name on the wire.
    const NAMES: &'static [&'static str];
    /// Reads the struct.
    ///
    /// # Errors
    /// 400 that names the parameter.
    fn parse(pairs: &Pairs<'_>) -> Result<Self, Problem>;
    /// Constraints beyond the shape.
    fn check(&self) -> Vec<Violation> {
        vec![]
    }
}

/// No parameters of this kind.
#[derive(Debug, Clone)]
pub struct NoParams {}

impl Params for NoParams {
    const NAMES: &'static [&'static str] = &[];
    fn parse(_: &Pairs<'_>) -> Result<Self, Problem> {
        Ok(Self {})
    }
}

/// The raw parameters of one location.
pub struct Pairs<'a> {
    pub(crate) contract: &'a Contract,
    pub(crate) operation: &'static str,
    pub(crate) pairs: Vec<(String, String)>,
}

impl Pairs<'_> {
    fn values<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> {
        self.pairs.iter().filter(move |(k, _)| k.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    fn read<T: FromStr>(&self, name: &str, text: &str) -> Result<T, Problem> {
        let wrong = || Problem::parameter(name, "invalid", format!("must be {}", self.expectation(name)));
        if !self.contract.spelling(self.operation, name).fits(text) {
            return Err(wrong());
        }
        text.parse().map_err(|_| wrong())
    }

    fn expectation(&self, name: &str) -> String {
        expect::of(self.contract, self.item_schema(name))
    }

    /// Schema of one value of the parameter.
    fn item_schema(&self, name: &str) -> &Value {
        self.contract.item(self.contract.parameter(self.operation, name))
    }

    /// A parameter that may be absent.
    ///
    /// # Errors
    /// 400 when it is wrong or given twice.
    pub fn optional<T: FromStr>(&self, name: &str) -> Result<Option<T>, Problem> {
        let mut values = self.values(name);
        let Some(first) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(Problem::parameter(name, "repeated", "may be given once"));
        }
        self.read(name, first).map(Some)
    }

    /// A parameter that must be there.
    ///
    /// # Errors
    /// 400 when it is missing, wrong or given twice.
    pub fn required<T: FromStr>(&self, name: &str) -> Result<T, Problem> {
        self.optional(name)?.ok_or_else(|| self.missing(name))
    }

    /// A parameter with a default.
    ///
    /// # Errors
    /// 400 when it is wrong or given twice.
    pub fn or_default<T: FromStr>(&self, name: &str, default: &str) -> Result<T, Problem> {
        match self.optional(name)? {
            Some(value) => Ok(value),
            None => self.read(name, default),
        }
    }

    /// A parameter that may be repeated.
    ///
    /// # Errors
    /// 400 when one of its values is wrong.
    pub fn list<I: FromStr, L: From<Vec<I>>>(&self, name: &str) -> Result<Option<L>, Problem> {
        let items: Vec<I> = self.values(name).map(|v| self.read(name, v)).collect::<Result<_, _>>()?;
        Ok(if items.is_empty() { None } else { Some(items.into()) })
    }

    /// A parameter of a type that has no `FromStr`: read as the JSON value that its schema means.
    ///
    /// # Errors
    /// 400 when it is wrong or given twice.
    pub fn decoded<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Problem> {
        let Some(text) = self.optional::<String>(name)? else { return Ok(None) };
        let schema = self.contract.parameter(self.operation, name);
        let value = crate::body::value(self.contract, schema, &text);
        let wrong =
            |_: serde_json::Error| Problem::parameter(name, "invalid", format!("must be {}", self.expectation(name)));
        // a union of texts and other values takes what is no text of it as the other value
        let other = |_| serde_json::from_str(&text);
        serde_json::from_value(value).or_else(other).map(Some).map_err(wrong)
    }

    /// A list inside one header or path segment: values with commas between them (`style: simple`).
    ///
    /// # Errors
    /// 400 when one of its values is wrong.
    pub fn split<I: FromStr, L: From<Vec<I>>>(&self, name: &str) -> Result<Option<L>, Problem> {
        let Some(text) = self.optional::<String>(name)? else { return Ok(None) };
        let items = text.split(',').map(|v| self.read(name, v.trim())).collect::<Result<Vec<I>, _>>()?;
        Ok(Some(items.into()))
    }

    /// What the first page needs and a `token` of a later page replaces (Dropshot's pagination).
    ///
    /// # Errors
    /// 400 that names the first of `names` that is missing.
    pub fn first_page(&self, token: &str, names: &[&str]) -> Result<(), Problem> {
        let absent = |name: &str| self.values(name).next().is_none();
        match names.iter().find(|n| absent(n)) {
            Some(name) if absent(token) => Err(self.missing(name)),
            _ => Ok(()),
        }
    }

    /// 400: the parameter is missing. A missing `If-Match` is 428 where the document says so (RFC 6585, section 3).
    #[must_use]
    pub fn missing(&self, name: &str) -> Problem {
        let responses = &self.contract.operation(self.operation)["responses"];
        if name.eq_ignore_ascii_case("if-match") && responses.get("428").is_some() {
            return precondition_required(name);
        }
        Problem::parameter(name, "required", format!("is required: {}", self.expectation(name)))
    }

    /// 400 for the first name that the operation does not have.
    pub(crate) fn refuse_unknown(&self, known: &[&str]) -> Result<(), Problem> {
        let Some((name, _)) = self.pairs.iter().find(|(k, _)| !known.contains(&k.as_str())) else { return Ok(()) };
        let hint =
            if known.is_empty() { "this operation has none".into() } else { format!("known are {}", known.join(", ")) };
        Err(Problem::parameter(name, "unknown", format!("is not known; {hint}")))
    }
}

fn precondition_required(name: &str) -> Problem {
    let detail = "read the row and send its `ETag` in the header `If-Match`, or `*` to change whatever is there";
    let problem = Problem::new(StatusCode::PRECONDITION_REQUIRED, "precondition_required", detail);
    problem.item(Place::Parameter(name.into()), "required", detail)
}

/// All violations of a parameter struct as one 400.
pub(crate) fn checked<T: Params>(params: T) -> Result<T, Problem> {
    refuse(&params.check())?;
    Ok(params)
}

fn refuse(violations: &[Violation]) -> Result<(), Problem> {
    let Some(first) = violations.first() else { return Ok(()) };
    let name = |v: &Violation| v.at.split('/').next().unwrap_or_default().to_string();
    let mut problem = Problem::parameter(&name(first), first.code, first.detail.clone());
    for v in &violations[1..] {
        problem = problem.item(Place::Parameter(name(v)), v.code, v.detail.clone());
    }
    Err(problem)
}
