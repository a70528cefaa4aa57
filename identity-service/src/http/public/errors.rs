//! `/self-service/errors`: what went wrong, for the page a browser was sent to (contract §1.7).

use actix_web::{HttpResponse, http::StatusCode, web};
use serde_json::{Value, json};
use shared_types::{id::FlowId, problem::Problem};

use super::answer;
use crate::{
    app::Cx,
    http::{
        error::ApiError,
        extract::{Ctx, query::Query},
        routes::at,
    },
    store::{self, flow_errors::Shown},
};

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(at("/self-service/errors").route(web::get().to(read)));
}

/// What stands for an error of our own, so that the authors of error pages have one to show.
pub(super) const SAMPLE: &str = "stub:500";

async fn read(cx: Ctx, query: Query) -> Result<HttpResponse, ApiError> {
    let id = query.filled("id").or_else(|| query.filled("error"));
    let id = id.ok_or_else(|| ApiError::not_found("There is no error without an id."))?;
    if id == SAMPLE {
        let error = Problem::new(500).reason("This is a sample: nothing went wrong.").error(None, false);
        return Ok(answer::json_body(StatusCode::OK, &json!({"id": id, "error": error})));
    }
    let shown = find(&cx, id).await?;
    Ok(answer::json_body(StatusCode::OK, &body(&shown)))
}

/// The error of that id.
pub(crate) async fn find(cx: &Cx, id: &str) -> Result<Shown, ApiError> {
    let unknown = || ApiError::not_found("There is no such error.");
    let id = FlowId::parse(id).map_err(|_| unknown())?;
    cx.db.read(move |conn| store::flow_errors::find(conn, id)).await?.ok_or_else(unknown)
}

fn body(shown: &Shown) -> Value {
    json!({"id": shown.id, "error": shown.body, "created_at": shown.created_at, "updated_at": shown.updated_at})
}
