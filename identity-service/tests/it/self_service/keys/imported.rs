//! Keys that were made for another program: an administrator brings them, and their owners go on using them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use shared_types::on_both;

use crate::self_service::{
    authenticator::{Authenticator, options},
    keyring::{self, credential, passwordless, sign_in},
    people::{self, whoami},
    world::{PASSWORD, World, messages, parts},
};

/// An authenticator whose only key was made elsewhere for this user handle, and has been used a few times.
fn used_elsewhere(user_handle: &[u8]) -> Authenticator {
    let mut authenticator = Authenticator::new();
    authenticator.make_for(user_handle);
    authenticator.keys[0].count = 5;
    authenticator
}

/// Its key as an export has it.
fn exported(authenticator: &Authenticator, by_itself: bool) -> Value {
    let key = &authenticator.keys[0];
    json!({"config": {
        "credentials": [{
            "id": STANDARD.encode(&key.id), "public_key": STANDARD.encode(key.public_key()), "attestation_type": "none",
            "authenticator": {"aaguid": "rc4AAjW8xgpkiwsl8fBVAw==", "sign_count": key.count, "clone_warning": false},
            "display_name": "Brought along", "added_at": "2023-05-06T07:08:09Z", "is_passwordless": by_itself,
        }],
        "user_handle": STANDARD.encode(&key.user_handle),
    }})
}

/// Imports somebody; the identity.
async fn imported(world: &World, credentials: Value) -> Value {
    let body = json!({"schema_id": "keys", "traits": {"email": "anna@example.org"}, "credentials": credentials});
    let url = world.admin.join("admin/identities").unwrap();
    let (status, identity) = parts(crate::world::client().post(url).json(&body).send().await.unwrap()).await;
    assert_eq!(status, 201, "{identity}");
    identity
}

on_both! {
    async fn a_passkey_from_elsewhere_signs_in(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let mut authenticator = used_elsewhere(b"a handle of letters");
        let identity = imported(&world, json!({"passkey": exported(&authenticator, true)})).await;
        let browser = world.browser();
        let (status, body) = sign_in(&browser, &mut authenticator).await;
        assert_eq!((status, &body["session"]["identity"]["id"]), (200, &identity["id"]), "{body}");
        assert_eq!(body["session"]["authentication_methods"][0]["method"], "passkey");
        let kept = credential(&world, &identity["id"], "passkey").await;
        let key = &kept["config"]["credentials"][0];
        assert_eq!((&key["authenticator"]["sign_count"], &key["display_name"]), (&json!(6), &json!("Brought along")));
        // A copy of it has not counted on.
        let mut copy = authenticator.clone();
        copy.keys[0].count = 2;
        let (status, flow) = sign_in(&world.browser(), &mut copy).await;
        assert_eq!((status, messages(&flow)), (400, vec![4_000_043]), "{flow}");
        let (status, _) = sign_in(&world.browser(), &mut authenticator).await;
        assert_eq!(status, 200);
        let gone = world.admin.join(&format!("admin/identities/{}", identity["id"].as_str().unwrap())).unwrap();
        assert_eq!(crate::world::client().delete(gone).send().await.unwrap().status(), 204);
        assert_eq!(sign_in(&world.browser(), &mut authenticator).await.0, 400);
        world.stop().await;
    }
}

on_both! {
    async fn an_export_of_our_own_signs_in_where_it_is_imported(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let mut authenticator = Authenticator::new();
        let made = keyring::register(&world.browser(), &mut authenticator, "anna@example.org").await;
        let id = made["identity"]["id"].clone();
        let config = credential(&world, &id, "passkey").await["config"].clone();
        let gone = world.admin.join(&format!("admin/identities/{}", id.as_str().unwrap())).unwrap();
        assert_eq!(crate::world::client().delete(gone).send().await.unwrap().status(), 204);
        let identity = imported(&world, json!({"passkey": {"config": config}})).await;
        assert_ne!(identity["id"], id);
        let (status, body) = sign_in(&world.browser(), &mut authenticator).await;
        assert_eq!((status, &body["session"]["identity"]["id"]), (200, &identity["id"]), "{body}");
        world.stop().await;
    }
}

on_both! {
    async fn a_security_key_from_elsewhere_signs_in_by_itself(dsn: String) {
        let world = World::start(&dsn, passwordless()).await;
        let mut authenticator = used_elsewhere(&[7, 0, 255]);
        let identity = imported(&world, json!({"webauthn": exported(&authenticator, true)})).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        let fields = json!({"method": "webauthn", "identifier": "anna@example.org"});
        assert_eq!(browser.submit(&flow, fields).await.status(), 422);
        let flow = browser.begin(&format!("/self-service/login/flows?id={}", flow["id"].as_str().unwrap())).await;
        let answer = authenticator.get(&options(&flow, "webauthn_login_trigger")).to_string();
        let fields = json!({"identifier": "anna@example.org", "webauthn_login": answer});
        let (status, body) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!((status, &body["session"]["identity"]["id"]), (200, &identity["id"]), "{body}");
        world.stop().await;
    }
}

on_both! {
    async fn a_security_key_from_elsewhere_is_a_second_factor(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let mut authenticator = used_elsewhere(&[7, 0, 255]);
        let password = json!({"config": {"password": PASSWORD}});
        imported(&world, json!({"webauthn": exported(&authenticator, false), "password": password})).await;
        let browser = world.browser();
        let (status, body) = people::sign_in(&browser, "anna@example.org").await;
        assert_eq!(status, 422, "{body}");
        let flow = browser.begin("/self-service/login/browser?aal=aal2").await;
        let answer = authenticator.get(&options(&flow, "webauthn_login_trigger")).to_string();
        let (status, body) = parts(browser.submit(&flow, json!({"webauthn_login": answer})).await).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(whoami(&browser).await.1["authenticator_assurance_level"], "aal2");
        world.stop().await;
    }
}
