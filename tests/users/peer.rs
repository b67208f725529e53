//! An HTTP server that does what the test says, also what no library lets a server do: hang, die, never end.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What a peer does with a request.
#[derive(Clone)]
pub enum Reply {
    Json(serde_json::Value),
    Text(&'static str),
    Status(u16),
    Redirect(String),
    /// Answers after a while.
    Slow(Duration, Box<Reply>),
    /// Takes the request and says nothing.
    Hang,
    /// Closes the connection.
    Die,
    /// Begins to answer, and stops in the middle.
    Torn,
    /// Sends without end.
    Endless,
}

#[derive(Clone)]
pub struct Request {
    pub path: String,
    /// First line and header.
    pub head: String,
    pub body: String,
}

/// Runs until it is dropped or stopped.
pub struct Peer {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Request>>>,
    task: JoinHandle<()>,
}

impl Peer {
    pub async fn start(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), reply).await
    }

    pub async fn start_at(address: SocketAddr, reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let (address, seen) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<Request>>>::default());
        let (reply, log) = (Arc::new(reply), seen.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (reply, log) = (reply.clone(), log.clone());
                tokio::spawn(async move {
                    let mut stream = stream;
                    let Some(request) = read(&mut stream).await else { return };
                    let answer = reply(&request);
                    log.lock().unwrap().push(request);
                    let _ = send(&mut stream, answer).await;
                });
            }
        });
        Self { address, seen, task }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    /// How many requests came, whose path begins like this.
    pub fn count(&self, path: &str) -> usize {
        self.seen.lock().unwrap().iter().filter(|r| r.path.starts_with(path)).count()
    }

    /// From now on connections are refused.
    pub async fn stop(&mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|l| l.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
            if body.len() >= length.unwrap_or(0) {
                let path = head.split(' ').nth(1)?.to_owned();
                return Some(Request { path, head: head.to_owned(), body: body.to_owned() });
            }
        }
        match stream.read(&mut part).await {
            Ok(n) if n > 0 => bytes.extend_from_slice(&part[..n]),
            _ => return None,
        }
    }
}

async fn send(stream: &mut TcpStream, reply: Reply) -> std::io::Result<()> {
    let (status, headers, body) = match reply {
        Reply::Json(value) => (200, "content-type: application/json\r\n".to_owned(), value.to_string()),
        Reply::Text(text) => (200, String::new(), text.to_owned()),
        Reply::Status(status) => (status, String::new(), "{}".to_owned()),
        Reply::Redirect(to) => (302, format!("location: {to}\r\n"), String::new()),
        Reply::Slow(wait, reply) => {
            tokio::time::sleep(wait).await;
            return Box::pin(send(stream, *reply)).await;
        }
        Reply::Hang => return std::future::pending().await,
        Reply::Die => return Ok(()),
        Reply::Torn => return stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"active\": tr").await,
        Reply::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"keys\": [").await?;
            loop {
                stream.write_all(&[b' '; 4096]).await?;
            }
        }
    };
    let length = body.len();
    let answer = format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}");
    stream.write_all(answer.as_bytes()).await
}
