use actix_web::{ResponseError as _, body::to_bytes};
use shared_types::db;

use super::ApiError;

#[actix_web::test]
async fn the_envelope_names_status_reason_and_request() {
    let error = ApiError::unauthorized("No session.");
    let answer = error.answer(Some("req-1"), false);
    assert_eq!(answer.headers().get("content-type").unwrap(), "application/json");
    assert_eq!(answer.headers().get("ory-error-id").unwrap(), "");
    let body: serde_json::Value = serde_json::from_slice(&to_bytes(answer.into_body()).await.unwrap()).unwrap();
    assert_eq!(body["error"]["code"], 401);
    assert_eq!(body["error"]["request"], "req-1");
    assert!(body["error"].get("id").is_none());
}

#[actix_web::test]
async fn sources_are_shown_in_development_alone() {
    let error = ApiError::from(db::Error::Corrupt { table: "identities", column: "traits" });
    let shown = to_bytes(error.answer(None, true).into_body()).await.unwrap();
    assert!(String::from_utf8_lossy(&shown).contains("identities.traits"));
    let hidden = to_bytes(error.answer(None, false).into_body()).await.unwrap();
    assert!(!String::from_utf8_lossy(&hidden).contains("identities"));
}

#[test]
fn waiting_is_said_in_whole_seconds() {
    let error = ApiError::too_many(std::time::Duration::from_millis(1200));
    assert_eq!(error.error_response().headers().get("retry-after").unwrap(), "2");
    assert_eq!(error.error_response().status(), 429);
    assert_eq!(ApiError::from(db::Error::Busy).error_response().status(), 503);
}
