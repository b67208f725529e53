//! The files that are the same in every project, but for a few names.

use crate::{layout, write::Files};

/// The example's document: its name and its text.
pub(super) const DOCUMENT: (&str, &str) = ("notes.yaml", include_str!("../../template/openapi/notes.yaml"));

macro_rules! files {
    ($($path:literal),*) => { &[$(($path, include_str!(concat!("../../template/", $path)))),*] };
}

const COMMON: &[(&str, &str)] = files![
    "README.md",
    "src/limit.rs",
    "src/main.rs",
    "src/platform.rs",
    "src/prelude.rs",
    "src/store.rs",
    "src/token.rs"
];
/// Handlers of the example, in place of its stubs.
const EXAMPLE: &[(&str, &str)] = files!["src/handlers/health.rs", "src/handlers/note.rs"];

/// What differs.
pub(super) struct Names<'a> {
    pub(super) document: &'a str,
    pub(super) title: &'a str,
    pub(super) request: &'a str,
}

/// Adds what every project has.
pub(super) fn put(files: &mut Files, names: &Names<'_>) {
    let request = format!("{:?}", names.request);
    for (path, text) in COMMON {
        let text = text.replace("{{document}}", names.document).replace("{{title}}", names.title);
        files.put(path, text.replace("\"{{try}}\"", &request));
    }
    let manifest = include_str!("../../template/Cargo.toml.txt");
    files.put("Cargo.toml", manifest.replace("{{dependencies}}", layout::DEPENDENCIES));
    files.put(".gitignore", include_str!("../../template/gitignore").into());
    if !layout::LOCK.is_empty() {
        files.put("Cargo.lock", layout::LOCK.into());
    }
}

/// Adds the handlers of the example.
pub(super) fn put_example(files: &mut Files) {
    for (path, text) in EXAMPLE {
        files.put(path, (*text).into());
    }
}
