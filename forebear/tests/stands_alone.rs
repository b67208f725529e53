//! Nothing of the API that is built with forebear is in forebear: a grep over every file of both crates.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Words of that API's domain, in two halves, so that this file holds none of them.
const WORDS: [(&str, &str); 10] = [
    ("lend", "ing"),
    ("lend", "er"),
    ("lo", "an"),
    ("pay", "off"),
    ("franch", "ise"),
    ("na", "ics"),
    ("s", "ba"),
    ("holi", "day"),
    ("part", "ner"),
    ("borrow", "er"),
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true if path.ends_with("target") => {}
            true => files(&path, found),
            false => found.push(path),
        }
    }
}

/// The words of a text, in lower case: what capitals, underscores and signs part, and a plural without its `s`.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_ascii_alphabetic()).flat_map(|run| {
        let mut parts = vec![run.to_ascii_lowercase()];
        let mut start = 0;
        for (i, pair) in run.as_bytes().windows(2).enumerate() {
            if pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase() {
                parts.push(run[start..=i].to_ascii_lowercase());
                start = i + 1;
            }
        }
        parts.push(run[start..].to_ascii_lowercase());
        parts
    })
}

/// Lines with a word of the domain, in the file's path or in its text.
fn hits(path: &Path) -> Vec<String> {
    let wanted = WORDS.map(|(start, end)| format!("{start}{end}"));
    let is_theirs = |word: String| wanted.iter().any(|w| word == *w || word.strip_suffix('s') == Some(w));
    let bytes = fs::read(path).unwrap();
    let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(path).display().to_string();
    let text = String::from_utf8_lossy(&bytes);
    let lines = [name.as_str()].into_iter().chain(text.lines()).enumerate();
    lines.filter(|(_, l)| words(l).any(is_theirs)).map(|(n, line)| format!("{name}:{n}: {}", line.trim())).collect()
}

#[test]
fn no_word_of_the_domain() {
    let mut all = vec![];
    files(Path::new(env!("CARGO_MANIFEST_DIR")), &mut all);
    assert!(all.len() > 400, "only {} files", all.len());
    for part in ["src/lib.rs", "runtime/src/lib.rs", "template/src/main.rs", "tests/data/minimal.yaml", "README.md"] {
        assert!(all.iter().any(|p| p.ends_with(Path::new("forebear").join(part)) || p.ends_with(part)), "{part}");
    }
    let found: Vec<String> = all.iter().flat_map(|path| hits(path)).collect();
    assert!(found.is_empty(), "{} lines:\n{}", found.len(), found.join("\n"));
}

#[test]
fn the_grep_finds_words_and_nothing_less() {
    let folder = tempfile::tempdir().unwrap();
    let [lend, _, lo, pay, ..] = WORDS.map(|(start, end)| format!("{start}{end}"));
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    for (text, expected) in [
        (lo.clone(), 1),
        (format!("{}s", lo.to_uppercase()), 1),
        (format!("{lo}_number, {pay}:read\nNew{}s\n", capital(&pay)), 2),
        (format!("../openapi/{lend}.yaml"), 1),
        (format!("\0\u{1}{lend}\n"), 1),
        (format!("un{lo}ed b{lend} re{pay}"), 0),
    ] {
        let path = folder.path().join("file");
        fs::write(&path, [&b"\xff\xfe\n"[..], text.as_bytes()].concat()).unwrap();
        assert_eq!(hits(&path).len(), expected, "{text}");
    }
    let path = folder.path().join(format!("{pay}.snap"));
    fs::write(&path, "").unwrap();
    assert_eq!(hits(&path).len(), 1, "a name of a file");
}
