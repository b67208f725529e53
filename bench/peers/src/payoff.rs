//! A payoff as a peer stores it: its row, its audit record and its idempotency record in one transaction.

use rusqlite::{Connection, OptionalExtension, Result, Transaction, TransactionBehavior, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What a caller posts.
#[derive(Deserialize, Serialize, Clone)]
pub struct NewPayoff {
    loan_number: String,
    program: String,
    location_id: String,
    payoff_date: String,
    reason: String,
    payment_method: String,
    requester: Requester,
}

#[derive(Deserialize, Serialize, Clone)]
struct Requester {
    name: String,
    email: String,
    phone: String,
    role: String,
}

/// A payoff as it is answered.
#[derive(Serialize)]
pub struct Payoff {
    id: String,
    #[serde(flatten)]
    new: NewPayoff,
    status: &'static str,
    requested_by: String,
    version: i64,
    created_at: String,
    updated_at: String,
}

/// A request.
pub struct Request<'a> {
    /// What is posted.
    pub new: NewPayoff,
    /// User of the token.
    pub user: &'a str,
    /// `Idempotency-Key`.
    pub key: &'a str,
    /// SHA-256 of the body, in hexadecimal.
    pub fingerprint: String,
}

impl<'a> Request<'a> {
    /// Reads a request; `None` when something of it is missing or wrong.
    pub fn read(user: &'a str, headers: &'a http::HeaderMap, body: &[u8]) -> Option<Self> {
        let key = headers.get("idempotency-key")?.to_str().ok()?;
        let fingerprint = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
        Some(Self { new: serde_json::from_slice(body).ok()?, user, key, fingerprint })
    }
}

/// What came of it.
pub enum Outcome {
    /// The answer, new or repeated.
    Created(String),
    /// The user is not one of the location's.
    Forbidden,
}

/// Makes the payoff, or finds what was answered under this key.
///
/// # Errors
/// What the database refuses.
pub fn create(conn: &mut Connection, request: &Request<'_>) -> Result<Outcome> {
    let Request { new, user, key, fingerprint } = request;
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let key = format!("bench\n{user}\n{key}");
    let answered = "SELECT body FROM idempotency WHERE id = ?1";
    if let Some(body) = tx.prepare_cached(answered)?.query_row([&key], |row| row.get(0)).optional()? {
        return Ok(Outcome::Created(body));
    }
    let member = "SELECT 1 FROM user_account_memberships_location_id WHERE value = ?1 AND row_key = ?2";
    if !tx.prepare_cached(member)?.exists([new.location_id.as_str(), user])? {
        return Ok(Outcome::Forbidden);
    }
    let now = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let row = Payoff {
        id: uuid::Uuid::now_v7().to_string(),
        new: new.clone(),
        status: "requested",
        requested_by: user.to_string(),
        version: 1,
        created_at: now.clone(),
        updated_at: now,
    };
    let body = serde_json::to_string(&row).expect("JSON");
    insert(&tx, &row)?;
    audit(&tx, &row, user, &body)?;
    let keep = "INSERT INTO idempotency (id, created_at, fingerprint, status, body) VALUES (?1, ?2, ?3, 201, ?4)";
    tx.prepare_cached(keep)?.execute(params![key, row.created_at, fingerprint, body])?;
    tx.commit()?;
    Ok(Outcome::Created(body))
}

fn insert(tx: &Transaction<'_>, row: &Payoff) -> Result<()> {
    let sql = "INSERT INTO payoff (id, loan_number, program, location_id, payoff_date, status, reason, payment_method, \
               requester_name, requester_email, requester_phone, requester_role, requested_by, version, created_at, updated_at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
    let NewPayoff { loan_number, program, location_id, payoff_date, reason, payment_method, requester } = &row.new;
    let Requester { name, email, phone, role } = requester;
    tx.prepare_cached(sql)?
        .execute(params![
            row.id,
            loan_number,
            program,
            location_id,
            payoff_date,
            row.status,
            reason,
            payment_method,
            name,
            email,
            phone,
            role,
            row.requested_by,
            row.version,
            row.created_at,
            row.updated_at
        ])
        .map(drop)
}

fn audit(tx: &Transaction<'_>, row: &Payoff, user: &str, after: &str) -> Result<()> {
    let sql = "INSERT INTO audit_record (id, kind, recorded_at, service, user_id, operation, table_name, row_id, version_after, \
               diff, spec, build) VALUES (?1, 'change', ?2, 'bench', ?3, 'create_payoff', 'payoff', ?4, ?5, ?6, '', 'peer')";
    let id = uuid::Uuid::now_v7().to_string();
    let diff = format!("{{\"\":[null,{after}]}}");
    tx.prepare_cached(sql)?.execute(params![id, row.created_at, user, row.id, row.version, diff]).map(drop)
}
