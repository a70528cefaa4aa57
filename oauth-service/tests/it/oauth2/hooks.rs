//! The token hook and the refresh hook: what they are told, and what their answers do.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use shared_types::on_both;

use super::auth::world::{World, consent, login, request};

/// An identity provider that answers as it is told and remembers what it heard.
#[derive(Clone)]
pub(super) struct Provider {
    url: String,
    answer: Arc<Mutex<(u16, String)>>,
    heard: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Provider {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let provider =
            Self { url, answer: Arc::new(Mutex::new((204, String::new()))), heard: Arc::new(Mutex::new(Vec::new())) };
        let server = provider.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                server.serve(stream);
            }
        });
        provider
    }

    fn serve(&self, mut stream: TcpStream) {
        let mut bytes = Vec::new();
        let (head, body) = loop {
            let mut buffer = [0; 4_096];
            let length = stream.read(&mut buffer).unwrap();
            if length == 0 {
                return;
            }
            bytes.extend_from_slice(&buffer[..length]);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let head = head.to_lowercase();
            let wanted: usize = head.split("content-length: ").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
            if body.len() >= wanted {
                break (head, body.to_owned());
            }
        };
        self.heard.lock().unwrap().push((head, serde_json::from_str(&body).unwrap()));
        let (status, answer) = self.answer.lock().unwrap().clone();
        let length = if status == 204 { String::new() } else { format!("content-length: {}\r\n", answer.len()) };
        let reply = format!("HTTP/1.1 {status} Told\r\nconnection: close\r\n{length}\r\n{answer}");
        stream.write_all(reply.as_bytes()).unwrap();
    }

    pub(super) fn answers(&self, status: u16, body: impl Into<String>) {
        *self.answer.lock().unwrap() = (status, body.into());
    }

    fn heard(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.heard.lock().unwrap())
    }

    /// As the configuration names it.
    pub(super) fn hook(&self, place: &str) -> Value {
        let auth = json!({ "in": place, "name": "X-Key", "value": "the-key" });
        json!({ "url": self.url, "auth": { "type": "api_key", "config": auth } })
    }
}

pub(super) fn role(role: &str) -> String {
    json!({ "session": { "access_token": { "role": role }, "id_token": { "role": role } } }).to_string()
}

fn claims(tokens: &Value) -> Value {
    let token = tokens["id_token"].as_str().unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

/// Logs in at a server that asks this hook, and returns it with the code.
async fn authorized(dsn: &str, name: &str, hook: Value) -> (World, String) {
    let mut hooks = serde_json::Map::new();
    hooks.insert(name.to_owned(), hook);
    let world = World::with(dsn, json!({ "oauth2": hooks })).await;
    world.client("shop", json!({})).await;
    let reply = world.browser().authorize(&request(&[]), login("ann", true), consent(false)).await;
    let code = reply.sent("code").unwrap();
    (world, code)
}

on_both!(
    async fn a_token_hook_replaces_the_claims(dsn: String) {
        let provider = Provider::start();
        provider.answers(200, role("admin"));
        let (world, code) = authorized(&dsn, "token_hook", provider.hook("header")).await;
        let tokens = world.redeem("shop", &code).await;
        assert_eq!(claims(&tokens)["role"], "admin");
        let access = world.introspect(tokens["access_token"].as_str().unwrap()).await;
        assert_eq!(access["ext"], json!({ "role": "admin" }));
        let heard = provider.heard();
        let (head, body) = heard.first().unwrap();
        assert!(head.starts_with("post /hook ") && head.contains("x-key: the-key"), "{head}");
        assert_eq!(body["request"]["client_id"], "shop");
        assert_eq!(body["request"]["grant_types"], json!(["authorization_code"]));
        assert_eq!(body["request"]["granted_scopes"], json!(["openid", "offline", "photos.read"]));
        assert_eq!(body["session"]["id_token"]["subject"], "ann");
        assert!(!body.to_string().contains(&code), "the code left the server");
    }
);

on_both!(
    async fn a_refresh_hook_sees_refreshes_alone_and_can_refuse_them(dsn: String) {
        let provider = Provider::start();
        let (world, code) = authorized(&dsn, "refresh_token_hook", provider.hook("cookie")).await;
        let first = world.redeem("shop", &code).await;
        assert!(provider.heard().is_empty());
        // 204: the claims stay.
        let second = world.refresh("shop", first["refresh_token"].as_str().unwrap()).await;
        assert_eq!(claims(&second.json())["role"], "buyer");
        let heard = provider.heard();
        let (head, body) = heard.first().unwrap();
        assert!(head.contains("cookie: x-key=the-key"), "{head}");
        assert_eq!((&body["subject"], &body["client_id"]), (&json!("ann"), &json!("shop")));
        // 200: they are replaced, and the next refresh starts from them.
        provider.answers(200, role("owner"));
        let third = world.refresh("shop", second.json()["refresh_token"].as_str().unwrap()).await;
        assert_eq!(claims(&third.json())["role"], "owner");
        // 403: no.
        provider.answers(403, "");
        let token = third.json()["refresh_token"].as_str().unwrap().to_owned();
        let refused = world.refresh("shop", &token).await;
        assert_eq!((refused.status, refused.json()["error"].as_str()), (403, Some("access_denied")));
    }
);

on_both!(
    async fn a_broken_hook_is_asked_three_times_and_then_no_token_is_issued(dsn: String) {
        let provider = Provider::start();
        provider.answers(503, "busy");
        let (world, code) = authorized(&dsn, "token_hook", provider.hook("header")).await;
        let reply = world.exchange("shop", &code).await;
        assert_eq!((reply.status, reply.json()["error"].as_str()), (500, Some("server_error")), "{reply:?}");
        assert_eq!(provider.heard().len(), 3);
        assert!(!reply.body.contains("busy"));
        for answer in ["", "no json", "[]"] {
            provider.answers(200, answer);
            let code = again(&world).await;
            assert_eq!(world.exchange("shop", &code).await.status, 500, "{answer}");
        }
        provider.answers(302, "");
        let code = again(&world).await;
        assert_eq!(world.exchange("shop", &code).await.status, 500);
    }
);

/// Another code.
async fn again(world: &World) -> String {
    let reply = world.browser().authorize(&request(&[]), login("ann", true), consent(false)).await;
    reply.sent("code").unwrap()
}

/// A world with a hook and an opaque access token of ann's.
async fn introspected(dsn: &str, provider: &Provider, rules: Value) -> (World, String) {
    let config = json!({ "refresh_token_hook": provider.hook("header"), "introspection": rules });
    let world = World::with(dsn, json!({ "oauth2": config })).await;
    world.client("shop", json!({})).await;
    let tokens = world.redeem("shop", &again(&world).await).await;
    (world, tokens["access_token"].as_str().unwrap().to_owned())
}

on_both!(
    async fn introspection_reports_claims_as_they_are_now(dsn: String) {
        let provider = Provider::start();
        let (world, token) = introspected(&dsn, &provider, json!({})).await;
        // 204: those it was issued with.
        assert_eq!(world.introspect(&token).await["ext"], json!({ "role": "buyer" }));
        let heard = provider.heard();
        let (_, body) = heard.first().unwrap();
        assert_eq!(
            (&body["subject"], &body["granted_scopes"]),
            (&json!("ann"), &json!(["openid", "offline", "photos.read"]))
        );
        // Within a second the answer stands; then the new one is known.
        provider.answers(200, role("owner"));
        assert_eq!(world.introspect(&token).await["ext"], json!({ "role": "buyer" }));
        assert!(provider.heard().is_empty());
        world.clock.advance(chrono::Duration::seconds(1));
        assert_eq!(world.introspect(&token).await["ext"], json!({ "role": "owner" }));
        // Many at a time are one question.
        world.clock.advance(chrono::Duration::seconds(1));
        provider.heard();
        let asked = futures_util::future::join_all((0..20).map(|_| world.introspect(&token))).await;
        assert!(asked.iter().all(|answer| answer["ext"]["role"] == "owner"));
        assert_eq!(provider.heard().len(), 1);
        // 403: nothing would be issued any more, so the token is worth nothing.
        provider.answers(403, "");
        world.clock.advance(chrono::Duration::seconds(1));
        assert_eq!(world.introspect(&token).await, json!({ "active": false }));
    }
);

on_both!(
    async fn claims_nobody_confirms_are_not_reported(dsn: String) {
        let provider = Provider::start();
        let (world, token) = introspected(&dsn, &provider, json!({ "claims_max_age": "0s" })).await;
        provider.answers(500, "broken");
        let answer = world.introspect(&token).await;
        assert_eq!(answer["error"], "temporarily_unavailable", "{answer}");
        // Asked once: who introspects can ask again.
        assert_eq!(provider.heard().len(), 1);
        provider.answers(200, role("owner"));
        assert_eq!(world.introspect(&token).await["ext"], json!({ "role": "owner" }));
        assert_eq!(world.introspect(&token).await["ext"], json!({ "role": "owner" }));
        assert_eq!(provider.heard().len(), 2);
    }
);

on_both!(
    async fn stored_claims_are_reported_where_that_is_chosen(dsn: String) {
        let provider = Provider::start();
        let (world, token) = introspected(&dsn, &provider, json!({ "claims": "stored" })).await;
        provider.answers(200, role("owner"));
        assert_eq!(world.introspect(&token).await["ext"], json!({ "role": "buyer" }));
        assert!(provider.heard().is_empty());
    }
);
