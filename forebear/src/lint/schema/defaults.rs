//! `default`: a value that the schema itself would accept. Typify refuses any other when it is too late to say where.

use super::{
    super::{
        follow::Spot,
        map::{Map, Site},
        report::Report,
    },
    accepts::problem,
};
use crate::source::join;

/// Checks the `default` of a schema.
pub(super) fn check(map: &Map<'_>, site: &Site<'_>, report: &mut Report<'_>) {
    let Some(default) = site.value.get("default") else { return };
    let pointer = join(&site.pointer, "default");
    let schema = Spot { pointer: site.pointer.clone(), value: site.value };
    let target = schema.clone().bare(map.root);
    let nullable = site.value["nullable"] == true || target.is_some_and(|t| t.value["nullable"] == true);
    if default.is_null() && !nullable {
        report.add(&pointer, "`null` is no value of this schema", "remove `default`, or add `nullable: true`");
    } else if let Some(problem) = problem(map.root, schema, default) {
        report.add(
            &pointer,
            format!("the default is not valid: {problem}"),
            "write a value that this schema accepts, or remove it",
        );
    }
}
