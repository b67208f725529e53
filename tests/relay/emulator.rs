//! DynamoDB as moto plays it, in a process that is killed and comes back with what it had answered.

use crate::support::program::{free_port, send_signal};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

/// An item as the emulator gives it: each member with its type.
pub type Item = Map<String, Value>;

pub struct Emulator {
    child: Option<Child>,
    folder: tempfile::TempDir,
    port: u16,
}

impl Emulator {
    /// `None`, loudly, where there is no Python; a failure where `CI=true`. It has no table yet.
    pub fn start() -> Option<Self> {
        installed()?;
        let mut emulator = Self { child: None, folder: tempfile::tempdir().unwrap(), port: free_port() };
        emulator.again();
        Some(emulator)
    }

    /// Starts it on the same port, with everything that it had answered.
    pub fn again(&mut self) {
        assert!(self.child.is_none());
        let source: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "relay", "emulator.py"].iter().collect();
        let child = Command::new(installed().unwrap().join("bin/python"))
            .arg(source)
            .arg(self.port.to_string())
            .arg(self.folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.child = Some(child);
        let begin = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(begin.elapsed() < Duration::from_secs(60), "the emulator does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Kills it at once: `kill -9`.
    pub fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// `STOP` makes it hang, `CONT` wakes it up again.
    pub fn signal(&self, name: &str) {
        send_signal(self.child.as_ref().unwrap(), name);
    }

    /// Refuses every put from now on, or no longer.
    pub fn deny(&self, denied: bool) {
        let file = self.folder.path().join("denied");
        if denied { std::fs::write(file, "").unwrap() } else { std::fs::remove_file(file).unwrap() }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// How often anything was put, also what was there.
    pub fn puts(&self) -> usize {
        let journal = std::fs::read_to_string(self.folder.path().join("journal")).unwrap_or_default();
        journal.lines().filter(|line| line.contains("PutItem")).count()
    }

    /// Makes the table, as the README says.
    pub async fn create_table(&self) {
        let id = [("AttributeName", "id")];
        let with = |name: &str, value: &str| {
            let mut part: BTreeMap<&str, &str> = id.into();
            part.insert(name, value);
            json!([part])
        };
        let (keys, types) = (with("KeyType", "HASH"), with("AttributeType", "S"));
        let body = json!({"TableName": "audit", "KeySchema": keys, "AttributeDefinitions": types, "BillingMode": "PAY_PER_REQUEST"});
        self.call("CreateTable", &body).await;
    }

    /// Writes over an item, as somebody does who may.
    pub async fn overwrite(&self, item: &Item) {
        self.call("PutItem", &json!({"TableName": "audit", "Item": item})).await;
    }

    /// Everything in the table, in the order of the ids; each item as often as it is there.
    pub async fn items(&self) -> Vec<Item> {
        let (mut all, mut from) = (vec![], Value::Null);
        loop {
            let mut body = json!({"TableName": "audit", "ConsistentRead": true});
            if !from.is_null() {
                body["ExclusiveStartKey"] = from;
            }
            let mut page = self.call("Scan", &body).await;
            all.extend(page["Items"].as_array().unwrap().iter().map(|item| item.as_object().unwrap().clone()));
            from = page["LastEvaluatedKey"].take();
            if from.is_null() {
                all.sort_by_key(|item| item["id"].to_string());
                return all;
            }
        }
    }

    async fn call(&self, operation: &str, body: &Value) -> Value {
        let credential = "Credential=test/20260609/us-gov-west-1/dynamodb/aws4_request";
        let request = reqwest::Client::new()
            .post(self.url())
            .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
            .header("authorization", format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=none"))
            .header("content-type", "application/x-amz-json-1.0");
        let answer = request.body(body.to_string()).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{operation}: {text}");
        serde_json::from_str(&text).unwrap()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.kill();
        }
    }
}

/// The Python environment of the emulator, installed once as `requirements.txt` says.
fn installed() -> Option<&'static Path> {
    static FOLDER: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match FOLDER.get_or_init(install) {
        Ok(folder) => Some(folder),
        Err(reason) => {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "no DynamoDB: {reason}");
            // past the capture of the test's output
            let _ = writeln!(
                std::io::stderr(),
                "\n*** NOT TESTED against DynamoDB: {reason}; install Python 3.10 or later, with venv and pip ***"
            );
            None
        }
    }
}

fn install() -> Result<PathBuf, String> {
    let wanted: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "relay", "requirements.txt"].iter().collect();
    let parent = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let text = std::fs::read(&wanted).map_err(|e| format!("{}: {e}", wanted.display()))?;
    let hash: String = Sha256::digest(text).iter().take(8).map(|b| format!("{b:02x}")).collect();
    let folder = parent.join(format!("moto-{hash}"));
    if folder.exists() {
        return Ok(folder);
    }
    let draft = tempfile::tempdir_in(parent).map_err(|e| format!("target: {e}"))?;
    let run = |program: &Path, arguments: &[&std::ffi::OsStr]| {
        let output =
            Command::new(program).args(arguments).output().map_err(|e| format!("{}: {e}", program.display()))?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(()) } else { Err(format!("{}: {text}", program.display())) }
    };
    run(Path::new("python3"), &["-m".as_ref(), "venv".as_ref(), draft.path().as_ref()])?;
    let quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"].map(AsRef::as_ref);
    run(&draft.path().join("bin/python"), &[quiet.as_slice(), &[wanted.as_ref()]].concat())?;
    // whole or not at all; another process may have been faster
    let _ = std::fs::rename(draft.path(), &folder);
    if folder.exists() { Ok(folder) } else { Err("its folder could not be made".into()) }
}
