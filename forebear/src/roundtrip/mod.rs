//! `forebear roundtrip`: generates, compiles and proves any documents in a scratch folder.
//!
//! Three proofs per document: what Dropshot emits for the generated trait equals the source; the generated types take exactly the
//! JSON that an independent validator takes ([`crate::proof`]); and generated client and server understand each other over HTTP.
//! A probe program per document, generated too, does what needs the compiled code; everything is judged here.

mod calls;
mod documents;
mod judge;
mod probe;
mod report;
mod workspace;

pub use report::{Report, total};

use crate::{allow, diagnostic::Diagnostic, source::Document};
use std::{io, path::PathBuf, time::Instant};

/// What to do.
pub struct Options {
    /// Scratch folder; kept, so that the next run compiles less.
    pub folder: PathBuf,
    /// Leave out operations that cannot be carried, with a warning, instead of refusing their document.
    pub allow: bool,
}

/// Runs the proofs; one report per document, in order.
///
/// # Errors
/// When the scratch folder cannot be written or cargo cannot be run. What is wrong with a document stands in its report.
pub fn run(paths: &[PathBuf], options: &Options) -> io::Result<Vec<Report>> {
    let mut reports = vec![];
    let mut rendered = vec![];
    for path in paths {
        let started = Instant::now();
        let mut report = Report::new(path);
        match load(path, options, &mut report) {
            Ok((document, output)) => {
                report.operations = output.operations.len();
                report.lines = output.files.lines();
                report.omitted = output.omitted.clone();
                rendered.push((reports.len(), document, output));
            }
            Err(findings) => report.refused = findings,
        }
        report.seconds = started.elapsed().as_secs_f64();
        reports.push(report);
    }
    let built = workspace::build(&options.folder, &rendered)?;
    for ((index, document, output), program) in rendered.iter().zip(built) {
        let started = Instant::now();
        let report = &mut reports[*index];
        match program {
            Err(errors) => report.broken = Some(errors),
            Ok(program) => {
                documents::prove(&program, document, report)?;
                judge::prove(&program, output, report)?;
                calls::prove(&program, output, report)?;
            }
        }
        report.seconds += started.elapsed().as_secs_f64();
    }
    Ok(reports)
}

fn load(
    path: &std::path::Path,
    options: &Options,
    report: &mut Report,
) -> Result<(Document, crate::Rendered), Vec<Diagnostic>> {
    let mut document = Document::load(path).map_err(|d| vec![d])?;
    if options.allow {
        report.left_out = allow::leave_out(&mut document);
    }
    let output = crate::render(&document)?;
    Ok((document, output))
}
