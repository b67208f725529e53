//! Refuses to compile against a stale `generated/`. It only compares hashes; it never writes files.

include!("forebear/source_hash.rs");

use std::{fs, path::Path};

const DOCUMENT: &str = "openapi/lending.yaml";
const STAMP: &str = "generated/STAMP";

fn main() {
    for path in [DOCUMENT, STAMP, "forebear/source_hash.rs"] {
        println!("cargo:rerun-if-changed={path}");
    }
    let document = fs::read(DOCUMENT).unwrap_or_default();
    let hash: String = <sha2::Sha256 as sha2::Digest>::digest(&document).iter().map(|b| format!("{b:02x}")).collect();
    let wanted = format!("document {hash}\ngenerator {}\n", source_hash(Path::new("forebear/src")));
    if fs::read_to_string(STAMP).unwrap_or_default() != wanted {
        println!("cargo::error=generated/ is stale: run `just generate` (or `cargo run -p forebear -- generate`)");
    }
}
