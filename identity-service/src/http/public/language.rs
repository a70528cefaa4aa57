//! Which language a browser is spoken to in: what a link wishes (`ui_locales`, `locale`), what an OAuth2 client wishes, what
//! was wished before in this browser, what it accepts, and what is configured, in this order.

use actix_web::{HttpRequest, http::header::ACCEPT_LANGUAGE};
use url::form_urlencoded;

use crate::{
    http::extract::cookies,
    ui::words::{Catalogues, accepted, choose, listed},
};

/// What a request says of languages.
pub(super) struct Language {
    /// What it asks for in its address.
    asked: Option<String>,
    /// What it gets when nobody asks for anything.
    usual: String,
}

impl Language {
    pub(super) fn of(request: &HttpRequest, catalogues: &Catalogues) -> Self {
        let tags = catalogues.tags();
        let wished = |text: &str| choose(&listed(text), &tags).map(str::to_owned);
        let headers = request.headers().get_all(ACCEPT_LANGUAGE);
        let accept = headers.filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
        let cookie = request.cookie(cookies::LOCALE).and_then(|cookie| wished(cookie.value()));
        let usual = cookie.or_else(|| choose(&accepted(&accept), &tags).map(str::to_owned));
        let query = form_urlencoded::parse(request.query_string().as_bytes());
        let mut named = query.filter(|(name, _)| name == "ui_locales" || name == "locale");
        Self {
            asked: named.find_map(|(_, value)| wished(&value)),
            usual: usual.or_else(|| tags.first().map(|tag| (*tag).to_owned())).unwrap_or_default(),
        }
    }

    /// What the address asks for.
    pub(super) fn asked(&self) -> Option<&str> {
        self.asked.as_deref()
    }

    /// What this browser gets when neither address nor client wish for anything.
    pub(super) fn usual(&self) -> &str {
        &self.usual
    }

    /// The language of a page for which a client wishes for these, most wanted first.
    pub(super) fn choose<'a>(&'a self, catalogues: &'a Catalogues, wished: &[String]) -> &'a str {
        let wish = || choose(&listed(&wished.join(" ")), &catalogues.tags());
        self.asked().or_else(wish).unwrap_or(&self.usual)
    }
}
