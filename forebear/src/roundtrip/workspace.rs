//! The scratch workspace: the runtime once, four crates per document, one build.

use super::probe;
use crate::{Rendered, layout, source::Document, write::Files};
use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Writes and builds everything; the probe of each document, or why it does not compile.
///
/// # Errors
/// When files cannot be written or cargo cannot be run.
pub(super) fn build(
    folder: &Path,
    rendered: &[(usize, Document, Rendered)],
) -> io::Result<Vec<Result<PathBuf, String>>> {
    let folder = &std::path::absolute(folder)?;
    let mut files = Files::default();
    files.put("STAMP", "scratch folder of forebear roundtrip\n".into());
    layout::put_runtime(&mut files, "runtime");
    let mut members = vec!["runtime".to_string()];
    for (i, (_, _, output)) in rendered.iter().enumerate() {
        for (path, content) in output.files.iter().filter(|(path, _)| !path.ends_with("STAMP")) {
            files.put(&format!("d{i}/{path}"), content.into());
        }
        layout::put_manifests(&mut files, &format!("d{i}"), &format!("-{i}"), "../../runtime");
        probe::put(&mut files, i, output);
        members.extend(["models", "server", "client", "probe"].map(|c| format!("d{i}/{c}")));
    }
    files.put("Cargo.toml", manifest(&members));
    sync(&files, folder)?;
    if !layout::LOCK.is_empty() && !folder.join("Cargo.lock").exists() {
        fs::write(folder.join("Cargo.lock"), layout::LOCK)?;
    }
    compile(folder, rendered.len())
}

fn manifest(members: &[String]) -> String {
    format!(
        "[workspace]\nresolver = \"3\"\nmembers = {members:?}\n\n[workspace.dependencies]\n{}\n[profile.dev]\ndebug = false\n",
        layout::DEPENDENCIES
    )
}

/// Makes the folder hold these files; what cargo keeps there stays.
fn sync(files: &Files, folder: &Path) -> io::Result<()> {
    if folder.exists() && !folder.join("STAMP").exists() && fs::read_dir(folder)?.next().is_some() {
        let text = format!("{} holds other things; name an empty folder with --scratch", folder.display());
        return Err(io::Error::other(text));
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let old = name.strip_prefix('d').is_some_and(|n| n.parse::<usize>().is_ok());
        if old && !files.iter().any(|(path, _)| path.starts_with(&format!("{name}/"))) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    for (path, content) in files.iter() {
        let target = folder.join(path);
        if fs::read(&target).is_ok_and(|old| old == content.as_bytes()) {
            continue; // an untouched file keeps its time stamp, so that cargo rebuilds little
        }
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(target, content)?;
    }
    Ok(())
}

fn compile(folder: &Path, documents: usize) -> io::Result<Vec<Result<PathBuf, String>>> {
    if documents == 0 {
        return Ok(vec![]);
    }
    let target = folder.join("target");
    let program = |i: usize| target.join("debug").join(format!("probe-{i}{}", std::env::consts::EXE_SUFFIX));
    let cargo = |i: Option<usize>| {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(["build", "--quiet", "--color", "never"]).current_dir(folder).env("CARGO_TARGET_DIR", &target);
        match i {
            None => command.args(["--workspace", "--keep-going"]),
            Some(i) => command.args(["-p", &format!("probe-{i}")]),
        };
        command.stdin(Stdio::null()).output()
    };
    if cargo(None)?.status.success() {
        return Ok((0..documents).map(|i| Ok(program(i))).collect());
    }
    // one document that does not compile must not take the others with it
    let one = |i: usize| {
        let output = cargo(Some(i))?;
        let text = String::from_utf8_lossy(&output.stderr);
        let errors = text.split("\n\n").filter(|paragraph| paragraph.starts_with("error")).take(8);
        Ok(if output.status.success() { Ok(program(i)) } else { Err(errors.collect::<Vec<_>>().join("\n")) })
    };
    (0..documents).map(one).collect()
}
