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
    assert_eq!(set("cancelled").unwrap().updated, 1);
    assert!(refused("requested").contains("the payoff is cancelled, which is final"));
    let unknown = run(&server, "payoff-status", "payoff_id,status\nnobody,paid\n").unwrap_err().to_string();
    assert!(unknown.contains("rows.csv:2: payoff_id: there is no such payoff"), "{unknown}");
}
