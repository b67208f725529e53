use super::{configure, send, start, verify};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

fn row(name: &str) -> Value {
    json!({"name": name, "status": "active"})
}

async fn post(base: &str, name: &str) -> (u16, Value) {
    let http = reqwest::Client::new();
    let answer = send(&http, base, "POST", "/api/v1/resource", &[("idempotency-key", name)], &row(name)).await.unwrap();
    (answer.status, answer.body["error_code"].clone())
}

async fn count(base: &str, name: &str) -> usize {
    let http = reqwest::Client::new();
    let path = format!("/api/v1/resource?name={name}");
    let answer = send(&http, base, "GET", &path, &[], &Value::Null).await.unwrap();
    answer.body["items"].as_array().unwrap().len()
}

/// Whether this machine can bring about the fault of a test. One that cannot says so; in CI it must.
fn works(it_does: bool, otherwise: &str) -> bool {
    if !it_does {
        assert!(std::env::var_os("CI").is_none(), "{otherwise}");
        eprintln!("SKIPPED: {otherwise}");
    }
    it_does
}

/// Gives the data folder a file system of its own, of so many MiB. It goes away with the test.
struct Disk(PathBuf);

impl Disk {
    /// `None` where nobody may mount anything; CI must.
    fn new(folder: PathBuf, mebibytes: u32) -> Option<Self> {
        std::fs::create_dir(&folder).unwrap();
        let mounted = mount(&["-t", "tmpfs", "-o", &format!("size={mebibytes}m"), "tmpfs"], &folder);
        works(mounted, "nothing can be mounted: run the tests as root").then_some(Self(folder))
    }

    fn remount(&self, options: &str) {
        assert!(mount(&["-o", &format!("remount,{options}"), "tmpfs"], &self.0));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn mount(arguments: &[&str], folder: &Path) -> bool {
    Command::new("mount").args(arguments).arg(folder).status().is_ok_and(|status| status.success())
}

#[tokio::test]
async fn a_full_disk_is_503_and_what_was_answered_stays() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    configure(folder);
    let Some(disk) = Disk::new(folder.join("lending-data"), 64) else { return };
    let program = start(folder);
    assert_eq!(post(&program.base, "Before").await.0, 201);
    let filler = folder.join("lending-data/filler");
    let full = std::fs::write(&filler, vec![0; 64 << 20]);
    assert!(full.is_err(), "the disk is full");
    let (mut answered, mut refused) = (vec![], 0);
    for n in 0..600 {
        match post(&program.base, &format!("Full{n}")).await {
            (201, _) => answered.push(format!("Full{n}")),
            (status, code) => {
                assert_eq!((status, code), (503, json!("unavailable")));
                refused += 1;
            }
        }
    }
    assert!(refused > 0, "the log of changes has room left in its file, but not for ever");
    assert_eq!(count(&program.base, "Before").await, 1, "reading goes on");
    std::fs::remove_file(&filler).unwrap();
    assert_eq!(post(&program.base, "After").await.0, 201, "it goes on by itself");
    drop(program);
    let program = start(folder);
    for name in answered.iter().map(String::as_str).chain(["Before", "After"]) {
        assert_eq!(count(&program.base, name).await, 1, "{name}");
    }
    drop(program);
    drop(disk);
}

/// An import, a shell or a backup beside the server: whoever closes the database last removes the log, and must not take itself for that.
#[tokio::test]
async fn another_process_that_comes_and_goes_leaves_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    configure(folder);
    let program = start(folder);
    assert_eq!(post(&program.base, "Before").await.0, 201);
    let database = folder.join("lending-data/lending.db");
    assert!(is_locked(&database), "the server holds no lock by which others know that it is there");
    let db = rusqlite::Connection::open(&database).unwrap();
    let names: i64 =
        db.query_row("SELECT COUNT(*) FROM resource_item WHERE name = 'Before'", [], |r| r.get(0)).unwrap();
    assert_eq!(names, 1);
    db.close().unwrap();
    assert!(database.with_extension("db-wal").exists() && database.with_extension("db-shm").exists());
    assert_eq!(post(&program.base, "After").await.0, 201);
    drop(program);
    let program = start(folder);
    assert_eq!((count(&program.base, "Before").await, count(&program.base, "After").await), (1, 1));
}

/// Whether a process holds a lock of this file (proc_locks(5)).
fn is_locked(file: &Path) -> bool {
    let inode = format!(":{} ", std::os::unix::fs::MetadataExt::ino(&file.metadata().unwrap()));
    std::fs::read_to_string("/proc/locks").unwrap().lines().any(|line| line.contains(&inode))
}

#[tokio::test]
async fn a_file_that_became_read_only_is_503() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    configure(folder);
    let Some(disk) = Disk::new(folder.join("lending-data"), 64) else { return };
    let program = start(folder);
    assert_eq!(post(&program.base, "Before").await.0, 201);
    let database = folder.join("lending-data/lending.db");
    drop(program);
    disk.remount("ro");
    let refused = Command::new(env!("CARGO_BIN_EXE_lending-api")).current_dir(folder).env_clear().output().unwrap();
    let error = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && error.contains("lending-data"), "{error}");
    disk.remount("rw");
    let program = start(folder);
    assert_eq!(post(&program.base, "After").await.0, 201);
    assert_eq!(count(&program.base, "Before").await, 1);
    assert!(database.exists());
    drop(program);
    drop(disk);
}

/// Writes into a file that is open fail all at once, as when the disk below is given up by the system (chattr(1)).
struct Frozen(PathBuf);

impl Frozen {
    /// `None` where nobody may, or the file system cannot; CI must.
    fn new(path: PathBuf) -> Option<Self> {
        let frozen = chattr("+i", &path);
        works(frozen, "`chattr +i` fails: run the tests as root, and on a file system such as ext4")
            .then_some(Self(path))
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        chattr("-i", &self.0);
    }
}

fn chattr(option: &str, path: &Path) -> bool {
    Command::new("chattr").arg(option).arg(path).status().is_ok_and(|status| status.success())
}

#[tokio::test]
async fn a_file_that_turns_read_only_below_a_server_is_503_and_then_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    configure(folder);
    let program = start(folder);
    assert_eq!(post(&program.base, "Before").await.0, 201);
    let Some(frozen) = Frozen::new(folder.join("lending-data/lending.db-wal")) else { return };
    for n in 0..20 {
        assert_eq!(post(&program.base, &format!("Frozen{n}")).await, (503, json!("unavailable")));
    }
    assert_eq!(count(&program.base, "Before").await, 1, "reading goes on");
    drop(frozen);
    assert_eq!(post(&program.base, "Frozen0").await.0, 201, "it goes on by itself");
    for (name, expected) in [("Before", 1), ("Frozen0", 1), ("Frozen1", 0)] {
        assert_eq!(count(&program.base, name).await, expected, "{name}");
    }
    program.signal("TERM");
    program.ended();
    assert_eq!(verify(folder).findings, []);
}

#[tokio::test]
async fn a_locked_database_is_503_and_then_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    configure(folder);
    let program = start(folder);
    assert_eq!(post(&program.base, "Before").await.0, 201);
    let other = rusqlite::Connection::open(folder.join("lending-data/lending.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(post(&program.base, "Locked").await, (503, json!("unavailable")));
    assert_eq!(count(&program.base, "Before").await, 1, "reading goes on");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(post(&program.base, "Locked").await.0, 201);
    assert_eq!(count(&program.base, "Locked").await, 1);
}

#[tokio::test]
async fn a_broken_page_is_503_and_says_so_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    configure(folder);
    let program = start(folder);
    assert_eq!(post(&program.base, "Before").await.0, 201);
    program.signal("TERM");
    program.ended();
    let path = folder.join("lending-data/lending.db");
    let db = rusqlite::Connection::open(&path).unwrap();
    db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let root: u64 = db
        .query_row("SELECT rootpage FROM sqlite_master WHERE name = 'franchise'", [], |r| {
            r.get(0).map(|n: i64| n as u64)
        })
        .unwrap();
    let size: u64 = db.query_row("PRAGMA page_size", [], |r| r.get(0).map(|n: i64| n as u64)).unwrap();
    drop(db);
    let mut bytes = std::fs::read(&path).unwrap();
    let at = usize::try_from((root - 1) * size).unwrap();
    bytes[at..at + 64].fill(0x5a);
    std::fs::write(&path, bytes).unwrap();

    let program = start(folder);
    let http = reqwest::Client::new();
    let broken = send(&http, &program.base, "GET", "/api/v1/franchise", &[], &Value::Null).await.unwrap();
    assert_eq!((broken.status, &broken.body["error_code"]), (503, &json!("unavailable")), "{}", broken.body);
    assert!(!broken.body.to_string().contains("malformed"), "internal text stays inside");
    program.wait_for(1, "malformed").await;
    assert_eq!(count(&program.base, "Before").await, 1, "what is not broken is served");
}
