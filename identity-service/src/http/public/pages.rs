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
use serde_json::Value;
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
    http::{
        error::ApiError,
        extract::{Ctx, query::Query},
        routes::at,
    },
    model::flow::FlowKind,
    ui::{
        page::{
            ErrorPage, LoginPage, Page, RecoveryPage, RegistrationPage, SettingsPage, Shell, Stage, Told,
            VerificationPage, asset,
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
async fn assets(cx: Ctx, name: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let (media, content) = match (asset::find(&name), cx.config.branding.find(&name)) {
        (Some(asset), _) => (asset.media, web::Bytes::from_static(asset.content.as_bytes())),
        (None, Some(file)) => (file.media, web::Bytes::copy_from_slice(&file.content)),
        (None, None) => return Err(ApiError::not_found("There is no such file.")),
    };
    let mut answer = HttpResponse::Ok();
    // A picture is looked at, and nothing in it runs when it is opened by itself.
    if media.starts_with("image/") {
        answer.insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"));
    }
    Ok(answer
        .insert_header((header::CONTENT_TYPE, media))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(content))
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
            // A template of the operator's may draw the flow by hand.
            let flow = config.page_templates.is_some().then(|| view.body(config));
            let page = page(&Stage { config, words: &words }, &view);
            drawn(visit, StatusCode::OK, &page, (&policy, flow))
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
pub(super) fn html<P: Page>(visit: &Visit, status: StatusCode, page: &P, policy: &Policy) -> HttpResponse {
    drawn(visit, status, page, (policy, None))
}

fn drawn<P: Page>(
    visit: &Visit,
    status: StatusCode,
    page: &P,
    (policy, flow): (&Policy, Option<Value>),
) -> HttpResponse {
    let body = match page.render() {
        Ok(body) => body,
        Err(error) => return visit.error(&ApiError::internal(&error)),
    };
    let Shell { title, wrong, host, brand, .. } = page.shell();
    let body = visit.cx.own_pages.around(body, &Told { page: P::NAME, title, wrong: *wrong, host, brand, flow });
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
pub(in crate::http) fn failed(visit: &Visit, error: &ApiError) -> HttpResponse {
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
