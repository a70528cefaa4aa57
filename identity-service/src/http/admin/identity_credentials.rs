//! `DELETE /admin/identities/{id}/credentials/{type}` (contract §10.6).

use actix_web::{HttpResponse, web::Path};

use super::identity_id;
use crate::{
    http::{
        error::ApiError,
        extract::{Ctx, query::Query},
        reply,
    },
    identity::{delete as removal, update},
};

/// Takes a way to sign in away; never the last one.
pub(crate) async fn delete(cx: Ctx, path: Path<(String, String)>, query: Query) -> Result<HttpResponse, ApiError> {
    let (id, kind) = path.into_inner();
    let id = identity_id(&id)?;
    let Ok(kind) = kind.parse() else {
        // Nobody has a credential of a type there is not; who has no identity hears of that first.
        update::read(&cx, id).await?;
        return Err(update::UpdateError::NoCredential.into());
    };
    removal::credential(&cx, id, kind, query.filled("identifier")).await?;
    Ok(reply::nothing())
}
