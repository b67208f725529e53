//! Whether the version of the new document says what its changes do to callers.
//!
//! Semantic versioning: a breaking change needs a new major version, and below 1.0.0 a new minor one.

use super::{Change, Class, diff};
use crate::{diagnostic::Diagnostic, source::Document};
use semver::Version;
use std::fmt;

/// The changes between two versions, and the versions.
#[derive(Debug)]
pub struct Verdict {
    /// `info.version` of the old document.
    pub old: Version,
    /// `info.version` of the new document.
    pub new: Version,
    /// What changed.
    pub changes: Vec<Change>,
}

/// Compares two documents with their versions.
///
/// # Errors
/// When one of them is not OpenAPI 3.0 or has no semantic version.
pub fn of(old: &Document, new: &Document) -> Result<Verdict, Diagnostic> {
    Ok(Verdict { old: version(old)?, new: version(new)?, changes: diff(old, new) })
}

/// `info.version` of a document.
///
/// # Errors
/// When the document is not OpenAPI 3.0, or the version is missing or no semantic version.
pub fn version(document: &Document) -> Result<Version, Diagnostic> {
    if let Some(finding) = crate::lint::version(document) {
        return Err(finding);
    }
    let text = document.value.pointer("/info/version").and_then(serde_json::Value::as_str);
    let remedy = "write `info.version` as a semantic version, such as `1.4.0`";
    let text = text.ok_or_else(|| document.finding("/info/version", "the document has no version", remedy))?;
    text.parse().map_err(|e| {
        document.finding("/info/version", format!("the version `{text}` is no semantic version: {e}"), remedy)
    })
}

impl Verdict {
    /// How many changes are of a class.
    #[must_use]
    pub fn count(&self, class: Class) -> usize {
        self.changes.iter().filter(|c| c.class == class).count()
    }

    /// Whether breaking changes are allowed from the old version to the new one.
    #[must_use]
    pub fn may_break(&self) -> bool {
        let (old, new) = (&self.old, &self.new);
        new.major > old.major || old.major == 0 && new.major == 0 && new.minor > old.minor
    }

    /// What is wrong with the new version and what to do, if anything is.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        let (old, new) = (&self.old, &self.new);
        if new < old {
            return Some(format!(
                "`info.version` went backwards, from {old} to {new}\n  = help: write a version that is not below {old}"
            ));
        }
        let breaking = self.count(Class::Breaking);
        if breaking == 0 || self.may_break() {
            return None;
        }
        let (part, next) = if old.major == 0 {
            ("minor", Version::new(0, old.minor + 1, 0))
        } else {
            ("major", Version::new(old.major + 1, 0, 0))
        };
        Some(format!(
            "{breaking} breaking, and the {part} version did not grow from {old} to {new}\n  \
             = help: take the breaking changes back, or set `info.version` to {next}"
        ))
    }
}

/// The changes, one a line, and their count.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in &self.changes {
            writeln!(f, "{change}")?;
        }
        let [breaking, compatible, documentation] =
            [Class::Breaking, Class::Compatible, Class::Documentation].map(|class| self.count(class));
        writeln!(f, "{breaking} breaking, {compatible} compatible, {documentation} documentation")
    }
}
