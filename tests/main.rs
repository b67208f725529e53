//! Everything that is proven from outside: a real server on port 0 over a fresh database.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

/// Limits by address.
mod addresses;
/// One file per tag: every operation over HTTP, good and bad.
mod api;
/// Arrows between the crates.
mod architecture;
/// Who changed, tried and read what.
mod audit;
/// Configuration and the command line, as a person types them.
mod command;
/// What Dropshot emits equals the source; every operation has a test; every change has its audit record.
mod contract;
/// The document itself: clean, released, and every operation of it with its policies.
mod document;
/// What is kept when the process or its disk fails.
mod durability;
/// The generated crates are what the document gives.
mod freshness;
/// Connections, before there is a request.
mod front;
/// Instances of every schema against every operation.
mod instances;
/// Answers that are kept until the data changes.
mod kept_answers;
/// The limiter, from outside.
mod limits;
/// The copy of the audit trail in DynamoDB.
mod relay;
/// What changes while the server runs.
mod reload;
/// Who may call.
mod security;
/// What instances share in Redis.
mod shared;
/// Migrations, group commit, durability.
mod store;
mod support;
/// How users are proven: id tokens and sessions.
mod users;
