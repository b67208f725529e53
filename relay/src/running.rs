//! A relay at work: a thread with a runtime of its own, so that no request waits behind it.

use crate::{Source, Status, Target, work::Work};
use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::Duration,
};
use tokio::{
    runtime::{Builder, Runtime},
    sync::oneshot::{self, Receiver, Sender},
    time::timeout,
};

/// Tells the time, in seconds since 1970.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Pause after a panic, which nothing here should ever do.
const AFTER_PANIC: Duration = Duration::from_secs(30);

/// A relay that ships.
pub struct Running {
    status: Arc<Status>,
    thread: Mutex<Option<(Sender<()>, JoinHandle<()>)>>,
}

impl Running {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(mut source: impl Source, target: impl Target, now: Now) -> io::Result<Self> {
        let status = Arc::<Status>::default();
        // what waits must show at once; a source that cannot be read now is tried again, and keeps nobody from starting
        if let Ok(lag) = source.lag() {
            status.waits(lag);
        }
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let (known, time) = (status.clone(), now.clone());
        let mut work = Work::new(source, target, status.clone(), now);
        let job = move || {
            work_until(&runtime, &mut work, stopped, || known.fails("it panicked".into(), time()));
            // a look-up of a name may still hang in a thread of the runtime: nobody waits for it
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("relay".into()).spawn(job)?;
        Ok(Self { status, thread: Mutex::new(Some((stop, thread))) })
    }

    /// What is known of it.
    #[must_use]
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Ends it, also in the middle of a batch: what is on its way is shipped again by the next process.
    pub fn stop(&self) {
        if let Some((stop, thread)) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            drop(stop);
            drop(thread.join());
        }
    }
}

/// Works until told to stop, and goes on after a panic: it would otherwise look as if nothing were to be shipped.
fn work_until<S: Source, T: Target>(
    runtime: &Runtime,
    work: &mut Work<S, T>,
    mut stopped: Receiver<()>,
    panicked: impl Fn(),
) {
    loop {
        let once = || {
            runtime.block_on(async {
                tokio::select! {
                    biased;
                    _ = &mut stopped => {}
                    () = work.run() => {}
                }
            });
        };
        if catch_unwind(AssertUnwindSafe(once)).is_ok() {
            return;
        }
        panicked();
        if runtime.block_on(async { timeout(AFTER_PANIC, &mut stopped).await }).is_ok() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Batch, Item, Lag, Put};
    use std::{sync::mpsc, time::Instant};

    struct Broken(mpsc::Sender<()>);

    impl Source for Broken {
        fn next(&mut self) -> Result<Option<Batch>, String> {
            self.0.send(()).unwrap();
            panic!("as a source should never");
        }
        fn shipped(&mut self) -> Result<(), String> {
            Ok(())
        }
        fn lag(&mut self) -> Result<Lag, String> {
            Err("which keeps nobody from starting".into())
        }
    }

    struct Nowhere;

    impl Target for Nowhere {
        async fn put(&self, _: &Item) -> Result<Put, String> {
            Ok(Put::Stored)
        }
    }

    #[test]
    fn a_panic_shows_and_does_not_keep_it_from_ending() {
        let (sender, asked) = mpsc::channel();
        let running = Running::start(Broken(sender), Nowhere, Arc::new(|| 100)).unwrap();
        asked.recv().unwrap();
        let begin = Instant::now();
        while running.status().state().name() != "failing" {
            assert!(begin.elapsed() < Duration::from_secs(5));
            std::thread::sleep(Duration::from_millis(5));
        }
        running.stop();
        assert!(begin.elapsed() < Duration::from_secs(5), "it does not wait until it would go on");
    }
}
