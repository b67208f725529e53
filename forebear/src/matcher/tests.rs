//! The same answers as the engine, for whatever is plain.

use super::pattern::Pattern;

/// Pseudo-random, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

fn same(pattern: &str, text: &str) {
    let expected = regress::Regex::new(pattern).unwrap().find(text).is_some();
    let found = Pattern::new(pattern).unwrap().find(text).is_some();
    assert_eq!(found, expected, "{pattern} over {text:?}");
}

fn is_plain(pattern: &str) -> bool {
    matches!(Pattern::new(pattern), Ok(Pattern::Plain(_)))
}

#[test]
fn patterns_of_documents_are_plain() {
    for pattern in [
        "^([1-9][0-9]{1,5}|31-33|44-45|48-49)$",
        "^[A-Z]{2}$",
        "^\\+[1-9][0-9]{1,14}$",
        "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}-[a-z0-9-]+$",
        "^S[0-9]{4,}$",
        "^\\d{1,13}\\.\\d{2}$",
        "^(?:a|b)*$",
    ] {
        assert!(is_plain(pattern), "{pattern}");
        for text in [
            "",
            "11",
            "31-33",
            "31-3",
            "US",
            "us",
            "+49123",
            "S0001",
            "S001",
            "2026-01-01-x",
            "12.34",
            "abba",
            "é",
            "U\u{301}",
        ] {
            same(pattern, text);
        }
    }
}

#[test]
fn all_else_goes_to_the_engine() {
    for pattern in [
        "a",
        "^a",
        "a$",
        "^a|b$",
        "^.$",
        "^[^a]$",
        "^\\w$",
        "^\\s$",
        "^a\\$",
        "^(?=a)$",
        "^(a)\\1$",
        "^a+?$",
        "^\u{e9}$",
        "^[\u{e9}]$",
        "^\\n$",
        "^\\b$",
        "^\\x41$",
        "^[a-\\d]$",
        "^a{200}$",
        "^[a-z]{100}[0-9]{100}$",
    ] {
        assert!(!is_plain(pattern), "{pattern}");
        for text in ["", "a", "b", "ab", "aa", "a$", "\u{e9}", "A", "\n", " "] {
            if regress::Regex::new(pattern).is_ok() {
                same(pattern, text);
            }
        }
    }
}

fn make(dice: &mut Dice, depth: usize) -> String {
    let atoms = ["a", "b", "-", "[ab]", "[a-c]", "[-c]", "[0-9_-]", "\\.", "\\d", "[\\].]"];
    let counts = ["", "", "", "?", "*", "+", "{2}", "{0,2}", "{1,}", "{1,3}", "{0}"];
    (0..dice.below(4))
        .map(|_| match dice.below(3) {
            // few counts over groups: the engine backtracks, and some would take it hours
            0 if depth > 0 => {
                let (open, count) = (dice.one(&["(", "(?:"]), dice.one(&["", "", "?"]));
                format!("{open}{}|{}){count}", make(dice, depth - 1), make(dice, depth - 1))
            }
            _ => format!("{}{}", dice.one(&atoms), dice.one(&counts)),
        })
        .collect()
}

#[test]
fn whatever_is_plain_means_the_same_to_both() {
    let mut dice = Dice(7);
    for _ in 0..1500 {
        let pattern = format!("^{}$", make(&mut dice, 2));
        assert!(is_plain(&pattern), "{pattern}");
        for _ in 0..12 {
            let text: String =
                (0..dice.below(7)).map(|_| dice.one(&["a", "b", "c", "-", "0", "_", ".", "]", "\u{e9}"])).collect();
            same(&pattern, &text);
        }
    }
}

#[test]
fn more_positions_than_bits_are_not_plain() {
    assert!(is_plain("^[a-z]{128}$"));
    assert!(!is_plain("^[a-z]{128}x$"));
}
