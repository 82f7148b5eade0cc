//! The same keys below `/api`.

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::Full;

use super::{LAMPS, QUAY, yard};
use crate::serving::Shop;
use crate::visitor::{Way, in_process};

/// What a program says and hears.
pub(super) struct Program {
    way: Way,
    token: String,
}

impl Program {
    pub(super) async fn of(shop: &mut Shop) -> Self {
        shop.visitor.get("/account").await.expect(200);
        let made = shop
            .visitor
            .post("/account/tokens", &[("name", "yard"), ("days", "1"), ("may", "write")])
            .await
            .expect(200);
        let start = made.text.find("bwk_").expect("a token");
        Self { way: in_process(shop.service.clone()), token: made.text[start..start + 47].to_owned() }
    }

    pub(super) async fn ask(&self, method: Method, path: &str, body: &str) -> (StatusCode, String, String) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, "application/json");
        let request = request.body(Full::from(Bytes::from(body.to_owned()))).expect("a request");
        let (parts, body) = (self.way)(request).await.expect("an answer").into_parts();
        let location = parts.headers.get(header::LOCATION).and_then(|place| place.to_str().ok()).unwrap_or_default();
        (parts.status, location.to_owned(), String::from_utf8(body.to_vec()).expect("text"))
    }
}

#[tokio::test]
async fn programs_name_rows_by_their_keys() {
    let mut shop = yard().await;
    let program = Program::of(&mut shop).await;
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    let (status, _, row) = program.ask(Method::GET, "/api/carriers/a%2Fb%20c", "").await;
    assert_eq!((status, &json(&row)["id"], &json(&row)["code"]), (StatusCode::OK, &"a/b c".into(), &"a/b c".into()));
    // As a library spells it that leaves fewer signs as they are.
    assert_eq!(program.ask(Method::GET, "/api/carriers/%6Eew", "").await.0, StatusCode::OK);
    let (_, _, row) = program.ask(Method::GET, &format!("/api/parcels/{LAMPS}"), "").await;
    let row = json(&row);
    assert_eq!((&row["id"], &row["carrier"], &row["depot"]), (&LAMPS.into(), &"a/b c".into(), &QUAY.into()));
    assert_eq!(row["carrier.label"], "Slash and Blank");
    let (_, _, list) = program.ask(Method::GET, "/api/parcels?f.carrier=a%2Fb+c", "").await;
    assert_eq!(json(&list)["rows"].as_array().map(Vec::len), Some(1), "{list}");
    for path in [
        "/api/carriers/nobody",
        "/api/carriers/thirteensigns",
        "/api/carriers/%00",
        "/api/carriers/%FF",
        "/api/depots/1",
    ] {
        assert_eq!(program.ask(Method::GET, path, "").await.0, StatusCode::NOT_FOUND, "{path}");
    }

    let (status, place, _) = program.ask(Method::POST, "/api/carriers", r#"{"code": "x/y", "name": "Made"}"#).await;
    assert_eq!((status, place.as_str()), (StatusCode::CREATED, "/api/carriers/x%2Fy"));
    // What a library would take out of a path is no place to look.
    for (code, at) in [(".", ""), ("..", ""), ("...", "/api/carriers/...")] {
        let body = format!(r#"{{"code": "{code}", "name": "Dots"}}"#);
        let (status, place, _) = program.ask(Method::POST, "/api/carriers", &body).await;
        assert_eq!((status, place.as_str()), (StatusCode::CREATED, at));
    }
    let (status, _, told) = program.ask(Method::POST, "/api/carriers", r#"{"code": "x/y", "name": "Again"}"#).await;
    assert!(
        status == StatusCode::UNPROCESSABLE_ENTITY && told.contains("Another row has this value"),
        "{status} {told}"
    );
    let body = format!(r#"{{"contents": "Made", "depot": "{QUAY}", "carrier": "x/y"}}"#);
    let (status, place, made) = program.ask(Method::POST, "/api/parcels", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let version = json(&made)["version"].as_str().expect("a version").to_owned();
    let body = format!(r#"{{"version": "{version}", "carrier": 3}}"#);
    let (status, _, told) = program.ask(Method::PATCH, &place, &body).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && told.contains("must be a text"), "{status} {told}");
    let body = format!(r#"{{"version": "{version}", "carrier": null}}"#);
    let (status, _, changed) = program.ask(Method::PATCH, &place, &body).await;
    assert!(status == StatusCode::OK && json(&changed)["carrier"].is_null(), "{status} {changed}");
    // What a row is known by is no field of a change.
    let (_, _, row) = program.ask(Method::GET, "/api/carriers/x%2Fy", "").await;
    let version = json(&row)["version"].as_str().expect("a version").to_owned();
    let body = format!(r#"{{"version": "{version}", "code": "z"}}"#);
    assert_eq!(program.ask(Method::PATCH, "/api/carriers/x%2Fy", &body).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let gone = program.ask(Method::DELETE, &format!("/api/carriers/x%2Fy?version={version}"), "").await;
    assert!(gone.0 == StatusCode::FORBIDDEN && gone.2.contains("a fresh proof"), "of a row that is there: {}", gone.2);
    assert_eq!(program.ask(Method::DELETE, "/api/carriers/x?version=1", "").await.0, StatusCode::FORBIDDEN);
    shop.is_as_it_was().await;
}
