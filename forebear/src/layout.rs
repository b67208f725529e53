//! Workspaces around generated crates: their manifests, and the runtime that is embedded in this program.
//!
//! A generated crate needs no published `forebear-runtime`: the sources of the one that fits travel with the generator.

use crate::write::Files;

/// Files of the runtime crate, relative to it.
const RUNTIME: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/runtime.rs"));
/// Versions of dependencies that are known to work together; empty where they are not known.
pub const LOCK: &str = include_str!(concat!(env!("OUT_DIR"), "/Cargo.lock"));

/// Head of a workspace manifest: the dependencies that generated crates and the runtime share.
pub const DEPENDENCIES: &str = r#"async-trait = "0.1"
base64 = "0.22"
bytes = "1"
chrono = { version = "0.4", default-features = false, features = ["clock", "serde", "std"] }
dropshot = "=0.18.0"
futures = { version = "0.3", default-features = false, features = ["std"] }
futures-core = "0.3"
futures-util = { version = "0.3", default-features = false }
http = "1"
http-body-util = "0.1"
itoa = "1"
multer = "3"
percent-encoding = "2"
progenitor-client = { version = "0.15", default-features = false }
quick_cache = "0.7"
rand = { version = "0.9", default-features = false, features = ["std", "thread_rng"] }
regress = "0.10"
reqwest = { version = "0.13", default-features = false, features = ["form", "json", "query", "stream"] }
schemars = "0.8"
serde = { version = "1", features = ["derive"] }
serde_html_form = "0.4"
serde_json = { version = "1", features = ["float_roundtrip", "preserve_order"] }
serde_path_to_error = "0.1"
sha2 = "0.11"
slog = "2"
tokio = { version = "1", features = ["macros", "net", "rt-multi-thread", "signal", "sync", "time"] }
unicode-normalization = "0.1"
uuid = { version = "1", features = ["serde", "v4"] }
"#;

/// What each crate depends on; a path dependency is written by whoever knows the folder.
const RUNTIME_NEEDS: &[&str] = &[
    "async-trait",
    "bytes",
    "chrono",
    "dropshot",
    "futures-util",
    "http",
    "http-body-util",
    "itoa",
    "multer",
    "percent-encoding",
    "quick_cache",
    "schemars",
    "serde",
    "serde_html_form",
    "serde_json",
    "serde_path_to_error",
    "sha2",
    "tokio",
    "unicode-normalization",
];
const MODELS_NEEDS: &[&str] = &["chrono", "regress", "serde", "serde_json", "uuid"];
const SERVER_NEEDS: &[&str] = &["chrono", "dropshot", "serde", "serde_json"];
const CLIENT_NEEDS: &[&str] = &[
    "base64", // for the handshake of websockets (RFC 6455), as `rand`
    "bytes",
    "chrono",
    "futures",
    "futures-core",
    "percent-encoding",
    "progenitor-client",
    "rand",
    "reqwest",
    "serde",
    "serde_json",
    "uuid",
];

/// A manifest of a crate in the workspace; `paths` are `(dependency, package, folder)`.
#[must_use]
pub fn manifest(name: &str, needs: &[&str], paths: &[(&str, &str, &str)]) -> String {
    let mut text = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n[dependencies]\n"
    );
    for (dependency, package, folder) in paths {
        text += &format!("{dependency} = {{ package = \"{package}\", path = \"{folder}\" }}\n");
    }
    for need in needs {
        text += &format!("{need}.workspace = true\n");
    }
    // examples in doc comments are the document's, not Rust
    text + "\n[lib]\ndoctest = false\n"
}

/// Adds the runtime crate under `folder`.
pub fn put_runtime(files: &mut Files, folder: &str) {
    for (path, content) in RUNTIME {
        files.put(&format!("{folder}/{path}"), (*content).into());
    }
    files.put(&format!("{folder}/Cargo.toml"), manifest("forebear-runtime", RUNTIME_NEEDS, &[]));
}

/// Adds the manifests of the generated crates under `folder`, with `suffix` in their package names; `runtime` is the path from
/// one of them to the runtime.
pub fn put_manifests(files: &mut Files, folder: &str, suffix: &str, runtime: &str) {
    let models = format!("generated-models{suffix}");
    let on_models = ("generated-models", models.as_str(), "../models");
    let on_runtime = ("forebear-runtime", "forebear-runtime", runtime);
    let server = manifest(&format!("generated-server{suffix}"), SERVER_NEEDS, &[on_models, on_runtime]);
    files.put(&format!("{folder}/models/Cargo.toml"), manifest(&models, MODELS_NEEDS, &[]));
    files.put(&format!("{folder}/server/Cargo.toml"), server);
    let client = manifest(&format!("generated-client{suffix}"), CLIENT_NEEDS, &[on_models]);
    files.put(&format!("{folder}/client/Cargo.toml"), client);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that a manifest lists under `[dependencies]`.
    fn listed(manifest: &str) -> Vec<&str> {
        let lines = manifest.lines().skip_while(|l| *l != "[dependencies]").skip(1);
        let lines = lines.take_while(|l| !l.starts_with('['));
        let mut names: Vec<&str> =
            lines.filter_map(|l| l.split([' ', '.', '=']).next()).filter(|n| !n.is_empty()).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn the_runtime_has_what_it_needs_elsewhere_too() {
        let own = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/runtime/Cargo.toml")).unwrap();
        let needs = RUNTIME_NEEDS.to_vec();
        assert_eq!(listed(&own), needs);
        let shared = format!("[dependencies]\n{DEPENDENCIES}");
        for need in [RUNTIME_NEEDS, MODELS_NEEDS, SERVER_NEEDS, CLIENT_NEEDS].concat() {
            assert!(listed(&shared).contains(&need), "{need} has no version");
        }
    }
}
