use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use shared_types::{id::IdentityId, on_both, time::GoDuration};

use super::{Phones, run};
use crate::{
    app::{App, Cx, Env, Seams},
    config::Config,
    identity::create::{self, CreateError, NewIdentity},
    model::{credential::CredentialType, traits::Traits},
    store::{
        self,
        phones::{self, Place},
    },
};

async fn env(dsn: &str) -> Arc<Env> {
    let phone = json!({"type": "string", "format": "tel", "ory.sh/kratos": {
        "credentials": {"code": {"identifier": true, "via": "sms"}, "password": {"identifier": true}},
        "verification": {"via": "sms"}, "recovery": {"via": "sms"}}});
    let schema =
        json!({"type": "object", "properties": {"traits": {"type": "object", "properties": {"phone": phone}}}});
    let config = json!({
        "dsn": dsn, "auto_migrate": true, "dev": true, "secrets": {"default": ["a secret of the tests, long enough"]},
        "identity": {"default_schema_id": "default",
            "schemas": [{"id": "default", "url": format!("base64://{}", STANDARD.encode(schema.to_string()))}]},
    });
    App::build(Config::from_value(config).unwrap(), Seams::default()).await.unwrap().into_env()
}

async fn person(cx: &Cx, phone: &str) -> IdentityId {
    let traits = Traits::from_value(json!({ "phone": phone })).unwrap();
    let prepared = create::prepare(cx, NewIdentity::registered("default".to_owned(), traits, Vec::new())).unwrap();
    let id = prepared.identity.id;
    cx.db.write(move |conn| create::insert(conn, &prepared)).await.map_err(|error: CreateError| error).unwrap();
    id
}

fn command(dsn: &str, dry_run: bool) -> Phones {
    let dsn = Some(dsn.to_owned());
    Phones { dsn, read_from_env: false, batch_size: 1, dry_run, batch_delay: GoDuration::default() }
}

on_both! {
    async fn numbers_of_old_get_their_right_form(dsn: String) {
        let env = env(&dsn).await;
        let cx = Cx::begin(&env, Arc::from("test"));
        let (first, second) = (person(&cx, "+4915112345678").await, person(&cx, "+4915187654321").await);
        let age = |conn: &mut shared_types::db::AnyConn| {
            for place in Place::ALL {
                assert!(phones::rename(conn, place, "+4915112345678", "+49 151 12345678")?);
            }
            // Somebody else took the right form of this one meanwhile.
            phones::rename(conn, Place::Recovery, "+4915187654321", "+49 (151) 12345678")
        };
        assert!(cx.db.write(age).await.unwrap());
        run(&[], &command(&dsn, true)).await.unwrap();
        let stored = cx.db.read(move |conn| store::identities::get(conn, first)).await.unwrap().unwrap();
        assert_eq!(stored.verifiable_addresses[0].value, "+49 151 12345678", "a rehearsal changes nothing");

        run(&[], &command(&dsn, false)).await.unwrap();
        let stored = cx.db.read(move |conn| store::identities::get(conn, first)).await.unwrap().unwrap();
        assert_eq!(stored.verifiable_addresses[0].value, "+4915112345678");
        let credentials = cx.db.read(move |conn| store::credentials::of_identity(conn, first)).await.unwrap();
        let code = credentials.iter().find(|known| known.kind == CredentialType::Code).unwrap();
        assert_eq!(code.identifiers, ["+4915112345678"]);
        assert_eq!(code.config["addresses"][0]["address"], "+4915112345678");
        let number = |id| async move {
            let identity = cx.db.read(move |conn| store::identities::get(conn, id)).await.unwrap().unwrap();
            identity.recovery_addresses[0].value.clone()
        };
        // Both were the same number in two spellings: one has it now, the other keeps its spelling.
        let mut numbers = [number.clone()(first).await, number(second).await];
        numbers.sort();
        assert_eq!(numbers[1], "+4915112345678");
        assert!(numbers[0].starts_with("+49 "), "{numbers:?}");
    }
}
