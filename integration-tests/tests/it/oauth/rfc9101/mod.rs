//! RFC 9101, The OAuth 2.0 Authorization Framework: JWT-Secured Authorization Request (JAR).

use integration_tests::{login::Authorization, person::Answer, settings::Engine, world::World};
use serde_json::{Value, json};

use super::{
    Scene, as_claims, assert_shown, assert_told,
    keys::{ClientKey, encoded, lay, now, random},
    scene, sent,
    site::Site,
    text,
};
use crate::support::on_sqlite;

on_sqlite!(
    the_object_says_what_counts,
    an_object_is_a_request_of_its_client_to_this_server,
    an_object_is_sent_one_way,
    an_object_may_be_had_from_the_client,
    who_registered_to_sign_signs,
    keys_are_fetched_again_when_they_have_changed,
);

/// A client that signs its requests, and one of them.
struct Signing {
    scene: Scene,
    key: ClientKey,
    client: String,
    authorization: Authorization,
}

impl Signing {
    async fn of(scene: Scene, fields: Value) -> anyhow::Result<Self> {
        let key = ClientKey::es256();
        let client = scene.register(lay(json!({ "jwks": key.jwks() }), &fields)).await?;
        let authorization = Authorization::new(&scene.world, &client, "profile")?.without("nonce");
        Ok(Self { scene, key, client, authorization })
    }

    fn claims(&self, changes: &Value) -> Value {
        let envelope = json!({
            "iss": self.client, "aud": self.scene.world.places.issuer(), "exp": now() + 60, "nbf": now(), "jti": random(),
        });
        lay(lay(envelope, &as_claims(&self.authorization)), changes)
    }

    fn object(&self, changes: &Value) -> String {
        self.key.sign(&json!({ "typ": "oauth-authz-req+jwt" }), &self.claims(changes))
    }

    /// The address of a request that is nothing but this object and the client's name.
    fn url(&self, object: &str) -> Authorization {
        let mut bare = self.authorization.clone();
        bare.url.query_pairs_mut().clear().extend_pairs([("client_id", self.client.as_str()), ("request", object)]);
        bare
    }

    async fn ask(&self, object: &str) -> anyhow::Result<Answer> {
        self.scene.look(self.url(object).url.as_str(), &[]).await
    }
}

/// 6.3: "The authorization server MUST extract the set of authorization request parameters from the Request Object value. The
/// authorization server MUST only use the parameters in the Request Object, even if the same parameter is provided in the query
/// parameter."
async fn the_object_says_what_counts(engine: Engine) -> anyhow::Result<()> {
    let signing = Signing::of(scene!(World::on(engine)), json!({})).await?;
    let object = signing.object(&json!({ "max_age": 3600, "claims": { "id_token": { "auth_time": null } } }));
    let mixed = signing
        .url(&object)
        .with("state", "a-state-of-somebody")
        .with("redirect_uri", "https://evil.example/cb")
        .with("scope", "email")
        .with("response_mode", "fragment")
        .with("code_challenge", &"x".repeat(43));
    let end = signing.scene.sign_in(&mixed).await?;
    assert_eq!(end.parameter("state").as_deref(), Some(signing.authorization.state.as_str()), "{}", end.url);
    let code = end.parameter("code").expect("a code");
    assert!(end.url.fragment().is_none(), "{}", end.url);
    let tokens = signing.scene.exchange(&signing.authorization, &code, &[], &[]).await?.expect(200)?;
    assert_eq!(text(&tokens, "scope")?, "profile");
    // An error goes where the object says, once its signature has been believed.
    let refused = signing.ask(&signing.object(&json!({ "scope": "admin" }))).await?;
    assert_told(&refused, "invalid_scope");
    assert_eq!(sent(&refused, "state").as_deref(), Some(signing.authorization.state.as_str()));
    Ok(())
}

/// 4: "iss [...] SHOULD be included [...] aud [...] the authorization server"; 6.3: "client_id values in the client_id request parameter
/// and in the Request Object client_id claim MUST be identical"; 10.8: objects are told from other JWTs by typ and by sub.
async fn an_object_is_a_request_of_its_client_to_this_server(engine: Engine) -> anyhow::Result<()> {
    let signing = Signing::of(scene!(World::on(engine)), json!({})).await?;
    let other = signing.scene.client_id.clone();
    for changes in [
        json!({ "client_id": other }),
        json!({ "iss": other }),
        json!({ "aud": "https://elsewhere.example/" }),
        json!({ "aud": ["https://elsewhere.example/"] }),
        json!({ "exp": now() - 60 }),
        json!({ "exp": "soon" }),
        json!({ "nbf": now() + 600 }),
        json!({ "iat": now() + 600 }),
        json!({ "sub": signing.client }),
    ] {
        let answer = signing.ask(&signing.object(&changes)).await?;
        assert_eq!(sent(&answer, "error").as_deref(), Some("invalid_request_object"), "{changes}");
    }
    for typ in ["at+jwt", "dpop+jwt", "logout+jwt", "secevent+jwt"] {
        let object = signing.key.sign(&json!({ "typ": typ }), &signing.claims(&json!({})));
        assert_eq!(sent(&signing.ask(&object).await?, "error").as_deref(), Some("invalid_request_object"), "{typ}");
    }
    for typ in ["oauth-authz-req+jwt", "JWT", "application/oauth-authz-req+jwt"] {
        let object = signing
            .key
            .sign(&json!({ "typ": typ }), &signing.claims(&json!({ "aud": [signing.scene.world.places.issuer()] })));
        assert_eq!(sent(&signing.ask(&object).await?, "error"), None, "{typ}");
    }
    for no_object in ["x", "a.b.c", "e30.e30.", &signing.object(&json!({}))[..60]] {
        let answer = signing.ask(no_object).await?;
        assert_eq!(sent(&answer, "error").as_deref(), Some("invalid_request_object"), "{no_object}");
    }
    Ok(())
}

/// 5: "request and request_uri [...] MUST NOT be used together"; 4: "request and request_uri parameters MUST NOT be included in Request
/// Objects"; 5: "client_id MUST be sent".
async fn an_object_is_sent_one_way(engine: Engine) -> anyhow::Result<()> {
    let signing = Signing::of(scene!(World::on(engine)), json!({})).await?;
    let object = signing.object(&json!({}));
    let both = signing.url(&object).with("request_uri", "https://app.example/object");
    assert_shown(&signing.scene, &signing.scene.look(both.url.as_str(), &[]).await?, "invalid_request");
    for name in ["request", "request_uri"] {
        let answer = signing.ask(&signing.object(&json!({ name: object }))).await?;
        assert_eq!(sent(&answer, "error").as_deref(), Some("invalid_request_object"), "{name}");
    }
    let nameless = signing.url(&object).without("client_id");
    assert_shown(&signing.scene, &signing.scene.look(nameless.url.as_str(), &[]).await?, "invalid_client");
    let mut twice = signing.url(&object).url;
    twice.query_pairs_mut().append_pair("request", &object);
    let answer = signing.scene.look(twice.as_str(), &[]).await?;
    assert_eq!(sent(&answer, "error").as_deref(), Some("invalid_request"));
    Ok(())
}

/// 5.2: "The entire Request URI SHOULD NOT exceed 512 ASCII characters", 5.2.3: the server fetches it; "if the response does not contain
/// a valid Request Object, the authorization server MUST return invalid_request_uri / invalid_request_object" (7).
async fn an_object_may_be_had_from_the_client(engine: Engine) -> anyhow::Result<()> {
    let site = Site::start()?;
    let addresses = ["/object", "/missing", "/junk", "/object#v2"].map(|path| site.url(path));
    let signing = Signing::of(scene!(World::on(engine)), json!({ "request_uris": addresses })).await?;
    site.put("/object", &signing.object(&json!({})));
    site.put("/junk", "no object");
    let by = |address: &str| {
        let mut bare = signing.authorization.clone();
        bare.url
            .query_pairs_mut()
            .clear()
            .extend_pairs([("client_id", signing.client.as_str()), ("request_uri", address)]);
        bare
    };
    let end = signing.scene.sign_in(&by(&site.url("/object"))).await?;
    assert!(end.parameter("code").is_some(), "{}", end.url);
    let versioned = signing.scene.look(by(&site.url("/object#v2")).url.as_str(), &[]).await?;
    assert_eq!(sent(&versioned, "error"), None, "{:?}", versioned.headers);
    let cases =
        [("/missing", "invalid_request_uri"), ("/junk", "invalid_request_object"), ("/strange", "invalid_request_uri")];
    for (path, code) in cases {
        let answer = signing.scene.look(by(&site.url(path)).url.as_str(), &[]).await?;
        assert_shown(&signing.scene, &answer, code);
    }
    assert!(!site.asked().contains(&"/strange".to_owned()), "what is not registered is not fetched");
    Ok(())
}

/// 10.5: "require_signed_request_object [...] the authorization server MUST reject an authorization request from the client that does not
/// conform to this specification. It MUST also reject the request if the Request Object uses an alg value of none." The registered
/// algorithm is the only one.
async fn who_registered_to_sign_signs(engine: Engine) -> anyhow::Result<()> {
    let demanding = Signing::of(scene!(World::on(engine)), json!({ "require_signed_request_object": true })).await?;
    let unsigned =
        |signing: &Signing| format!("{}.{}.", encoded(&json!({ "alg": "none" })), encoded(&signing.claims(&json!({}))));
    let plain = demanding.scene.look(demanding.authorization.url.as_str(), &[]).await?;
    assert_told(&plain, "invalid_request");
    let refused = demanding.ask(&unsigned(&demanding)).await?;
    assert_eq!(sent(&refused, "error").as_deref(), Some("invalid_request_object"));
    for lacking in ["exp", "aud", "iss"] {
        let answer = demanding.ask(&demanding.object(&json!({ lacking: null }))).await?;
        assert_eq!(sent(&answer, "error").as_deref(), Some("invalid_request_object"), "{lacking}");
    }
    assert_eq!(sent(&demanding.ask(&demanding.object(&json!({}))).await?, "error"), None);
    // Parameters outside its signature are none of its request's, even where OpenID Connect would add them.
    let beside =
        demanding.url(&demanding.object(&json!({ "prompt": null }))).with("scope", "openid").with("prompt", "none");
    assert_eq!(sent(&demanding.scene.look(beside.url.as_str(), &[]).await?, "error"), None);

    let fixed = Signing::of(demanding.scene, json!({ "request_object_signing_alg": "RS256" })).await?;
    let answer = fixed.ask(&fixed.object(&json!({}))).await?;
    assert_eq!(sent(&answer, "error").as_deref(), Some("invalid_request_object"), "signed by ES256");
    let open = Signing::of(fixed.scene, json!({ "request_object_signing_alg": "none" })).await?;
    assert_eq!(sent(&open.ask(&unsigned(&open)).await?, "error"), None);
    let answer = open.ask(&open.object(&json!({}))).await?;
    assert_eq!(sent(&answer, "error").as_deref(), Some("invalid_request_object"), "registered for none");
    let silent = Signing::of(open.scene, json!({})).await?;
    let answer = silent.ask(&unsigned(&silent)).await?;
    assert_eq!(sent(&answer, "error").as_deref(), Some("invalid_request_object"), "not registered for none");
    Ok(())
}

/// 6.2 with OpenID Connect Core 10.1.1: a kid that is not known has the keys behind jwks_uri fetched again.
async fn keys_are_fetched_again_when_they_have_changed(engine: Engine) -> anyhow::Result<()> {
    let (site, clock) = (Site::start()?, super::clock());
    let scene = scene!(World::on(engine).clock(&clock));
    let uri = site.url("/jwks");
    let client = scene.register(json!({ "jwks_uri": uri, "jwks": null })).await?;
    let (old, new) = (ClientKey::of("ES256", "old"), ClientKey::of("ES256", "new"));
    let authorization = Authorization::new(&scene.world, &client, "profile")?;
    let ask = async |key: &ClientKey| {
        let claims = lay(as_claims(&authorization), &json!({ "iss": client, "aud": scene.world.places.issuer() }));
        let url = authorization.clone().with("request", &key.sign(&json!({}), &claims)).url;
        Ok::<_, anyhow::Error>(sent(&scene.look(url.as_str(), &[]).await?, "error"))
    };
    site.put("/jwks", &old.jwks().to_string());
    assert_eq!(ask(&old).await?, None);
    assert_eq!(ask(&old).await?, None);
    assert_eq!(site.bodies("/jwks").len(), 1, "keys are kept");
    site.put("/jwks", &new.jwks().to_string());
    clock.advance(chrono::Duration::seconds(30));
    assert_eq!(ask(&new).await?, None);
    assert_eq!(ask(&old).await?.as_deref(), Some("invalid_request_object"), "a key that was taken away");
    // A stranger's made-up kids do not have them fetched each time.
    let fetched = site.bodies("/jwks").len();
    for n in 0..20 {
        ask(&ClientKey::of("ES256", &format!("made-up-{n}"))).await?;
    }
    assert!(site.bodies("/jwks").len() <= fetched + 1, "{} fetches", site.bodies("/jwks").len());
    Ok(())
}
