//! An OAuth2 provider's admin API that says what it is told to and remembers what it was asked.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// Where it sends browsers on.
pub(super) const NEXT: &str = "https://auth.example.org/oauth2/next";

/// Something it was asked to do.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Call {
    /// `consent/accept`.
    pub(super) what: String,
    pub(super) challenge: String,
    pub(super) body: Value,
}

#[derive(Debug, Default)]
struct State {
    consent: Value,
    logout: Value,
    calls: Vec<Call>,
}

pub(super) struct Provider {
    pub(super) url: String,
    state: Arc<Mutex<State>>,
}

impl Provider {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let kept = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&kept)));
            }
        });
        Self { url, state }
    }

    /// Its requests are about this person.
    pub(super) fn about(&self, subject: &str) {
        let mut state = self.state.lock().unwrap();
        let client = json!({
            "client_id": "portal", "client_name": "Partner Portal", "redirect_uris": ["http://127.0.0.1:8099/cb", "app.portal:/cb"],
        });
        state.consent = json!({
            "challenge": "c-1", "skip": false, "subject": subject, "client": client,
            "requested_scope": ["openid", "profile", "email", "stock.read"], "requested_access_token_audience": ["https://api.example.com"],
            "request_url": "http://127.0.0.1:4444/oauth2/auth?client_id=portal&redirect_uri=http%3A%2F%2F127.0.0.1%3A8099%2Fcb",
        });
        state.logout = json!({
            "challenge": "l-1", "subject": subject, "sid": "s-1", "rp_initiated": true, "client": client,
            "request_url": "http://127.0.0.1:4444/oauth2/sessions/logout",
        });
    }

    /// Changes the consent request.
    pub(super) fn consent(&self, change: impl FnOnce(&mut Value)) {
        change(&mut self.state.lock().unwrap().consent);
    }

    /// Changes the logout request.
    pub(super) fn logout(&self, change: impl FnOnce(&mut Value)) {
        change(&mut self.state.lock().unwrap().logout);
    }

    /// What it was asked to do since the last time.
    pub(super) fn calls(&self) -> Vec<Call> {
        std::mem::take(&mut self.state.lock().unwrap().calls)
    }
}

async fn serve(stream: TcpStream, state: Arc<Mutex<State>>) {
    let mut stream = BufReader::new(stream);
    let mut first = String::new();
    stream.read_line(&mut first).await.unwrap();
    let (mut length, mut key) = (0, false);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        let lower = line.trim().to_ascii_lowercase();
        if let Some(text) = lower.strip_prefix("content-length:") {
            length = text.trim().parse().unwrap();
        }
        key |= lower == "authorization: bearer a key of the tests";
        if lower.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    let (status, answer) = if key { answer(&first, &body, &state) } else { (401, Value::Null) };
    let text = answer.to_string();
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        text.len()
    );
    let _ = stream.write_all(format!("{head}{text}").as_bytes()).await;
}

fn answer(first: &str, body: &[u8], state: &Mutex<State>) -> (u16, Value) {
    let target = first.split(' ').nth(1).unwrap();
    let url = url::Url::parse(&format!("http://provider{target}")).unwrap();
    let what = url.path().strip_prefix("/admin/oauth2/auth/requests/").unwrap().to_owned();
    let challenge = url.query_pairs().find(|(name, _)| name.ends_with("_challenge")).unwrap().1.into_owned();
    let mut state = state.lock().unwrap();
    match (what.as_str(), challenge.as_str()) {
        ("consent", "c-1") => return (200, state.consent.clone()),
        ("logout", "l-1") => return (200, state.logout.clone()),
        ("consent", "c-2") => return (410, json!({"redirect_to": NEXT})),
        ("consent" | "logout", _) => return (404, json!({"error": "not_found"})),
        _ => {}
    }
    state.calls.push(Call { what: what.clone(), challenge, body: serde_json::from_slice(body).unwrap_or(Value::Null) });
    if what == "logout/reject" { (204, Value::Null) } else { (200, json!({"redirect_to": NEXT})) }
}
