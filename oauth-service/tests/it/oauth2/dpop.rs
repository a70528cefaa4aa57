//! Tokens bound to a key the client proves to have (RFC 9449).

use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};
use shared_types::{on_both, time::Clock as _};

use super::{
    auth::world::{CALLBACK, Reply, VERIFIER, World, read},
    signing::{ClientKey, ath},
    token::{code, part, text, tokens as unbound},
};

const TOKEN: &str = "oauth2/token";

fn now(world: &World) -> i64 {
    world.clock.now().timestamp()
}

async fn token(world: &World, proof: &str, form: &[(&str, &str)]) -> Reply {
    read(world.public(Method::POST, "/oauth2/token").header("DPoP", proof).form(form)).await
}

async fn exchange(world: &World, code: &str, proof: &str) -> Reply {
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "shop"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    token(world, proof, &form).await
}

async fn refresh(world: &World, refresh_token: &str, proof: &str) -> Reply {
    let form = [("grant_type", "refresh_token"), ("client_id", "shop"), ("refresh_token", refresh_token)];
    token(world, proof, &form).await
}

async fn userinfo(world: &World, authorization: String, proof: Option<String>) -> Reply {
    let request = world.public(Method::GET, "/userinfo").header("authorization", authorization);
    read(match proof {
        Some(proof) => request.header("DPoP", proof),
        None => request,
    })
    .await
}

/// Tokens of `shop`, bound to a key.
async fn bound(world: &World, key: &ClientKey) -> Value {
    let reply = exchange(world, &code(world).await, &key.proof("POST", TOKEN, now(world), json!({}))).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

on_both! {
    async fn a_proof_binds_the_tokens_to_its_key(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let key = ClientKey::es256("k");
        let tokens = bound(&world, &key).await;
        // RFC 9449 5: the token_type is DPoP.
        assert_eq!(text(&tokens, "token_type"), "DPoP");
        let access = text(&tokens, "access_token");
        let seen = world.introspect(access).await;
        assert_eq!(seen["token_type"], "DPoP");
        assert_eq!(seen["cnf"]["jkt"].as_str().map(str::len), Some(43), "{seen}");
        // 7.1: with a proof that holds the token's hash, and in no other way.
        let proof = |changes: Value| key.proof("GET", "userinfo", now(&world), changes);
        let good = userinfo(&world, format!("DPoP {access}"), Some(proof(json!({"ath": ath(access)})))).await;
        assert_eq!((good.status, &good.json()["sub"]), (200, &json!("ann")), "{good:?}");
        let other = ClientKey::es256("k").proof("GET", "userinfo", now(&world), json!({"ath": ath(access)}));
        for (authorization, proof) in [
            (format!("Bearer {access}"), None),
            (format!("Bearer {access}"), Some(proof(json!({"ath": ath(access)})))),
            (format!("DPoP {access}"), None),
            (format!("DPoP {access}"), Some(proof(json!({})))),
            (format!("DPoP {access}"), Some(proof(json!({"ath": ath("another")})))),
            (format!("DPoP {access}"), Some(other)),
        ] {
            let reply = userinfo(&world, authorization.clone(), proof).await;
            assert_eq!(reply.status, 401, "{authorization}: {reply:?}");
            assert!(reply.header("www-authenticate").contains("error="), "{reply:?}");
        }
    }
}

on_both! {
    async fn a_token_that_is_not_bound_does_not_pass_for_one(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let tokens = unbound(&world).await;
        let access = text(&tokens, "access_token");
        let proof = ClientKey::es256("k").proof("GET", "userinfo", now(&world), json!({"ath": ath(access)}));
        assert_eq!(userinfo(&world, format!("DPoP {access}"), Some(proof)).await.status, 401);
    }
}

on_both! {
    async fn a_jwt_says_what_it_is_bound_to(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({"access_token_strategy": "jwt"})).await;
        let tokens = bound(&world, &ClientKey::rs256("k")).await;
        let claims = part(text(&tokens, "access_token"), 1);
        assert_eq!(claims["cnf"]["jkt"].as_str().map(str::len), Some(43), "{claims}");
    }
}

on_both! {
    async fn a_public_clients_refresh_token_is_bound_too(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let (key, thief) = (ClientKey::es256("k"), ClientKey::es256("k"));
        let tokens = bound(&world, &key).await;
        let kept = text(&tokens, "refresh_token");
        // RFC 9449 5: "refresh tokens [..] MUST be bound" for public clients.
        let unproven = world.refresh("shop", kept).await;
        assert_eq!((unproven.status, &unproven.json()["error"]), (400, &json!("invalid_grant")), "{unproven:?}");
        let stolen = refresh(&world, kept, &thief.proof("POST", TOKEN, now(&world), json!({}))).await;
        assert_eq!(stolen.json()["error"], "invalid_grant", "{stolen:?}");
        // Neither try has spent it.
        let mine = refresh(&world, kept, &key.proof("POST", TOKEN, now(&world), json!({}))).await;
        assert_eq!(mine.status, 200, "{mine:?}");
        assert_eq!(mine.json()["token_type"], "DPoP");
    }
}

on_both! {
    async fn a_proof_is_for_one_request_and_good_once(dsn: String) {
        let world = World::start(&dsn).await;
        let robot = json!({"grant_types": ["client_credentials"], "scope": "a", "token_endpoint_auth_method": "client_secret_post",
            "client_secret": "a-secret-of-the-robot"});
        world.client("robot", robot).await;
        let form = [("grant_type", "client_credentials"), ("client_id", "robot"), ("client_secret", "a-secret-of-the-robot")];
        let key = ClientKey::es256("k");
        let at = now(&world);
        let private = {
            // A private key in the header is refused, even with a good signature.
            let mut jwk = key.jwk();
            jwk["d"] = json!("AAAA");
            key.sign(json!({"typ": "dpop+jwt", "jwk": jwk}), &json!({"htm": "POST", "htu": "https://id.test/oauth2/token", "iat": at, "jti": "p"}))
        };
        let good = json!({"htm": "POST", "htu": "https://id.test/oauth2/token", "iat": at, "jti": "q"});
        // RFC 9449 4.3, each of its checks.
        for bad in [
            "nonsense".to_owned(),
            private,
            key.sign(json!({"typ": "jwt", "jwk": key.jwk()}), &good),
            key.sign(json!({"typ": "dpop+jwt"}), &good),
            key.sign(json!({"typ": "dpop+jwt", "jwk": ClientKey::es256("k").jwk()}), &good),
            key.sign(json!({"typ": "dpop+jwt", "jwk": key.jwk(), "alg": "HS256"}), &good),
            key.proof("GET", TOKEN, at, json!({})),
            key.proof("POST", "userinfo", at, json!({})),
            key.proof("POST", TOKEN, at, json!({"htu": null})),
            key.proof("POST", TOKEN, at, json!({"jti": null})),
            key.proof("POST", TOKEN, at, json!({"iat": null})),
            key.proof("POST", TOKEN, at - 61, json!({})),
            key.proof("POST", TOKEN, at + 11, json!({})),
        ] {
            let reply = token(&world, &bad, &form).await;
            assert_eq!((reply.status, &reply.json()["error"]), (400, &json!("invalid_dpop_proof")), "{bad}: {reply:?}");
        }
        let proof = key.proof("POST", TOKEN, at, json!({"htu": "https://id.test/oauth2/token?a=b#c"}));
        assert_eq!(token(&world, &proof, &form).await.status, 200);
        assert_eq!(token(&world, &proof, &form).await.json()["error"], "invalid_dpop_proof");
        let twice = world.public(Method::POST, "/oauth2/token").header("DPoP", "a").header("DPoP", "b").form(&form);
        assert_eq!(read(twice).await.json()["error"], "invalid_dpop_proof");
    }
}

on_both! {
    async fn a_client_may_register_for_bound_tokens_alone(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({"dpop_bound_access_tokens": true})).await;
        // RFC 9449 5.2: requests without a proof are refused, and the code is not spent by them.
        let code = code(&world).await;
        let without = world.exchange("shop", &code).await;
        assert_eq!((without.status, &without.json()["error"]), (400, &json!("invalid_dpop_proof")), "{without:?}");
        let key = ClientKey::es256("k");
        let proof = key.proof("POST", TOKEN, now(&world), json!({}));
        assert_eq!(exchange(&world, &code, &proof).await.status, 200);
    }
}

on_both! {
    async fn a_nonce_of_the_servers_shows_that_a_proof_is_new(dsn: String) {
        let world = World::with(&dsn, json!({"oauth2": {"dpop": {"require_nonce": true}}})).await;
        world.client("shop", json!({})).await;
        let key = ClientKey::es256("k");
        let code = code(&world).await;
        let first = exchange(&world, &code, &key.proof("POST", TOKEN, now(&world), json!({}))).await;
        // RFC 9449 8: use_dpop_nonce, and the nonce in a header.
        assert_eq!((first.status, &first.json()["error"]), (400, &json!("use_dpop_nonce")), "{first:?}");
        let nonce = first.header("dpop-nonce").to_owned();
        assert!(!nonce.is_empty());
        let made_up = exchange(&world, &code, &key.proof("POST", TOKEN, now(&world), json!({"nonce": "mine"}))).await;
        assert_eq!(made_up.json()["error"], "use_dpop_nonce");
        world.clock.advance(Duration::minutes(6));
        let stale = key.proof("POST", TOKEN, now(&world), json!({"nonce": nonce}));
        let stale = exchange(&world, &code, &stale).await;
        assert_eq!(stale.json()["error"], "use_dpop_nonce");
        let fresh = stale.header("dpop-nonce").to_owned();
        let good = exchange(&world, &code, &key.proof("POST", TOKEN, now(&world), json!({"nonce": fresh}))).await;
        assert_eq!(good.status, 200, "{good:?}");
    }
}
