//! Who may enter: somebody with a session of the public side, as whoami knows it, and the console's permission.

use actix_web::{
    Error, HttpMessage as _, HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode},
    middleware::Next,
};
use serde_json::Value;
use url::Url;

use super::operator::{self, Operator};
use crate::{
    app::Cx,
    config::below,
    http::{
        error::{ApiError, Pending},
        extract::{context, cookies},
        reply,
    },
    model::{identity::Identity, session::Aal},
    session::{aal, verify},
    ui::{console::RefusedPage, page::Person},
};

/// Admits operators, and shows the errors of what they ask for as pages.
pub(super) async fn enter(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if request.path().starts_with("/console/assets/") {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let operator = match admit(request.request()).await {
        Ok(operator) => operator,
        Err(answer) => return Ok(request.into_response(answer)),
    };
    request.extensions_mut().insert(operator.clone());
    let mut answer = next.call(request).await?.map_into_boxed_body();
    let pending = answer.response_mut().extensions_mut().remove::<Pending>();
    match pending {
        Some(Pending(error)) => Ok(answer.into_response(operator.problem(&error))),
        None => Ok(answer),
    }
}

/// Somebody who may enter; for others, what they are answered.
async fn admit(request: &HttpRequest) -> Result<Operator, HttpResponse> {
    let cx = context::begin(request).map_err(|error| actix_web::ResponseError::error_response(&error))?;
    if is_foreign(request) {
        let text = "This form was sent from a page that is not part of the console.";
        return Err(refused(&cx, &RefusedPage::new(&cx.config, "Nothing was done", text)));
    }
    // The cookie alone: a token in a header is no browser's.
    let Some(sent) = cookies::session_value(request, &cx) else { return Err(sign_in(request, &cx, None)) };
    let found = verify::active(&cx, sent.token.expose()).await;
    let found = found.map_err(|error| failed(&cx, &error.into()))?;
    let Some((session, identity)) = found else { return Err(sign_in(request, &cx, None)) };
    if let Err(why) = permitted(&cx, &identity) {
        tracing::warn!(
            target: "audit", event = "ConsoleRefused", identity = %identity.id, session = %session.id,
            request = %cx.request_id, "the console was refused to somebody without its permission"
        );
        return Err(refused(&cx, &without_permission(&cx, &identity, why)));
    }
    let weak = session.aal < cx.config.console.required_aal;
    if weak && aal::available(&cx, &identity) < Aal::Aal2 {
        return Err(refused(&cx, &without_factor(&cx)));
    }
    if weak || aal::missing_for_whoami(&cx, &session, &identity).is_some() {
        return Err(sign_in(request, &cx, Some(Aal::Aal2)));
    }
    Ok(Operator::new(cx, session, identity, request))
}

/// Browsers say when a form comes from elsewhere.
fn is_foreign(request: &HttpRequest) -> bool {
    let site = request.headers().get("sec-fetch-site").and_then(|value| value.to_str().ok());
    !matches!(*request.method(), Method::GET | Method::HEAD) && site.is_some_and(|site| site != "same-origin")
}

/// Why somebody has not the permission.
#[derive(Clone, Copy)]
enum Lacking {
    /// It is nowhere.
    Permission,
    /// It is where its owner could have put it.
    Reservation,
}

/// Whether an identity has the permission, where administrators alone can have put it.
fn permitted(cx: &Cx, identity: &Identity) -> Result<(), Lacking> {
    let wanted = cx.config.console.permission.as_str();
    let holds = |list: Option<&Value>| match list {
        Some(Value::Array(items)) => items.iter().any(|item| item == wanted),
        _ => false,
    };
    if holds(identity.metadata_admin.as_ref().and_then(|metadata| metadata.get("permissions"))) {
        return Ok(());
    }
    if !holds(identity.traits.as_map().get("permissions")) {
        return Err(Lacking::Permission);
    }
    let schema = cx.schemas.get(&identity.schema_id);
    let reserved = schema.is_some_and(|schema| schema.is_reserved(&["permissions".to_owned()]));
    if reserved { Ok(()) } else { Err(Lacking::Reservation) }
}

/// The login page, which leads back here.
fn sign_in(request: &HttpRequest, cx: &Cx, level: Option<Aal>) -> HttpResponse {
    let level = level.or_else(|| (cx.config.console.required_aal == Aal::Aal2).then_some(Aal::Aal2));
    let mut url = below(&cx.config.serve.public.base_url, "self-service/login/browser");
    if let Some(level) = level {
        url.query_pairs_mut().append_pair("aal", level.as_str());
    }
    url.query_pairs_mut().append_pair("return_to", here(request, cx).as_str());
    operator::dressed(reply::redirect(StatusCode::SEE_OTHER, url.as_str()))
}

/// The page that was asked for, as the browser calls it; a form cannot be sent again.
fn here(request: &HttpRequest, cx: &Cx) -> Url {
    let base = &cx.config.console.base_url;
    let path = request.path().strip_prefix("/console/").filter(|_| request.method() == Method::GET);
    let mut url = base.clone();
    if let Some(path) = path {
        url.set_path(&format!("{}{path}", base.path()));
        url.set_query(Some(request.query_string()).filter(|query| !query.is_empty()));
    }
    url
}

fn without_permission(cx: &Cx, identity: &Identity, why: Lacking) -> RefusedPage {
    let permission = &cx.config.console.permission;
    let name = Person::of(identity).name;
    let text = format!("The console needs the permission “{permission}”, and {name} does not have it.");
    let page = RefusedPage::new(&cx.config, "You may not enter the console", text);
    let page = match why {
        Lacking::Permission => page.hint(
            "Who runs this system can put it into the list “permissions” in the account's metadata for administrators.",
        ),
        Lacking::Reservation => page.hint(
            "It is among the traits, where the account's schema lets its owner write; there it does not count. It counts \
             in the metadata for administrators, and in a trait that the schema reserves for administrators.",
        ),
    };
    let logout = below(&cx.config.serve.public.base_url, "logout");
    page.link("Sign out", logout)
}

fn without_factor(cx: &Cx) -> RefusedPage {
    let text = "The console needs a second factor, and your account has none yet.";
    RefusedPage::new(&cx.config, "A second factor is needed", text)
        .hint("Add one in your settings, sign in with it, and come back.")
        .link("Open the settings", cx.config.selfservice.settings.ui_url.clone())
}

fn refused(cx: &Cx, page: &RefusedPage) -> HttpResponse {
    operator::html(&cx.config, StatusCode::FORBIDDEN, page)
}

/// Something went wrong before anybody was known.
fn failed(cx: &Cx, error: &ApiError) -> HttpResponse {
    let problem = error.problem();
    let status = StatusCode::from_u16(problem.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let text = problem.reason.clone().unwrap_or_default();
    operator::html(&cx.config, status, &RefusedPage::new(&cx.config, "That did not work", text))
}
