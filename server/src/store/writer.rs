//! One thread, one connection, many changes per commit.
//!
//! SQLite has one writer at a time; writers that fight for the lock make it slow. Here the queue is
//! drained into one transaction, and every caller is answered only after the commit that made its change durable.

use super::{
    Mode, Sqlite, Write, checkpoint,
    flights::{self, Flights},
    idempotency,
    notes::{self, Notes},
    position::Position,
    sweep::Sweeper,
};
use crate::{
    app::App,
    audit::{Keys, Record, Seal},
    background::Background,
    clock::Clock,
    error::{Error, Result},
};
use forebear_runtime::{Change, Encoded};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
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
/// Pause before records are tried again that could not be stored.
const RETRY: Duration = Duration::from_millis(500);

type Answer = flights::Answer<Result<Encoded>>;

struct Job {
    change: Change<App>,
    answer: Answer,
}

/// What wakes the thread.
enum Message {
    Change(Box<Job>),
    /// There are notes where there were none.
    Notes,
    /// What the server keeps for itself, and who waits for it.
    Own(Own, SyncSender<Result<()>>),
    /// The log is to begin anew, and who waits for it.
    Checkpoint(SyncSender<()>),
}

enum Own {
    Seal(Box<Seal>),
    Position(Box<Position>),
}

impl Own {
    fn keep(&self, write: &mut Write) -> Result<()> {
        match self {
            Self::Seal(seal) => write.seal(seal),
            Self::Position(position) => write.keep_position(position),
        }
    }
}

impl Message {
    fn refuse(self, e: &Error) {
        match self {
            Self::Change(job) => job.answer.send(Err(Error::Unavailable(e.to_string()))),
            Self::Own(_, waits) => drop(waits.send(Err(Error::Unavailable(e.to_string())))),
            Self::Notes | Self::Checkpoint(_) => {}
        }
    }
}

/// What was done in a transaction that is still open, and who waits for it.
enum Done {
    Change(Box<Job>, Result<Encoded>),
    Own(Own, SyncSender<Result<()>>, Result<()>),
}

impl Done {
    /// Tells the outcome; `lost` is why the transaction was not committed.
    fn tell(self, lost: Option<&str>) {
        match self {
            Self::Change(job, result) => job.answer.send(unless(lost, result)),
            Self::Own(_, waits, result) => drop(waits.send(unless(lost, result))),
        }
    }
}

/// Of a transaction that was lost nobody is told anything else: also a refusal may rest on what others did in it.
fn unless<T>(lost: Option<&str>, result: Result<T>) -> Result<T> {
    lost.map_or(result, |text| Err(Error::Unavailable(text.into())))
}

/// The way of the thread beside it to the writer.
pub(super) struct Queue(SyncSender<Message>);

impl Queue {
    /// Lets the writer move what is left of the log, and waits until it has.
    pub(super) fn checkpoint(&self) {
        let (sender, done) = sync_channel(1);
        if self.0.send(Message::Checkpoint(sender)).is_ok() {
            // it answers, or has ended
            done.recv().ok();
        }
    }
}

/// The queue in front of the writing thread.
pub struct Writer {
    queue: Mutex<Option<SyncSender<Message>>>,
    checkpoint: Background,
    notes: Arc<Notes>,
    flights: Flights,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread; by the clock it knows what is too old.
    ///
    /// # Errors
    /// When the file cannot be opened, or the thread not be started.
    pub fn start(path: &Path, keys: Arc<Keys>, clock: Clock) -> Result<Self> {
        let (queue, messages) = sync_channel(QUEUE);
        let write = Write::new(Sqlite::open(path, Mode::Write)?.checkpoint_after(checkpoint::AT_LAST)?, keys);
        let notes = Arc::<Notes>::default();
        let work = Work {
            write,
            messages,
            notes: notes.clone(),
            sweeper: Sweeper::new(clock),
            checkpoints: vec![],
            spoilt: false,
        };
        let checkpoint = checkpoint::start(path, Queue(queue.clone()))?;
        let thread =
            std::thread::Builder::new().name("writer".into()).spawn(move || work.run()).map_err(not_started)?;
        Ok(Self {
            queue: Mutex::new(Some(queue)),
            checkpoint,
            notes,
            flights: Flights::default(),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Stores a seal, and waits until it is durable.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it could not be stored.
    pub fn seal(&self, seal: Seal) -> Result<()> {
        self.keep(Own::Seal(Box::new(seal)))
    }

    /// Stores how far a relay is, and waits until it is durable.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it could not be stored.
    pub fn shipped(&self, position: Position) -> Result<()> {
        self.keep(Own::Position(Box::new(position)))
    }

    fn keep(&self, own: Own) -> Result<()> {
        let stopped = || Error::Unavailable("the writer has stopped".into());
        let (sender, stored) = sync_channel(1);
        let queue = self.queue.lock().ok().and_then(|q| q.clone()).ok_or_else(stopped)?;
        queue.send(Message::Own(own, sender)).map_err(|_| stopped())?;
        drop(queue);
        stored.recv().map_err(|_| stopped())?
    }

    /// Keeps a record of what changed no row, and does not wait for it: it is stored with the next changes, or by itself.
    pub fn note(&self, record: Record) {
        if self.notes.add(record) {
            let queue = self.queue.lock().ok().and_then(|q| q.clone());
            match queue.map(|queue| queue.try_send(Message::Notes)) {
                None | Some(Err(TrySendError::Disconnected(_))) => self.notes.give_up(),
                // a queue that is full is about to be worked on, and so are the notes
                Some(_) => {}
            }
        }
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
            .try_send(Message::Change(Box::new(Job { change, answer })))
            .map_err(|_| Error::Unavailable("too many changes are waiting".into()))?;
        drop(queue);
        answered.await.map_err(|_| Error::Unavailable("the writer has stopped".into()))?
    }

    /// Takes no more changes, finishes those that wait, and ends the thread.
    pub fn stop(&self) {
        self.checkpoint.stop();
        if let Ok(mut queue) = self.queue.lock() {
            queue.take();
        }
        if let Some(thread) = self.thread.lock().ok().and_then(|mut t| t.take()) {
            drop(thread.join());
        }
    }
}

pub(super) fn not_started(e: std::io::Error) -> Error {
    Error::Unavailable(format!("a thread cannot be started: {e}"))
}

/// The thread's own.
struct Work {
    write: Write,
    messages: Receiver<Message>,
    notes: Arc<Notes>,
    sweeper: Sweeper,
    /// Who waits for the log to begin anew.
    checkpoints: Vec<SyncSender<()>>,
    /// The transaction holds what should have been undone, and could not be: it must not be committed.
    spoilt: bool,
}

impl Work {
    fn run(mut self) {
        let mut pause = Duration::ZERO;
        loop {
            let wait = if self.notes.is_empty() { self.sweeper.pause() } else { pause.min(self.sweeper.pause()) };
            let first = match self.messages.recv_timeout(wait) {
                Ok(message) => Some(message),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            if first.is_some() || !self.notes.is_empty() {
                pause = if self.batch(first) { Duration::ZERO } else { RETRY };
            }
            self.checkpoint();
            self.sweeper.step(&mut self.write);
        }
        while !self.notes.is_empty() && self.batch(None) {}
        self.notes.give_up();
        // whoever copies the database after the end needs no log with it
        if let Err(e) = self.write.checkpoint() {
            tracing::warn!(error = %e, "the log of changes stays beside the database: copy both");
        }
    }

    /// Outside of a transaction. Whoever asked sees by itself whether it was enough.
    fn checkpoint(&mut self) {
        if !self.checkpoints.is_empty() {
            drop(self.write.checkpoint());
            self.checkpoints.clear();
        }
    }

    /// One transaction; whether it was committed.
    fn batch(&mut self, first: Option<Message>) -> bool {
        if let Err(e) = self.write.statement("BEGIN IMMEDIATE") {
            // somebody else holds the lock: whoever waits behind would wait as long again, so all of them hear it now
            let waiting = first.into_iter().chain(std::iter::from_fn(|| self.messages.try_recv().ok()));
            for message in waiting {
                message.refuse(&e);
            }
            return false;
        }
        let done = self.changes(first);
        let notes = self.notes.take();
        let lost = self.write.idle();
        let stored = if lost { Ok(()) } else { self.store(&notes) };
        let committed = stored.and_then(|()| self.commit());
        let text = committed.err().map(|e| format!("the change could not be made durable: {e}"));
        if text.is_some() {
            self.notes.put_back(notes);
        }
        done.into_iter().for_each(|done| done.tell(text.as_deref()));
        text.is_none()
    }

    /// Changes run one after the other without a savepoint each, which would copy every page that they touch. One that fails before it
    /// wrote anything has nothing to undo. After one that fails later all are undone, and done again with savepoints.
    fn changes(&mut self, first: Option<Message>) -> Vec<Done> {
        let started = Instant::now();
        let (mut done, mut torn) = (vec![], false);
        let mut next = first;
        while let Some(message) = next.take() {
            match message {
                // nobody waits for it any more, and it has not begun
                Message::Change(job) if job.answer.is_closed() => {}
                Message::Change(mut job) if torn => {
                    let result = savepoint(&mut self.write, &mut job.change);
                    done.push(Done::Change(job, result));
                }
                Message::Change(mut job) => {
                    let before = self.write.changed();
                    let result = run(&mut self.write, &mut job.change);
                    torn = result.is_err() && self.write.changed() != before;
                    done.push(Done::Change(job, result));
                    if torn {
                        self.again(&mut done);
                    }
                }
                Message::Own(own, waits) => {
                    let result = own.keep(&mut self.write);
                    done.push(Done::Own(own, waits, result));
                }
                Message::Notes => {}
                Message::Checkpoint(waits) => self.checkpoints.push(waits),
            }
            let lost = self.write.idle(); // SQLite gave up the whole transaction: disk full, I/O error
            if lost || self.spoilt || done.len() >= BATCH || started.elapsed() > BATCH_TIME {
                break;
            }
            next = self.messages.try_recv().ok();
        }
        done
    }

    /// Begins the transaction anew. Where that fails nothing is committed.
    fn again(&mut self, done: &mut [Done]) {
        if self.write.idle() {
            return;
        }
        if self.write.statement("ROLLBACK").and_then(|()| self.write.statement("BEGIN IMMEDIATE")).is_err() {
            self.spoilt = true;
            return;
        }
        for done in done {
            match done {
                Done::Change(job, result) => *result = savepoint(&mut self.write, &mut job.change),
                Done::Own(own, _, result) => *result = own.keep(&mut self.write),
            }
            if self.write.idle() {
                return;
            }
        }
    }

    /// A record that the database does not take must not stop the others, nor the changes beside them.
    fn store(&mut self, notes: &[Record]) -> Result<()> {
        for note in notes {
            match self.write.note(note) {
                Err(e) if self.write.idle() => return Err(e),
                Err(e) => notes::lost(note, &e.to_string()),
                Ok(()) => {}
            }
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<()> {
        let spoilt = std::mem::take(&mut self.spoilt);
        let committed = if spoilt || self.write.idle() {
            Err(Error::Unavailable("the transaction was lost".into()))
        } else {
            self.write.statement("COMMIT")
        };
        if committed.is_err() && !self.write.idle() {
            drop(self.write.statement("ROLLBACK"));
        }
        committed
    }
}

fn savepoint(write: &mut Write, change: &mut Change<App>) -> Result<Encoded> {
    write.statement("SAVEPOINT change")?;
    let result = run(write, change);
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

fn run(write: &mut Write, change: &mut Change<App>) -> Result<Encoded> {
    // the handler's own panics are a 500 already; this catches those of the store
    let result = catch_unwind(AssertUnwindSafe(|| idempotency::one(write, change)))
        .unwrap_or_else(|_| Err(Error::Database("the store panicked".into())));
    write.set_actor(None);
    result
}
