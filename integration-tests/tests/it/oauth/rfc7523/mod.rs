//! RFC 7521 and RFC 7523: assertions that authenticate a client, and assertions that are grants.

use chrono::Duration;
use integration_tests::{person::Answer, settings::Engine, world::World};
use serde_json::{Value, json};

use super::{
    ASSERTION, Scene, assert_error, basic, clock,
    keys::{ClientKey, assertion_claims, lay, now, part, random},
    scene, text,
};
use crate::support::{on_both, on_sqlite};

on_both!(the_word_of_a_trusted_issuer_is_a_grant, an_assertion_is_good_once);
on_sqlite!(
    what_is_wrong_with_a_word_refuses_it,
    a_word_is_worth_what_its_issuer_is_trusted_with,
    a_trust_ends,
    what_is_wrong_with_a_client_assertion_refuses_it,
    a_client_is_named_one_way,
    clocks_may_differ_a_little,
);

const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const ISSUERS: &str = "/admin/trust/grants/jwt-bearer/issuers";
const PARTNER: &str = "https://partner.example";

/// A client that brings the word of a partner.
struct Bearer {
    scene: Scene,
    key: ClientKey,
    client: (String, String),
}

impl Bearer {
    async fn of(scene: Scene, trust: &Value) -> anyhow::Result<Self> {
        let key = ClientKey::es256();
        let client =
            scene.confidential_with(json!({ "grant_types": [GRANT], "audience": ["https://api.example"] })).await?;
        let bearer = Self { scene, key, client };
        bearer.trust(trust).await?.expect(201)?;
        Ok(bearer)
    }

    async fn trust(&self, changes: &Value) -> anyhow::Result<Answer> {
        let trust = json!({
            "issuer": PARTNER, "subject": "ada", "scope": ["profile", "email"], "jwk": self.key.jwk(),
            "expires_at": "2099-01-01T00:00:00Z",
        });
        self.scene.world.oauth_admin("POST", ISSUERS, Some(&lay(trust, changes))).await
    }

    fn word(&self, changes: &Value) -> String {
        let claims = assertion_claims("ada", &self.scene.at("/oauth2/token"), now());
        self.key.sign(&json!({}), &lay(lay(claims, &json!({ "iss": PARTNER })), changes))
    }

    async fn bring(&self, word: &str, more: &[(&str, &str)]) -> anyhow::Result<Answer> {
        let mut form = vec![("grant_type", GRANT), ("assertion", word)];
        form.extend(more);
        self.scene.post("/oauth2/token", &[("authorization", &basic(&self.client.0, &self.client.1))], &form).await
    }
}

/// 2.1 and 3.1: an access token comes of it for the subject; RFC 7521 4.1: "Refresh tokens are not typically issued".
async fn the_word_of_a_trusted_issuer_is_a_grant(engine: Engine) -> anyhow::Result<()> {
    let bearer = Bearer::of(scene!(World::on(engine)), &json!({})).await?;
    let more = [("scope", "profile"), ("audience", "https://api.example")];
    let tokens = bearer.bring(&bearer.word(&json!({})), &more).await?.expect(200)?;
    assert_eq!(text(&tokens, "scope")?, "profile");
    assert!(tokens.get("refresh_token").is_none() && tokens.get("id_token").is_none(), "{tokens}");
    let found = bearer.scene.world.introspect(text(&tokens, "access_token")?).await?;
    assert_eq!((text(&found, "sub")?, text(&found, "client_id")?), ("ada", bearer.client.0.as_str()));
    assert_eq!(found["aud"], json!(["https://api.example"]));
    Ok(())
}

/// 3, point 7: "The authorization server MAY ensure that JWTs are not replayed by maintaining the set of used jti values for the length of
/// time for which the JWT would be considered valid": it does, for both uses, and across them.
async fn an_assertion_is_good_once(engine: Engine) -> anyhow::Result<()> {
    let clock = clock();
    let bearer = Bearer::of(scene!(World::on(engine).clock(&clock)), &json!({})).await?;
    let word = bearer.word(&json!({ "exp": now() + 600 }));
    bearer.bring(&word, &[]).await?.expect(200)?;
    assert_error(&bearer.bring(&word, &[]).await?, 400, "jti_known");
    clock.advance(Duration::seconds(500));
    assert_error(&bearer.bring(&word, &[]).await?, 400, "jti_known");
    clock.advance(Duration::seconds(200));
    assert_error(&bearer.bring(&word, &[]).await?, 400, "invalid_grant");
    Ok(())
}

/// 3: "1. The JWT MUST contain an iss claim [...] 2. sub [...] 3. aud [...] 4. exp [...] 5. nbf [...] 9. The JWT MUST be digitally signed [...]
/// point 10: "valid in all other respects"; 3.1: "error code invalid_grant".
async fn what_is_wrong_with_a_word_refuses_it(engine: Engine) -> anyhow::Result<()> {
    let bearer = Bearer::of(scene!(World::on(engine)), &json!({})).await?;
    for changes in [
        json!({ "iss": null }),
        json!({ "iss": "https://stranger.example" }),
        json!({ "iss": [PARTNER] }),
        json!({ "sub": null }),
        json!({ "sub": "grace" }),
        json!({ "sub": ["ada"] }),
        json!({ "aud": null }),
        json!({ "aud": "https://elsewhere.example/token" }),
        json!({ "aud": [] }),
        json!({ "aud": format!("{}/", bearer.scene.at("/oauth2/token")) }),
        json!({ "exp": null }),
        json!({ "exp": "tomorrow" }),
        json!({ "exp": now() - 60 }),
        json!({ "exp": now() + 900 * 3600 }),
        json!({ "nbf": now() + 600 }),
        json!({ "iat": now() + 600 }),
        json!({ "iat": null }),
        json!({ "jti": null }),
        json!({ "jti": 7 }),
    ] {
        let answer = bearer.bring(&bearer.word(&changes), &[]).await?;
        assert_eq!(answer.status, 400, "{changes}: {}", answer.body);
        assert_error(&answer, 400, "invalid_grant");
    }
    // RFC 7521 4.1: "assertion REQUIRED".
    assert_error(&bearer.bring("", &[]).await?, 400, "invalid_request");
    for no_word in ["x", "a.b.c", "e30.e30."] {
        assert_error(&bearer.bring(no_word, &[]).await?, 400, "invalid_grant");
    }
    // Several audiences, of which one is this server.
    let several = json!({ "aud": ["https://elsewhere.example", bearer.scene.world.places.issuer()] });
    bearer.bring(&bearer.word(&several), &[]).await?.expect(200)?;
    Ok(())
}

/// RFC 7521 4.1: "scope [...] the scope of the access request": at most what issuer and client may both have.
async fn a_word_is_worth_what_its_issuer_is_trusted_with(engine: Engine) -> anyhow::Result<()> {
    let bearer = Bearer::of(scene!(World::on(engine)), &json!({ "scope": ["profile", "orders"] })).await?;
    for scope in ["email", "orders", "profile email", "*"] {
        assert_error(&bearer.bring(&bearer.word(&json!({})), &[("scope", scope)]).await?, 400, "invalid_scope");
    }
    let foreign = [("audience", "https://bank.example")];
    assert_error(&bearer.bring(&bearer.word(&json!({})), &foreign).await?, 400, "invalid_request");
    let none = bearer.bring(&bearer.word(&json!({})), &[]).await?.expect(200)?;
    assert_eq!(text(&none, "scope")?, "");
    // A client without the grant, and one nobody knows.
    let (id, secret) = bearer.scene.confidential().await?;
    let word = bearer.word(&json!({}));
    let form = [("grant_type", GRANT), ("assertion", word.as_str())];
    let other = bearer.scene.post("/oauth2/token", &[("authorization", &basic(&id, &secret))], &form).await?;
    assert_error(&other, 400, "unauthorized_client");
    assert_error(&bearer.scene.post("/oauth2/token", &[], &form).await?, 400, "invalid_request");
    Ok(())
}

/// The trust in an issuer ends on its day, and when it is taken away.
async fn a_trust_ends(engine: Engine) -> anyhow::Result<()> {
    let clock = clock();
    let scene = scene!(World::on(engine).clock(&clock));
    let tomorrow = shared_types::time::Clock::now(&clock) + Duration::days(1);
    let bearer = Bearer::of(scene, &json!({ "expires_at": tomorrow.to_rfc3339() })).await?;
    bearer.bring(&bearer.word(&json!({})), &[]).await?.expect(200)?;
    clock.advance(Duration::days(1) + Duration::seconds(30));
    let later = json!({ "iat": shared_types::time::Clock::now(&clock).timestamp(), "exp": shared_types::time::Clock::now(&clock).timestamp() + 60 });
    assert_error(&bearer.bring(&bearer.word(&later), &[]).await?, 400, "invalid_grant");

    let key = ClientKey::of("ES256", "k-2");
    let body = json!({ "issuer": "https://other.example", "subject": "ada", "scope": [], "jwk": key.jwk(), "expires_at": "2099-01-01T00:00:00Z" });
    let trust = bearer.scene.world.oauth_admin("POST", ISSUERS, Some(&body)).await?.expect(201)?;
    let word = |jti: &str| {
        let claims = lay(assertion_claims("ada", &bearer.scene.at("/oauth2/token"), now()), &later);
        key.sign(&json!({}), &lay(claims, &json!({ "iss": "https://other.example", "jti": jti })))
    };
    bearer.bring(&word("one"), &[]).await?.expect(200)?;
    bearer.scene.world.oauth_admin("DELETE", &format!("{ISSUERS}/{}", text(&trust, "id")?), None).await?.expect(204)?;
    assert_error(&bearer.bring(&word("two"), &[]).await?, 400, "invalid_grant");
    Ok(())
}

/// A client that proves itself by a key.
async fn keyed(scene: &Scene) -> anyhow::Result<(String, ClientKey)> {
    let key = ClientKey::es256();
    let fields = json!({
        "grant_types": ["client_credentials"], "token_endpoint_auth_method": "private_key_jwt", "jwks": key.jwks(),
        "token_endpoint_auth_signing_alg": "ES256",
    });
    Ok((scene.register(fields).await?, key))
}

async fn authenticate(scene: &Scene, assertion: &str, more: &[(&str, &str)]) -> anyhow::Result<Answer> {
    let mut form = vec![
        ("grant_type", "client_credentials"),
        ("client_assertion_type", ASSERTION),
        ("client_assertion", assertion),
    ];
    form.extend(more);
    scene.post("/oauth2/token", &[], &form).await
}

/// 3, for client authentication: "B. For client authentication, the subject MUST be the client_id of the OAuth client"; 3.2: "error code
/// invalid_client".
async fn what_is_wrong_with_a_client_assertion_refuses_it(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (client, key) = keyed(&scene).await?;
    let (other, _) = keyed(&scene).await?;
    let issuer = scene.world.places.issuer();
    for changes in [
        json!({ "iss": null }),
        json!({ "iss": other }),
        json!({ "iss": [client] }),
        json!({ "sub": null }),
        json!({ "sub": other }),
        json!({ "sub": "nobody" }),
        json!({ "aud": null }),
        json!({ "aud": "https://elsewhere.example/" }),
        json!({ "aud": issuer.trim_end_matches('/') }),
        json!({ "exp": null }),
        json!({ "exp": now() - 60 }),
        json!({ "exp": now() + 7 * 86_400 }),
        json!({ "exp": 1e300 }),
        json!({ "nbf": now() + 600 }),
        json!({ "iat": now() + 600 }),
        json!({ "jti": null }),
        json!({ "jti": "" }),
    ] {
        let answer = authenticate(&scene, &key.assertion(&client, &issuer, &changes), &[]).await?;
        assert_eq!(answer.status, 401, "{changes}: {}", answer.body);
        assert_error(&answer, 401, "invalid_client");
    }
    // A refused assertion has not been used up by a stranger's attempt.
    let claims = lay(assertion_claims(&client, &issuer, now()), &json!({ "jti": "mine" }));
    let forged = ClientKey::es256().sign(&json!({}), &claims);
    assert_error(&authenticate(&scene, &forged, &[]).await?, 401, "invalid_client");
    let tokens = authenticate(&scene, &key.sign(&json!({}), &claims), &[]).await?.expect(200)?;
    assert!(text(&tokens, "access_token")?.starts_with("ory_at_"));
    Ok(())
}

/// RFC 7521 4.2: "client_id [...] MUST identify the same client as is identified by the client assertion"; 4.2.1: another type is an
/// invalid_client; RFC 6749 2.3: one method at a time.
async fn a_client_is_named_one_way(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (client, key) = keyed(&scene).await?;
    let assertion = || key.assertion(&client, &scene.world.places.issuer(), &json!({ "jti": random() }));
    authenticate(&scene, &assertion(), &[("client_id", &client)]).await?.expect(200)?;
    let other = authenticate(&scene, &assertion(), &[("client_id", &scene.client_id)]).await?;
    assert!((400..=401).contains(&other.status), "{}", other.body);
    let doubly = authenticate(&scene, &assertion(), &[("client_id", &client), ("client_secret", "x")]).await?;
    assert_error(&doubly, 400, "invalid_request");
    let header = basic(&client, "x");
    let word = assertion();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", ASSERTION),
        ("client_assertion", word.as_str()),
    ];
    assert_error(&scene.post("/oauth2/token", &[("authorization", &header)], &form).await?, 400, "invalid_request");
    for kind in ["urn:ietf:params:oauth:client-assertion-type:saml2-bearer", "jwt", ""] {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", kind),
            ("client_assertion", word.as_str()),
        ];
        assert_error(&scene.post("/oauth2/token", &[], &form).await?, 401, "invalid_client");
    }
    assert_eq!(part(&word, 1)["sub"], client.as_str());
    Ok(())
}

/// RFC 7521 5.2 and RFC 7523 3, points 4 and 5: "subject to allowable clock skew".
async fn clocks_may_differ_a_little(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (client, key) = keyed(&scene).await?;
    let issuer = scene.world.places.issuer();
    for changes in [json!({ "nbf": now() + 5 }), json!({ "iat": now() + 5 }), json!({ "exp": now() - 2 })] {
        let answer = authenticate(&scene, &key.assertion(&client, &issuer, &changes), &[]).await?;
        assert_eq!(answer.status, 200, "{changes}: {}", answer.body);
    }
    Ok(())
}
