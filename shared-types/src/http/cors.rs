//! Cross-origin sharing as configured: exact origins, `*`, or one `*` per host label (contract identity 11.1, oauth 1.6).

use actix_web::{
    HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
};
use futures_util::future::{LocalBoxFuture, Ready, ready};
use std::{
    collections::BTreeSet,
    rc::Rc,
    sync::{Arc, Mutex, PoisonError},
};

/// What is shared with whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorsOptions {
    /// Off: no header is ever added.
    pub enabled: bool,
    /// Origins; empty or `*` is everyone.
    pub allowed_origins: Vec<String>,
    /// Methods a preflight is told of.
    pub allowed_methods: Vec<String>,
    /// Request headers a preflight is told of; `*` repeats what was asked.
    pub allowed_headers: Vec<String>,
    /// Response headers scripts may read.
    pub exposed_headers: Vec<String>,
    /// Cookies and authorization may be sent.
    pub allow_credentials: bool,
    /// Seconds a preflight may be remembered; 0 leaves it to the browser.
    pub max_age: u64,
}

impl CorsOptions {
    /// Whether this origin is allowed.
    pub fn allows(&self, origin: &str) -> bool {
        self.allowed_origins.is_empty() || self.allowed_origins.iter().any(|pattern| origin_fits(pattern, origin))
    }
}

/// Whether an `Origin` header fits a configured origin. Case does not count; `*` alone fits everything; a `*` inside
/// stands for one or more characters of a single host label.
pub fn origin_fits(pattern: &str, origin: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let (pattern, origin) = (pattern.to_ascii_lowercase(), origin.to_ascii_lowercase());
    let pattern = pattern.trim_end_matches('/');
    let Some((head, tail)) = pattern.split_once('*') else {
        return pattern == origin;
    };
    origin
        .strip_prefix(head)
        .and_then(|rest| rest.strip_suffix(tail))
        .is_some_and(|label| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
}

/// Says in the log, once for each origin, that its scripts get no answer, and what would change that. Whether it was said.
pub fn tell_of_refused(origin: &str, section: &str) -> bool {
    static TOLD: Mutex<BTreeSet<(String, String)>> = Mutex::new(BTreeSet::new());
    let origin: String = origin.chars().filter(|c| !c.is_control()).take(200).collect();
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if told.len() >= MOST_TOLD || !told.insert((origin.clone(), section.to_owned())) {
        return false;
    }
    tracing::warn!(
        origin,
        "scripts of {origin} are refused (CORS): if they are yours, add the origin to {section}.allowed_origins"
    );
    true
}

/// Whether a browser names the origin it talks to, as it does with forms: nothing is shared then.
fn is_own(origin: &str, host: &str) -> bool {
    origin.split_once("://").is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host)) || origin == "null"
}

/// More origins are not told of: anybody can make them up.
const MOST_TOLD: usize = 100;

/// Middleware: answers preflights and adds the headers to answers.
#[derive(Clone)]
pub struct Cors(Arc<dyn Fn() -> Arc<CorsOptions> + Send + Sync>);

impl std::fmt::Debug for Cors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Cors").field(&(self.0)()).finish()
    }
}

impl Cors {
    /// CORS with these options.
    pub fn new(options: CorsOptions) -> Self {
        let options = Arc::new(options);
        Self::following(move || Arc::clone(&options))
    }

    /// CORS with options that are asked for anew with each request.
    pub fn following(options: impl Fn() -> Arc<CorsOptions> + Send + Sync + 'static) -> Self {
        Self(Arc::new(options))
    }
}

impl<S, B> Transform<S, ServiceRequest> for Cors
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = actix_web::Error;
    type Transform = CorsService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(CorsService { cors: self.clone(), service: Rc::new(service) }))
    }
}

/// The running middleware.
#[derive(Debug)]
pub struct CorsService<S> {
    cors: Cors,
    service: Rc<S>,
}

impl<S, B> Service<ServiceRequest> for CorsService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Self::Error>>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let options = (self.cors.0)();
        let origin = request.headers().get(header::ORIGIN).cloned();
        let (true, Some(origin)) = (options.enabled, origin) else {
            let answer = self.service.call(request);
            return Box::pin(async move { Ok(answer.await?.map_into_left_body()) });
        };
        let allowed = origin.to_str().is_ok_and(|text| options.allows(text));
        let text = String::from_utf8_lossy(origin.as_bytes()).into_owned();
        if !allowed && !is_own(&text, request.connection_info().host()) {
            tell_of_refused(&text, "serve.public.cors");
        }
        let preflight = request.method() == Method::OPTIONS
            && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        if preflight {
            let mut answer = HttpResponse::NoContent().finish();
            if allowed {
                let asked = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
                add_preflight(answer.headers_mut(), &options, origin, asked);
            }
            return Box::pin(ready(Ok(request.into_response(answer).map_into_right_body())));
        }
        let answer = self.service.call(request);
        Box::pin(async move {
            let mut answer = answer.await?;
            answer.headers_mut().append(header::VARY, HeaderValue::from_static("Origin"));
            if allowed {
                add_shared(answer.headers_mut(), &options, origin);
                set_list(answer.headers_mut(), header::ACCESS_CONTROL_EXPOSE_HEADERS, &options.exposed_headers);
            }
            Ok(answer.map_into_left_body())
        })
    }
}

fn add_preflight(headers: &mut HeaderMap, options: &CorsOptions, origin: HeaderValue, asked: Option<HeaderValue>) {
    add_shared(headers, options, origin);
    set_list(headers, header::ACCESS_CONTROL_ALLOW_METHODS, &options.allowed_methods);
    match asked {
        Some(asked) if options.allowed_headers.iter().any(|h| h == "*") => {
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked);
        }
        _ => set_list(headers, header::ACCESS_CONTROL_ALLOW_HEADERS, &options.allowed_headers),
    }
    if options.max_age > 0 {
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from(options.max_age));
    }
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
}

fn add_shared(headers: &mut HeaderMap, options: &CorsOptions, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    if options.allow_credentials {
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
}

fn set_list(headers: &mut HeaderMap, name: HeaderName, list: &[String]) {
    if let Ok(value) = HeaderValue::from_str(&list.join(", "))
        && !list.is_empty()
    {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests;
