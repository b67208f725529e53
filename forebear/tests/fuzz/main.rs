//! No document whatsoever makes forebear panic, hang or lose something without a word.
//!
//! Sound documents are damaged in one to four places, each seed always in the same way, and go through every stage. Batches of
//! seeds run in processes of their own, so that an overflown stack or a hang has a seed too. `FOREBEAR_FUZZ_CASES` says how many,
//! `FOREBEAR_FUZZ_SEED` where to begin, `FOREBEAR_FUZZ_JOBS` how many processes at a time, and `FOREBEAR_FUZZ_DOCUMENTS` names
//! further documents, with `:` between them. The long run is
//!
//! ```sh
//! FOREBEAR_FUZZ_CASES=100000 cargo test --release -p forebear --test fuzz -- --nocapture
//! ```

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod check;
mod duplicates;
mod mutate;
mod random;
mod schema;
mod values;

use check::{Outcome, check};
use forebear::source::Document;
use serde_json::Value;
use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc::{RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

/// Cases of an ordinary `cargo test`.
const CASES: u64 = 150;
/// Seeds per process.
const BATCH: u64 = 250;
/// A case that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(10);
/// Tells a process its seeds: `first..end`.
const WORK: &str = "FOREBEAR_FUZZ_WORK";

fn number(name: &str, otherwise: u64) -> u64 {
    env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn no_document_breaks_a_stage() {
    if env::var(WORK).is_ok() {
        return;
    }
    let (first, cases) = (number("FOREBEAR_FUZZ_SEED", 0), number("FOREBEAR_FUZZ_CASES", CASES));
    let (jobs, started) = (number("FOREBEAR_FUZZ_JOBS", 2), Instant::now());
    let share = cases.div_ceil(jobs.max(1));
    let shares = (0..jobs.max(1)).map(|j| (first + j * share)..(first + ((j + 1) * share).min(cases)));
    let threads: Vec<_> = shares.map(|seeds| thread::spawn(move || run(seeds))).collect();
    let mut total = Total::default();
    threads.into_iter().for_each(|t| total.add(t.join().unwrap()));
    println!(
        "fuzz: {cases} cases from seed {first}: {} carried, {} refused, {} of them behind lint, {} unread, {} failures, in {:.0} s",
        total.carried,
        total.refused,
        total.late,
        total.unread,
        total.failures.len(),
        started.elapsed().as_secs_f64()
    );
    assert_eq!(
        total.carried + total.refused + total.unread + total.failures.len() as u64,
        cases,
        "cases were left out"
    );
    assert!(total.failures.is_empty(), "{}", total.failures.join("\n"));
}

#[derive(Default)]
struct Total {
    carried: u64,
    refused: u64,
    late: u64,
    unread: u64,
    failures: Vec<String>,
}

impl Total {
    fn add(&mut self, other: Self) {
        self.carried += other.carried;
        self.refused += other.refused;
        self.late += other.late;
        self.unread += other.unread;
        self.failures.extend(other.failures);
    }

    fn fail(&mut self, seed: u64, what: &str) {
        eprintln!("seed {seed}: {what}");
        self.failures.push(format!("seed {seed}: {what}"));
    }
}

/// Runs the seeds, batch by batch; after a crash or a hang it goes on behind its seed.
fn run(seeds: std::ops::Range<u64>) -> Total {
    let (mut next, mut total) = (seeds.start, Total::default());
    while next < seeds.end {
        next = batch(next..(next + BATCH).min(seeds.end), &mut total);
    }
    total
}

/// Runs one batch in a process of its own; where to go on.
fn batch(seeds: std::ops::Range<u64>, total: &mut Total) -> u64 {
    let work = format!("{}..{}", seeds.start, seeds.end);
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "worker", "--nocapture"])
        .env(WORK, work)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (send, lines) = channel();
    let output = BufReader::new(child.stdout.take().unwrap());
    let reader = thread::spawn(move || output.lines().map_while(Result::ok).for_each(|line| _ = send.send(line)));
    let mut at = seeds.start;
    let next = loop {
        // the first line waits for the documents too
        match lines.recv_timeout(LIMIT + Duration::from_secs(5)) {
            Ok(line) => {
                let Some((outcome, text)) = line.strip_prefix("case ").and_then(|l| l.split_once(' ')) else {
                    continue;
                };
                match outcome {
                    "carried" => total.carried += 1,
                    "refused" => total.refused += 1,
                    "late" => (total.refused, total.late) = (total.refused + 1, total.late + 1),
                    "unread" => total.unread += 1,
                    _ => total.fail(at, &serde_json::from_str::<String>(text).unwrap_or_default()),
                }
                at += 1;
                if at == seeds.end {
                    break at;
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                total.fail(at, "hangs");
                break at + 1;
            }
            Err(RecvTimeoutError::Disconnected) => {
                total.fail(at, "the process died, as of an overflown stack");
                break at + 1;
            }
        }
    };
    let _ = child.kill();
    let _ = child.wait();
    let _ = reader.join();
    next
}

/// Not a test by itself: what runs in the processes.
#[test]
fn worker() {
    let Ok(work) = env::var(WORK) else { return };
    let (first, end) = work.split_once("..").unwrap();
    let documents = documents();
    let texts: Vec<(String, Value)> = documents.iter().map(|d| (d.text.clone(), d.value.clone())).collect();
    for seed in first.parse().unwrap()..end.parse::<u64>().unwrap() {
        let case = mutate::case(seed, &texts);
        if env::var("FOREBEAR_FUZZ_SHOW").is_ok_and(|v| !v.is_empty()) {
            fs::write(env::temp_dir().join(format!("fuzz-{seed}-{}", case.file)), &case.text).unwrap();
        }
        let started = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| check(&case, &documents[0], seed % 32 == 0)));
        let line = match outcome {
            Ok(Ok(_)) if started.elapsed() > LIMIT => format!("failed {}", Value::from("takes too long")),
            Ok(Ok(outcome)) => {
                if outcome == Outcome::Late && env::var("FOREBEAR_FUZZ_SHOW").is_ok_and(|v| !v.is_empty()) {
                    println!("late {seed}");
                }
                format!("{outcome} -")
            }
            Ok(Err(what)) => format!("failed {}", Value::from(what)),
            Err(cause) => {
                let text = cause.downcast_ref::<String>().map(String::as_str).or(cause.downcast_ref::<&str>().copied());
                format!("failed {}", Value::from(format!("panics: {}", text.unwrap_or_default())))
            }
        };
        println!("\ncase {line}");
        std::io::stdout().flush().unwrap();
    }
}

/// The sound documents of the tests, and those that the environment names.
fn documents() -> Vec<Document> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    let named = env::var("FOREBEAR_FUZZ_DOCUMENTS").unwrap_or_default();
    paths.extend(named.split(':').filter(|p| !p.is_empty()).map(PathBuf::from));
    let sound = |p: &PathBuf| Document::load(p).unwrap_or_else(|finding| panic!("{finding}"));
    paths.iter().map(sound).collect()
}

/// The sound documents are carried as they are.
#[test]
fn sound_documents_are_carried() {
    for document in documents() {
        let file = if document.file.ends_with(".json") { "case.json" } else { "case.yaml" };
        let case = mutate::Case { file, text: document.text.clone() };
        assert_eq!(check(&case, &document, false), Ok(Outcome::Carried), "{}", document.file);
    }
}
