//! `/sessions/whoami` under every method: reverse proxies repeat the verb of the request they check (contract §5.6).

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{HeaderName, HeaderValue},
};
use serde_json::Value;

use crate::{
    http::{
        error::ApiError,
        extract::{
            context, cookies,
            query::Query,
            session::{self, Found},
        },
        reply,
    },
    identity,
    session::{aal, tokenize, view},
};

const IDENTITY: HeaderName = HeaderName::from_static("x-kratos-authenticated-identity-id");
const CACHE_FOR: HeaderName = HeaderName::from_static("ory-session-cache-for");

/// The session of the caller, or 401.
pub(crate) async fn any_method(request: HttpRequest, query: Query) -> Result<HttpResponse, ApiError> {
    let cx = context::begin(&request)?;
    let Some(Found { session, identity, sent }) = session::find(&request, &cx).await? else {
        return Err(ApiError::unauthorized("No active session was found in this request."));
    };
    if let Some(go) = aal::missing_for_whoami(&cx, &session, &identity) {
        return Err(ApiError::second_factor(go.as_str()));
    }
    let mut shown = view::json(&session, Some(identity::view::public(&identity, &cx.config)), cx.now);
    let template = query.filled("tokenize_as");
    if let Some(template) = template {
        let token = tokenize::tokenize(&cx, template, &session, &identity, &shown).await?;
        if let Some(shown) = shown.as_object_mut() {
            shown.insert("tokenized".to_owned(), Value::String(token));
        }
    }
    let mut answer = HttpResponse::Ok();
    answer.insert_header((IDENTITY, identity.id.text()));
    // A session that was extended since: the browser learns its new end.
    if sent.cookie_expires_at.is_some_and(|told| told < session.expires_at) {
        let cookie = cookies::session_cookie(&cx, &sent.token, session.expires_at);
        answer.cookie(cookie.map_err(|error| ApiError::internal(&error))?);
    }
    // A token ends long before its session does, so an answer that holds one is not kept.
    if let Some(longest) = cx.config.session.cacheable_for.filter(|_| template.is_none()) {
        let left = (session.expires_at - cx.now).to_std().unwrap_or_default();
        answer.insert_header((CACHE_FOR, HeaderValue::from(left.min(longest).as_secs())));
    }
    reply::with(answer, &shown)
}
