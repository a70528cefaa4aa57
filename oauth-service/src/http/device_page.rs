//! The page behind `perform device-code --port`: it stands for the device verification page of an application and hands the code that is
//! typed there to the admin API. It is served on loopback by the command line, never by the service.

use std::{net::TcpListener, pin::Pin, sync::Arc};

use actix_web::{App, HttpResponse, HttpServer, dev::ServerHandle, http::header, web};
use askama::Template;
use serde::Deserialize;

use super::relying_party::page;

/// Takes a challenge and a user code to the admin API: where the browser goes on, or why not.
pub(crate) type Accept =
    Arc<dyn Fn(String, String) -> Pin<Box<dyn Future<Output = Result<String, String>> + Send>> + Send + Sync>;

/// Stops the page.
pub(crate) type Handle = ServerHandle;

#[derive(Template)]
#[template(path = "page/device_page.html")]
struct DevicePage<'a> {
    challenge: &'a str,
    user_code: &'a str,
    refused: Option<&'a str>,
    done: bool,
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    device_challenge: String,
    #[serde(default)]
    user_code: String,
}

/// Starts the page; it is served until the handle stops it.
pub(crate) fn serve(listener: TcpListener, accept: Accept) -> std::io::Result<Handle> {
    let accept = web::Data::from(Arc::new(accept));
    let server = HttpServer::new(move || {
        App::new()
            .app_data(accept.clone())
            .route("/device", web::get().to(form))
            .route("/device", web::post().to(submitted))
            .route("/device/done", web::get().to(done))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok(handle)
}

async fn form(asked: web::Query<Asked>) -> HttpResponse {
    let Asked { device_challenge, user_code } = asked.into_inner();
    page(&DevicePage { challenge: &device_challenge, user_code: &user_code, refused: None, done: false })
}

async fn submitted(accept: web::Data<Accept>, asked: web::Form<Asked>) -> HttpResponse {
    let Asked { device_challenge, user_code } = asked.into_inner();
    match accept(device_challenge.clone(), user_code.clone()).await {
        Ok(next) => HttpResponse::SeeOther().insert_header((header::LOCATION, next)).finish(),
        Err(why) => {
            page(&DevicePage { challenge: &device_challenge, user_code: &user_code, refused: Some(&why), done: false })
        }
    }
}

async fn done() -> HttpResponse {
    page(&DevicePage { challenge: "", user_code: "", refused: None, done: true })
}
