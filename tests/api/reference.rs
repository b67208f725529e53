//! Reference data: the right rows, cached.

use crate::support::Server;

#[tokio::test]
async fn well_known_rows() {
    let server = Server::start().await;
    let get = async |path: &str| server.get(&format!("/api/v1/{path}")).expect(200).await.json();
    assert_eq!(get("country/AF").await["numeric"], "004");
    for member in ["31", "32", "33", "31-33"] {
        assert_eq!(get(&format!("naics-code/{member}")).await["code"], "31-33");
    }
    let food = get("naics-code/311").await;
    assert_eq!(
        (&food["parent_code"], &food["sector_code"], &food["level"]),
        (&"31-33".into(), &"31-33".into(), &3.into())
    );
    assert_eq!(get("naics-code/44").await["title"], "Retail Trade");
    assert_eq!(server.get("/api/v1/naics-code/999999").send().await.problem(), "404 not_found");
}

#[tokio::test]
async fn new_years_of_2022_is_federal_only() {
    let server = Server::start().await;
    let names = async |query: &str| {
        let items = server.get(&format!("/api/v1/holiday?{query}")).expect(200).await.items();
        items
            .iter()
            .map(|h| format!("{} {}", h["date"].as_str().unwrap(), h["name"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(names("date=2021-12-31&calendar=federal").await, ["2021-12-31 New Year's Day"]);
    assert!(names("date=2021-12-31&calendar=federal_reserve").await.is_empty());
    assert_eq!(names("date=2025-01-20&calendar=federal").await.len(), 2, "King's birthday and the inauguration");
    assert_eq!(names("date=1975-10-27&calendar=federal").await, ["1975-10-27 Veterans Day"]);
    assert_eq!(names("date=2100-12-31").await, ["2100-12-31 New Year's Day"]);
}

#[tokio::test]
async fn numbers_of_rows_and_levels() {
    let server = Server::start().await;
    let db = server.database();
    let count = |sql: &str| db.query_row(sql, [], |r| r.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT COUNT(*) FROM country"), 249);
    assert_eq!(count("SELECT COUNT(*) FROM naics_code"), 2125);
    let levels = [20, 96, 308, 689, 1012];
    for (level, rows) in (2..).zip(levels) {
        assert_eq!(count(&format!("SELECT COUNT(*) FROM naics_code WHERE level_ = {level}")), rows);
    }
    assert_eq!(count("SELECT MIN(year) FROM holiday"), 1971);
    assert_eq!(count("SELECT MAX(year) FROM holiday"), 2100);
    assert_eq!(
        count(
            "SELECT COUNT(*) FROM naics_code c WHERE parent_code IS NOT NULL AND NOT EXISTS (SELECT 1 FROM naics_code p WHERE p.code = c.parent_code)"
        ),
        0
    );
}

#[tokio::test]
async fn not_modified() {
    let server = Server::start().await;
    for path in ["/api/v1/country/FR", "/api/v1/country?limit=3", "/api/v1/holiday?year=2026"] {
        let first = server.get(path).expect(200).await;
        assert_eq!(first.header("cache-control"), Some("private, max-age=3600"), "{path}");
        let tag = first.header("etag").unwrap();
        let again = server.get(path).header("if-none-match", tag).expect(304).await;
        assert_eq!((again.text.as_str(), again.header("etag")), ("", Some(tag)), "{path}");
        server.get(path).header("if-none-match", "\"other\"").expect(200).await;
        let on_two_lines =
            server.get(path).header("if-none-match", "\"other\"").raw_header("if-none-match", tag.as_bytes());
        on_two_lines.expect(304).await;
    }
}
