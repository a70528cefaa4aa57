//! The FAPI 2.0 Security Profile: `oauth2.profile: fapi2`.

use integration_tests::{
    login::{Authorization, CALLBACK},
    person::Answer,
    settings::Engine,
    world::World,
};
use serde_json::{Value, json};

use super::{
    ASSERTION, Scene, assert_error, assert_told, basic, clock,
    keys::{ClientKey, hash, now, part},
    lent, parameters, referring, scene, sent, text,
};
use crate::support::{on_both, on_sqlite};

on_both!(a_bank_gets_bound_tokens_and_keeps_its_refresh_token);
on_sqlite!(
    requests_are_pushed_by_who_is_known,
    a_pushed_request_is_a_code_request_with_pkce,
    clients_are_known_by_keys_alone,
    assertions_name_the_issuer_and_nothing_else,
    codes_are_short_lived,
    algorithms_are_those_of_the_profile,
    what_is_offered_is_what_is_taken,
);

fn profile() -> Value {
    json!({ "oauth2": { "profile": "fapi2", "access_token_alg": "PS256" }, "ttl": { "auth_code": "10m" } })
}

/// A client as the profile wants it.
struct Bank {
    scene: Scene,
    key: ClientKey,
    id: String,
}

impl Bank {
    async fn of(scene: Scene) -> anyhow::Result<Self> {
        let key = ClientKey::of("PS256", "k-1");
        let fields = json!({
            "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "PS256", "jwks": key.jwks(),
            "response_types": ["code", "code id_token"], "id_token_signed_response_alg": "PS256",
            "grant_types": ["authorization_code", "refresh_token", "implicit", "client_credentials"],
        });
        let id = scene.register(fields).await?;
        Ok(Self { scene, key, id })
    }

    fn assertion(&self) -> String {
        self.key.assertion(&self.id, &self.scene.world.places.issuer(), &json!({}))
    }

    async fn post(&self, path: &str, proof: Option<&str>, form: &[(&str, &str)]) -> anyhow::Result<Answer> {
        let assertion = self.assertion();
        let mut whole = vec![("client_assertion_type", ASSERTION), ("client_assertion", assertion.as_str())];
        whole.extend(form);
        let headers: Vec<(&str, &str)> = proof.iter().map(|proof| ("dpop", *proof)).collect();
        self.scene.post(path, &headers, &whole).await
    }

    async fn push(&self, request: &Authorization) -> anyhow::Result<Answer> {
        self.post("/oauth2/par", None, &lent(&parameters(request))).await
    }

    /// A code of a pushed request.
    async fn code(&self, request: &Authorization) -> anyhow::Result<String> {
        let pushed = self.push(request).await?.expect(201)?;
        let end = self.scene.sign_in(&referring(request, text(&pushed, "request_uri")?)).await?;
        assert_eq!(end.parameter("iss"), Some(self.scene.world.places.issuer()), "5.3.2.2: {}", end.url);
        Ok(end.parameter("code").unwrap_or_else(|| panic!("no code at {}", end.url)))
    }

    async fn exchange(&self, request: &Authorization, code: &str, proof: Option<&str>) -> anyhow::Result<Answer> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", request.verifier.as_str()),
        ];
        self.post("/oauth2/token", proof, &form).await
    }

    fn proof(&self, key: &ClientKey) -> String {
        key.proof("POST", &self.scene.at("/oauth2/token"), &json!({}))
    }
}

/// 5.3.2.1: "shall only issue sender-constrained access tokens"; "shall not use refresh token rotation except in extraordinary
/// circumstances"; 5.3.4: resource servers "shall accept access tokens in the HTTP header", "shall not accept [them] in the query".
async fn a_bank_gets_bound_tokens_and_keeps_its_refresh_token(engine: Engine) -> anyhow::Result<()> {
    let bank = Bank::of(scene!(World::on(engine).oauth(profile()))).await?;
    let request = bank.scene.request_of(&bank.id)?;
    let code = bank.code(&request).await?;
    assert_error(&bank.exchange(&request, &code, None).await?, 400, "invalid_request");
    let key = ClientKey::es256();
    let tokens = bank.exchange(&request, &code, Some(&bank.proof(&key))).await?.expect(200)?;
    assert_eq!(text(&tokens, "token_type")?, "DPoP");
    assert_eq!(part(text(&tokens, "id_token")?, 0)["alg"], "PS256");
    let access = text(&tokens, "access_token")?;
    assert_eq!(bank.scene.world.introspect(access).await?["cnf"]["jkt"], key.thumbprint().as_str());
    let userinfo = key.proof("GET", &bank.scene.at("/userinfo"), &json!({ "ath": hash(access) }));
    let scheme = format!("DPoP {access}");
    bank.scene.get("/userinfo", &[("authorization", &scheme), ("dpop", &userinfo)]).await?.expect(200)?;
    assert_eq!(bank.scene.get(&format!("/userinfo?access_token={access}"), &[]).await?.status, 401);

    let refresh = text(&tokens, "refresh_token")?;
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    assert_error(&bank.post("/oauth2/token", None, &form).await?, 400, "invalid_request");
    for _ in 0..3 {
        // 5.3.2.1: "client can re-bind": the key may be another each time, the client proves itself by its own.
        let answer = bank.post("/oauth2/token", Some(&bank.proof(&ClientKey::es256())), &form).await?.expect(200)?;
        assert!(answer.get("refresh_token").is_none_or(|token| token == refresh), "{answer}");
        assert!(bank.scene.is_active(text(&answer, "access_token")?).await?);
    }
    assert!(bank.scene.is_active(access).await?, "nothing was superseded");
    // What is revoked does not come back.
    bank.post("/oauth2/revoke", None, &[("token", refresh)]).await?.expect(200)?;
    let late = bank.post("/oauth2/token", Some(&bank.proof(&key)), &form).await?;
    assert_error(&late, 400, "invalid_grant");
    assert!(!bank.scene.is_active(access).await?);
    Ok(())
}

/// 5.3.2.2: "shall support client-authenticated pushed authorization requests"; "shall reject authorization requests sent without" PAR;
/// "shall reject pushed authorization requests without client authentication"; "expires_in values of less than 600 seconds".
async fn requests_are_pushed_by_who_is_known(engine: Engine) -> anyhow::Result<()> {
    let bank = Bank::of(scene!(World::on(engine).oauth(profile()))).await?;
    let request = bank.scene.request_of(&bank.id)?;
    let direct = bank.scene.look(request.url.as_str(), &[]).await?;
    assert_told(&direct, "invalid_request");
    assert_eq!(sent(&direct, "iss"), Some(bank.scene.world.places.issuer()));
    let unknown = bank.scene.post("/oauth2/par", &[], &lent(&parameters(&request))).await?;
    assert_error(&unknown, 401, "invalid_client");
    let public = bank.scene.request_of(&bank.scene.client_id)?;
    assert_error(&bank.scene.post("/oauth2/par", &[], &lent(&parameters(&public))).await?, 401, "invalid_client");
    let pushed = bank.push(&request).await?.expect(201)?;
    assert!(pushed["expires_in"].as_i64().is_some_and(|seconds| seconds < 600), "{pushed}");
    Ok(())
}

/// 5.3.2.2: "shall require the value of response_type [...] to be code"; "shall require PKCE with S256"; "shall require the redirect_uri
/// parameter in pushed authorization requests"; "http scheme is not allowed [...] other than native clients"; nonces up to 64 characters.
async fn a_pushed_request_is_a_code_request_with_pkce(engine: Engine) -> anyhow::Result<()> {
    let bank = Bank::of(scene!(World::on(engine).oauth(profile()))).await?;
    let request = || bank.scene.request_of(&bank.id);
    for refused in [
        request()?.with("response_type", "code id_token"),
        request()?.with("response_type", "token"),
        request()?.without("code_challenge").without("code_challenge_method"),
        request()?.with("code_challenge_method", "plain"),
        request()?.without("code_challenge_method"),
        request()?.without("redirect_uri"),
        Authorization::new(&bank.scene.world, &bank.id, "profile")?.without("redirect_uri"),
    ] {
        let answer = bank.push(&refused).await?;
        assert_eq!(answer.status, 400, "{}: {}", refused.url, answer.body);
    }
    let long = request()?.with("nonce", &"n".repeat(64)).with("state", &"s".repeat(128));
    assert_eq!(bank.push(&long).await?.status, 201);
    Ok(())
}

/// 5.3.2.1: "shall authenticate clients using [...] MTLS or private_key_jwt"; "shall reject requests using the resource owner password
/// credentials grant"; only confidential clients.
async fn clients_are_known_by_keys_alone(engine: Engine) -> anyhow::Result<()> {
    let bank = Bank::of(scene!(World::on(engine).oauth(profile()))).await?;
    let (id, secret) = bank.scene.confidential().await?;
    let headers = basic(&id, &secret);
    let form = [("grant_type", "client_credentials")];
    assert_error(
        &bank.scene.post("/oauth2/token", &[("authorization", &headers)], &form).await?,
        401,
        "invalid_client",
    );
    for path in ["/oauth2/revoke", "/oauth2/par", "/oauth2/device/auth"] {
        let answer =
            bank.scene.post(path, &[("authorization", &headers)], &[("token", "x"), ("scope", "profile")]).await?;
        assert_eq!(answer.status, 401, "{path}: {}", answer.body);
    }
    let password = [("grant_type", "password"), ("username", "x"), ("password", "y")];
    assert_error(&bank.post("/oauth2/token", None, &password).await?, 400, "invalid_request");
    Ok(())
}

/// 5.3.2.1: "shall only accept its issuer identifier value as a string in the aud claim received in client authentication assertions";
/// "to accommodate clock offsets, shall accept JWTs with an iat or nbf timestamp between 0 and 10 seconds in the future but shall reject
/// JWTs with an iat or nbf timestamp greater than 60 seconds in the future".
async fn assertions_name_the_issuer_and_nothing_else(engine: Engine) -> anyhow::Result<()> {
    let bank = Bank::of(scene!(World::on(engine).oauth(profile()))).await?;
    let issuer = bank.scene.world.places.issuer();
    let ask = async |changes: Value| {
        let assertion = bank.key.assertion(&bank.id, &issuer, &changes);
        let form = [("token", "x"), ("client_assertion_type", ASSERTION), ("client_assertion", assertion.as_str())];
        bank.scene.post("/oauth2/revoke", &[], &form).await
    };
    for changes in [
        json!({ "aud": [issuer] }),
        json!({ "aud": bank.scene.at("/oauth2/token") }),
        json!({ "aud": bank.scene.at("/oauth2/par") }),
        json!({ "aud": issuer.trim_end_matches('/') }),
        json!({ "iat": now() + 65 }),
        json!({ "nbf": now() + 65 }),
    ] {
        let answer = ask(changes.clone()).await?;
        assert_eq!(answer.status, 401, "{changes}: {}", answer.body);
    }
    for changes in [json!({}), json!({ "iat": now() + 8 }), json!({ "nbf": now() + 8 })] {
        assert_eq!(ask(changes.clone()).await?.status, 200, "{changes}");
    }
    Ok(())
}

/// 5.3.2.1: "shall issue authorization codes with a maximum validity period of 60 seconds", whatever is configured; "shall reject an
/// authorization code [...] if it has been previously used".
async fn codes_are_short_lived(engine: Engine) -> anyhow::Result<()> {
    let clock = clock();
    let bank = Bank::of(scene!(World::on(engine).oauth(profile()).clock(&clock))).await?;
    let request = bank.scene.request_of(&bank.id)?;
    let code = bank.code(&request).await?;
    clock.advance(chrono::Duration::seconds(61));
    let at = shared_types::time::Clock::now(&clock).timestamp();
    let assertion =
        bank.key.assertion(&bank.id, &bank.scene.world.places.issuer(), &json!({ "iat": at, "exp": at + 60 }));
    let proof = ClientKey::es256().proof("POST", &bank.scene.at("/oauth2/token"), &json!({ "iat": at }));
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", request.verifier.as_str()),
        ("client_assertion_type", ASSERTION),
        ("client_assertion", assertion.as_str()),
    ];
    assert_error(&bank.scene.post("/oauth2/token", &[("dpop", &proof)], &form).await?, 400, "invalid_grant");
    Ok(())
}

/// 5.4.1: "shall use PS256, ES256, or EdDSA (using the Ed25519 variant) algorithms [...] shall not use or accept the none algorithm"; RSA
/// keys "a minimum length of 2048 bits".
async fn algorithms_are_those_of_the_profile(engine: Engine) -> anyhow::Result<()> {
    let bank = Bank::of(scene!(World::on(engine).oauth(profile()))).await?;
    for (alg, good) in
        [("RS256", false), ("PS384", false), ("ES384", false), ("ES256", true), ("EdDSA", true), ("Ed25519", true)]
    {
        let key = ClientKey::of(alg, "k");
        let fields = json!({ "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": alg, "jwks": key.jwks() });
        let client = bank.scene.register(fields).await?;
        let assertion = key.assertion(&client, &bank.scene.world.places.issuer(), &json!({}));
        let form = [("token", "x"), ("client_assertion_type", ASSERTION), ("client_assertion", assertion.as_str())];
        let status = bank.scene.post("/oauth2/revoke", &[], &form).await?.status;
        assert_eq!(status, if good { 200 } else { 401 }, "{alg}");
        let proof = key.proof("POST", &bank.scene.at("/oauth2/token"), &json!({}));
        let answer = bank.post("/oauth2/token", Some(&proof), &[("grant_type", "client_credentials")]).await?;
        assert_eq!(answer.status, if good { 200 } else { 400 }, "{alg}: {}", answer.body);
    }
    Ok(())
}

/// 5.3.2.1: "shall distribute discovery metadata": it lists what the profile leaves.
async fn what_is_offered_is_what_is_taken(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(profile()));
    let document = scene.metadata().await?;
    assert_eq!(document["response_types_supported"], json!(["code"]));
    assert_eq!(document["require_pushed_authorization_requests"], true);
    assert_eq!(document["authorization_response_iss_parameter_supported"], true);
    assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(document["token_endpoint_auth_methods_supported"], json!(["private_key_jwt"]));
    let allowed = ["PS256", "ES256", "EdDSA", "Ed25519"];
    for name in [
        "token_endpoint_auth_signing_alg_values_supported",
        "dpop_signing_alg_values_supported",
        "request_object_signing_alg_values_supported",
    ] {
        let listed = document[name].as_array().expect("a list");
        assert!(listed.iter().all(|alg| allowed.contains(&alg.as_str().unwrap_or_default())), "{name}: {listed:?}");
    }
    let grants = document["grant_types_supported"].as_array().expect("a list");
    assert!(
        !grants.contains(&json!("implicit")) && !grants.contains(&json!("password")),
        "no token comes by the browser: {grants:?}"
    );
    Ok(())
}
