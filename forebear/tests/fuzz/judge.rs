//! What must hold for any text.

use super::clashes;
use forebear::{allow, coverage, diagnostic::Diagnostic, diff::verdict, generate, lint, source::Document};

/// Whether the document was carried; what is wrong with forebear if anything is.
pub fn judge(source: &Document, text: &str) -> Result<bool, String> {
    let document = match Document::parse("fuzz.yaml", text) {
        Ok(document) => document,
        Err(finding) => return explained(&finding, None, text).map(|()| false),
    };
    let findings = lint::lint(&document);
    if lint::lint(&document) != findings {
        return Err("lint says another thing the second time".into());
    }
    findings.iter().try_for_each(|finding| explained(finding, Some(&document), text))?;
    differs(source, &document, text)?;
    if !findings.is_empty() {
        let mut rest = document;
        for left in allow::leave_out(&mut rest) {
            if left.names.is_empty() {
                return Err(format!("nothing is named as left out for: {}", left.finding));
            }
        }
        return Ok(false);
    }
    let files = match generate(&document) {
        Ok(files) => files,
        Err(gaps) => return gaps.iter().try_for_each(|g| explained(g, Some(&document), text)).map(|()| false),
    };
    for (path, content) in files.iter().filter(|(path, _)| path.ends_with(".rs")) {
        let file = syn::parse_file(content).map_err(|e| format!("{path} is no Rust: {e}"))?;
        clashes::none(&file).map_err(|clash| format!("{path}: {clash}"))?;
    }
    let rows = coverage::of(&document).map_err(|_| "coverage refuses what lint takes")?;
    let json = rows.json().map_err(|e| e.to_string())?;
    let operations = operations(&document);
    let covered = json.matches("\"operation\"").count();
    if covered != operations {
        return Err(format!("{covered} of {operations} operations are covered"));
    }
    Ok(true)
}

fn operations(document: &Document) -> usize {
    let items = document.value["paths"].as_object().into_iter().flat_map(|p| p.values());
    items.filter_map(|i| i.as_object()).flat_map(|i| i.values()).filter(|o| o.get("operationId").is_some()).count()
}

/// A finding says where and what to do.
fn explained(finding: &Diagnostic, document: Option<&Document>, text: &str) -> Result<(), String> {
    let lines = text.lines().count().max(1);
    let exists = document.is_none_or(|d| d.value.pointer(&finding.pointer).is_some());
    if finding.line == 0 || finding.line > lines + 1 {
        return Err(format!("line {} of {lines}: {finding}", finding.line));
    }
    if !exists {
        return Err(format!("points to nothing: {finding}"));
    }
    if finding.message.len() < 4 || finding.remedy.len() < 4 {
        return Err(format!("explains nothing: {finding}"));
    }
    Ok(())
}

/// `diff` has a word on any two documents.
fn differs(source: &Document, document: &Document, text: &str) -> Result<(), String> {
    for (old, new) in [(source, document), (document, source)] {
        if let Err(finding) = verdict::of(old, new) {
            explained(&finding, None, &format!("{text}{}", source.text))?;
        }
    }
    Ok(())
}
