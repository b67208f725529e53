//! What a server in development mode says of itself: a request that works, to copy.
//!
//! A token is good for one request, so the request makes its own, with this program and these settings. It works from any folder, and
//! as often as it is repeated.

use lending_api::{auth, config::Config};
use std::{
    env,
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// Settings that decide what a token is signed with, and can come from the environment.
const VARIABLES: [&str; 3] = ["LENDING_CONFIG", "LENDING_DATA_DIR", "LENDING_AUDIENCE"];

/// What there is to greet with.
pub struct Greeting<'a> {
    /// The configuration file that was named at the command line.
    pub file: Option<&'a Path>,
    /// The configuration.
    pub config: &'a Config,
}

impl Greeting<'_> {
    /// The whole text.
    pub fn text(&self, address: SocketAddr) -> String {
        let (folder, token) = (self.config.data_dir.display(), self.token());
        format!(
            "development mode: random keys in {folder}, loopback only, sample data\n\n\
             curl -H \"Authorization: Bearer $({token})\" 'http://{address}/api/v1/location'\n\n\
             The token is good for one request within {} s; the command makes a new one each time.",
            auth::MAX_LIFETIME
        )
    }

    /// The command that prints a token, for a shell in any folder.
    fn token(&self) -> String {
        let here = env::current_dir().unwrap_or_default();
        let program = env::current_exe().unwrap_or_else(|_| PathBuf::from("lending-api"));
        let program = program.strip_prefix(&here).map_or(program.clone(), |below| Path::new(".").join(below));
        let mut words = vec!["cd".into(), quoted(&here.to_string_lossy()), "&&".into()];
        let set = VARIABLES.iter().filter_map(|name| Some(format!("{name}={}", quoted(&env::var(name).ok()?))));
        words.extend(set);
        words.push(quoted(&program.to_string_lossy()));
        words.extend(self.file.iter().flat_map(|file| ["--config".into(), quoted(&file.to_string_lossy())]));
        words.push("token --service prepay --user 1001".into());
        words.join(" ")
    }
}

/// A word as a POSIX shell reads it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%=,".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.into() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}
