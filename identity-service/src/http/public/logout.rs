//! `/self-service/logout` (contract §1.5).

use actix_web::{HttpResponse, http::StatusCode, web};
use serde_json::json;

use super::{answer, visit::Visit};
use crate::{
    flow::{FlowError, Refusal, csrf::CsrfSecret, logout, visitor::Client},
    http::{
        error::ApiError,
        extract::{Ctx, body::JsonBody, query::Query},
        routes::at,
    },
    session::revoke,
};

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(at("/self-service/logout/browser").route(web::get().to(browser)))
        .service(at("/self-service/logout/api").route(web::delete().to(api)))
        .service(at("/self-service/logout").route(web::get().to(finish)));
}

/// What a signed-in browser needs to sign out.
async fn browser(visit: Visit, query: Query) -> Result<HttpResponse, ApiError> {
    let Some(signed_in) = &visit.visitor.session else {
        return Err(FlowError::from(Refusal::NoSession).into());
    };
    let offer = logout::offer(&visit.cx, signed_in.session.id, query.get("return_to")).map_err(FlowError::from)?;
    let body = json!({"logout_url": offer.url, "logout_token": offer.token});
    Ok(visit.keep(answer::json_body(StatusCode::OK, &body)))
}

/// Signs a browser out. Nobody being signed in is no mistake: there is nothing left to do.
async fn finish(visit: Visit, query: Query) -> Result<HttpResponse, ApiError> {
    let visit = visit.beginning();
    match end(&visit, &query).await {
        Ok(response) => Ok(response),
        Err(error) => answer::failed(&visit, error).await,
    }
}

async fn end(visit: &Visit, query: &Query) -> Result<HttpResponse, FlowError> {
    let cx = &visit.cx;
    let go = logout::destination(cx, query.get("return_to"))?;
    if let Some(signed_in) = &visit.visitor.session {
        let token = query.filled("token").ok_or(Refusal::NoLogoutToken)?;
        logout::check(cx, signed_in.session.id, token)?;
        let (cx2, id) = (cx.clone(), signed_in.session.id);
        cx.db.write(move |conn| revoke::one(conn, &cx2, id)).await?;
    }
    let mut response = match visit.visitor.client {
        Client::Html => answer::see_other(go.as_str()),
        Client::Json => HttpResponse::NoContent().finish(),
    };
    visit.clear_session(&mut response);
    visit.set_csrf(&mut response, &CsrfSecret::random(&*cx.entropy));
    if cx.config.selfservice.logout.clear_browser_data && cx.config.serve.public.base_url.scheme() == "https" {
        let everything = actix_web::http::header::HeaderValue::from_static("\"cache\", \"cookies\", \"storage\"");
        response.headers_mut().insert(actix_web::http::header::HeaderName::from_static("clear-site-data"), everything);
    }
    Ok(response)
}

/// Signs a native program out.
async fn api(cx: Ctx, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let token = body.0.get("session_token").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    if token.is_empty() {
        return Err(FlowError::from(Refusal::Malformed("The field session_token is missing.".to_owned())).into());
    }
    let cx2 = cx.0.clone();
    if cx.db.write(move |conn| revoke::by_token(conn, &cx2, &token)).await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(FlowError::from(Refusal::UnknownToken).into())
    }
}
