//! A web server of the tests' own: keeps every request, and answers what it is told to.

use std::sync::{Arc, Mutex};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, http::StatusCode, web};
use serde_json::Value;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Received {
    /// The body, read as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// A header.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// The server.
#[derive(Debug, Clone, Default)]
pub(crate) struct Receiver {
    port: u16,
    requests: Arc<Mutex<Vec<Received>>>,
    answer: Arc<Mutex<(u16, String)>>,
}

impl Receiver {
    /// One that answers 200 and nothing.
    pub(crate) fn start() -> Self {
        let mut receiver = Self { answer: Arc::new(Mutex::new((200, String::new()))), ..Self::default() };
        let shared = web::Data::new(receiver.clone());
        let server = HttpServer::new(move || App::new().app_data(shared.clone()).default_service(web::to(receive)))
            .workers(1)
            .disable_signals()
            .bind("127.0.0.1:0")
            .unwrap();
        receiver.port = server.addrs()[0].port();
        tokio::spawn(server.run());
        receiver
    }

    /// Where it is.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// What it answers from now on.
    pub(crate) fn answers(&self, status: u16, body: &Value) {
        *self.answer.lock().unwrap() = (status, body.to_string());
    }

    /// What has come.
    pub(crate) fn requests(&self) -> Vec<Received> {
        self.requests.lock().unwrap().clone()
    }

    /// The `nth` request, once it is there.
    pub(crate) async fn wait(&self, nth: usize) -> Received {
        for _ in 0..400 {
            if let Some(request) = self.requests().get(nth) {
                return request.clone();
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("request {nth} did not come; there are {:?}", self.requests());
    }
}

async fn receive(receiver: web::Data<Receiver>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let text = |value: &actix_web::http::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    receiver.requests.lock().unwrap().push(Received {
        method: request.method().to_string(),
        path: request.uri().to_string(),
        headers: request.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
    });
    let (status, body) = receiver.answer.lock().unwrap().clone();
    HttpResponse::build(StatusCode::from_u16(status).unwrap()).content_type("application/json").body(body)
}
