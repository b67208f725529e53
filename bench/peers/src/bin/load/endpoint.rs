//! What is asked for, and what must come back.

use crate::{connection::Connection, token::Mint};
use serde_json::{Value, json};
use std::time::Instant;

/// One request.
pub struct Call {
    pub path: String,
    /// What is posted; nothing is read instead.
    pub body: Option<String>,
    /// Length of the answer, where it is always the same.
    pub length: Option<usize>,
}

impl Call {
    fn get(path: String) -> Self {
        Self { path, body: None, length: None }
    }

    /// Status that the answer must have.
    pub fn status(&self) -> u16 {
        if self.body.is_some() { 201 } else { 200 }
    }
}

/// Payoffs that are posted in turn, each of another loan.
const LOANS: u64 = 4096;

/// The requests of an endpoint; `codes` is the file of codes, `date` a day on which a payoff may be.
pub fn calls(endpoint: &str, codes: Option<&str>, date: Option<&str>) -> Result<Vec<Call>, String> {
    match endpoint {
        "health" => Ok(vec![Call::get("/healthz".into())]),
        "list-50" => Ok(vec![Call::get("/api/v1/naics-code?limit=50".into())]),
        "payoffs-50" => Ok(vec![Call::get("/api/v1/payoff?limit=50".into())]),
        "get-one" => {
            let codes = codes.ok_or("--codes is missing")?;
            let text = std::fs::read_to_string(codes).map_err(|e| format!("{codes}: {e}"))?;
            let codes = text.lines().skip(1).filter_map(|line| line.split(',').next());
            Ok(codes.map(|code| Call::get(format!("/api/v1/naics-code/{code}"))).collect())
        }
        "post" => {
            let date = date.ok_or("--date is missing")?;
            Ok((0..LOANS).map(|loan| payoff(loan, date)).collect())
        }
        other => Err(format!("there is no endpoint `{other}`: health, get-one, list-50, payoffs-50 or post")),
    }
}

fn payoff(loan: u64, date: &str) -> Call {
    // far apart, as loan numbers of real callers are
    let number = loan * 6_364_136_223 % 10_000_000_000;
    let body = json!({
        "loan_number": format!("{number:010}"), "program": "7a", "location_id": "5", "payoff_date": date,
        "reason": "refinance", "payment_method": "wire",
        "requester": {"name": "Ada Example", "email": "ada@example.com", "phone": "+15125550101", "role": "borrower"},
    });
    Call { path: "/api/v1/payoff".into(), body: Some(body.to_string()), length: None }
}

/// Asks for each path once, reads what comes back as JSON, and keeps its length. Of what is posted, one must do.
pub fn learn(conn: &mut Connection, mint: &mut Mint, calls: &mut [Call]) -> Result<(), String> {
    let posts = calls.iter().any(|call| call.body.is_some());
    let many = if posts { 1 } else { calls.len() };
    for call in &mut calls[..many] {
        conn.send(call, &mint.token(), Instant::now())?;
        let length = loop {
            if let Some((_, length)) = conn.receive(|body| check(call, body))? {
                break length?;
            }
        };
        call.length = (!posts).then_some(length);
    }
    Ok(())
}

fn check(call: &Call, body: &[u8]) -> Result<usize, String> {
    let path = &call.path;
    let json: Value = serde_json::from_slice(body).map_err(|e| format!("{path}: {e}"))?;
    let (last, items) = (path.rsplit('/').next().unwrap_or_default(), json["items"].as_array().map(Vec::len));
    let right = match last {
        "healthz" => json["status"] == "ok",
        "naics-code?limit=50" | "payoff?limit=50" => items == Some(50) && json["next_page"].is_string(),
        "payoff" => json["status"] == "requested" && json["requester"]["name"] == "Ada Example",
        code => json["code"] == code,
    };
    if right { Ok(body.len()) } else { Err(format!("{path}: not the answer that was asked for: {json}")) }
}
