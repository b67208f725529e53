//! Second proof: the generated types take exactly the JSON that an independent validator takes, and lose nothing of it.

use super::Report;
use crate::{
    Rendered, lower,
    proof::{
        instances::{Generator, Limits},
        oracle::{Direction, Oracle},
        same,
    },
    rust,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    fs::File,
    io::{self, Write},
    path::Path,
    process::{Command, Stdio},
};

/// One schema with the type that stands for it in one direction.
struct Subject {
    component: String,
    ty: String,
    direction: Direction,
}

/// What the probe says of one instance.
#[derive(Deserialize)]
pub(super) struct Verdict {
    #[serde(default)]
    accepted: bool,
    #[serde(default)]
    value: Value,
    #[serde(default)]
    error: String,
}

/// An instance and whether the validator takes it.
struct Case {
    subject: usize,
    instance: Value,
    valid: bool,
    what: String,
}

/// Judges every schema of a document.
///
/// # Errors
/// When the probe cannot be run.
pub(super) fn prove(program: &Path, output: &Rendered, report: &mut Report) -> io::Result<()> {
    let oracle = Oracle::new(&output.named);
    let subjects = subjects(output);
    let cases = cases(&oracle, &subjects, report);
    let input = cases.iter().map(|c| json!({"type": subjects[c.subject].ty, "json": c.instance}));
    let verdicts: Vec<Verdict> = ask(program, "types", input)?;
    let mut wrong = vec![0usize; subjects.len()];
    for (case, verdict) in cases.iter().zip(&verdicts) {
        let subject = &subjects[case.subject];
        if let Some(problem) = disagreement(&oracle, subject, case, verdict) {
            wrong[case.subject] += 1;
            // the first of each kind tells the cause
            if wrong[case.subject] <= 3 {
                report.disagreements.push(format!("{} ({}): {problem}", subject.component, case.what));
            }
        }
    }
    if verdicts.len() < cases.len() {
        report.disagreements.push(format!("the probe judged {} of {} instances", verdicts.len(), cases.len()));
    }
    report.schemas = subjects.len();
    report.agree = wrong.iter().filter(|n| **n == 0).count() * usize::from(verdicts.len() == cases.len());
    Ok(())
}

fn subjects(output: &Rendered) -> Vec<Subject> {
    let mut found = vec![];
    for (name, _) in output.named["components"]["schemas"].as_object().into_iter().flatten() {
        let view = lower::request_view(&output.named, name);
        let both = [(name.clone(), Direction::Response), (view.clone(), Direction::Request)];
        for (ty, direction) in both.into_iter().take(if view == *name { 1 } else { 2 }) {
            if output.types.has(&ty) {
                let ty = rust::pascal(&ty).to_string();
                found.push(Subject { component: name.clone(), ty, direction });
            }
        }
    }
    found
}

fn cases(oracle: &Oracle, subjects: &[Subject], report: &mut Report) -> Vec<Case> {
    let limits = || Limits { valid: 40, mutants: 120, seed: 1 };
    let requests = Generator::new(oracle, Direction::Request, limits());
    let responses = Generator::new(oracle, Direction::Response, limits());
    let mut cases = vec![];
    for (subject, s) in subjects.iter().enumerate() {
        let generator = if s.direction == Direction::Request { &requests } else { &responses };
        let schema = json!({"$ref": format!("#/components/schemas/{}", s.component)});
        let mut gap = |e: String| report.gaps.push(format!("{}: {e}", s.component));
        let valid = |instance| Case { subject, instance, valid: true, what: "valid".into() };
        match generator.valid(&schema) {
            Ok(found) => {
                report.beyond.0 += found.left_out;
                cases.extend(found.values.into_iter().map(valid));
                found.gaps.into_iter().for_each(&mut gap);
            }
            Err(e) => gap(e),
        }
        match generator.mutants(&schema) {
            Ok(found) => {
                report.beyond.1 += found.left_out;
                cases.extend(found.accepted.into_iter().map(valid));
                cases.extend(found.mutants.into_iter().map(|m| Case {
                    subject,
                    instance: m.instance,
                    valid: false,
                    what: format!("{:?} at {}", m.constraint, m.pointer),
                }));
            }
            Err(e) => gap(e),
        }
        if !cases.iter().any(|c| c.subject == subject && c.valid) {
            cases.extend(simple().filter_map(|instance| {
                let valid = oracle.accepts(&schema, s.direction, &instance).ok()?;
                Some(Case { subject, instance, valid, what: "a simple value".into() })
            }));
            report.barren += usize::from(!cases.iter().any(|c| c.subject == subject && c.valid));
        }
    }
    report.gaps.sort();
    report.gaps.dedup();
    let valid = cases.iter().filter(|c| c.valid).count();
    report.instances = (valid, cases.len() - valid);
    cases
}

/// One value of each kind, for a schema that the generator has no valid instance for.
fn simple() -> impl Iterator<Item = Value> {
    [Value::Null, json!(true), json!(1), json!(0.5), json!("text"), json!([]), json!({})].into_iter()
}

fn disagreement(oracle: &Oracle, subject: &Subject, case: &Case, verdict: &Verdict) -> Option<String> {
    let shown = |v: &Value| v.to_string().chars().take(200).collect::<String>();
    match (case.valid, verdict.accepted) {
        (true, false) => Some(format!("refused, but valid: {} ({})", shown(&case.instance), verdict.error)),
        (false, true) => Some(format!("accepted, but invalid: {}", shown(&case.instance))),
        (false, false) => None,
        (true, true) => {
            let schema = json!({"$ref": format!("#/components/schemas/{}", subject.component)});
            let found = same::difference(oracle, &schema, subject.direction, &case.instance, &verdict.value)?;
            Some(format!("became another value: {found:?}"))
        }
    }
}

/// Sends one JSON line per item to the probe and reads one per answer.
pub(super) fn ask<T: serde::de::DeserializeOwned>(
    program: &Path,
    what: &str,
    items: impl Iterator<Item = Value>,
) -> io::Result<Vec<T>> {
    let input = program.with_extension(format!("{what}.jsonl"));
    let mut file = io::BufWriter::new(File::create(&input)?);
    for item in items {
        writeln!(file, "{item}")?;
    }
    file.flush()?;
    let output = Command::new(program).arg(what).stdin(File::open(&input)?).stderr(Stdio::null()).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().filter_map(|l| serde_json::from_str(l).ok()).collect())
}
