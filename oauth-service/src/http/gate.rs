//! What every request passes before it is routed: one spelling per path, TLS where it is demanded, the admin API's key; and
//! that no answer to a GET is kept by a cache unless its handler allows it (contract 1.1).

use actix_web::{
    Error, ResponseError as _,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, Uri,
        header::{self, HeaderValue},
        uri::PathAndQuery,
    },
};
use futures_util::future::LocalBoxFuture;
use shared_types::http::{TrustedProxies, cors::CorsOptions, keys::ApiKeys, peer_address};

use super::{error::ApiError, routes::Door};
use crate::{
    config::Serve,
    protocol::error::{OAuthCode, OAuthError},
};

const PREFIX: &str = "/admin";
/// Asked by machines that know no key.
const OPEN: [&str; 2] = ["/health/alive", "/health/ready"];
const NOT_KEPT: HeaderValue = HeaderValue::from_static("private, no-cache, no-store, must-revalidate");

/// The rules of one listener.
#[derive(Debug)]
pub(super) struct Gate {
    prefixed: bool,
    keys: ApiKeys,
    tls_termination: Option<TrustedProxies>,
    /// Web pages that may write although no key is asked for.
    pages: CorsOptions,
}

impl Gate {
    pub(super) fn new(serve: &Serve, door: Door) -> Self {
        match door {
            Door::Public => Self {
                prefixed: false,
                keys: ApiKeys::default(),
                tls_termination: serve.public.tls_termination.clone(),
                pages: serve.public.cors.clone(),
            },
            Door::Admin => Self {
                prefixed: true,
                keys: serve.admin_api_keys.clone(),
                tls_termination: serve.admin.tls_termination.clone(),
                pages: serve.admin.cors.clone(),
            },
        }
    }

    /// Lets a request through, or answers it.
    pub(super) fn pass<F, B>(
        &self,
        mut request: ServiceRequest,
        next: impl FnOnce(ServiceRequest) -> F,
    ) -> LocalBoxFuture<'static, Result<ServiceResponse, Error>>
    where
        F: Future<Output = Result<ServiceResponse<B>, Error>> + 'static,
        B: MessageBody + 'static,
    {
        tidy(&mut request, self.prefixed);
        if let Err(refusal) = self.check(&request) {
            let answer = request.into_response(refusal.error_response());
            return Box::pin(async move { Ok(answer) });
        }
        let get = request.method() == Method::GET;
        let answer = next(request);
        Box::pin(async move {
            let mut answer = answer.await?.map_into_boxed_body();
            if get && !answer.headers().contains_key(header::CACHE_CONTROL) {
                answer.headers_mut().insert(header::CACHE_CONTROL, NOT_KEPT);
            }
            Ok(answer)
        })
    }

    fn check(&self, request: &ServiceRequest) -> Result<(), ApiError> {
        let path = request.path().strip_prefix(PREFIX).filter(|_| self.prefixed).unwrap_or_else(|| request.path());
        if OPEN.contains(&path) {
            return Ok(());
        }
        if let Some(proxies) = &self.tls_termination
            && path != "/metrics/prometheus"
            && !came_by_tls(request, proxies)
        {
            return Err(ApiError::TlsWanted);
        }
        if self.prefixed && !self.keys.demanded() && self.is_strange_page(request) {
            let error = OAuthError::new(OAuthCode::RequestForbidden);
            return Err(error
                .because("Web pages may not call the admin API unless serve.admin.cors names them.")
                .into());
        }
        // A preflight carries no credentials; CORS answers it.
        let preflight = request.method() == Method::OPTIONS;
        if preflight || self.keys.admit(request.headers()) { Ok(()) } else { Err(ApiError::KeyWanted) }
    }
}

impl Gate {
    /// Whether a browser sends this on behalf of a page nobody named. Without a key to ask for, a page open on an operator's
    /// machine could otherwise write to the admin API on its loopback address; browsers always say whose page a write is.
    fn is_strange_page(&self, request: &ServiceRequest) -> bool {
        if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
            return false;
        }
        let Some(origin) = request.headers().get(header::ORIGIN) else { return false };
        !(self.pages.enabled && origin.to_str().is_ok_and(|origin| self.pages.allows(origin)))
    }
}

fn came_by_tls(request: &ServiceRequest, proxies: &TrustedProxies) -> bool {
    let peer = proxies.trusts(peer_address(request.request()));
    let proto = request.headers().get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    peer && proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https"))
}

/// Takes one slash off the end of the path and, on the admin listener, lets the prefix be left out.
fn tidy(request: &mut ServiceRequest, prefixed: bool) {
    let path = request.path();
    let trimmed = if path.len() > 1 { path.strip_suffix('/').unwrap_or(path) } else { path };
    let has_prefix = trimmed.strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let prefix = if prefixed && !has_prefix { PREFIX } else { "" };
    if prefix.is_empty() && trimmed.len() == path.len() {
        return;
    }
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let Ok(target) = PathAndQuery::try_from(format!("{prefix}{trimmed}{query}")) else { return };
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = Some(target);
    let Ok(uri) = Uri::from_parts(parts) else { return };
    request.match_info_mut().get_mut().update(&uri);
    request.head_mut().uri = uri;
}
