//! Another system, which notes what it is sent and answers as told.

use std::sync::{Arc, Mutex};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, http::StatusCode, web};

/// What it was sent.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Call {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// The system.
#[derive(Clone)]
pub(crate) struct Listener {
    port: u16,
    answer: Arc<Mutex<(u16, String)>>,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Listener {
    pub(crate) fn start(status: u16, body: &str) -> Self {
        let mut listener =
            Self { port: 0, answer: Arc::new(Mutex::new((status, body.to_owned()))), calls: Arc::default() };
        let shared = web::Data::new(listener.clone());
        let server = HttpServer::new(move || App::new().app_data(shared.clone()).default_service(web::to(note)))
            .workers(1)
            .disable_signals()
            .bind("127.0.0.1:0")
            .unwrap();
        listener.port = server.addrs()[0].port();
        tokio::spawn(server.run());
        listener
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// What it answers from now on.
    pub(crate) fn answer(&self, status: u16, body: &str) {
        *self.answer.lock().unwrap() = (status, body.to_owned());
    }

    /// What it was sent since this was asked last.
    pub(crate) fn calls(&self) -> Vec<Call> {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }
}

async fn note(listener: web::Data<Listener>, request: HttpRequest, body: String) -> HttpResponse {
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()));
    let call = Call {
        method: request.method().to_string(),
        path: request.path().to_owned(),
        headers: headers.collect(),
        body,
    };
    listener.calls.lock().unwrap().push(call);
    let (status, body) = listener.answer.lock().unwrap().clone();
    HttpResponse::build(StatusCode::from_u16(status).unwrap()).body(body)
}
