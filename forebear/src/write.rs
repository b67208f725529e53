//! Last stage: the rendered files, and the three ways in which a folder can differ from them.

use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
};

/// Rendered files by path, relative to the output folder.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Files(BTreeMap<String, String>);

/// How a folder differs from what would be generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// A file that would be generated is not there.
    Missing(String),
    /// A file that is there has another content: the document has changed, or somebody edited it.
    Changed(String),
    /// A generated file that nothing generates any more.
    Orphan(String),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "{path}: missing"),
            Self::Changed(path) => write!(f, "{path}: differs from what the document gives (stale, or edited by hand)"),
            Self::Orphan(path) => write!(f, "{path}: nothing in the document asks for this file any more"),
        }
    }
}

impl Files {
    /// Adds a file.
    pub fn put(&mut self, path: &str, content: String) {
        self.0.insert(path.into(), content);
    }

    /// Paths and contents.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(p, c)| (p.as_str(), c.as_str()))
    }

    /// Lines of all files together.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.0.values().map(|c| c.lines().count()).sum()
    }

    /// Compares with what is under `root`, both ways.
    ///
    /// # Errors
    /// When `root` is no folder, or something other than a file stands where one belongs.
    pub fn compare(&self, root: &Path) -> io::Result<Vec<Difference>> {
        if root.symlink_metadata().is_ok() && !root.is_dir() {
            return Err(io::Error::other("is not a folder; remove it, or name another with `--out`"));
        }
        let mut found = vec![];
        for (path, content) in &self.0 {
            let target = root.join(path);
            let is_file = target.symlink_metadata().map(|m| m.is_file());
            match is_file.and_then(|is_file| if is_file { fs::read(&target) } else { Err(no_file()) }) {
                Ok(bytes) if bytes == content.as_bytes() => {}
                Ok(_) => found.push(Difference::Changed(path.clone())),
                Err(e) if e.kind() == io::ErrorKind::NotFound => found.push(Difference::Missing(path.clone())),
                Err(e) => return Err(at(path, &e)),
            }
        }
        found.extend(self.orphans(root)?.into_iter().map(Difference::Orphan));
        Ok(found)
    }

    /// Writes what differs and removes orphans, and says which; untouched files keep their time stamps, so that cargo rebuilds
    /// little. Orphans that forebear did not write stay: `check` goes on to name them.
    ///
    /// # Errors
    /// When `root` holds files that forebear did not write there, or a file cannot be written or removed.
    pub fn write(&self, root: &Path) -> io::Result<Vec<Difference>> {
        if !root.join(MARK).is_file() && !self.orphans(root)?.is_empty() {
            let text = "is neither empty nor a folder of generated crates: there is no STAMP in it";
            return Err(io::Error::other(text));
        }
        let mut differences = self.compare(root)?;
        differences.retain(|d| !matches!(d, Difference::Orphan(path) if !is_ours(&root.join(path))));
        for difference in &differences {
            match difference {
                Difference::Missing(path) | Difference::Changed(path) => {
                    put(&root.join(path), &self.0[path]).map_err(|e| at(path, &e))?;
                }
                Difference::Orphan(path) => fs::remove_file(root.join(path)).map_err(|e| at(path, &e))?,
            }
        }
        Ok(differences)
    }

    /// Every file under the folder that forebear would not write, but for the manifests, which belong to people.
    fn orphans(&self, root: &Path) -> io::Result<Vec<String>> {
        let mut found = vec![];
        let mut folders = vec![PathBuf::new()];
        while let Some(folder) = folders.pop() {
            let full = root.join(&folder);
            if !full.is_dir() {
                continue;
            }
            for entry in fs::read_dir(full)? {
                let entry = entry?;
                let path = folder.join(entry.file_name());
                if entry.file_type()?.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.to_string_lossy().replace('\\', "/");
                    if !self.0.contains_key(&name) && !MANIFESTS.contains(&name.as_str()) {
                        found.push(name);
                    }
                }
            }
        }
        found.sort();
        Ok(found)
    }
}

fn put(target: &Path, content: &str) -> io::Result<()> {
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(target, content)
}

fn no_file() -> io::Error {
    io::Error::other("is a folder or a link, where a file belongs; remove it")
}

/// The same error, with the path that it is about.
fn at(path: &str, e: &io::Error) -> io::Error {
    io::Error::new(e.kind(), format!("{path}: {e}"))
}

/// Manifests that are not there, without which the generated crates are none.
#[must_use]
pub fn without_manifest(root: &Path) -> Vec<&'static str> {
    MANIFESTS.into_iter().filter(|path| !root.join(path).is_file()).collect()
}

/// The file that marks a folder as generated.
const MARK: &str = "STAMP";
/// What people write in it.
const MANIFESTS: [&str; 3] = ["models/Cargo.toml", "server/Cargo.toml", "client/Cargo.toml"];

/// Whether the first line of a file says that forebear wrote it.
fn is_ours(path: &Path) -> bool {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().next().is_some_and(|line| line.contains("@generated by forebear"))
}

/// Lower-case hexadecimal SHA-256.
#[must_use]
pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{Difference, Files};
    use std::fs;

    #[test]
    fn removes_its_own_files_and_nobody_elses() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        let mut files = Files::default();
        files.put("STAMP", "x".into());
        files.put("server/src/lib.rs", "// @generated by forebear\n".into());
        files.write(root).expect("an empty folder is taken");
        fs::write(root.join("server/src/old.rs"), "// @generated by forebear\n").expect("written");
        fs::write(root.join("thesis.md"), "mine").expect("written");
        let found = files.write(root).expect("written");
        assert_eq!(found, [Difference::Orphan("server/src/old.rs".into())]);
        assert!(root.join("thesis.md").is_file() && !root.join("server/src/old.rs").exists());
    }

    #[test]
    fn leaves_a_folder_of_other_things_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("README.md"), "mine").expect("written");
        let mut files = Files::default();
        files.put("STAMP", "x".into());
        assert!(files.write(folder.path()).is_err());
        assert!(!folder.path().join("STAMP").exists());
    }
}
