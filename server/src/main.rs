//! The `lending-api` command.

mod audit_command;
mod greeting;
mod output;

use audit_command::AuditCommand;
use clap::{Parser, Subcommand};
use greeting::Greeting;
use lending_api::{
    auth::{self, Subject},
    clock::Clock,
    config::{Config, Development},
    data::import,
    error::chain,
    reload::{self, Watch},
    serve,
};
use secrecy::ExposeSecret;
use std::{convert::Infallible, error::Error, path::PathBuf, process::ExitCode, sync::mpsc::Sender};
use tokio::signal::unix::{Signal, SignalKind, signal};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Lending API server. Without a subcommand it serves; without any configuration it does so in development mode.
#[derive(Parser)]
#[command(
    version,
    after_help = "Settings come from lending.toml (or --config, or LENDING_CONFIG) and from the environment: \
LENDING_BIND, LENDING_DATA_DIR, LENDING_AUDIENCE, LENDING_LOG, LENDING_SAMPLE, LENDING_SERVICES, LENDING_OIDC__*, LENDING_SESSION__*, \
LENDING_REDIS__*, LENDING_LIMITS__*, LENDING_AUDIT__*, LENDING_DYNAMODB__*, LENDING_HTTP__*, LENDING_TLS__*, LENDING_CORS__*. The README lists each with its \
default. A running \
server takes services, keys and certificate anew on SIGHUP and when one of their files changes."
)]
struct Arguments {
    /// Configuration file, TOML.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve requests until SIGTERM or Ctrl-C.
    Serve,
    /// Bring the database up to date and say what ran.
    Migrate,
    /// Add or change rows from a CSV file: all of them or none.
    Import {
        /// country, naics-code, franchise, location, user, size-standard, payoff-quote or payoff-status.
        resource: String,
        /// CSV file with a header line.
        file: PathBuf,
    },
    /// Print a token, and nothing else.
    Token {
        /// Calling service; it must be configured, or be the development service `prepay`.
        #[arg(long)]
        service: String,
        /// User on whose behalf it calls.
        #[arg(long)]
        user: Option<String>,
        /// Location at which the user works.
        #[arg(long)]
        location: Option<String>,
        /// Seconds that the token is good for, 300 at most.
        #[arg(long, default_value_t = auth::MAX_LIFETIME, value_parser = clap::value_parser!(i64).range(1..=auth::MAX_LIFETIME))]
        lifetime: i64,
    },
    /// Look at the audit trail.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Print the published OpenAPI document as JSON.
    Openapi,
    /// Print the development key of a service; fails where services are configured.
    DevKey {
        /// Service.
        #[arg(long, default_value = "prepay")]
        service: String,
    },
}

type Fault = Box<dyn Error + Send + Sync>;

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) if output::is_unread(&*e) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: {}", chain(&*e));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Fault> {
    let Arguments { config: file, command } = arguments;
    let command = command.unwrap_or(Command::Serve);
    if matches!(command, Command::Openapi) {
        return openapi();
    }
    let (watch, mut config) = Watch::load(file.as_deref())?;
    let development = config.is_development();
    Development::apply(&mut config)?;
    let clock = Clock::system();
    match command {
        Command::Serve => {
            let greeting = development.then_some(Greeting { file: file.as_deref(), config: &config });
            serve_until_signal(watch, &config, clock, greeting)
        }
        Command::Migrate => {
            for step in serve::prepare(&config, &clock)? {
                output::line(step)?;
            }
            Ok(output::line(format_args!("{} is up to date", config.database().display()))?)
        }
        Command::Import { resource, file } => {
            serve::prepare(&config, &clock)?;
            let report = import::import(&config, &resource, &file, clock.now())?;
            Ok(output::line(format_args!("{resource}: {report}"))?)
        }
        Command::Token { service, user, location, lifetime } => {
            let subject = Subject { user: user.as_deref(), location: location.as_deref() };
            Ok(output::line(token(&config, &service, &subject, clock.now().timestamp(), lifetime)?)?)
        }
        Command::Audit { command } => audit_command::run(command, &config),
        Command::DevKey { service } => dev_key(&config, &service, development),
        Command::Openapi => openapi(),
    }
}

fn openapi() -> Result<(), Fault> {
    let document = <generated_server::Document as forebear_runtime::Api>::contract().document();
    Ok(output::line(serde_json::to_string_pretty(document)?)?)
}

fn token(config: &Config, service: &str, subject: &Subject<'_>, now: i64, lifetime: i64) -> Result<String, Fault> {
    let ring = serve::keyring(config)?;
    let minted = auth::mint(&ring, service, subject, now, lifetime);
    let known = || format!("service `{service}` has no key; known are {}", ring.services().join(", "));
    Ok(minted.ok_or_else(known)??)
}

fn dev_key(config: &Config, service: &str, development: bool) -> Result<(), Fault> {
    if !development {
        return Err("services are configured: there are no development keys".into());
    }
    let keys = config.services.get(service).map(|s| &s.keys);
    let key = keys.and_then(|k| k.first()).ok_or_else(|| format!("there is no development service `{service}`"))?;
    Ok(output::line(key.read()?.expose_secret())?)
}

fn serve_until_signal(
    watch: Watch,
    config: &Config,
    clock: Clock,
    greeting: Option<Greeting<'_>>,
) -> Result<(), Fault> {
    log_to_stderr(&config.log)?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        // before the start: one that comes meanwhile would end the process
        let hangup = signal(SignalKind::hangup())?;
        let running = serve::start(config, clock).await?;
        // a server serves, also when nobody reads what it prints
        let say = |text: String| output::line(text).or_else(|e| if output::is_unread(&e) { Ok(()) } else { Err(e) });
        say(format!("lending-api listens on http://{}", running.address()))?;
        let development = greeting.is_some();
        if let Some(greeting) = greeting {
            running.ready().await;
            say(greeting.text(running.address()))?;
        }
        let reload = reload::start(watch, running.reloader(), development)?;
        tokio::select! {
            () = signalled(&mut terminate, &mut interrupt) => {}
            never = pass_on(hangup, reload) => match never {},
        }
        tokio::select! {
            stopped = running.stop() => stopped.map_err(Into::into),
            () = signalled(&mut terminate, &mut interrupt) => Err("stopped by a second signal".into()),
        }
    })
}

/// SIGHUP asks for a reload.
async fn pass_on(mut hangup: Signal, reload: Sender<()>) -> Infallible {
    loop {
        hangup.recv().await;
        if reload.send(()).is_err() {
            tracing::error!("SIGHUP changes nothing: the thread that reloads has ended");
        }
    }
}

async fn signalled(terminate: &mut Signal, interrupt: &mut Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

fn log_to_stderr(filter: &str) -> Result<(), Fault> {
    let filter = tracing_subscriber::EnvFilter::try_new(filter).map_err(|e| format!("log: {e} (LENDING_LOG)"))?;
    tracing_subscriber::fmt().json().flatten_event(true).with_writer(std::io::stderr).with_env_filter(filter).init();
    Ok(())
}
