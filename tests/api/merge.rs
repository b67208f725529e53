//! PATCH is a JSON Merge Patch (RFC 7396).

use super::payoff::valid;
use crate::support::Server;
use serde_json::{Value, json};

#[tokio::test]
async fn absent_stays_and_null_removes() {
    let server = Server::start().await;
    let body = json!({"name": "Ledger", "description": "first", "status": "active"});
    let made = server.call("POST", "/api/v1/resource").json(&body).expect(201).await;
    let path = made.header("location").unwrap();
    let patch = |body: Value| server.call("PATCH", path).json(&body).send();
    assert_eq!(patch(json!({"name": "Book"})).await.json()["description"], "first");
    let cleared = patch(json!({"description": null})).await;
    assert_eq!((cleared.status, cleared.json().get("description")), (200, None), "{}", cleared.text);
    assert_eq!(server.get(path).expect(200).await.text, cleared.text);
    // what is not there stays so, and that is no change
    assert_eq!(patch(json!({"description": null})).await.header("etag"), cleared.header("etag"));
    let refused = patch(json!({"name": null})).await;
    assert_eq!(refused.problem(), "422 invalid_body | /name type");
    assert!(refused.json()["detail"].as_str().unwrap().ends_with("`null` is not allowed: leave it out instead"));
}

#[tokio::test]
async fn objects_are_merged_member_by_member() {
    let server = Server::start().await;
    let mut body = valid();
    body["property_address"] = json!({
        "line1": "1 Sample Street", "line2": "Suite 2", "city": "Austin", "state": "TX", "zip": "78701", "country_code": "US"
    });
    let made = server.call("POST", "/api/v1/payoff").json(&body).expect(201).await;
    let path = made.header("location").unwrap();
    let patch = |body: Value| server.call("PATCH", path).json(&body).send();
    let moved =
        patch(json!({"property_address": {"zip": "78702", "line2": null}, "requester": {"phone": "+15125550199"}}));
    let moved = moved.await.json();
    body["property_address"]["zip"] = json!("78702");
    body["property_address"].as_object_mut().unwrap().remove("line2");
    body["requester"]["phone"] = json!("+15125550199");
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&moved[name], value, "{name}");
    }
    for (patched, expected) in [
        (json!({"requester": {"email": null}}), "422 invalid_body | /requester/email type"),
        (json!({"requester": null}), "422 invalid_body | /requester type"),
        (json!({"requester": {"shoe_size": 9}}), "422 invalid_body | /requester/shoe_size unknown_field"),
        (
            json!({"closing_agent": {"company": "Sample Title"}}),
            "422 invalid_body | /closing_agent/contact_name required",
        ),
    ] {
        assert_eq!(patch(patched.clone()).await.problem(), expected, "{patched}");
    }
    assert_eq!(server.get(path).expect(200).await.json(), moved);
    assert_eq!(patch(json!({"property_address": null})).await.json().get("property_address"), None);
}

#[tokio::test]
async fn a_patch_has_two_labels_and_a_create_has_one() {
    let server = Server::start().await;
    let body = r#"{"name": "Labelled", "status": "active"}"#;
    let create = |media| server.call("POST", "/api/v1/resource").text(media, body).send();
    assert_eq!(create("application/merge-patch+json").await.problem(), "415 media_type");
    let made = create("application/json").await;
    for (media, status) in [
        ("application/merge-patch+json", 200),
        ("Application/Merge-Patch+JSON; charset=utf-8", 200),
        ("text/json", 415),
    ] {
        let patch = server.call("PATCH", made.header("location").unwrap()).text(media, r#"{"status": "archived"}"#);
        patch.expect(status).await;
    }
}
