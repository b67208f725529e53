use lending_api::config::Config;
use std::path::Path;

/// What the configuration says to a section; empty when it takes it.
fn refused(folder: &Path, section: &str) -> String {
    let file = folder.join("lending.toml");
    std::fs::write(&file, format!("[dynamodb]\n{section}\n")).unwrap();
    Config::load(Some(&file)).map(drop).map_err(|e| e.to_string()).err().unwrap_or_default()
}

#[cfg(feature = "dynamodb")]
#[test]
fn wrong_settings_are_named() {
    let folder = tempfile::tempdir().unwrap();
    for (section, named) in [
        ("", "missing field `table`"),
        ("table = \"\"", "dynamodb.table (LENDING_DYNAMODB__TABLE)"),
        ("table = \"a b c\"", "dynamodb.table (LENDING_DYNAMODB__TABLE)"),
        ("table = \"audit\"\nretention_days = 0", "dynamodb.retention_days (LENDING_DYNAMODB__RETENTION_DAYS)"),
        ("table = \"audit\"\nretention_days = 36501", "dynamodb.retention_days (LENDING_DYNAMODB__RETENTION_DAYS)"),
        ("table = \"audit\"\nregion = \"\"", "dynamodb.region (LENDING_DYNAMODB__REGION)"),
        ("table = \"audit\"\nregion = \"us east\"", "dynamodb.region (LENDING_DYNAMODB__REGION)"),
        ("table = \"audit\"\nendpoint_url = \"nothing\"", "dynamodb.endpoint_url (LENDING_DYNAMODB__ENDPOINT_URL)"),
        ("table = \"audit\"\nendpoint_url = \"http://example.com\"", "http:// is good on loopback only"),
        ("table = \"audit\"\ntabel = \"audit\"", "unknown setting dynamodb.tabel"),
    ] {
        let text = refused(folder.path(), section);
        assert!(text.contains(named), "{section}: {text}");
    }
    let good = "table = \"lending-audit\"\nregion = \"us-gov-west-1\"\nretention_days = 2557";
    assert_eq!(refused(folder.path(), good), "");
}

#[cfg(feature = "dynamodb")]
#[tokio::test]
async fn a_region_that_nobody_names_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("lending.toml"), "[dynamodb]\ntable = \"audit\"\n").unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_lending-api"))
        .current_dir(folder.path())
        .env_clear()
        .env("LENDING_BIND", "127.0.0.1:0")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && text.contains("dynamodb.region (LENDING_DYNAMODB__REGION) is not set"),
        "{text}"
    );
}

#[cfg(not(feature = "dynamodb"))]
#[test]
fn a_build_that_cannot_ship_says_how_to_make_one_that_can() {
    let folder = tempfile::tempdir().unwrap();
    let text = refused(folder.path(), "table = \"audit\"");
    assert!(text.contains("cargo build --features dynamodb"), "{text}");
}
