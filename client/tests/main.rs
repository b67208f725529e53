//! Tests of the client's public API, against a server that only plays back answers.

/// A settings mistake is found by `build`, and named.
mod building;
/// Every kind of refusal becomes the error that a caller can act on.
mod errors;
/// The server that plays back answers and keeps what it was asked.
mod fake;
/// What the server says in numbers that no clock can count.
mod numbers;
/// Lists are walked to their end, lazily, each request signed anew.
mod paging;
/// The resource that the tests of calls read and change.
mod resource;
/// Which calls are made again, when, and with what.
mod retrying;
/// What a call comes to when its attempts differ, its source fails, or its time is too short.
mod sending;
/// Sources of proofs and keys that hang, panic, or give what cannot be used.
mod sources;
