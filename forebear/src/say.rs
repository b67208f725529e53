//! Words for people, which nobody need read to the end: `forebear lint x | head -1` is no fault.

use std::io::{self, Write as _};

/// Writes to standard output; a reader that has gone away is no error.
///
/// # Errors
/// In words, when the output cannot be written for another reason.
pub fn say(text: &str) -> Result<(), String> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(format!("error: standard output: {e}\n")),
        _ => Ok(()),
    }
}

/// Writes to standard error, where nothing else could say that it failed.
pub fn warn(text: &str) {
    _ = io::stderr().write_all(text.as_bytes());
}
