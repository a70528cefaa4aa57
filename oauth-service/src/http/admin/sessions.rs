//! `/admin/oauth2/auth/sessions`: what subjects consented to and where they are logged in (contract 1.3, 3.11).

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};
use shared_types::{
    contract::ConsentRequest,
    db,
    id::{ClientId, GrantId, LoginSessionId},
    page,
};

use crate::{
    app::Cx,
    authorize::end_session,
    challenge::claims,
    client,
    http::{error::ApiError, extract::Ctx},
    model::consent::Consent,
    protocol::{
        error::{OAuthCode, OAuthError},
        params::Params,
    },
    store::{
        consents::{self, Filter, Revoked},
        login_sessions,
    },
    token,
};

const LOGIN: &str = "/admin/oauth2/auth/sessions/login";
const CONSENT: &str = "/admin/oauth2/auth/sessions/consent";
const DEFAULT_PAGE: usize = 100;
const LARGEST_PAGE: usize = 500;

/// Mounts the operations.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config
        .route(LOGIN, web::delete().to(revoke_login))
        .route(CONSENT, web::get().to(list_consent))
        .route(CONSENT, web::delete().to(revoke_consent));
}

fn invalid(why: &'static str) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidRequest).because(why)
}

/// Ends one login session, or all of a subject. What is not there is ended already: 204 either way.
async fn revoke_login(request: HttpRequest, Ctx(cx): Ctx) -> Result<HttpResponse, ApiError> {
    let params = Params::parse(request.query_string()).without_nul()?;
    match (params.get("subject"), params.get("sid")) {
        (Some(subject), None) => {
            let owned = subject.to_owned();
            let count = cx.db.write(move |conn| login_sessions::delete_of_subject(conn, &owned)).await?;
            tracing::info!(subject, count, "login sessions revoked");
        }
        (None, Some(sid)) => {
            if let Ok(id) = LoginSessionId::parse(sid) {
                let ended = end_session::headless(&cx, id).await?;
                tracing::info!(%id, ended, "login session revoked");
            }
        }
        _ => return Err(invalid("Exactly one of the query parameters 'subject' and 'sid' is needed.").into()),
    }
    Ok(HttpResponse::NoContent().finish())
}

/// Removes consents and every code and token that came of them.
async fn revoke_consent(request: HttpRequest, Ctx(cx): Ctx) -> Result<HttpResponse, ApiError> {
    let Some(which) = which(&Params::parse(request.query_string()).without_nul()?)? else {
        return Ok(HttpResponse::NoContent().finish());
    };
    let write = move |conn: &mut db::AnyConn| -> Result<usize, db::Error> {
        let grants = consents::delete(conn, &which)?;
        token::revoke::grants(conn, &grants)?;
        Ok(grants.len())
    };
    let count = cx.db.write(write).await?;
    tracing::info!(count, "consents revoked");
    Ok(HttpResponse::NoContent().finish())
}

/// Which consents a request means. `None`: an id that none can have.
fn which(params: &Params) -> Result<Option<Revoked>, OAuthError> {
    let all = params.get("all") == Some("true");
    match (params.get("consent_request_id"), params.get("subject"), params.get("client"), all) {
        (Some(id), None, None, false) => Ok(GrantId::parse(id).ok().map(Revoked::Grant)),
        (None, Some(subject), Some(client), false) => {
            Ok(Some(Revoked::OfSubjectAtClient(subject.to_owned(), ClientId::from(client))))
        }
        (None, Some(subject), None, true) => Ok(Some(Revoked::OfSubject(subject.to_owned()))),
        _ => Err(invalid("Send 'consent_request_id' alone, or 'subject' with 'client', or 'subject' with 'all=true'.")),
    }
}

/// A page of a subject's consents.
async fn list_consent(request: HttpRequest, Ctx(cx): Ctx) -> Result<HttpResponse, ApiError> {
    let params = Params::parse(request.query_string()).without_nul()?;
    let subject = params.get("subject").ok_or_else(|| invalid("The query parameter 'subject' is missing."))?;
    let session = params.get("login_session_id");
    let size = page_size(&params)?;
    let after = match params.get("page_token") {
        None => None,
        Some(token) => Some(
            cx.pages
                .decode(token, cx.now)
                .map_err(|error| OAuthError::new(OAuthCode::InvalidRequest).because(format!("{error}.")))?,
        ),
    };
    let filter = Filter { subject: subject.to_owned(), login_session: session.map(str::to_owned) };
    // One more than asked for says whether there is a next page.
    let limit = i64::try_from(size + 1).unwrap_or(i64::MAX);
    let mut found = cx.db.read(move |conn| consents::list(conn, &filter, after.as_deref(), limit)).await?;
    let more = found.len() > size;
    found.truncate(size);
    let last = found.last().filter(|_| more).map(|last| last.grant_id.hex());
    let next = last.map(|key| cx.pages.encode(&key, cx.now, cx.entropy.as_ref()));
    let query: Vec<(String, String)> = [("subject", Some(subject)), ("login_session_id", session)]
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name.to_owned(), value.to_owned())))
        .collect();
    let link = page::link_header(CONSENT, &query, size, next.as_deref());
    let mut items = Vec::with_capacity(found.len());
    for consent in found {
        items.push(item(&cx, consent).await?);
    }
    Ok(HttpResponse::Ok().insert_header((header::LINK, link)).json(items))
}

fn page_size(params: &Params) -> Result<usize, OAuthError> {
    match params.get("page_size") {
        None => Ok(DEFAULT_PAGE),
        Some(text) => match text.parse::<usize>() {
            Ok(size) if size > 0 => Ok(size.min(LARGEST_PAGE)),
            _ => Err(invalid("The query parameter 'page_size' must be a whole number above zero.")),
        },
    }
}

/// A consent as the list shows it.
async fn item(cx: &Cx, consent: Consent) -> Result<Value, OAuthError> {
    let client = client::find(cx, consent.client_id.as_str()).await?;
    let Consent { asked, granted, .. } = consent;
    let session = claims::open(cx, &granted.session)?;
    let request = ConsentRequest {
        challenge: String::new(),
        consent_request_id: consent.grant_id.hex(),
        requested_scope: asked.scope,
        authorization_details: Vec::new(),
        requested_access_token_audience: asked.audience,
        skip: asked.skip,
        subject: consent.subject,
        oidc_context: asked.oidc_context,
        client: client.map(|client| client.to_json()).unwrap_or_default(),
        request_url: asked.request_url,
        login_challenge: consent.flow_id.hex(),
        login_session_id: consent.login_session_id.map(|id| id.text()).unwrap_or_default(),
        acr: asked.acr,
        amr: asked.amr,
        context: granted.context.clone(),
    };
    Ok(json!({
        "consent_request_id": request.consent_request_id,
        "consent_request": request,
        "grant_scope": granted.scope,
        "grant_access_token_audience": granted.audience,
        "session": session,
        "remember": granted.remember,
        "remember_for": granted.remember_for,
        "handled_at": granted.handled_at,
        "context": granted.context,
    }))
}
