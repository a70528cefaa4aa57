//! `POST /oauth2/revoke` (RFC 7009; contract 5.7).

use actix_web::{HttpRequest, HttpResponse, ResponseError as _, web};
use shared_types::db::Error;

use super::{
    posted,
    token::{client_of, form, secret},
};
use crate::{
    app::Cx,
    http::{
        error::ApiError,
        extract::{Body, Ctx},
    },
    protocol::error::{OAuthCode, OAuthError},
    token::{introspect, revoke},
};

/// Mounts the endpoint.
pub(crate) fn configure(routes: &mut web::ServiceConfig) {
    routes.service(posted("/oauth2/revoke").route(web::post().to(endpoint)));
}

async fn endpoint(Ctx(cx): Ctx, request: HttpRequest, Body(body): Body) -> HttpResponse {
    match run(&cx, &request, &body).await {
        Ok(()) => HttpResponse::Ok().finish(),
        Err(error) => secret(error.error_response()),
    }
}

async fn run(cx: &Cx, request: &HttpRequest, body: &[u8]) -> Result<(), ApiError> {
    let params = form(request, body)?;
    let client = client_of(cx, request, &params).await?;
    let missing = || OAuthError::new(OAuthCode::InvalidRequest).because("The token is missing.");
    let text = params.get("token").ok_or_else(missing)?;
    // RFC 7009 2.2: a token that is unknown, or another client's, is none of this client's: 200 all the same.
    let Some(found) = introspect::find(cx, text).await? else { return Ok(()) };
    if found.granted().client_id != client.id {
        return Ok(());
    }
    let ended = cx.db.write(move |conn| revoke::token(conn, &found)).await.map_err(|e: Error| e)?;
    tracing::info!(event = "token_revoked", client_id = %client.id, rows = ended, "a client took a token back");
    Ok(())
}
