// Included by two build scripts: what `generated/STAMP` says about the generator and what the server's build compares.

/// Lower-case hexadecimal SHA-256 of every Rust file under `src`, in the order of their paths.
fn source_hash(src: &std::path::Path) -> String {
    use sha2::{Digest, Sha256};
    let (mut files, mut folders) = (vec![], vec![src.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        println!("cargo:rerun-if-changed={}", folder.display());
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        hash.update(file.strip_prefix(src).unwrap_or(&file).to_string_lossy().as_bytes());
        hash.update(std::fs::read(&file).unwrap_or_default());
    }
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}
