//! How far the sealed trail was shipped to a place outside, and what of it was not.

use super::{Read, Write};
use crate::error::Result;
use chrono::{DateTime, Utc};
use forebear_runtime::store::{Cell, Form, Row};

/// Where a relay stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// Where it ships to.
    pub place: String,
    /// The batch that was shipped last.
    pub batch: i64,
    /// Digest of its seal: tells whether the trail is still the one that was shipped.
    pub digest: String,
    /// When that was.
    pub shipped_at: DateTime<Utc>,
}

/// Batch and digest of the seal that was shipped to a place last.
///
/// # Errors
/// What the database refuses.
pub fn shipped(tx: &mut Read, place: &str) -> Result<Option<(i64, String)>> {
    let mut found = None;
    let mut each = |row: &dyn Row| {
        found = Some((row.int(0)?.unwrap_or_default(), row.text(1)?.unwrap_or_default().into_owned()));
        Ok(())
    };
    tx.conn().query(
        "SELECT batch, digest FROM audit_relay WHERE place = :1",
        &[Cell::Text(place.into())],
        &mut each,
    )?;
    Ok(found)
}

impl Write {
    /// Puts a position in the place of the one before.
    pub(super) fn keep_position(&mut self, position: &Position) -> Result<()> {
        let Position { place, batch, digest, shipped_at } = position;
        let rest = [Cell::Int(*batch), Cell::Text(digest.clone()), Cell::stamp(Some(shipped_at))];
        let cells = [rest.as_slice(), &[Cell::Text(place.clone())]].concat();
        let update = "UPDATE audit_relay SET batch = :1, digest = :2, shipped_at = :3 WHERE place = :4";
        if self.conn().execute(update, &cells)? == 0 {
            let insert = "INSERT INTO audit_relay (batch, digest, shipped_at, place) VALUES (:1, :2, :3, :4)";
            self.conn().execute(insert, &cells)?;
        }
        Ok(())
    }
}
