//! CSV imports: upsert, all or nothing, errors with their line.

use crate::support::{Server, now};
use lending_api::data::import::{ImportError, Report, import};

fn run(server: &Server, resource: &str, text: &str) -> Result<Report, ImportError> {
    let file = server.folder().join("rows.csv");
    std::fs::write(&file, text).unwrap();
    import(&server.config, resource, &file, now())
}

#[tokio::test]
async fn rows_are_added_and_changed() {
    let server = Server::start().await;
    let text = "code,brand,franchisor\nS0001,Example Coffee,Example LLC\nS0002,Ex\u{e4}mple Tea,\n";
    assert_eq!(run(&server, "franchise", text).unwrap().to_string(), "2 inserted, 0 updated, 0 unchanged");
    assert_eq!(run(&server, "franchise", text).unwrap().to_string(), "0 inserted, 0 updated, 2 unchanged");
    let changed = "code,brand\nS0002,Example Tea House\n";
    assert_eq!(run(&server, "franchise", changed).unwrap().to_string(), "0 inserted, 1 updated, 0 unchanged");
    let found = server.get("/api/v1/franchise?brand=example").expect(200).await.items();
    assert_eq!(
        found.iter().map(|f| f["brand"].as_str().unwrap()).collect::<Vec<_>>(),
        ["Example Coffee", "Example Tea House"]
    );
    let kept = server.get("/api/v1/franchise?code=S0001").expect(200).await.items();
    assert_eq!((&kept[0]["franchisor"], &kept[0]["sample"]), (&"Example LLC".into(), &false.into()));
    let audited: i64 = server
        .database()
        .query_row("SELECT COUNT(*) FROM audit_record WHERE operation = 'import franchise'", [], |r| r.get(0))
        .unwrap();
    assert_eq!(audited, 3);
}

#[tokio::test]
async fn one_wrong_line_stops_all_of_them() {
    let server = Server::start().await;
    for (resource, text, expected) in [
        ("franchise", "code,brand\nS0001,Good\nX1,Bad code\n", "rows.csv:3: code: must be text that matches"),
        ("franchise", "code,brand\nS0001,Good\nS0002,\n", "rows.csv:3: brand: is required"),
        ("franchise", "code,brand\nS0001,Good\nS0001,Again\n", "rows.csv:3: id: line 2 has the same key"),
        ("franchise", "code,brand,colour\nS0001,Good,red\n", "rows.csv:1: colour: is no property of franchise"),
        ("franchise", "code,brand,active\nS0001,Good,maybe\n", "rows.csv:2: active: must be true or false"),
        ("franchise", "code,brand\nS0001,Good,extra\n", "rows.csv:2: "),
        ("franchise", "", "rows.csv:1: has no header line"),
        ("franchise", "code,brand,brand\nS0001,Good,Good\n", "rows.csv:1: the column brand is there twice"),
        (
            "franchise",
            "code,brand,brand_name\nS0001,Good,Good\n",
            "rows.csv:1: brand_name: means the same as the column brand",
        ),
        ("franchise", "code,brand,version\nS0001,Good,7\n", "rows.csv:1: version: is assigned by the server"),
        ("country", "alpha2,alpha3,numeric,name\nXX,FRA,999,Copy\n", "rows.csv:2: row: another row already has"),
        (
            "size-standard",
            "naics_code,basis\n999999,receipts\n",
            "rows.csv:2: naics_code: there is no NAICS code 999999",
        ),
    ] {
        let error = run(&server, resource, text).unwrap_err().to_string();
        assert!(error.contains(expected), "{resource} {text:?}: {error}");
    }
    assert!(server.get("/api/v1/franchise?brand=good").expect(200).await.items().is_empty());
}

#[tokio::test]
async fn users_and_locations() {
    let server = Server::start().await;
    let locations = "id,partner_id,name,type,address.line1,address.city,address.state,address.zip,phone\n\
                     9,P900,Ninth,branch,1 Main St,Reno,NV,89501,+17755550109\n";
    assert_eq!(run(&server, "location", locations).unwrap().inserted, 1);
    let users = "id,username,email,first_name,last_name,user_type,memberships\n\
                 2001,nina,Nina@Example.com,Nina,Ninth,partner,\"[{\"\"location_id\"\":\"\"9\"\",\"\"roles\"\":[\"\"viewer\"\"]}]\"\n";
    assert_eq!(run(&server, "user", users).unwrap().inserted, 1);
    let token = server.token(Some("2001"), None);
    let found = server.get("/api/v1/user?email=nina@example.com").bearer(&token).expect(200).await.items();
    assert_eq!(found[0]["email"], "nina@example.com");
}

#[tokio::test]
async fn size_standards_and_quotes() {
    let server = Server::start().await;
    let standards = "naics_code,exception,title,basis,receipts_max_usd,employees_max\n\
                     111110,,Soybean Farming,receipts,2250000,\n541715,,R&D,employees,,1000\n541715,1,Aircraft,employees,,1500\n";
    assert_eq!(run(&server, "size-standard", standards).unwrap().updated, 2);
    let row = server.get("/api/v1/naics-code/541715").expect(200).await.json();
    assert_eq!(
        row["size_standards"][1],
        serde_json::json!({"exception": "1", "exception_title": "Aircraft", "basis": "employees", "employees_max": 1500})
    );

    let id = "00000000-0000-4000-8000-000000000001";
    let header = "payoff_id,principal,accrued_interest,per_diem,interest_rate,day_count,fees,late_charges,prepayment_premium,credits,total";
    let quote =
        |total: &str| format!("{header}\n{id},1000.00,10.50,0.29,10.50,actual_365,5.00,1.00,0.00,6.50,{total}\n");
    let wrong = run(&server, "payoff-quote", &quote("1010.01")).unwrap_err().to_string();
    assert!(wrong.contains("rows.csv:2: total: must be the sum of the parts, 1010.00"), "{wrong}");
    assert_eq!(run(&server, "payoff-quote", &quote("1010.00")).unwrap().updated, 1);
    let row = server.get(&format!("/api/v1/payoff/{id}")).expect(200).await.json();
    assert_eq!((&row["status"], &row["quote"]["total"]), (&"quoted".into(), &"1010.00".into()));
}

#[tokio::test]
async fn a_payoff_goes_only_where_it_may() {
    let server = Server::start().await;
    let id = "00000000-0000-4000-8000-000000000001";
    server.database().execute("UPDATE payoff SET status = 'requested' WHERE id = ?1", [id]).unwrap();
    let set = |status: &str| run(&server, "payoff-status", &format!("payoff_id,status\n{id},{status}\n"));
    let refused = |status: &str| set(status).unwrap_err().to_string();
    let wrong = refused("paid");
    let expected = "rows.csv:2: status: a payoff that is requested cannot become paid; what can follow is quoted, expired, cancelled, rejected";
    assert!(wrong.contains(expected), "{wrong}");
    assert!(refused("done").contains("rows.csv:2: status: is no status of a payoff"));
    assert_eq!(set("requested").unwrap().unchanged, 1, "a file can be read twice");
    let to_date =
        |date: &str| server.database().execute("UPDATE payoff SET payoff_date = ?2 WHERE id = ?1", [id, date]).unwrap();
    to_date("2026-06-09"); // today
    let wrong = refused("expired");
    assert!(
        wrong.contains("rows.csv:2: status: the payoff is not expired: its date, 2026-06-09, has not passed"),
        "{wrong}"
    );
    to_date("2026-06-08");
    assert_eq!(set("expired").unwrap().updated, 1);
    server.database().execute("UPDATE payoff SET status = 'requested' WHERE id = ?1", [id]).unwrap();
    assert_eq!(set("cancelled").unwrap().updated, 1);
    assert!(refused("requested").contains("the payoff is cancelled, which is final"));
    let unknown = run(&server, "payoff-status", "payoff_id,status\n\nnobody,paid\n").unwrap_err().to_string();
    assert!(unknown.contains("rows.csv:3: payoff_id: there is no such payoff"), "{unknown}");
    drop(run(&server, "payoff-status", "payoff_id,status\nnobody\n").unwrap_err());
    let records = crate::audit::records(&server, "operation = 'import payoff-status' AND kind = 'failed'");
    assert_eq!(crate::audit::json(records.last().unwrap(), "detail"), serde_json::json!({"error_code": "wrong_file"}));
    let records = &records[..records.len() - 1];
    let last = records.last().unwrap();
    assert_eq!((records.len(), &last["service"]), (5, &"operator".into()), "what was refused is recorded, too");
    let detail = serde_json::json!({"error_code": "wrong_lines", "lines": [3], "count": 1});
    assert_eq!(crate::audit::json(last, "detail"), detail);
    let refuse = "CREATE TRIGGER t BEFORE INSERT ON audit_record BEGIN SELECT RAISE(ABORT, 'no room'); END";
    server.database().execute_batch(refuse).unwrap();
    let unrecorded = refused("done");
    assert!(
        unrecorded.contains("nothing was imported; and the audit trail has no record of this attempt: no room"),
        "{unrecorded}"
    );
}

/// What an import stores is what the document allows, also inside a list; the column and what it must be are named.
#[tokio::test]
async fn what_breaks_the_document_is_refused_with_its_column() {
    let server = Server::start().await;
    let id = "00000000-0000-4000-8000-000000000001";
    let standard = |cells: &str| {
        ("size-standard", format!("naics_code,exception,title,basis,receipts_max_usd,employees_max\n{cells}\n"))
    };
    let quote = |per_diem: &str, day_count: &str| {
        let header = "payoff_id,principal,accrued_interest,per_diem,interest_rate,day_count,fees,late_charges,prepayment_premium,credits";
        let cells = format!("1000.00,10.50,{per_diem},10.50,{day_count},5.00,1.00,0.00,6.50");
        ("payoff-quote", format!("{header}\n{id},{cells}\n"))
    };
    let user = |memberships: &str| {
        let cells = memberships.replace('"', "\"\"");
        (
            "user",
            format!(
                "id,username,email,first_name,last_name,user_type,memberships\n9,n,n@example.com,N,N,partner,\"{cells}\"\n"
            ),
        )
    };
    for ((resource, text), expected) in [
        (standard("111110,,Soy,receipts,-5,"), "2: receipts_max_usd: -5 is below the minimum, 0"),
        (standard("111110,,Soy,receipts,5,7"), "2: employees_max: must be empty, because the basis is receipts"),
        (standard("111110,,Soy,receipts,,"), "2: receipts_max_usd: is required, because the basis is receipts"),
        (standard("111110,,Soy,weather,5,"), "2: basis: must be one of receipts, employees, assets"),
        (standard("111110,,Soy,,5,"), "2: basis: is required"),
        (
            standard(&format!("111110,1,{},receipts,5,", "x".repeat(301))),
            "2: title: must be text of 1 to 300 characters",
        ),
        (
            standard("111110,,Soy,receipts,5,\n111110,,Soy,receipts,6,"),
            "3: naics_code: line 2 has the general standard of 111110 already",
        ),
        (
            standard("111110,1,A,receipts,5,\n111110,2,B,receipts,6,\n111110,1,C,receipts,6,"),
            "4: naics_code: line 2 has the exception 1 of 111110 already",
        ),
        (quote("0.500", "actual_365"), "2: per_diem: must be text that matches"),
        (quote("0.50", "weekly"), "2: day_count: must be one of actual_365, actual_360, thirty_360"),
        (quote("", "actual_365"), "2: per_diem: is required"),
        (user(r#"[{"location_id":"5","roles":[]}]"#), "2: memberships: /0/roles "),
        (user(r#"[{"location_id":5,"roles":["viewer"]}]"#), "2: memberships: /0/location_id must be text"),
        (user(r#"[{"location_id":"5"}]"#), "2: memberships: /0/roles is required"),
        (
            user(r#"[{"location_id":"5","roles":["viewer"],"since":1}]"#),
            "2: memberships: /0/since unknown field `since`",
        ),
        (
            user(r#"[{"location_id":"5","roles":["viewer"]},{"location_id":"5","roles":["closer"]}]"#),
            "2: memberships: /1 names the location 5 a second time",
        ),
        (
            ("payoff-status", format!("payoff_id,status\n{id},done\n")),
            "2: status: is no status of a payoff; it must be one of requested, ",
        ),
        (("payoff-status", "payoff_id,status\n,paid\n".into()), "2: payoff_id: is required"),
    ] {
        let error = run(&server, resource, &text).unwrap_err().to_string();
        assert!(error.contains(&format!("rows.csv:{expected}")), "{resource} {text:?}: {error}");
    }
    let row = server.get("/api/v1/naics-code/111110").expect(200).await.json();
    assert_eq!(row["size_standards"], serde_json::json!([]));
}

/// Whoever wrote it: a column of JSON that breaks the document is an error of the server, not an answer.
#[tokio::test]
async fn a_stored_value_that_breaks_the_document_is_not_answered() {
    let server = Server::start().await;
    for broken in [r#"[{"basis":"receipts","receipts_max_usd":-5}]"#, r#"[{"basis":"weather"}]"#] {
        let set = "UPDATE naics_code SET size_standards = ?1 WHERE code = '111110'";
        assert_eq!(server.database().execute(set, [broken]).unwrap(), 1);
        server.get("/api/v1/naics-code/111110").expect(500).await;
    }
}

/// Lines are counted as an editor does, whatever they end in.
#[tokio::test]
async fn lines_are_those_of_the_file() {
    let server = Server::start().await;
    let rows = "code,brand,franchisor\nS0001,\"Two\nlines\",\nS0002,Good,\n\nX1,Bad code,\nS0003,,\n";
    for end in ["\n", "\r\n"] {
        let error = run(&server, "franchise", &rows.replace('\n', end)).unwrap_err().to_string();
        for expected in ["rows.csv:6: code: must be text", "rows.csv:7: brand: is required"] {
            assert!(error.contains(expected), "{end:?}: {error}");
        }
        let short =
            run(&server, "franchise", &format!("{rows}S0004,Good\n").replace('\n', end)).unwrap_err().to_string();
        assert!(short.contains("rows.csv:8: has 2 cells, and the header names 3"), "{end:?}: {short}");
    }
    let shipped = "naics_code,exception,title,basis,receipts_max_usd,employees_max\r\n111110,,Soy,receipts,5,\r\n111120,,Oil,receipts,,\r\n";
    let error = run(&server, "size-standard", shipped).unwrap_err().to_string();
    assert!(error.contains("rows.csv:3: receipts_max_usd: is required"), "{error}");
}

/// A column inside an object changes that member, and what stands beside it stays.
#[tokio::test]
async fn a_nested_column_leaves_its_neighbours() {
    let server = Server::start().await;
    let before = server.get("/api/v1/location/5").expect(200).await.json();
    let report = run(&server, "location", "id,address.city\n5,Houston\n").unwrap();
    assert_eq!(report.updated, 1);
    let after = server.get("/api/v1/location/5").expect(200).await.json();
    let mut expected = before["address"].clone();
    expected["city"] = "Houston".into();
    assert_eq!((&after["address"], &after["name"]), (&expected, &before["name"]));

    let report = run(&server, "user", "id,email\n1001,Someone.Else@Example.com\n").unwrap();
    assert_eq!(report.updated, 1);
    let token = server.token(Some("1001"), None);
    let found = server.get("/api/v1/user/1001").bearer(&token).expect(200).await.json();
    assert_eq!(found["email"], "someone.else@example.com", "as in a new row");
}
