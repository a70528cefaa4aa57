//! `import hydra`: what another server's database held is good here, once, and comes again only if it never came.

mod again;
mod real;
mod refusals;
mod theirs;

use std::process::{Command, Output};

use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;

use self::theirs::{COOKIE_SECRET, SECRET, Theirs, token};
use crate::oauth2::{
    auth::world::{CONSENT_PAGE, ISSUER, LOGIN_PAGE, World, read, request},
    token::{part, text},
};

/// The command ended: its exit code and what it said.
struct Told {
    success: bool,
    report: Value,
    stderr: String,
}

impl Told {
    #[track_caller]
    fn counts(&self, kind: &str) -> [u64; 5] {
        let kind = &self.report["kinds"][kind];
        ["imported", "updated", "unchanged", "skipped", "failed"].map(|label| kind[label].as_u64().unwrap_or(99))
    }

    fn reasons(&self, kind: &str) -> String {
        self.report["kinds"][kind]["reasons"].to_string()
    }
}

/// Runs the command with a configuration of its own file, as an operator does.
async fn told(ours: &str, from: &str, args: &[&str]) -> Told {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hydra.json");
    let config = json!({
        "dsn": ours,
        "secrets": { "system": ["a secret of the tests alone"] },
        "urls": { "self": { "issuer": ISSUER }, "login": LOGIN_PAGE, "consent": CONSENT_PAGE },
    });
    std::fs::write(&file, config.to_string()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_oauth-service"));
    command.env_remove("DSN").env("THEIR_SECRET", SECRET);
    command.arg("-c").arg(&file).args(["import", "hydra", "--from", from, "--format", "json"]).args(args);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let Output { status, stdout, stderr } = output;
    let report = serde_json::from_slice(&stdout).unwrap_or_default();
    Told { success: status.success(), report, stderr: String::from_utf8(stderr).unwrap() }
}

/// Imports with all secrets.
async fn import(ours: &str, theirs: &Theirs) -> Told {
    told(
        ours,
        &theirs.dsn(),
        &["--system-secret", "env:THEIR_SECRET", "--cookie-secret", COOKIE_SECRET, "--network", NETWORK],
    )
    .await
}

const NETWORK: &str = "00000000-0000-4000-8000-000000000001";

/// A server that was shown a token of theirs before there was an import, and so knows that there is none.
async fn world(dsn: &str) -> World {
    let dynamic = json!({"oidc": {"dynamic_client_registration": {"enabled": true}, "subject_identifiers": {"supported_types": ["public", "pairwise"], "pairwise": {"salt": "a salt of some length"}}}});
    let world = World::with(dsn, dynamic).await;
    assert_eq!(world.introspect(&token("ory_at_", 4).0).await, json!({"active": false}));
    world
}

on_both! {
    async fn everything_comes_and_is_counted(dsn: String) {
        let world = world(&dsn).await;
        let theirs = Theirs::beside(&dsn).await;
        let told = import(&dsn, &theirs).await;
        assert!(!told.success && told.stderr.contains("some rows did not come"), "{}", told.stderr);
        assert_eq!(told.counts("clients"), [2, 0, 0, 0, 1], "{}", told.report);
        assert!(told.reasons("clients").contains("redirect_uris"), "{}", told.report);
        assert_eq!(told.counts("keys"), [3, 0, 0, 0, 0], "{}", told.report);
        assert_eq!(told.counts("login sessions"), [1, 0, 0, 2, 0], "{}", told.report);
        assert_eq!(told.counts("consents"), [1, 0, 0, 1, 0], "{}", told.report);
        assert_eq!(told.counts("pairwise subjects"), [1, 0, 0, 0, 0], "{}", told.report);
        assert_eq!(told.counts("trusted issuers"), [1, 0, 0, 0, 0], "{}", told.report);
        assert_eq!(told.counts("refresh tokens"), [3, 0, 0, 0, 0], "{}", told.report);
        assert_eq!(told.counts("access tokens"), [2, 0, 0, 1, 0], "{}", told.report);
        assert_eq!(told.counts("used assertions"), [1, 0, 0, 0, 0], "{}", told.report);
        assert!(told.report["notes"].to_string().contains("1 authorization codes"), "{}", told.report);
        let client = world.admin(Method::GET, "/admin/clients/machine", None).await.json();
        assert_eq!(client["client_credentials_grant_access_token_lifespan"], "1h30m0s");
        assert_eq!((&client["audience"], &client["created_at"]), (&json!(["https://api.test"]), &json!("2026-01-02T03:04:05Z")));
        let shop = world.admin(Method::GET, "/admin/clients/shop", None).await.json();
        assert_eq!((&shop["metadata"], &shop["jwks"]), (&json!({"tier": 3}), &json!({})));
        assert_eq!(world.admin(Method::GET, "/admin/clients/elsewhere", None).await.status, 404);
    }
}

on_both! {
    async fn clients_go_on_with_their_secrets(dsn: String) {
        let world = world(&dsn).await;
        let theirs = Theirs::beside(&dsn).await;
        import(&dsn, &theirs).await;
        world.clock.advance(chrono::Duration::seconds(11));
        let ask = |secret: &'static str| {
            let form = [("grant_type", "client_credentials"), ("scope", "photos.read")];
            read(world.public(Method::POST, "/oauth2/token").basic_auth("machine", Some(secret)).form(&form))
        };
        let tokens = ask("the-secret-of-the-machine").await.json();
        assert_eq!(tokens["expires_in"], 5400, "{tokens}");
        assert_eq!(ask("an-older-secret").await.status, 200);
        assert_eq!(ask("no-secret-of-theirs").await.status, 401);
        let manage = |token: &str| read(world.public(Method::GET, "/oauth2/register/machine").bearer_auth(token));
        assert_eq!(manage(&token("ory_at_", 6).0).await.json()["client_name"], "A machine");
        assert_eq!(manage(&token("ory_at_", 4).0).await.status, 401);
    }
}

on_both! {
    async fn tokens_of_theirs_are_good_and_no_others(dsn: String) {
        let world = world(&dsn).await;
        let theirs = Theirs::beside(&dsn).await;
        import(&dsn, &theirs).await;
        world.clock.advance(chrono::Duration::seconds(11));
        let (opaque, signature) = token("ory_at_", 4);
        let told = world.introspect(&opaque).await;
        assert_eq!((&told["active"], &told["sub"], &told["client_id"]), (&json!(true), &json!("ann"), &json!("shop")));
        assert_eq!((&told["ext"], &told["aud"], &told["scope"]), (&json!({"role": "buyer"}), &json!(["https://api.test"]), &json!("openid offline photos.read")));
        assert_eq!(world.introspect(opaque.strip_prefix("ory_at_").unwrap()).await["active"], true);
        // Who has read their database knows the signature, and nothing else.
        assert_eq!(world.introspect(&format!("ory_at_AAAA.{signature}")).await, json!({"active": false}));
        assert_eq!(world.introspect(&token("ory_at_", 5).0).await, json!({"active": false}));
        assert_eq!(world.introspect(&theirs.jwt).await["client_id"], "machine");
        let person = read(world.public(Method::GET, "/userinfo").bearer_auth(&opaque)).await.json();
        assert_eq!((&person["sub"], &person["role"], person.get("sid")), (&json!("ann-at-the-shop"), &json!("buyer"), None), "{person}");
        let keys = read(world.public(Method::GET, "/.well-known/jwks.json")).await.json().to_string();
        assert!(keys.contains("their-id-key") && keys.contains("their-access-key") && !keys.contains("issuer-key"), "{keys}");
        let form = [("token", opaque.as_str()), ("client_id", "shop")];
        assert_eq!(read(world.public(Method::POST, "/oauth2/revoke").form(&form)).await.status, 200);
        assert_eq!(world.introspect(&opaque).await, json!({"active": false}));
        assert_eq!(world.refresh("shop", &token("ory_rt_", 1).0).await.status, 400, "the grant is over");
    }
}

on_both! {
    async fn a_refresh_token_of_theirs_is_good_once(dsn: String) {
        let world = world(&dsn).await;
        let theirs = Theirs::beside(&dsn).await;
        import(&dsn, &theirs).await;
        world.clock.advance(chrono::Duration::seconds(11));
        let (theirs, signature) = token("ory_rt_", 1);
        assert_eq!(world.refresh("shop", &format!("ory_rt_AAAA.{signature}")).await.status, 400);
        assert_eq!(world.introspect(&theirs).await["active"], true);
        let tokens = world.refresh("shop", &theirs).await.json();
        let claims = part(text(&tokens, "id_token"), 1);
        assert_eq!((&claims["sub"], &claims["role"], &claims["sid"]), (&json!("ann-at-the-shop"), &json!("buyer"), &json!(theirs::SID)), "{claims}");
        assert_eq!(world.introspect(text(&tokens, "access_token")).await["sub"], "ann");
        assert_eq!(world.introspect(&token("ory_at_", 4).0).await, json!({"active": false}), "what came with it has ended");
        let next = world.refresh("shop", text(&tokens, "refresh_token")).await.json();
        let replayed = world.refresh("shop", &theirs).await;
        assert_eq!((replayed.status, &replayed.json()["error"]), (400, &json!("invalid_grant")));
        assert_eq!(world.refresh("shop", text(&next, "refresh_token")).await.status, 400, "the family is over");
        assert_eq!(world.introspect(text(&next, "access_token")).await, json!({"active": false}));
    }
}

on_both! {
    async fn a_token_they_have_seen_twice_ends_its_family_here(dsn: String) {
        let world = world(&dsn).await;
        let theirs = Theirs::beside(&dsn).await;
        import(&dsn, &theirs).await;
        world.clock.advance(chrono::Duration::seconds(11));
        assert_eq!(world.introspect(&token("ory_rt_", 3).0).await["active"], true);
        assert_eq!(world.refresh("shop", &token("ory_rt_", 2).0).await.status, 400);
        assert_eq!(world.refresh("shop", &token("ory_rt_", 3).0).await.status, 400);
    }
}

on_both! {
    async fn nobody_has_to_log_in_or_consent_again(dsn: String) {
        let world = world(&dsn).await;
        let theirs = Theirs::beside(&dsn).await;
        import(&dsn, &theirs).await;
        world.clock.advance(chrono::Duration::seconds(11));
        let hint = format!("id_token_hint={}", theirs.id_token(ISSUER));
        for (cookie, is_good) in [(theirs::cookie(COOKIE_SECRET, theirs::SID), true), (theirs::cookie("another secret", theirs::SID), false)] {
            let mut browser = world.browser();
            browser.cookies.insert("ory_hydra_session".to_owned(), cookie);
            let challenge = browser.start(&request(&[&hint])).await;
            let asked = world.page("login", "", &challenge, Value::Null).await.json();
            assert_eq!((asked["skip"].as_bool(), text(&asked, "subject")), (Some(is_good), if is_good { "ann" } else { "" }), "{asked}");
            if !is_good {
                continue;
            }
            assert_eq!(asked["oidc_context"]["id_token_hint_claims"]["sub"], "ann");
            assert_eq!(asked["session_id"], theirs::SID);
            let next = world.accept("login", &challenge, json!({"subject": "ann"})).await;
            let consent = browser.get(&next).await.sent("consent_challenge").unwrap();
            let asked = world.page("consent", "", &consent, Value::Null).await.json();
            assert_eq!(asked["skip"], true, "{asked}");
            let given = json!({"grant_scope": ["openid", "offline", "photos.read"]});
            let next = world.accept("consent", &consent, given).await;
            assert!(browser.get(&next).await.sent("code").is_some());
        }
        let consents = world.admin(Method::GET, "/admin/oauth2/auth/sessions/consent?subject=ann", None).await.json();
        let first = consents.as_array().unwrap().iter().find(|consent| consent["consent_request_id"] == "000000000000400080000000000000d1");
        let first = first.unwrap_or_else(|| panic!("{consents}"));
        assert_eq!(first["session"], json!({"access_token": {"role": "buyer"}, "id_token": {"role": "buyer"}}));
        assert_eq!((&first["handled_at"], &first["context"]), (&json!("2026-02-28T10:00:30Z"), &json!({"tenant": "a"})));
        assert_eq!(first["consent_request"]["oidc_context"]["login_hint"], "ann@example.com");
    }
}

on_both! {
    async fn issuers_stay_trusted_and_assertions_used(dsn: String) {
        let world = world(&dsn).await;
        let theirs = Theirs::beside(&dsn).await;
        import(&dsn, &theirs).await;
        world.clock.advance(chrono::Duration::seconds(11));
        let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
        world.client("bearer", json!({"grant_types": [grant], "scope": "photos.read"})).await;
        let until = world.now().timestamp() + 600;
        for (jti, status) in [("never-seen", 200), ("seen-there", 400)] {
            let assertion = theirs.assertion(&format!("{ISSUER}oauth2/token"), jti, until);
            let form = [("grant_type", grant), ("client_id", "bearer"), ("scope", "photos.read"), ("assertion", &assertion)];
            let reply = world.token(&form).await;
            assert_eq!(reply.status, status, "{jti}: {reply:?}");
        }
    }
}
