//! A seal: the digests of a batch of records, chained to the batch before and signed.

use super::{Keys, Record, keys::sha256, origin::Origin, record::canonical};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use forebear_runtime::hex;
use serde::{Deserialize, Serialize};

/// Digest that the first batch follows.
const BEGIN: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// What every signature is about, before the digest.
const CONTEXT: &str = "lending-api audit seal, version 1\n";

/// Stands for the id of a record whose own is no text, or would not stand in a line.
pub(crate) const UNREADABLE: &str = "unreadable";

/// Stands in a seal for the digest of a record that the server did not make, or not as it is. No record has such a digest, so it is found
/// for ever, whatever is made of it later.
pub(crate) const UNPROVEN: &str = "unproven";

/// A seal without the digests of its records: what is given away, so that nobody can rewrite the past later on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Number of the batch, from 1.
    pub batch: i64,
    /// SHA-256 over everything else but public key and signature, in hexadecimal.
    pub digest: String,
    /// First record.
    pub first_id: String,
    /// Its number.
    pub first_seq: i64,
    /// Last record.
    pub last_id: String,
    /// Its number.
    pub last_seq: i64,
    /// Digest of the batch before.
    pub previous: String,
    /// Key that verifies the signature; base64.
    pub public_key: String,
    /// Records in the batch.
    pub record_count: i64,
    /// RFC 3339, UTC.
    pub sealed_at: String,
    /// Ed25519 (RFC 8032) of the digest; base64.
    pub signature: String,
}

/// A seal with the digests of its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// Everything else.
    pub checkpoint: Checkpoint,
    /// A line for each record: number, id, and SHA-256 of its canonical JSON in base64.
    pub records: String,
}

/// One line of a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) seq: i64,
    pub(crate) id: String,
    pub(crate) digest: String,
}

/// What is digested, in the order of the names (RFC 8785).
#[derive(Serialize)]
struct Sealed<'a> {
    batch: i64,
    first_id: &'a str,
    first_seq: i64,
    last_id: &'a str,
    last_seq: i64,
    previous: &'a str,
    record_count: i64,
    records: &'a str,
    sealed_at: &'a str,
}

impl Seal {
    /// Seals records, behind the seal before; `None` when there are no records.
    pub(super) fn new(keys: &Keys, before: Option<&Checkpoint>, records: &[Entry], now: DateTime<Utc>) -> Option<Self> {
        let (first, last) = (records.first()?, records.last()?);
        let checkpoint = Checkpoint {
            batch: before.map_or(0, |b| b.batch).saturating_add(1),
            digest: String::new(),
            first_id: first.id.clone(),
            first_seq: first.seq,
            last_id: last.id.clone(),
            last_seq: last.seq,
            previous: before.map_or(BEGIN, |b| &b.digest).into(),
            public_key: keys.public(),
            record_count: i64::try_from(records.len()).unwrap_or(i64::MAX),
            sealed_at: now.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
            signature: String::new(),
        };
        let lines: Vec<String> = records.iter().map(|e| format!("{} {} {}", e.seq, e.id, e.digest)).collect();
        let mut seal = Self { checkpoint, records: lines.join("\n") };
        seal.checkpoint.digest = seal.digest();
        seal.checkpoint.signature = keys.sign(&signed(&seal.checkpoint.digest));
        Some(seal)
    }

    /// The digest that the seal should have.
    pub(crate) fn digest(&self) -> String {
        let Checkpoint { batch, first_id, first_seq, last_id, last_seq, previous, record_count, sealed_at, .. } =
            &self.checkpoint;
        let sealed = Sealed {
            batch: *batch,
            first_id,
            first_seq: *first_seq,
            last_id,
            last_seq: *last_seq,
            previous,
            record_count: *record_count,
            records: &self.records,
            sealed_at,
        };
        hex(&sha256(&serde_json::to_vec(&sealed).unwrap_or_default()))
    }

    /// Whether its content is what was signed with the key of this trail.
    pub(super) fn is_intact(&self, public_key: &str) -> bool {
        self.checkpoint.digest == self.digest() && self.checkpoint.is_signed_with(public_key)
    }

    /// Whether it names the batch with this number and digest as the one before it; 0 is before the first.
    #[cfg(feature = "dynamodb")]
    pub(crate) fn follows(&self, batch: i64, digest: &str) -> bool {
        self.checkpoint.previous == if batch == 0 { BEGIN } else { digest }
    }

    /// The lines; a line that is none is left out, and the digest has shown it already.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.records.lines().filter_map(|line| {
            let mut parts = line.split(' ');
            let (seq, id, digest) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?);
            Some(Entry { seq, id: id.into(), digest: digest.into() })
        })
    }
}

impl Entry {
    /// The line of a record, or of the id of one that cannot be read; without a digest when the server did not make it, or not as it is.
    pub(super) fn new(keys: &Keys, origin: &mut Origin, seq: i64, mut record: Result<Record, String>) -> Self {
        let genuine = record.as_mut().is_ok_and(|record| origin.knows(keys, seq, record));
        match record {
            Ok(record) if genuine => Self { seq, digest: digest_of(&record), id: record.id },
            Ok(Record { id, .. }) | Err(id) => Self { seq, id, digest: UNPROVEN.into() },
        }
    }
}

impl Checkpoint {
    /// Whether it is that of the batch behind another.
    pub(super) fn follows(&self, before: &Self) -> bool {
        self.batch.checked_sub(1) == Some(before.batch)
            && self.previous == before.digest
            && self.first_seq > before.last_seq
    }

    /// Whether it is signed with the key of this trail.
    pub(crate) fn is_signed_with(&self, public_key: &str) -> bool {
        if self.public_key != public_key {
            return false;
        }
        let decoded = (STANDARD.decode(public_key), STANDARD.decode(&self.signature));
        let (Ok(key), Ok(signature)) = decoded else { return false };
        UnparsedPublicKey::new(&ED25519, key).verify(&signed(&self.digest), &signature).is_ok()
    }
}

/// What the first batch, or the one after `before`, must name as the one before it.
pub(super) fn previous_of(before: Option<&Checkpoint>) -> &str {
    before.map_or(BEGIN, |b| &b.digest)
}

/// SHA-256 of a record's canonical JSON, in base64.
pub(crate) fn digest_of(record: &Record) -> String {
    STANDARD.encode(sha256(&canonical(record)))
}

fn signed(digest: &str) -> Vec<u8> {
    [CONTEXT.as_bytes(), digest.as_bytes()].concat()
}
