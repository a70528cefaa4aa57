//! Verifiers that come again, come altered, or come with another request.

use serde_json::json;
use shared_types::on_both;

use super::world::{World, consent, login, request};

on_both!(
    async fn of_a_hundred_who_bring_one_verifier_one_gets_a_code(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let challenge = browser.log_in(&request(&[]), login("ann", true)).await;
        let next = world.accept("consent", &challenge, consent(false)).await;
        let rivals = (0..100).map(|_| {
            let (mut rival, next) = (browser.clone(), next.as_str());
            async move { rival.get(next).await }
        });
        let replies = futures_util::future::join_all(rivals).await;
        let codes = replies.iter().filter(|reply| reply.sent("code").is_some()).count();
        let denied = replies.iter().filter(|reply| reply.sent("error").as_deref() == Some("access_denied")).count();
        assert_eq!((codes, denied), (1, 99));
        assert_eq!(browser.get(&next).await.sent("error").as_deref(), Some("access_denied"));
    }
);

on_both!(
    async fn two_answers_to_one_challenge_make_one_code(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let login_challenge = browser.start(&request(&[])).await;
        let mut verifiers = Vec::new();
        for _ in 0..2 {
            let next = world.accept("login", &login_challenge, login("ann", true)).await;
            let challenge = browser.get(&next).await.sent("consent_challenge").unwrap();
            verifiers.push(world.accept("consent", &challenge, consent(false)).await);
            verifiers.push(world.accept("consent", &challenge, consent(true)).await);
        }
        let mut codes = 0;
        for next in verifiers {
            codes += usize::from(browser.get(&next).await.sent("code").is_some());
        }
        assert_eq!(codes, 1);
    }
);

on_both!(
    async fn a_verifier_answers_its_own_request_alone(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        world.client("bank", json!({})).await;
        let mut browser = world.browser();
        let challenge = browser.start(&request(&["scope=openid"])).await;
        let next = world.accept("login", &challenge, login("ann", true)).await;
        let (_, verifier) = next.split_once("&login_verifier=").unwrap();
        for changes in
            [&["scope=openid offline"][..], &["client_id=bank", "scope=openid"], &["scope=openid", "prompt=consent"]]
        {
            let url = format!("{}&login_verifier={verifier}", request(changes));
            assert_eq!(browser.get(&url).await.sent("error").as_deref(), Some("access_denied"), "{changes:?}");
        }
        let challenge = browser.get(&next).await.sent("consent_challenge").unwrap();
        let next = world.accept("consent", &challenge, consent(false)).await;
        let (_, verifier) = next.split_once("&consent_verifier=").unwrap();
        let url = format!("{}&consent_verifier={verifier}", request(&["scope=openid photos.read"]));
        assert_eq!(browser.get(&url).await.sent("error").as_deref(), Some("access_denied"));
        let cut = next.get(..next.len() - 1).unwrap();
        assert_eq!(browser.get(cut).await.sent("error").as_deref(), Some("access_denied"));
        assert!(browser.get(&next).await.sent("code").is_some());
    }
);

on_both!(
    async fn a_verifier_dies_with_its_login(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let challenge = browser.log_in(&request(&[]), login("ann", true)).await;
        let next = world.accept("consent", &challenge, consent(false)).await;
        world.admin(reqwest::Method::DELETE, "/admin/oauth2/auth/sessions/login?subject=ann", None).await;
        assert_eq!(browser.get(&next).await.sent("error").as_deref(), Some("access_denied"));
    }
);

on_both!(
    async fn a_logout_is_not_undone_by_an_old_verifier(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let challenge = browser.start(&request(&[])).await;
        let next = world.accept("login", &challenge, login("ann", true)).await;
        // While the login lives, coming twice changes nothing.
        for _ in 0..2 {
            assert!(browser.get(&next).await.sent("consent_challenge").is_some());
        }
        world.admin(reqwest::Method::DELETE, "/admin/oauth2/auth/sessions/login?subject=ann", None).await;
        assert_eq!(browser.get(&next).await.sent("error").as_deref(), Some("access_denied"));
        assert_eq!(browser.get(&request(&["prompt=none"])).await.sent("error").as_deref(), Some("login_required"));
    }
);

on_both!(
    async fn a_revoked_consent_is_not_given_again_by_its_verifier(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let challenge = browser.log_in(&request(&[]), login("ann", true)).await;
        let next = world.accept("consent", &challenge, consent(false)).await;
        assert!(browser.get(&next).await.sent("code").is_some());
        let path = "/admin/oauth2/auth/sessions/consent?subject=ann&all=true";
        assert_eq!(world.admin(reqwest::Method::DELETE, path, None).await.status, 204);
        assert_eq!(browser.get(&next).await.sent("error").as_deref(), Some("access_denied"));
    }
);
