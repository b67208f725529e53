//! Odd values: what a careless or hostile author may put anywhere.

use crate::random::Random;
use serde_json::{Value, json};

/// A text that stands for itself without quotes in the written document, such as a number that JSON values cannot hold.
pub const RAW: &str = "@raw:";

/// Names, texts and patterns that have broken code generators before.
const TEXTS: &[&str] = &[
    "", " ", "_", "-", "__", "a-b", "a_b", "aB", "A", "a b", "1", "1a", "type", "self", "Self", "crate", "super", "async", "gen",
    "dyn", "r#type", "r#", "fn", "match", "box", "try", "union", "null", "true", "~", "no", "Ok", "Err", "Option", "Some", "None",
    "String", "Vec", "Box", "Result", "Default", "From", "Error", "Client", "Problem", "Thing", "NewThing", "ThingPatch", "Nullable",
    "Validate", "Violation", "value", "body", "new", "send", "client", "limit", "page-token", "page_token", "subtype_0", "std",
    "serde", "builder", "types", "error", "default", "defaults", "prelude", "response", "request", "context", "result", "Display",
    "é", "größe", "日本語", "😀", "\u{202e}rtl", "\u{0}", "\u{7f}", "\u{feff}", "\u{2028}", "a\nb", "a\r\nb", "a\tb", "\"", "'", "`",
    "\\", "\\\\", "*/", "/*", "//", "///", "#", "#[derive]", "{}", "{", "}", "{0}", "{x}", "{{x}}", "}}", "%s", "%00", "$", "${x}",
    "../../etc", "/", "//", "/a", "/a/", "/{id}", "/{a}/{b}", "/a{b}", "/{a:.*}", "/a//b", "/../a", "a/b", "C:\\a", "con", "mod",
    "lib", "main", "list", "index", "200", "default", "2XX", "99", "999", "x-", "x-scope", "x-table", "x-dropshot-websocket",
    "x-forebear-error", "application/json", "*/*", "text/plain", "multipart/form-data", "application/octet-stream", "get", "post",
    "string", "integer", "number", "boolean", "array", "object", "date", "date-time", "uuid", "int8", "int32", "int64", "uint64",
    "float", "double", "byte", "binary", "ip", "ipv4", "ipv6", "uri", "email", "hostname", "partial-date-time", "query", "path",
    "header", "cookie", "3.0.3", "3.1.0", "2.0", "((", "[", "*", "a{", "a{2,1}", "(a+)+$", "(a|a)*b", "(.*)*", "^(?:a|aa)+$",
    "(?<=a)b", "(?!a)", "\\p{L}+", "[^]", "\\1", "(?<n>a)\\k<n>", "^[ -~]*$", "^\\d{1,99999}$", "^(a{1,1000}){1,1000}$", "\\u{1F600}", "$^",
];

const REFERENCES: &[&str] = &[
    "#", "#/", "", "#/components", "#/components/schemas", "#/components/schemas/", "#/components/schemas/Thing",
    "#/components/schemas/Problem", "#/components/schemas/Missing", "#/components/schemas/Thing/properties/id",
    "#/components/schemas/~1", "#/components/schemas/~01~2", "#/components/schemas/Th%69ng", "#/components/responses/Error",
    "#/components/parameters/Missing", "#/paths/~1thing/get", "other.yaml", "https://example.com/a.yaml#/A", "#Thing", "##",
    "#/components/schemas/Loop", "#/components/schemas/Tree", "#/components/schemas/Wide", "#/components/headers/Trace",
];

/// Written as they are.
const WORDS: &[&str] = &[
    "1e400", "-1e400", "-0", "-0.0", "1e308", "5e-324", "99999999999999999999", "-99999999999999999999", "18446744073709551615",
    "18446744073709551616", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "9007199254740993", "0.1",
    "1.0", "1e2", "NaN", ".nan", ".inf", "-.inf", "0x1F", "0o17", "0b1", "1_000", "+1", "01", "*a", "&a 1", "&a [*a]", "!!str 5",
    "!!binary aGk=", "!!set {a}", "!!int x", "<<", "|", ">", "?", "@", "%", "- - -", "2026-11-24", "12:30:45", "on", "Null",
];

/// A text of [`TEXTS`], or a long one.
pub fn text(random: &mut Random) -> String {
    match random.below(60) {
        0 => "x".repeat(10_000),
        1 => "é".repeat(3_000),
        2 => "_".repeat(100),
        3 => format!("{}{}", random.pick(TEXTS), random.pick(TEXTS)),
        _ => (*random.pick(TEXTS)).into(),
    }
}

pub fn reference(random: &mut Random) -> Value {
    json!({"$ref": random.pick(REFERENCES)})
}

/// A bare word of YAML, or a number beyond what JSON values hold.
pub fn word(random: &mut Random) -> Value {
    json!(format!("{RAW}{}", random.pick(WORDS)))
}

/// Nested as deep as a reader allows, or much deeper.
fn deep(random: &mut Random) -> Value {
    let levels = *random.pick(&[20, 60, 100, 140, 400, 20_000]);
    let (open, end) = *random.pick(&[("[", "]"), ("{\"items\":", "}"), ("{\"allOf\":[", "]}"), ("{\"type\":\"object\",\"properties\":{\"a\":", "}}")]);
    json!(format!("{RAW}{}{{}}{}", open.repeat(levels), end.repeat(levels)))
}

/// Any odd value.
pub fn any(random: &mut Random) -> Value {
    match random.below(20) {
        0 => json!(null),
        1 => json!(true),
        2 => json!(false),
        3 => json!(*random.pick(&[0_i64, 1, -1, 7, 1_000_000, i64::MAX, i64::MIN])),
        4 => json!(*random.pick(&[0.5, -1.5, 1e300, 1e-300])),
        5 => json!([]),
        6 => json!({}),
        7 => json!([{}]),
        8 => json!([text(random), text(random)]),
        9 => json!({text(random): text(random)}),
        10 | 11 => word(random),
        12 => deep(random),
        13 | 14 => reference(random),
        _ => json!(text(random)),
    }
}
