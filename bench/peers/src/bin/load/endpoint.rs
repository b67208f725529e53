//! What is asked for, and what must come back.

use crate::{connection::Connection, token::Mint};
use serde_json::Value;
use std::time::Instant;

/// One path with the length of its answer.
pub struct Call {
    pub path: String,
    pub length: usize,
}

/// The paths of an endpoint.
pub fn paths(endpoint: &str, codes: &str) -> Result<Vec<String>, String> {
    match endpoint {
        "health" => Ok(vec!["/healthz".into()]),
        "list-50" => Ok(vec!["/api/v1/naics-code?limit=50".into()]),
        "get-one" => {
            let text = std::fs::read_to_string(codes).map_err(|e| format!("{codes}: {e}"))?;
            let codes = text.lines().skip(1).filter_map(|line| line.split(',').next());
            Ok(codes.map(|code| format!("/api/v1/naics-code/{code}")).collect())
        }
        other => Err(format!("there is no endpoint `{other}`: health, get-one or list-50")),
    }
}

/// Asks for each path once, reads what comes back as JSON, and keeps its length.
pub fn learn(conn: &mut Connection, mint: &mut Mint, paths: Vec<String>) -> Result<Vec<Call>, String> {
    let learn = |path: String| {
        conn.send(&path, &mint.tokens(1)[0], Instant::now(), None)?;
        loop {
            if let Some((_, length)) = conn.receive(|body| check(&path, body))? {
                return Ok(Call { length: length?, path });
            }
        }
    };
    paths.into_iter().map(learn).collect()
}

fn check(path: &str, body: &[u8]) -> Result<usize, String> {
    let json: Value = serde_json::from_slice(body).map_err(|e| format!("{path}: {e}"))?;
    let (last, items) = (path.rsplit('/').next().unwrap_or_default(), json["items"].as_array().map(Vec::len));
    let right = match last {
        "healthz" => json["status"] == "ok",
        "naics-code?limit=50" => items == Some(50) && json["next_page"].is_string(),
        code => json["code"] == code,
    };
    if right { Ok(body.len()) } else { Err(format!("{path}: not the answer that was asked for: {json}")) }
}
