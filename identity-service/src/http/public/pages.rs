//! The pages of the self-service flows, their assets, and what all pages share: headers, the policy of what they may
//! load and where their forms lead, errors as pages, and the tokens in their forms.

mod fields;
mod policy;
mod token;

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    web,
};
use shared_types::id::FlowId;
use url::Url;

pub(super) use self::{
    fields::Fields,
    policy::Policy,
    token::{About, check, issue},
};
use super::visit::Visit;
use crate::{
    config::{self, Config},
    flow::{self, FlowError, Refusal, view::FlowView},
    http::{error::ApiError, extract::query::Query, routes::at},
    model::flow::FlowKind,
    ui::{
        page::{
            ErrorPage, LoginPage, Page, RecoveryPage, RegistrationPage, SettingsPage, Stage, VerificationPage, asset,
        },
        words::Words,
    },
};

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(at("/").route(web::get().to(root)))
        .service(at("/login").route(web::get().to(login)))
        .service(at("/registration").route(web::get().to(registration)))
        .service(at("/verification").route(web::get().to(verification)))
        .service(at("/recovery").route(web::get().to(recovery)))
        .service(at("/settings").route(web::get().to(settings)))
        .service(at("/assets/{name}").route(web::get().to(assets)));
}

async fn root(visit: Visit) -> HttpResponse {
    go(&config::below(&visit.cx.config.serve.public.base_url, "welcome"))
}

async fn login(visit: Visit, query: Query) -> HttpResponse {
    let shown = flow_of(&visit, FlowKind::Login, &query).await;
    answer(&visit, FlowKind::Login, shown, LoginPage::new)
}

async fn registration(visit: Visit, query: Query) -> HttpResponse {
    let shown = flow_of(&visit, FlowKind::Registration, &query).await;
    answer(&visit, FlowKind::Registration, shown, RegistrationPage::new)
}

async fn verification(visit: Visit, query: Query) -> HttpResponse {
    let shown = flow_of(&visit, FlowKind::Verification, &query).await;
    answer(&visit, FlowKind::Verification, shown, VerificationPage::new)
}

async fn recovery(visit: Visit, query: Query) -> HttpResponse {
    let shown = flow_of(&visit, FlowKind::Recovery, &query).await;
    answer(&visit, FlowKind::Recovery, shown, RecoveryPage::new)
}

async fn settings(visit: Visit, query: Query) -> HttpResponse {
    let shown = flow_of(&visit, FlowKind::Settings, &query).await;
    answer(&visit, FlowKind::Settings, shown, SettingsPage::new)
}

/// A file; its name changes with its content.
async fn assets(name: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let asset = asset::find(&name).ok_or_else(|| ApiError::not_found("There is no such file."))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, asset.media))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(asset.content))
}

/// What a page without its flow is answered with.
enum Missing {
    /// The browser begins one there.
    Begin(Url),
    /// It cannot be shown.
    Failed(FlowError),
}

async fn flow_of(visit: &Visit, kind: FlowKind, query: &Query) -> Result<FlowView, Missing> {
    let Some(id) = query.filled("flow") else {
        let mut url = begin(&visit.cx.config, kind);
        for (name, value) in query.without(&["flow"]) {
            url.query_pairs_mut().append_pair(&name, &value);
        }
        return Err(Missing::Begin(url));
    };
    let Ok(id) = FlowId::parse(id) else { return Err(Missing::Begin(begin(&visit.cx.config, kind))) };
    let loaded = match kind {
        FlowKind::Settings => flow::settings::load(&visit.cx, &visit.visitor, id).await,
        _ => flow::view::load(&visit.cx, kind, id, visit.proofs()).await,
    };
    match loaded {
        Ok(view) => Ok(view),
        Err(FlowError::Refused(Refusal::SignInFirst(url) | Refusal::SecondFactorFirst(url))) => {
            Err(Missing::Begin(url))
        }
        Err(FlowError::Refused(Refusal::Expired(ended))) => Err(Missing::Begin(ended.begin)),
        Err(FlowError::Refused(Refusal::UnknownFlow)) => Err(Missing::Begin(begin(&visit.cx.config, kind))),
        Err(error) => Err(Missing::Failed(error)),
    }
}

fn begin(config: &Config, kind: FlowKind) -> Url {
    config::below(&config.serve.public.base_url, &format!("self-service/{kind}/browser"))
}

fn answer<P: Page>(
    visit: &Visit,
    kind: FlowKind,
    shown: Result<FlowView, Missing>,
    page: fn(&Stage<'_>, &FlowView) -> P,
) -> HttpResponse {
    let config = &visit.cx.config;
    match shown {
        Ok(view) => {
            let policy = Policy::new(config).for_flow(&view.flow).for_form(config, &view.ui);
            let words = words(visit, &view);
            html(visit, StatusCode::OK, &page(&Stage { config, words: &words }, &view), &policy)
        }
        Err(Missing::Begin(url)) => visit.keep(go(&url)),
        // Beginning anew by itself would go round in circles in a browser that keeps no cookies.
        Err(Missing::Failed(FlowError::Refused(Refusal::Csrf(_)))) => {
            let words = visit.words(&[]);
            let page = ErrorPage::other_browser(&Stage { config, words: &words }, begin(config, kind).as_str());
            html(visit, StatusCode::FORBIDDEN, &page, &Policy::new(config))
        }
        Err(Missing::Failed(error)) => failed(visit, &ApiError::from(error)),
    }
}

/// The words of a flow's page, the titles of the traits in its forms among them.
fn words(visit: &Visit, view: &FlowView) -> Words {
    let schemas = &visit.cx.schemas;
    let wished = view.flow.data.oauth2.as_ref().map_or(&[][..], |oauth2| &oauth2.request.oidc_context.ui_locales);
    let named = view.identity.as_ref().map(|identity| &identity.schema_id).or(view.flow.data.identity_schema.as_ref());
    let schema = named.and_then(|id| schemas.get(id)).or_else(|| schemas.get(schemas.default_id()));
    let words = visit.words(wished);
    schema.iter().fold(words, |words, schema| words.knowing(schema.document()))
}

/// A page as a response, with the headers every page has.
pub(super) fn html(visit: &Visit, status: StatusCode, page: &impl Page, policy: &Policy) -> HttpResponse {
    let body = match page.render() {
        Ok(body) => body,
        Err(error) => return visit.error(&ApiError::internal(&error)),
    };
    let response = HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_LANGUAGE, page.shell().lang()))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy.header()))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::X_FRAME_OPTIONS, "DENY"))
        .insert_header((HeaderName::from_static("permissions-policy"), PERMISSIONS))
        .body(body);
    visit.keep(visit.keep_language(response, page.shell().lang()))
}

/// What no page needs.
const PERMISSIONS: HeaderValue = HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=()");

/// A redirect that turns any method into GET.
pub(super) fn go(url: &Url) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, url.as_str()))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// An error as a page.
pub(super) fn failed(visit: &Visit, error: &ApiError) -> HttpResponse {
    let config = &visit.cx.config;
    let problem = error.problem();
    let status = StatusCode::from_u16(problem.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let words = visit.words(&[]);
    let page = ErrorPage::of(&Stage { config, words: &words }, &problem.error(Some(&visit.cx.request_id), config.dev));
    html(visit, status, &page, &Policy::new(config))
}

/// An answer, or its error as a page.
pub(super) fn or_page(visit: &Visit, answer: Result<HttpResponse, ApiError>) -> HttpResponse {
    answer.unwrap_or_else(|error| failed(visit, &error))
}
