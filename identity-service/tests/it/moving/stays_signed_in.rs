//! Whoever was signed in there is signed in here, and whoever could sign in there can here.

use serde_json::{Value, json};
use shared_types::on_both;

use super::{ADA, ADAS, BEN, CLEO, EMIL, EMILS, GRETA, Move, identity, owner};
use crate::self_service::{
    people::{app_code, sign_in, whoami},
    world::{World, messages, parts},
};

/// The cookie in which gorilla's securecookie put Ada's token, with the old secret.
const COOKIE: &str = "MTc5NTgzNzYxMnxDRm1zeGNHM1FfTWN6a3NhX2lJVzdyMUV3M2h1ZWx1eTlndjR1R1NEX1dDNWVNZGNqRkVXdnJNNE1tRUI5dHhCZWxJWEh1b0NJdkdjMWNteXZDUV8wajRoUE44NUM0SjNmeVIwMkNkT1ZlNXpSLVhfdTIwbnpJbWtUMzR5ci1vNjRUMFpoLWs4ZkdpWU0wbUQ5VDVQck01NHlPa1NNbUlDM01jOGd5a1ZQN1dVanAwV2RCeDhINjJPX05tMGNDMHQyTU96ZUFtV0tlVTBGQzk1M20tX3Via3M4UEhjOFlEcy1ISV9TUE9Ub1ctLWVzOWEyUnVjc1Y5TEVVbUpGbTlvQ0tVMW02aHdUOThWOGJEZDZSaUJ8MkooVO8djwiQBdgsWUGJvmnkBoi2HPzjkOnCE0GpzVw=";

on_both! {
    async fn sessions_stay_valid(dsn: String) {
        let moving = Move::with_people(&dsn);
        let said = moving.run(&[]);
        assert_eq!(said.counts("sessions"), [3, 0, 0, 3, 0], "{said:?}");
        let world = moving.serve().await;
        assert_eq!(owner(&world, ADAS).await, (200, json!(ADA)));
        assert_eq!(owner(&world, EMILS).await, (200, json!(EMIL)), "a token of the old form");
        for ended in ["ory_st_bbbbBBBBbbbbBBBBbbbbBBBBbbbbBBBB", "ory_st_ccccCCCCccccCCCCccccCCCCccccCCCC"] {
            assert_eq!(owner(&world, ended).await.0, 401);
        }
        assert_eq!(owner(&world, "ory_st_ddddDDDDddddDDDDddddDDDDddddDDDD").await.0, 401, "Ben is disabled");
        browser_of_ada(&world).await;
        world.stop().await;
    }
}

/// The browser shows the old cookie, and is given one of ours.
async fn browser_of_ada(world: &World) {
    let browser = world.program();
    let ask = |cookie: String| browser.client.get(browser.url("/sessions/whoami")).header("cookie", cookie).send();
    let answer = ask(format!("ory_kratos_session={COOKIE}")).await.unwrap();
    let given = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let (status, session) = parts(answer).await;
    assert_eq!((status, &session["identity"]["id"]), (200, &json!(ADA)));
    assert_eq!(session["id"], "5a000000-0000-4000-8000-000000000001");
    assert_eq!(session["authenticator_assurance_level"], "aal2");
    let methods: Vec<&Value> =
        session["authentication_methods"].as_array().unwrap().iter().map(|method| &method["method"]).collect();
    assert_eq!(methods, ["password", "totp"]);
    assert_eq!(session["expires_at"], "2100-01-02T03:04:05.500Z");
    assert_eq!(session["devices"][0]["ip_address"], "203.0.113.7");
    assert_eq!(session["devices"][0]["location"], "Cologne, DE");
    assert!(given.starts_with("ory_kratos_session=") && !given.contains(COOKIE), "{given}");
    let (status, again) = parts(ask(given).await.unwrap()).await;
    assert_eq!((status, &again["id"]), (200, &session["id"]));
    let forged = format!("ory_kratos_session={}", COOKIE.replace("MTc5", "MTc4"));
    assert_eq!(ask(forged).await.unwrap().status(), 401);
}

on_both! {
    async fn every_factor_still_proves_its_owner(dsn: String) {
        let moving = Move::with_people(&dsn);
        moving.run(&[]);
        let world = moving.serve().await;
        let browser = world.browser();
        let (status, body) = sign_in(&browser, "ADA@acme.example").await;
        assert_eq!(status, 422, "the second factor is asked for: {body}");
        let flow = browser.begin("/self-service/login/browser?aal=aal2").await;
        let fields = json!({"method": "totp", "totp_code": app_code(&world, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")});
        let (status, body) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!(status, 200, "{body}");
        let other = world.browser();
        sign_in(&other, "ada@acme.example").await;
        for (code, expected) in [("bbbb2222", 400), ("aaaa1111", 200)] {
            let flow = other.begin("/self-service/login/browser?aal=aal2").await;
            let fields = json!({"method": "lookup_secret", "lookup_secret": code});
            assert_eq!(parts(other.submit(&flow, fields).await).await.0, expected, "{code}");
        }
        assert_eq!(whoami(&other).await.0, 200);
        // The recovery address gets a code.
        let lost = world.browser();
        let flow = lost.begin("/self-service/recovery/browser").await;
        let sent = lost.submit(&flow, json!({"method": "code", "email": "ada@acme.example"})).await;
        assert_eq!(messages(&parts(sent).await.1), [1_060_003]);
        let code = world.mailbox.wait("ada@acme.example", 0).await.code();
        let (status, _) = parts(lost.submit(&flow, json!({"method": "code", "code": code})).await).await;
        assert_eq!(status, 422, "on to the settings");
        let (status, body) = sign_in(&world.browser(), "ben@acme.example").await;
        assert_eq!(status, 400, "{body}");
        world.stop().await;
    }
}

on_both! {
    async fn what_is_known_of_people_is_kept(dsn: String) {
        let moving = Move::with_people(&dsn);
        let said = moving.run(&[]);
        assert!(!said.well && said.err.contains("not everything"), "{said:?}");
        assert_eq!(said.counts("identities"), [5, 0, 0, 0, 2]);
        assert_eq!(said.counts("passwords"), [2, 0, 0, 0, 1], "one hash is of no known kind");
        assert_eq!(said.counts("linked accounts"), [1, 0, 0, 0, 0]);
        assert_eq!(said.counts("backup codes"), [2, 0, 0, 0, 0]);
        assert_eq!(said.counts("security keys"), [1, 0, 0, 0, 0]);
        let failed = said.reasons("identities", "failed");
        assert!(failed[0].0.contains("identity.schemas: there is no schema \"elsewhere\""), "{failed:?}");
        let taken = format!("the password identifier \"cleo@acme.example\" belongs to the identity {CLEO} already");
        assert_eq!(failed[1], (taken, vec!["c0000000-0000-4000-8000-000000000004".to_owned()]));
        let warned = said.reasons("identities", "warning");
        assert!(warned.iter().any(|(why, who)| why.contains("traits.name") && who == &[EMIL]), "{warned:?}");
        assert!(warned.iter().any(|(why, who)| why.contains("organization") && who == &[GRETA]), "{warned:?}");
        assert_eq!(said.reasons("other credentials", "skipped")[0].1, [GRETA]);
        let report = said.report();
        let noted = report["notes"].as_array().unwrap().iter().any(|note| note.as_str().unwrap().contains("\"google\""));
        assert!(noted, "{report}");

        let world = moving.serve().await;
        let ada = identity(&world, ADA).await;
        assert_eq!(ada["traits"], json!({"email": "Ada@ACME.example", "role": "buyer"}));
        assert_eq!((&ada["external_id"], &ada["state"]), (&json!("crm-17"), &json!("active")));
        assert_eq!((&ada["metadata_public"]["plan"], &ada["metadata_admin"]["note"]), (&json!("gold"), &json!("old customer")));
        assert_eq!(ada["created_at"], "2025-02-03T04:05:06.123456Z");
        assert_eq!(ada["updated_at"], "2025-03-04T05:06:07.654321Z");
        let address = &ada["verifiable_addresses"][0];
        assert_eq!((&address["id"], &address["verified"]), (&json!("da000000-0000-4000-8000-000000000001"), &json!(true)));
        assert_eq!(address["verified_at"], "2025-02-04T04:05:06Z");
        assert_eq!(ada["recovery_addresses"][0]["id"], "ea000000-0000-4000-8000-000000000001");
        assert_eq!(ada["credentials"]["oidc"]["identifiers"], json!(["google:1234"]));
        assert_eq!(ada["credentials"]["oidc"]["config"]["providers"][0]["initial_id_token"], "an-id-token");
        assert_eq!(ada["credentials"]["password"]["identifiers"], json!(["ada@acme.example"]));
        let ben = identity(&world, BEN).await;
        assert_eq!(ben["state"], "inactive");
        let greta = identity(&world, GRETA).await;
        assert_eq!(greta["credentials"]["webauthn"]["config"]["credentials"][0]["authenticator"]["sign_count"], 3);
        assert_eq!(identity(&world, EMIL).await["credentials"]["password"]["identifiers"], json!(["emil@acme.example"]));
        world.stop().await;
    }
}
