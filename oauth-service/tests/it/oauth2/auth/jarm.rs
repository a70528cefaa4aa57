//! Answers inside a signed JWT (JWT Secured Authorization Response Mode).

use josekit::{
    jwe::{self, ECDH_ES, RSA_OAEP_256},
    jwk::alg::{ec::EcCurve, ec::EcKeyPair, rsa::RsaKeyPair},
};
use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;

use super::{
    front::fragment,
    world::{ISSUER, World, consent, login, read, request},
};
use crate::oauth2::token::part;

fn claims(response: &str) -> Value {
    part(response, 1)
}

on_both!(
    async fn an_answer_is_signed_and_says_for_whom(dsn: String) {
        let world = World::start(&dsn).await;
        let changes =
            json!({ "response_types": ["code", "code id_token"], "authorization_signed_response_alg": "ES256" });
        world.client("shop", changes).await;
        for (mode, kind) in [("jwt", "code"), ("query.jwt", "code"), ("fragment.jwt", "code"), ("jwt", "code id_token")]
        {
            let url = request(&[&format!("response_mode={mode}"), &format!("response_type={kind}")]);
            let reply = world.browser().authorize(&url, login("ann", false), consent(false)).await;
            assert_eq!(reply.status, 303, "{mode}: {reply:?}");
            let in_fragment = mode == "fragment.jwt" || kind != "code";
            let response = if in_fragment {
                assert_eq!(reply.location().query(), None);
                let got = fragment(&reply);
                // JARM 2.3: the response is the one parameter.
                assert_eq!(got.as_object().unwrap().len(), 1, "{got}");
                got["response"].as_str().unwrap().to_owned()
            } else {
                let names: Vec<String> = reply.location().query_pairs().map(|(name, _)| name.into_owned()).collect();
                assert_eq!(names, ["response"]);
                reply.sent("response").unwrap()
            };
            let header = part(&response, 0);
            assert_eq!(header["alg"], "ES256");
            let keys = read(world.public(Method::GET, "/.well-known/jwks.json")).await.json();
            assert!(keys["keys"].as_array().unwrap().iter().any(|key| key["kid"] == header["kid"]));
            let claims = claims(&response);
            // JARM 2.1: iss, aud and exp are in every answer.
            assert_eq!((&claims["iss"], &claims["aud"]), (&json!(ISSUER), &json!("shop")));
            assert_eq!(claims["exp"].as_i64().unwrap(), world.now().timestamp() + 600);
            assert_eq!(claims["state"], "a-state-of-some-length");
            assert_eq!(claims["id_token"].is_string(), kind != "code");
            assert_eq!(world.exchange("shop", claims["code"].as_str().unwrap()).await.status, 200);
        }
    }
);

on_both!(
    async fn errors_are_signed_too(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let reply = browser.get(&request(&["response_mode=jwt", "prompt=none"])).await;
        let response = reply.sent("response").unwrap();
        assert_eq!(part(&response, 0)["alg"], "RS256");
        assert_eq!(claims(&response)["error"], "login_required");
        assert!(claims(&response)["error_description"].is_string());
        let reply = browser.get(&request(&["response_mode=form_post.jwt", "scope=openid admin"])).await;
        assert_eq!(reply.status, 200);
        assert!(reply.body.contains("name=\"response\"") && !reply.body.contains("name=\"error\""), "{}", reply.body);
        // Without a proven redirect URI there is nobody to sign for.
        let reply = browser.get(&request(&["response_mode=jwt", "redirect_uri=https://evil.test/"])).await;
        assert_eq!(reply.sent("error").as_deref(), Some("invalid_request"));
    }
);

on_both!(
    async fn an_answer_is_encrypted_where_registered(dsn: String) {
        let world = World::start(&dsn).await;
        let rsa = RsaKeyPair::generate(2048).unwrap();
        let mut key = rsa.to_jwk_public_key();
        key.set_key_use("enc");
        key.set_key_id("mine");
        let changes = json!({
            "jwks": { "keys": [key] },
            "authorization_encrypted_response_alg": "RSA-OAEP-256",
            "authorization_encrypted_response_enc": "A256GCM",
        });
        world.client("shop", changes).await;
        let url = request(&["response_mode=jwt"]);
        let reply = world.browser().authorize(&url, login("ann", false), consent(false)).await;
        let decrypter = RSA_OAEP_256.decrypter_from_jwk(&rsa.to_jwk_private_key()).unwrap();
        let (inner, header) = jwe::deserialize_compact(&reply.sent("response").unwrap(), &decrypter).unwrap();
        assert_eq!((header.content_encryption(), header.content_type()), (Some("A256GCM"), Some("JWT")));
        assert_eq!(header.key_id(), Some("mine"));
        assert!(claims(&String::from_utf8(inner).unwrap())["code"].is_string());

        let ec = EcKeyPair::generate(EcCurve::P256).unwrap();
        let changes = json!({
            "jwks": { "keys": [ec.to_jwk_public_key()] },
            "authorization_encrypted_response_alg": "ECDH-ES",
        });
        world.client("bank", changes).await;
        let reply = world.browser().get(&request(&["client_id=bank", "response_mode=jwt", "prompt=none"])).await;
        let decrypter = ECDH_ES.decrypter_from_jwk(&ec.to_jwk_private_key()).unwrap();
        let (inner, header) = jwe::deserialize_compact(&reply.sent("response").unwrap(), &decrypter).unwrap();
        assert_eq!(header.content_encryption(), Some("A128CBC-HS256"));
        assert_eq!(claims(&String::from_utf8(inner).unwrap())["error"], "login_required");
    }
);

on_both!(
    async fn without_a_key_that_fits_nothing_leaves_unencrypted(dsn: String) {
        let world = World::start(&dsn).await;
        let ec = EcKeyPair::generate(EcCurve::P256).unwrap();
        let changes = json!({
            "jwks": { "keys": [ec.to_jwk_public_key()] },
            "authorization_encrypted_response_alg": "RSA-OAEP",
        });
        world.client("shop", changes).await;
        let reply = world.browser().get(&request(&["response_mode=jwt", "prompt=none"])).await;
        assert_eq!((reply.status, reply.target().as_str()), (302, "https://id.test/oauth2/fallbacks/error"));
        assert_eq!(reply.sent("error").as_deref(), Some("invalid_request"));
    }
);
