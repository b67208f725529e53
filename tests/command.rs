//! The binary, as a person starts it.

use crate::{
    security::forge::PREPAY,
    support::{
        program::{Program, is_there, send_signal},
        tamper,
    },
};
use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

/// Alters a sealed record.
const ALTER_SEVEN: &str = "UPDATE audit_record SET service = 'x' WHERE seq = 7";

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lending-api"));
    command.current_dir(folder).env_clear().env("LENDING_BIND", "127.0.0.1:0");
    command
}

fn run(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    command(folder).args(arguments).envs(variables.iter().copied()).output().unwrap()
}

fn refused(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let output = run(folder, arguments, variables);
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

struct Served {
    child: Child,
    lines: Vec<String>,
}

/// Starts the server and reads what it prints, up to its last line.
fn serve(folder: &Path) -> Served {
    started(&mut command(folder))
}

fn started(command: &mut Command) -> Served {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut lines = vec![];
    while lines.last().is_none_or(|l: &String| !l.starts_with("The token is good")) {
        let mut line = String::new();
        assert!(reader.read_line(&mut line).unwrap() > 0, "the server ended: {lines:?}");
        lines.push(line.trim_end().to_string());
    }
    std::thread::spawn(move || reader.read_to_end(&mut vec![]));
    Served { child, lines }
}

impl Served {
    fn address(&self) -> &str {
        self.lines[0].strip_prefix("lending-api listens on ").unwrap()
    }

    fn terminate(mut self) -> bool {
        send_signal(&self.child, "TERM");
        self.child.wait().unwrap().success()
    }
}

#[test]
fn the_printed_curl_works() {
    if !is_there("curl", "the_printed_curl_works") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let served = serve(folder.path());
    let line = served.lines.iter().find(|l| l.starts_with("curl ")).unwrap();
    // from any folder, and again when it is repeated: a token is good for one request
    for elsewhere in ["/", "/", folder.path().to_str().unwrap()] {
        let mut shell = Command::new("sh");
        let output = shell.args(["-c", &format!("{line} --silent --fail")]).current_dir(elsewhere).output().unwrap();
        let body: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        assert!(body["items"].as_array().is_some_and(|items| items.len() >= 2), "{line}: {output:?}");
    }
    let last = served.lines.last().unwrap();
    assert_eq!(last, "The token is good for one request within 300 s; the command makes a new one each time.");
    assert!(folder.path().join("lending-data/lending.db").is_file());
    assert!(served.terminate());
}

/// The settings that were given for this start alone are in the command, too.
#[test]
fn the_printed_curl_knows_the_settings() {
    if !is_there("curl", "the_printed_curl_knows_the_settings") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let odd = folder.path().join("it's a folder");
    std::fs::create_dir(&odd).unwrap();
    std::fs::write(odd.join("other.toml"), "audience = \"elsewhere\"\n").unwrap();
    let served = started(command(&odd).args(["--config", "other.toml"]).env("LENDING_DATA_DIR", "my data"));
    let line = served.lines.iter().find(|l| l.starts_with("curl ")).unwrap();
    let mut shell = Command::new("sh");
    let output = shell.args(["-c", &format!("{line} --silent --fail")]).current_dir("/").output().unwrap();
    assert!(output.stdout.starts_with(b"{\"items\""), "{line}: {output:?}");
    assert!(served.terminate());
}

/// A reader who has seen enough is no fault, and no panic; what an exit code must tell, it still tells.
#[test]
fn a_reader_may_go_away() {
    let folder = tempfile::tempdir().unwrap();
    assert!(serve(folder.path()).terminate());
    let unread = |arguments: &[&str]| {
        let mut command = command(folder.path());
        let mut child = command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for arguments in [
        &["openapi"][..],
        &["token", "--service", "prepay"],
        &["dev-key"],
        &["migrate"],
        &["audit", "export"],
        &["audit", "show", "country", "US"],
        &["audit", "checkpoints"],
        &["audit", "verify"],
    ] {
        assert_eq!(unread(arguments), (Some(0), String::new()), "{arguments:?}");
    }
    let db = rusqlite::Connection::open(folder.path().join("lending-data/lending.db")).unwrap();
    tamper(&db, ALTER_SEVEN);
    let (code, error) = unread(&["audit", "verify"]);
    assert!(code == Some(1) && error.contains("the audit trail is not what was sealed"), "{code:?}: {error}");
}

/// After a kill the server waits some seconds, says so once, and is not alarmed by those who ask whether it is ready.
#[tokio::test]
async fn a_start_after_a_kill_is_announced_once() {
    let folder = tempfile::tempdir().unwrap();
    drop(Program::serve(folder.path())); // killed
    let program = Program::serve(folder.path());
    for _ in 0..5 {
        assert_eq!(reqwest::get(format!("{}/readyz", program.base)).await.unwrap().status(), 503);
    }
    let token = token(folder.path());
    let url = format!("{}/api/v1/location", program.base);
    assert_eq!(reqwest::Client::new().get(url).bearer_auth(token).send().await.unwrap().status(), 503);
    program.wait_for(6, "\"status\":503").await;
    assert_eq!((program.logged("not ready yet"), program.logged("WARN"), program.logged("ERROR")), (1, 1, 0));
}

#[tokio::test]
async fn a_token_is_printed_alone_and_good() {
    let folder = tempfile::tempdir().unwrap();
    let served = serve(folder.path());
    let output = run(folder.path(), &["token", "--service", "prepay", "--user", "1001"], &[]);
    let token = String::from_utf8(output.stdout).unwrap();
    let url = format!("{}/api/v1/location", served.address());
    let answer = reqwest::Client::new().get(url).bearer_auth(token.trim_end()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(served.terminate());
    let error = refused(folder.path(), &["token", "--service", "nobody"], &[]);
    assert_eq!(error, "error: service `nobody` has no key; known are prepay\n");
}

#[tokio::test]
async fn sigterm_loses_no_request_in_flight() {
    let folder = tempfile::tempdir().unwrap();
    let served = serve(folder.path());
    let url = format!("{}/api/v1/resource", served.address());
    // the database is locked, so that every post is in flight when the signal comes
    let lock = rusqlite::Connection::open(folder.path().join("lending-data/lending.db")).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    let http = reqwest::Client::new();
    let posts: Vec<_> = (0..20)
        .map(|i| {
            let body = serde_json::json!({"name": format!("In flight {i}"), "status": "active"});
            tokio::spawn(http.post(&url).bearer_auth(token(folder.path())).json(&body).send())
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    let stopped = tokio::task::spawn_blocking(move || served.terminate());
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    lock.execute_batch("COMMIT").unwrap();
    for post in posts {
        assert_eq!(post.await.unwrap().unwrap().status(), 201);
    }
    assert!(stopped.await.unwrap());
    let rows: i64 = lock.query_row("SELECT COUNT(*) FROM resource_item", [], |r| r.get(0)).unwrap();
    assert_eq!(rows, 20);
}

fn token(folder: &Path) -> String {
    let printed = run(folder, &["token", "--service", "prepay", "--user", "1001"], &[]).stdout;
    String::from_utf8(printed).unwrap().trim_end().into()
}

/// A caller who never finishes a request must not keep the server from ending.
#[test]
fn a_second_signal_ends_it_at_once() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let mut served = serve(folder.path());
    let mut half = std::net::TcpStream::connect(served.address().strip_prefix("http://").unwrap()).unwrap();
    let token = token(folder.path());
    let head = format!("POST /api/v1/resource HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n");
    half.write_all(head.as_bytes()).unwrap();
    half.write_all(b"content-type: application/json\r\ncontent-length: 100\r\n\r\n{").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(200));
    let signal = |served: &Served| {
        send_signal(&served.child, "TERM");
        std::thread::sleep(std::time::Duration::from_millis(500));
    };
    signal(&served);
    assert!(served.child.try_wait().unwrap().is_none(), "the half request is waited for");
    signal(&served);
    assert!(served.child.try_wait().unwrap().is_some_and(|status| !status.success()));
}

#[test]
fn two_first_starts_agree_on_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    let keys: Vec<String> = std::thread::scope(|scope| {
        let key = || String::from_utf8(run(folder.path(), &["dev-key"], &[]).stdout).unwrap();
        let starts: Vec<_> = (0..8).map(|_| scope.spawn(key)).collect();
        starts.into_iter().map(|s| s.join().unwrap()).collect()
    });
    assert!(keys[0].len() > 32 && keys.iter().all(|k| *k == keys[0]), "{keys:?}");
    std::fs::write(folder.path().join("lending-data/dev-keys.json"), "").unwrap();
    assert!(refused(folder.path(), &["dev-key"], &[]).contains("delete the file to make new keys"));
}

#[test]
fn a_wrong_setting_stops_the_start_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let weak = "{prepay={scopes=[],user=\"none\",keys=[{id=\"1\",secret=\"short-secret\"}]}}";
    let odd = "{prepay={scopes=[\"everything:write\"],user=\"none\",keys=[{id=\"1\",secret=\"0123456789abcdef0123456789abcdef\"}]}}";
    for (variable, value, expected) in [
        ("LENDING_BIND", "somewhere", "LENDING_BIND: "),
        ("LENDING_BIND", "0.0.0.0:0", "bind = 0.0.0.0:0: development keys are good on loopback only"),
        ("LENDING_PORT", "80", "unknown setting port (LENDING_PORT); known are"),
        ("LENDING_SAMPLE", "perhaps", "LENDING_SAMPLE: "),
        ("LENDING_LOG", "info,[", "LENDING_LOG"),
        ("LENDING_CONFIG", "missing.toml", "configuration file missing.toml does not exist"),
        ("LENDING_SERVICES", weak, "services.prepay.keys: key prepay.1 has 12 bytes"),
        ("LENDING_SERVICES", odd, "services.prepay.scopes: `everything:write` is no scope of the document"),
        ("LENDING_SERVICES", "{prepay={scopes=[],keys=[]}}", "LENDING_SERVICES__PREPAY: missing field `user`"),
        (
            "LENDING_SERVICES",
            "{prepay={scopes=[],user=\"sometimes\",keys=[]}}",
            "LENDING_SERVICES__PREPAY__USER: must be one of none, asserted, oidc, session",
        ),
        ("LENDING_REDIS__URL", "short-secret", "redis.url (LENDING_REDIS__URL) is not a redis:// or rediss:// URL"),
        ("LENDING_HTTP__MAX_CONNECTIONS", "0", "http.max_connections must be at least 1"),
        ("LENDING_CORS__ORIGINS", "[\"https://a.example/\"]", "cors.origins: `https://a.example/` is not an origin"),
        ("LENDING_LIMITS__CLASSES", "{reads={service=1,user=1,window_seconds=1}}", "the document has no class `reads`"),
        ("LENDING_TLS", "{cert_file=\"/no/cert\",key_file=\"/no/key\"}", "tls.cert_file /no/cert: "),
        ("LENDING_DATA_DIR", "/dev/null/x", "/dev/null/x"),
        ("LENDING_DATA_DIR", "", "data_dir (LENDING_DATA_DIR) is empty"),
    ] {
        let error = refused(folder.path(), &["serve"], &[(variable, value)]);
        assert!(error.contains(expected), "{variable}={value}: {error}");
        assert!(!error.contains("short-secret"), "{error}");
    }
    std::fs::write(folder.path().join("lending.toml"), "[services.a]\nkeys=[{id=\"1\",secret=\"abc-hidden\n").unwrap();
    let error = refused(folder.path(), &["serve"], &[]);
    assert!(error.contains("lending.toml: TOML parse error at line 2") && !error.contains("abc-hidden"), "{error}");
    std::fs::write(folder.path().join("lending.toml"), "bnid = \"127.0.0.1:0\"\n").unwrap();
    let error = refused(folder.path(), &["serve"], &[]);
    assert!(error.contains("unknown setting bnid") && error.contains("lending.toml"), "{error}");
}

#[test]
fn development_keys_are_private_and_random() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let key = |folder: &Path| String::from_utf8(run(folder, &["dev-key"], &[]).stdout).unwrap();
    assert_eq!(key(one.path()), key(one.path()));
    assert_ne!(key(one.path()), key(two.path()));
    assert!(key(one.path()).trim_end().len() >= 32);
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(one.path().join("lending-data/dev-keys.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
    let open = one.path().join("open");
    std::fs::create_dir(&open).unwrap();
    assert!(run(one.path(), &["migrate"], &[("LENDING_DATA_DIR", "open")]).status.success());
    let mode = std::fs::metadata(open.join("lending.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

/// Nobody has taken a token on a database that is new, whichever command made it.
#[tokio::test]
async fn after_a_migration_the_first_start_is_ready_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let service = format!("scopes = []\nuser = \"none\"\nkeys = [{{ id = \"1\", secret = \"{PREPAY}\" }}]\n");
    std::fs::write(folder.path().join("lending.toml"), format!("[services.prepay]\n{service}")).unwrap();
    assert!(run(folder.path(), &["migrate"], &[]).status.success());
    let program = Program::serve(folder.path());
    let ready = reqwest::get(format!("{}/readyz", program.base)).await.unwrap();
    assert_eq!(ready.status(), 200);
}

#[test]
fn the_other_verbs() {
    let folder = tempfile::tempdir().unwrap();
    let document: serde_json::Value = serde_json::from_slice(&run(folder.path(), &["openapi"], &[]).stdout).unwrap();
    assert_eq!(document["openapi"], "3.0.3");
    let first = String::from_utf8(run(folder.path(), &["migrate"], &[]).stdout).unwrap();
    assert!(first.starts_with("0001_core/01\n") && first.ends_with("lending.db is up to date\n"), "{first}");
    let again = String::from_utf8(run(folder.path(), &["migrate"], &[]).stdout).unwrap();
    assert_eq!(again.lines().count(), 1);
    std::fs::write(folder.path().join("f.csv"), "code,brand\nS1,Short code\n").unwrap();
    let error = refused(folder.path(), &["import", "franchise", "f.csv"], &[]);
    assert!(
        error.contains("f.csv:2: code: must be text that matches") && error.contains("nothing was imported"),
        "{error}"
    );
    let help = String::from_utf8(run(folder.path(), &["--help"], &[]).stdout).unwrap();
    for verb in ["serve", "migrate", "import", "token", "openapi", "dev-key", "audit", "LENDING_BIND"] {
        assert!(help.contains(verb), "{help}");
    }
}

#[test]
fn the_trail_is_verified_from_the_shell() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let said = |arguments: &[&str]| {
        let output = run(folder, arguments, &[]);
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let trail = folder.join("lending-data/lending.db");
    let (code, _, error) = said(&["audit", "verify"]);
    assert_eq!(code, Some(1));
    assert!(error.contains("lending-data/lending.db"), "{error}");
    assert!(serve(folder).terminate());
    let (code, text, _) = said(&["audit", "verify"]);
    assert!(code == Some(0) && text.starts_with("ok: ") && text.contains("0 records in no seal"), "{text}");
    let (_, checkpoints, _) = said(&["audit", "checkpoints"]);
    assert!(checkpoints.lines().count() >= 6, "{checkpoints}");
    std::fs::write(folder.join("checkpoints"), &checkpoints).unwrap();
    let compared = format!("; {} checkpoints compared\n", checkpoints.lines().count());
    let (code, text, _) = said(&["audit", "verify", "--checkpoints", "checkpoints", "--from", "2026-01-01"]);
    assert!(code == Some(0) && text.ends_with(&compared), "the server's own is one of them: {text}");
    let (_, text, _) = said(&["audit", "show", "country", "US"]);
    assert!(text.contains("load by lending-api: added as version 1") && text.contains("/name: – → "), "{text}");
    let (_, lines, _) = said(&["audit", "export"]);
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!((&first["seq"], &first["kind"]), (&1.into(), &"change".into()));

    let db = rusqlite::Connection::open(&trail).unwrap();
    tamper(&db, ALTER_SEVEN);
    let (code, text, error) = said(&["audit", "verify"]);
    assert!(code == Some(1) && text.starts_with("record 7 (") && text.ends_with(") was altered\n"), "{text}");
    assert!(error.contains("the audit trail is not what was sealed: 1 findings"), "{error}");
    assert_eq!(said(&["audit", "verify", "--from", "2100-01-01"]).0, Some(0), "not looked at");
    let junk =
        (1..=150).map(|i| format!("({}, '', 0, 0, 0, '', '', '', '', '', '', '')", -i)).collect::<Vec<_>>().join(", ");
    let columns = "batch, sealed_at, first_seq, last_seq, record_count, first_id, last_id, previous, digest, records, public_key, signature";
    tamper(&db, &format!("INSERT INTO audit_seal ({columns}) VALUES {junk}"));
    let (_, few, _) = said(&["audit", "verify"]);
    assert!(few.ends_with("and 51 more; `--all` prints them\n") && !few.contains("record 7 ("), "{few}");
    let (_, text, _) = said(&["audit", "verify", "--all"]);
    assert!(text.lines().count() == 151 && text.contains("record 7 ("), "{text}");
    tamper(&db, "DELETE FROM audit_seal WHERE batch < 0");
    std::fs::write(folder.join("checkpoints"), "{}").unwrap();
    std::fs::write(folder.join("empty"), "\n").unwrap();
    for (arguments, expected) in [
        (&["verify", "--checkpoints", "empty"][..], "error: empty: holds no checkpoint"),
        (&["verify", "--from", "2026-02-01", "--to", "2026-01-01"], "is not later than `--from 2026-02-01T00:00:00"),
        (&["export", "--from", "2026-02-01", "--to", "2026-02-01"], "nothing is between them"),
        (&["verify", "--checkpoints", "checkpoints"], "checkpoints:1: no checkpoint: missing field"),
        (&["verify", "--from", "yesterday"], "write a day, 2026-11-01, or a time"),
        (&["show", "country", "XX"], "no record of a row `XX` in a table `country`"),
        (&["new-keys", "lending-data/audit-keys.json"], "exists"),
    ] {
        let (code, _, error) = said(&[&["audit"], arguments].concat());
        assert!(code != Some(0) && error.contains(expected), "{arguments:?}: {error}");
    }
    tamper(&db, "UPDATE audit_seal SET signature = x'ff' WHERE batch = 2");
    let (code, rest, error) = said(&["audit", "checkpoints"]);
    drop(db);
    assert_eq!((code, rest.lines().count()), (Some(1), checkpoints.lines().count() - 1));
    assert!(
        error.contains("seals 2 cannot be read, and have no checkpoint here: run `lending-api audit verify`"),
        "{error}"
    );
}

/// Other secrets would make hashes that nobody can compare with those of before, and seals that fit nothing.
#[test]
fn beside_a_database_no_secrets_are_made() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    run(folder, &["migrate"], &[]);
    let secrets = folder.join("lending-data/audit-keys.json");
    std::fs::remove_file(&secrets).unwrap();
    for arguments in [&["serve"][..], &["migrate"], &["audit", "verify"]] {
        let error = refused(folder, arguments, &[("LENDING_BIND", "127.0.0.1:0")]);
        assert!(error.contains("audit-keys.json: is not there. A trail needs the secrets"), "{arguments:?}: {error}");
        assert!(!secrets.exists(), "{arguments:?}");
    }
}

#[tokio::test]
async fn that_nothing_can_be_sealed_is_told_until_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::serve(folder.path());
    let db = rusqlite::Connection::open(folder.path().join("lending-data/lending.db")).unwrap();
    db.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    while db.query_row("SELECT COUNT(*) FROM audit_seal", [], |r| r.get::<_, i64>(0)).unwrap() < 6 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    tamper(&db, "CREATE TABLE aside AS SELECT * FROM audit_seal; DELETE FROM audit_seal");
    program.wait_for(1, "the audit trail cannot be sealed now").await;
    tokio::time::sleep(std::time::Duration::from_millis(2500)).await;
    assert_eq!(program.logged("the audit trail cannot be sealed now"), 1, "and not each second");
    db.execute_batch("INSERT INTO audit_seal SELECT * FROM aside").unwrap();
    program.wait_for(1, "the audit trail is sealed again").await;
}

#[test]
fn the_trail_of_an_older_version_is_migrated_first() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert!(serve(folder).terminate());
    let db = rusqlite::Connection::open(folder.join("lending-data/lending.db")).unwrap();
    let older = "ALTER TABLE audit_record DROP COLUMN mac; DELETE FROM schema_migration WHERE step = '0006_mac/01'";
    db.execute_batch(older).unwrap();
    drop(db);
    for arguments in [&["verify"][..], &["export"], &["checkpoints"], &["show", "country", "US"]] {
        let error = refused(folder, &[&["audit"], arguments].concat(), &[]);
        assert_eq!(error, "error: migration 0006_mac/01 was not applied; run `lending-api migrate` first\n");
    }
}

#[test]
fn a_damaged_checkpoint_hides_no_finding() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert!(serve(folder).terminate());
    let data = folder.join("lending-data");
    std::fs::write(data.join("audit-checkpoint.json"), "").unwrap();
    let named = "audit-checkpoint.json: holds no checkpoint";
    let error = refused(folder, &["audit", "verify"], &[]);
    assert!(error.contains(named), "{error}");
    let db = rusqlite::Connection::open(data.join("lending.db")).unwrap();
    tamper(&db, ALTER_SEVEN);
    drop(db);
    let error = refused(folder, &["audit", "verify"], &[]);
    assert!(error.contains("1 findings") && error.contains(named), "{error}");
}
