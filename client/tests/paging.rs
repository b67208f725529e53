//! Walking a list is where a client gets things subtly wrong: rows twice, a page too many, or no end.

use crate::fake::{Fake, answer};
use lending_api_client::{ApiError, TryStreamExt, types};
use std::collections::HashSet;

fn page(ids: &[&str], next: Option<&str>) -> String {
    let items: Vec<_> = ids
        .iter()
        .map(|id| {
            serde_json::json!({
                "alpha2": id, "alpha3": format!("{id}X"), "numeric": "004", "name": id,
                "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "version": 1,
            })
        })
        .collect();
    let mut body = serde_json::json!({ "items": items });
    if let Some(next) = next {
        body["next_page"] = next.into();
    }
    answer(200, &[], &body.to_string())
}

fn codes(countries: &[types::Country]) -> Vec<&str> {
    countries.iter().map(|country| country.alpha2.as_str()).collect()
}

#[tokio::test]
async fn walks_every_page_once_with_the_same_filters_and_stops() {
    let pages = vec![page(&["AA", "AB"], Some("t/1")), page(&[], Some("t2")), page(&["AC"], None), page(&["XX"], None)];
    let fake = Fake::start(pages).await;
    let session = fake.client.as_service();
    let countries: Vec<_> = session.stream(|api| api.list_countries().limit("2")).try_collect().await.expect("rows");
    assert_eq!(codes(&countries), ["AA", "AB", "AC"]);
    assert_eq!(
        fake.targets(),
        [
            "GET /api/v1/country?limit=2",
            "GET /api/v1/country?limit=2&page-token=t%2F1",
            "GET /api/v1/country?limit=2&page-token=t2"
        ]
    );
}

#[tokio::test]
async fn fetches_a_page_only_when_its_rows_are_wanted() {
    let fake = Fake::start(vec![page(&["AA", "AB"], Some("t1")), page(&["AC"], None)]).await;
    let session = fake.client.as_service();
    let mut countries = session.stream(|api| api.list_countries());
    assert_eq!(fake.targets().len(), 0);
    for taken in ["AA", "AB"] {
        assert_eq!(countries.try_next().await.expect("row").expect("row").alpha2.as_str(), taken);
        assert_eq!(fake.targets().len(), 1);
    }
    countries.try_next().await.expect("row").expect("row");
    assert_eq!(fake.targets().len(), 2);
    assert!(countries.try_next().await.expect("end").is_none());
    assert_eq!(fake.targets().len(), 2);
}

#[tokio::test]
async fn signs_each_request_anew() {
    let fake = Fake::start(vec![page(&["AA"], Some("t1")), page(&["AB"], Some("t2")), page(&["AC"], None)]).await;
    let session = fake.client.as_user("1001").at_location("5");
    session.stream(|api| api.list_countries()).try_for_each(|_| async { Ok(()) }).await.expect("rows");
    let tokens: HashSet<String> = fake
        .requests()
        .iter()
        .filter_map(|head| head.lines().find_map(|l| l.strip_prefix("authorization: Bearer ")).map(str::to_owned))
        .collect();
    assert_eq!(tokens.len(), 3);
    assert!(tokens.iter().all(|token| token.split('.').count() == 3));
}

#[tokio::test]
async fn ends_after_the_first_error() {
    let refusal = answer(503, &["retry-after: 2"], r#"{"request_id": "r", "message": "The database is away."}"#);
    let fake = Fake::start(vec![page(&["AA"], Some("t1")), refusal, page(&["AB"], None)]).await;
    let session = fake.client.as_service();
    let mut countries = session.stream(|api| api.list_countries());
    assert!(countries.try_next().await.expect("row").is_some());
    let error = countries.try_next().await.expect_err("the second page fails");
    assert_eq!(error.status(), Some(503));
    assert!(countries.try_next().await.expect("end").is_none());
}

#[tokio::test]
async fn does_not_follow_a_page_that_names_itself() {
    let fake = Fake::start(vec![page(&["AA"], Some("t1")), page(&["AA"], Some("t1"))]).await;
    let session = fake.client.as_service();
    let rows: Result<Vec<_>, _> = session.stream(|api| api.list_countries()).try_collect().await;
    assert!(matches!(rows, Err(ApiError::Unexpected(_))), "{rows:?}");
}

#[tokio::test]
async fn can_be_walked_in_a_task_of_its_own() {
    let fake = Fake::start(vec![page(&["AA"], None)]).await;
    let session = fake.client.as_user("1001");
    let walk = async move { session.stream(|api| api.list_countries()).try_collect::<Vec<_>>().await };
    let countries = tokio::spawn(walk).await.expect("task").expect("rows");
    assert_eq!(codes(&countries), ["AA"]);
}
