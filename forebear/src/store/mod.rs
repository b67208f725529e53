//! The table mapping of every schema with `x-table`: columns, indexes, side tables.
//!
//! Nested objects become prefixed columns, lists become JSON text. An index into a list, or on the words of a text, is a side
//! table of (value, row key), because neither database can index those portably. Everything else in this folder renders
//! what is analysed here: [`entity`] the Rust mapping, [`ddl`] the SQL, [`list`] the filters, `patch` what a PATCH changes.

pub mod ddl;
pub mod entity;
pub mod list;
pub(crate) mod patch;

use crate::{
    api::{bare, ref_name, resolve},
    types::Types,
};
use serde_json::Value;

/// How a column is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Text of at most so many characters.
    Text(u32),
    /// One of these texts.
    Enum(Vec<String>),
    /// RFC 3339 full-date.
    Date,
    /// RFC 3339 date-time in UTC.
    Timestamp,
    /// 64-bit integer.
    Int,
    /// Boolean.
    Bool,
    /// Exact decimal: precision, scale.
    Decimal(u8, u8),
    /// JSON text.
    Json,
}

/// How a column is indexed (`x-index`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    /// Equality.
    Equal,
    /// Beginning, ignoring case and accents, through a folded twin column.
    Prefix,
    /// Beginnings of words, through a side table.
    Words,
}

/// One column.
#[derive(Debug, Clone)]
pub struct Column {
    /// SQL name.
    pub name: String,
    /// Property names from the row's schema down to the value.
    pub path: Vec<String>,
    /// Storage.
    pub kind: Kind,
    /// May be `NULL`.
    pub nullable: bool,
    /// Primary key.
    pub key: bool,
    /// `x-unique`.
    pub unique: bool,
    /// `x-index`.
    pub index: Option<Index>,
    /// `x-sensitive`.
    pub sensitive: bool,
}

/// A side table: values that lead to a row.
#[derive(Debug, Clone)]
pub struct Side {
    /// SQL name.
    pub name: String,
    /// Property names down to the list, or to the text whose words are indexed.
    pub path: Vec<String>,
    /// Property of the list's items; `None` for words.
    pub item: Option<String>,
    /// Most characters of a value.
    pub length: u32,
}

/// One table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Component schema.
    pub schema: String,
    /// SQL name.
    pub name: String,
    /// Columns in document order.
    pub columns: Vec<Column>,
    /// Side tables.
    pub sides: Vec<Side>,
}

impl Table {
    /// The primary key; the first column if the document names none (lint refuses that).
    #[must_use]
    pub fn key(&self) -> &Column {
        self.columns.iter().find(|c| c.key).unwrap_or(&self.columns[0])
    }
}

/// Every table of the document, in document order. `document` is the source, not the lowered form.
#[must_use]
pub fn tables(document: &Value, types: &Types) -> Vec<Table> {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    schemas
        .filter_map(|(schema, value)| {
            let name = value["x-table"].as_str()?.to_string();
            let mut table = Table { schema: schema.clone(), name, columns: vec![], sides: vec![] };
            Walk { document, types, table: &mut table }.object(schema, value, &[], false, false);
            (!table.columns.is_empty()).then_some(table)
        })
        .collect()
}

struct Walk<'a> {
    document: &'a Value,
    types: &'a Types,
    table: &'a mut Table,
}

impl Walk<'_> {
    fn object(&mut self, owner: &str, schema: &Value, path: &[String], nullable: bool, sensitive: bool) {
        for (key, property) in schema["properties"].as_object().into_iter().flatten() {
            let path: Vec<String> = path.iter().cloned().chain([key.clone()]).collect();
            let nullable = nullable || self.types.is_optional(owner, key);
            let sensitive = sensitive || property["x-sensitive"] == true;
            let target = self.target(property);
            let is_object = target["type"] == "object" && target["properties"].is_object() && path.len() < 8;
            match ref_name(property) {
                Some(inner) if is_object => self.object(inner, &target, &path, nullable, sensitive),
                _ => self.column(property, &target, path, nullable, sensitive),
            }
        }
    }

    fn target(&self, property: &Value) -> Value {
        resolve(self.document, bare(property)).clone()
    }

    fn column(&mut self, property: &Value, target: &Value, path: Vec<String>, nullable: bool, sensitive: bool) {
        let note = |key: &str| if property.get(key).is_some() { &property[key] } else { &target[key] };
        let index = match note("x-index") {
            Value::Bool(true) => Some(Index::Equal),
            Value::String(s) if s == "prefix" => Some(Index::Prefix),
            Value::String(s) if s == "words" => Some(Index::Words),
            _ => None,
        };
        if index == Some(Index::Words) {
            let name = format!("{}_{}_word", self.table.name, path.join("_"));
            self.table.sides.push(Side { name, path: path.clone(), item: None, length: 64 });
        }
        if target["type"] == "array" {
            self.list(target, &path);
        }
        let kind = kind(target, note("x-column"));
        self.table.columns.push(Column {
            name: sql_name(&path),
            key: property["x-column"]["key"] == true,
            unique: *note("x-unique") == true,
            path,
            kind,
            nullable,
            index,
            sensitive,
        });
    }

    /// Indexed properties of a list's items.
    fn list(&mut self, list: &Value, path: &[String]) {
        let item = resolve(self.document, &list["items"]);
        for (key, property) in item["properties"].as_object().into_iter().flatten() {
            if property["x-index"] == true {
                let name = format!("{}_{}_{key}", self.table.name, path.join("_"));
                let length = match kind(&self.target(property), &Value::Null) {
                    Kind::Text(n) => n,
                    _ => 64,
                };
                self.table.sides.push(Side { name, path: path.to_vec(), item: Some(key.clone()), length });
            }
        }
    }
}

/// Words that Oracle (SQL Language Reference, appendix E) or SQLite (`lang_keywords`) does not take as a name without quotes.
const RESERVED: &[&str] = &[
    "access",
    "add",
    "all",
    "alter",
    "and",
    "any",
    "as",
    "asc",
    "audit",
    "between",
    "by",
    "char",
    "check",
    "cluster",
    "column",
    "column_value",
    "comment",
    "compress",
    "connect",
    "create",
    "current",
    "date",
    "decimal",
    "default",
    "delete",
    "desc",
    "distinct",
    "drop",
    "else",
    "exclusive",
    "exists",
    "file",
    "float",
    "for",
    "from",
    "grant",
    "group",
    "having",
    "identified",
    "immediate",
    "in",
    "increment",
    "index",
    "initial",
    "insert",
    "integer",
    "intersect",
    "into",
    "is",
    "level",
    "like",
    "lock",
    "long",
    "maxextents",
    "minus",
    "mlslabel",
    "mode",
    "modify",
    "nested_table_id",
    "noaudit",
    "nocompress",
    "not",
    "nowait",
    "null",
    "number",
    "of",
    "offline",
    "on",
    "online",
    "option",
    "or",
    "order",
    "pctfree",
    "prior",
    "public",
    "raw",
    "rename",
    "resource",
    "revoke",
    "row",
    "rowid",
    "rownum",
    "rows",
    "select",
    "session",
    "set",
    "share",
    "size",
    "smallint",
    "start",
    "successful",
    "synonym",
    "sysdate",
    "table",
    "then",
    "to",
    "trigger",
    "uid",
    "union",
    "unique",
    "update",
    "user",
    "validate",
    "values",
    "varchar",
    "varchar2",
    "view",
    "whenever",
    "where",
    "with", //
    "case",
    "collate",
    "commit",
    "constraint",
    "cross",
    "deferrable",
    "escape",
    "except",
    "foreign",
    "full",
    "inner",
    "isnull",
    "join",
    "left",
    "limit",
    "natural",
    "notnull",
    "offset",
    "outer",
    "primary",
    "references",
    "right",
    "rollback",
    "transaction",
    "using",
    "when",
];

/// Whether a database refuses `name` as it stands.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

/// The path joined; a trailing `_` sets a reserved word apart, in both databases alike.
fn sql_name(path: &[String]) -> String {
    let name = path.join("_");
    if is_reserved(&name) { format!("{name}_") } else { name }
}

/// Storage of a resolved property schema.
fn kind(schema: &Value, column: &Value) -> Kind {
    let decimal = if column["decimal"].is_array() { &column["decimal"] } else { &schema["x-column"]["decimal"] };
    if let (Some(precision), Some(scale)) = (decimal[0].as_u64(), decimal[1].as_u64()) {
        return Kind::Decimal(precision as u8, scale as u8);
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("integer"), _) => Kind::Int,
        (Some("boolean"), _) => Kind::Bool,
        (Some("string"), Some("date")) => Kind::Date,
        (Some("string"), Some("date-time")) => Kind::Timestamp,
        (Some("string"), Some("uuid")) => Kind::Text(36),
        (Some("string"), _) => match schema["enum"].as_array() {
            Some(values) => Kind::Enum(values.iter().filter_map(|v| v.as_str().map(Into::into)).collect()),
            None => Kind::Text(length(schema)),
        },
        _ => Kind::Json,
    }
}

/// Most characters of a string schema: `maxLength`, or the longest match of an anchored pattern; 0 if there is no bound.
#[must_use]
pub fn length(schema: &Value) -> u32 {
    let by_pattern = || {
        let pattern = schema["pattern"].as_str()?;
        let body = pattern.strip_prefix('^')?.strip_suffix('$')?;
        let parsed = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(body).ok()?;
        parsed.properties().maximum_len().and_then(|n| u32::try_from(n).ok())
    };
    schema["maxLength"].as_u64().and_then(|n| u32::try_from(n).ok()).or_else(by_pattern).unwrap_or(0)
}
