//! Starting: a stale schema, a busy port, a database that is not there.

use std::sync::Arc;

use identity_service::{
    app::{App, Seams},
    config::Config,
};
use serde_json::json;
use shared_types::{on_both, testing::TestClock};

use crate::world::{World, base, merge};

fn seams() -> Seams {
    Seams { clock: Arc::new(TestClock::default()), ..Seams::default() }
}

on_both! {
    async fn a_stale_schema_is_one_clear_line(dsn: String) {
        let mut config = base(&dsn);
        merge(&mut config, &json!({"auto_migrate": false}));
        let refused = App::build(Config::from_value(config.clone()).unwrap(), seams()).await.unwrap_err();
        assert!(refused.to_string().contains("migrate sql"), "{refused}");
        World::start(&dsn).await.stop().await;
        assert!(App::build(Config::from_value(config).unwrap(), seams()).await.is_ok());
    }
}

on_both! {
    async fn a_busy_port_is_one_clear_line(dsn: String) {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut config = base(&dsn);
        merge(&mut config, &json!({"serve": {"admin": {"port": taken.local_addr().unwrap().port()}}}));
        let app = App::build(Config::from_value(config).unwrap(), seams()).await.unwrap();
        let refused = app.start().await.unwrap_err();
        assert!(refused.to_string().contains("already in use"), "{refused}");
    }
}

#[tokio::test]
async fn a_database_that_is_not_there_is_one_clear_line() {
    let config = Config::from_value(base("sqlite:///no/such/folder/db.sqlite")).unwrap();
    let refused = App::build(config, seams()).await.unwrap_err();
    assert!(format!("{refused:#}").contains("database"), "{refused:#}");
}

#[tokio::test]
async fn a_schema_that_cannot_be_used_is_named() {
    let mut config = base("memory");
    merge(
        &mut config,
        &json!({"identity": {"default_schema_id": "x", "schemas": [{"id": "x", "url": "file:///no/such/file"}]}}),
    );
    let refused = App::build(Config::from_value(config).unwrap(), seams()).await.unwrap_err();
    assert!(refused.to_string().contains("\"x\""), "{refused}");
}
