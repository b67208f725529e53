//! Who is let in. A requirement is a list of alternatives, each a set of schemes with their scopes; an empty list, and no
//! list at all, let everybody in.

use super::{
    change::{Class, Report},
    node::{Node, Pair},
    rest,
};
use std::collections::{BTreeMap, BTreeSet};

type Alternative = BTreeMap<String, BTreeSet<String>>;

/// The requirement of one operation: its own, or that of the root.
pub(super) fn compare(report: &mut Report<'_>, root: &Pair<'_>, operation: &Pair<'_>) {
    let old = operation.old.get("security").or_else(|| root.old.get("security"));
    let new = operation.new.get("security").or_else(|| root.new.get("security"));
    let (before, after) = (alternatives(old.as_ref()), alternatives(new.as_ref()));
    // what an operation lost is pointed to where it stood, not at the root, which has not changed
    let lost = operation.old.get("security").filter(|_| operation.new.get("security").is_none());
    let Some(at) = lost.or(new).or(old).filter(|_| before != after) else { return };
    let what = format!("`security`: {} became {}", words(&before), words(&after));
    if before.iter().all(|a| after.iter().any(|b| asks_no_more(b, a))) {
        report.add(&at, what, Class::Compatible, "everybody who was let in still is");
    } else {
        report.add(&at, what, Class::Breaking, "callers that were let in are refused");
    }
}

fn asks_no_more(new: &Alternative, old: &Alternative) -> bool {
    new.iter().all(|(scheme, scopes)| old.get(scheme).is_some_and(|had| scopes.is_subset(had)))
}

fn alternatives(node: Option<&Node<'_>>) -> BTreeSet<Alternative> {
    let found: BTreeSet<Alternative> = node.into_iter().flat_map(|n| n.elements()).map(|a| alternative(&a)).collect();
    if found.is_empty() { BTreeSet::from([Alternative::new()]) } else { found }
}

fn alternative(node: &Node<'_>) -> Alternative {
    let scopes = |n: &Node<'_>| n.elements().iter().filter_map(|s| s.value.as_str()).map(Into::into).collect();
    node.members().iter().map(|(scheme, n)| ((*scheme).into(), scopes(n))).collect()
}

fn words(alternatives: &BTreeSet<Alternative>) -> String {
    let scheme = |(name, scopes): (&String, &BTreeSet<String>)| match scopes.iter().cloned().collect::<Vec<_>>() {
        scopes if scopes.is_empty() => name.clone(),
        scopes => format!("{name} ({})", scopes.join(" ")),
    };
    let one = |a: &Alternative| {
        if a.is_empty() { "open".into() } else { a.iter().map(scheme).collect::<Vec<_>>().join(" and ") }
    };
    alternatives.iter().map(one).collect::<Vec<String>>().join(", or ")
}

/// How callers prove themselves.
pub(super) fn schemes(report: &mut Report<'_>, root: &Pair<'_>) {
    let schemes = |root: &Node<'_>| -> BTreeSet<String> {
        root.members_at(&["components", "securitySchemes"]).into_iter().map(|(name, _)| name.into()).collect()
    };
    for name in schemes(&root.old).union(&schemes(&root.new)) {
        let place = ["components", "securitySchemes", name.as_str()];
        match (root.old.at(&place), root.new.at(&place)) {
            (Some(old), Some(new)) => scheme(report, &Pair { old, new }.resolved(), name),
            pair => {
                // whether an operation asks for it is compared with the operation
                let Some((at, how)) = rest::difference(pair) else { continue };
                report.add(&at, format!("the security scheme `{name}` {how}"), Class::Documentation, "");
            }
        }
    }
}

fn scheme(report: &mut Report<'_>, pair: &Pair<'_>, name: &str) {
    const PROOF: [&str; 6] = ["type", "scheme", "in", "name", "flows", "openIdConnectUrl"];
    for key in PROOF {
        if let Some((at, how)) = rest::difference(pair.both(key)) {
            let what = format!("`{key}` of the security scheme `{name}` {how}");
            report.add(&at, what, Class::Breaking, "callers must prove themselves in another way");
        }
    }
    rest::other_keys(report, pair, &PROOF);
}
