//! The audit trail in the database: records and seals, in order.

use super::{Dialect, Read};
use crate::{
    audit::{COLUMNS, Checkpoint, Record, Seal, UNREADABLE},
    error::Result,
};
use forebear_runtime::store::{Cell, CellError, Row};
use std::borrow::Cow;

/// Bytes of the longest id that is taken for one; that of a UUID is 36.
const LONGEST_ID: usize = 64;

/// Columns of a seal without the lines of its records.
const CHECKPOINT: &str =
    "batch, digest, first_id, first_seq, last_id, last_seq, previous, public_key, record_count, sealed_at, signature";

#[cfg(feature = "dynamodb")]
const FIRST_AFTER: &str = "SELECT MIN(batch) FROM audit_seal WHERE batch > :1";
#[cfg(feature = "dynamodb")]
const LAST_BEFORE: &str = "SELECT MAX(batch) FROM audit_seal WHERE batch < :1";

/// Adds a seal; the cells are those of [`Seal::cells`].
pub(super) const INSERT_SEAL: &str = "INSERT INTO audit_seal (batch, digest, first_id, first_seq, last_id, last_seq, previous, \
     public_key, record_count, sealed_at, signature, records) VALUES (:1, :2, :3, :4, :5, :6, :7, :8, :9, :10, :11, :12)";

impl Seal {
    /// The seal as it is stored.
    pub(super) fn cells(&self) -> [Cell; 12] {
        let text = |text: &str| Cell::Text(text.into());
        let Checkpoint { batch, digest, first_id, first_seq, last_id, last_seq, previous, .. } = &self.checkpoint;
        let Checkpoint { public_key, record_count, sealed_at, signature, .. } = &self.checkpoint;
        [
            Cell::Int(*batch),
            text(digest),
            text(first_id),
            Cell::Int(*first_seq),
            text(last_id),
            Cell::Int(*last_seq),
            text(previous),
            text(public_key),
            Cell::Int(*record_count),
            text(sealed_at),
            text(signature),
            text(&self.records),
        ]
    }
}

/// Hands over all seals in order, also those that cannot be read.
pub(crate) fn each_readable_seal(tx: &mut Read, mut each: impl FnMut(i64, Result<Seal, CellError>)) -> Result<()> {
    let sql = format!("SELECT {CHECKPOINT}, records FROM audit_seal ORDER BY batch");
    tx.conn().query(&sql, &[], &mut |row| {
        each(whole(row, 0)?, seal(row));
        Ok(())
    })
}

/// The newest seal; none inside when it cannot be read.
pub(crate) fn last_seal(tx: &mut Read) -> Result<Option<Option<Seal>>> {
    let sql = format!("SELECT {CHECKPOINT}, records FROM audit_seal WHERE batch = (SELECT MAX(batch) FROM audit_seal)");
    one(tx, &sql, &[], |row| Ok(seal(row).ok()))
}

/// A seal by its number, without the lines of its records; none when it cannot be read.
#[cfg(feature = "dynamodb")]
pub(crate) fn checkpoint_of(tx: &mut Read, batch: i64) -> Result<Option<Checkpoint>> {
    let sql = format!("SELECT {CHECKPOINT} FROM audit_seal WHERE batch = :1");
    Ok(one(tx, &sql, &[Cell::Int(batch)], |row| Ok(checkpoint(row).ok()))?.flatten())
}

/// The first seal after a batch that can be read, without the lines of its records.
#[cfg(feature = "dynamodb")]
pub(crate) fn checkpoint_after(tx: &mut Read, batch: i64) -> Result<Option<Checkpoint>> {
    let sql = format!("SELECT {CHECKPOINT} FROM audit_seal WHERE batch = ({FIRST_AFTER})");
    Ok(first_readable(tx, &sql, batch, checkpoint)?.0)
}

/// The first seal after a batch that can be read, and the numbers of those before it that cannot.
#[cfg(feature = "dynamodb")]
pub(crate) fn seal_after(tx: &mut Read, batch: i64) -> Result<(Option<Seal>, Vec<i64>)> {
    let sql = format!("SELECT {CHECKPOINT}, records FROM audit_seal WHERE batch = ({FIRST_AFTER})");
    first_readable(tx, &sql, batch, seal)
}

/// The newest seal that can be read, without the lines of its records.
#[cfg(feature = "dynamodb")]
pub(crate) fn newest_checkpoint(tx: &mut Read) -> Result<Option<Checkpoint>> {
    let sql = format!("SELECT {CHECKPOINT} FROM audit_seal WHERE batch = ({LAST_BEFORE})");
    Ok(first_readable(tx, &sql, i64::MAX, checkpoint)?.0)
}

/// Steps from a batch to its neighbour, and on until one can be read; and the numbers of the others.
#[cfg(feature = "dynamodb")]
fn first_readable<T>(
    tx: &mut Read,
    sql: &str,
    from: i64,
    read: impl Fn(&dyn Row) -> Result<T, CellError>,
) -> Result<(Option<T>, Vec<i64>)> {
    let (mut at, mut unreadable) = (from, vec![]);
    loop {
        match one(tx, sql, &[Cell::Int(at)], |row| Ok((whole(row, 0)?, read(row).ok())))? {
            None => return Ok((None, unreadable)),
            Some((_, Some(found))) => return Ok((Some(found), unreadable)),
            Some((batch, None)) => unreadable.push(batch),
        }
        at = unreadable.last().copied().unwrap_or(at);
    }
}

fn one<T>(
    tx: &mut Read,
    sql: &str,
    cells: &[Cell],
    read: impl Fn(&dyn Row) -> Result<T, CellError>,
) -> Result<Option<T>> {
    let mut found = None;
    tx.conn().query(sql, cells, &mut |row| {
        found = Some(read(row)?);
        Ok(())
    })?;
    Ok(found)
}

/// Hands over the records with their numbers from `from` to `to`, `most` at most; of those that cannot be read, what is taken for the id.
pub(crate) fn each_record(
    tx: &mut Read,
    (from, to): (i64, i64),
    most: i64,
    mut each: impl FnMut(i64, Result<Record, String>),
) -> Result<()> {
    let limit = tx.conn().dialect().limit(":3");
    let sql = format!("SELECT {COLUMNS}, seq FROM audit_record WHERE seq >= :1 AND seq <= :2 ORDER BY seq{limit}");
    tx.conn().query(&sql, &[Cell::Int(from), Cell::Int(to), Cell::Int(most)], &mut |row| {
        each(whole(row, 20)?, readable(row));
        Ok(())
    })
}

/// The record of a row. One with an id of several words, or of none, would not stand in a line of a seal, nor a long one: nobody here makes
/// such a one.
fn readable(row: &dyn Row) -> Result<Record, String> {
    match record(row) {
        Ok(record) if is_word(&record.id) => Ok(record),
        _ => Err(row.text(3).ok().flatten().filter(|id| is_word(id)).map_or(UNREADABLE.into(), Cow::into_owned)),
    }
}

fn is_word(id: &str) -> bool {
    (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Where the numbers of records end: the last that was given, if the database counts them.
pub(crate) fn last_number(tx: &mut Read) -> Result<Option<i64>> {
    match tx.conn().dialect() {
        Dialect::Sqlite => {
            one(tx, "SELECT seq FROM sqlite_sequence WHERE name = 'audit_record'", &[], |row| whole(row, 0))
        }
        Dialect::Oracle => Ok(None),
    }
}

/// The records of one row with their numbers; of those that cannot be read, what is taken for the id.
pub(crate) fn of_row(tx: &mut Read, table: &str, id: &str) -> Result<Vec<(i64, Result<Record, String>)>> {
    let sql = format!("SELECT {COLUMNS}, seq FROM audit_record WHERE table_name = :1 AND row_id = :2 ORDER BY seq");
    let mut found = vec![];
    tx.conn().query(&sql, &[Cell::Text(table.into()), Cell::Text(id.into())], &mut |row| {
        found.push((whole(row, 20)?, readable(row)));
        Ok(())
    })?;
    Ok(found)
}

fn record(row: &dyn Row) -> Result<Record, CellError> {
    let some = |i| row.text(i).map(|t| t.map(|t| t.into_owned()));
    let text = |i| Ok::<_, CellError>(some(i)?.unwrap_or_default());
    Ok(Record {
        build: text(0)?,
        detail: some(1)?,
        diff: some(2)?,
        id: text(3)?,
        key_id: some(4)?,
        kind: text(5)?,
        location_id: some(6)?,
        mac: some(7)?,
        operation: text(8)?,
        recorded_at: text(9)?,
        request_id: some(10)?,
        row_id: some(11)?,
        service: text(12)?,
        spec: text(13)?,
        table_name: some(14)?,
        trace_id: some(15)?,
        user_id: some(16)?,
        user_proof: some(17)?,
        version_after: row.int(18)?,
        version_before: row.int(19)?,
    })
}

fn seal(row: &dyn Row) -> Result<Seal, CellError> {
    let records = row.text(11)?.unwrap_or_default().into_owned();
    Ok(Seal { checkpoint: checkpoint(row)?, records })
}

fn checkpoint(row: &dyn Row) -> Result<Checkpoint, CellError> {
    let text = |i| row.text(i).map(|t| t.unwrap_or_default().into_owned());
    Ok(Checkpoint {
        batch: whole(row, 0)?,
        digest: text(1)?,
        first_id: text(2)?,
        first_seq: whole(row, 3)?,
        last_id: text(4)?,
        last_seq: whole(row, 5)?,
        previous: text(6)?,
        public_key: text(7)?,
        record_count: whole(row, 8)?,
        sealed_at: text(9)?,
        signature: text(10)?,
    })
}

fn whole(row: &dyn Row, index: usize) -> Result<i64, CellError> {
    Ok(row.int(index)?.unwrap_or_default())
}
