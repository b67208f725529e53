//! No document makes forebear panic or hang, and what passes lint becomes code without clashing names.
//!
//! Documents are mutated from sound ones; everything follows from the number of the case. A bounded number runs with the other
//! tests. The long run, and one case again:
//!
//! ```text
//! FOREBEAR_FUZZ_CASES=100000 cargo test --release -p forebear --test fuzz -- --nocapture
//! FOREBEAR_FUZZ_FIRST=4711 FOREBEAR_FUZZ_CASES=1 cargo test -p forebear --test fuzz -- --nocapture
//! ```
//!
//! `FOREBEAR_FUZZ_DOCUMENTS` names more documents to start from, separated by `:`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod chance;
mod clashes;
mod judge;
mod keywords;
mod mutate;

use chance::Chance;
use forebear::source::Document;
use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// Longest time for one case, in a debug build on a busy machine.
const LIMIT: Duration = Duration::from_secs(30);
/// Deep documents must not need more than the main thread of a program has.
const STACK: usize = 8 << 20;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

fn sources() -> Vec<Document> {
    let here = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
    let mut paths: Vec<PathBuf> =
        ["data/minimal.yaml", "data/shop.yaml", "data/wide.yaml", "documents/everything.json"].map(here).to_vec();
    let more = std::env::var_os("FOREBEAR_FUZZ_DOCUMENTS").unwrap_or_default();
    paths.extend(std::env::split_paths(&more).filter(|p| !p.as_os_str().is_empty()));
    paths.iter().map(|p| Document::load(p).unwrap()).collect()
}

/// What one thread is busy with.
#[derive(Default)]
struct Busy(Mutex<Option<(u64, Instant)>>);

#[test]
fn nothing_panics_hangs_or_clashes() {
    let (first, cases) = (number("FOREBEAR_FUZZ_FIRST", 0), number("FOREBEAR_FUZZ_CASES", 400));
    let (sources, next) = (sources(), AtomicU64::new(first));
    let (failures, carried) = (Mutex::new(vec![]), AtomicU64::new(0));
    let busy: Vec<Busy> =
        (0..thread::available_parallelism().map_or(1, usize::from)).map(|_| Busy::default()).collect();
    let started = Instant::now();
    std::panic::set_hook(Box::new(|_| {})); // what panics is reported with its case
    thread::scope(|scope| {
        let workers: Vec<_> = busy
            .iter()
            .map(|busy| {
                let work = || {
                    while let Some(case) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|n| *n < first + cases) {
                        *busy.0.lock().unwrap() = Some((case, Instant::now()));
                        match run(&sources, case) {
                            Ok(true) => _ = carried.fetch_add(1, Ordering::Relaxed),
                            Ok(false) => {}
                            Err(problem) => failures.lock().unwrap().push((case, problem)),
                        }
                        *busy.0.lock().unwrap() = None;
                    }
                };
                thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).unwrap()
            })
            .collect();
        while workers.iter().any(|w| !w.is_finished()) {
            thread::sleep(Duration::from_millis(50));
            for (case, since) in busy.iter().filter_map(|b| *b.0.lock().unwrap()) {
                if since.elapsed() > LIMIT {
                    eprintln!("case {case} hangs");
                    std::process::exit(1); // a thread cannot be stopped
                }
            }
        }
    });
    let _ = std::panic::take_hook();
    let (failures, carried) = (failures.into_inner().unwrap(), carried.into_inner());
    println!(
        "FUZZ {cases} cases from {first}, {carried} carried, {} failed, {:.0} s",
        failures.len(),
        started.elapsed().as_secs_f64()
    );
    let shown: Vec<String> =
        failures.iter().take(20).map(|(case, problem)| format!("case {case}: {problem}")).collect();
    assert!(failures.is_empty(), "{} cases failed:\n{}", failures.len(), shown.join("\n"));
    assert!(cases < 300 || carried > cases / 20, "only {carried} of {cases} are sound: the mutations are too coarse");
}

/// Whether the document of a case was carried.
fn run(sources: &[Document], case: u64) -> Result<bool, String> {
    let mut chance = Chance::new(case);
    let source = &sources[chance.below(sources.len())];
    let (text, what) = mutate::document(source, &mut chance);
    if let Ok(folder) = std::env::var("FOREBEAR_FUZZ_KEEP") {
        fs::write(Path::new(&folder).join(format!("{case}.yaml")), &text).unwrap();
    }
    let outcome = catch_unwind(AssertUnwindSafe(|| judge::judge(source, &text))).unwrap_or_else(|cause| {
        let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
        Err(format!("panics: {}", text.unwrap_or_default()))
    });
    outcome.map_err(|problem| format!("{problem} ({} with {what})", source.file))
}
