//! Registering with a passkey, and what is kept of it.

use serde_json::{Value, json};
use shared_types::on_both;

use crate::self_service::{
    authenticator::{Authenticator, DOMAIN, options},
    keyring::{self, credential, register, sign_in},
    people::{by_id, has},
    world::{World, ids, messages, node, parts},
};

on_both! {
    async fn a_passkey_registers_and_signs_in(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let mut authenticator = Authenticator::new();
        let body = register(&world.browser(), &mut authenticator, "anna@example.org").await;
        let by = &body["session"]["authentication_methods"][0];
        assert_eq!((&by["method"], &by["aal"]), (&json!("passkey"), &json!("aal1")));
        let browser = world.browser();
        let (status, body) = sign_in(&browser, &mut authenticator).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(body["session"]["identity"]["traits"]["email"], "anna@example.org");
        assert_eq!(body["session"]["authenticator_assurance_level"], "aal1");
        let (status, _) = parts(browser.get("/sessions/whoami").await).await;
        assert_eq!(status, 200, "nothing else is asked for");
        world.stop().await;
    }
}

on_both! {
    async fn a_key_is_kept_as_clients_know_it(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let mut authenticator = Authenticator::new();
        let body = register(&world.browser(), &mut authenticator, "anna@example.org").await;
        sign_in(&world.browser(), &mut authenticator).await;
        let kept = credential(&world, &body["identity"]["id"], "passkey").await;
        let handle = String::from_utf8(authenticator.keys[0].user_handle.clone()).unwrap();
        assert_eq!(kept["identifiers"], json!([handle]));
        let config = &kept["config"];
        let base64 = |bytes: &[u8]| {
            use base64::{Engine as _, engine::general_purpose::STANDARD};
            json!(STANDARD.encode(bytes))
        };
        assert_eq!(config["user_handle"], base64(handle.as_bytes()));
        let key = &config["credentials"][0];
        assert_eq!(key["id"], base64(&authenticator.keys[0].id));
        assert_eq!(key["attestation_type"], "none");
        assert_eq!(key["display_name"], "Bitwarden", "the make, until its owner has a name for it");
        assert_eq!(key["is_passwordless"], true);
        assert_eq!(key["transport"], json!(["internal", "hybrid"]));
        let flags = json!({"user_present": true, "user_verified": true, "backup_eligible": false, "backup_state": false});
        assert_eq!(key["flags"], flags);
        assert_eq!(key["authenticator"]["sign_count"], 1, "as it was at the last sign-in");
        assert_eq!(key["authenticator"]["aaguid"], "1UiCbnm020Cj2BERb36DSQ==");
        world.stop().await;
    }
}

on_both! {
    async fn a_browser_is_given_what_its_script_needs(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/registration/browser").await;
        let data = options(&flow, "passkey_create_data");
        assert_eq!(data["displayNameFieldName"], "traits.email");
        assert_eq!(data["displayNameFieldNames"], json!(["traits.email"]));
        let wish = &data["credentialOptions"]["publicKey"];
        assert_eq!(wish["rp"], json!({"name": "Example & Co", "id": DOMAIN}));
        assert_eq!(wish["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(wish["attestation"], "none");
        let trigger = &node(&flow, "passkey_register_trigger");
        assert_eq!(trigger["attributes"]["type"], "button");
        assert_eq!(trigger["attributes"]["onclickTrigger"], "oryPasskeyRegistration");
        assert_eq!(trigger["attributes"]["onclick"], "window.oryPasskeyRegistration()");
        assert_eq!(trigger["meta"]["label"]["id"], 1_040_007);
        let script = by_id(&flow, "webauthn_script")["attributes"].clone();
        let served = browser.get("/.well-known/ory/webauthn.js").await;
        assert_eq!(script["src"], format!("{}.well-known/ory/webauthn.js", world.public));
        assert_eq!(served.headers()["content-type"], "text/javascript; charset=UTF-8");
        assert_eq!(served.headers()["access-control-allow-origin"], "*");
        let text = served.bytes().await.unwrap();
        let digest = {
            use base64::{Engine as _, engine::general_purpose::STANDARD};
            STANDARD.encode(openssl::sha::sha512(&text))
        };
        assert_eq!(script["integrity"], format!("sha512-{digest}"));
        let flow = browser.begin("/self-service/login/browser").await;
        let login = &node(&flow, "passkey_login")["attributes"];
        assert_eq!(login["onloadTrigger"], "oryPasskeyLoginAutocompleteInit");
        assert_eq!(login["onload"], "window.oryPasskeyLoginAutocompleteInit()");
        assert_eq!(node(&flow, "passkey_login_trigger")["meta"]["label"]["id"], 1_010_021);
        assert_eq!(node(&flow, "identifier")["attributes"]["autocomplete"], "username webauthn");
        world.stop().await;
    }
}

on_both! {
    async fn a_program_registers_and_signs_in_without_a_script(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let program = world.program();
        let mut authenticator = Authenticator::new();
        let flow = program.begin("/self-service/registration/api").await;
        assert!(by_id(&flow, "webauthn_script").is_null() && !has(&flow, "webauthn_register_trigger"), "{flow}");
        let trigger = &node(&flow, "passkey_register_trigger")["attributes"];
        assert!(trigger["onclick"].is_null());
        assert_eq!(trigger["onclickTrigger"], "oryPasskeyRegistration");
        let made = authenticator.create(&options(&flow, "passkey_create_data")["credentialOptions"]);
        let fields = json!({"method": "passkey", "traits": {"email": "anna@example.org"},
            "passkey_register": made.to_string()});
        let (status, body) = parts(program.submit(&flow, fields).await).await;
        assert_eq!(status, 200, "{body}");
        let flow = program.begin("/self-service/login/api").await;
        let login = &node(&flow, "passkey_login")["attributes"];
        assert_eq!((&login["onload"], &login["onloadTrigger"]),
            (&Value::Null, &json!("oryPasskeyLoginAutocompleteInit")));
        let answer = authenticator.get(&options(&flow, "passkey_challenge"));
        let fields = json!({"method": "passkey", "passkey_login": answer.to_string()});
        let (status, body) = parts(program.submit(&flow, fields).await).await;
        assert_eq!(status, 200, "{body}");
        assert!(body["session_token"].as_str().unwrap().starts_with("ory_st_"));
        world.stop().await;
    }
}

on_both! {
    async fn a_key_made_elsewhere_does_not_register(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let browser = world.browser();
        let mut authenticator = Authenticator::new();
        authenticator.origin = "https://id.example.org.evil.example".to_owned();
        let flow = browser.begin("/self-service/registration/browser").await;
        let before = options(&flow, "passkey_create_data");
        let made = authenticator.create(&before["credentialOptions"]);
        let fields = json!({"traits": {"email": "anna@example.org"}, "passkey_register": made.to_string()});
        let (status, flow) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!((status, messages(&flow)), (400, vec![4_000_043]), "{flow}");
        let after = options(&flow, "passkey_create_data");
        let challenge = |data: &Value| data["credentialOptions"]["publicKey"]["challenge"].clone();
        assert_ne!(challenge(&before), challenge(&after), "no challenge is answered twice");
        // The same form registers with an honest answer to the new challenge, and not with one to the old.
        authenticator.origin = crate::self_service::authenticator::ORIGIN.to_owned();
        let late = authenticator.create(&before["credentialOptions"]);
        let fields = json!({"traits": {"email": "anna@example.org"}, "passkey_register": late.to_string()});
        let (status, flow) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!((status, messages(&flow)), (400, vec![4_000_043]), "{flow}");
        let made = authenticator.create(&options(&flow, "passkey_create_data")["credentialOptions"]);
        let fields = json!({"traits": {"email": "anna@example.org"}, "passkey_register": made.to_string()});
        let (status, body) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!(status, 200, "{body}");
        world.stop().await;
    }
}

on_both! {
    async fn traits_are_checked_before_a_key_is_taken(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let browser = world.browser();
        let mut authenticator = Authenticator::new();
        let flow = browser.begin("/self-service/registration/browser").await;
        let made = authenticator.create(&options(&flow, "passkey_create_data")["credentialOptions"]);
        let fields = json!({"traits": {"email": "not an address"}, "passkey_register": made.to_string()});
        let (status, flow) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!((status, ids(&node(&flow, "traits.email")["messages"])), (400, vec![4_000_040]), "{flow}");
        // The answer was not looked at, and is still good.
        let fields = json!({"traits": {"email": "anna@example.org"}, "passkey_register": made.to_string()});
        let (status, body) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!(status, 200, "{body}");
        let mut other = Authenticator::new();
        let flow = world.browser().begin("/self-service/registration/api").await;
        let made = other.create(&options(&flow, "passkey_create_data")["credentialOptions"]);
        let fields = json!({"traits": {"email": "anna@example.org"}, "passkey_register": made.to_string()});
        let (status, flow) = parts(world.program().submit(&flow, fields).await).await;
        assert_eq!((status, messages(&flow)), (400, vec![4_000_007]), "{flow}");
        world.stop().await;
    }
}

on_both! {
    async fn the_second_step_of_a_registration_makes_the_key(dsn: String) {
        let style = json!({"selfservice": {"flows": {"registration": {"style": "profile_first"}}}});
        let world = World::start(&dsn, keyring::with(style)).await;
        let browser = world.browser();
        let mut authenticator = Authenticator::new();
        let flow = browser.begin("/self-service/registration/browser").await;
        assert!(!has(&flow, "passkey_create_data"));
        let fields = json!({"method": "profile", "traits": {"email": "anna@example.org"}});
        let (status, flow) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!((status, messages(&flow)), (400, vec![1_040_009]), "{flow}");
        let email = &node(&flow, "traits.email")["attributes"];
        assert_eq!((&email["type"], &email["value"]), (&json!("hidden"), &json!("anna@example.org")));
        let made = authenticator.create(&options(&flow, "passkey_create_data")["credentialOptions"]);
        let (status, body) = parts(browser.submit(&flow, json!({"passkey_register": made.to_string()})).await).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(body["identity"]["traits"]["email"], "anna@example.org");
        world.stop().await;
    }
}
