//! Every path on one screen. What a path does not know of is answered 405; what no path knows, 404.

use actix_web::{FromRequest as _, HttpRequest, HttpResponse, Resource, http::Method, web, web::ServiceConfig};

use super::{
    admin::{
        audit_events, courier, identities, identity_batch, identity_credentials, identity_patch, identity_sessions,
        openapi, recovery as hand_over, sessions as all_sessions, sessions_batch, token_hook, trials,
    },
    console,
    error::ApiError,
    public::{
        applications, consent, device, error_page, errors, fed_cm, health, login, logout, negotiate, oauth_logout,
        oidc, own_sessions, pages, recovery, registration, schemas, sessions, settings, token_exchange, verification,
        visit::Visit, webauthn_script, welcome, whoami,
    },
};

/// The public listener.
pub(super) fn public(cfg: &mut ServiceConfig) {
    cfg.service(at("/health/alive").route(web::get().to(health::alive)))
        .service(at("/health/ready").route(web::get().to(health::ready_public)))
        .service(at("/version").route(web::get().to(health::version)))
        .service(web::resource("/sessions/whoami").to(whoami::any_method))
        .service(at("/sessions").route(web::get().to(sessions::list)).route(web::delete().to(sessions::delete_others)))
        .service(at("/sessions/token-exchange").route(web::get().to(token_exchange::get)))
        .service(at("/sessions/{id}").route(web::delete().to(sessions::delete_one)));
    for root in ["/schemas", "/admin/schemas"] {
        cfg.service(at(root).route(web::get().to(schemas::list)))
            .service(at(&format!("{root}/{{id}}")).route(web::get().to(schemas::get)));
    }
    for routes in [
        login::routes,
        registration::routes,
        verification::routes,
        recovery::routes,
        settings::routes,
        webauthn_script::routes,
        logout::routes,
        errors::routes,
        fed_cm::routes,
        pages::routes,
        consent::routes,
        device::routes,
        own_sessions::routes,
        applications::routes,
        oauth_logout::routes,
        oidc::routes,
        welcome::routes,
        error_page::routes,
    ] {
        cfg.configure(routes);
    }
}

/// Figures alone.
pub(super) fn figures(cfg: &mut ServiceConfig) {
    for prefix in ["", "/admin"] {
        cfg.service(at(&format!("{prefix}/metrics/prometheus")).route(web::get().to(health::metrics)))
            .service(at(&format!("{prefix}/health/alive")).route(web::get().to(health::alive)))
            .service(at(&format!("{prefix}/health/ready")).route(web::get().to(health::ready_admin)));
    }
}

/// The admin listener; its prefix may be left out by callers (`layer::admin_port`).
pub(super) fn admin(cfg: &mut ServiceConfig) {
    cfg.service(at("/admin/health/alive").route(web::get().to(health::alive)))
        .service(at("/admin/health/ready").route(web::get().to(health::ready_admin)))
        .service(at("/admin/health/config").route(web::get().to(health::config)))
        .service(at("/admin/openapi.json").route(web::get().to(openapi::get)))
        .service(at("/admin/version").route(web::get().to(health::version)))
        .service(at("/admin/metrics/prometheus").route(web::get().to(health::metrics)))
        .service(
            at("/admin/identities")
                .route(web::get().to(identities::list))
                .route(web::post().to(identities::create))
                .route(web::patch().to(identity_batch::patch)),
        )
        .service(at("/admin/identities/by/external/{id:.+}").route(web::get().to(identities::get_by_external_id)))
        .service(
            at("/admin/identities/{id}")
                .route(web::get().to(identities::get))
                .route(web::put().to(identities::put))
                .route(web::patch().to(identity_patch::patch))
                .route(web::delete().to(identities::delete)),
        )
        .service(
            at("/admin/identities/{id}/sessions")
                .route(web::get().to(identity_sessions::list))
                .route(web::delete().to(identity_sessions::delete)),
        )
        .service(at("/admin/identities/{id}/credentials/{type}").route(web::delete().to(identity_credentials::delete)))
        .service(
            at("/admin/sessions").route(web::get().to(all_sessions::list)).route(web::post().to(sessions_batch::post)),
        )
        .service(
            at("/admin/sessions/{id}")
                .route(web::get().to(all_sessions::get))
                .route(web::delete().to(all_sessions::delete)),
        )
        .service(at("/admin/sessions/{id}/extend").route(web::patch().to(all_sessions::extend)))
        .service(at("/admin/oauth2/token-hook").route(web::post().to(token_hook::post)))
        .configure(audit_events::routes)
        .configure(courier::routes)
        .configure(hand_over::routes)
        .configure(trials::routes)
        .service(console::scope());
}

pub(super) fn at(path: &str) -> Resource {
    web::resource(path).default_service(web::to(method_not_allowed))
}

async fn method_not_allowed() -> Result<HttpResponse, ApiError> {
    Err(ApiError::method_not_allowed())
}

/// What no path knows.
pub(super) async fn not_found() -> Result<HttpResponse, ApiError> {
    Err(nothing_here())
}

/// The same at the public listener, where people come by, too.
pub(super) async fn nowhere(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    if request.method() == Method::GET && negotiate::is_for_people(&request) {
        let visit = Visit::extract(&request).await?;
        return Ok(pages::failed(&visit, &nothing_here()));
    }
    Err(nothing_here())
}

fn nothing_here() -> ApiError {
    ApiError::not_found("There is nothing here.")
}
