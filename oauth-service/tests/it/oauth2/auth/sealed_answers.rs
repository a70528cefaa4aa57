//! What is signed and encrypted for one client: ID tokens (OpenID Connect Core 10.2), userinfo (5.3.2) and introspection (RFC 9701).

use josekit::{
    jwe::{self, ECDH_ES_A256KW, RSA_OAEP},
    jwk::alg::{ec::EcCurve, ec::EcKeyPair, rsa::RsaKeyPair},
};
use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;

use super::world::{ISSUER, World, consent, login, read, request};
use crate::oauth2::token::part;

const JWT: &str = "application/token-introspection+jwt";

async fn tokens(world: &World) -> Value {
    let reply = world.browser().authorize(&request(&[]), login("ann", true), consent(false)).await;
    world.redeem("shop", &reply.sent("code").unwrap()).await
}

on_both!(
    async fn id_tokens_and_userinfo_are_encrypted_where_registered(dsn: String) {
        let world = World::start(&dsn).await;
        let (rsa, ec) = (RsaKeyPair::generate(2048).unwrap(), EcKeyPair::generate(EcCurve::P256).unwrap());
        let changes = json!({
            "jwks": { "keys": [rsa.to_jwk_public_key(), ec.to_jwk_public_key()] },
            "id_token_encrypted_response_alg": "RSA-OAEP",
            "id_token_encrypted_response_enc": "A128GCM",
            "userinfo_signed_response_alg": "ES256",
            "userinfo_encrypted_response_alg": "ECDH-ES+A256KW",
        });
        world.client("shop", changes).await;
        let tokens = tokens(&world).await;
        let decrypter = RSA_OAEP.decrypter_from_jwk(&rsa.to_jwk_private_key()).unwrap();
        let (inner, header) = jwe::deserialize_compact(tokens["id_token"].as_str().unwrap(), &decrypter).unwrap();
        assert_eq!((header.content_type(), header.content_encryption()), (Some("JWT"), Some("A128GCM")));
        let id_token = String::from_utf8(inner).unwrap();
        assert_eq!((&part(&id_token, 0)["alg"], &part(&id_token, 1)["sub"]), (&json!("RS256"), &json!("ann")));

        let ask = || world.public(Method::GET, "/userinfo").bearer_auth(tokens["access_token"].as_str().unwrap());
        let reply = read(ask()).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, "application/jwt"));
        let decrypter = ECDH_ES_A256KW.decrypter_from_jwk(&ec.to_jwk_private_key()).unwrap();
        let (inner, _) = jwe::deserialize_compact(&reply.body, &decrypter).unwrap();
        let signed = String::from_utf8(inner).unwrap();
        let claims = part(&signed, 1);
        // OpenID Connect Core 5.3.2: a signed answer has iss and aud.
        assert_eq!((&claims["iss"], &claims["aud"], &claims["sub"]), (&json!(ISSUER), &json!(["shop"]), &json!("ann")));
        assert_eq!(part(&signed, 0)["alg"], "ES256");

        let patch = json!([{ "op": "replace", "path": "/userinfo_signed_response_alg", "value": "none" }]);
        assert_eq!(world.admin(Method::PATCH, "/admin/clients/shop", Some(patch)).await.status, 200);
        let (inner, header) = jwe::deserialize_compact(&read(ask()).await.body, &decrypter).unwrap();
        assert_eq!(header.content_type(), None);
        assert_eq!(serde_json::from_slice::<Value>(&inner).unwrap()["sub"], "ann");
    }
);

on_both!(
    async fn introspection_is_signed_for_a_resource_server_that_proves_itself(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let api = json!({
            "token_endpoint_auth_method": "client_secret_post", "client_secret": "a-secret-of-the-api",
            "introspection_signed_response_alg": "PS256",
        });
        world.client("api", api).await;
        let tokens = tokens(&world).await;
        let ask = |token: &str, secret: &str| {
            let form = [("token", token), ("client_id", "api"), ("client_secret", secret)];
            let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
            world.operator(Method::POST, "/admin/oauth2/introspect").header("accept", JWT).form(&form)
        };
        let reply = read(ask(tokens["access_token"].as_str().unwrap(), "a-secret-of-the-api")).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, JWT));
        let (header, claims) = (part(&reply.body, 0), part(&reply.body, 1));
        assert_eq!((&header["typ"], &header["alg"]), (&json!("token-introspection+jwt"), &json!("PS256")));
        assert_eq!((&claims["iss"], &claims["aud"]), (&json!(ISSUER), &json!("api")));
        assert_eq!(claims["iat"].as_i64(), Some(world.now().timestamp()));
        assert_eq!(claims["token_introspection"]["sub"], "ann");
        // RFC 9701 5: no sub and no exp beside it, so that it never passes for a token.
        assert!(claims.get("sub").is_none() && claims.get("exp").is_none());
        let reply = read(ask("unknown", "a-secret-of-the-api")).await;
        assert_eq!(part(&reply.body, 1)["token_introspection"], json!({ "active": false }));
        assert_eq!(read(ask("unknown", "a-wrong-secret")).await.status, 401);
    }
);
