//! The first page, and the way out.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web, web::ServiceConfig};

use super::{
    act::Act,
    figures::{self, Range},
    operator::{self, Operator},
    provider::{Asked, path},
};
use crate::{
    flow::{FlowError, logout},
    http::{error::ApiError, extract::cookies, reply, routes::at},
    session::revoke,
    ui::console::{Cell, Fact, OverviewPage, RangeLink, Section},
};

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/").route(web::get().to(get))).service(at("/sign-out").route(web::post().to(sign_out)));
}

async fn get(operator: Operator, request: HttpRequest) -> HttpResponse {
    let range = Range::named(Asked::of(&request).text("range"));
    let link = |it: Range| RangeLink {
        label: it.label(),
        href: operator.link(&path("", &[("range", it.name())])),
        chosen: it == range,
    };
    let (health, groups) = (figures::health(&operator).await, figures::plots(&operator, range).await);
    let (cx, session) = (&operator.cx, &operator.session);
    let facts = vec![
        Fact::new("Signed in as", Cell::text(crate::ui::page::Person::of(&operator.identity).name)),
        Fact::new("Assurance", Cell::code(session.aal.as_str())),
        Fact::new("Session ends", Cell::time(session.expires_at)),
        Fact::new("Public address", Cell::text(cx.config.serve.public.base_url.as_str())),
    ];
    let frame = operator.frame(Section::Overview, "Overview");
    let ranges = Range::ALL.map(link).to_vec();
    operator.page(&OverviewPage { frame, facts, health, ranges, groups })
}

/// Ends the operator's own session.
async fn sign_out(act: Act) -> Result<HttpResponse, ApiError> {
    let (cx, id) = (act.operator.cx.clone(), act.operator.session.id);
    let go = logout::destination(&cx, None).map_err(FlowError::from)?;
    let unit = cx.clone();
    cx.db.write(move |conn| revoke::one(conn, &unit, id)).await?;
    let mut response = operator::dressed(reply::redirect(StatusCode::SEE_OTHER, go.as_str()));
    let cookie = cookies::clear_session_cookie(&cx.config);
    response
        .add_cookie(&cookie)
        .map_err(|error| ApiError::new(shared_types::problem::Problem::new(500).reason(error.to_string())))?;
    Ok(response)
}
