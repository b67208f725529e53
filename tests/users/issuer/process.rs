//! A real issuer: the certified `oidc-provider` in Node, in a process of its own.
//!
//! Not `oauth2-mock-server`: it makes tokens without a login, its maintained versions want Node 22, and to let `oidc-provider`
//! publish new keys takes one new instance behind the same address.

use super::super::seconds;
use lending_api::config::OidcConfig;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::Stdio,
    sync::OnceLock,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

pub struct Issuer {
    pub child: Child,
    /// Kept open: the process ends when it cannot write to it.
    _output: Lines<BufReader<ChildStdout>>,
    pub url: String,
}

impl Issuer {
    /// `None`, loudly, where there is no Node; a failure where `CI=true`.
    pub async fn start(port: &str) -> Option<Self> {
        let folder = installed()?;
        let mut child = Command::new("node")
            .arg("issuer.mjs")
            .current_dir(folder)
            .env("PORT", port)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = tokio::time::timeout(seconds(60), lines.next_line()).await.unwrap().unwrap().expect("it starts");
        Some(Self { child, _output: lines, url })
    }

    async fn get(&self, path: &str) -> Value {
        let answer = reqwest::get(format!("{}{path}", self.url)).await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    pub async fn token(&self, sub: &str) -> String {
        self.get(&format!("/test/token?sub={sub}")).await.as_str().unwrap().to_owned()
    }

    /// New keys, the first of which signs with `alg`; of the generations before, `keep` stay published.
    pub async fn rotate(&self, alg: &str, keep: usize) {
        self.get(&format!("/test/rotate?alg={alg}&keep={keep}")).await;
    }

    /// Tokens live so long from now on.
    pub async fn lifetime(&self, seconds: u32) {
        self.get(&format!("/test/lifetime?seconds={seconds}")).await;
    }

    pub async fn fetches(&self) -> u64 {
        self.get("/test/counts").await["jwks"].as_u64().unwrap()
    }

    pub fn config(&self) -> OidcConfig {
        OidcConfig::new(&self.url, "lending-web")
    }
}

/// The folder in which the issuer's packages are, installed once as `package-lock.json` says.
fn installed() -> Option<&'static Path> {
    static FOLDER: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match FOLDER.get_or_init(install) {
        Ok(folder) => Some(folder),
        Err(reason) => {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "no real issuer: {reason}");
            // past the capture of the test's output
            let _ = writeln!(
                std::io::stderr(),
                "\n*** NOT TESTED against a real issuer: {reason}; install Node 20 or later, and npm ***"
            );
            None
        }
    }
}

fn install() -> Result<PathBuf, String> {
    let failed = |what: &str, e: std::io::Error| format!("{what}: {e}");
    let source: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "users", "issuer"].iter().collect();
    let parent = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let draft = tempfile::tempdir_in(parent).map_err(|e| failed("target", e))?;
    let mut hash = Sha256::new();
    for file in ["issuer.mjs", "package.json", "package-lock.json"] {
        let bytes = std::fs::read(source.join(file)).map_err(|e| failed(file, e))?;
        hash.update(&bytes);
        std::fs::write(draft.path().join(file), bytes).map_err(|e| failed(file, e))?;
    }
    let run = |program: &str, args: &[&str]| {
        let output = std::process::Command::new(program).args(args).current_dir(draft.path()).output();
        let output = output.map_err(|e| failed(program, e))?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(()) } else { Err(format!("{program} {}: {text}", args.join(" "))) }
    };
    run("node", &["--version"])?;
    let folder = parent.join(format!("issuer-{}", super::super::forge::b64(&hash.finalize()[..12])));
    if !folder.exists() {
        run("npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"])?;
        // whole or not at all; another process may have been faster
        let _ = std::fs::rename(draft.path(), &folder);
    }
    if folder.exists() { Ok(folder) } else { Err("its folder could not be made".into()) }
}
