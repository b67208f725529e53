//! Work that several callers wait for, in a task of its own: one who goes away does not cut it off for the others.

use std::future::Future;

/// Runs `work`, then `land` with its outcome; with `None` when it was cut off, by a panic or the end of the server.
///
/// Call it without holding a lock that `land` takes: while a runtime shuts down, the task is dropped, and lands, before this returns.
pub(super) fn fly<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
    land: impl FnOnce(Option<T>) + Send + 'static,
) {
    let landing = Landing(Some(land), None);
    tokio::spawn(async move {
        let mut landing = landing;
        landing.1 = Some(work.await);
    });
}

struct Landing<T, F: FnOnce(Option<T>)>(Option<F>, Option<T>);

impl<T, F: FnOnce(Option<T>)> Drop for Landing<T, F> {
    fn drop(&mut self) {
        if let Some(land) = self.0.take() {
            land(self.1.take());
        }
    }
}
