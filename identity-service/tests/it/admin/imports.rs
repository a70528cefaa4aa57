//! Credentials an administrator brings from elsewhere: shown, merged, patched and taken away.

use serde_json::{Value, json};
use shared_types::on_both;

use crate::world::{PASSWORD, World, send};

const TOTP_URL: &str = "otpauth://totp/Portico:ada?issuer=Portico&secret=JBSWY3DPEHPK3PXP";
const ALL: &str = "include_credential=password&include_credential=oidc&include_credential=saml&include_credential=totp\
    &include_credential=lookup_secret&include_credential=webauthn&include_credential=passkey&include_credential=code";

fn second_factors() -> Value {
    json!({"selfservice": {"methods": {"totp": {"enabled": true}, "lookup_secret": {"enabled": true}}}})
}

fn key(id: &str, passwordless: bool) -> Value {
    json!({"id": id, "public_key": "cHVibGlj", "attestation_type": "none", "is_passwordless": passwordless,
        "authenticator": {"aaguid": "AAAAAAAAAAAAAAAAAAAAAA==", "sign_count": 3}, "display_name": "key"})
}

fn everything() -> Value {
    json!({
        "password": {"config": {"password": PASSWORD}},
        "oidc": {"config": {"providers": [{"subject": "S-1", "provider": "google"}, {"subject": "7", "provider": "github"}]}},
        "saml": {"config": {"providers": [{"subject": "N", "provider": "corp"}]}},
        "totp": {"config": {"totp_url": TOTP_URL}},
        "lookup_secret": {"config": {"codes": [{"code": "aaaabbbb"}, {"code": "ccccdddd", "used_at": "2026-01-02T03:04:05Z"}]}},
        "webauthn": {"config": {"credentials": [key("a2V5LTE", false)], "user_handle": "aGFuZGxl"}},
        "passkey": {"config": {"credentials": [key("a2V5LTI=", true)], "user_handle": "aGFuZGxl"}},
    })
}

fn person_of(email: &str, credentials: &Value) -> Value {
    json!({"schema_id": "default", "traits": {"email": email}, "credentials": credentials})
}

async fn made(world: &World, email: &str, credentials: &Value) -> String {
    let answer = world.call("POST", "/admin/identities", &person_of(email, credentials)).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.body["id"].as_str().unwrap().to_owned()
}

on_both! {
    async fn every_kind_of_credential_can_be_brought_along(dsn: String) {
        let world = World::with(&dsn, second_factors()).await;
        let id = made(&world, "ada@example.org", &everything()).await;
        let plain = world.get(&format!("/admin/identities/{id}")).await.body;
        assert!(plain["credentials"]["totp"].get("config").is_none(), "contents are shown to who asks for them");
        let shown = world.get(&format!("/admin/identities/{id}?{ALL}")).await.body["credentials"].clone();
        let config = |kind: &str| shown[kind]["config"].clone();
        assert_eq!(config("totp")["totp_url"], TOTP_URL);
        assert_eq!(config("lookup_secret")["recovery_codes"][0], json!({"code": "aaaabbbb"}));
        assert!(config("lookup_secret")["recovery_codes"][1]["used_at"].is_string());
        assert_eq!(config("oidc")["providers"][1]["subject"], "7");
        assert_eq!(config("webauthn")["credentials"][0]["id"], "a2V5LTE=", "base64 is kept in one form");
        assert_eq!(config("passkey")["credentials"][0]["authenticator"]["sign_count"], 3);
        assert_eq!(shown["oidc"]["identifiers"], json!(["github:7", "google:S-1"]));
        assert_eq!((&shown["totp"]["identifiers"], &shown["password"]["identifiers"]), (&json!([id]), &json!(["ada@example.org"])));

        for identifier in ["google:S-1", "corp:N", "Ada@Example.org"] {
            let found = world.get(&format!("/admin/identities?credentials_identifier={identifier}")).await.body;
            assert_eq!(found[0]["id"], id, "{identifier}");
        }
        assert_eq!(shown["passkey"]["identifiers"], json!(["handle"]), "as the authenticator will name it");
        // Ids of authenticator apps and of passkeys are nobody's names.
        assert_eq!(world.get(&format!("/admin/identities?credentials_identifier={id}")).await.body, json!([]));
        let twin = world.call("POST", "/admin/identities", &person_of("eva@example.org", &json!({"oidc": everything()["oidc"]}))).await;
        assert_eq!(twin.status, 409, "an account elsewhere belongs to one identity");

        // An imported second factor is one: the first alone does not do any more.
        let token = world.sign_in("ada@example.org").await;
        assert_eq!(world.whoami(&token).await.status, 403);
        for kind in ["totp", "lookup_secret"] {
            let path = format!("/admin/identities/{id}/credentials/{kind}");
            assert_eq!(send(world.admin("DELETE", &path)).await.status, 204, "{kind}");
            assert_eq!(send(world.admin("DELETE", &path)).await.status, 404, "{kind}");
        }
        let path = format!("/admin/identities/{id}/credentials/webauthn");
        assert_eq!(send(world.admin("DELETE", &path)).await.status, 204);
        assert_eq!(world.whoami(&token).await.status, 200);
        world.stop().await;
    }
}

on_both! {
    async fn a_replacement_adds_to_what_is_there(dsn: String) {
        let world = World::with(&dsn, second_factors()).await;
        let id = made(&world, "ada@example.org", &everything()).await;
        let more = json!({
            "oidc": {"config": {"providers": [{"subject": "S-2", "provider": "google", "use_auto_link": true}]}},
            "lookup_secret": {"config": {"codes": [{"code": "eeeeffff"}]}},
            "passkey": {"config": {"credentials": [key("a2V5LTM=", true), key("a2V5LTI=", true)]}},
        });
        let mut put = person_of("ada@example.org", &more);
        put["state"] = json!("active");
        put["nobody_knows"] = json!("is ignored here");
        assert_eq!(world.call("PUT", &format!("/admin/identities/{id}"), &put).await.status, 200);
        let shown = world.get(&format!("/admin/identities/{id}?{ALL}")).await.body["credentials"].clone();
        assert_eq!(shown["oidc"]["identifiers"], json!(["github:7", "google:S-1", "google:S-2"]));
        assert_eq!(shown["oidc"]["config"]["providers"][2]["use_auto_link"], true);
        assert_eq!(shown["lookup_secret"]["config"]["recovery_codes"].as_array().unwrap().len(), 3);
        assert_eq!(shown["passkey"]["config"]["credentials"].as_array().unwrap().len(), 2);
        assert_eq!(shown["passkey"]["config"]["user_handle"], "aGFuZGxl");
        assert_eq!(shown["totp"]["config"]["totp_url"], TOTP_URL, "what is not named stays");
        world.sign_in("ada@example.org").await;
        world.stop().await;
    }
}

on_both! {
    async fn a_patch_reaches_into_credentials(dsn: String) {
        let world = World::with(&dsn, second_factors()).await;
        let id = made(&world, "ada@example.org", &everything()).await;
        let path = format!("/admin/identities/{id}");
        let other = "otpauth://totp/Portico:ada?secret=GEZDGNBVGY3TQOJQ";
        let patch = json!([
            {"op": "test", "path": "/credentials/totp/config/totp_url", "value": TOTP_URL},
            {"op": "replace", "path": "/credentials/totp/config/totp_url", "value": other},
            {"op": "remove", "path": "/credentials/lookup_secret"},
            {"op": "replace", "path": "/credentials/webauthn/config/credentials/0/display_name", "value": "blue"},
        ]);
        assert_eq!(world.call("PATCH", &path, &patch).await.status, 200);
        let shown = world.get(&format!("{path}?{ALL}")).await.body["credentials"].clone();
        assert_eq!(shown["totp"]["config"]["totp_url"], other);
        assert!(shown.get("lookup_secret").is_none());
        assert_eq!(shown["webauthn"]["config"]["credentials"][0]["display_name"], "blue");
        let add = json!([{"op": "add", "path": "/credentials/lookup_secret",
            "value": {"type": "lookup_secret", "config": {"recovery_codes": [{"code": "gggghhhh"}]}}}]);
        assert_eq!(world.call("PATCH", &path, &add).await.status, 200);
        for (op, at, value) in [
            ("remove", "/credentials/oidc", json!(null)),
            ("replace", "/credentials/oidc/config/providers/0/subject", json!("other")),
            ("replace", "/credentials/saml/config", json!({})),
            ("replace", "/credentials/totp/type", json!("password")),
            ("replace", "/credentials/totp/config/totp_url", json!("https://example.org")),
            ("add", "/credentials/carrier_pigeon", json!({"type": "carrier_pigeon", "config": {}})),
            ("replace", "/credentials/code/config", json!({"addresses": []})),
        ] {
            let answer = world.call("PATCH", &path, &json!([{"op": op, "path": at, "value": value}])).await;
            assert_eq!(answer.status, 400, "{at}: {answer:?}");
        }
        world.stop().await;
    }
}

on_both! {
    async fn nobody_loses_the_last_way_in(dsn: String) {
        let world = World::start(&dsn).await;
        let id = made(&world, "ada@example.org", &json!({"password": everything()["password"]})).await;
        let delete = |kind: &str| {
            let request = world.admin("DELETE", &format!("/admin/identities/{id}/credentials/{kind}"));
            async move { send(request).await }
        };
        let last = delete("password").await;
        assert!(last.status == 400 && last.reason().contains("last"), "{last:?}");
        for (kind, status) in [("totp", 404), ("passkey", 404), ("oidc?identifier=a:b", 404), ("hat", 404)] {
            let answer = delete(kind).await;
            assert_eq!(answer.status, status, "{kind}: {answer:?}");
        }
        world.sign_in("ada@example.org").await;
        let nobody = "/admin/identities/00000000-0000-4000-8000-000000000000/credentials/totp";
        assert_eq!(send(world.admin("DELETE", nobody)).await.status, 404);
        world.stop().await;
    }
}

on_both! {
    async fn imports_that_cannot_work_are_refused(dsn: String) {
        let world = World::start(&dsn).await;
        for (kind, config, named) in [
            ("password", json!({}), "password"),
            ("oidc", json!({"providers": [{"subject": "s"}]}), "providers.0.provider"),
            ("oidc", json!({"providers": [{"subject": "s", "provider": "p", "colour": "red"}]}), "credentials.oidc.config.providers.0.colour"),
            ("oidc", json!({}), "providers"),
            ("totp", json!({"totp_url": "otpauth://hotp/x?secret=JBSWY3DPEHPK3PXP"}), "totp_url"),
            ("totp", json!({"totp_url": "otpauth://totp/x?secret=1!"}), "totp_url"),
            ("lookup_secret", json!({"codes": [{"code": " "}]}), "lookup_secret"),
            ("webauthn", json!({"credentials": [{"public_key": "cHVibGlj"}]}), "credentials.0.id"),
            ("passkey", json!({"credentials": [key("a2V5", true)]}), "user_handle"),
            ("passkey", json!({"credentials": [key("a2V5", true)], "user_handle": "//8="}), "user_handle"),
            ("passkey", json!({"credentials": [], "user_handle": "aGFuZGxl"}), "credentials.passkey.config.credentials"),
            ("passkey", json!({"credentials": [key("not base64", true)], "user_handle": "aGFuZGxl"}), "credentials.0.id"),
        ] {
            let answer = world.call("POST", "/admin/identities", &person_of("eva@example.org", &json!({kind: {"config": config}}))).await;
            assert!(answer.status == 400 && answer.reason().contains(named), "{kind} {config}: {answer:?}");
        }
        assert_eq!(world.get("/admin/identities").await.body, json!([]));
        world.stop().await;
    }
}
