//! A change with an `Idempotency-Key` is made once: its answer is stored in the same transaction, and given again to every copy.
//!
//! Only what was done is stored. A refusal or a fault undoes the record with the change, and leaves the key unused.

use super::Write;
use crate::{
    app::App,
    audit::Actor,
    error::{Error, Result},
};
use chrono::{DateTime, TimeDelta, Utc};
use forebear_runtime::{
    Change, Encoded, Idempotency,
    store::{Cell, Form, Row},
};
use http::{HeaderName, HeaderValue, StatusCode};

/// How long an answer can be repeated.
const KEEP: TimeDelta = TimeDelta::hours(24);

/// Most records that are forgotten at once, so that no change waits long behind it.
const STEP: i64 = 256;

/// Replays a stored answer, or runs the change and stores its answer.
pub(super) fn one(write: &mut Write, change: &mut Change<App>) -> Result<Encoded> {
    let key = change.idempotency.as_ref().map(|i| (scoped_key(change, i), i.fingerprint.clone()));
    write.set_actor(Some(Actor::of(&change.base)));
    if let Some((key, fingerprint)) = &key
        && let Some(answer) = replay(write, key, fingerprint, change.base.now)?
    {
        still_allowed(write, change)?;
        return Ok(answer);
    }
    let mut answer = (change.job)(write)?;
    answer.headers.extend(audit_id(&write.recorded()));
    if let Some((key, fingerprint)) = key.filter(|_| answer.can_be_kept()) {
        keep(write, &key, &fingerprint, &answer, change)?;
    }
    Ok(answer)
}

/// Where a change stands in the audit trail.
const AUDIT_ID: HeaderName = HeaderName::from_static("audit-id");

/// The ids of the records of a change.
fn audit_id(records: &[String]) -> Option<(HeaderName, HeaderValue)> {
    let value = HeaderValue::try_from(records.join(", ")).ok().filter(|value| !value.is_empty())?;
    Some((AUDIT_ID, value))
}

/// A key belongs to service, user and operation. The location at which the user works only narrows what the user may do, and that is
/// looked at anew before an answer is repeated.
pub(super) fn scoped_key(change: &Change<App>, idempotency: &Idempotency) -> String {
    let identity = &change.base.identity;
    let user = identity.user.as_ref().map_or("", |u| &u.id);
    [identity.service.name(), user, change.base.op.id, &idempotency.key].join("\n")
}

/// A stored answer is for those who may still ask: the change runs once more, and is undone whatever comes of it.
fn still_allowed(write: &mut Write, change: &mut Change<App>) -> Result<()> {
    write.statement("SAVEPOINT probe")?;
    let again = (change.job)(write);
    write.statement("ROLLBACK TO probe")?;
    write.statement("RELEASE probe")?;
    match again {
        Err(e) if e.is_forbidden() => Err(e),
        _ => Ok(()),
    }
}

/// A record that is found.
struct Found {
    is_fresh: bool,
    fingerprint: Option<String>,
    answer: Encoded,
}

fn replay(write: &mut Write, key: &str, fingerprint: &str, now: DateTime<Utc>) -> Result<Option<Encoded>> {
    let Some(found) = find(write, key, now)? else { return Ok(None) };
    if !found.is_fresh {
        write.conn().execute("DELETE FROM idempotency WHERE id = :1", &[Cell::Text(key.into())])?;
        return Ok(None);
    }
    if found.fingerprint.as_deref() != Some(fingerprint) {
        return Err(Error::KeyReused);
    }
    let mut answer = found.answer;
    answer.headers.push((HeaderName::from_static("idempotency-replayed"), HeaderValue::from_static("true")));
    Ok(Some(answer))
}

fn find(write: &mut Write, key: &str, now: DateTime<Utc>) -> Result<Option<Found>> {
    let sql = "SELECT CASE WHEN created_at > :1 THEN 1 ELSE 0 END, fingerprint, status, etag, location, body, audit_id \
               FROM idempotency WHERE id = :2";
    let mut found = None;
    let mut each = |row: &dyn Row| {
        let text = |i| row.text(i).map(|t| t.map(|t| t.into_owned()));
        let (is_fresh, fingerprint) = (row.int(0)? == Some(1), text(1)?);
        let answer = stored(row.int(2)?, [text(3)?, text(4)?, text(6)?], text(5)?)?;
        found = Some(Found { is_fresh, fingerprint, answer });
        Ok(())
    };
    write.conn().query(sql, &[oldest(now), Cell::Text(key.into())], &mut each)?;
    Ok(found)
}

fn stored(status: Option<i64>, headers: [Option<String>; 3], body: Option<String>) -> Result<Encoded> {
    let [etag, location, records] = headers;
    let header = |v: Option<String>| v.and_then(|v| HeaderValue::try_from(v).ok());
    let status = status.and_then(|s| u16::try_from(s).ok()).and_then(|s| StatusCode::from_u16(s).ok());
    let status = status.ok_or_else(|| Error::Database("a stored answer has no status".into()))?;
    let mut answer = Encoded::empty(status.as_u16());
    answer.etag = header(etag);
    answer.location = header(location);
    answer.body = body.unwrap_or_default().into();
    answer.headers.extend(header(records).map(|records| (AUDIT_ID, records)));
    Ok(answer)
}

/// Answers that were stored before this are forgotten.
fn oldest(now: DateTime<Utc>) -> Cell {
    Cell::stamp(Some(&(now - KEEP)))
}

fn keep(write: &mut Write, key: &str, fingerprint: &str, answer: &Encoded, change: &Change<App>) -> Result<()> {
    let sql = "INSERT INTO idempotency (id, created_at, fingerprint, status, etag, location, body, audit_id) \
               VALUES (:1, :2, :3, :4, :5, :6, :7, :8)";
    let header = |v: &Option<HeaderValue>| Cell::text(v.as_ref().and_then(|v| v.to_str().ok()));
    let cells = [
        Cell::Text(key.into()),
        Cell::stamp(Some(&change.base.now)),
        Cell::Text(fingerprint.into()),
        Cell::Int(answer.status.as_u16().into()),
        header(&answer.etag),
        header(&answer.location),
        Cell::Text(String::from_utf8_lossy(&answer.body).into_owned()),
        Cell::text(answer.headers.iter().find(|(name, _)| *name == AUDIT_ID).and_then(|(_, v)| v.to_str().ok())),
    ];
    write.conn().execute(sql, &cells).map(drop)
}

/// Forgets some of the answers that are too old to be repeated, if there are any; in a transaction of its own.
///
/// # Errors
/// What the database refuses; nothing is forgotten then.
pub(super) fn forget_some(write: &mut Write, now: DateTime<Utc>) -> Result<()> {
    if !is_any_old(write, now)? {
        return Ok(());
    }
    let limit = write.conn().dialect().limit(":2");
    let sql = format!(
        "DELETE FROM idempotency WHERE id IN \
         (SELECT id FROM idempotency WHERE created_at <= :1 ORDER BY created_at{limit})"
    );
    write.statement("BEGIN IMMEDIATE")?;
    let done = write.conn().execute(&sql, &[oldest(now), Cell::Int(STEP)]).and_then(|_| write.statement("COMMIT"));
    if done.is_err() && !write.idle() {
        write.statement("ROLLBACK")?;
    }
    done
}

/// One look at the end of the index; a database in which nothing is old is not locked.
fn is_any_old(write: &mut Write, now: DateTime<Utc>) -> Result<bool> {
    let mut old = false;
    let mut each = |row: &dyn Row| {
        old = row.int(0)? == Some(1);
        Ok(())
    };
    let sql = "SELECT CASE WHEN MIN(created_at) <= :1 THEN 1 ELSE 0 END FROM idempotency";
    write.conn().query(sql, &[oldest(now)], &mut each)?;
    Ok(old)
}
