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

/// What a socket answers to a request for a path.
async fn over(socket: &std::path::Path, path: &str) -> String {
    use std::io::{Read as _, Write as _};
    let (socket, path) = (socket.to_owned(), path.to_owned());
    let asked = tokio::task::spawn_blocking(move || {
        let mut stream = std::os::unix::net::UnixStream::connect(socket).unwrap();
        let head = "host: localhost\r\nx-forwarded-for: 198.51.100.7\r\nconnection: close";
        write!(stream, "GET {path} HTTP/1.1\r\n{head}\r\nauthorization: Bearer {}\r\n\r\n", crate::world::KEY).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    asked.await.unwrap()
}

on_both! {
    async fn it_listens_on_unix_sockets(dsn: String) {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (public, admin) = (folder.path().join("public.sock"), folder.path().join("admin.sock"));
        let mut config = base(&dsn);
        merge(&mut config, &json!({"serve": {
            "public": {"host": format!("unix:{}", public.display()), "base_url": "https://id.example.org/"},
            "admin": {"host": format!("unix:{}", admin.display()), "socket": {"mode": 0o600}},
        }}));
        let app = App::build(Config::from_value(config.clone()).unwrap(), seams()).await.unwrap();
        let running = app.start().await.unwrap();
        assert!(over(&public, "/health/ready").await.starts_with("HTTP/1.1 200"));
        assert!(over(&admin, "/admin/identities").await.starts_with("HTTP/1.1 200"));
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&public), mode(&admin)), (0o755, 0o600));
        let second = App::build(Config::from_value(config).unwrap(), seams()).await.unwrap();
        let refused = second.start().await.unwrap_err();
        assert!(refused.to_string().contains("somebody else listens there"), "{refused}");
        assert!(over(&public, "/health/ready").await.starts_with("HTTP/1.1 200"));
        running.stop().await;
        assert!(!public.exists() && !admin.exists());
    }
}

#[test]
fn a_socket_has_a_whole_path_and_no_tls() {
    let mut config = base("memory");
    merge(
        &mut config,
        &json!({"serve": {"public": {
            "host": "unix:run/x.sock", "tls": {"key": {"path": "k"}, "cert": {"path": "c"}}, "socket": {"mode": 512},
        }}}),
    );
    let refused = Config::from_value(config).unwrap_err().to_string();
    for told in ["serve.public.host", "serve.public.tls", "serve.public.socket.mode"] {
        assert!(refused.contains(told), "{told}: {refused}");
    }
}
