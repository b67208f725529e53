//! Raw HTTP, with every answer checked against the document.

use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

pub struct Call {
    request: reqwest::RequestBuilder,
    method: String,
    path: String,
    checked: bool,
    /// Headers that are sent unless the test says something else of them.
    usual: BTreeMap<&'static str, String>,
}

/// An answer, read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub text: String,
}

impl Call {
    pub fn new(http: reqwest::Client, method: &str, base: &str, path: &str) -> Self {
        let request = http.request(method.parse().unwrap(), format!("{base}{path}"));
        Self { request, method: method.to_lowercase(), path: path.into(), checked: true, usual: BTreeMap::new() }
    }

    /// With the headers that the document requires: a key of its own, and whatever version is there.
    pub fn usual(mut self) -> Self {
        static KEYS: AtomicU64 = AtomicU64::new(0);
        let operation = crate::contract::operation_of(&self.method, &self.path);
        let parameters = operation.and_then(|(_, o)| o["parameters"].as_array()).into_iter().flatten();
        for parameter in parameters.filter(|p| p["in"] == "header" && p["required"] == true) {
            let name = parameter["name"].as_str().unwrap();
            let value = match name {
                "Idempotency-Key" => format!("test-{}", KEYS.fetch_add(1, Ordering::Relaxed)),
                "If-Match" => "*".into(),
                _ => panic!("what is usual for {name}?"),
            };
            self.usual.insert(name, value);
        }
        self
    }

    /// Without a header that is usual.
    pub fn without(mut self, name: &str) -> Self {
        assert!(self.usual.remove(name).is_some(), "{name} is not sent anyway");
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Sets a header, in place of the one that was there.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert(reqwest::header::HeaderName::try_from(name).unwrap(), value.parse().unwrap());
        self.request = self.request.headers(headers);
        self
    }

    /// A header whose value need not be text.
    pub fn raw_header(mut self, name: &str, value: &[u8]) -> Self {
        let value = reqwest::header::HeaderValue::from_bytes(value).unwrap();
        self.request = self.request.header(name, value);
        self
    }

    /// An answer that is not of the document, such as to a preflight.
    pub fn unchecked(mut self) -> Self {
        self.checked = false;
        self
    }

    pub fn json(mut self, body: &Value) -> Self {
        self.request = self.request.json(body);
        self
    }

    pub fn text(mut self, media: &str, body: &str) -> Self {
        self.request = self.request.header("content-type", media).body(body.to_string());
        self
    }

    pub async fn send(self) -> Answer {
        let (client, request) = self.request.build_split();
        let mut request = request.unwrap();
        for (name, value) in &self.usual {
            request.headers_mut().entry(*name).or_insert(value.parse().unwrap());
        }
        let response = client.execute(request).await.unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().iter().map(|(k, v)| (k.to_string(), v.to_str().unwrap().into())).collect();
        let answer = Answer { status, headers, text: response.text().await.unwrap() };
        if self.checked {
            crate::contract::documented(&self.method, &self.path, &answer);
        }
        answer
    }

    /// Sends and insists on a status.
    pub async fn expect(self, status: u16) -> Answer {
        let name = format!("{} {}", self.method, self.path);
        let answer = self.send().await;
        assert_eq!(answer.status, status, "{name}: {}", answer.text);
        answer
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {:?}", self.text))
    }

    /// The body; `null` without one.
    pub fn json_or_null(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// `error_code`, then pointer or parameter and code of each item.
    pub fn problem(&self) -> String {
        let body = self.json();
        let mut text = format!("{} {}", self.status, body["error_code"].as_str().unwrap_or_default());
        for item in body["errors"].as_array().into_iter().flatten() {
            let place = item["pointer"].as_str().or(item["parameter"].as_str()).unwrap_or_default();
            text.push_str(&format!(" | {place} {}", item["code"].as_str().unwrap_or_default()));
        }
        text
    }

    pub fn items(&self) -> Vec<Value> {
        self.json()["items"].as_array().cloned().unwrap_or_default()
    }
}
