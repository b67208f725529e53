//! The generated crates are exactly what the document gives, and the checks for it can fail.

use forebear::{
    source::Document,
    write::{Difference, Files},
};
use std::{fs, path::Path, sync::OnceLock};

fn rendered() -> &'static Files {
    static FILES: OnceLock<Files> = OnceLock::new();
    FILES.get_or_init(|| {
        let document = Document::load(Path::new("openapi/lending.yaml")).unwrap();
        forebear::generate(&document).unwrap_or_else(|findings| panic!("{}", forebear::diagnostic::report(&findings)))
    })
}

#[test]
fn generated_is_fresh() {
    let differences = rendered().compare(Path::new("generated")).unwrap();
    let text: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert!(text.is_empty(), "generated/ is stale: run `just generate`\n{}", text.join("\n"));
}

#[test]
fn a_stale_an_edited_and_an_orphaned_file_are_each_caught() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    rendered().write(root).unwrap();
    assert_eq!(rendered().compare(root).unwrap(), []);

    let edited = "server/src/handlers.rs";
    let text = fs::read_to_string(root.join(edited)).unwrap();
    fs::write(root.join(edited), text + "// by hand\n").unwrap();
    fs::remove_file(root.join("client/src/paged.rs")).unwrap();
    fs::write(root.join("server/src/op/forgotten.rs"), "").unwrap();
    assert_eq!(
        rendered().compare(root).unwrap(),
        [
            Difference::Missing("client/src/paged.rs".into()),
            Difference::Changed(edited.into()),
            Difference::Orphan("server/src/op/forgotten.rs".into()),
        ]
    );
    rendered().write(root).unwrap();
    assert_eq!(rendered().compare(root).unwrap(), []);
}

#[test]
fn a_changed_document_is_stale_everywhere() {
    let text = fs::read_to_string("openapi/lending.yaml").unwrap();
    let changed = text.replacen("version: 0.1.0", "version: 0.1.1", 1);
    assert_ne!(text, changed);
    let stamp = forebear::stamp::of(changed.as_bytes());
    assert_ne!(fs::read_to_string("generated/STAMP").unwrap(), stamp, "the first layer sees it");
    let files = forebear::generate(&Document::parse("openapi/lending.yaml", &changed).unwrap()).unwrap();
    assert!(
        files
            .compare(Path::new("generated"))
            .unwrap()
            .contains(&Difference::Changed("server/src/contract.json".into()))
    );
}
