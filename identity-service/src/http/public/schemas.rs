//! `/schemas`: the identity schemas, for whoever draws forms (contract §1.7).

use std::sync::Arc;

use actix_web::{HttpResponse, http::header::LINK, web::Path};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::sessions::{SIZES, TOTAL};
use crate::{
    http::{
        error::ApiError,
        extract::{Ctx, paging, query::Query},
        reply,
    },
    identity::schema::Schema,
};

/// All schemas.
pub(crate) async fn list(cx: Ctx, query: Query) -> Result<HttpResponse, ApiError> {
    let page = paging::bridge(&query, SIZES)?;
    let all = cx.schemas.all();
    let (skip, take) = (usize::try_from(page.offset).unwrap_or(0), usize::try_from(page.size).unwrap_or(0));
    let shown = all.iter().skip(skip).take(take);
    let body: Vec<Value> = shown.map(|schema| json!({"id": schema.id(), "schema": schema.document()})).collect();
    let mut answer = HttpResponse::Ok();
    answer.insert_header((TOTAL, all.len())).insert_header((LINK, paging::bridge_link("/schemas", page, all.len())));
    reply::with(answer, &body)
}

/// One schema, by its id or the base64url form of it.
pub(crate) async fn get(cx: Ctx, id: Path<String>) -> Result<HttpResponse, ApiError> {
    let found: Option<Arc<Schema>> = cx.schemas.get(&id).or_else(|| {
        let decoded = URL_SAFE_NO_PAD.decode(id.trim_end_matches('=')).ok()?;
        cx.schemas.get(std::str::from_utf8(&decoded).ok()?)
    });
    match found {
        Some(schema) => reply::json(schema.document()),
        None => Err(ApiError::not_found("There is no such schema.")),
    }
}
