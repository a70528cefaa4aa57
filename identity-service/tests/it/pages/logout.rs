use serde_json::json;

use super::{House, hidden, page, provider::NEXT, send};
use crate::self_service::world::location;

const PAGE: &str = "/logout?logout_challenge=l-1";

#[tokio::test]
async fn a_client_asks_and_the_person_agrees() {
    let house = House::new().await;
    let (status, html) = page(house.browser.visit(PAGE).await).await;
    assert_eq!(status, 200);
    assert!(html.contains("Partner Portal") && html.contains("ada@example.org"), "{html}");
    assert!(house.is_signed_in().await, "asking ends nothing");
    let token = hidden(&html, "csrf_token");
    let fields = [("csrf_token", token.as_str()), ("logout_challenge", "l-1"), ("action", "accept")];
    let answer = send(&house.browser, "/logout", &fields).await;
    assert_eq!((answer.status().as_u16(), location(&answer).as_str()), (303, NEXT));
    assert_eq!(house.provider.calls()[0].what, "logout/accept");
    assert!(!house.is_signed_in().await);
}

#[tokio::test]
async fn a_client_asks_and_the_person_stays() {
    let house = House::new().await;
    let (_, html) = page(house.browser.visit(PAGE).await).await;
    let token = hidden(&html, "csrf_token");
    let fields = [("csrf_token", token.as_str()), ("logout_challenge", "l-1"), ("action", "reject")];
    let answer = send(&house.browser, "/logout", &fields).await;
    assert_eq!(location(&answer), house.browser.url("/welcome").as_str());
    assert_eq!(house.provider.calls()[0].what, "logout/reject");
    assert!(house.is_signed_in().await);
}

#[tokio::test]
async fn a_trusted_client_need_not_ask() {
    let house = House::new().await;
    house.provider.logout(|logout| logout["client"]["skip_logout_consent"] = json!(true));
    let answer = house.browser.visit(PAGE).await;
    assert_eq!((answer.status().as_u16(), location(&answer).as_str()), (303, NEXT));
    assert!(!house.is_signed_in().await);
}

#[tokio::test]
async fn somebody_elses_session_is_left_alone() {
    let house = House::new().await;
    house.provider.logout(|logout| logout["subject"] = json!("somebody-else"));
    let (_, html) = page(house.browser.visit(PAGE).await).await;
    assert!(!html.contains("ada@example.org"), "{html}");
    let token = hidden(&html, "csrf_token");
    let fields = [("csrf_token", token.as_str()), ("logout_challenge", "l-1"), ("action", "accept")];
    assert_eq!(location(&send(&house.browser, "/logout", &fields).await), NEXT);
    assert!(house.is_signed_in().await);
}

#[tokio::test]
async fn its_form_cannot_be_forged() {
    let house = House::new().await;
    for fields in [
        vec![("logout_challenge", "l-1"), ("action", "accept")],
        vec![("action", "accept")],
        vec![("csrf_token", "made up"), ("action", "accept")],
    ] {
        assert_eq!(send(&house.browser, "/logout", &fields).await.status(), 403);
    }
    assert!(house.is_signed_in().await && house.provider.calls().is_empty());
    assert_eq!(house.browser.visit("/logout?logout_challenge=unknown").await.status(), 404);
}

#[tokio::test]
async fn without_a_provider() {
    let house = House::new().await;
    let (_, html) = page(house.browser.visit("/logout").await).await;
    let token = hidden(&html, "csrf_token");
    let answer = send(&house.browser, "/logout", &[("csrf_token", &token), ("action", "reject")]).await;
    assert_eq!(location(&answer), house.browser.url("/welcome").as_str());
    let answer = send(&house.browser, "/logout", &[("csrf_token", &token), ("action", "accept")]).await;
    assert_eq!(location(&answer), house.browser.url("/logout").as_str());
    assert!(!house.is_signed_in().await);
    let (status, html) = page(house.browser.visit("/logout").await).await;
    assert_eq!(status, 200);
    assert!(html.contains("You are signed out"), "{html}");
}
