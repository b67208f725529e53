//! Where a secret is: in the configuration, in a file of its own, or in an environment variable.

use secrecy::SecretString;
use std::path::Path;

/// Reads a secret from the one place that is named.
///
/// # Errors
/// What is wrong with the place, in words and without the secret.
pub(crate) fn read(
    value: Option<&SecretString>,
    file: Option<&Path>,
    variable: Option<&str>,
) -> Result<SecretString, String> {
    match (value, file, variable) {
        (Some(secret), None, None) => Ok(secret.clone()),
        (None, Some(path), None) => {
            let text = std::fs::read_to_string(path).map_err(|e| format!("secret_file {}: {e}", path.display()))?;
            Ok(text.trim_end_matches(['\r', '\n']).into())
        }
        (None, None, Some(name)) => {
            let wrong = |e| format!("secret_env {name}: {e}");
            std::env::var(name).map(Into::into).map_err(wrong)
        }
        _ => Err("give exactly one of secret, secret_file and secret_env".into()),
    }
}
