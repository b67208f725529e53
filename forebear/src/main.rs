//! The `forebear` command.

#![deny(missing_docs)]

mod say;

use clap::{Parser, Subcommand};
use forebear::{
    allow, coverage, diagnostic,
    diff::{released, verdict},
    discover, generate, init, roundtrip,
    source::Document,
    write,
};
use say::{say, warn};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

/// From an OpenAPI 3.0 document to a Dropshot server, its models, its table mapping and a Progenitor client.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Lay out a project that builds and runs: the document, generated crates, the runtime, a server with a stub for every
    /// operation. Without a document, an example whose handlers are written.
    Init {
        /// Folder of the project; made if it is not there, refused if it holds anything.
        folder: PathBuf,
        /// OpenAPI 3.0 document, YAML or JSON; copied into the project's openapi/.
        document: Option<PathBuf>,
    },
    /// Write the generated crates; exits with 2 if the document is refused. Files that forebear wrote and nothing asks for any
    /// more are removed; a folder that holds other things and no STAMP is refused.
    Generate(Target),
    /// Say how the generated crates differ from what the document gives; exits with 1 if they do, with 2 if it cannot tell.
    Check(Target),
    /// Say what in the documents cannot be carried; exits with 1 if anything cannot, with 2 if a document cannot be read.
    Lint {
        /// OpenAPI 3.0 documents, YAML or JSON.
        #[arg(required = true)]
        documents: Vec<PathBuf>,
        /// Only warn of operations and components that cannot be carried, as `generate --allow` leaves them out.
        #[arg(long)]
        allow: bool,
    },
    /// Generate, compile and prove documents in a scratch folder: what Dropshot emits for the generated trait equals the source,
    /// the generated types take exactly the JSON that the schemas take, and generated client and server understand each other.
    /// Exits with 1 if anything that was carried is not equal or does not agree. Needs cargo.
    Roundtrip {
        /// OpenAPI 3.0 documents, YAML or JSON.
        #[arg(required = true)]
        documents: Vec<PathBuf>,
        /// Scratch folder; kept, so that the next run compiles less. By default one of the system's temporary folder.
        #[arg(long)]
        scratch: Option<PathBuf>,
        /// Leave out operations that cannot be carried, and components with all that refers to them, with a warning for each,
        /// instead of refusing their document.
        #[arg(long)]
        allow: bool,
    },
    /// Say what changed from one document to another and what it means for callers; exits with 1 if anything is breaking and
    /// the version did not grow enough, with 2 if it cannot tell.
    Diff(Versions),
    /// Print what protects, limits and records each operation, as JSON or as a page for people.
    Coverage {
        /// OpenAPI 3.0 document; by default the only one in openapi/.
        document: Option<PathBuf>,
        /// A table in Markdown instead of JSON.
        #[arg(long)]
        markdown: bool,
    },
    /// Keep the document as the released one of its version. A released document is never edited.
    Release {
        /// OpenAPI 3.0 document; by default the only one in openapi/.
        document: Option<PathBuf>,
        /// Folder of the released documents.
        #[arg(long, default_value = "openapi/released")]
        released: PathBuf,
    },
}

#[derive(clap::Args)]
struct Versions {
    /// The old document and the new one; with `--released` the new one alone.
    #[arg(num_args = 1..=2, required = true)]
    documents: Vec<PathBuf>,
    /// Folder of released documents, of which the newest is the old document.
    #[arg(long)]
    released: Option<PathBuf>,
}

#[derive(clap::Args)]
struct Target {
    /// OpenAPI 3.0 document, YAML or JSON; by default the only one in openapi/.
    document: Option<PathBuf>,
    /// Folder of the generated crates.
    #[arg(long, default_value = "generated")]
    out: PathBuf,
    /// Leave out operations that cannot be carried, and components with all that refers to them, with a warning for each on
    /// standard error, instead of refusing the document. The published document lacks them too.
    #[arg(long)]
    allow: bool,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Init { folder, document } => run_init(&folder, document.as_deref()),
        Command::Generate(target) => run_generate(&target),
        Command::Check(target) => run_check(&target),
        Command::Lint { documents, allow } => run_lint(&documents, allow),
        Command::Roundtrip { documents, scratch, allow } => run_roundtrip(&documents, scratch, allow),
        Command::Diff(versions) => run_diff(&versions),
        Command::Coverage { document, markdown } => run_coverage(document, markdown),
        Command::Release { document, released } => run_release(document, &released),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(text) => {
            warn(&text);
            ExitCode::from(2)
        }
    }
}

fn load(path: &Path) -> Result<Document, String> {
    Document::load(path).map_err(|d| diagnostic::report(&[d]))
}

/// The document that is named, or the one that is meant.
fn load_or_find(path: Option<&Path>) -> Result<Document, String> {
    match path {
        Some(path) => load(path),
        None => load(&discover::document(Path::new("."))?),
    }
}

fn rendered(target: &Target) -> Result<write::Files, String> {
    let mut document = load_or_find(target.document.as_deref())?;
    if target.allow {
        warn(&diagnostic::warnings(&allow::leave_out(&mut document)));
    }
    generate(&document).map_err(|findings| diagnostic::report(&findings))
}

fn run_init(folder: &Path, document: Option<&Path>) -> Result<bool, String> {
    let project = init::init(folder, document)?;
    say(&format!("{} files in {}, made from {}\n", project.files.iter().count(), folder.display(), project.document))?;
    say(&format!("{}\n", project.next_steps(folder)))?;
    Ok(true)
}

fn run_generate(target: &Target) -> Result<bool, String> {
    let files = rendered(target)?;
    let changed = files.write(&target.out).map_err(|e| format!("error: {}: {e}\n", target.out.display()))?;
    say(&format!("{} files, {} lines, {} written or removed\n", files.iter().count(), files.lines(), changed.len()))?;
    let bare = write::without_manifest(&target.out);
    if !bare.is_empty() {
        let out = target.out.display();
        say(&format!(
            "note: {out} has no {}: their manifests are yours to write, and `forebear init FOLDER` lays out some to copy\n",
            bare.join(", ")
        ))?;
    }
    Ok(true)
}

fn run_check(target: &Target) -> Result<bool, String> {
    let differences =
        rendered(target)?.compare(&target.out).map_err(|e| format!("error: {}: {e}\n", target.out.display()))?;
    for difference in &differences {
        say(&format!("{}/{difference}\n", target.out.display()))?;
    }
    if differences.is_empty() {
        say(&format!("{} is fresh\n", target.out.display()))?;
    } else {
        say(&format!("{} is stale: run `forebear generate`, and commit what it writes\n", target.out.display()))?;
    }
    Ok(differences.is_empty())
}

fn run_lint(documents: &[PathBuf], allow: bool) -> Result<bool, String> {
    let (mut clean, mut unread) = (true, String::new());
    for path in documents {
        let text = match Document::text(path) {
            Ok(text) => text,
            Err(finding) => {
                unread += &diagnostic::report(&[finding]);
                continue;
            }
        };
        let findings = match Document::parse(&path.display().to_string(), &text) {
            Ok(mut document) => {
                if allow {
                    warn(&diagnostic::warnings(&allow::leave_out(&mut document)));
                }
                generate(&document).err().unwrap_or_default()
            }
            Err(finding) => vec![finding],
        };
        clean &= findings.is_empty();
        if findings.is_empty() {
            say(&format!("{}: ok\n", path.display()))?;
        } else {
            say(&diagnostic::report(&findings))?;
        }
    }
    if unread.is_empty() { Ok(clean) } else { Err(unread) }
}

fn run_roundtrip(documents: &[PathBuf], scratch: Option<PathBuf>, allow: bool) -> Result<bool, String> {
    let folder = scratch.unwrap_or_else(|| std::env::temp_dir().join("forebear-roundtrip"));
    let options = roundtrip::Options { folder, allow };
    let reports = roundtrip::run(documents, &options).map_err(|e| format!("error: {e}\n"))?;
    for report in &reports {
        say(&format!("{report}\n"))?;
    }
    say(&format!("{}\n", roundtrip::total(&reports)))?;
    Ok(reports.iter().all(roundtrip::Report::is_clean))
}

fn run_diff(versions: &Versions) -> Result<bool, String> {
    let (old, new) = match (&versions.released, versions.documents.as_slice()) {
        (Some(folder), [new]) => (released::newest(folder)?, new),
        (None, [old, new]) => (load(old)?, new),
        _ => return Err("error: name two documents, or `--released FOLDER` and one\n".into()),
    };
    let verdict = verdict::of(&old, &load(new)?).map_err(|d| diagnostic::report(&[d]))?;
    let last = match verdict.refusal() {
        Some(refusal) => format!("error: {refusal}\n"),
        None => format!("{} {} may follow {} {}\n", new.display(), verdict.new, old.file, verdict.old),
    };
    say(&format!("{verdict}{last}"))?;
    Ok(verdict.refusal().is_none())
}

fn run_release(document: Option<PathBuf>, folder: &Path) -> Result<bool, String> {
    let path = released::release(&load_or_find(document.as_deref())?, folder)?;
    say(&format!("{} is released; commit it, and never edit it\n", path.display()))?;
    Ok(true)
}

fn run_coverage(document: Option<PathBuf>, markdown: bool) -> Result<bool, String> {
    let coverage =
        coverage::of(&load_or_find(document.as_deref())?).map_err(|findings| diagnostic::report(&findings))?;
    let text = if markdown { coverage.markdown() } else { coverage.json().map_err(|e| format!("error: {e}\n"))? };
    say(&text)?;
    Ok(true)
}
