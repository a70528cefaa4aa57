//! `POST /admin/oauth2/token-preview`: what is foreseen is what is issued, claim for claim.

use reqwest::Method;
use serde_json::{Map, Value, json};
use shared_types::on_both;

use super::{
    auth::world::{World, consent, login, request},
    hooks::{Provider, role},
    token::{part, text},
};

/// What nobody can know before.
const LATER: [&str; 5] = ["jti", "iat", "nbf", "sid", "at_hash"];

async fn preview(world: &World, wanted: Value) -> Value {
    let reply = world.admin(Method::POST, "/admin/oauth2/token-preview", Some(wanted)).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

/// As `ann` asks `shop` in [`request`], and consents in [`consent`].
fn wanted(world: &World) -> Value {
    json!({
        "client_id": "shop",
        "subject": "ann",
        "scope": "openid offline photos.read",
        "nonce": "a-nonce-of-some-length",
        "session": consent(false)["session"],
        "login": { "acr": "1", "amr": ["pwd"], "authenticated_at": world.now() },
    })
}

/// The claims, without those that differ from one token to the next; that they are there counts.
#[track_caller]
fn lasting(claims: &Value) -> Map<String, Value> {
    let mut claims = claims.as_object().unwrap_or_else(|| panic!("{claims}")).clone();
    for name in LATER {
        if let Some(value) = claims.get_mut(name) {
            *value = json!("some");
        }
    }
    claims
}

/// Each claim has one rule, and each rule a claim.
#[track_caller]
fn accounted(token: &Value) {
    let mut told: Vec<&str> = token["rules"].as_array().unwrap().iter().map(|rule| text(rule, "claim")).collect();
    told.sort_unstable();
    let mut there = Vec::new();
    for (name, value) in token["claims"].as_object().unwrap() {
        match value.as_object() {
            Some(members) if name == "ext" && !members.is_empty() => {
                there.extend(members.keys().map(|member| format!("ext.{member}")));
            }
            _ => there.push(name.clone()),
        }
    }
    there.sort_unstable();
    assert_eq!(told, there);
}

#[track_caller]
fn rule<'a>(token: &'a Value, claim: &str) -> &'a Value {
    let rules = token["rules"].as_array().unwrap();
    rules.iter().find(|rule| rule["claim"] == claim).unwrap_or_else(|| panic!("no {claim} in {rules:?}"))
}

/// The errors that are named.
fn problems(told: &Value) -> Vec<&str> {
    told["problems"].as_array().unwrap().iter().map(|problem| text(problem, "error")).collect()
}

/// Issues tokens, foresees the same, and compares both.
async fn same(world: &World) -> Value {
    // Keys are made when they are first needed: what signs is known from then on.
    let reply = world.browser().authorize(&request(&[]), login("ann", true), consent(false)).await;
    let tokens = world.redeem("shop", &reply.sent("code").unwrap()).await;
    let told = preview(world, wanted(world)).await;
    assert_eq!((&told["issued"], &told["problems"]), (&json!(true), &json!([])), "{told}");
    let (access, id_token) = (text(&tokens, "access_token"), text(&tokens, "id_token"));
    assert_eq!(lasting(&told["id_token"]["claims"]), lasting(&part(id_token, 1)));
    assert_eq!(told["id_token"]["header"], part(id_token, 0));
    if access.starts_with("ory_at_") {
        assert_eq!(lasting(&told["access_token"]["claims"]), lasting(&world.introspect(access).await));
    } else {
        assert_eq!(lasting(&told["access_token"]["claims"]), lasting(&part(access, 1)));
        assert_eq!(told["access_token"]["header"], part(access, 0));
    }
    for name in ["expires_in", "scope", "token_type"] {
        assert_eq!(told[name], tokens[name], "{name}");
    }
    assert_eq!(told["refresh_token"].is_object(), tokens["refresh_token"].is_string());
    accounted(&told["access_token"]);
    accounted(&told["id_token"]);
    told
}

on_both!(
    async fn opaque_tokens_are_foreseen(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let told = same(&world).await;
        assert_eq!(told["access_token"]["format"], "opaque");
        assert_eq!(text(rule(&told["access_token"], "ext.role"), "source"), "session.access_token of the consent");
        assert_eq!(text(rule(&told["id_token"], "role"), "source"), "session.id_token of the consent");
        assert_eq!(text(rule(&told["id_token"], "exp"), "rule"), "ttl.id_token");
        assert_eq!(text(rule(&told["id_token"], "acr"), "rule"), "login.acr");
    }
);

on_both!(
    async fn jwt_tokens_are_foreseen_with_every_way_to_lay_them_out(dsn: String) {
        let profile = json!({ "jwt": { "profile": "rfc9068", "scope_claim": "both" }, "access_token": "jwt" });
        let rules = json!({ "allowed_top_level_claims": ["role", "iss"], "mirror_top_level_claims": false });
        let world = World::with(&dsn, json!({ "strategies": profile, "oauth2": rules })).await;
        world.client("shop", json!({ "authorization_code_grant_access_token_lifespan": "7m" })).await;
        let told = same(&world).await;
        let access = &told["access_token"];
        assert_eq!((text(access, "format"), text(&access["header"], "typ")), ("jwt", "at+jwt"));
        assert_eq!(text(rule(access, "role"), "rule"), "oauth2.allowed_top_level_claims");
        assert_eq!(text(rule(access, "exp"), "rule"), "authorization_code_grant_access_token_lifespan");
        assert_eq!((text(rule(access, "aud"), "rule"), &told["expires_in"]), ("strategies.jwt.profile", &json!(420)));

        // What is given and does not come through, and why.
        let mut given = wanted(&world);
        given["session"]["access_token"] = json!({ "iss": "https://evil.test", "tier": 2 });
        given["session"]["id_token"] = json!({ "sub": "bob" });
        let told = preview(&world, given).await;
        let out = |token: &str| -> Vec<(String, String)> {
            let lines = told[token]["left_out"].as_array().unwrap().iter();
            lines.map(|line| (text(line, "claim").to_owned(), text(line, "rule").to_owned())).collect()
        };
        let pair = |claim: &str, rule: &str| (claim.to_owned(), rule.to_owned());
        assert_eq!(out("access_token"), [pair("iss", "reserved"), pair("tier", "oauth2.preserve_ext_claims")]);
        assert_eq!(out("id_token"), [pair("sub", "reserved")]);
        assert_eq!(told["id_token"]["claims"]["sub"], "ann");
    }
);

on_both!(
    async fn hooks_and_pairwise_subjects_are_foreseen(dsn: String) {
        let provider = Provider::start();
        provider.answers(200, role("admin"));
        let pairwise = json!({ "supported_types": ["pairwise"], "pairwise": { "salt": "a-salt-of-the-tests" } });
        let oidc = json!({ "subject_identifiers": pairwise });
        let more = json!({ "oauth2": { "token_hook": provider.hook("header") }, "oidc": oidc });
        let world = World::with(&dsn, more).await;
        world.client("shop", json!({ "subject_type": "pairwise" })).await;
        let told = same(&world).await;
        assert_eq!(
            text(rule(&told["access_token"], "ext.role"), "source"),
            "session.access_token of oauth2.token_hook"
        );
        assert_eq!(told["id_token"]["claims"]["role"], "admin");
        assert_eq!(text(rule(&told["id_token"], "sub"), "rule"), "client.subject_type");
        assert_ne!(told["id_token"]["claims"]["sub"], "ann");

        // A hook that refuses is a problem of the request.
        provider.answers(403, "{}");
        let told = preview(&world, wanted(&world)).await;
        assert_eq!((problems(&told), &told["issued"]), (vec!["access_denied"], &json!(false)));
    }
);

on_both!(
    async fn what_keeps_tokens_from_being_issued_is_named(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({ "grant_types": ["authorization_code"], "audience": ["https://api.test"] })).await;
        let mut asked = wanted(&world);
        asked["scope"] = json!("openid offline mail.read admin");
        asked["audience"] = json!(["https://api.test/v1", "https://other.test"]);
        let told = preview(&world, asked.clone()).await;
        assert_eq!(problems(&told), ["invalid_request", "invalid_scope", "invalid_scope"]);
        assert_eq!((&told["issued"], text(&told, "scope")), (&json!(false), "openid offline"));
        // Not registered for refreshing.
        assert_eq!(told["refresh_token"], Value::Null);
        asked["grant_type"] = json!("refresh_token");
        assert_eq!(problems(&preview(&world, asked.clone()).await)[0], "unauthorized_client");

        let ask = async |wanted: Value| world.admin(Method::POST, "/admin/oauth2/token-preview", Some(wanted)).await;
        assert_eq!(ask(json!({ "client_id": "nobody", "subject": "ann" })).await.status, 404);
        assert_eq!(ask(json!({ "client_id": "shop" })).await.status, 400);
        assert_eq!(ask(json!({ "client_id": "shop", "subject": "ann", "grant_type": "password" })).await.status, 400);
        assert_eq!(ask(json!([])).await.status, 400);
    }
);

on_both!(
    async fn a_clients_own_token_is_foreseen(dsn: String) {
        let world = World::start(&dsn).await;
        let machine = json!({
            "grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_post",
            "client_secret": "the-first-secret", "access_token_strategy": "jwt", "scope": "stock.*",
        });
        world.client("machine", machine).await;
        let wanted = json!({ "client_id": "machine", "scope": "stock.read", "grant_type": "client_credentials" });
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", "machine"),
            ("client_secret", "the-first-secret"),
            ("scope", "stock.read"),
        ];
        let tokens = world.token(&form).await.json();
        let told = preview(&world, wanted).await;
        assert_eq!((&told["issued"], &told["id_token"]), (&json!(true), &Value::Null));
        assert_eq!(lasting(&told["access_token"]["claims"]), lasting(&part(text(&tokens, "access_token"), 1)));
        assert_eq!(told["access_token"]["header"], part(text(&tokens, "access_token"), 0));
    }
);
