//! Texts: those that a schema takes, and those that it does not.

use super::{
    Constraint, Generator,
    pattern::{Length, Sampler},
};
use crate::proof::{formats, shape::Shape};
use serde_json::Value;
use std::{collections::BTreeSet, rc::Rc};

/// Samples that a pattern gets before it counts as one that cannot be satisfied.
const TRIES: usize = 200;
/// Longest text that is made to reach a `maxLength`.
const LONGEST: usize = 20_000;
/// How many texts of one pattern are kept.
const KEPT: usize = 8;

impl Generator<'_> {
    /// Texts that the shape takes, plainest first; none where none was found.
    pub(super) fn texts(&self, shape: &Shape) -> Rc<Vec<String>> {
        let key = key(shape);
        if let Some(known) = self.texts.borrow().get(&key) {
            return known.clone();
        }
        let mut texts: Vec<String> = vec![];
        let format = shape.word("format").as_str().and_then(formats::text);
        texts.extend(format.into_iter().flat_map(|f| f.good).map(|t| t.to_string()));
        if let Some(sampler) = sampler(shape) {
            texts.extend(self.matching(shape, &sampler));
        } else if format.is_none() {
            texts.extend(of_each_length(shape));
        }
        let mut seen = BTreeSet::new();
        texts.retain(|t| seen.insert(t.clone()) && self.takes_text(shape, t));
        let texts = Rc::new(texts);
        self.texts.borrow_mut().insert(key, texts.clone());
        texts
    }

    fn takes_text(&self, shape: &Shape, text: &str) -> bool {
        self.takes(&leaf(shape), &text.into())
    }

    /// Texts from the pattern: a plain one, the shortest, the longest, and some by chance.
    fn matching(&self, shape: &Shape, sampler: &Sampler) -> Vec<String> {
        let most = shape.size("maxLength").unwrap_or(12).min(64);
        let chance = |i: usize| sampler.text(Length::Chance(1 + (i + 2) % (most + 4)), &mut self.random.borrow_mut());
        let ends = ["minLength", "maxLength"].map(|l| shape.size(l).and_then(|n| self.of_length(shape, sampler, n)));
        let least = sampler.text(Length::Least, &mut self.random.borrow_mut());
        let longest = sampler.text(Length::Most(most), &mut self.random.borrow_mut());
        let some = ends.into_iter().flatten().chain([least, longest]);
        let mut found: Vec<String> = vec![];
        for text in std::iter::once(chance(0)).chain(some).chain((1..TRIES).map(chance)) {
            if !found.contains(&text) && self.takes_text(shape, &text) {
                found.push(text);
            }
            if found.len() == KEPT {
                break;
            }
        }
        found
    }

    /// A text of exactly `n` characters that the shape takes.
    fn of_length(&self, shape: &Shape, sampler: &Sampler, n: usize) -> Option<String> {
        let lengths =
            (0..=n.min(TRIES)).map(Length::Most).chain((0..TRIES).map(|i| Length::Chance(1 + (n + i) % (n + 2))));
        let mut texts = lengths.map(|l| sampler.text(l, &mut self.random.borrow_mut()));
        let fits = |t: &String| t.chars().count() == n && self.takes_text(shape, t);
        // a pattern without an end takes whatever follows
        let least = || sampler.text(Length::Least, &mut self.random.borrow_mut());
        let padded = || least().chars().chain(std::iter::repeat('a')).take(n).collect();
        texts.find(fits).or_else(|| Some(padded()).filter(fits))
    }

    /// Texts that break one thing that the shape says; `text` is one that it takes.
    pub(super) fn broken_texts(&self, shape: &Shape, text: &str) -> Vec<(Constraint, String)> {
        let mut broken = vec![];
        if let Some(format) = shape.word("format").as_str().and_then(formats::text) {
            broken.extend(format.bad.iter().map(|t| (Constraint::Format, t.to_string())));
        }
        if let Some(least) = shape.size("minLength").filter(|n| *n > 0) {
            let short = self.text_of(shape, "minLength", least - 1, text);
            broken.push((Constraint::MinLength, short));
        }
        if let Some(most) = shape.size("maxLength").filter(|n| *n < LONGEST) {
            broken.push((Constraint::MaxLength, self.text_of(shape, "maxLength", most + 1, text)));
            if shape.word("pattern").is_null() {
                broken.push((Constraint::MaxLength, "é".repeat(most + 1)));
            }
        }
        broken.extend(self.off_pattern(shape, text).into_iter().map(|t| (Constraint::Pattern, t)));
        broken
    }

    /// A text of `n` characters that fits apart from the length, or else the text cut or lengthened.
    fn text_of(&self, shape: &Shape, limit: &str, n: usize, text: &str) -> String {
        let mut free = shape.clone();
        free.words.shift_remove(limit);
        if let Some(found) = sampler(shape).and_then(|s| self.of_length(&free, &s, n)) {
            return found;
        }
        text.chars().chain(std::iter::repeat('a')).take(n).collect()
    }

    /// Near misses of the pattern that keep to everything else.
    fn off_pattern(&self, shape: &Shape, text: &str) -> Vec<String> {
        if shape.word("pattern").is_null() {
            return vec![];
        }
        let mut free = shape.clone();
        free.words.shift_remove("pattern");
        let mut found: Vec<String> = vec![];
        for near in near(text) {
            if !self.takes_text(shape, &near) && self.takes_text(&free, &near) && !found.contains(&near) {
                found.push(near);
            }
        }
        // not only the changes of the first character
        let step = found.len().div_ceil(KEPT).max(1);
        found.into_iter().step_by(step).collect()
    }
}

fn sampler(shape: &Shape) -> Option<Sampler> {
    shape.word("pattern").as_str().and_then(Sampler::new)
}

/// What the shape says of texts.
fn leaf(shape: &Shape) -> Value {
    let keys = ["type", "format", "pattern", "minLength", "maxLength"];
    keys.iter()
        .filter_map(|k| Some((k.to_string(), shape.words.get(*k)?.clone())))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn key(shape: &Shape) -> String {
    leaf(shape).to_string()
}

/// A plain text, the shortest, the longest, and one of characters beyond the first plane.
fn of_each_length(shape: &Shape) -> Vec<String> {
    let least = shape.size("minLength").unwrap_or(0);
    let most = shape.size("maxLength").unwrap_or(least + 40).min(LONGEST);
    let of = |n: usize, from: &str| from.chars().cycle().take(n).collect::<String>();
    vec![
        of(5.clamp(least, most.max(least)), "plain"),
        of(least, "a"),
        of(most, "b"),
        of(most, "😀"),
        of(12.clamp(least, most.max(least)), "Zoë \"日本\"\\/<&"),
    ]
}

/// The text with one thing changed, put before, put behind or left out.
fn near(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut all = vec![format!("{text}\n"), format!(" {text}"), format!("{text}!")];
    for at in 0..chars.len() {
        let with =
            |new: Option<char>| chars[..at].iter().copied().chain(new).chain(chars[at + 1..].iter().copied()).collect();
        let other = if chars[at].is_ascii_lowercase() {
            chars[at].to_ascii_uppercase()
        } else {
            chars[at].to_ascii_lowercase()
        };
        all.extend(['!', ' ', '\u{663}', other].map(|c| with(Some(c))));
        all.push(with(None));
    }
    all
}
