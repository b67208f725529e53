//! Texts from a regular expression: a walk over its syntax tree.
//!
//! Look-around is cut out before parsing and anchors inside are passed over, so what comes out may not match; the caller asks the
//! pattern itself.

use super::random::Random;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Characters that may stand for a class, plainest first.
const PLAIN: [(char, char); 4] = [('a', 'z'), ('0', '9'), ('A', 'Z'), (' ', '~')];

/// Bytes after which no repetition goes on.
const LONGEST: usize = 4096;

/// How often a repetition repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    /// As seldom as it may.
    Least,
    /// As often as it may; without an end, this many times more than the least.
    Most(usize),
    /// By chance, at most so many times more than the least.
    Chance(usize),
}

/// A pattern that texts can be made from.
pub(crate) struct Sampler(Hir);

impl Sampler {
    /// `None` for what is no regular expression without its look-around.
    pub(crate) fn new(pattern: &str) -> Option<Self> {
        let text = without_look_around(pattern).replace(r"\d", "[0-9]");
        regex_syntax::Parser::new().parse(&text).ok().map(Self)
    }

    pub(crate) fn text(&self, length: Length, random: &mut Random) -> String {
        let mut out = String::new();
        write(&self.0, length, random, &mut out);
        out
    }
}

fn write(hir: &Hir, length: Length, random: &mut Random, out: &mut String) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => out.extend(pick(class, random)),
        HirKind::Repetition(r) => {
            let least = r.min as usize;
            let most = |more: usize| r.max.map_or(least + more, |m| m as usize);
            let n = match length {
                Length::Least => least,
                Length::Most(more) => most(more).min(least + more.max(64)),
                Length::Chance(more) => least + random.below(most(more).min(least + more) - least + 1),
            };
            for _ in 0..n {
                if out.len() > LONGEST {
                    break; // repetitions inside repetitions; what is cut off rarely matches
                }
                write(&r.sub, length, random, out);
            }
        }
        HirKind::Capture(c) => write(&c.sub, length, random, out),
        HirKind::Concat(parts) => parts.iter().for_each(|p| write(p, length, random, out)),
        HirKind::Alternation(parts) => {
            let at = if length == Length::Least { 0 } else { random.below(parts.len()) };
            write(&parts[at], length, random, out);
        }
    }
}

/// A plain character of the class, or its first one.
fn pick(class: &Class, random: &mut Random) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(c) => c.ranges().iter().map(|r| (r.start(), r.end())).collect(),
        Class::Bytes(c) => c.ranges().iter().map(|r| (r.start().into(), r.end().into())).collect(),
    };
    let mut plain = vec![];
    for (low, high) in PLAIN {
        let shared = ranges.iter().map(|(a, b)| (low.max(*a), high.min(*b))).filter(|(a, b)| a <= b);
        plain.extend(shared);
        // the printable rest only where nothing plainer is in the class
        if high == 'Z' && !plain.is_empty() {
            break;
        }
    }
    let from = if plain.is_empty() { ranges } else { plain };
    let (low, high) = *from.get(random.below(from.len()))?;
    let span = (high as usize) - (low as usize) + 1;
    char::from_u32(low as u32 + random.below(span) as u32).or(Some(low))
}

/// Cuts `(?=…)`, `(?!…)`, `(?<=…)` and `(?<!…)` out.
fn without_look_around(pattern: &str) -> String {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        if ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|l| rest.starts_with(l)) {
            rest = &rest[group(rest)..];
        } else {
            let n = piece(rest).max(c.len_utf8());
            out.push_str(&rest[..n]);
            rest = &rest[n..];
        }
    }
    out
}

/// Bytes of the group that `text` begins with.
fn group(text: &str) -> usize {
    let (mut at, mut open) = (0, 0);
    while at < text.len() {
        match text.as_bytes()[at] {
            b'(' => open += 1,
            b')' => open -= 1,
            _ => {}
        }
        at += piece(&text[at..]);
        if open == 0 {
            break;
        }
    }
    at
}

/// Bytes of the escape, class or character that `text` begins with.
fn piece(text: &str) -> usize {
    let char_at = |n: usize| text[n..].chars().next().map_or(0, char::len_utf8);
    match text.as_bytes()[0] {
        b'\\' if text.len() > 1 => 1 + char_at(1),
        b'[' => {
            let mut at = 1;
            while at < text.len() && text.as_bytes()[at] != b']' {
                at +=
                    if text.as_bytes()[at] == b'\\' && at + 1 < text.len() { 1 + char_at(at + 1) } else { char_at(at) };
            }
            (at + 1).min(text.len())
        }
        _ => char_at(0),
    }
}

#[cfg(test)]
mod tests {
    use super::{Length, Sampler, without_look_around};
    use crate::proof::instances::random::Random;

    #[test]
    fn cuts_look_around_only() {
        assert_eq!(without_look_around(r"^(?![)(]\)a{8}$)^[a-z(?=]([a-z]+)(?<!-)$"), "^^[a-z(?=]([a-z]+)$");
    }

    #[test]
    fn what_comes_out_matches() {
        let patterns =
            [r"^\+[1-9][0-9]{1,14}$", r"^[^@\s]+@[^@\s]+\.[^@\s]+$", r"^(a|\d{2}|[x-z]{0,3})$", r"^\d{1,13}\.\d{2}$"];
        let mut random = Random::new(1);
        for pattern in patterns {
            let (sampler, regex) = (Sampler::new(pattern).unwrap(), regress::Regex::new(pattern).unwrap());
            for length in [Length::Least, Length::Most(9), Length::Chance(4)] {
                let text = sampler.text(length, &mut random);
                assert!(regex.find(&text).is_some(), "{pattern} does not match {text:?}");
            }
        }
    }
}
