//! The resource that the tests read and change, and what a server says about it.

use crate::fake::answer;
use lending_api_client::{ApiError, Session, types};
use std::time::Duration;

pub const ID: &str = "01a20fcc-ae46-7387-974e-772057ebae77";
pub const BODY: &str = r#"{"id": "01a20fcc-ae46-7387-974e-772057ebae77", "name": "n", "status": "active", "version": 1,
    "created_at": "2026-06-09T15:00:00Z", "updated_at": "2026-06-09T15:00:00Z"}"#;

pub fn refusal(status: u16, headers: &[&str]) -> String {
    answer(status, headers, r#"{"request_id": "r", "message": "no"}"#)
}

pub fn found(headers: &[&str]) -> String {
    answer(200, &[headers, &["etag: \"1\""]].concat(), BODY)
}

pub fn created() -> String {
    answer(201, &["etag: \"1\"", "location: /x"], BODY)
}

pub async fn read(session: &Session) -> Result<(), ApiError> {
    Ok(session.get_resource().id(ID).send().await.map(drop)?)
}

pub async fn create(session: &Session, key: Option<&str>) -> Result<(), ApiError> {
    let call = session.create_resource().body(new());
    let call = match key {
        Some(key) => call.idempotency_key(key),
        None => call,
    };
    Ok(call.send().await.map(drop)?)
}

pub async fn replace(session: &Session, tag: &str) -> Result<(), ApiError> {
    Ok(session.replace_resource().id(ID).if_match(tag).body(new()).send().await.map(drop)?)
}

pub async fn update(session: &Session, tag: &str, key: Option<&str>) -> Result<(), ApiError> {
    let body: types::ResourcePatch = serde_json::from_str(r#"{"name": "n"}"#).expect("a body");
    let call = session.update_resource().id(ID).if_match(tag).body(body);
    let call = match key {
        Some(key) => call.idempotency_key(key),
        None => call,
    };
    Ok(call.send().await.map(drop)?)
}

pub async fn delete(session: &Session, tag: &str) -> Result<(), ApiError> {
    Ok(session.delete_resource().id(ID).if_match(tag).send().await.map(drop)?)
}

fn new() -> types::NewResource {
    serde_json::from_str(r#"{"name": "n", "status": "active"}"#).expect("a body")
}

/// Longer than a call in these tests may take, so that a fault ends the test instead of stopping it.
pub const END: Duration = Duration::from_secs(20);
