//! What stands before every handler: keys of the admin API, paths, CORS, health, figures, the end of a server.

use std::{
    io::{Read as _, Write as _},
    os::unix::{fs::PermissionsExt as _, net::UnixStream},
    path::Path,
};

use reqwest::Method;
use serde_json::json;
use shared_types::on_both;

use crate::oauth2::auth::world::{World, read};

on_both! {
    async fn the_admin_api_asks_for_its_key(dsn: String) {
        let keys = json!({"serve": {"admin": {"api_keys": ["first-key-of-the-tests", "second-key-of-the-tests"]}}});
        let world = World::with(&dsn, keys).await;
        let get = |path: &str| world.operator(Method::GET, path);
        for path in ["/admin/clients", "/clients", "/admin/version", "/admin/metrics/prometheus", "/nowhere"] {
            let reply = read(get(path)).await;
            assert_eq!((reply.status, reply.json()["error"].as_str().unwrap()), (401, "request_unauthorized"), "{path}");
            assert_eq!(read(get(path).bearer_auth("wrong-key-of-the-tests")).await.status, 401, "{path}");
        }
        for key in ["first-key-of-the-tests", "second-key-of-the-tests"] {
            assert_eq!(read(get("/admin/clients").bearer_auth(key)).await.status, 200);
        }
        for path in ["/health/alive", "/health/ready", "/admin/health/ready"] {
            assert_eq!(read(get(path)).await.status, 200, "{path}");
        }
    }
}

on_both! {
    async fn the_admin_prefix_and_one_slash_may_be_left_out_or_added(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        for path in ["/clients/shop", "/admin/clients/shop", "/clients/shop/", "/admin/clients?client_name=shop", "/clients/?client_name=shop", "/version", "/health/alive"] {
            assert_eq!(read(world.operator(Method::GET, path)).await.status, 200, "{path}");
        }
        assert_eq!(read(world.operator(Method::GET, "/administrators")).await.status, 404);
        assert_eq!(read(world.public(Method::GET, "/health/alive/")).await.status, 200);
        // The admin API is not reached from outside.
        for path in ["/admin/clients", "/clients", "/admin/oauth2/introspect", "/metrics/prometheus"] {
            assert_eq!(read(world.public(Method::GET, path)).await.status, 404, "{path}");
        }
    }
}

on_both! {
    async fn a_web_page_may_not_write_to_an_open_admin_api(dsn: String) {
        let world = World::start(&dsn).await;
        let post = || world.operator(Method::POST, "/clients").header("content-type", "text/plain").body("{}");
        assert_eq!(read(post().header("origin", "https://evil.test")).await.status, 403);
        assert_eq!(read(post()).await.status, 201);
    }
}

on_both! {
    async fn an_unknown_url_is_answered_as_the_caller_reads_best(dsn: String) {
        let world = World::start(&dsn).await;
        for (accept, kind) in [("application/json", "application/json"), ("text/html", "text/html"), ("text/plain", "text/plain")] {
            let reply = read(world.public(Method::GET, "/nowhere").header("accept", accept)).await;
            assert_eq!(reply.status, 404);
            assert!(reply.header("content-type").starts_with(kind), "{reply:?}");
        }
    }
}

on_both! {
    async fn health_version_and_figures(dsn: String) {
        let world = World::start(&dsn).await;
        for reply in [read(world.public(Method::GET, "/health/ready")).await, read(world.operator(Method::GET, "/health/ready")).await] {
            assert_eq!((reply.status, reply.json()), (200, json!({"status": "ok"})));
            assert_eq!(reply.header("cache-control"), "private, no-cache, no-store, must-revalidate");
            assert!(!reply.header("x-request-id").is_empty());
        }
        let version = read(world.operator(Method::GET, "/version")).await;
        assert_eq!(version.json(), json!({"version": env!("CARGO_PKG_VERSION")}));
        let figures = read(world.operator(Method::GET, "/metrics/prometheus")).await;
        assert!(figures.body.contains("http_requests_total"), "{}", figures.body);
        assert!(figures.body.contains("endpoint=\"/health/ready\""), "{}", figures.body);
    }
}

on_both! {
    async fn the_caller_s_request_id_comes_back(dsn: String) {
        let world = World::start(&dsn).await;
        let reply = read(world.public(Method::GET, "/health/alive").header("x-request-id", "abc-123")).await;
        assert_eq!(reply.header("x-request-id"), "abc-123");
    }
}

on_both! {
    async fn scripts_are_let_in_by_configuration_or_by_their_client(dsn: String) {
        let world = World::with(&dsn, json!({"serve": {"public": {"cors": {"enabled": true, "allowed_origins": ["https://*.known.test"]}}}})).await;
        world.client("spa", json!({"allowed_cors_origins": ["https://spa.test"], "grant_types": ["authorization_code"]})).await;
        let token = |origin: &'static str| {
            let form = [("grant_type", "authorization_code"), ("client_id", "spa"), ("code", "x")];
            read(world.public(Method::POST, "/oauth2/token").header("origin", origin).form(&form))
        };
        for (origin, allowed) in [("https://spa.test", true), ("https://a.known.test", true), ("https://a.b.known.test", false), ("https://evil.test", false)] {
            let reply = token(origin).await;
            assert_eq!(reply.header("access-control-allow-origin") == origin, allowed, "{origin}: {reply:?}");
            assert!(reply.header("vary").contains("Origin"));
        }
        let unproven = world.public(Method::POST, "/oauth2/token").header("origin", "https://spa.test").basic_auth("spa", Some("x"));
        let reply = read(unproven.form(&[("grant_type", "authorization_code")])).await;
        assert_eq!((reply.status, reply.header("access-control-allow-origin")), (401, "https://spa.test"));
        let preflight = world
            .public(Method::OPTIONS, "/oauth2/token")
            .header("origin", "https://spa.test")
            .header("access-control-request-method", "POST");
        let reply = read(preflight).await;
        assert_eq!((reply.status, reply.header("access-control-allow-origin")), (204, "https://spa.test"));
        assert!(reply.header("access-control-allow-methods").contains("POST"));
        let page = read(world.public(Method::GET, "/oauth2/fallbacks/login").header("origin", "https://a.known.test")).await;
        assert_eq!(page.header("access-control-allow-origin"), "");
    }
}

on_both! {
    async fn a_stopped_server_answers_nobody(dsn: String) {
        let world = World::start(&dsn).await;
        let request = world.public(Method::GET, "/health/alive");
        assert_eq!(request.try_clone().unwrap().send().await.unwrap().status(), 200);
        world.stop().await;
        assert!(request.send().await.is_err());
    }
}

/// A certificate for 127.0.0.1 that signs itself, and its key, as PEM.
fn certificate() -> (String, String) {
    use openssl::{asn1::Asn1Time, ec, hash::MessageDigest, nid::Nid, pkey::PKey, x509};
    let group = ec::EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(ec::EcKey::generate(&group).unwrap()).unwrap();
    let mut name = x509::X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", "127.0.0.1").unwrap();
    let name = name.build();
    let mut cert = x509::X509Builder::new().unwrap();
    cert.set_version(2).unwrap();
    cert.set_subject_name(&name).unwrap();
    cert.set_issuer_name(&name).unwrap();
    cert.set_pubkey(&key).unwrap();
    cert.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    cert.set_not_after(&Asn1Time::days_from_now(1).unwrap()).unwrap();
    cert.sign(&key, MessageDigest::sha256()).unwrap();
    let text = |pem: Vec<u8>| String::from_utf8(pem).unwrap();
    (text(cert.build().to_pem().unwrap()), text(key.private_key_to_pem_pkcs8().unwrap()))
}

#[expect(clippy::disallowed_methods, reason = "a browser of the test's own")]
async fn by_tls(world: &World) -> u16 {
    let http = reqwest::Client::builder().danger_accept_invalid_certs(true).build().unwrap();
    let url = world.public(Method::GET, "/health/alive").build().unwrap().url().clone();
    assert_eq!(url.scheme(), "https");
    http.get(url).send().await.unwrap().status().as_u16()
}

on_both! {
    async fn a_listener_speaks_tls(dsn: String) {
        let (cert, key) = certificate();
        let base64 = |text: &str| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text);
        let inline = json!({"enabled": true, "cert": {"base64": base64(&cert)}, "key": {"base64": base64(&key)}});
        let world = World::with(&dsn, json!({"serve": {"tls": inline}})).await;
        assert_eq!(by_tls(&world).await, 200);
        world.stop().await;
    }
}

on_both! {
    async fn behind_a_proxy_that_takes_tls_off_plain_http_must_come_from_it(dsn: String) {
        let tls = json!({"enabled": true, "allow_termination_from": ["127.0.0.0/8"]});
        let world = World::with(&dsn, json!({"serve": {"public": {"tls": tls}}})).await;
        let jwks = || world.public(Method::GET, "/.well-known/jwks.json");
        assert_eq!(read(jwks().header("x-forwarded-proto", "https")).await.status, 200);
        for request in [jwks(), jwks().header("x-forwarded-proto", "http")] {
            assert_eq!(read(request).await.status, 502);
        }
        assert_eq!(read(world.public(Method::GET, "/health/ready")).await.status, 200);
    }
}

/// What a socket answers to a request for a path.
async fn over(socket: &Path, path: &str) -> String {
    let (socket, path) = (socket.to_owned(), path.to_owned());
    let asked = tokio::task::spawn_blocking(move || {
        let mut stream = UnixStream::connect(socket).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    asked.await.unwrap()
}

on_both! {
    async fn it_listens_on_unix_sockets(dsn: String) {
        let folder = tempfile::tempdir().unwrap();
        let (public, admin) = (folder.path().join("public.sock"), folder.path().join("admin.sock"));
        let world = World::with(&dsn, json!({"serve": {
            "public": {"host": format!("unix:{}", public.display())},
            "admin": {"host": format!("unix:{}", admin.display()), "socket": {"mode": 0o600}},
        }})).await;
        assert!(over(&public, "/.well-known/openid-configuration").await.starts_with("HTTP/1.1 200"));
        assert!(over(&admin, "/admin/clients").await.starts_with("HTTP/1.1 200"));
        assert!(over(&public, "/admin/clients").await.starts_with("HTTP/1.1 404"));
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&public), mode(&admin)), (0o755, 0o600));
        world.stop().await;
        assert!(!public.exists() && !admin.exists());
    }
}
