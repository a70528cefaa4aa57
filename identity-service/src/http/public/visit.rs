//! A visitor of the self-service endpoints: everything a flow wants to know of a request, extracted once, and the
//! cookies the answer may need.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, LazyLock},
};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    cookie::Cookie,
    dev::Payload,
    http::header::{ACCEPT_LANGUAGE, HeaderValue, ORIGIN, VARY},
};
use shared_types::{http::trace::RequestId, id::FlowId, secret::Secret, time::Time};

use super::{language::Language, negotiate};
use crate::{
    app::Cx,
    flow::{
        CsrfFailure, Refusal, Suspect,
        csrf::CsrfSecret,
        submit::Submission,
        view::Proofs,
        visitor::{Asked, Client, SignedIn, Visitor},
    },
    http::{
        error::ApiError,
        extract::{body::FlowBody, client, context, cookies, query::Query, session},
    },
    method::Encoding,
    ui::words::Words,
};

/// One request to the self-service endpoints.
pub(crate) struct Visit {
    /// What it may use.
    pub(crate) cx: Cx,
    /// Who sent it.
    pub(crate) visitor: Visitor,
    /// The request's URL under our public name.
    pub(crate) request_url: String,
    /// Whether the endpoint is for native programs, which read JSON whatever they accept.
    pub(crate) native: bool,
    /// What the browser shows when it comes back from a provider.
    pub(super) ticket: Option<String>,
    /// What makes the browser the holder of a trial's report.
    trial: Option<String>,
    /// The path of the request.
    pub(super) path: String,
    /// What pages are said in.
    language: Language,
    at_beginning: Client,
    request_id: Option<String>,
}

impl FromRequest for Visit {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Self::of(&request).await })
    }
}

impl Visit {
    async fn of(request: &HttpRequest) -> Result<Self, ApiError> {
        let mut cx = context::begin(request)?;
        let sent = cookies::csrf_value(request, &cx.config).and_then(|value| CsrfSecret::from_cookie(&value));
        let session = session::find(request, &cx).await?.map(|found| SignedIn {
            session: found.session,
            token: found.sent.token,
            identity: found.identity,
        });
        let asked = if cx.config.tells_of_requests() { asked(request, &cx) } else { Asked::default() };
        cx.request_headers = Arc::new(asked.headers.clone());
        let visitor = Visitor {
            client: negotiate::submission(request),
            csrf_came: sent.is_some(),
            no_csrf: without_csrf(request, &cx),
            csrf: sent.unwrap_or_else(|| CsrfSecret::random(&*cx.entropy)),
            session,
            browser: is_browser(request, cx.config.dev),
            device: client::device(request, &cx),
            address: client::address(request, &cx.config).to_string(),
            request: Arc::new(asked),
        };
        Ok(Self {
            request_url: request_url(request, &cx),
            at_beginning: negotiate::beginning(request),
            request_id: RequestId::of(request).echoed().map(str::to_owned),
            native: false,
            ticket: cookies::ticket(request, &cx),
            trial: request.cookie(cookies::TRIAL).map(|cookie| cookie.value().to_owned()),
            path: request.path().to_owned(),
            language: Language::of(request, &cx.catalogues),
            visitor,
            cx,
        })
    }

    /// As a request that begins a flow: the other predicate of contract §0.4 decides.
    pub(super) fn beginning(mut self) -> Self {
        self.visitor.client = self.at_beginning;
        self
    }

    /// As a request to an endpoint for native programs.
    pub(super) fn native(mut self) -> Self {
        self.native = true;
        self.visitor.client = Client::Json;
        self
    }

    /// The CSRF secret the browser sent, if it sent one.
    pub(crate) fn presented_csrf(&self) -> Option<&CsrfSecret> {
        Some(&self.visitor.csrf).filter(|_| self.visitor.csrf_came)
    }

    /// What the browser can show for flows of its own.
    pub(super) fn proofs(&self) -> Proofs<'_> {
        Proofs { csrf: self.presented_csrf(), no_csrf: self.visitor.no_csrf, trial: self.trial.as_deref() }
    }

    /// The request id its sender chose.
    pub(super) fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The words of a page for which a client wishes for these languages.
    pub(super) fn words(&self, wished: &[String]) -> Words {
        self.cx.catalogues.words(self.language.choose(&self.cx.catalogues, wished), self.cx.now)
    }

    /// An error as a response to which cookies can be added.
    pub(super) fn error(&self, error: &ApiError) -> HttpResponse {
        error.answer(self.request_id(), self.cx.config.dev)
    }

    /// Gives the browser its CSRF cookie, if it did not send one.
    pub(crate) fn keep(&self, mut response: HttpResponse) -> HttpResponse {
        if !self.visitor.csrf_came {
            set(&mut response, &cookies::csrf_cookie(&self.cx.config, &self.visitor.csrf.cookie()));
        }
        if let Some(tag) = self.language.asked() {
            set(&mut response, &cookies::locale(&self.cx.config, tag));
        }
        response.headers_mut().append(VARY, HeaderValue::from_static("Cookie"));
        response
    }

    /// Keeps the language of a page for those that follow, if this browser would not get it by itself.
    pub(super) fn keep_language(&self, mut response: HttpResponse, tag: &str) -> HttpResponse {
        if self.language.asked().is_none() && self.language.usual() != tag {
            set(&mut response, &cookies::locale(&self.cx.config, tag));
        }
        response.headers_mut().append(VARY, HeaderValue::from(ACCEPT_LANGUAGE));
        response
    }

    /// Gives the browser another CSRF secret.
    pub(super) fn set_csrf(&self, response: &mut HttpResponse, secret: &CsrfSecret) {
        set(response, &cookies::csrf_cookie(&self.cx.config, &secret.cookie()));
    }

    /// Signs the browser in.
    pub(super) fn set_session(
        &self,
        response: &mut HttpResponse,
        token: &Secret<String>,
        expires_at: Time,
    ) -> Result<(), ApiError> {
        let cookie =
            cookies::session_cookie(&self.cx, token, expires_at).map_err(|error| ApiError::internal(&error))?;
        set(response, &cookie);
        Ok(())
    }

    /// Signs the browser out.
    pub(super) fn clear_session(&self, response: &mut HttpResponse) {
        set(response, &cookies::clear_session_cookie(&self.cx.config));
    }
}

/// A cookie that cannot be written as a header is left out; its parts are all ours, so there is none.
pub(super) fn set(response: &mut HttpResponse, cookie: &Cookie<'_>) {
    if let Err(error) = response.add_cookie(cookie) {
        tracing::error!(%error, name = cookie.name(), "a cookie cannot be written");
    }
}

/// What other systems are told of a request. Our own cookies are keys, and stay here.
fn asked(request: &HttpRequest, cx: &Cx) -> Asked {
    let others = [cookies::CONTINUITY, cookies::TRIAL, cookies::LOCALE].map(str::to_owned);
    let own = [&[cookies::csrf_name(&cx.config), cx.config.session.cookie_name.clone()][..], &others].concat();
    let sent = request.cookies();
    let foreign = sent.iter().flat_map(|all| all.iter()).filter(|cookie| !own.iter().any(|own| own == cookie.name()));
    let texts = |name: &str| -> Vec<String> {
        request.headers().get_all(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect()
    };
    let allowed = cx.config.web_hook_headers.iter().map(|name| (canonical(name), texts(name)));
    Asked {
        method: request.method().as_str().to_owned(),
        url: request_url(request, cx),
        headers: allowed.filter(|(_, values)| !values.is_empty()).collect(),
        cookies: foreign.map(|cookie| (cookie.name().to_owned(), cookie.value().to_owned())).collect(),
    }
}

/// A header's name as programs that receive it expect it: `User-Agent`.
fn canonical(name: &str) -> String {
    let part = |part: &str| {
        let (first, rest) = part.split_at(part.len().min(1));
        format!("{}{}", first.to_ascii_uppercase(), rest.to_ascii_lowercase())
    };
    name.split('-').map(part).collect::<Vec<_>>().join("-")
}

/// Our own name for the requested URL: the Host header is not believed.
fn request_url(request: &HttpRequest, cx: &Cx) -> String {
    let mut url = cx.config.serve.public.base_url.clone();
    let prefix = url.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("{prefix}{}", request.path()));
    url.set_query(Some(request.query_string()).filter(|query| !query.is_empty()));
    url.into()
}

static LENIENT: LazyLock<bool> =
    LazyLock::new(|| std::env::var("DEV_DISABLE_API_FLOW_ENFORCEMENT").is_ok_and(|value| value == "true"));

/// Whether an `Origin` header or a cookie says that a browser sent a request (contract §3.3). Cookies a well-known
/// proxy adds to everybody's requests say nothing.
fn is_browser(request: &HttpRequest, dev: bool) -> bool {
    if dev && *LENIENT {
        return false;
    }
    let proxys = |name: &str| ["__cf", "_cf", "cf_"].iter().any(|prefix| name.starts_with(prefix));
    let cookies = request.cookies().map(|cookies| cookies.iter().any(|cookie| !proxys(cookie.name())));
    request.headers().contains_key(ORIGIN) || cookies.unwrap_or(true)
}

/// What is told of a CSRF secret that does not come with this request. What the request says of its host only chooses
/// among texts of ours.
fn without_csrf(request: &HttpRequest, cx: &Cx) -> CsrfFailure {
    if request.cookies().is_ok_and(|cookies| !cookies.is_empty()) {
        return CsrfFailure::NoCookie;
    }
    let (seen, base) = (request.connection_info(), &cx.config.serve.public.base_url);
    let host = seen.host().rsplit_once(':').map_or(seen.host(), |(host, _)| host);
    if base.host_str().is_some_and(|own| !own.eq_ignore_ascii_case(host) && !seen.host().eq_ignore_ascii_case(own)) {
        return CsrfFailure::NoCookies(Suspect::Host);
    }
    let secure = cx.config.cookies.secure && seen.scheme() == "http" && base.scheme() == "http";
    CsrfFailure::NoCookies(if secure { Suspect::Http } else { Suspect::Nothing })
}

/// The flow a submission is for.
pub(super) fn flow_id(query: &Query) -> Result<FlowId, Refusal> {
    let missing = || Refusal::Malformed("The parameter flow is missing.".to_owned());
    let text = query.filled("flow").ok_or_else(missing)?;
    FlowId::parse(text).map_err(|_| Refusal::Malformed("The parameter flow is not the id of a flow.".to_owned()))
}

/// The flow that is to be read. Where none is named there is none.
pub(super) fn read_id(query: &Query) -> Result<FlowId, Refusal> {
    query.filled("id").and_then(|text| FlowId::parse(text).ok()).ok_or(Refusal::UnknownFlow)
}

/// A body as a submission to a flow.
pub(super) fn submission(flow: FlowId, body: FlowBody) -> Submission {
    Submission { flow, body: body.value, encoding: if body.form { Encoding::Form } else { Encoding::Json } }
}
