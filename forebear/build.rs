//! Gives the generator a hash of its own sources, so that its output can be told from that of another version.

include!("source_hash.rs");

fn main() {
    println!("cargo:rerun-if-changed=source_hash.rs");
    println!("cargo:rustc-env=FOREBEAR_SOURCE={}", source_hash(std::path::Path::new("src")));
}
