//! The configuration follows its file while the service runs.

use std::{path::Path, sync::Arc, time::Duration};

use oauth_service::{
    app::{App, Running, Seams, Source},
    config::Config,
};
use serde_json::{Value, json};
use shared_types::{entropy::SystemEntropy, on_both, testing::TestClock};

fn base(dsn: &str) -> Value {
    json!({
        "dsn": dsn, "auto_migrate": true, "dev": true, "secrets": {"system": ["a secret of the tests alone"]},
        "serve": {"public": {"host": "127.0.0.1", "port": 0}, "admin": {"host": "127.0.0.1", "port": 0}},
        "webfinger": {"oidc_discovery": {"supported_claims": ["first"]}},
    })
}

/// A service that follows a file.
async fn start(file: &Path) -> Running {
    let files = vec![file.to_owned()];
    let named = files.clone();
    let read = move || Config::load(&named, std::iter::empty()).map(|(config, _)| config);
    let seams = Seams { clock: Arc::new(TestClock::default()), entropy: Arc::new(SystemEntropy) };
    let mut running = App::build(read().unwrap(), seams).await.unwrap().start().await.unwrap();
    running.follow(Source { files, read: Box::new(read) });
    running
}

#[expect(clippy::disallowed_methods, reason = "the test's own client")]
async fn discovery(running: &Running) -> Value {
    let url = running.public_url.join("/.well-known/openid-configuration").unwrap();
    let text = reqwest::Client::new().get(url).send().await.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Writes the file, and waits until the service says this claim.
async fn change(running: &Running, file: &Path, config: &mut Value, claim: &str) {
    config["webfinger"]["oidc_discovery"]["supported_claims"] = json!([claim]);
    std::fs::write(file, config.to_string()).unwrap();
    for _ in 0..200 {
        if discovery(running).await["claims_supported"][1] == claim {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the configuration is still the old one");
}

on_both! {
    async fn what_is_changed_in_the_file_counts_at_once(dsn: String) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hydra.yml");
        let mut config = base(&dsn);
        std::fs::write(&file, config.to_string()).unwrap();
        let running = start(&file).await;
        let before = discovery(&running).await;
        assert!(before.get("registration_endpoint").is_none());
        config["oidc"] = json!({"dynamic_client_registration": {"enabled": true}});
        change(&running, &file, &mut config, "second").await;
        let after = discovery(&running).await;
        assert_eq!(after["registration_endpoint"], format!("{}oauth2/register", running.public_url));
        assert_eq!(after["issuer"], before["issuer"], "the bound port stays in it");

        // What cannot be used changes nothing, and neither does what counts from the next start on.
        std::fs::write(&file, "ttl: 5").unwrap();
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert_eq!(discovery(&running).await, after);
        config["secrets"] = json!({"system": ["another secret of the tests"]});
        change(&running, &file, &mut config, "third").await;
        let keys = running.admin_url.join("/admin/keys/hydra.openid.id-token").unwrap();
        #[expect(clippy::disallowed_methods, reason = "the test's own client")]
        let reply = reqwest::Client::new().get(keys).send().await.unwrap();
        assert_eq!(reply.status(), 200, "keys still open");
        running.stop().await;
    }
}
