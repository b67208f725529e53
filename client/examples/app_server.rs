//! What an app server does with the lending API, from its first call to its last: finds out where a user works,
//! requests a payoff there, reads it back, and lists the people of that location.
//!
//! ```text
//! APP_SERVER_KEY=$(cargo run -q -- dev-key) cargo run --example app_server
//! ```
//!
//! Against a server on this machine it needs nothing else. `APP_SERVER_URL` (default `http://127.0.0.1:8080`),
//! `APP_SERVER_SERVICE` (`prepay`) and `APP_SERVER_USER` (`1001`) point it elsewhere.

use anyhow::{Context, bail};
use chrono::{Days, NaiveDate, Utc};
use lending_api_client::{ApiError, Client, Session, TryStreamExt, types};
use std::{env, process::ExitCode};

/// Days to try for a payoff. No ten days in a row are closed.
const DAYS: u64 = 10;

const KEY_MISSING: &str = "APP_SERVER_KEY is not set. A server that runs without configuration has a development key in \
                           its data folder; print it with: cargo run -- dev-key";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("app_server: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    let setting = |name, default: &str| env::var(name).unwrap_or_else(|_| default.to_owned());
    let url = setting("APP_SERVER_URL", "http://127.0.0.1:8080");
    let user = setting("APP_SERVER_USER", "1001");
    let client = Client::builder(url.as_str())
        .service(setting("APP_SERVER_SERVICE", "prepay"))
        .key(env::var("APP_SERVER_KEY").ok().context(KEY_MISSING)?)
        .build()
        .context("APP_SERVER_URL, APP_SERVER_SERVICE or APP_SERVER_KEY is wrong")?;
    let session = client.as_user(user.as_str());

    println!("Locations of user {user} at {url}:");
    let locations: Vec<_> = session
        .stream(|api| api.list_locations())
        .try_collect()
        .await
        .with_context(|| format!("the locations of user {user} cannot be listed"))?;
    for location in &locations {
        println!("  {:>10}  {} ({})", location.id.as_str(), location.name.as_str(), location.type_);
    }
    let Some(location) = locations.first() else { bail!("user {user} belongs to no location") };

    let session = session.at_location(location.id.as_str());
    let payoff = request_payoff(&session, &location.id).await.context("the payoff cannot be requested")?;
    println!("Requested payoff {} for {}.", payoff.id.0, payoff.payoff_date);

    let payoff = read_payoff(&session, payoff.id).await.context("the payoff cannot be read back")?;
    let quote = payoff.quote.map_or_else(|| "not computed yet".to_owned(), |quote| quote.total.to_string());
    println!("Read it back: loan {}, status {}, quote {quote}.", payoff.loan_number.as_str(), payoff.status);

    println!("Users of location {}:", location.id.as_str());
    let mut users = session.stream(|api| api.list_users().location_id(vec![location.id.clone()]));
    while let Some(user) = users.try_next().await.context("the users cannot be listed")? {
        println!("  {:>10}  {} {}", user.id.as_str(), user.first_name.as_str(), user.last_name.as_str());
    }
    Ok(())
}

/// Requests a payoff on the next business day. Which days those are is the server's knowledge: it refuses the others
/// with an error that points at the date.
#[expect(clippy::disallowed_methods, reason = "a program of its own has no other clock")]
async fn request_payoff(session: &Session, location: &types::LocationId) -> anyhow::Result<types::Payoff> {
    let today = Utc::now().date_naive();
    for date in (1..=DAYS).filter_map(|days| today.checked_add_days(Days::new(days))) {
        match create_payoff(session, location, date).await {
            Ok(payoff) => return Ok(payoff),
            Err(error) if is_closed_day(&error) => println!("  {date} is not a business day."),
            Err(error) => return Err(error.into()),
        }
    }
    bail!("none of the next {DAYS} days is a business day")
}

async fn create_payoff(
    session: &Session,
    location: &types::LocationId,
    date: NaiveDate,
) -> Result<types::Payoff, ApiError> {
    let requester = types::PayoffRequester::builder()
        .name("Pat Example")
        .email("pat@example.com")
        .phone("+12025550123")
        .role(types::RequesterRole::Borrower);
    let payoff = types::NewPayoff::builder()
        .loan_number("1234567890")
        .program(types::PayoffProgram::X7a)
        .location_id(location.clone())
        .payoff_date(date)
        .reason(types::PayoffReason::Sale)
        .payment_method(types::PaymentMethod::Wire)
        .requester(requester);
    // with a key the client may send it again when an answer is lost, and still there is one payoff
    let key = uuid::Uuid::new_v4().to_string();
    Ok(session.create_payoff().idempotency_key(key).body(payoff).send().await?.into_inner())
}

async fn read_payoff(session: &Session, id: types::PayoffId) -> Result<types::Payoff, ApiError> {
    Ok(session.get_payoff().id(id).send().await?.into_inner())
}

fn is_closed_day(error: &ApiError) -> bool {
    error.status() == Some(422) && error.problem().is_some_and(|p| p.errors_at("/payoff_date").next().is_some())
}
