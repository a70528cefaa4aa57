//! The configuration follows its files while the service runs.

use std::{path::Path, sync::Arc, time::Duration};

use identity_service::{
    app::{App, Running, Seams, Source},
    config::Config,
};
use serde_json::{Value, json};
use shared_types::{on_both, testing::TestClock};

use crate::world::{base, client, merge, program};

const KEY: &str = crate::world::KEY;

/// A service that follows a file.
async fn start(file: &Path) -> Running {
    let files = vec![file.to_owned()];
    let named = files.clone();
    let read = move || Config::load(&named, std::iter::empty());
    let seams = Seams { clock: Arc::new(TestClock::default()), program: program(), ..Seams::default() };
    let mut running = App::build(read().unwrap(), seams).await.unwrap().start().await.unwrap();
    running.follow(Source { files, read: Box::new(read) });
    running
}

async fn fingerprint(running: &Running) -> String {
    let url = running.admin_url.join("health/config").unwrap();
    client().get(url).bearer_auth(KEY).send().await.unwrap().text().await.unwrap()
}

/// Writes the file, and waits until the service has another configuration.
async fn change(running: &Running, file: &Path, config: &Value) {
    let before = fingerprint(running).await;
    std::fs::write(file, config.to_string()).unwrap();
    for _ in 0..200 {
        if fingerprint(running).await != before {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the configuration is still the old one");
}

async fn status(running: &Running, path: &str) -> u16 {
    let url = running.public_url.join(path).unwrap();
    client().get(url).header("accept", "application/json").send().await.unwrap().status().as_u16()
}

on_both! {
    async fn what_is_changed_in_the_file_counts_at_once(dsn: String) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kratos.yml");
        let mut config = base(&dsn);
        std::fs::write(&file, config.to_string()).unwrap();
        let running = start(&file).await;
        assert_eq!(status(&running, "self-service/registration/browser").await, 200);
        merge(&mut config, &json!({"selfservice": {"flows": {"registration": {"enabled": false}}}}));
        change(&running, &file, &config).await;
        assert_eq!(status(&running, "self-service/registration/browser").await, 400);
        merge(&mut config, &json!({"revision": "the third"}));
        change(&running, &file, &config).await;
        assert_eq!(fingerprint(&running).await, "the third");
        // A session of before still counts, because the secrets are the same; another CORS counts at once.
        merge(&mut config, &json!({"revision": "the fourth", "serve": {"public": {"cors": {"enabled": true,
            "allowed_origins": ["https://app.example.org"]}}}}));
        change(&running, &file, &config).await;
        let url = running.public_url.join("health/alive").unwrap();
        let response = client().get(url).header("origin", "https://app.example.org").send().await.unwrap();
        assert_eq!(response.headers()["access-control-allow-origin"], "https://app.example.org");
        running.stop().await;
    }
}

on_both! {
    async fn a_file_that_cannot_be_used_changes_nothing(dsn: String) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kratos.yml");
        let mut config = base(&dsn);
        std::fs::write(&file, config.to_string()).unwrap();
        let running = start(&file).await;
        let before = fingerprint(&running).await;
        std::fs::write(&file, "selfservice: {no_such_key: 1}").unwrap();
        // Long enough for several looks at the file, each of which refuses it.
        tokio::time::sleep(Duration::from_millis(2500)).await;
        assert_eq!(fingerprint(&running).await, before);
        assert_eq!(status(&running, "self-service/registration/browser").await, 200);
        merge(&mut config, &json!({"revision": "good again"}));
        change(&running, &file, &config).await;
        running.stop().await;
    }
}
