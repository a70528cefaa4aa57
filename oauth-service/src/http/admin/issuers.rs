//! `/admin/trust/grants/jwt-bearer/issuers` (contract 1.3, 4.9).

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::Value;
use shared_types::page::link_header;

use crate::{
    grant::trust::{self, NewTrust, TrustError},
    http::{
        error::ApiError,
        extract::{Body, Ctx},
        wire::json_of,
    },
    model::issuer::TrustedIssuer,
    protocol::{
        error::{OAuthCode, OAuthError},
        params::Params,
    },
};

const PATH: &str = "/admin/trust/grants/jwt-bearer/issuers";
const DEFAULT_SIZE: usize = 100;
const MAX_SIZE: usize = 500;

/// Mounts the operations.
pub(crate) fn configure(routes: &mut web::ServiceConfig) {
    routes.service(web::resource(PATH).route(web::get().to(list)).route(web::post().to(create))).service(
        web::resource("/admin/trust/grants/jwt-bearer/issuers/{id}")
            .route(web::get().to(get))
            .route(web::delete().to(delete)),
    );
}

impl From<TrustError> for ApiError {
    fn from(error: TrustError) -> Self {
        match error {
            TrustError::Missing => OAuthError::new(OAuthCode::NotFound).because("No trust has this id.").into(),
            TrustError::Exists => Self::Conflict("This issuer is trusted for this subject and key already.".to_owned()),
            TrustError::Lacks(what) => Self::Lacks(what),
            TrustError::Invalid(why) => Self::Invalid(why.to_owned()),
            TrustError::Key(error) => error.into(),
            TrustError::Db(error) => error.into(),
        }
    }
}

async fn create(Ctx(cx): Ctx, Body(bytes): Body) -> Result<HttpResponse, ApiError> {
    let Value::Object(mut members) = json_of(&bytes)? else {
        return Err(ApiError::Invalid("The body must be a JSON object.".to_owned()));
    };
    members.retain(|_, value| !value.is_null());
    let new: NewTrust = serde_json::from_value(Value::Object(members))
        .map_err(|error| ApiError::Invalid(format!("The body cannot be read: {error}.")))?;
    let made = trust::create(&cx, new).await?;
    // As others say it: without the prefix.
    let location = format!("{}/{}", PATH.trim_start_matches("/admin"), made.id);
    Ok(HttpResponse::Created().insert_header((header::LOCATION, location)).json(made.to_json()))
}

async fn list(request: HttpRequest, Ctx(cx): Ctx) -> Result<HttpResponse, ApiError> {
    let params = Params::parse(request.query_string()).without_nul()?;
    let size = match params.get("page_size").map(str::parse::<usize>) {
        None => DEFAULT_SIZE,
        Some(Ok(size)) if size > 0 => size.min(MAX_SIZE),
        Some(_) => return Err(ApiError::Invalid("page_size must be a whole number above 0.".to_owned())),
    };
    let after = params.get("page_token").map(|token| cx.pages.decode(token, cx.now)).transpose();
    let after = after.map_err(|error| ApiError::Invalid(format!("{error}.")))?;
    let issuer = params.get("issuer").map(str::to_owned);
    let limit = i64::try_from(size + 1).unwrap_or(i64::MAX);
    let mut found = trust::list(&cx, issuer.clone(), after, limit).await?;
    // One more was asked for: whether it came says whether there is a next page.
    let more = found.len() > size;
    found.truncate(size);
    let last = found.last().filter(|_| more).map(|last| last.id.text());
    let next = last.map(|last| cx.pages.encode(&last, cx.now, cx.entropy.as_ref()));
    let kept: Vec<(String, String)> = issuer.map(|issuer| ("issuer".to_owned(), issuer)).into_iter().collect();
    let body: Vec<Value> = found.iter().map(TrustedIssuer::to_json).collect();
    Ok(HttpResponse::Ok().insert_header((header::LINK, link_header(PATH, &kept, size, next.as_deref()))).json(body))
}

async fn get(Ctx(cx): Ctx, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(trust::get(&cx, &id).await?.to_json()))
}

async fn delete(Ctx(cx): Ctx, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    trust::delete(&cx, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}
