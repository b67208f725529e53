//! What is printed per document, and the total.

use crate::diagnostic::{self, Diagnostic};
use std::{
    fmt,
    path::{Path, PathBuf},
};

/// What was found out about one document.
#[derive(Debug, Default)]
pub struct Report {
    path: PathBuf,
    /// Operations of the document that were carried.
    pub operations: usize,
    /// Those that Dropshot emits as they are in the source.
    pub equal: usize,
    /// Whether the whole document is the same, byte for byte.
    pub identical: bool,
    /// Differences after normalisation.
    pub differences: Vec<String>,
    /// Schemas that were judged.
    pub schemas: usize,
    /// Those whose type and the validator always agree.
    pub agree: usize,
    /// Schemas for which no valid instance could be made, so that only refusals were compared.
    pub barren: usize,
    /// Instances that were judged, valid ones and mutants.
    pub instances: (usize, usize),
    /// Further valid instances and mutants, beyond the most that are judged for one schema.
    pub beyond: (usize, usize),
    /// Where they disagree: schema, pointer, what happened.
    pub disagreements: Vec<String>,
    /// Constraints for which no instance could be made.
    pub gaps: Vec<String>,
    /// Operations with a client method that made a round trip.
    pub called: usize,
    /// Round trips that failed.
    pub failed_calls: Vec<String>,
    /// Operations without a client method, and why.
    pub omitted: Vec<(String, String)>,
    /// Findings for which the document was refused.
    pub refused: Vec<Diagnostic>,
    /// Findings for which operations and components were left out.
    pub left_out: Vec<Diagnostic>,
    /// Compiler errors.
    pub broken: Option<String>,
    /// Lines of generated code.
    pub lines: usize,
    /// Seconds for this document, without the shared build.
    pub seconds: f64,
}

impl Report {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.into(), ..Self::default() }
    }

    /// Whether everything that was carried is equal, agrees and works.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.refused.is_empty()
            && self.broken.is_none()
            && self.equal == self.operations
            && self.differences.is_empty()
            && self.agree == self.schemas
            && self.failed_calls.is_empty()
    }
}

/// Longest list of findings of one kind that is printed.
const SHOWN: usize = 40;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.path.display())?;
        if !self.refused.is_empty() {
            write!(f, "{}", diagnostic::report(&self.refused))?;
            return writeln!(f, "  refused: what cannot be carried, in {} places", self.refused.len());
        }
        if let Some(errors) = &self.broken {
            return writeln!(f, "  does not compile:\n{errors}");
        }
        let how = if self.identical { "byte-identical" } else { "equal after normalisation" };
        let how = if self.differences.is_empty() { how } else { "different" };
        writeln!(f, "  operations      {}, equal {}; the document is {how}", self.operations, self.equal)?;
        list(f, "differs", &self.differences)?;
        let share = if self.schemas == 0 { 100.0 } else { 100.0 * self.agree as f64 / self.schemas as f64 };
        let (valid, mutants) = self.instances;
        writeln!(
            f,
            "  schemas         {}, type agreement {} ({share:.1} %) over {valid} valid instances and {mutants} mutants",
            self.schemas, self.agree
        )?;
        if self.beyond != (0, 0) {
            writeln!(
                f,
                "    beyond the limit for one schema: {} valid instances and {} mutants",
                self.beyond.0, self.beyond.1
            )?;
        }
        if self.barren > 0 {
            writeln!(f, "    tried without a valid instance: {} of the schemas", self.barren)?;
        }
        list(f, "disagrees", &self.disagreements)?;
        list(f, "no instance for", &self.gaps)?;
        let methods = self.operations - self.omitted.len();
        writeln!(f, "  client methods  {methods}, round trips {}", self.called)?;
        list(f, "round trip failed", &self.failed_calls)?;
        for (id, why) in &self.omitted {
            writeln!(f, "    no client method for {id}: {why}")?;
        }
        for finding in &self.left_out {
            writeln!(f, "    warning: {}: {}", finding.pointer, finding.message)?;
        }
        writeln!(f, "  generated       {} lines, {:.1} s", self.lines, self.seconds)
    }
}

fn list(f: &mut fmt::Formatter<'_>, what: &str, items: &[String]) -> fmt::Result {
    for item in items.iter().take(SHOWN) {
        writeln!(f, "    {what}: {item}")?;
    }
    match items.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => writeln!(f, "    … and {more} more"),
    }
}

/// The last line.
#[must_use]
pub fn total(reports: &[Report]) -> String {
    let sum = |of: fn(&Report) -> usize| reports.iter().map(of).sum::<usize>();
    format!(
        "TOTAL operations {}/{} equal, schemas {}/{} agree, client methods {}/{}",
        sum(|r| r.equal),
        sum(|r| r.operations),
        sum(|r| r.agree),
        sum(|r| r.schemas),
        sum(|r| r.called),
        sum(|r| r.operations),
    )
}
