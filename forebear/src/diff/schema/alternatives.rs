//! `oneOf`, `anyOf`, and an `allOf` of more than one schema.
//!
//! Elements are paired by the component that they name, else by equality, else by position; what remains was added or removed.

use super::{
    super::node::{Node, Pair},
    Direction, Turn, View, Walk,
};

/// Compares the three lists; whether the rest is still worth comparing.
pub(super) fn compare<'a>(walk: &mut Walk<'a>, direction: Direction, old: &View<'a>, new: &View<'a>) -> bool {
    let (a, b) = (choice(old), choice(new));
    if let (Some((was, _)), Some((is, at))) = (&a, &b)
        && was != is
    {
        let turn = if *is == "anyOf" { Turn::Looser } else { Turn::Tighter };
        walk.turned(direction, at, format!("`{was}` became `{is}`"), turn);
    }
    let (a, b) = (a.map(|(_, list)| list), b.map(|(_, list)| list));
    let choices = lists(walk, direction, (old, new), (a, b), ("alternative", Turn::Looser));
    let parts = (old.find("allOf"), new.find("allOf"));
    choices && lists(walk, direction, (old, new), parts, ("part", Turn::Tighter))
}

fn choice<'a>(view: &View<'a>) -> Option<(&'static str, Node<'a>)> {
    ["oneOf", "anyOf"].into_iter().find_map(|key| Some((key, view.find(key)?)))
}

/// Two lists, in which one element more is a `more`.
fn lists<'a>(
    walk: &mut Walk<'a>,
    direction: Direction,
    (old, new): (&View<'a>, &View<'a>),
    pair: (Option<Node<'a>>, Option<Node<'a>>),
    (noun, more): (&str, Turn),
) -> bool {
    let less = if more == Turn::Looser { Turn::Tighter } else { Turn::Looser };
    match pair {
        (Some(a), Some(b)) => {
            elements(walk, direction, &a, &b, (noun, more, less));
            true
        }
        (None, Some(list)) => {
            let turn = if holds(&list, old) { more } else { Turn::Other };
            walk.turned(direction, &list, format!("the schema became one {noun} of several"), turn);
            false
        }
        (Some(list), None) => {
            let turn = if holds(&list, new) { less } else { Turn::Other };
            walk.turned(direction, &list, format!("the schema is no longer one {noun} of several"), turn);
            false
        }
        (None, None) => true,
    }
}

/// Whether a schema is an element of the list.
fn holds(list: &Node<'_>, view: &View<'_>) -> bool {
    let component = |n: &Node<'_>| n.resolved().pointer;
    list.elements().iter().any(|e| e.value == view.top().value || component(e) == view.base().pointer)
}

fn elements<'a>(
    walk: &mut Walk<'a>,
    direction: Direction,
    old: &Node<'a>,
    new: &Node<'a>,
    (noun, more, less): (&str, Turn, Turn),
) {
    let (mut gone, mut come) = (old.elements(), new.elements());
    let mut pairs = vec![];
    pair_up(&mut gone, &mut come, &mut pairs, |a, b| a.name().is_some() && a.name() == b.name());
    pair_up(&mut gone, &mut come, &mut pairs, |a, b| a.value == b.value);
    if gone.len() == come.len() {
        pair_up(&mut gone, &mut come, &mut pairs, |_, _| true);
    }
    for pair in pairs {
        walk.schema(direction, pair);
    }
    for at in gone {
        walk.turned(direction, &at, format!("the {noun} {} was removed", title(&at)), less);
    }
    for at in come {
        walk.turned(direction, &at, format!("the {noun} {} was added", title(&at)), more);
    }
}

fn pair_up<'a>(
    old: &mut Vec<Node<'a>>,
    new: &mut Vec<Node<'a>>,
    pairs: &mut Vec<Pair<'a>>,
    same: impl Fn(&Node<'a>, &Node<'a>) -> bool,
) {
    for a in std::mem::take(old) {
        match new.iter().position(|b| same(&a, b)) {
            Some(i) => pairs.push(Pair { old: a, new: new.remove(i) }),
            None => old.push(a),
        }
    }
}

fn title(node: &Node<'_>) -> String {
    match node.name() {
        Some(name) => format!("`{name}`"),
        None => super::super::node::show(node.value),
    }
}
