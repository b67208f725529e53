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

    /// Content of one file.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
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
    /// When a file cannot be read.
    pub fn compare(&self, root: &Path) -> io::Result<Vec<Difference>> {
        let mut found = vec![];
        for (path, content) in &self.0 {
            match fs::read(root.join(path)) {
                Ok(bytes) if bytes == content.as_bytes() => {}
                Ok(_) => found.push(Difference::Changed(path.clone())),
                Err(e) if e.kind() == io::ErrorKind::NotFound => found.push(Difference::Missing(path.clone())),
                Err(e) => return Err(e),
            }
        }
        found.extend(self.orphans(root)?.into_iter().map(Difference::Orphan));
        Ok(found)
    }

    /// Writes what differs and removes orphans; untouched files keep their time stamps, so that cargo rebuilds little.
    ///
    /// # Errors
    /// When a file cannot be written or removed.
    pub fn write(&self, root: &Path) -> io::Result<Vec<Difference>> {
        let differences = self.compare(root)?;
        for difference in &differences {
            match difference {
                Difference::Missing(path) | Difference::Changed(path) => {
                    let target = root.join(path);
                    if let Some(parent) = target.parent() {
                        fs::create_dir_all(parent)?;
                    }
                    fs::write(target, &self.0[path])?;
                }
                Difference::Orphan(path) => fs::remove_file(root.join(path))?,
            }
        }
        Ok(differences)
    }

    /// Files in the `src` folders and beside them that forebear would have to have written. `Cargo.toml` belongs to people.
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
                    if !self.0.contains_key(&name) && !name.ends_with("Cargo.toml") {
                        found.push(name);
                    }
                }
            }
        }
        found.sort();
        Ok(found)
    }
}

/// Lower-case hexadecimal SHA-256.
#[must_use]
pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}
