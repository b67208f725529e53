//! Schemas, each compared in the direction in which it travels.
//!
//! The pairs that are still to compare wait in a queue, and each is taken once per direction. So circles of references end,
//! and long chains need no stack.

mod alternatives;
mod bounds;
mod keywords;
mod members;
mod storage;
mod turn;
mod view;

pub(super) use turn::Direction;

use super::{
    change::{Class, Report},
    filters::{self, Filters},
    node::{Node, Pair},
    rest,
};
use crate::source::Document;
use std::{
    cell::OnceCell,
    collections::{HashSet, VecDeque},
};
use turn::Turn;
use view::View;

/// The comparison under way: what was found, and what is still to be compared.
pub(super) struct Walk<'a> {
    pub report: Report<'a>,
    old: &'a Document,
    filters: OnceCell<Filters>,
    queue: VecDeque<(Direction, Pair<'a>)>,
    seen: HashSet<(Direction, String, String)>,
}

impl<'a> Walk<'a> {
    pub fn new(old: &'a Document) -> Self {
        let (queue, seen) = (VecDeque::new(), HashSet::new());
        Self { report: Report::new(old), old, filters: OnceCell::new(), queue, seen }
    }

    /// The filters of the old document that rest on a property. They are looked up once, and only when an index changes.
    fn filters(&self, property: &str) -> &[String] {
        let filters = self.filters.get_or_init(|| filters::of(self.old));
        filters.get(property).map(Vec::as_slice).unwrap_or_default()
    }

    /// Compares a schema later, unless it was or will be.
    pub fn schema(&mut self, direction: Direction, pair: Pair<'a>) {
        if self.seen.insert((direction, pair.old.pointer.clone(), pair.new.pointer.clone())) {
            self.queue.push_back((direction, pair));
        }
    }

    /// Two schemas of which either may be missing: none at all admits everything.
    pub fn optional(&mut self, direction: Direction, pair: (Option<Node<'a>>, Option<Node<'a>>)) {
        match pair {
            (Some(old), Some(new)) => self.schema(direction, Pair { old, new }),
            (Some(old), None) => self.turned(direction, &old, "the schema was removed", Turn::Looser),
            (None, Some(new)) => self.turned(direction, &new, "a schema was added", Turn::Tighter),
            (None, None) => {}
        }
    }

    /// Reports something that admits more, less or other values than before.
    fn turned(&mut self, direction: Direction, at: &Node<'_>, what: impl Into<String>, turn: Turn) {
        let (class, effect) = turn.effect(direction);
        self.report.add(at, what, class, effect);
    }

    /// Compares all that waits.
    pub fn run(&mut self) {
        while let Some((direction, pair)) = self.queue.pop_front() {
            let (old, new) = (View::of(&pair.old), View::of(&pair.new));
            self.name(&pair);
            if alternatives::compare(self, direction, &old, &new) && keywords::kind(self, direction, &old, &new) {
                keywords::compare(self, direction, &old, &new);
                bounds::compare(self, direction, &old, &new);
                members::compare(self, direction, &old, &new);
                self.parts(direction, &old, &new);
            }
            storage::compare(self, &old, &new);
            self.words(&old, &new);
        }
    }

    /// The client's types have the names of components, which callers write in their programs.
    fn name(&mut self, pair: &Pair<'a>) {
        let (old, new) = (pair.old.name(), pair.new.name());
        match (old, new) {
            (Some(old), Some(new)) if old != new => {
                let component = |name| Node::root(pair.new.document).at(&["components", "schemas", name]);
                let at = if component(old).is_none() { component(new) } else { None };
                let what = format!("the schema `{old}` became `{new}`");
                self.report.add(
                    &at.unwrap_or_else(|| pair.new.clone()),
                    what,
                    Class::Breaking,
                    "the client's type has another name",
                );
            }
            (None, Some(name)) => {
                let what = format!("the schema is now the component `{name}`");
                self.report.add(&pair.new, what, Class::Compatible, "only the client's type has another name");
            }
            (Some(name), None) => {
                let what = format!("the schema is no longer the component `{name}`");
                self.report.add(&pair.new, what, Class::Compatible, "only the client's type has another name");
            }
            _ => {}
        }
    }

    /// Items, and what must not match.
    fn parts(&mut self, direction: Direction, old: &View<'a>, new: &View<'a>) {
        self.optional(direction, (old.find("items"), new.find("items")));
        match (old.find("not"), new.find("not")) {
            (Some(old), Some(new)) => {
                // inside, tighter is looser: the worse of both directions is safe
                self.schema(Direction::Request, Pair { old: old.clone(), new: new.clone() });
                self.schema(Direction::Response, Pair { old, new });
            }
            (Some(at), None) => self.turned(direction, &at, "`not` was removed", Turn::Looser),
            (None, Some(at)) => self.turned(direction, &at, "`not` was added", Turn::Tighter),
            (None, None) => {}
        }
    }

    /// Everything that no rule has taken.
    fn words(&mut self, old: &View<'a>, new: &View<'a>) {
        for key in old.keys().into_iter().chain(new.keys()).filter(|key| !is_handled(key)) {
            rest::other(&mut self.report, (old.find(key), new.find(key)), key);
        }
    }
}

fn is_handled(key: &str) -> bool {
    let here = ["$ref", "allOf", "oneOf", "anyOf", "type", "items", "not"];
    here.contains(&key)
        || keywords::KEYS.contains(&key)
        || bounds::is_bound(key)
        || members::KEYS.contains(&key)
        || storage::KEYS.contains(&key)
}
