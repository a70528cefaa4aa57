//! Request objects (RFC 9101; OpenID Connect Core 6; contract 3.1).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use josekit::{
    jwk::{Jwk, alg::ec::EcCurve, alg::ec::EcKeyPair},
    jws::{ES256, JwsSigner as _},
};
use serde_json::{Value, json};
use shared_types::on_both;

use super::{
    front::fragment,
    serve::Served,
    world::{CALLBACK, CHALLENGE, ISSUER, LOGIN_PAGE, Reply, World, consent, login, request},
};

const ERROR_PAGE: &str = "https://id.test/oauth2/fallbacks/error";

/// A key of a client.
pub(crate) struct Key(EcKeyPair);

impl Key {
    pub(crate) fn new() -> Self {
        Self(EcKeyPair::generate(EcCurve::P256).unwrap())
    }

    pub(crate) fn public(&self) -> Jwk {
        self.0.to_jwk_public_key()
    }

    /// A JWT of the claims under a header.
    pub(crate) fn sign_as(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", encoded(header), encoded(claims));
        let signer = ES256.signer_from_jwk(&self.0.to_jwk_private_key()).unwrap();
        let signature = signer.sign(message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_as(&json!({ "alg": "ES256", "typ": "oauth-authz-req+jwt" }), claims)
    }
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn unsigned(claims: &Value) -> String {
    format!("{}.{}.", encoded(&json!({ "alg": "none" })), encoded(claims))
}

/// All that a request of `shop` says, as claims, with changes laid over; `null` removes.
pub(crate) fn claims(world: &World, changes: &Value) -> Value {
    let now = world.now().timestamp();
    let mut all = json!({
        "iss": "shop", "aud": ISSUER, "exp": now + 300, "nbf": now, "jti": "an-id",
        "client_id": "shop", "response_type": "code", "redirect_uri": CALLBACK,
        "scope": "openid offline photos.read", "state": "the-objects-state", "nonce": "the-objects-nonce",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256", "max_age": 3_600,
    });
    for (name, value) in changes.as_object().unwrap() {
        all[name] = value.clone();
    }
    all.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    all
}

fn url(params: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
    format!("{ISSUER}oauth2/auth?{query}")
}

/// A request of the object alone.
fn by_object(object: &str) -> String {
    url(&[("client_id", "shop"), ("request", object)])
}

async fn world(dsn: &str, key: &Key, changes: Value) -> World {
    let world = World::start(dsn).await;
    let mut body = json!({ "jwks": { "keys": [key.public()] } });
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    world.client("shop", body).await;
    world
}

fn error(reply: &Reply) -> String {
    reply.sent("error").unwrap_or_else(|| panic!("{reply:?}"))
}

on_both!(
    async fn what_the_object_says_counts_on_every_leg(dsn: String) {
        let key = Key::new();
        let world = world(&dsn, &key, json!({})).await;
        let object = key.sign(&claims(&world, &json!({})));
        // RFC 9101 6.3: what stands beside the object does not count.
        let url =
            url(&[("client_id", "shop"), ("request", &object), ("state", "another-state"), ("scope", "photos.read")]);
        let mut browser = world.browser();
        let challenge = browser.start(&url).await;
        let asked = world.page("login", "", &challenge, json!(null)).await.json();
        assert_eq!(asked["requested_scope"], json!(["openid", "offline", "photos.read"]));
        let address = asked["request_url"].as_str().unwrap();
        assert!(address.contains("request_uri=urn%3Aietf") && !address.contains("photos"), "{address}");
        let next = world.accept("login", &challenge, login("ann", true)).await;
        assert!(next.len() < 2_000, "{}", next.len());
        let reply = browser.get(&next).await;
        let next = world.accept("consent", &reply.sent("consent_challenge").unwrap(), consent(false)).await;
        let reply = browser.get(&next).await;
        assert_eq!((reply.status, reply.sent("state").as_deref()), (303, Some("the-objects-state")), "{reply:?}");
        let tokens = world.redeem("shop", &reply.sent("code").unwrap()).await;
        assert_eq!(crate::oauth2::token::part(tokens["id_token"].as_str().unwrap(), 1)["nonce"], "the-objects-nonce");
        // Another person: the page sends the browser to a fresh login of the same request.
        let challenge = browser.start(&by_object(&object)).await;
        let next = world.accept("login", &challenge, login("bob", true)).await;
        let challenge = browser.start(&next).await;
        let asked = world.page("login", "", &challenge, json!(null)).await.json();
        assert_eq!((&asked["skip"], &asked["requested_scope"][0]), (&json!(false), &json!("openid")));
    }
);

on_both!(
    async fn an_openid_request_may_add_to_its_object(dsn: String) {
        let key = Key::new();
        let world = world(&dsn, &key, json!({})).await;
        let object = key.sign(&claims(&world, &json!({ "state": null, "scope": "openid", "login_hint": "ann" })));
        let asking = request(&[&format!("request={object}"), "ui_locales=de"]);
        let mut browser = world.browser();
        let challenge = browser.start(&asking).await;
        let asked = world.page("login", "", &challenge, json!(null)).await.json();
        // OpenID Connect Core 6.1: what is in the object supersedes, the rest is added.
        assert_eq!(asked["requested_scope"], json!(["openid"]));
        assert_eq!(asked["oidc_context"]["login_hint"], "ann");
        assert_eq!(asked["oidc_context"]["ui_locales"], json!(["de"]));
        let reply = world.browser().authorize(&asking, login("ann", false), consent(false)).await;
        assert_eq!(reply.sent("state").as_deref(), Some("a-state-of-some-length"));
        // OpenID Connect Core 6.1: response_type and client_id must agree.
        let other = key.sign(&claims(&world, &json!({ "response_type": "code id_token" })));
        let reply = browser.get(&request(&[&format!("request={other}")])).await;
        assert_eq!(error(&reply), "invalid_request");
    }
);

on_both!(
    async fn an_object_that_cannot_be_believed_is_refused(dsn: String) {
        let (key, stranger) = (Key::new(), Key::new());
        let world = world(&dsn, &key, json!({})).await;
        let good = claims(&world, &json!({}));
        let now = world.now().timestamp();
        let changed = |changes: Value| key.sign(&claims(&world, &changes));
        let as_typ = |typ: &str| key.sign_as(&json!({ "alg": "ES256", "typ": typ }), &good);
        let mut forged = key.sign(&good);
        forged.replace_range(forged.len() - 4.., "AAAA");
        let cases = [
            "garbage".to_owned(),
            stranger.sign(&good),
            forged,
            unsigned(&good),
            key.sign_as(&json!({ "alg": "none" }), &good),
            key.sign_as(&json!({ "alg": "HS256" }), &good),
            key.sign_as(&json!({ "alg": "ES256", "crit": ["x"], "x": 1 }), &good),
            as_typ("logout+jwt"),
            as_typ("dpop+jwt"),
            changed(json!({ "iss": "bank" })),
            changed(json!({ "client_id": "bank" })),
            changed(json!({ "sub": "shop" })),
            changed(json!({ "aud": "https://other.test/" })),
            changed(json!({ "aud": ["https://other.test/"] })),
            changed(json!({ "exp": now - 60 })),
            changed(json!({ "exp": "soon" })),
            changed(json!({ "nbf": now + 60 })),
            changed(json!({ "iat": now + 60 })),
            // RFC 9101 4: "request and request_uri parameters MUST NOT be included in Request Objects".
            changed(json!({ "request": "a.b.c" })),
            changed(json!({ "request_uri": "https://shop.test/r" })),
        ];
        for object in &cases {
            // Nothing proves where the client is: the person is told.
            let reply = world.browser().get(&by_object(object)).await;
            assert_eq!((reply.status, reply.target().as_str()), (302, ERROR_PAGE), "{object}");
            assert_eq!(error(&reply), "invalid_request_object", "{object}");
            // What stands beside the object proves it.
            let reply = world.browser().get(&request(&[&format!("request={object}")])).await;
            assert_eq!((reply.status, reply.target().as_str()), (303, CALLBACK), "{object}");
            assert_eq!(error(&reply), "invalid_request_object", "{object}");
        }
        let evil = by_object(&changed(json!({ "redirect_uri": "https://evil.test/" })));
        assert_eq!(world.browser().get(&evil).await.target(), ERROR_PAGE);
        let both = url(&[("client_id", "shop"), ("request", &key.sign(&good)), ("request_uri", "https://shop.test/r")]);
        assert_eq!(error(&world.browser().get(&both).await), "invalid_request");
        let admin = by_object(&changed(json!({ "scope": "openid admin" })));
        assert_eq!(error(&world.browser().get(&admin).await), "invalid_scope");
        // A verifier is what a page answered, and no claim.
        let verifier = by_object(&changed(json!({ "consent_verifier": "x" })));
        assert_eq!(world.browser().get(&verifier).await.target(), LOGIN_PAGE);
    }
);

on_both!(
    async fn the_registered_algorithm_decides(dsn: String) {
        let key = Key::new();
        let world = world(&dsn, &key, json!({ "request_object_signing_alg": "none" })).await;
        let good = claims(&world, &json!({}));
        assert_eq!(world.browser().get(&by_object(&unsigned(&good))).await.target(), LOGIN_PAGE);
        assert_eq!(error(&world.browser().get(&by_object(&key.sign(&good))).await), "invalid_request_object");
        let other = json!({ "jwks": { "keys": [key.public()] }, "request_object_signing_alg": "PS256" });
        world.client("bank", other).await;
        let claims = claims(&world, &json!({ "client_id": "bank", "iss": "bank" }));
        let reply = world.browser().get(&url(&[("client_id", "bank"), ("request", &key.sign(&claims))])).await;
        assert_eq!(error(&reply), "invalid_request_object");
    }
);

on_both!(
    async fn a_client_may_demand_signed_requests_of_itself(dsn: String) {
        let key = Key::new();
        let world = world(&dsn, &key, json!({ "require_signed_request_object": true })).await;
        let reply = world.browser().get(&request(&[])).await;
        assert_eq!((reply.target().as_str(), error(&reply).as_str()), (CALLBACK, "invalid_request"));
        for missing in ["iss", "aud", "exp"] {
            let object = key.sign(&claims(&world, &json!({ missing: null })));
            assert_eq!(error(&world.browser().get(&by_object(&object)).await), "invalid_request_object", "{missing}");
        }
        let object = key.sign(&claims(&world, &json!({})));
        // Such a client's requests are what their objects say, with 'openid' beside them or without.
        let url = request(&[&format!("request={object}"), "login_hint=eve"]);
        let mut browser = world.browser();
        let challenge = browser.start(&url).await;
        let asked = world.page("login", "", &challenge, json!(null)).await.json();
        assert_eq!(asked["oidc_context"].get("login_hint"), None);
        let reply = world.browser().authorize(&url, login("ann", false), consent(false)).await;
        assert_eq!(reply.sent("state").as_deref(), Some("the-objects-state"));
        // A plain request with somebody else's verifier is none that was signed.
        let plain = request(&["login_verifier=garbage"]);
        assert_eq!(error(&world.browser().get(&plain).await), "access_denied");
    }
);

on_both!(
    async fn an_object_may_wait_at_a_registered_address(dsn: String) {
        let key = Key::new();
        let served = Served::start();
        let world = World::start(&dsn).await;
        let address = served.url("/request.jwt");
        let uris = json!([address, format!("{address}#v2"), served.url("/large"), served.url("/missing")]);
        let changes = json!({ "jwks": { "keys": [key.public()] }, "request_uris": uris });
        world.client("shop", changes).await;
        served.put("/request.jwt", format!("{}\n", key.sign(&claims(&world, &json!({ "response_type": "code" })))));
        served.put("/large", "x".repeat(100_000));
        for good in [address.clone(), format!("{address}#v2")] {
            let url = url(&[("client_id", "shop"), ("request_uri", &good)]);
            let reply = world.browser().authorize(&url, login("ann", false), consent(false)).await;
            assert_eq!(reply.sent("state").as_deref(), Some("the-objects-state"));
        }
        let strange = served.url("/request.jwt?x=1");
        for bad in [strange.as_str(), "https://evil.test/r", &served.url("/large"), &served.url("/missing"), "urn:x"] {
            let reply = world.browser().get(&url(&[("client_id", "shop"), ("request_uri", bad)])).await;
            assert_eq!((reply.target().as_str(), error(&reply).as_str()), (ERROR_PAGE, "invalid_request_uri"), "{bad}");
        }
        // The object is read once; what the pages answer needs it no more.
        assert_eq!(served.count("/request.jwt"), 2);
    }
);

on_both!(
    async fn no_request_object_is_fetched_from_a_private_network(dsn: String) {
        let served = Served::start();
        let world = World::with(&dsn, json!({ "clients": { "http": { "disallow_private_ip_ranges": true } } })).await;
        let address = served.url("/request.jwt");
        served.put("/request.jwt", "a.b.c".to_owned());
        world.client("shop", json!({ "request_uris": [address] })).await;
        let reply = world.browser().get(&url(&[("client_id", "shop"), ("request_uri", &address)])).await;
        assert_eq!(error(&reply), "invalid_request_uri");
        assert_eq!(served.count("/request.jwt"), 0);
    }
);

on_both!(
    async fn an_object_may_ask_for_any_answer(dsn: String) {
        let key = Key::new();
        let changes = json!({ "response_types": ["code id_token"], "audience": ["https://api.test/"] });
        let world = world(&dsn, &key, changes).await;
        let said =
            json!({ "response_type": "code id_token", "audience": ["https://api.test/a", "https://api.test/b"] });
        let object = key.sign(&claims(&world, &said));
        let mut browser = world.browser();
        let challenge = browser.start(&by_object(&object)).await;
        let asked = world.page("login", "", &challenge, json!(null)).await.json();
        assert_eq!(asked["requested_access_token_audience"], json!(["https://api.test/a", "https://api.test/b"]));
        let reply = world.browser().authorize(&by_object(&object), login("ann", false), consent(false)).await;
        assert!(fragment(&reply)["id_token"].is_string());
    }
);
