//! A small made-up world for development, labelled as such: four locations, four users, their memberships, five franchises
//! and two payoffs. None of it names a real person, office or brand, and no franchise has a code.

use super::row::carried;
use crate::{error::Result, rules::business_day, rules::holiday::Calendar, rules::payoff, store::Write};
use chrono::{DateTime, Duration, Utc};
use generated_server::models::{Franchise, Location, Payoff, User};
use serde_json::{Value, json};

/// Counts the versions of the sample.
pub(super) const VERSION: &str = "sample 1";

pub(super) fn load(tx: &mut Write, now: DateTime<Utc>) -> Result<()> {
    for row in locations() {
        tx.upsert::<Location>(carried(row, now)?, now)?;
    }
    for row in users() {
        tx.upsert::<User>(carried(row, now)?, now)?;
    }
    for row in franchises() {
        tx.upsert::<Franchise>(carried(row, now)?, now)?;
    }
    for row in payoffs(now) {
        let row: Payoff = carried(row, now)?;
        if let Some(quote) = &row.quote {
            payoff::check_quote(quote)?;
        }
        tx.upsert(row, now)?;
    }
    Ok(())
}

fn locations() -> Vec<Value> {
    let row = |id: &str, partner: &str, name: &str, kind: &str, city: &str, state: &str, zip: &str, phone: &str| {
        json!({"id": id, "partner_id": partner, "name": format!("Sample {name}"), "type": kind, "status": "active",
               "address": {"line1": "100 Sample Street", "city": city, "state": state, "zip": zip, "country_code": "US"},
               "phone": phone})
    };
    vec![
        row("5", "P100", "Bank, Main Office", "headquarters", "Austin", "TX", "78701", "+15125550105"),
        row("6", "P100", "Bank, North Branch", "branch", "Dallas", "TX", "75201", "+12145550106"),
        row("7", "P200", "Development Company", "cdc", "Tulsa", "OK", "74103", "+19185550107"),
        row("8", "P300", "Servicing Center", "servicing_center", "Fresno", "CA", "93721", "+15595550108"),
    ]
}

fn users() -> Vec<Value> {
    let row = |id: &str, first: &str, last: &str, kind: &str, memberships: Value| {
        let name = format!("{}.{}", first.to_lowercase(), last.to_lowercase());
        json!({"id": id, "username": name, "email": format!("{name}@sample.example"), "first_name": first,
               "last_name": last, "user_type": kind, "status": "active", "memberships": memberships})
    };
    let at = |id: &str, roles: &[&str]| json!({"location_id": id, "roles": roles});
    vec![
        row("1001", "Sample", "Closer", "partner", json!([at("5", &["closer", "admin"]), at("6", &["closer"])])),
        row("1002", "Sample", "Viewer", "partner", json!([at("5", &["viewer"])])),
        row("1003", "Sample", "Developer", "partner", json!([at("7", &["servicer"])])),
        row("1004", "Sample", "Employee", "sba_employee", json!([at("8", &["servicer"]), at("6", &["viewer"])])),
    ]
}

fn franchises() -> Vec<Value> {
    ["Café Sample", "Sample Burgers", "Sample Fitness", "Sample Learning Center", "Sample Window Cleaning"]
        .iter()
        .enumerate()
        .map(|(i, brand)| {
            json!({"id": format!("sample-{}", i + 1), "brand": brand, "franchisor": "Sample Franchising LLC",
                   "meets_ftc_definition": i != 3, "addendum_needed": i == 1, "active": i != 4, "sample": true,
                   "notes": "Made up for development; not in the directory."})
        })
        .collect()
}

fn payoffs(now: DateTime<Utc>) -> Vec<Value> {
    let from = business_day::today_in_new_york(now) + Duration::days(10);
    let date =
        business_day::next_business_day(from, &[Calendar::Federal, Calendar::FederalReserve, Calendar::ExecutiveOrder]);
    let row = |id: &str, loan: &str, location: &str, status: &str, quote: Value| {
        json!({"id": id, "loan_number": loan, "program": "7a", "location_id": location, "payoff_date": date, "status": status,
               "reason": "refinance", "payment_method": "wire", "requested_by": "1001", "quote": quote,
               "requester": {"name": "Sample Borrower", "email": "borrower@sample.example", "phone": "+15125550199",
                             "role": "borrower"}})
    };
    let quote = json!({"principal": "100000.00", "accrued_interest": "849.32", "per_diem": "28.31", "interest_rate": "10.33",
        "day_count": "actual_365", "fees": "50.00", "late_charges": "0.00", "prepayment_premium": "0.00",
        "credits": "25.00", "total": "100874.32", "quoted_at": now.to_rfc3339()});
    vec![
        row("00000000-0000-4000-8000-000000000001", "9000000001", "5", "requested", Value::Null),
        row("00000000-0000-4000-8000-000000000002", "9000000002", "6", "quoted", quote),
    ]
}
