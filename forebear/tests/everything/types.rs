//! Types in every shape that serde and schemars know, and that OpenAPI 3.0 can say.

use chrono::{DateTime, NaiveDate, Utc};
use schemars::{
    JsonSchema,
    r#gen::SchemaGenerator,
    schema::{InstanceType, Schema, SchemaObject},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    num::{NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64},
};
use uuid::Uuid;

/// Every width.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Numbers {
    pub i8: i8,
    pub i16: i16,
    pub i32: i32,
    pub i64: i64,
    pub isize: isize,
    pub u8: u8,
    pub u16: u16,
    pub u32: u32,
    pub u64: u64,
    pub usize: usize,
    pub f32: f32,
    pub f64: f64,
    pub bool: bool,
    pub char: char,
    pub nonzero_u8: NonZeroU8,
    pub nonzero_u16: NonZeroU16,
    pub nonzero_u32: NonZeroU32,
    pub nonzero_u64: NonZeroU64,
    pub unit: (),
    #[schemars(range(min = 1, max = 10))]
    pub bounded: u8,
    #[schemars(range(min = -1.5, max = 2.5))]
    pub fraction: f64,
}

/// Text in every format.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Texts {
    pub plain: String,
    pub uuid: Uuid,
    pub date: NaiveDate,
    pub date_time: DateTime<Utc>,
    pub ip: IpAddr,
    pub ipv4: Ipv4Addr,
    pub ipv6: Ipv6Addr,
    #[schemars(length(min = 2, max = 5))]
    pub short: String,
    #[schemars(regex(pattern = r"^[a-z]{3}-\d+$"))]
    pub pattern: String,
    #[schemars(email)]
    pub email: String,
    #[schemars(url)]
    pub url: String,
    pub name: Name,
    #[serde(rename = "type")]
    pub keyword: String,
    #[serde(rename = "a-b.c/d~e")]
    pub odd: String,
}

/// A text of its own.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Name(#[schemars(regex(pattern = "^[a-z](-?[a-z0-9])*$"), length(min = 1, max = 63))] pub String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

/// Lists, sets and maps.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Collections {
    pub list: Vec<u32>,
    pub set: BTreeSet<String>,
    pub unordered: HashSet<Uuid>,
    pub array: [u8; 4],
    pub map: BTreeMap<String, u64>,
    pub free: HashMap<String, Value>,
    pub nested: BTreeMap<String, Vec<Inner>>,
    #[schemars(length(min = 1, max = 3))]
    pub few: Vec<Inner>,
    #[serde(default)]
    pub defaulted: Vec<String>,
    pub maybe: Option<Vec<Inner>>,
    pub holes: Vec<Option<u8>>,
}

/// An inner object.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct Inner {
    pub number: u8,
}

/// No other members.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Closed {
    pub number: u8,
}

/// Absent, null, and defaults.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Optional {
    /// May be `null`, and may be left out.
    pub scalar: Option<u8>,
    pub object: Option<Inner>,
    /// An enum that may be `null`.
    pub union: Option<Internal>,
    pub any: Value,
    pub maybe_any: Option<Value>,
    #[serde(default)]
    pub flag: bool,
    #[serde(default = "five")]
    pub five: u8,
    #[serde(default = "some_inner")]
    pub inner: Inner,
    #[serde(default)]
    pub absent: Option<String>,
    #[serde(default)]
    pub tree: Option<Box<Tree>>,
    #[serde(default = "automatic")]
    pub choice: Choice,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<u8>,
    #[deprecated]
    pub old: Option<u8>,
}

fn five() -> u8 {
    5
}

fn some_inner() -> Inner {
    Inner { number: 3 }
}

fn automatic() -> Choice {
    Choice::Automatic { version: None }
}

/// A choice with a default that holds `null`.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Choice {
    Automatic { version: Option<u8> },
    Explicit { inner: Inner },
}

/// Contains itself.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Tree {
    pub label: String,
    pub children: Vec<Tree>,
    pub parent: Option<Box<Tree>>,
}

/// Only names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Simple {
    One,
    TwoWords,
    #[serde(rename = "self")]
    Keyword,
}

/// Names with words of their own.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Described {
    /// The first.
    First,
    /// The second.
    Second,
}

/// The key says which.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum External {
    Nothing,
    Newtype(u8),
    Text(Name),
    Object { a: u8, b: Option<String> },
    Unit(()),
    Boxed(Box<External>),
}

/// A member says which.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Internal {
    Nothing,
    Object {
        #[schemars(range(min = 1, max = 10))]
        a: u8,
        inner: Inner,
    },
    Flat(Inner),
}

/// A member says which, another says what.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Adjacent {
    Nothing,
    Number(u32),
    Name(Name),
    Maybe(Option<u8>),
    List(#[schemars(length(min = 1))] Vec<u16>),
    Object { a: u8 },
}

/// The shape says which.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Untagged {
    Id(Uuid),
    Number(u32),
    Closed(Closed),
    List(Vec<Inner>),
}

/// Anything may be one of them.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Loose {
    Named { name: Name, size: Option<u64> },
    Inner(Inner),
    Other(Value),
}

/// All tags, no content.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    Creating,
    Running,
    Gone,
}

/// Members of another struct among its own.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Flattened {
    pub own: u8,
    #[serde(flatten)]
    pub inner: Inner,
}

/// Its own members and any others.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Extensible {
    pub own: u8,
    #[serde(flatten)]
    pub rest: BTreeMap<String, String>,
}

/// What went well or not.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Results {
    pub counted: Result<u32, String>,
    pub done: Result<(), Inner>,
}

/// A generic type, twice.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Pair<A, B> {
    pub left: A,
    pub right: B,
}

/// A type with an example.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(example = "an_example")]
pub struct Exemplary {
    pub size: u8,
}

fn an_example() -> Exemplary {
    Exemplary { size: 4 }
}

/// A type whose schema is written by hand: `multipleOf`, and a format that nobody knows.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct Even(pub u32);

impl JsonSchema for Even {
    fn schema_name() -> String {
        "Even".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut schema = SchemaObject {
            instance_type: Some(InstanceType::Integer.into()),
            format: Some("even".into()),
            ..Default::default()
        };
        schema.number().multiple_of = Some(2.0);
        schema.number().minimum = Some(0.0);
        schema.number().maximum = Some(1000.0);
        schema.extensions.insert("x-note".into(), json!({"hand": true}));
        schema.into()
    }
}

/// All of them.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Everything {
    pub numbers: Numbers,
    pub texts: Texts,
    pub collections: Collections,
    pub optional: Optional,
    pub closed: Closed,
    pub simple: Simple,
    pub described: Described,
    pub external: External,
    pub internal: Internal,
    pub adjacent: Adjacent,
    pub untagged: Untagged,
    pub loose: Loose,
    pub state: State,
    pub flattened: Flattened,
    pub extensible: Extensible,
    pub results: Results,
    pub pair: Pair<u8, Name>,
    pub other_pair: Pair<Simple, Vec<Inner>>,
    pub exemplary: Exemplary,
    pub even: Even,
}
