//! Gives the generator a hash of its own sources, so that its output can be told from that of another version, and the sources of
//! the runtime, so that the projects it lays out need nothing but cargo.

include!("source_hash.rs");

use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn main() {
    println!("cargo:rerun-if-changed=source_hash.rs");
    println!("cargo:rustc-env=FOREBEAR_SOURCE={}", source_hash(Path::new("src")));
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut list = String::from("&[\n");
    embed(&root.join("runtime/src"), "src", &mut list);
    list.push(']');
    println!("cargo:rerun-if-changed=runtime/src");
    let out = PathBuf::from(env::var("OUT_DIR").unwrap_or_default());
    let _ = fs::write(out.join("runtime.rs"), list);
    // versions that are known to work together; absent where forebear is built from a package alone
    let lock = root.join("../Cargo.lock");
    println!("cargo:rerun-if-changed={}", lock.display());
    let _ = fs::write(out.join("Cargo.lock"), fs::read_to_string(lock).unwrap_or_default());
}

/// Adds `(path, content)` of every file under a folder.
fn embed(folder: &Path, name: &str, list: &mut String) {
    let mut entries: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        let name = format!("{name}/{}", path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() {
            embed(&path, &name, list);
        } else {
            let _ = writeln!(list, "    ({name:?}, include_str!({path:?})),");
        }
    }
}
