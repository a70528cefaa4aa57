//! RFC 8693, OAuth 2.0 Token Exchange.

use integration_tests::{login::Authorization, person::Answer, settings::Engine, world::World};
use serde_json::{Value, json};

use super::{Scene, assert_error, basic, clock, keys::part, scene, text};
use crate::support::{on_both, on_sqlite};

on_both!(a_token_is_exchanged_for_a_lesser_one);
on_sqlite!(
    an_actor_is_named,
    a_request_says_what_it_brings,
    what_is_brought_must_be_good,
    a_new_token_says_no_more_than_the_old,
    a_new_token_ends_with_the_old,
    only_who_is_known_exchanges,
);

const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS: &str = "urn:ietf:params:oauth:token-type:access_token";
const ORDERS: &str = "https://orders.example";
const STOCK: &str = "https://stock.example";

/// A client that logs people in, and an API that calls on.
struct Chain {
    scene: Scene,
    shop: String,
    api: (String, String),
}

impl Chain {
    async fn of(scene: Scene) -> anyhow::Result<Self> {
        let shop = scene.register(json!({ "audience": [ORDERS] })).await?;
        let api = scene
            .confidential_with(json!({
                "grant_types": [GRANT, "client_credentials"], "audience": [ORDERS, STOCK], "scope": "openid profile",
                "access_token_strategy": "jwt",
            }))
            .await?;
        Ok(Self { scene, shop, api })
    }

    /// What a person's client sends to the API.
    async fn subject(&self) -> anyhow::Result<Value> {
        let request = Authorization::new(&self.scene.world, &self.shop, super::SCOPE)?.with("audience", ORDERS);
        let code = self.scene.code(&request).await?;
        self.scene.exchange(&request, &code, &[], &[]).await?.expect(200)
    }

    async fn swap(&self, form: &[(&str, &str)]) -> anyhow::Result<Answer> {
        let mut whole = vec![("grant_type", GRANT)];
        whole.extend(form);
        self.scene.post("/oauth2/token", &[("authorization", &basic(&self.api.0, &self.api.1))], &whole).await
    }

    async fn swap_for(&self, subject: &str, more: &[(&str, &str)]) -> anyhow::Result<Answer> {
        let mut form = vec![("subject_token", subject), ("subject_token_type", ACCESS)];
        form.extend(more);
        self.swap(&form).await
    }
}

/// 2.2.1: "access_token REQUIRED [...] issued_token_type REQUIRED [...] token_type REQUIRED"; the client, the person and the audience of the
/// new token.
async fn a_token_is_exchanged_for_a_lesser_one(engine: Engine) -> anyhow::Result<()> {
    let chain = Chain::of(scene!(World::on(engine))).await?;
    let tokens = chain.subject().await?;
    let answer = chain.swap_for(text(&tokens, "access_token")?, &[("audience", STOCK), ("scope", "profile")]).await?;
    assert!(answer.header("cache-control").is_some_and(|value| value.contains("no-store")), "{:?}", answer.headers);
    let body = answer.expect(200)?;
    assert_eq!((text(&body, "issued_token_type")?, text(&body, "token_type")?), (ACCESS, "bearer"));
    assert_eq!(text(&body, "scope")?, "profile");
    assert!(body["expires_in"].as_i64().is_some_and(|seconds| (1..=900).contains(&seconds)), "{body}");
    assert!(body.get("refresh_token").is_none() && body.get("id_token").is_none(), "{body}");
    let token = text(&body, "access_token")?;
    let claims = part(token, 1);
    assert_eq!(
        (text(&claims, "sub")?, text(&claims, "client_id")?),
        (chain.scene.subject.as_str(), chain.api.0.as_str())
    );
    assert_eq!((&claims["aud"], claims.get("act")), (&json!([STOCK]), None));
    assert!(chain.scene.is_active(token).await?);
    // It is no login: it opens no userinfo.
    assert_ne!(chain.scene.world.userinfo(token).await?.status, 200);
    Ok(())
}

/// 4.1: "act [...] the acting party to whom authority has been delegated"; nested for the one before.
async fn an_actor_is_named(engine: Engine) -> anyhow::Result<()> {
    let chain = Chain::of(scene!(World::on(engine))).await?;
    let tokens = chain.subject().await?;
    let header = basic(&chain.api.0, &chain.api.1);
    let own = [("grant_type", "client_credentials")];
    let own = chain.scene.post("/oauth2/token", &[("authorization", &header)], &own).await?.expect(200)?;
    let actor = text(&own, "access_token")?;
    let acting = [("actor_token", actor), ("actor_token_type", ACCESS), ("audience", ORDERS)];
    let body = chain.swap_for(text(&tokens, "access_token")?, &acting).await?.expect(200)?;
    let claims = part(text(&body, "access_token")?, 1);
    assert_eq!((text(&claims, "sub")?, &claims["act"]["sub"]), (chain.scene.subject.as_str(), &json!(chain.api.0)));
    let again = chain.swap_for(text(&body, "access_token")?, &acting).await?.expect(200)?;
    let act = part(text(&again, "access_token")?, 1)["act"].clone();
    assert_eq!(act["act"]["sub"], chain.api.0.as_str(), "{act}");
    let found = chain.scene.world.introspect(text(&again, "access_token")?).await?;
    assert_eq!(found["act"]["sub"], chain.api.0.as_str(), "4.1 counts for introspection too");
    Ok(())
}

/// 2.1: "subject_token REQUIRED [...] subject_token_type REQUIRED [...] actor_token_type [...] MUST NOT be included" without an actor_token,
/// and is REQUIRED with one; requested_token_type names what the server can issue.
async fn a_request_says_what_it_brings(engine: Engine) -> anyhow::Result<()> {
    let chain = Chain::of(scene!(World::on(engine))).await?;
    let tokens = chain.subject().await?;
    let token = text(&tokens, "access_token")?;
    let brought = [("subject_token", token), ("subject_token_type", ACCESS)];
    let with = |more: &[(&'static str, &'static str)]| [&brought[..], more].concat();
    let malformed = [
        vec![("subject_token_type", ACCESS)],
        vec![("subject_token", token)],
        vec![("subject_token", token), ("subject_token_type", "urn:ietf:params:oauth:token-type:saml2")],
        vec![("subject_token", token), ("subject_token_type", "access_token")],
        with(&[("actor_token_type", ACCESS)]),
        with(&[("actor_token", "x")]),
        with(&[("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token")]),
        with(&[("requested_token_type", "urn:ietf:params:oauth:token-type:id_token")]),
    ];
    for form in malformed {
        let answer = chain.swap(&form).await?;
        assert_eq!(answer.status, 400, "{form:?}: {}", answer.body);
        assert_error(&answer, 400, "invalid_request");
    }
    let asked = with(&[("requested_token_type", ACCESS)]);
    assert_eq!(text(&chain.swap(&asked).await?.expect(200)?, "issued_token_type")?, ACCESS);
    Ok(())
}

/// 2.1: "In processing the request, the authorization server MUST perform the appropriate validation procedures for the indicated token
/// type"; 2.2.2: a token that is invalid "for any reason" is an invalid_request.
async fn what_is_brought_must_be_good(engine: Engine) -> anyhow::Result<()> {
    let chain = Chain::of(scene!(World::on(engine))).await?;
    let tokens = chain.subject().await?;
    let unrelated = chain.scene.tokens().await?;
    let (refresh, id_token) = (text(&tokens, "refresh_token")?, text(&tokens, "id_token")?);
    for token in ["nothing", "a.b.c", refresh, id_token, text(&unrelated, "access_token")?] {
        assert_error(&chain.swap_for(token, &[]).await?, 400, "invalid_request");
    }
    let actor = [("actor_token", "nothing"), ("actor_token_type", ACCESS)];
    let subject = text(&tokens, "access_token")?;
    assert_error(&chain.swap_for(subject, &actor).await?, 400, "invalid_request");
    let form = [("token", subject), ("client_id", chain.shop.as_str())];
    chain.scene.post("/oauth2/revoke", &[], &form).await?.expect(200)?;
    assert_error(&chain.swap_for(subject, &[]).await?, 400, "invalid_request");
    Ok(())
}

/// 5: least privilege; 2.2.2: "invalid_target" where the server is "unwilling or unable to issue a token for any target service".
async fn a_new_token_says_no_more_than_the_old(engine: Engine) -> anyhow::Result<()> {
    let chain = Chain::of(scene!(World::on(engine))).await?;
    let tokens = chain.subject().await?;
    let subject = text(&tokens, "access_token")?;
    // What the old one lacks, and what the client may not have.
    for scope in ["admin", "profile admin", "email", "*"] {
        assert_error(&chain.swap_for(subject, &[("scope", scope)]).await?, 400, "invalid_scope");
    }
    for (name, target) in
        [("audience", "https://bank.example"), ("resource", "https://bank.example"), ("resource", "stock")]
    {
        assert_error(&chain.swap_for(subject, &[(name, target)]).await?, 400, "invalid_target");
    }
    let both = chain.swap_for(subject, &[("audience", ORDERS), ("resource", STOCK)]).await?.expect(200)?;
    assert_eq!(part(text(&both, "access_token")?, 1)["aud"], json!([ORDERS, STOCK]));
    let plain = chain.swap_for(subject, &[]).await?.expect(200)?;
    assert_eq!(part(text(&plain, "access_token")?, 1)["aud"], json!([ORDERS]), "what both have");
    assert_eq!(text(&plain, "scope")?, "openid profile", "what both have");
    Ok(())
}

/// 2.1 and 5: the new token does not outlive the old one, and goes where that one's grant goes.
async fn a_new_token_ends_with_the_old(engine: Engine) -> anyhow::Result<()> {
    let clock = clock();
    let chain = Chain::of(scene!(World::on(engine).clock(&clock))).await?;
    let tokens = chain.subject().await?;
    let subject = text(&tokens, "access_token")?;
    clock.advance(chrono::Duration::minutes(10));
    let late = chain.swap_for(subject, &[]).await?.expect(200)?;
    assert!(late["expires_in"].as_i64().is_some_and(|seconds| (1..=300).contains(&seconds)), "{late}");
    let token = text(&late, "access_token")?;
    assert!(chain.scene.is_active(token).await?);
    let path = format!("/admin/oauth2/auth/sessions/consent?subject={}&all=true", chain.scene.subject);
    chain.scene.world.oauth_admin("DELETE", &path, None).await?.expect(204)?;
    assert!(!chain.scene.is_active(token).await?, "the consent behind it is revoked");
    Ok(())
}

/// 5: "omitting client authentication allows for a compromised token to be leveraged via an STS into other tokens by anyone possessing the
/// compromised token".
async fn only_who_is_known_exchanges(engine: Engine) -> anyhow::Result<()> {
    let chain = Chain::of(scene!(World::on(engine))).await?;
    let tokens = chain.subject().await?;
    let subject = text(&tokens, "access_token")?;
    let public = chain.scene.register(json!({ "grant_types": [GRANT], "audience": [ORDERS] })).await?;
    let (id, secret) = chain.scene.confidential_with(json!({ "audience": [ORDERS] })).await?;
    let base = [("grant_type", GRANT), ("subject_token", subject), ("subject_token_type", ACCESS)];
    let by_public = [&base[..], &[("client_id", public.as_str())]].concat();
    assert_error(&chain.scene.post("/oauth2/token", &[], &by_public).await?, 400, "unauthorized_client");
    let unregistered = chain.scene.post("/oauth2/token", &[("authorization", &basic(&id, &secret))], &base).await?;
    assert_error(&unregistered, 400, "unauthorized_client");
    let wrong = chain.scene.post("/oauth2/token", &[("authorization", &basic(&chain.api.0, "wrong"))], &base).await?;
    assert_error(&wrong, 401, "invalid_client");
    Ok(())
}
