//! `/oauth2/register`: RFC 7591 and RFC 7592.

use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;

use super::{
    auth::world::{Reply, World, read},
    token::text,
};

const PATH: &str = "/oauth2/register";

async fn open(dsn: &str, more: Value) -> World {
    let mut registration = json!({"enabled": true});
    for (name, value) in more.as_object().unwrap() {
        registration[name] = value.clone();
    }
    World::with(dsn, json!({"oidc": {"dynamic_client_registration": registration}})).await
}

fn at(world: &World, method: Method, path: &str, token: &str) -> reqwest::RequestBuilder {
    let request = world.public(method, path);
    if token.is_empty() { request } else { request.bearer_auth(token) }
}

async fn register(world: &World, body: Value) -> Reply {
    read(world.public(Method::POST, PATH).json(&body)).await
}

fn error(reply: &Reply) -> (u16, String) {
    (reply.status, text(&reply.json(), "error").to_owned())
}

fn some_client() -> Value {
    json!({"client_name": "Shop", "redirect_uris": ["https://shop.test/cb"], "initiate_login_uri": "https://shop.test/login"})
}

on_both! {
    async fn it_is_off_unless_switched_on(dsn: String) {
        let world = World::start(&dsn).await;
        let own = format!("{PATH}/shop");
        for (method, path) in [(Method::POST, PATH), (Method::GET, &own), (Method::PUT, &own), (Method::DELETE, &own)] {
            let reply = read(world.public(method, path).json(&some_client())).await;
            assert_eq!(error(&reply), (404, "not_found".to_owned()));
        }
        let metadata = read(world.public(Method::GET, "/.well-known/openid-configuration")).await.json();
        assert!(metadata.get("registration_endpoint").is_none());
    }
}

on_both! {
    async fn a_client_registers_reads_changes_and_removes_itself(dsn: String) {
        let world = open(&dsn, json!({})).await;
        let metadata = read(world.public(Method::GET, "/.well-known/openid-configuration")).await.json();
        assert_eq!(metadata["registration_endpoint"], "https://id.test/oauth2/register");

        // RFC 7591 3.2.1: 201, not to be cached, with all registered metadata.
        let made = register(&world, some_client()).await;
        assert_eq!((made.status, made.header("cache-control"), made.header("pragma")), (201, "no-store", "no-cache"));
        let client = made.json();
        let (id, first) = (text(&client, "client_id").to_owned(), text(&client, "registration_access_token").to_owned());
        assert_eq!((text(&client, "client_secret").len(), &client["client_secret_expires_at"]), (26, &json!(0)));
        assert_eq!(text(&client, "registration_client_uri"), format!("https://id.test/oauth2/register/{id}"));
        assert_eq!(made.header("location"), text(&client, "registration_client_uri"));
        assert_eq!(text(&client, "initiate_login_uri"), "https://shop.test/login");
        // What is not set is left out: there is no address "" and no key set {}.
        for unset in ["metadata", "policy_uri", "logo_uri", "jwks", "userinfo_signed_response_alg", "skip_logout_consent"] {
            assert!(client.get(unset).is_none(), "{unset}: {client}");
        }

        let own = format!("{PATH}/{id}");
        let seen = read(at(&world, Method::GET, &own, &first)).await;
        assert_eq!((seen.status, text(&seen.json(), "registration_access_token")), (200, &*first));
        assert!(seen.json().get("client_secret").is_none());

        // RFC 7592 2.2: all of it is replaced; what is left out has its default.
        let change = json!({"client_id": id, "client_secret": client["client_secret"], "redirect_uris": ["https://shop.test/other"]});
        let changed = read(at(&world, Method::PUT, &own, &first).json(&change)).await;
        assert_eq!(changed.status, 200, "{changed:?}");
        let second = text(&changed.json(), "registration_access_token").to_owned();
        assert_eq!((changed.json().get("client_name"), changed.json()["redirect_uris"][0].as_str()), (None, Some("https://shop.test/other")));
        assert_ne!(first, second);
        assert_eq!(error(&read(at(&world, Method::GET, &own, &first)).await), (401, "request_unauthorized".to_owned()));

        assert_eq!(read(at(&world, Method::DELETE, &own, &first)).await.status, 401);
        assert_eq!(read(at(&world, Method::DELETE, &own, &second)).await.status, 204);
        assert_eq!(read(at(&world, Method::GET, &own, &second)).await.status, 401, "RFC 7592 2.1: a client that is gone");
        assert_eq!(world.admin(Method::GET, &format!("/admin/clients/{id}"), None).await.status, 404);
    }
}

on_both! {
    async fn only_its_own_token_manages_a_registration(dsn: String) {
        let world = open(&dsn, json!({})).await;
        let (mine, yours) = (register(&world, some_client()).await.json(), register(&world, some_client()).await.json());
        let (token, other) = (text(&mine, "registration_access_token"), text(&yours, "registration_access_token"));
        world.client("machine", json!({"grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_basic", "client_secret": "a-secret-of-length"})).await;
        let request = world.public(Method::POST, "/oauth2/token").basic_auth("machine", Some("a-secret-of-length"));
        let access = read(request.form(&[("grant_type", "client_credentials")])).await.json();
        let own = format!("{PATH}/{}", text(&mine, "client_id"));
        for token in ["", other, "ory_at_x.y", text(&access, "access_token")] {
            for method in [Method::GET, Method::PUT, Method::DELETE] {
                let reply = read(at(&world, method, &own, token).json(&some_client())).await;
                assert_eq!(error(&reply), (401, "request_unauthorized".to_owned()));
                assert!(reply.header("www-authenticate").starts_with("Bearer"));
            }
        }
        assert_eq!(read(at(&world, Method::GET, &format!("{PATH}/nobody"), token)).await.status, 401);
        // An operator's client is managed by the token it was made with, and by no other.
        let made = world.admin(Method::POST, "/admin/clients", Some(json!({"client_id": "made", "metadata": {"tier": 1}, "skip_consent": true}))).await.json();
        let own = format!("{PATH}/made");
        let token = text(&made, "registration_access_token");
        let seen = read(at(&world, Method::GET, &own, token)).await;
        assert_eq!(seen.status, 200);
        let put = read(at(&world, Method::PUT, &own, token).json(&seen.json())).await;
        assert_eq!(put.status, 200, "what was read may be sent back: {put:?}");
        let kept = world.admin(Method::GET, "/admin/clients/made", None).await.json();
        assert_eq!((&kept["metadata"], &kept["skip_consent"]), (&json!({"tier": 1}), &json!(true)), "what is the operator's stays");
    }
}

on_both! {
    async fn what_is_the_operators_is_refused(dsn: String) {
        let world = open(&dsn, json!({})).await;
        let cases = [
            (json!({"metadata": {"a": 1}}), "metadata"),
            (json!({"access_token_strategy": "jwt"}), "access_token_strategy"),
            (json!({"skip_consent": true}), "skip_consent"),
            (json!({"skip_logout_consent": true}), "skip_logout_consent"),
            (json!({"authorization_code_grant_access_token_lifespan": "9000h"}), "lifespan"),
            (json!({"grant_types": ["client_credentials"]}), "grant_types"),
        ];
        let client = register(&world, json!({"client_id": "mine", "owner": "me"})).await.json();
        assert_ne!(text(&client, "client_id"), "mine", "the server chooses");
        assert!(client.get("owner").is_none(), "{client}");
        let own = format!("{PATH}/{}", text(&client, "client_id"));
        let token = text(&client, "registration_access_token");
        for (body, about) in cases {
            for reply in [register(&world, body.clone()).await, read(at(&world, Method::PUT, &own, token).json(&body)).await] {
                assert_eq!(error(&reply), (400, "invalid_client_metadata".to_owned()), "{body}");
                assert!(reply.body.contains(about), "{about}: {reply:?}");
            }
        }
        // RFC 7592 2.2: a client must not choose its secret.
        assert_eq!(error(&register(&world, json!({"client_secret": "a-secret-of-length"})).await), (400, "invalid_client_metadata".to_owned()));
        let put = |body: Value| read(at(&world, Method::PUT, &own, token).json(&body));
        assert_eq!(error(&put(json!({"client_secret": "another-secret"})).await), (403, "request_forbidden".to_owned()));
        assert_eq!(error(&put(json!({"client_id": "another"})).await), (400, "invalid_client_metadata".to_owned()));
        let uri = register(&world, json!({"redirect_uris": ["https://a.test/#fragment"]})).await;
        assert_eq!(error(&uri), (400, "invalid_redirect_uri".to_owned()));
        assert_eq!(error(&read(world.public(Method::POST, PATH).body("{")).await).0, 400);
        // None of it spent the token.
        assert_eq!(read(at(&world, Method::GET, &own, token)).await.status, 200);
    }
}

on_both! {
    async fn registration_is_bounded_as_configured(dsn: String) {
        let rules = json!({
            "initial_access_tokens": ["a-token-for-partners-alone"], "allowed_scopes": ["openid", "shop.*"],
            "allowed_grant_types": ["authorization_code", "client_credentials"], "allowed_redirect_hosts": ["shop.test", "*.shop.test"],
        });
        let world = open(&dsn, rules).await;
        let good = json!({"redirect_uris": ["https://shop.test/cb", "https://a.shop.test/cb"], "scope": "openid shop.read", "grant_types": ["client_credentials"]});
        // RFC 7591 3: "an initial access token to limit registrations to previously authorized parties".
        for token in ["", "a-token-for-nobody"] {
            let reply = read(at(&world, Method::POST, PATH, token).json(&good)).await;
            assert_eq!(error(&reply), (401, "request_unauthorized".to_owned()));
        }
        let put = |body: Value| read(at(&world, Method::POST, PATH, "a-token-for-partners-alone").json(&body));
        assert_eq!(put(good).await.status, 201);
        for (body, about) in [
            (json!({"scope": "openid admin"}), "admin"),
            (json!({}), "offline_access"),
            (json!({"scope": "openid", "grant_types": ["implicit"]}), "implicit"),
            (json!({"scope": "openid", "redirect_uris": ["https://evilshop.test/cb"]}), "evilshop"),
            (json!({"scope": "openid", "redirect_uris": ["https://shop.test.evil.test/cb"]}), "shop.test.evil"),
            (json!({"scope": "openid", "redirect_uris": ["com.shop:/cb"]}), "com.shop"),
        ] {
            let reply = put(body).await;
            assert_eq!(reply.status, 400);
            assert!(reply.body.contains(about), "{about}: {reply:?}");
        }
    }
}

on_both! {
    async fn strangers_do_not_register_without_end(dsn: String) {
        let rules = json!({"rules": [{"action": "client_registration", "per_second": 0.001, "burst": 3}], "enabled": true});
        let world = World::with(&dsn, json!({"oidc": {"dynamic_client_registration": {"enabled": true}}, "rate_limit": rules})).await;
        for _ in 0..3 {
            assert_eq!(register(&world, some_client()).await.status, 201);
        }
        let refused = register(&world, some_client()).await;
        assert_eq!(refused.status, 429);
        assert!(!refused.header("retry-after").is_empty());
    }
}

on_both! {
    async fn a_client_that_stops_being_public_gets_a_secret(dsn: String) {
        let world = open(&dsn, json!({})).await;
        let client = register(&world, json!({"token_endpoint_auth_method": "none"})).await.json();
        assert!(client.get("client_secret").is_none());
        let own = format!("{PATH}/{}", text(&client, "client_id"));
        let token = text(&client, "registration_access_token");
        let change = json!({"token_endpoint_auth_method": "client_secret_post"});
        let changed = read(at(&world, Method::PUT, &own, token).json(&change)).await.json();
        assert_eq!(text(&changed, "client_secret").len(), 26);
    }
}
