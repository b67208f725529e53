//! Makes the records of large answers beside the readers: which rows a page held is read out of its bytes, and that takes a fifth as long
//! as the page itself.

use super::attempt::Reading;
use crate::store::Writer;
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
};

/// Bytes of an answer that is read faster than it is handed over.
const SMALL: usize = 2048;
/// Answers that may wait; whoever comes then reads its own.
const QUEUE: usize = 1024;

/// The thread.
pub struct Recorder {
    writer: Arc<Writer>,
    queue: Mutex<Option<SyncSender<Reading>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Recorder {
    /// Starts the thread; records go to `writer`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(writer: Arc<Writer>) -> std::io::Result<Self> {
        let (queue, readings) = sync_channel::<Reading>(QUEUE);
        let to = writer.clone();
        let work = move || readings.into_iter().for_each(|reading| to.note(reading.record()));
        let thread = std::thread::Builder::new().name("recorder".into()).spawn(work)?;
        Ok(Self { writer, queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(thread)) })
    }

    /// Records what was read, at once or a moment later.
    pub(crate) fn add(&self, reading: Reading) {
        let reading = match &*self.queue.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(queue) if reading.len() > SMALL => match queue.try_send(reading) {
                Ok(()) => return,
                Err(TrySendError::Full(reading) | TrySendError::Disconnected(reading)) => reading,
            },
            _ => reading,
        };
        self.writer.note(reading.record());
    }

    /// Records what waits, and ends the thread; the writer must still be at work.
    pub fn stop(&self) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            drop(thread.join());
        }
    }
}
