//! Challenges at the admin API: missing, garbage, expired, used, large; and answers that cannot be taken.

use chrono::Duration;
use reqwest::Method;
use serde_json::json;
use shared_types::on_both;

use super::world::{ISSUER, World, consent, login, request};

on_both!(
    async fn a_wrong_challenge_has_its_status(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        for kind in ["login", "consent", "logout"] {
            for (method, verb) in [(Method::GET, ""), (Method::PUT, "/accept"), (Method::PUT, "/reject")] {
                let path = format!("/admin/oauth2/auth/requests/{kind}{verb}");
                let body = (method == Method::PUT).then(|| json!({ "subject": "ann" }));
                let missing = world.admin(method.clone(), &path, body.clone()).await;
                assert_eq!(missing.status, 400, "{path}: {missing:?}");
                assert!(missing.json()["error"].is_string());
                for garbage in ["x", "r.x", "", "%00", "5f9f6c0e-0000-4000-8000-000000000000"] {
                    let url = format!("{path}?{kind}_challenge={garbage}");
                    let reply = world.admin(method.clone(), &url, body.clone()).await;
                    assert_eq!(reply.status, if garbage.is_empty() { 400 } else { 404 }, "{url}: {reply:?}");
                }
            }
        }
    }
);

on_both!(
    async fn one_kind_of_challenge_is_nothing_to_another(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let login_challenge = browser.start(&request(&[])).await;
        let consent_challenge = browser.log_in(&request(&[]), login("ann", false)).await;
        assert_eq!(world.page("consent", "", &login_challenge, json!(null)).await.status, 404);
        assert_eq!(world.page("login", "", &consent_challenge, json!(null)).await.status, 404);
        let verifier = browser.get(&request(&[&format!("login_verifier={login_challenge}")])).await;
        assert_eq!(verifier.sent("error").as_deref(), Some("access_denied"));
    }
);

on_both!(
    async fn older_names_still_work(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let challenge = world.browser().start(&request(&[])).await;
        for path in ["/admin/oauth2/auth/requests/login", "/oauth2/auth/requests/login"] {
            let reply = world.admin(Method::GET, &format!("{path}?challenge={challenge}"), None).await;
            assert_eq!(reply.json()["challenge"], challenge.as_str());
        }
    }
);

on_both!(
    async fn time_runs_out(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let challenge = browser.start(&request(&[])).await;
        let other = browser.start(&request(&[])).await;
        let next = world.accept("login", &other, login("ann", false)).await;
        let consent_challenge = browser.log_in(&request(&[]), login("ann", false)).await;
        world.clock.advance(Duration::seconds(1_799));
        assert_eq!(world.page("login", "", &challenge, json!(null)).await.status, 200);
        world.clock.advance(Duration::seconds(1));
        for (kind, challenge) in [("login", &challenge), ("consent", &consent_challenge)] {
            for verb in ["", "accept", "reject"] {
                let reply = world.page(kind, verb, challenge, json!({ "subject": "ann" })).await;
                assert_eq!(reply.status, 401, "{kind} {verb}: {reply:?}");
                assert_eq!(reply.json()["error"], "request_unauthorized");
            }
        }
        assert_eq!(browser.get(&next).await.sent("error").as_deref(), Some("request_unauthorized"));
    }
);

on_both!(
    async fn a_used_challenge_is_gone(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let login_challenge = browser.start(&request(&[])).await;
        let next = world.accept("login", &login_challenge, login("ann", false)).await;
        let consent_challenge = browser.get(&next).await.sent("consent_challenge").unwrap();
        assert_eq!(world.page("login", "", &login_challenge, json!(null)).await.status, 200);
        let next = world.accept("consent", &consent_challenge, consent(false)).await;
        assert!(browser.get(&next).await.sent("code").is_some());
        for (kind, challenge) in [("login", &login_challenge), ("consent", &consent_challenge)] {
            let reply = world.page(kind, "", challenge, json!(null)).await;
            assert_eq!(reply.status, 410);
            let again = reply.json()["redirect_to"].as_str().unwrap().to_owned();
            assert!(again.starts_with(&format!("{ISSUER}oauth2/auth?client_id=shop")), "{again}");
        }
    }
);

on_both!(
    async fn a_removed_client_takes_its_requests_along(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let challenge = world.browser().start(&request(&[])).await;
        assert_eq!(world.admin(Method::DELETE, "/admin/clients/shop", None).await.status, 204);
        assert_eq!(world.page("login", "", &challenge, json!(null)).await.status, 404);
    }
);

/// Letters of a little generator, which deflate finds no order in.
fn incompressible(length: usize) -> String {
    let mut state = 0x2545_f491_u32;
    let letters = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        char::from(b'a' + u8::try_from(state % 26).unwrap())
    });
    letters.take(length).collect()
}

on_both!(
    async fn a_large_request_waits_in_a_row(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let hint = incompressible(3_000);
        let url = request(&[&format!("login_hint={hint}")]);
        let challenge = browser.start(&url).await;
        assert!(challenge.starts_with("r.") && challenge.len() < 64, "{challenge}");
        let asked = world.page("login", "", &challenge, json!(null)).await.json();
        assert_eq!(asked["oidc_context"]["login_hint"], hint);
        assert_eq!(asked["challenge"], challenge.as_str());
        let next = world.accept("login", &challenge, login("ann", false)).await;
        let challenge = browser.get(&next).await.sent("consent_challenge").unwrap();
        let mut big = consent(false);
        big["session"]["access_token"]["permissions"] = json!(incompressible(2_000));
        let next = world.accept("consent", &challenge, big).await;
        assert!(browser.get(&next).await.sent("code").is_some());
        world.clock.advance(Duration::seconds(1_800));
        assert_eq!(world.page("login", "", &challenge, json!(null)).await.status, 404);
    }
);

on_both!(
    async fn many_claims_leave_the_url_short(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let challenge =
            world.browser().log_in(&request(&[]), login("5f9f6c0e-0000-4000-8000-000000000000", false)).await;
        let mut body = consent(true);
        let claims = json!({
            "role": "partner_admin", "company_id": "0b1f3c7a-9c55-4a43-8d9e-1df5f1c7f001", "name": "Ann Example", "email": "ann@example.org",
            "permissions": ["orders:read", "orders:write", "invoices:read", "users:manage"],
        });
        body["session"] = json!({ "access_token": claims, "id_token": claims });
        let next = world.accept("consent", &challenge, body).await;
        assert!(next.len() < 1_500, "{} bytes: {next}", next.len());
    }
);

on_both!(
    async fn an_answer_must_make_sense(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let challenge = browser.start(&request(&[])).await;
        let long = "x".repeat(256);
        for body in [
            json!({}),
            json!({ "subject": "" }),
            json!({ "subject": 7 }),
            json!({ "subject": "a\u{0}b" }),
            json!({ "subject": long }),
            json!({ "subject": "ann", "remember": "yes" }),
            json!({ "subject": "ann", "amr": "pwd" }),
            json!({ "subject": "ann", "acr": "a\nb" }),
            json!([]),
            json!("x"),
        ] {
            let reply = world.page("login", "accept", &challenge, body.clone()).await;
            assert_eq!(reply.status, 400, "{body}: {reply:?}");
            assert_eq!(reply.json()["error"], "invalid_request", "{body}");
        }
        let nulls = json!({ "subject": "ann", "remember": null, "acr": null, "unknown": 1 });
        let next = world.accept("login", &challenge, nulls).await;
        let challenge = browser.get(&next).await.sent("consent_challenge").unwrap();
        for body in [json!({ "grant_scope": "openid" }), json!({ "grant_scope": ["a b"] }), json!({ "session": "x" })] {
            assert_eq!(world.page("consent", "accept", &challenge, body).await.status, 400);
        }
        // Nothing granted is a grant too.
        let next = world.accept("consent", &challenge, json!({ "session": null })).await;
        assert_eq!(browser.get(&next).await.sent("scope").as_deref(), Some(""));
    }
);

on_both!(
    async fn strangers_get_few_rows(dsn: String) {
        let rules = json!([{ "action": "authorization", "per_second": 0.001, "burst": 2 }]);
        let world = World::with(&dsn, json!({ "rate_limit": { "enabled": true, "rules": rules } })).await;
        world.client("shop", json!({})).await;
        let large = request(&[&format!("login_hint={}", incompressible(3_000))]);
        for _ in 0..2 {
            world.browser().start(&large).await;
        }
        let refused = world.browser().get(&large).await;
        assert_eq!(refused.sent("error").as_deref(), Some("temporarily_unavailable"));
        // What fits into the URL costs nothing, and is not counted.
        for _ in 0..5 {
            world.browser().start(&request(&[])).await;
        }
    }
);
