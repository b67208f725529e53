//! The audit trail.

use serde::Deserialize;
use std::path::PathBuf;

/// How the audit trail is kept. Variables begin with `LENDING_AUDIT__`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuditConfig {
    /// File with the secrets that hash sensitive values and sign what is sealed; `lending-api audit new-keys FILE` makes one.
    /// `LENDING_AUDIT__KEYS_FILE`, default `audit-keys.json` in `data_dir`, made at the first start.
    pub keys_file: Option<PathBuf>,
}

impl super::Config {
    /// The secrets of the audit trail.
    ///
    /// # Errors
    /// When the file cannot be read, or made where it is made.
    pub fn audit_keys(&self) -> Result<crate::audit::Keys, crate::audit::KeysError> {
        match &self.audit.keys_file {
            Some(named) => crate::audit::Keys::read(named),
            None => crate::audit::Keys::read_or_make(&self.data_dir.join("audit-keys.json")),
        }
    }
}
