//! `example`: a value that its schema takes. Readers copy it, and a property that became required leaves it behind.

use super::super::{follow::Spot, map::Map, report::Report, schema};
use crate::source::join;

/// Checks the example of every schema, and those of bodies and parameters.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    let own = map.schemas().map(|site| (&site.pointer, site.value, None));
    // `example` beside `schema`: of an answer, a parameter, a header; a request leaves out what is `readOnly`
    let beside = map.sites.iter().filter(|site| !site.kind.is_schema() && site.value["schema"].is_object());
    let beside = beside.filter(|site| !site.pointer.contains("/requestBody"));
    let beside = beside.map(|site| (&site.pointer, site.value, Some("schema")));
    for (owner, value, below) in own.chain(beside) {
        let Some(example) = value.get("example") else { continue };
        let spot = Spot { pointer: owner.clone(), value };
        let Some(schema) = below.map_or_else(|| Some(spot.clone()), |key| spot.get(key)) else { continue };
        let here = join(owner, "example");
        if report.has_under(&schema.pointer) || report.has_under(&here) {
            continue;
        }
        if let Some(problem) = schema::problem(map.root, schema, example) {
            let message = format!("the example is not valid: {problem}");
            report.add(&here, message, "write an example that the schema takes");
        }
    }
}
