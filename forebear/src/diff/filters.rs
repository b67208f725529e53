//! Which filters rest on which property, so that a removed index is known to be more than a matter of storage.

use super::node::Node;
use crate::{
    api::{self, Operation},
    lint,
    source::Document,
    store::{
        self, Table,
        list::{Target, is_paging, table_of, target},
    },
    types::Types,
};
use std::collections::HashMap;

/// Names of filters, with their operations, by the pointer of the property that they test.
pub(super) type Filters = HashMap<String, Vec<String>>;

/// The filters of a document; none if lint refuses it, since only a sound document has tables.
pub(super) fn of(document: &Document) -> Filters {
    let mut found = Filters::new();
    if !lint::lint(document).is_empty() {
        return found;
    }
    let tables = store::tables(&document.value, &Types::default());
    let named = crate::hoist::named(&document.value);
    for operation in api::operations(document, &named).unwrap_or_default().iter().filter(|o| o.page) {
        let Some(table) = table_of(operation, &document.value, &tables) else { continue };
        for (pointer, name) in filters(document, operation, table) {
            found.entry(pointer).or_default().push(format!("`{name}` of {} {}", operation.method, operation.path));
        }
    }
    found
}

fn filters(document: &Document, operation: &Operation, table: &Table) -> Vec<(String, String)> {
    let names = operation.params_in("query").map(|p| p.name.clone()).filter(|n| !is_paging(n));
    names.filter_map(|name| Some((property(document, table, &target(&name, table)?)?, name))).collect()
}

/// Pointer of the property behind a filter.
fn property(document: &Document, table: &Table, target: &Target<'_>) -> Option<String> {
    let (path, item) = match target {
        Target::Equal(c) | Target::Prefix(c) | Target::Fold(c) => (&c.path, None),
        Target::Words(side) | Target::Side(side) => (&side.path, side.item.as_ref()),
    };
    let mut at = Node::root(document).at(&["components", "schemas", &table.schema])?;
    for key in path {
        at = bare(&at).at(&["properties", key])?;
    }
    if let Some(item) = item {
        at = bare(&bare(&at).get("items")?).at(&["properties", item])?;
    }
    Some(at.pointer)
}

/// The schema behind a reference or a one-element `allOf`.
fn bare<'a>(node: &Node<'a>) -> Node<'a> {
    let inner = node.get("allOf").and_then(|all| all.elements().first().cloned());
    inner.unwrap_or_else(|| node.clone()).resolved()
}
