//! `DELETE /admin/oauth2/tokens?client_id=` (contract 5.7): every access token of a client, and no refresh token.

use actix_web::{HttpRequest, HttpResponse, web};
use shared_types::id::ClientId;

use crate::{
    http::{error::ApiError, extract::Ctx},
    protocol::{
        error::{OAuthCode, OAuthError},
        params::Params,
    },
    store::access_tokens,
};

/// Mounts the operation.
pub(crate) fn configure(routes: &mut web::ServiceConfig) {
    routes.route("/admin/oauth2/tokens", web::delete().to(delete));
}

async fn delete(Ctx(cx): Ctx, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let params = Params::parse(request.query_string());
    let missing = || OAuthError::new(OAuthCode::InvalidRequest).because("The client_id is missing.");
    let client = ClientId::new(params.get("client_id").filter(|id| !id.contains('\0')).ok_or_else(missing)?);
    let ended = cx.db.write(move |conn| access_tokens::delete_client(conn, &client)).await?;
    tracing::info!(event = "access_tokens_deleted", rows = ended, "an operator ended a client's access tokens");
    Ok(HttpResponse::NoContent().finish())
}
