//! Every operation of the document, with a caller who lacks something: the document alone says what.

use super::forge::{HEADER, PREPAY, changed, server, services, sign};
use crate::support::{Answer, Server, now};
use serde_json::{Value, json};

struct Operation {
    method: String,
    path: String,
    value: Value,
}

impl Operation {
    fn is_open(&self) -> bool {
        self.value["security"] == json!([])
    }

    fn wants(&self, part: &str) -> &str {
        self.value["x-context"][part].as_str().unwrap()
    }

    /// A request whose body is broken on purpose: nothing of it may be read before the caller is known and may do this.
    async fn send(&self, server: &Server, claims: Option<&Value>) -> Answer {
        let mut call = server.bare(&self.method, &self.path).text("application/json", "{broken");
        if let Some(claims) = claims {
            call = call.bearer(&sign(HEADER, &changed(claims), PREPAY));
        }
        call.send().await
    }
}

fn operations() -> Vec<Operation> {
    let document = <generated_server::Document as forebear_runtime::Api>::contract().document();
    let mut operations = vec![];
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, value) in item.as_object().unwrap() {
            let path = path.replace("{id}", "1").replace("{code}", "11").replace("{alpha2}", "AF");
            operations.push(Operation { method: method.to_uppercase(), path, value: value.clone() });
        }
    }
    assert!(operations.len() > 20, "the walk saw {} operations", operations.len());
    operations
}

#[tokio::test]
async fn without_a_token() {
    let server = server().await;
    for operation in operations() {
        let answer = operation.send(&server, None).await;
        let expected = if operation.is_open() { 200 } else { 401 };
        assert_eq!(answer.status, expected, "{} {}: {}", operation.method, operation.path, answer.text);
    }
}

#[tokio::test]
async fn with_a_token_that_was_used() {
    let server = server().await;
    for operation in operations().iter().filter(|o| !o.is_open()) {
        let token = sign(HEADER, &changed(&json!({})), PREPAY);
        let send = || server.bare(&operation.method, &operation.path).bearer(&token).send();
        assert_ne!(send().await.status, 401, "{} {}", operation.method, operation.path);
        assert_eq!(send().await.problem(), "401 unauthenticated", "{} {}", operation.method, operation.path);
    }
}

#[tokio::test]
async fn without_the_scope() {
    for operation in operations().iter().filter(|o| !o.is_open()) {
        let scope = operation.value["x-scope"].as_str().unwrap();
        let all_but_this = |config: &mut lending_api::config::Config| {
            services(config);
            let own = config.services.get_mut("prepay").unwrap();
            own.scopes.retain(|held| held != scope);
        };
        let server = Server::start_with(now(), all_but_this).await;
        let answer = operation.send(&server, Some(&json!({}))).await;
        assert_eq!(answer.problem(), "403 scope", "{} {}", operation.method, operation.path);
        assert_eq!(answer.json()["detail"], format!("the service lacks the scope {scope}"));
    }
}

#[tokio::test]
async fn at_a_location_that_is_not_the_users_own() {
    let server = server().await;
    for operation in operations().iter().filter(|o| !o.is_open()) {
        let foreign = operation.send(&server, Some(&json!({"location_id": "7"}))).await;
        assert_eq!(foreign.problem(), "403 outside_own_locations", "{} {}", operation.method, operation.path);
        let own = operation.send(&server, Some(&json!({"location_id": "5"}))).await;
        assert_ne!(own.status, 403, "{} {}: {}", operation.method, operation.path, own.text);
    }
}

#[tokio::test]
async fn without_a_user_and_with_an_unknown_one() {
    let server = server().await;
    for operation in operations().iter().filter(|o| !o.is_open()) {
        let name = format!("{} {}", operation.method, operation.path);
        let nobody = operation.send(&server, Some(&json!({"sub": null}))).await;
        let stranger = operation.send(&server, Some(&json!({"sub": "999999"}))).await;
        match operation.wants("user") {
            "required" => assert_eq!(nobody.problem(), "403 user_required", "{name}"),
            _ => assert_ne!(nobody.status, 403, "{name}: {}", nobody.text),
        }
        match operation.wants("user") {
            "none" => assert_ne!(stranger.status, 403, "{name}: {}", stranger.text),
            _ => assert_eq!(stranger.problem(), "403 unknown_user", "{name}"),
        }
    }
}
