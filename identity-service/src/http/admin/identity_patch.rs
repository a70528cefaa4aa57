//! `PATCH /admin/identities/{id}` (contract §10.3).

use actix_web::{HttpResponse, web::Path};

use super::{identities::updated, identity_id};
use crate::{
    http::{
        error::ApiError,
        extract::{Ctx, body::JsonBody},
    },
    identity::{patch, update},
};

/// Applies a JSON patch; any failing operation or test leaves everything as it was.
pub(crate) async fn patch(cx: Ctx, id: Path<String>, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let id = identity_id(&id)?;
    let patch = patch::parse(body.0).map_err(|error| ApiError::bad_request(error.to_string()))?;
    let stored = update::change(&cx, id, |stored| patch::apply(&cx, stored, &patch)).await?;
    updated(&cx, &stored)
}
