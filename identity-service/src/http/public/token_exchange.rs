//! `/sessions/token-exchange`: a native program fetches the session of a sign-in that went through a browser (contract
//! §1.6).

use actix_web::{HttpResponse, http::StatusCode};
use serde_json::json;

use super::{answer, visit::Visit};
use crate::{
    flow::exchange::{Exchanged, redeem},
    http::{error::ApiError, extract::query::Query},
    identity, limit,
    session::view,
};

pub(crate) async fn get(visit: Visit, query: Query) -> Result<HttpResponse, ApiError> {
    let visit = visit.native();
    let cx = &visit.cx;
    limit::check(cx, "login", &visit.visitor.address, None).map_err(|wait| ApiError::too_many(wait.0))?;
    let code = |name: &str| {
        let missing = || ApiError::bad_request(format!("The parameter {name} is missing."));
        query.filled(name).ok_or_else(missing)
    };
    match redeem(cx, code("init_code")?, code("return_to_code")?).await? {
        Exchanged::Session(found) => {
            let (session, owner, token) = *found;
            let owner = identity::view::public(&owner, &cx.config);
            let body = json!({"session_token": token.expose(), "session": view::json(&session, Some(owner), cx.now)});
            Ok(answer::json_body(StatusCode::OK, &body))
        }
        Exchanged::Flow(view) => Ok(answer::flow_body(&visit, StatusCode::UNPROCESSABLE_ENTITY, &view)),
    }
}
