use chrono::Duration;
use serde_json::json;

use super::{House, hidden, page, provider::NEXT, send, sign_in};
use crate::self_service::world::location;

const PAGE: &str = "/consent?consent_challenge=c-1";

#[tokio::test]
async fn says_who_asks_for_what_and_grants_what_was_chosen() {
    let house = House::new().await;
    let answer = house.browser.visit(PAGE).await;
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    for source in ["frame-ancestors 'none'", "form-action 'self' https: app.portal: http:;"] {
        assert!(policy.contains(source), "{source} is not in {policy}");
    }
    let (status, html) = page(answer).await;
    assert_eq!(status, 200);
    for text in
        ["Partner Portal", "ada@example.org", "127.0.0.1:8099", "See what is in stock", "https://api.example.com"]
    {
        assert!(html.contains(text), "{text} is not in {html}");
    }
    let token = hidden(&html, "csrf_token");
    let fields = [
        ("csrf_token", token.as_str()),
        ("consent_challenge", "c-1"),
        ("grant_scope", "openid"),
        ("grant_scope", "email"),
        // Not asked for: not granted.
        ("grant_scope", "admin"),
        ("remember", "true"),
        ("action", "accept"),
    ];
    let answer = send(&house.browser, "/consent", &fields).await;
    assert_eq!((answer.status().as_u16(), location(&answer).as_str()), (303, NEXT));
    let calls = house.provider.calls();
    assert_eq!((calls.len(), calls[0].what.as_str(), calls[0].challenge.as_str()), (1, "consent/accept", "c-1"));
    let body = &calls[0].body;
    assert_eq!(body["grant_scope"], json!(["openid", "email"]));
    assert_eq!(body["grant_access_token_audience"], json!(["https://api.example.com"]));
    assert_eq!((&body["remember"], &body["remember_for"]), (&json!(true), &json!(0)));
    let claims = json!({"email": "ada@example.org", "email_verified": false});
    assert_eq!(body["session"], json!({"id_token": claims, "access_token": claims}));
}

#[tokio::test]
async fn can_be_denied() {
    let house = House::new().await;
    let (_, html) = page(house.browser.visit(PAGE).await).await;
    let token = hidden(&html, "csrf_token");
    let fields = [("csrf_token", token.as_str()), ("consent_challenge", "c-1"), ("action", "reject")];
    let answer = send(&house.browser, "/consent", &fields).await;
    assert_eq!((answer.status().as_u16(), location(&answer).as_str()), (303, NEXT));
    let calls = house.provider.calls();
    assert_eq!((calls.len(), calls[0].what.as_str()), (1, "consent/reject"));
    assert_eq!(calls[0].body["error"], "access_denied");
}

#[tokio::test]
async fn is_not_asked_twice_but_claims_are_given_anew() {
    let house = House::new().await;
    let remembered = |consent: &mut serde_json::Value| consent["skip"] = json!(true);
    let trusted = |consent: &mut serde_json::Value| consent["client"]["skip_consent"] = json!(true);
    for change in [remembered as fn(&mut serde_json::Value), trusted] {
        house.provider.about(&house.subject);
        house.provider.consent(change);
        let answer = house.browser.visit(PAGE).await;
        assert_eq!((answer.status().as_u16(), location(&answer).as_str()), (303, NEXT));
        let calls = house.provider.calls();
        assert_eq!((calls.len(), calls[0].what.as_str()), (1, "consent/accept"));
        assert_eq!(calls[0].body["grant_scope"], json!(["openid", "profile", "email", "stock.read"]));
        assert_eq!(calls[0].body["session"]["id_token"]["email"], "ada@example.org");
        assert_eq!(calls[0].body["remember"], false);
    }
}

#[tokio::test]
async fn is_asked_of_its_subject_alone() {
    let house = House::new().await;
    let (_, html) = page(house.browser.visit(PAGE).await).await;
    let token = hidden(&html, "csrf_token");
    house.provider.consent(|consent| consent["subject"] = json!("somebody-else"));
    let fields = [("csrf_token", token.as_str()), ("consent_challenge", "c-1"), ("action", "accept")];
    for answer in [house.browser.visit(PAGE).await, send(&house.browser, "/consent", &fields).await] {
        let (status, html) = page(answer).await;
        assert_eq!(status, 403);
        assert!(html.contains("another account"), "{html}");
    }
    // Remembered or not: nobody else's claims are handed out.
    house.provider.consent(|consent| consent["skip"] = json!(true));
    assert_eq!(house.browser.visit(PAGE).await.status(), 403);
    let nobody = house.world.browser();
    assert_eq!(nobody.visit(PAGE).await.status(), 403);
    assert!(house.provider.calls().is_empty());
}

#[tokio::test]
async fn its_form_cannot_be_forged() {
    let house = House::new().await;
    let (_, html) = page(house.browser.visit(PAGE).await).await;
    let token = hidden(&html, "csrf_token");
    // Somebody else's token, of a session of his own.
    let other = house.world.browser();
    let subject = sign_in(&house.world, &other, "mallory@example.org").await;
    house.provider.about(&subject);
    let (_, html) = page(other.visit(PAGE).await).await;
    let foreign = hidden(&html, "csrf_token");
    house.provider.about(&house.subject);
    // A token of another page.
    let (_, html) = page(house.browser.visit("/welcome").await).await;
    let welcome = hidden(&html, "csrf_token");
    let try_with = async |token: &str, challenge: &str| {
        let fields = [("csrf_token", token), ("consent_challenge", challenge), ("action", "accept")];
        send(&house.browser, "/consent", &fields).await.status().as_u16()
    };
    for (token, challenge) in [("", "c-1"), ("made up", "c-1"), (&foreign, "c-1"), (&welcome, "c-1"), (&token, "c-3")] {
        assert_eq!(try_with(token, challenge).await, 403, "{token} {challenge}");
    }
    assert!(house.provider.calls().is_empty());
    assert_eq!(try_with(&token, "c-1").await, 303);
    house.world.clock.advance(Duration::minutes(61));
    assert_eq!(try_with(&token, "c-1").await, 403, "too late");
}

#[tokio::test]
async fn a_challenge_that_leads_nowhere_or_was_answered() {
    let house = House::new().await;
    assert_eq!(house.browser.visit("/consent").await.status(), 400);
    assert_eq!(house.browser.visit("/consent?consent_challenge=unknown").await.status(), 404);
    let answer = house.browser.visit("/consent?consent_challenge=c-2").await;
    assert_eq!((answer.status().as_u16(), location(&answer).as_str()), (303, NEXT));
    let (_, html) = page(house.browser.visit(PAGE).await).await;
    let token = hidden(&html, "csrf_token");
    let fields = [("csrf_token", token.as_str()), ("consent_challenge", "c-1"), ("action", "perhaps")];
    assert_eq!(send(&house.browser, "/consent", &fields).await.status(), 400);
    let json = house.browser.client.post(house.browser.url("/consent")).json(&json!({})).send().await.unwrap();
    assert_eq!(json.status(), 400);
    assert!(house.provider.calls().is_empty());
}

#[tokio::test]
async fn shows_what_exactly_is_wanted_and_grants_what_was_ticked() {
    let house = House::new().await;
    let wanted = json!([
        {"type": "payment", "actions": ["initiate"], "instructedAmount": {"currency": "EUR", "amount": "12.50"}},
        {"type": "files", "locations": ["https://files.example.org/"]},
    ]);
    let detailed = |consent: &mut serde_json::Value| {
        consent["authorization_details"] = wanted.clone();
        consent["oidc_context"] = json!({"claims": {"userinfo": {"email": {"essential": true}, "iban": null}}});
    };
    house.provider.consent(detailed);
    let (_, html) = page(house.browser.visit(PAGE).await).await;
    for text in
        ["Payment", "Currency: EUR, Amount: 12.50", "https://files.example.org/", "in particular: <strong>Email<"]
    {
        assert!(html.contains(text), "{text} is not in {html}");
    }
    // Nobody is asked for ever for what differs each time, and a claim that no token will say is not announced.
    assert!(!html.contains("name=\"remember\"") && !html.contains("Iban"), "{html}");
    let token = hidden(&html, "csrf_token");
    let fields = [
        ("csrf_token", token.as_str()),
        ("consent_challenge", "c-1"),
        ("grant_scope", "openid"),
        ("grant_detail", "1"),
        // There is no third.
        ("grant_detail", "2"),
        ("remember", "true"),
        ("action", "accept"),
    ];
    assert_eq!(send(&house.browser, "/consent", &fields).await.status(), 303);
    let body = house.provider.calls().remove(0).body;
    assert_eq!(body["grant_authorization_details"], json!([wanted[1]]));
    assert_eq!(body["remember"], false);
    // None ticked is none granted.
    let none = [("csrf_token", token.as_str()), ("consent_challenge", "c-1"), ("action", "accept")];
    assert_eq!(send(&house.browser, "/consent", &none).await.status(), 303);
    assert_eq!(house.provider.calls().remove(0).body["grant_authorization_details"], json!([]));
}

#[tokio::test]
async fn what_exactly_is_wanted_was_never_answered_before() {
    let house = House::new().await;
    let wanted = json!([{"type": "payment", "amount": 5}]);
    house.provider.consent(|consent| {
        consent["skip"] = json!(true);
        consent["authorization_details"] = wanted.clone();
    });
    assert_eq!(house.browser.visit(PAGE).await.status(), 200, "it is asked");
    // The operator's own clients ask nobody.
    house.provider.consent(|consent| consent["client"]["skip_consent"] = json!(true));
    assert_eq!(house.browser.visit(PAGE).await.status(), 303);
    assert_eq!(house.provider.calls().remove(0).body["grant_authorization_details"], wanted);
    // A provider that knows no details is told of none.
    house.provider.about(&house.subject);
    house.provider.consent(|consent| consent["skip"] = json!(true));
    assert_eq!(house.browser.visit(PAGE).await.status(), 303);
    assert!(house.provider.calls().remove(0).body.get("grant_authorization_details").is_none());
}
