//! Starts the server on 127.0.0.1; `PORT` names another port than 8080, `API_TOKEN` the token that callers send.

mod handlers;
mod limit;
mod platform;
mod prelude;
mod store;
mod token;

use dropshot::{ConfigDropshot, ConfigLogging, ConfigLoggingLevel, HandlerTaskMode, ServerBuilder};
use platform::App;
use std::{env, error::Error, net::SocketAddr, sync::Arc};
use token::Token;

/// A request to begin with.
const TRY: &str = "{{try}}";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let token = Token::from_environment()?;
    let port = match env::var("PORT") {
        Ok(text) => text.parse().map_err(|e| format!("PORT: {e}"))?,
        Err(_) => 8080,
    };
    let config = ConfigDropshot {
        bind_address: SocketAddr::from(([127, 0, 0, 1], port)),
        default_request_body_max_bytes: 1024 * 1024,
        default_handler_task_mode: HandlerTaskMode::Detached,
        ..ConfigDropshot::default()
    };
    let log = ConfigLogging::StderrTerminal { level: ConfigLoggingLevel::Warn }.to_logger("app")?;
    let hint = token.hint();
    let api = generated_server::describe::<App>()?;
    let server = ServerBuilder::new(api, Arc::new(App::new(token)), log).config(config).start()?;
    let address = server.local_addr();
    println!("listening on http://{address}");
    println!("try: curl -i -H \"Authorization: Bearer {hint}\" http://{address}{TRY}");
    tokio::signal::ctrl_c().await?;
    server.close().await.map_err(Into::into)
}
