//! `POST /credentials`: a credential about a person for the wallet that shows a key.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use josekit::{
    jwk::{Jwk, alg::ec::EcCurve},
    jws::{ES256, JwsHeader},
    jwt::{self, JwtPayload},
};
use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;

use super::{
    auth::world::{Reply, World, login, read, request},
    token::{part, text},
};

const SCOPE: &str = "userinfo_credential_draft_00";

async fn start(dsn: &str) -> World {
    let world = World::start(dsn).await;
    world.client("shop", json!({"scope": format!("openid {SCOPE}")})).await;
    world
}

async fn tokens(world: &World, scope: &str) -> Value {
    let asked = request(&[&format!("scope={scope}")]);
    let scopes: Vec<&str> = scope.split(' ').collect();
    let consent = json!({"grant_scope": scopes, "session": {"id_token": {"role": "buyer", "sub": "eve"}}});
    let reply = world.browser().authorize(&asked, login("ann", false), consent).await;
    world.redeem("shop", &reply.sent("code").unwrap()).await
}

fn proof(nonce: &str, key: &Jwk, shown: &Value) -> String {
    let mut header = JwsHeader::new();
    header.set_claim("jwk", Some(shown.clone())).unwrap();
    let payload = JwtPayload::from_map(json!({"nonce": nonce}).as_object().unwrap().clone()).unwrap();
    jwt::encode_with_signer(&payload, &header, &ES256.signer_from_jwk(key).unwrap()).unwrap()
}

fn public(key: &Jwk) -> Value {
    let mut members = key.as_ref().clone();
    members.remove("d");
    Value::Object(members)
}

fn wanted(proof: Option<&str>) -> Value {
    let mut body = json!({"format": "jwt_vc_json", "types": ["VerifiableCredential", "UserInfoCredential"]});
    if let Some(jwt) = proof {
        body["proof"] = json!({"proof_type": "jwt", "jwt": jwt});
    }
    body
}

async fn fetch(world: &World, token: &str, body: Value) -> Reply {
    read(world.public(Method::POST, "/credentials").bearer_auth(token).json(&body)).await
}

fn error(reply: &Reply) -> (u16, String) {
    (reply.status, text(&reply.json(), "error").to_owned())
}

on_both! {
    async fn a_wallet_with_a_key_gets_a_credential(dsn: String) {
        let world = start(&dsn).await;
        let metadata = read(world.public(Method::GET, "/.well-known/openid-configuration")).await.json();
        assert_eq!(metadata["credentials_endpoint_draft_00"], "https://id.test/credentials");
        assert_eq!(metadata["credentials_supported_draft_00"][0]["format"], "jwt_vc_json");
        let tokens = tokens(&world, &format!("openid {SCOPE}")).await;
        assert_eq!(tokens["c_nonce_expires_in_draft_00"], json!(3600));
        let key = Jwk::generate_ec_key(EcCurve::P256).unwrap();
        let signed = proof(text(&tokens, "c_nonce_draft_00"), &key, &public(&key));
        let reply = fetch(&world, text(&tokens, "access_token"), wanted(Some(&signed))).await;
        assert_eq!((reply.status, reply.header("cache-control")), (200, "no-store"), "{reply:?}");
        assert_eq!(text(&reply.json(), "format"), "jwt_vc_json");
        let credential = text(&reply.json(), "credential_draft_00").to_owned();
        let claims = part(&credential, 1);
        let holder = text(&claims, "sub").strip_prefix("did:jwk:").unwrap().to_owned();
        let named: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(holder).unwrap()).unwrap();
        assert_eq!(named, public(&key));
        let subject = &claims["vc"]["credentialSubject"];
        assert_eq!((text(subject, "sub"), text(subject, "role")), ("ann", "buyer"), "no claim takes the place of the subject");
        assert_eq!(claims["iss"], "https://id.test/");
        let keys = read(world.public(Method::GET, "/.well-known/jwks.json")).await.json();
        assert!(keys["keys"].as_array().unwrap().iter().any(|key| key["kid"] == part(&credential, 0)["kid"]));
    }
}

on_both! {
    async fn a_proof_that_proves_nothing_is_told_what_to_prove(dsn: String) {
        let world = start(&dsn).await;
        let tokens = tokens(&world, &format!("openid {SCOPE}")).await;
        let token = text(&tokens, "access_token");
        let first = fetch(&world, token, wanted(None)).await;
        assert_eq!(error(&first), (400, "missing_proof".to_owned()));
        assert_eq!((text(&first.json(), "format"), &first.json()["c_nonce_expires_in"]), ("jwt_vc", &json!(3600)));
        let nonce = text(&first.json(), "c_nonce").to_owned();
        let (key, other) = (Jwk::generate_ec_key(EcCurve::P256).unwrap(), Jwk::generate_ec_key(EcCurve::P256).unwrap());
        for bad in [proof("made up", &key, &public(&key)), proof(&nonce, &key, &public(&other)), proof(&nonce, &key, &Value::Object(key.as_ref().clone())), "x.y.z".to_owned()] {
            assert_eq!(error(&fetch(&world, token, wanted(Some(&bad))).await), (400, "invalid_proof".to_owned()));
        }
        let good = proof(&nonce, &key, &public(&key));
        // The nonce of one token is nothing for another, and not for ever.
        let second = self::tokens(&world, &format!("openid {SCOPE}")).await;
        assert_eq!(error(&fetch(&world, text(&second, "access_token"), wanted(Some(&good))).await).1, "invalid_proof");
        assert_eq!(fetch(&world, token, wanted(Some(&good))).await.status, 200);
        world.clock.advance(Duration::seconds(899));
        assert_eq!(fetch(&world, token, wanted(Some(&good))).await.status, 200);
        world.clock.advance(Duration::seconds(1));
        let late = fetch(&world, token, wanted(Some(&good))).await;
        assert_eq!(error(&late), (401, "request_unauthorized".to_owned()));
        assert!(late.header("www-authenticate").starts_with("Bearer"));
    }
}

on_both! {
    async fn only_a_token_with_the_scope_fetches_one(dsn: String) {
        let world = start(&dsn).await;
        let plain = tokens(&world, "openid").await;
        assert!(plain.get("c_nonce_draft_00").is_none());
        assert_eq!(error(&fetch(&world, text(&plain, "access_token"), wanted(None)).await), (403, "request_forbidden".to_owned()));
        assert_eq!(error(&fetch(&world, "unknown", wanted(None)).await), (401, "request_unauthorized".to_owned()));
        assert_eq!(read(world.public(Method::POST, "/credentials").json(&wanted(None))).await.status, 401);
        let good = tokens(&world, &format!("openid {SCOPE}")).await;
        let token = text(&good, "access_token");
        for body in [json!({}), json!({"format": "ldp_vc", "types": ["VerifiableCredential", "UserInfoCredential"]}), json!({"format": "jwt_vc_json", "types": ["Other"]}), json!([])] {
            assert_eq!(error(&fetch(&world, token, body).await), (400, "invalid_request".to_owned()));
        }
    }
}
