//! Patterns that can take forever: a repeated group that repeats inside, so that a text divides in countless ways.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Whether an unbounded repetition stands inside another; `None` for what this parser does not read.
pub(super) fn endless(pattern: &str) -> Option<bool> {
    regex_syntax::parse(pattern).ok().map(|p| nested(&p))
}

fn nested(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Repetition(r) => r.max.is_none() && unbounded(&r.sub) && !separated(&r.sub) || nested(&r.sub),
        HirKind::Capture(c) => nested(&c.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(nested),
        _ => false,
    }
}

fn unbounded(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Repetition(r) => r.max.is_none() || unbounded(&r.sub),
        HirKind::Capture(c) => unbounded(&c.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(unbounded),
        _ => false,
    }
}

/// Whether each round begins or ends with a character that occurs nowhere else in it, as in `(-[a-z]+)*`: then a text
/// divides in one way only.
fn separated(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Capture(c) => separated(&c.sub),
        HirKind::Concat(parts) => {
            let [first, middle @ .., last] = parts.as_slice() else { return false };
            let apart =
                |c: Option<char>, end: &Hir| c.is_some_and(|c| !holds(end, c) && middle.iter().all(|m| !holds(m, c)));
            apart(single(first), last) || apart(single(last), first)
        }
        _ => false,
    }
}

fn single(hir: &Hir) -> Option<char> {
    let HirKind::Literal(literal) = hir.kind() else { return None };
    let mut chars = std::str::from_utf8(&literal.0).ok()?.chars();
    chars.next().filter(|_| chars.next().is_none())
}

/// Whether `c` may occur in what `hir` matches.
fn holds(hir: &Hir, c: char) -> bool {
    match hir.kind() {
        HirKind::Literal(l) => std::str::from_utf8(&l.0).map_or(true, |text| text.contains(c)),
        HirKind::Class(Class::Unicode(class)) => class.ranges().iter().any(|r| (r.start()..=r.end()).contains(&c)),
        HirKind::Class(Class::Bytes(_)) => true,
        HirKind::Repetition(r) => holds(&r.sub, c),
        HirKind::Capture(inner) => holds(&inner.sub, c),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(|p| holds(p, c)),
        HirKind::Empty | HirKind::Look(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::endless;

    #[test]
    fn nested_repetitions() {
        for pattern in ["^(a+)+$", "(?:a*)*", "((a+)b?)*", "^(x(a+)+y)$", "([a-z]+-?)+", "(?:a{2,})+"] {
            assert_eq!(endless(pattern), Some(true), "{pattern}");
        }
        for pattern in ["^[a-z]+(-[a-z]+)*$", "^([a-z]+,)*$", "^[^@]+@[^@]+$", "(a+){1,3}", "(ab)*"] {
            assert_eq!(endless(pattern), Some(false), "{pattern}");
        }
        assert_eq!(endless("(?!a)b"), None);
    }
}
