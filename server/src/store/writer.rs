//! One thread, one connection, many changes per commit.
//!
//! SQLite has one writer at a time; writers that fight for the lock make it slow. Here each request runs in its own savepoint,
//! the queue is drained into one transaction, and every caller is answered only after the commit that made its change durable.

use super::{
    Write,
    flights::{self, Flights},
    idempotency,
    sqlite::Sqlite,
    sweep::Sweeper,
};
use crate::{
    app::App,
    clock::Clock,
    error::{Error, Result},
};
use forebear_runtime::{Change, Encoded};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// Changes that may wait; more are answered with 503.
const QUEUE: usize = 4096;
/// Most changes in one commit, and the longest time to collect them.
const BATCH: usize = 256;
const BATCH_TIME: Duration = Duration::from_millis(20);

type Answer = flights::Answer<Result<Encoded>>;

struct Job {
    change: Change<App>,
    answer: Answer,
}

/// The queue in front of the writing thread.
pub struct Writer {
    queue: Mutex<Option<SyncSender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    flights: Flights,
}

impl Writer {
    /// Starts the thread; by the clock it knows what is too old.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(conn: Sqlite, clock: Clock) -> std::io::Result<Self> {
        let (queue, jobs) = sync_channel(QUEUE);
        let work = move || run(Write::new(conn), &jobs, Sweeper::new(clock));
        let thread = std::thread::Builder::new().name("writer".into()).spawn(work)?;
        Ok(Self { queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(thread)), flights: Flights::default() })
    }

    /// Runs one change; resolves once it is durable.
    ///
    /// # Errors
    /// Those of the change, [`Error::InFlight`] while another one with its key is under way, or [`Error::Unavailable`] when it could
    /// not be run or committed.
    pub async fn submit(&self, change: Change<App>) -> Result<Encoded> {
        let key = change.idempotency.as_ref().map(|i| idempotency::scoped_key(&change, i));
        let flight = key.map(|key| self.flights.begin(key)).transpose()?;
        let (answer, answered) = oneshot::channel();
        let answer = Answer::new(answer, flight);
        let queue = self.queue.lock().ok().and_then(|q| q.clone());
        let queue = queue.ok_or_else(|| Error::Unavailable("the writer has stopped".into()))?;
        queue
            .try_send(Job { change, answer })
            .map_err(|_| Error::Unavailable("too many changes are waiting".into()))?;
        drop(queue);
        answered.await.map_err(|_| Error::Unavailable("the writer has stopped".into()))?
    }

    /// Takes no more changes, finishes those that wait, and ends the thread.
    pub fn stop(&self) {
        if let Ok(mut queue) = self.queue.lock() {
            queue.take();
        }
        if let Some(thread) = self.thread.lock().ok().and_then(|mut t| t.take()) {
            drop(thread.join());
        }
    }
}

fn run(mut write: Write, jobs: &Receiver<Job>, mut sweeper: Sweeper) {
    loop {
        match jobs.recv_timeout(sweeper.pause()) {
            Ok(first) => batch(&mut write, first, jobs),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        sweeper.step(&mut write);
    }
}

/// One transaction.
fn batch(write: &mut Write, first: Job, jobs: &Receiver<Job>) {
    if let Err(e) = write.statement("BEGIN IMMEDIATE") {
        // somebody else holds the lock: whoever waits behind would wait as long again, so all of them hear it now
        let waiting = std::iter::once(first).chain(std::iter::from_fn(|| jobs.try_recv().ok()));
        waiting.for_each(|job| job.answer.send(Err(Error::Unavailable(e.to_string()))));
        return;
    }
    let started = Instant::now();
    let mut done: Vec<(Answer, Result<Encoded>)> = vec![];
    let mut next = Some(first);
    while let Some(Job { mut change, answer }) = next.take() {
        // nobody waits for it any more, and it has not begun
        if !answer.is_closed() {
            done.push((answer, savepoint(write, &mut change)));
        }
        let lost = write.idle(); // SQLite gave up the whole transaction: disk full, I/O error
        if lost || done.len() >= BATCH || started.elapsed() > BATCH_TIME {
            break;
        }
        next = jobs.try_recv().ok();
    }
    let committed = if write.idle() {
        Err(Error::Unavailable("the transaction was lost".into()))
    } else {
        write.statement("COMMIT")
    };
    if committed.is_err() && !write.idle() {
        drop(write.statement("ROLLBACK"));
    }
    let text = committed.err().map(|e| format!("the change could not be made durable: {e}"));
    for (answer, result) in done {
        let result = match (&text, result) {
            (Some(text), Ok(_)) => Err(Error::Unavailable(text.clone())),
            (_, result) => result,
        };
        answer.send(result);
    }
}

fn savepoint(write: &mut Write, change: &mut Change<App>) -> Result<Encoded> {
    write.statement("SAVEPOINT change")?;
    // the handler's own panics are a 500 already; this catches those of the store
    let result = catch_unwind(AssertUnwindSafe(|| idempotency::one(write, change)))
        .unwrap_or_else(|_| Err(Error::Database("the store panicked".into())));
    write.set_actor(None);
    if !write.idle() {
        let undone = if result.is_err() { write.statement("ROLLBACK TO change") } else { Ok(()) };
        if let Err(e) = undone.and_then(|()| write.statement("RELEASE change")) {
            // what this change left cannot be told from the others any more: none of them may be committed
            drop(write.statement("ROLLBACK"));
            return Err(e);
        }
    }
    result
}
