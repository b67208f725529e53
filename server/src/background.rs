//! A thread that does one thing again and again, until it is stopped.

use std::{
    sync::{
        Mutex, PoisonError,
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    thread::JoinHandle,
    time::Duration,
};

/// The thread.
pub struct Background(Mutex<Option<(Sender<()>, JoinHandle<()>)>>);

impl Background {
    /// Does `step` after each `interval`.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(name: &str, interval: Duration, mut step: impl FnMut() + Send + 'static) -> std::io::Result<Self> {
        let (stop, stopped) = channel();
        let work = move || {
            loop {
                let ended = matches!(stopped.recv_timeout(interval), Err(RecvTimeoutError::Disconnected));
                step();
                if ended {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name(name.into()).spawn(work)?;
        Ok(Self(Mutex::new(Some((stop, thread)))))
    }

    /// Does it once more, and ends the thread.
    pub fn stop(&self) {
        if let Some((stop, thread)) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            drop(stop);
            drop(thread.join());
        }
    }
}
