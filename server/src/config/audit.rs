//! The audit trail.

use serde::Deserialize;
use std::path::PathBuf;

/// How the audit trail is kept. Variables begin with `LENDING_AUDIT__`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuditConfig {
    /// File with the secrets that hash sensitive values, mark records and sign what is sealed; `lending-api audit new-keys FILE` makes one.
    /// `LENDING_AUDIT__KEYS_FILE`, default `audit-keys.json` in `data_dir`, made with the database.
    pub keys_file: Option<PathBuf>,
}

impl super::Config {
    /// The secrets of the audit trail. They are made with a new database only: beside one that is there, others would seal nothing that
    /// fits what was sealed before.
    ///
    /// # Errors
    /// When the file cannot be read, or made where it is made.
    pub fn audit_keys(&self) -> Result<crate::audit::Keys, crate::audit::KeysError> {
        let default = self.data_dir.join("audit-keys.json");
        match &self.audit.keys_file {
            None if !self.database().exists() => crate::audit::Keys::read_or_make(&default),
            named => crate::audit::Keys::read(named.as_ref().unwrap_or(&default)),
        }
    }
}
