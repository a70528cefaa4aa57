use serde_json::json;

use super::{House, hidden, page, send};
use crate::self_service::world::location;

#[tokio::test]
async fn shows_who_is_signed_in_and_signs_out() {
    let house = House::new().await;
    let (status, html) = page(house.browser.visit("/welcome").await).await;
    assert_eq!(status, 200);
    assert!(
        html.contains("ada@example.org") && html.contains("Not verified") && html.contains("Active sessions"),
        "{html}"
    );
    let token = hidden(&html, "csrf_token");
    let answer = send(&house.browser, "/logout", &[("csrf_token", &token), ("action", "accept")]).await;
    assert_eq!(answer.status(), 303);
    let answer = house.browser.visit("/welcome").await;
    assert_eq!(location(&answer), house.browser.url("/self-service/login/browser").as_str());
}

#[tokio::test]
async fn the_root_leads_there() {
    let house = House::new().await;
    let answer = house.browser.visit("/").await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, house.browser.url("/welcome").to_string()));
}

#[tokio::test]
async fn pages_can_be_neither_framed_nor_kept_nor_scripted() {
    let house = House::new().await;
    for path in
        ["/welcome", "/logout", "/error?error=access_denied&error_description=x", "/consent", "/error?id=unknown"]
    {
        let answer = house.browser.visit(path).await;
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert_eq!(header("content-type"), "text/html; charset=utf-8", "{path}");
    }
}

#[tokio::test]
async fn assets_may_be_kept_for_ever() {
    let house = House::new().await;
    let (_, html) = page(house.browser.visit("/welcome").await).await;
    let start = html.find("/assets/portico-").unwrap();
    let path = html[start..].split('"').next().unwrap();
    let answer = house.browser.visit(path).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/css; charset=utf-8");
    assert_eq!(answer.headers()["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(house.browser.visit("/assets/portico.css").await.status(), 404);
    assert_eq!(house.browser.visit("/assets/..%2f..%2fetc%2fpasswd").await.status(), 404);
}

#[tokio::test]
async fn errors_say_what_is_known_of_them_and_no_more() {
    let house = House::new().await;
    let path = "/error?error=invalid_request&error_description=%3Cb%3Eredirect_uri%3C%2Fb%3E%20is%20unknown";
    let (status, html) = page(house.browser.visit(path).await).await;
    assert_eq!(status, 200);
    assert!(html.contains("invalid_request") && html.contains("&#60;b&#62;redirect_uri"), "{html}");
    let (_, html) = page(house.browser.visit("/error").await).await;
    assert!(html.contains("Nothing to show"), "{html}");
    // One that was kept: a forbidden return_to.
    let answer = house.browser.visit("/self-service/verification/browser?return_to=https://evil.example/").await;
    let kept = location(&answer);
    assert!(kept.contains("/error?id="), "{kept}");
    let (_, html) = page(house.browser.visit(&kept).await).await;
    assert!(html.contains("self_service_flow_return_to_forbidden") || html.contains("return_to"), "{html}");
    assert!(!html.contains("evil.example"), "{html}");
}

#[tokio::test]
async fn what_is_not_there_or_not_meant() {
    let house = House::new().await;
    let answer = house.browser.client.delete(house.browser.url("/welcome")).send().await.unwrap();
    assert_eq!(answer.status(), 405);
    let body: serde_json::Value = house.browser.get("/nowhere").await.json().await.unwrap();
    assert_eq!(body["error"]["code"], json!(404));
}
