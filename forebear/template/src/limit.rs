//! One limit for all requests of the process.
//!
//! Classes that the document declares are in `generated_server::limit_classes()`; a server with several callers counts by them.

use forebear_runtime::{Admission, Exhausted};
use http::HeaderValue;
use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

const REQUESTS: u32 = 600;
const WINDOW: Duration = Duration::from_secs(60);

/// Requests since a window began.
pub struct Limit(Mutex<(Instant, u32)>);

impl Limit {
    /// A full window.
    pub fn new() -> Self {
        Self(Mutex::new((Instant::now(), 0)))
    }

    /// Counts a request.
    pub fn admit(&self) -> Admission {
        let mut window = self.0.lock().unwrap_or_else(|e| e.into_inner());
        if window.0.elapsed() >= WINDOW {
            *window = (Instant::now(), 0);
        }
        let refused = window.1 >= REQUESTS;
        window.1 += u32::from(!refused);
        let wait = WINDOW.saturating_sub(window.0.elapsed()).as_secs() + 1;
        let header = |text: String| HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""));
        Admission {
            policy: header(format!("\"all\";q={REQUESTS};w={}", WINDOW.as_secs())),
            state: header(format!("\"all\";r={};t={wait}", REQUESTS - window.1)),
            refused: refused.then(|| Exhausted { limit: format!("of {REQUESTS} requests a minute"), retry_after: wait }),
        }
    }
}
