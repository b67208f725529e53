//! `forebear diff`: one small edit after the other, each with the class that it must have, and what holds for all edits.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "support/edits.rs"]
mod edits;
#[path = "support/mutants.rs"]
mod mutants;

use edits::{Edit, apply, document, drop, set, shop};
use forebear::{
    diff::{Change, Class, diff},
    source::Document,
};
use mutants::{here, mutants, parse, transplants};
use serde_json::{Value, json};
use std::fs;

use Class::{Breaking, Compatible, Documentation};

/// Edit, class, and a part of the message.
type Row = (Edit, Class, &'static str);

fn check(rows: &[Row]) {
    let before = shop();
    let mut wrong = vec![];
    for (edit, class, part) in rows {
        let found = diff(&document(&before), &document(&apply(&before, edit)));
        let right = matches!(found.as_slice(), [one] if one.class == *class && one.message.contains(part));
        if !right {
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            wrong.push(format!("{}: expected {class}, `{part}`, and found:\n  {}", edit.0, found.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn operations_and_policies() {
    let list = "/paths/~1thing/get";
    assert!(shop().pointer(list).is_some());
    check(&[
        (drop("/paths/~1thing~1{id}/put"), Breaking, "PUT /thing/{id} was removed, so calls of it fail"),
        (drop("/paths/~1order"), Breaking, "POST /order was removed"),
        (
            set("/paths/~1new", json!({"get": {"operationId": "get_new", "responses": {}}})),
            Compatible,
            "GET /new was added",
        ),
        (set("/paths/~1order/post/operationId", json!("place_order")), Breaking, "create_order became place_order"),
        (set("/paths/~1order/post/x-scope", json!("order:place")), Breaking, "order:write became order:place"),
        (drop("/paths/~1order/post/x-scope"), Compatible, "`x-scope` was removed"),
        (set("/paths/~1thing/get/x-context/user", json!("required")), Breaking, "tokens without a user are refused"),
        (set("/paths/~1thing/get/x-context/location", json!("required")), Breaking, "`location` of `x-context`"),
        (set("/paths/~1order/post/x-context/user", json!("optional")), Compatible, "tokens need no user any more"),
        (set("/paths/~1thing/get/x-context/user", json!("none")), Compatible, "the same tokens are accepted"),
        (set("/paths/~1thing/get/x-rate-limit", json!("slow")), Breaking, "read became slow"),
        (set("/paths/~1thing/get/x-rate-limit", json!("twin")), Compatible, "read became twin"),
        (set("/paths/~1order/post/x-rate-limit", json!("read")), Compatible, "slow became read"),
        (set("/x-rate-limits/read/service", json!(99)), Breaking, "`service`: 100 became 99"),
        (set("/x-rate-limits/read/user", json!(20)), Compatible, "`user`: 10 became 20"),
        (set("/x-rate-limits/read/window_seconds", json!(90)), Breaking, "refused with 429"),
        (set("/x-rate-limits/read/window_seconds", json!(30)), Compatible, "callers may send more"),
        (set("/x-rate-limits/twin/user", json!(1)), Documentation, "no operation is limited by it"),
        (set("/paths/~1thing/get/x-audit", json!("none")), Compatible, "`x-audit`: access became none"),
        (set("/paths/~1thing~1{id}/get/x-cache/max_age_seconds", json!(9)), Compatible, "60 became 9"),
        (drop("/paths/~1thing~1{id}/get/x-cache"), Compatible, "`x-cache` was removed"),
        (drop("/paths/~1thing/get/x-page"), Breaking, "answers are not paged any more"),
        (set("/paths/~1thing/get/x-other", json!(1)), Compatible, "`x-other` was added"),
        (set("/paths/~1thing/get/callbacks", json!({})), Breaking, "no rule says"),
    ]);
}

#[test]
fn an_operation_that_moves_is_one_change() {
    let before = shop();
    let mut after = before.clone();
    let paths = after["paths"].as_object_mut().unwrap();
    let order = paths.shift_remove("/order").unwrap();
    paths.insert("/purchase".into(), order);
    let found = diff(&document(&before), &document(&after));
    let found: Vec<String> = found.iter().map(|c| format!("{}: {}", c.class, c.message)).collect();
    assert_eq!(found, ["breaking: POST /order became POST /purchase, so calls of the old address fail"]);
}

#[test]
fn a_path_variable_with_another_name() {
    let before = shop();
    let text = before.to_string().replace("/thing/{id}", "/thing/{key}").replace("\"name\":\"id\"", "\"name\":\"key\"");
    let found = diff(&document(&before), &Document::parse("shop.json", &text).unwrap());
    assert_eq!(found.len(), 2, "one of each method: {found:?}");
    assert!(found.iter().all(|c| c.class == Breaking && c.message.contains("the client's setter")), "{found:?}");
}

#[test]
fn components_with_another_name() {
    let before = shop();
    let renamed = before.to_string().replace("/Colour\"", "/Color\"").replace("\"Colour\"", "\"Color\"");
    let found = diff(&document(&before), &Document::parse("shop.json", &renamed).unwrap());
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].class, found[0].pointer.as_str()), (Breaking, "/components/schemas/Color"));
    let written_out = before["components"]["schemas"]["OrderedThing"].clone();
    check(&[
        (
            set("/components/schemas/Order/properties/thing", written_out),
            Compatible,
            "the schema is no longer the component `OrderedThing`",
        ),
        (
            set("/paths/~1thing/get/parameters/0/schema/$ref", json!("#/components/schemas/Key")),
            Breaking,
            "the schema `Name` became `Key`",
        ),
    ]);
}

#[test]
fn security() {
    check(&[
        (drop("/paths/~1healthz/get/security"), Breaking, "`security`: open became token"),
        (set("/paths/~1thing/get/security", json!([])), Compatible, "`security`: token became open"),
        (drop("/security"), Compatible, "everybody who was let in still is"),
        (set("/security/-", json!({})), Compatible, "token became open, or token"),
        (set("/security/0/token", json!(["admin"])), Breaking, "token became token (admin)"),
        (set("/security/0/mtls", json!([])), Breaking, "token became mtls and token"),
        (set("/components/securitySchemes/token/scheme", json!("basic")), Breaking, "prove themselves in another way"),
        (drop("/components/securitySchemes/token/bearerFormat"), Documentation, "`bearerFormat` was removed"),
        (set("/components/securitySchemes/other", json!({"type": "http"})), Documentation, "scheme `other` was added"),
    ]);
}

#[test]
fn parameters() {
    let optional = json!({"name": "size", "in": "query", "schema": {"type": "string"}});
    let required = json!({"name": "size", "in": "query", "required": true, "schema": {"type": "string"}});
    check(&[
        (set("/paths/~1thing/get/parameters/-", optional), Compatible, "the optional query parameter `size` was added"),
        (set("/paths/~1thing/get/parameters/-", required), Breaking, "requests without it are refused"),
        (drop("/paths/~1thing/get/parameters/0"), Breaking, "the filter `name` was removed"),
        (drop("/paths/~1thing/get/parameters/2"), Breaking, "the query parameter `limit` was removed"),
        (drop("/paths/~1order/post/parameters/0"), Breaking, "the header parameter `Idempotency-Key` was removed"),
        (set("/paths/~1thing/get/parameters/0/name", json!("name-prefix")), Breaking, "became the query parameter"),
        (set("/paths/~1thing/get/parameters/0/in", json!("header")), Breaking, "became the header parameter `name`"),
        (set("/paths/~1order/post/parameters/0/required", json!(true)), Breaking, "`Idempotency-Key` became required"),
        (set("/paths/~1thing~1{id}/get/parameters/0/required", json!(false)), Compatible, "is no longer required"),
        (set("/paths/~1thing/get/parameters/0/style", json!("pipeDelimited")), Breaking, "`style` was added"),
        (set("/paths/~1thing/get/parameters/0/description", json!("A name.")), Documentation, "`description`"),
        (set("/paths/~1thing/get/parameters/0/deprecated", json!(true)), Documentation, "`deprecated` was added"),
        (set("/components/schemas/PageLimit/maximum", json!(100)), Breaking, "`maximum`: 200 became 100"),
        (set("/components/schemas/PageLimit/maximum", json!(500)), Compatible, "more requests are valid"),
        (set("/components/schemas/PageLimit/default", json!(20)), Breaking, "what is left out means something else"),
        (set("/components/schemas/PageLimit/format", json!("uint64")), Compatible, "uint32 became uint64"),
    ]);
}

#[test]
fn requests() {
    check(&[
        (drop("/paths/~1order/post/requestBody"), Breaking, "the request body was removed"),
        (set("/paths/~1order/post/requestBody/required", json!(false)), Compatible, "is no longer required"),
        (set("/paths/~1thing/get/requestBody", json!({"content": {}})), Compatible, "optional request body was added"),
        (
            set("/paths/~1thing/get/requestBody", json!({"required": true, "content": {}})),
            Breaking,
            "a required request body was added",
        ),
        (set("/paths/~1order/post/requestBody/content/text~1csv", json!({})), Compatible, "`text/csv` was added"),
        (drop("/paths/~1order/post/requestBody/content/application~1json"), Breaking, "requests in it are refused"),
        (set("/components/schemas/Order/required/-", json!("colour")), Breaking, "`colour` became required"),
        (drop("/components/schemas/Order/required/1"), Compatible, "`count` is no longer required"),
        (set("/components/schemas/Order/properties/gift", json!({"type": "boolean"})), Compatible, "`gift` was added"),
        (drop("/components/schemas/Order/properties/note"), Breaking, "requests that carry it are refused"),
        (set("/components/schemas/Order/properties/note/readOnly", json!(true)), Breaking, "became `readOnly`"),
        (drop("/components/schemas/Order/additionalProperties"), Compatible, "opened to other members"),
        (set("/components/schemas/Order/properties/count/type", json!("number")), Compatible, "integer became number"),
        (set("/components/schemas/Order/properties/weight/type", json!("integer")), Breaking, "number became integer"),
        (set("/components/schemas/Order/properties/count/type", json!("string")), Breaking, "integer became string"),
        (set("/components/schemas/Order/properties/count/minimum", json!(2)), Breaking, "`minimum`: 1 became 2"),
        (set("/components/schemas/Order/properties/count/minimum", json!(0)), Compatible, "`minimum`: 1 became 0"),
        (drop("/components/schemas/Order/properties/count/maximum"), Compatible, "`maximum` 20 was removed"),
        (set("/components/schemas/Order/properties/count/exclusiveMaximum", json!(true)), Breaking, "exclusiveMaximum"),
        (set("/components/schemas/Order/properties/count/format", json!("int64")), Compatible, "int32 became int64"),
        (
            set("/components/schemas/Order/properties/weight/multipleOf", json!(1)),
            Breaking,
            "`multipleOf`: 0.5 became 1",
        ),
        (set("/components/schemas/Order/properties/weight/multipleOf", json!(0.25)), Compatible, "0.5 became 0.25"),
        (set("/components/schemas/Order/properties/weight/multipleOf", json!(0.7)), Breaking, "may be refused"),
        (set("/components/schemas/Order/properties/coupon/maxLength", json!(10)), Breaking, "20 became 10"),
        (
            set("/components/schemas/Order/properties/coupon/minLength", json!(0)),
            Compatible,
            "`minLength` 4 was removed",
        ),
        (set("/components/schemas/Order/properties/coupon/pattern", json!("^x")), Breaking, "`pattern` ^x was added"),
        (set("/components/schemas/Order/properties/coupon/format", json!("date")), Breaking, "`format` date was added"),
        (set("/components/schemas/Order/properties/note/pattern", json!("^[ -~]{1,200}$")), Breaking, "`pattern`"),
        (drop("/components/schemas/Order/properties/note/pattern"), Compatible, "more requests are valid"),
        (set("/components/schemas/Order/properties/note/nullable", json!(true)), Compatible, "may be `null`"),
        (set("/components/schemas/OrderColour/enum/-", json!("black")), Compatible, "`enum` gained `black`"),
        (drop("/components/schemas/OrderColour/enum/2"), Breaking, "`enum` lost `blue`"),
        (drop("/components/schemas/OrderColour/default"), Breaking, "`default` red was removed"),
        (set("/components/schemas/OrderTags/maxItems", json!(4)), Breaking, "`maxItems`: 5 became 4"),
        (set("/components/schemas/OrderTags/uniqueItems", json!(true)), Breaking, "`uniqueItems` true was added"),
        (set("/components/schemas/OrderTags/minItems", json!(1)), Breaking, "`minItems` 1 was added"),
        (set("/components/schemas/OrderTags/items/maxLength", json!(30)), Compatible, "20 became 30"),
        (set("/components/schemas/Order/minProperties", json!(3)), Breaking, "`minProperties` 3 was added"),
        (set("/components/schemas/Order/description", json!("An order.")), Documentation, "`description` changed"),
    ]);
}

#[test]
fn answers() {
    let body = json!({"description": "Taken.", "content": {}});
    check(&[
        (set("/paths/~1order/post/responses/202", body.clone()), Breaking, "a success that they do not know"),
        (set("/paths/~1order/post/responses/409", body), Compatible, "the status 409 was added"),
        (drop("/paths/~1order/post/responses/422"), Compatible, "the status 422 was removed"),
        (drop("/paths/~1order/post/responses/201"), Breaking, "the status 201 was removed"),
        (drop("/paths/~1thing~1{id}/get/responses/304"), Compatible, "get the whole answer again"),
        (drop("/paths/~1order/post/responses/201/headers/ETag"), Breaking, "header `ETag` was removed"),
        (
            set("/paths/~1order/post/responses/201/headers/Retry-After", json!({"schema": {"type": "string"}})),
            Compatible,
            "header `Retry-After` was added",
        ),
        (
            set("/paths/~1order/post/responses/201/headers/Location/required", json!(false)),
            Breaking,
            "answers may leave it out",
        ),
        (
            set("/paths/~1order/post/responses/201/headers/ETag/required", json!(true)),
            Compatible,
            "header `ETag` became required",
        ),
        (
            set("/paths/~1order/post/responses/201/headers/ETag/schema/type", json!("integer")),
            Breaking,
            "string became integer",
        ),
        (set("/paths/~1order/post/responses/201/content/text~1csv", json!({})), Breaking, "answers may come in it"),
        (drop("/paths/~1order/post/responses/201/content/application~1json"), Breaking, "get something else"),
        (set("/paths/~1order/post/responses/201/description", json!("Done.")), Documentation, "`description` changed"),
        (set("/components/schemas/ReceiptState/enum/-", json!("lost")), Breaking, "`enum` gained `lost`"),
        (drop("/components/schemas/ReceiptState/enum/1"), Compatible, "answers promise more than before"),
        (drop("/components/schemas/Receipt/required/0"), Breaking, "answers may leave it out"),
        (set("/components/schemas/Receipt/required/-", json!("paid")), Compatible, "answers always hold it"),
        (drop("/components/schemas/Receipt/properties/paid"), Breaking, "answers no longer hold it"),
        (set("/components/schemas/Receipt/properties/fee", json!({"type": "integer"})), Compatible, "pass over it"),
        (set("/components/schemas/Receipt/properties/paid/writeOnly", json!(true)), Breaking, "became `writeOnly`"),
        (set("/components/schemas/Receipt/properties/paid/nullable", json!(true)), Breaking, "may be `null`"),
        (set("/components/schemas/Receipt/properties/total/maximum", json!(2000)), Breaking, "1000 became 2000"),
        (set("/components/schemas/Receipt/properties/total/maximum", json!(500)), Compatible, "promise more"),
        (set("/components/schemas/Receipt/properties/total/type", json!("number")), Breaking, "integer became number"),
        (set("/components/schemas/Receipt/properties/points/format", json!("int32")), Compatible, "promise more"),
        (set("/components/schemas/Receipt/additionalProperties", json!(false)), Compatible, "was closed"),
    ]);
}

#[test]
fn what_travels_both_ways() {
    check(&[
        (set("/components/schemas/Colour/enum/-", json!("blue")), Breaking, "and more requests are valid"),
        (drop("/components/schemas/Colour/enum/1"), Breaking, "are refused, and answers promise more"),
        (
            set("/components/schemas/Thing/properties/level/maximum", json!(5)),
            Breaking,
            "`maximum`: 6 became 5, so requests that were valid are refused, and answers promise more than before",
        ),
        (set("/components/schemas/Thing/properties/weight", json!({"type": "integer"})), Breaking, "hold the list"),
        (set("/components/schemas/Thing/required/-", json!("colour")), Breaking, "and answers always hold it"),
        (set("/components/schemas/Thing/properties/version/format", json!("int32")), Compatible, "promise more"),
        (set("/components/schemas/Thing/properties/secret/readOnly", json!(true)), Breaking, "refused, and the other"),
        (set("/components/schemas/Thing/properties/secret/writeOnly", json!(true)), Breaking, "no longer hold it"),
        (drop("/components/schemas/Thing/properties/version/readOnly"), Breaking, "requests without it are refused"),
        (drop("/components/schemas/Thing/properties/name/x-index"), Breaking, "the filter `name` of GET /thing"),
        (set("/components/schemas/Thing/properties/name/x-index", json!("prefix")), Breaking, "no such index"),
        (drop("/components/schemas/Thing/properties/size/x-index"), Compatible, "only storage sees it"),
        (drop("/components/schemas/Thing/properties/code/x-unique"), Breaking, "the filter `code` of GET /thing"),
        (set("/components/schemas/Thing/properties/size/x-unique", json!(true)), Breaking, "is a 409"),
        (drop("/components/schemas/Thing/properties/notes/x-sensitive"), Compatible, "the audit trail and the log do"),
        (set("/components/schemas/Thing/x-table", json!("item")), Compatible, "only storage sees it"),
        (
            set(
                "/components/schemas/Thing/properties/colour",
                json!({"allOf": [{"$ref": "#/components/schemas/Colour"}], "description": "d"}),
            ),
            Documentation,
            "`description` was added",
        ),
    ]);
}

#[test]
fn words_and_what_nobody_uses() {
    check(&[
        (set("/info/title", json!("Store")), Documentation, "`title` changed"),
        (set("/info/version", json!("1.3.0")), Documentation, "`version`: 1.2.0 became 1.3.0"),
        (set("/servers/0/url", json!("http://127.0.0.1:2")), Documentation, "`servers` changed"),
        (set("/tags/0/description", json!("Things.")), Documentation, "`tags` changed"),
        (set("/paths/~1order/post/summary", json!("Order")), Documentation, "`summary` changed"),
        (set("/paths/~1order/post/tags/0", json!("orders")), Documentation, "`tags` changed"),
        (set("/paths/~1order/post/deprecated", json!(true)), Documentation, "`deprecated` was added"),
        (set("/components/schemas/Unused", json!({"type": "string"})), Documentation, "nothing uses it"),
        (set("/components/schemas/Key/example", json!("k1")), Documentation, "`example` was added"),
        (set("/x-other", json!(1)), Compatible, "`x-other` was added"),
    ]);
}

/// Alternatives and parts, which the lint of this project takes only in part, on a document of their own.
#[test]
fn alternatives() {
    let a = json!({"$ref": "#/components/schemas/A"});
    let b = json!({"$ref": "#/components/schemas/B"});
    let c = json!({"$ref": "#/components/schemas/C"});
    let with = |place: &str, schema: &Value| {
        let content = json!({"content": {"application/json": {"schema": schema}}, "description": "d"});
        let (body, answer) = if place == "request" { (content, json!({})) } else { (json!({}), content) };
        document(&json!({"openapi": "3.0.3", "paths": {"/x": {"post": {
            "operationId": "x", "requestBody": body, "responses": {"200": answer}}}},
            "components": {"schemas": {"A": {"type": "string"}, "B": {"type": "boolean"},
                "C": {"oneOf": [{"type": "integer"}, {"$ref": "#/components/schemas/C"}]}}}}))
    };
    let two = json!({"oneOf": [a, b]});
    let three = json!({"oneOf": [c, b, a]});
    let parts = json!({"allOf": [a, b]});
    for (old, new, requests, answers) in [
        (&two, &three, Compatible, Breaking),
        (&three, &two, Breaking, Compatible),
        (&a, &two, Compatible, Breaking),
        (&two, &a, Breaking, Compatible),
        (&two, &c, Breaking, Breaking),
        (&two, &json!({"anyOf": [a, b]}), Compatible, Breaking),
        (&a, &parts, Breaking, Compatible),
        (&parts, &json!({"allOf": [a, b, c]}), Breaking, Compatible),
    ] {
        for (place, class) in [("request", requests), ("answer", answers)] {
            let found = diff(&with(place, old), &with(place, new));
            let shape: Vec<Class> = found.iter().map(|c: &Change| c.class).filter(|c| *c != Documentation).collect();
            let hint = format!("{place}: {old} to {new}: {found:?}");
            assert_eq!(shape.iter().min(), Some(&class), "{hint}");
        }
    }
    let turned = json!({"oneOf": [b, a]});
    let found = diff(&with("request", &two), &with("request", &turned));
    assert!(found.iter().all(|c| c.class == Documentation), "the order means nothing: {found:?}");
}

#[test]
fn a_document_does_not_differ_from_itself() {
    for path in ["tests/data/minimal.yaml", "tests/data/shop.yaml", "tests/data/wide.yaml"] {
        let document = parse(&here(path));
        assert_eq!(diff(&document, &document), []);
    }
}

/// What changed is where the change says that it is.
#[test]
fn places_are_lines_of_the_text() {
    let text = fs::read_to_string(here("tests/data/shop.yaml")).unwrap();
    let new = text.replace("maximum: 200", "maximum: 100");
    let (old, new) = (Document::parse("old.yaml", &text).unwrap(), Document::parse("new.yaml", &new).unwrap());
    let line = 1 + text.lines().position(|l| l.contains("maximum: 200")).unwrap();
    let found: Vec<String> = diff(&old, &new).iter().map(ToString::to_string).collect();
    let expected = format!(
        "breaking: new.yaml:{line}: /components/schemas/PageLimit/maximum: `maximum`: 200 became 100, \
         so requests that were valid are refused"
    );
    assert_eq!(found, [expected]);
    let [removed] = diff(&new, &Document::parse("x.yaml", &text.replace(", bearerFormat: JWT", "")).unwrap())
        .into_iter()
        .filter(|c| c.message.contains("bearerFormat"))
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    assert_eq!(removed.file, "new.yaml", "what was removed stands in the old document");
}

/// Of the edits, every so many are tried; `MUTANTS=all` tries each.
const STRIDE: usize = 5;

/// No edit of one node panics, and none goes unseen, in either direction.
#[test]
fn every_difference_is_seen_and_none_panics() {
    let before = shop();
    let old = document(&before);
    let mut all = mutants(&before);
    all.extend(transplants(&before, 800));
    assert!(all.len() > 2000);
    let stride = if std::env::var("MUTANTS").is_ok_and(|v| v == "all") { 1 } else { STRIDE };
    for (edit, mutant) in all.into_iter().step_by(stride) {
        let new = document(&mutant);
        for found in [diff(&old, &new), diff(&new, &old)] {
            assert!(!found.is_empty(), "{edit} is not seen");
            assert!(found.iter().all(|c| c.line > 0 && !c.message.is_empty()), "{edit}: {found:?}");
        }
    }
}

#[test]
fn documents_that_are_none() {
    let texts = ["null", "7", "x", "[]", "{}", "{paths: 1}", "{paths: {/a: {get: 1}}, components: []}", "{$ref: '#'}"];
    for old in texts {
        for new in texts {
            let document = |text| Document::parse("x.yaml", text).unwrap();
            let found = diff(&document(old), &document(new));
            assert_eq!(found.is_empty(), old == new, "{old} to {new}: {found:?}");
        }
    }
}

/// A long chain of references, and references that fan out, end without a deep stack.
#[test]
fn chains_and_circles_end() {
    let chain = |last: &str| {
        let mut value = shop();
        for level in 0..5000 {
            let next = json!({"$ref": format!("#/components/schemas/Level{}", level + 1)});
            value["components"]["schemas"][format!("Level{level}")] =
                json!({"type": "object", "properties": {"a": next, "b": next}});
        }
        value["components"]["schemas"]["Level5000"] =
            json!({"type": last, "properties": {"again": {"$ref": "#/components/schemas/Level0"}}});
        value["components"]["schemas"]["Order"]["properties"]["chain"] = json!({"$ref": "#/components/schemas/Level0"});
        document(&value)
    };
    let found = diff(&chain("object"), &chain("string"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].pointer.ends_with("/Level5000/type"), "{found:?}");
}
