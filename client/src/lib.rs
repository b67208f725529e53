//! Client of the lending API for app servers.
//!
//! The generated client knows the operations; this crate adds what every caller would otherwise write by hand: a
//! token that is signed anew for each attempt, proofs of users and keys that are renewed on the way, pauses and further attempts where
//! they are safe, errors that a program can branch on, and lists that page by themselves. It depends on neither the server nor its framework.
//!
//! ```no_run
//! use lending_api_client::{ApiError, Client, Proof, TryStreamExt, types};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let key = std::env::var("APP_SERVER_KEY")?;
//! let client = Client::builder("https://lending.example.gov").service("prepay").key(key).build()?;
//!
//! // Everything that a session does is done on behalf of its user.
//! let session = client.as_user("1001").at_location("5");
//!
//! // A service whose users are not taken on its word adds what proves them. The session keeps it, and so do its clones:
//! // hold on to one as long as the user's login.
//! # async fn id_token_of(_: &str) -> Result<String, std::io::Error> { Ok(String::new()) }
//! let web = client.as_user("1001").with_proof_source(|| async {
//!     Ok(Proof::IdToken(id_token_of("1001").await?.into()))
//! });
//! # drop(web);
//!
//! // A list asks for its next page when the last row of the page before was taken.
//! let mut payoffs = session.stream(|api| api.list_payoffs().status(vec![types::PayoffStatus::Requested]));
//! while let Some(payoff) = payoffs.try_next().await? {
//!     println!("{} on {}", payoff.loan_number.as_str(), payoff.payoff_date);
//! }
//!
//! // A single call is the generated one; `?` turns its error into an `ApiError`.
//! async fn name(session: &lending_api_client::Session, id: &str) -> Result<String, ApiError> {
//!     let location = session.get_location().id(id).send().await?.into_inner();
//!     Ok(location.name.to_string())
//! }
//! match name(&session, "5").await {
//!     Ok(name) => println!("{name}"),
//!     Err(ApiError::RateLimited { retry_after, .. }) => println!("again in {} s", retry_after.as_secs()),
//!     Err(error) if error.code() == Some("outside_own_locations") => println!("not one of the user's"),
//!     Err(error) => return Err(error.into()),
//! }
//! # Ok(())
//! # }
//! ```

mod budget;
mod builder;
mod call;
mod client;
mod clock;
mod error;
mod keys;
mod pages;
mod proof;
mod retry;
mod session;
mod token;
mod transport;

pub use builder::{BuildError, ClientBuilder};
pub use client::Client;
pub use error::{ApiError, ProblemDetails, SourceFailure, UnexpectedAnswer};
pub use futures_util::{Stream, StreamExt, TryStreamExt};
pub use generated_client::{Paged, ResponseValue, types};
pub use keys::Key;
pub use pages::{Pages, pages};
pub use proof::{Proof, ProofFuture, ProofSource, SourceError};
pub use session::Session;

/// The generated client: one method per operation of the document, each returning a request builder.
pub use generated_client as generated;
