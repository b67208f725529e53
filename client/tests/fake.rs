//! An HTTP server of a few lines, so that the tests see each request as it is on the wire and can answer it with
//! anything, also with what the real server never sends.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use lending_api_client::{Client, ClientBuilder};
use serde_json::Value;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// In place of an answer: the connection is closed without one.
pub const SILENCE: &str = "";
pub const KEY: &str = "0123456789abcdef0123456789abcdef";

/// Answers the first request with the first answer, and so on; closes the connection when it has no more.
pub struct Fake {
    pub client: Client,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    /// With a client that tries each call once.
    pub async fn start(answers: Vec<String>) -> Self {
        Self::start_with(answers, |builder| builder.max_attempts(1)).await
    }

    pub async fn start_with(answers: Vec<String>, set: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        Self::start_at(0, answers, set).await
    }

    pub async fn start_at(port: u16, answers: Vec<String>, set: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("free port");
        let url = format!("http://{}/", listener.local_addr().expect("address"));
        let requests = Arc::default();
        tokio::spawn(serve(listener, answers, Arc::clone(&requests)));
        let client = set(Client::builder(url).service("prepay").key(KEY)).build().expect("client");
        Self { client, requests }
    }

    /// The heads of the requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The `METHOD /path?query` of the requests so far.
    pub fn targets(&self) -> Vec<String> {
        let target = |head: &String| head.lines().next().and_then(|l| l.strip_suffix(" HTTP/1.1")).map(str::to_owned);
        self.requests().iter().filter_map(target).collect()
    }
}

/// What the tokens of the requests say.
pub fn claims(fake: &Fake) -> Vec<Value> {
    parts(fake, 1)
}

/// The `kid` of the tokens of the requests.
pub fn key_ids(fake: &Fake) -> Vec<String> {
    parts(fake, 0).iter().map(|header| header["kid"].as_str().expect("a kid").to_owned()).collect()
}

fn parts(fake: &Fake, n: usize) -> Vec<Value> {
    let part = |head: &String| {
        let token = head.lines().find_map(|l| l.strip_prefix("authorization: Bearer ")).expect("a token");
        let part = token.split('.').nth(n).expect("a part");
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
    };
    fake.requests().iter().map(part).collect()
}

/// An answer with a JSON body; `headers` are further lines.
pub fn answer(status: u16, headers: &[&str], body: &str) -> String {
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}")
}

/// The answer, so many milliseconds later.
pub fn late(millis: u64, answer: &str) -> String {
    format!("{millis}ms {answer}")
}

async fn serve(listener: TcpListener, answers: Vec<String>, requests: Arc<Mutex<Vec<String>>>) {
    for answer in answers {
        let Ok((mut stream, _)) = listener.accept().await else { return };
        let head = read_head(&mut stream).await;
        requests.lock().unwrap_or_else(PoisonError::into_inner).push(head);
        if answer == SILENCE {
            continue;
        }
        let (wait, answer) = answer.split_once("ms ").unwrap_or(("", &answer));
        tokio::time::sleep(Duration::from_millis(wait.parse().unwrap_or(0))).await;
        drop(stream.write_all(answer.as_bytes()).await); // who waited too long is gone
    }
}

/// The head; a body is read and dropped, so that closing the connection does not reset it.
async fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("whole head"));
    }
    let head = String::from_utf8(head).expect("ASCII head");
    let length = head.lines().find_map(|l| l.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    stream.read_exact(&mut vec![0; length]).await.expect("whole body");
    head
}
