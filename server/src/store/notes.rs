//! Records of what changed no row, on their way to the writer: whoever makes one does not wait for it.

use crate::audit::Record;
use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Records that may wait, about 1 KiB each.
const MOST: usize = 65_536;
/// Records in one commit, so that changes in it do not wait long for them.
const BATCH: usize = 128;

/// Records that wait.
#[derive(Default)]
pub(super) struct Notes(Mutex<VecDeque<Record>>);

impl Notes {
    /// Adds a record; whether it is the only one. One that finds no room goes to the log, whole.
    pub(super) fn add(&self, record: Record) -> bool {
        let mut waiting = self.lock();
        if waiting.len() >= MOST {
            drop(waiting);
            lost(&record, "too many wait");
            return false;
        }
        waiting.push_back(record);
        waiting.len() == 1
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// The next ones to store.
    pub(super) fn take(&self) -> Vec<Record> {
        let mut waiting = self.lock();
        let many = waiting.len().min(BATCH);
        waiting.drain(..many).collect()
    }

    /// Those that were not stored after all.
    pub(super) fn put_back(&self, records: Vec<Record>) {
        let mut waiting = self.lock();
        for record in records.into_iter().rev() {
            waiting.push_front(record);
        }
    }

    /// At the end: what could not be stored goes to the log.
    pub(super) fn give_up(&self) {
        self.lock().drain(..).for_each(|record| lost(&record, "the server ends"));
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Record>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn lost(record: &Record, reason: &str) {
    let record = serde_json::to_string(record).unwrap_or_default();
    tracing::error!(record, reason, "an audit record could not be stored; this line is all there is of it");
}
