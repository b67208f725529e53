//! What both peers have in common: the rows, the statements, the constants of the token.

pub mod payoff;

use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

/// `aud` of the tokens.
pub const AUDIENCE: &str = "lending-api";

/// A row as a peer answers it.
#[derive(Serialize)]
pub struct Naics {
    code: String,
    level: i64,
    title: String,
    parent_code: Option<String>,
}

/// A page of rows.
#[derive(Serialize)]
pub struct Page {
    items: Vec<Naics>,
    next_page: Option<String>,
}

/// The query of the list.
#[derive(Deserialize)]
pub struct Query {
    level: Option<i64>,
    limit: Option<i64>,
    page_token: Option<String>,
}

/// What a peer reads of a token; the library checks `aud` and `exp`.
#[derive(Deserialize)]
pub struct Claims {
    /// User.
    pub sub: String,
}

/// Opens the database that `lending-api migrate` made.
pub fn open(path: &str) -> Connection {
    let conn = Connection::open(path).expect("the database opens");
    conn.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=30000;")
        .expect("pragmas");
    conn
}

/// The row with this code.
pub fn one(conn: &Connection, code: &str) -> Option<Naics> {
    let sql = "SELECT code, level_, title, parent_code FROM naics_code WHERE code = ?1";
    conn.prepare_cached(sql).expect("statement").query_row([code], row).ok()
}

/// One page of the list.
pub fn list(conn: &Connection, query: &Query) -> Page {
    let sql = "SELECT code, level_, title, parent_code FROM naics_code \
               WHERE (?1 IS NULL OR level_ = ?1) AND code > ?2 ORDER BY code LIMIT ?3";
    let limit = query.limit.unwrap_or(50);
    let after = query.page_token.as_deref().unwrap_or_default();
    let mut statement = conn.prepare_cached(sql).expect("statement");
    let rows = statement.query_map(params![query.level, after, limit + 1], row).expect("rows");
    let mut items: Vec<Naics> = rows.map(|r| r.expect("row")).collect();
    let more = items.len() as i64 > limit;
    if more {
        items.pop();
    }
    Page { next_page: items.last().filter(|_| more).map(|r| r.code.clone()), items }
}

fn row(row: &Row<'_>) -> rusqlite::Result<Naics> {
    Ok(Naics { code: row.get(0)?, level: row.get(1)?, title: row.get(2)?, parent_code: row.get(3)? })
}

/// The token of a request.
pub fn bearer(headers: &http::HeaderMap) -> Option<&str> {
    headers.get(http::header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// Database, address and key, as `bench/run` gives them to a peer.
pub fn arguments() -> (String, String, String) {
    let mut arguments = std::env::args().skip(1);
    let (Some(database), Some(address)) = (arguments.next(), arguments.next()) else {
        panic!("usage: KEY=… axum-… DATABASE ADDRESS");
    };
    (database, address, std::env::var("KEY").expect("KEY is the secret that signs the tokens"))
}
