//! Locations and users: only the caller's own.

use crate::support::Server;

#[tokio::test]
async fn locations() {
    let server = Server::start().await;
    let own = server.get("/api/v1/location").expect(200).await.items();
    assert_eq!(own.iter().map(|l| l["id"].as_str().unwrap()).collect::<Vec<_>>(), ["5", "6"]);
    assert_eq!(server.get("/api/v1/location/7").send().await.problem(), "403 outside_own_locations");
    assert_eq!(server.get("/api/v1/location/999").send().await.problem(), "404 not_found");
    let read = server.get("/api/v1/location/5/").expect(200).await;
    assert_eq!((read.json()["address"]["city"].as_str(), read.header("etag")), (Some("Austin"), Some("\"1\"")));
}

#[tokio::test]
async fn users() {
    let server = Server::start().await;
    assert_eq!(
        server.get("/api/v1/user/?location-id=7").send().await.problem(),
        "403 outside_own_locations | location-id outside_own_locations"
    );
    server.get("/api/v1/user/1004").expect(200).await;
    assert_eq!(server.get("/api/v1/user/1003").send().await.problem(), "403 outside_own_locations");
    assert_eq!(server.get("/api/v1/user/nobody").send().await.problem(), "404 not_found");
}

#[tokio::test]
async fn an_unknown_or_locked_user_sees_nothing() {
    let server = Server::start().await;
    let stranger = server.token(Some("4711"), None);
    assert_eq!(server.get("/api/v1/location").bearer(&stranger).send().await.problem(), "403 unknown_user");
    server.database().execute("UPDATE user_account SET status = 'locked' WHERE id = '1001'", []).unwrap();
    assert_eq!(server.get("/api/v1/location").send().await.problem(), "403 unknown_user");
}
