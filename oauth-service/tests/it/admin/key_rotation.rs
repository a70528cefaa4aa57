//! `keys.rotation`: keys that follow one another by themselves.

use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;

use crate::oauth2::{
    auth::world::{World, read},
    token::{part, text},
};

async fn published(world: &World) -> Vec<String> {
    let document = read(world.public(Method::GET, "/.well-known/jwks.json")).await.json();
    document["keys"].as_array().unwrap().iter().map(|key| text(key, "kid").to_owned()).collect()
}

async fn token(world: &World) -> String {
    let request = world.public(Method::POST, "/oauth2/token").basic_auth("machine", Some("a-secret-of-length"));
    let reply = read(request.form(&[("grant_type", "client_credentials")])).await;
    text(&reply.json(), "access_token").to_owned()
}

fn kid(token: &str) -> String {
    text(&part(token, 0), "kid").to_owned()
}

on_both! {
    async fn a_key_is_published_before_it_signs_and_stays_while_it_is_needed(dsn: String) {
        let rotation = json!({"interval": "720h", "overlap": "24h"});
        let config = json!({"keys": {"rotation": rotation}, "strategies": {"access_token": "jwt"}, "oauth2": {"access_token_alg": "ES256"}});
        let world = World::with(&dsn, config).await;
        // This client's tokens are good for a hundred hours.
        let machine = json!({
            "grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_basic",
            "client_secret": "a-secret-of-length", "client_credentials_grant_access_token_lifespan": "100h",
        });
        world.client("machine", machine).await;
        let first = kid(&token(&world).await);
        let at_first = published(&world).await;
        assert_eq!(at_first.len(), 2);

        world.clock.advance(Duration::hours(690));
        world.housekeep().await;
        assert_eq!(published(&world).await, at_first, "nothing is due");

        world.clock.advance(Duration::hours(6));
        world.housekeep().await;
        let both = published(&world).await;
        assert_eq!(both.len(), 4, "each set has a successor: {both:?}");
        assert_eq!(kid(&token(&world).await), first, "which does not sign yet");

        world.clock.advance(Duration::hours(23));
        let last = token(&world).await;
        assert_eq!(kid(&last), first);
        world.clock.advance(Duration::hours(1));
        let second = kid(&token(&world).await);
        assert_ne!(second, first);
        assert!(both.contains(&second));

        // ID tokens are good for an hour: the first key of that set goes. The hundred hours of the other are not over.
        world.clock.advance(Duration::hours(90));
        world.housekeep().await;
        assert_eq!(published(&world).await.len(), 3);
        assert_eq!(world.introspect(&last).await["active"], json!(true));

        // A client that is given less now does not shorten what its tokens were given.
        let patch = json!([{"op": "replace", "path": "/client_credentials_grant_access_token_lifespan", "value": "1h"}]);
        assert_eq!(world.admin(Method::PATCH, "/admin/clients/machine", Some(patch)).await.status, 200);
        world.housekeep().await;
        assert!(published(&world).await.contains(&first));

        world.clock.advance(Duration::hours(11));
        world.housekeep().await;
        let left = published(&world).await;
        assert!(left.len() == 2 && left.contains(&second), "{left:?}");
        assert_eq!(world.introspect(&last).await["active"], json!(false));
    }
}

on_both! {
    async fn without_rotation_keys_stay(dsn: String) {
        let world = World::start(&dsn).await;
        let before = published(&world).await;
        world.clock.advance(Duration::days(4000));
        world.housekeep().await;
        assert_eq!(published(&world).await, before);
    }
}

on_both! {
    async fn what_an_operator_brought_is_followed_but_not_taken_away(dsn: String) {
        let world = World::with(&dsn, json!({"keys": {"rotation": {"interval": "48h"}}})).await;
        let made = world.admin(Method::POST, "/admin/keys/elsewhere", Some(json!({"alg": "RS256", "kid": "brought"}))).await;
        let set: Value = json!({"keys": made.json()["keys"]});
        assert_eq!(world.admin(Method::PUT, "/admin/keys/hydra.openid.id-token", Some(set)).await.status, 200);
        for _ in 0..3 {
            world.clock.advance(Duration::hours(48));
            world.housekeep().await;
        }
        let kids = published(&world).await;
        assert!(kids.contains(&"brought".to_owned()), "{kids:?}");
        assert!(kids.len() > 3, "{kids:?}");
    }
}
