//! One line of JSON per request on standard error, as `tracing` would write it.
//!
//! Writing each line by itself is the dearest stage of a request: a system call, and a formatter that knows nothing of its fields. So
//! lines are gathered for a moment and written together. A line that is the record of a read (`x-audit: access`) is written at once,
//! with all before it; so are they when there are too many. A process that is killed loses the lines of its last moment.

use crate::app::App;
use chrono::{DateTime, Utc};
use forebear_runtime::{Access, Audit};
use std::{
    cell::RefCell,
    io::Write,
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{JoinHandle, Thread},
    time::Duration,
};

/// How long a line may wait for others.
const WAIT: Duration = Duration::from_millis(20);
/// Bytes that may wait.
const MOST: usize = 1 << 20;

/// The lines that wait, and the thread that writes them.
pub struct AccessLog {
    waiting: Arc<Mutex<Vec<u8>>>,
    stopped: Arc<AtomicBool>,
    thread: Thread,
    handle: Mutex<Option<JoinHandle<()>>>,
}

impl AccessLog {
    /// Starts the thread.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start() -> std::io::Result<Self> {
        let (waiting, stopped) = (Arc::<Mutex<Vec<u8>>>::default(), Arc::<AtomicBool>::default());
        let (lines, stop) = (waiting.clone(), stopped.clone());
        let write = move || {
            while !stop.load(Ordering::Relaxed) {
                std::thread::park();
                std::thread::sleep(WAIT);
                let taken = std::mem::take(&mut *lines.lock().unwrap_or_else(PoisonError::into_inner));
                put(&taken);
            }
        };
        let handle = std::thread::Builder::new().name("access-log".into()).spawn(write)?;
        Ok(Self { waiting, stopped, thread: handle.thread().clone(), handle: Mutex::new(Some(handle)) })
    }

    /// Logs one request, unless `log` leaves out `access`.
    pub(crate) fn write(&self, a: &Access<'_, App>, now: DateTime<Utc>, client: IpAddr) {
        if !tracing::enabled!(target: "access", tracing::Level::INFO) {
            return;
        }
        LINE.with_borrow_mut(|line| {
            line.clear();
            // writing to memory cannot fail
            let _ = write(line, a, now, client);
            self.add(line, a.op.audit == Audit::Access);
        });
    }

    fn add(&self, line: &[u8], at_once: bool) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let first = waiting.is_empty();
        waiting.extend_from_slice(line);
        if at_once || waiting.len() > MOST || self.stopped.load(Ordering::Relaxed) {
            put(&waiting);
            waiting.clear();
        } else if first {
            self.thread.unpark();
        }
    }

    /// Ends the thread, and writes what waits: afterwards every line is written.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.thread.unpark();
        if let Some(handle) = self.handle.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // it panics only when standard error does, and then nobody is left to be told
            let _ = handle.join();
        }
        self.add(&[], true);
    }
}

thread_local! {
    static LINE: RefCell<Vec<u8>> = const { RefCell::new(vec![]) };
    /// The last second that was written on this thread, and its text.
    static SECOND: RefCell<(i64, String)> = const { RefCell::new((i64::MIN, String::new())) };
}

/// Nobody is left to be told when standard error is gone.
fn put(lines: &[u8]) {
    let _ = std::io::stderr().lock().write_all(lines);
}

fn write(line: &mut Vec<u8>, a: &Access<'_, App>, now: DateTime<Utc>, client: IpAddr) -> std::io::Result<()> {
    line.extend_from_slice(b"{\"timestamp\":\"");
    second(line, now);
    write!(line, ".{:06}Z\",\"level\":\"INFO\",\"message\":\"request\"", now.timestamp_subsec_micros() % 1_000_000)?;
    text(line, "request_id", Some(a.request_id))?;
    text(line, "operation", Some(a.op.id))?;
    text(line, "method", Some(a.method))?;
    text(line, "path", Some(a.path))?;
    write!(line, ",\"status\":{}", a.status)?;
    text(line, "error_code", a.error_code)?;
    write!(line, ",\"bytes\":{},\"duration_ns\":{}", a.body.len(), a.elapsed.as_nanos())?;
    text(line, "service", a.identity.map(|i| i.service.name()))?;
    text(line, "key_id", a.identity.map(|i| i.service.key_id()))?;
    text(line, "user", a.identity.and_then(|i| i.user.as_ref()).map(|u| u.id.as_str()))?;
    let audited = a.op.audit == Audit::Access;
    writeln!(line, ",\"audited\":{audited},\"client\":\"{client}\",\"peer\":\"{}\",\"target\":\"access\"}}", a.peer)
}

fn text(line: &mut Vec<u8>, name: &str, value: Option<&str>) -> std::io::Result<()> {
    let Some(value) = value else { return Ok(()) };
    line.extend_from_slice(b",\"");
    line.extend_from_slice(name.as_bytes());
    line.extend_from_slice(b"\":");
    Ok(serde_json::to_writer(line, value)?)
}

fn second(line: &mut Vec<u8>, now: DateTime<Utc>) {
    SECOND.with_borrow_mut(|(last, text)| {
        if *last != now.timestamp() {
            *last = now.timestamp();
            *text = now.format("%Y-%m-%dT%H:%M:%S").to_string();
        }
        line.extend_from_slice(text.as_bytes());
    });
}
