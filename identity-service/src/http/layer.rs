//! What every request passes through: headers of every answer, the right port, the admin API's keys.

use actix_web::{
    Error, HttpResponse, ResponseError as _,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode, Uri,
        header::{CACHE_CONTROL, HeaderValue},
        uri::PathAndQuery,
    },
    middleware::Next,
    web,
};
use shared_types::http::trace::RequestId;

use super::{
    error::{ApiError, Pending},
    reply,
};
use crate::{app::Live, config::below};

type Answer = Result<ServiceResponse<BoxBody>, Error>;

/// Answers are never cached unless they say so, and errors carry the request id their caller sent.
pub(super) async fn answers(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Answer {
    let dev = request.app_data::<web::Data<Live>>().is_some_and(|live| live.now().config.dev);
    let mut answer = next.call(request).await?.map_into_boxed_body();
    let pending = answer.response_mut().extensions_mut().remove::<Pending>();
    let id = RequestId::of(answer.request());
    if let Some(Pending(error)) = pending
        && (dev || id.echoed().is_some())
    {
        let body = error.answer(id.echoed(), dev).into_body();
        answer = answer.map_body(|_, _| body);
    }
    let headers = answer.headers_mut();
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache, no-store, must-revalidate"));
    }
    Ok(answer)
}

/// On the public port: paths of the admin API go to the admin port (contract §0.1).
pub(super) async fn public_port(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Answer {
    let path = request.path();
    let bare = path.strip_prefix("/admin").unwrap_or(path);
    let elsewhere = is_at(bare, "/identities")
        || bare == "/recovery/code"
        || bare == "/recovery/link"
        || is_at(bare, "/courier/messages");
    if elsewhere && let Some(live) = request.app_data::<web::Data<Live>>() {
        let env = live.now();
        let target = below(&env.config.serve.admin.base_url, &format!("admin{bare}"));
        return Ok(moved(request, target));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// On the admin port: paths of the public API go to the public port, the `/admin` prefix may be left out, and keys are
/// demanded before anything else is done.
pub(super) async fn admin_port(mut request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Answer {
    let Some(env) = request.app_data::<web::Data<Live>>().map(|live| live.now()) else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let path = request.path();
    // The console asks for a session and a permission, not for a key.
    if env.config.console.enabled && is_at(path, "/console") {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let bare = path.strip_prefix("/admin").filter(|rest| rest.starts_with('/')).unwrap_or(path).to_owned();
    if is_public(request.method(), &bare) {
        let target = below(&env.config.serve.public.base_url, bare.trim_start_matches('/'));
        return Ok(moved(request, target));
    }
    let open = matches!(bare.as_str(), "/health/alive" | "/health/ready" | "/version");
    if !open && !env.config.serve.admin_api_keys.admit(request.headers()) {
        let answer = ApiError::unauthorized("The admin API needs a bearer key.").error_response();
        return Ok(request.into_response(answer));
    }
    if bare.len() == path.len() && !prefix(&mut request) {
        let answer = ApiError::not_found("There is nothing here.").error_response();
        return Ok(request.into_response(answer));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// Self-service, schemas and the caller's own sessions.
fn is_public(method: &Method, path: &str) -> bool {
    is_at(path, "/self-service")
        || is_at(path, "/schemas")
        || path == "/sessions/whoami"
        || path == "/sessions/token-exchange"
        || (path == "/sessions" && method == Method::DELETE)
}

fn is_at(path: &str, root: &str) -> bool {
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// 307 keeps method and body.
fn moved(request: ServiceRequest, mut target: url::Url) -> ServiceResponse<BoxBody> {
    let query = request.query_string();
    target.set_query((!query.is_empty()).then_some(query));
    let answer: HttpResponse = reply::redirect(StatusCode::TEMPORARY_REDIRECT, target.as_str());
    request.into_response(answer)
}

/// Puts `/admin` before the path; `false` when the result is no path, which no path that came in can cause.
fn prefix(request: &mut ServiceRequest) -> bool {
    let mut parts = request.uri().clone().into_parts();
    let target = parts.path_and_query.as_ref().map_or("/", PathAndQuery::as_str);
    let Ok(target) = format!("/admin{target}").parse::<PathAndQuery>() else { return false };
    parts.path_and_query = Some(target);
    let Ok(uri) = Uri::from_parts(parts) else { return false };
    request.match_info_mut().get_mut().update(&uri);
    request.head_mut().uri = uri;
    true
}
