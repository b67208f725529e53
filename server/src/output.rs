//! What a command prints. A reader who has enough and goes away, as `head` does, is no fault of the command.

use std::{
    fmt::Display,
    io::{self, ErrorKind, Write},
};

/// Prints a line.
///
/// # Errors
/// When standard output takes no more.
pub fn line(text: impl Display) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{text}")
}

/// Whether a command ended because nobody reads what it prints.
pub fn is_unread(e: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(e);
    while let Some(e) = next {
        let io = e.downcast_ref::<io::Error>().map(io::Error::kind);
        let json = e.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        if io.or(json) == Some(ErrorKind::BrokenPipe) {
            return true;
        }
        next = e.source();
    }
    false
}
