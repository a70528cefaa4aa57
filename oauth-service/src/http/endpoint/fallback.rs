//! The pages that stand in where none is configured (contract 1.2).

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use shared_types::entropy::random_token;

use super::page::{self, ErrorPage, FallbackPage};
use crate::{http::extract::Ctx, protocol::params::Params};

const MISSING: &str = "A mandatory configuration key is missing";

/// One page: its path, the key that would replace it, its title and its text.
struct Fallback {
    path: &'static str,
    key: &'static str,
    title: &'static str,
    text: &'static str,
}

const FALLBACKS: [Fallback; 6] = [
    Fallback {
        path: "/oauth2/fallbacks/login",
        key: "urls.login",
        title: MISSING,
        text: "You should see a page to log in here, but this server has not been told where it is.",
    },
    Fallback {
        path: "/oauth2/fallbacks/consent",
        key: "urls.consent",
        title: MISSING,
        text: "You should see a page that asks for your consent here, but this server has not been told where it is.",
    },
    Fallback {
        path: "/oauth2/fallbacks/logout",
        key: "urls.logout",
        title: MISSING,
        text: "You should see a page to log out here, but this server has not been told where it is.",
    },
    Fallback {
        path: "/oauth2/fallbacks/device",
        key: "urls.device.verification",
        title: MISSING,
        text: "You should see a page that asks for the code on your device here, but this server has not been told where it is.",
    },
    Fallback {
        path: "/oauth2/fallbacks/device/done",
        key: "urls.device.success",
        title: "Your device is connected",
        text: "You may close this page. Your device goes on by itself within a few seconds.",
    },
    Fallback {
        path: "/oauth2/fallbacks/logout/callback",
        key: "urls.post_logout_redirect",
        title: "You logged out successfully!",
        text: "There is no page to show you now. Your log out request however succeeded.",
    },
];

/// Mounts the pages.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    for fallback in &FALLBACKS {
        let answer = move |Ctx(cx): Ctx| async move {
            let nonce = random_token(cx.entropy.as_ref());
            let Fallback { key, title, text, .. } = fallback;
            let builder = page::html(StatusCode::OK, &page::still_policy(&nonce));
            page::render(builder, &FallbackPage { nonce: &nonce, title, text, key })
        };
        config.route(fallback.path, web::get().to(answer));
    }
    config.route("/oauth2/fallbacks/error", web::get().to(error));
}

async fn error(request: HttpRequest, Ctx(cx): Ctx) -> HttpResponse {
    let params = Params::parse(request.query_string());
    let named =
        [("Error", "error"), ("Description", "error_description"), ("Hint", "error_hint"), ("Debug", "error_debug")];
    let facts: Vec<(&'static str, String)> =
        named.into_iter().filter_map(|(title, name)| params.get(name).map(|value| (title, value.to_owned()))).collect();
    let nonce = random_token(cx.entropy.as_ref());
    let builder = page::html(StatusCode::INTERNAL_SERVER_ERROR, &page::still_policy(&nonce));
    page::render(builder, &ErrorPage { nonce: &nonce, facts: &facts })
}
