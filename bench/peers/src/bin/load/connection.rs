//! One keep-alive connection over a raw socket, with at most one request in flight.

use crate::endpoint::Call;
use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

/// Longest answer that is read.
const BUFFER: usize = 128 * 1024;

/// A connection.
pub struct Connection {
    pub stream: TcpStream,
    request: Vec<u8>,
    buffer: Vec<u8>,
    filled: usize,
    flight: Option<Flight>,
}

struct Flight {
    /// When the request should have been sent.
    scheduled: Instant,
    /// Status that the answer must have.
    status: u16,
    /// Length of the answer's body, once it is known.
    length: Option<usize>,
}

impl Connection {
    pub fn open(address: SocketAddr) -> Result<Self, String> {
        let stream = TcpStream::connect(address).map_err(|e| format!("{address}: {e}"))?;
        stream.set_nodelay(true).map_err(|e| e.to_string())?;
        Ok(Self { stream, request: vec![], buffer: vec![0; BUFFER], filled: 0, flight: None })
    }

    pub fn is_busy(&self) -> bool {
        self.flight.is_some()
    }

    /// Sends a request.
    pub fn send(&mut self, call: &Call, token: &str, scheduled: Instant) -> Result<(), String> {
        self.request.clear();
        let mut add = |parts: &[&str]| parts.iter().for_each(|part| self.request.extend_from_slice(part.as_bytes()));
        let method = if call.body.is_some() { "POST " } else { "GET " };
        add(&[method, &call.path, " HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ", token, "\r\n"]);
        match &call.body {
            None => add(&["\r\n"]),
            Some(body) => {
                // nobody has used this key before: the end of a signature
                let key = &token[token.len() - 32..];
                let length = body.len().to_string();
                add(&["content-type: application/json\r\nidempotency-key: ", key, "\r\ncontent-length: ", &length]);
                add(&["\r\n\r\n", body]);
            }
        }
        self.stream.write_all(&self.request).map_err(|e| format!("{}: {e}", call.path))?;
        self.flight = Some(Flight { scheduled, status: call.status(), length: call.length });
        Ok(())
    }

    /// Reads what has come; the time since the request was due once the answer is whole. `body` sees what it holds.
    pub fn receive<T>(&mut self, body: impl FnOnce(&[u8]) -> T) -> Result<Option<(Duration, T)>, String> {
        match self.stream.read(&mut self.buffer[self.filled..]) {
            Ok(0) => return Err("the server closed a connection".into()),
            Ok(n) => self.filled += n,
            Err(e) if e.kind() == ErrorKind::WouldBlock => return Ok(None),
            Err(e) => return Err(e.to_string()),
        }
        let status = self.flight.as_ref().map_or(200, |flight| flight.status);
        let Some((head, length)) = head(&self.buffer[..self.filled], status)? else { return Ok(None) };
        if self.filled < head + length {
            return Ok(None);
        }
        let flight = self.flight.take().ok_or("an answer that nobody asked for")?;
        if self.filled > head + length || flight.length.is_some_and(|l| l != length) {
            return Err(format!("an answer of {length} bytes where {:?} were expected", flight.length));
        }
        self.filled = 0;
        Ok(Some((flight.scheduled.elapsed(), body(&self.buffer[head..head + length]))))
    }
}

/// Lengths of head and body of an answer with this status; any other is an error.
fn head(bytes: &[u8], status: u16) -> Result<Option<(usize, usize)>, String> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut headers);
    let head = match response.parse(bytes).map_err(|e| e.to_string())? {
        httparse::Status::Complete(head) => head,
        httparse::Status::Partial => return Ok(None),
    };
    if response.code != Some(status) {
        return Err(format!("an answer that is not {status}: {}", String::from_utf8_lossy(bytes)));
    }
    let length = response.headers.iter().find(|h| h.name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|h| std::str::from_utf8(h.value).ok()?.parse().ok());
    Ok(Some((head, length.ok_or("an answer without content-length")?)))
}
