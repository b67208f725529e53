//! How users are proven: id tokens against a real issuer and against forgers, sessions against an endpoint with bad days.

/// What the issuer's keys cost: how often they are fetched, who waits, what happens when it is down.
mod cache;
/// The Rust client, whose sources renew what proves the user.
mod client;
/// What an issuer's documents must not say.
mod discovery;
mod forge;
/// A real issuer in Node: its tokens, new keys under load, its death.
mod issuer;
mod peer;
/// Each service with its one proof, through the server.
mod requests;
/// Sessions.
mod session;
/// Settings that stop the start.
mod settings;
/// A server that ends while somebody waits for an answer about a user.
mod shutdown;
/// Good tokens and forged ones.
mod tokens;

pub use issuer::process::Issuer;
use lending_api::{clock::Clock, error::Error};
use std::time::Duration;

/// The kind of an outcome, without its reason.
fn kind(outcome: &Result<(), Error>) -> &'static str {
    match outcome {
        Ok(()) => "good",
        Err(Error::Unauthenticated(_)) => "401",
        Err(Error::Unavailable(_)) => "503",
        Err(_) => "another error",
    }
}

/// Lets time pass for whoever measures it; nothing may be under way.
async fn later(by: Duration) {
    tokio::time::pause();
    tokio::time::advance(by).await;
    tokio::time::resume();
}

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// The real time in seconds: tokens of a real issuer carry it.
fn now() -> i64 {
    Clock::system().now().timestamp()
}
