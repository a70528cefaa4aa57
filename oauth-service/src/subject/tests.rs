use std::sync::Arc;

use serde_json::{Value, json};
use shared_types::{entropy::SystemEntropy, testing::TestClock};

use super::*;
use crate::{
    app::{App, Seams},
    client::{Registration, create},
    config::Config,
    model::client::Client,
};

async fn start(types: Value) -> Cx {
    let subjects = json!({"supported_types": types, "pairwise": {"salt": "salt-of-the-tests"}});
    let config = json!({"dsn": "memory", "dev": true, "oidc": {"subject_identifiers": subjects}});
    let seams = Seams { clock: Arc::new(TestClock::default()), entropy: Arc::new(SystemEntropy) };
    let app = App::build(Config::from_value(config).unwrap(), seams).await.unwrap();
    Cx::begin(&app.into_env(), Arc::from("test"))
}

async fn client(cx: &Cx, metadata: Value) -> Client {
    create(cx, Registration::parse(metadata).unwrap()).await.unwrap().client
}

#[tokio::test]
async fn a_public_subject_is_the_real_one() {
    let cx = start(json!(["public", "pairwise"])).await;
    let plain = client(&cx, json!({})).await;
    assert_eq!(shown(&cx, &plain, "ann", None).unwrap(), "ann");
    assert_eq!(shown(&cx, &plain, "ann", Some("forced")).unwrap(), "ann");
}

/// `printf shop.testannsalt-of-the-tests | sha256sum`
#[tokio::test]
async fn a_pairwise_subject_is_the_hash_of_sector_subject_and_salt() {
    let cx = start(json!(["public", "pairwise"])).await;
    let metadata = |host: &str| json!({"subject_type": "pairwise", "redirect_uris": [format!("https://{host}/cb")]});
    let (one, same, other) = (
        client(&cx, metadata("shop.test")).await,
        client(&cx, metadata("shop.test")).await,
        client(&cx, metadata("other.test")).await,
    );
    let known = shown(&cx, &one, "ann", None).unwrap();
    let text = "shop.testannsalt-of-the-tests";
    assert_eq!(known, Digest::from_slice(&sha256(text.as_bytes())).unwrap().hex());
    assert_eq!(shown(&cx, &same, "ann", None).unwrap(), known);
    assert_ne!(shown(&cx, &other, "ann", None).unwrap(), known);
    assert_eq!(shown(&cx, &one, "ann", Some("forced")).unwrap(), "forced");
}

#[tokio::test]
async fn a_sector_that_cannot_be_named_is_an_error() {
    let cx = start(json!(["pairwise"])).await;
    for uris in [json!([]), json!(["https://a.test/cb", "https://b.test/cb"]), json!(["com.app:/cb"])] {
        let client = client(&cx, json!({"redirect_uris": uris})).await;
        assert_eq!(client.subject_type, "pairwise");
        assert_eq!(shown(&cx, &client, "ann", None).unwrap_err().code, OAuthCode::InvalidRequest);
    }
}
