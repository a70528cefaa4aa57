//! `/admin/clients` (contract 1.3, 1.4, 2).

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use json_patch::Patch;
use serde_json::Value;
use shared_types::page::link_header;

use crate::{
    client::{self, MetadataError, Registration, WriteError},
    http::{
        error::ApiError,
        extract::{Body, Ctx},
        wire::{json_of, registered, segment},
    },
    model::client::Client,
    protocol::{
        error::{OAuthCode, OAuthError},
        params::Params,
    },
    store::clients::Filter,
};

const PATH: &str = "/admin/clients";
const DEFAULT_SIZE: usize = 100;
const MAX_SIZE: usize = 500;

/// Mounts the operations.
pub(crate) fn configure(routes: &mut web::ServiceConfig) {
    routes
        .service(web::resource(PATH).route(web::get().to(list)).route(web::post().to(create)))
        .service(
            web::resource("/admin/clients/{id}")
                .route(web::get().to(get))
                .route(web::put().to(replace))
                .route(web::patch().to(patch))
                .route(web::delete().to(delete)),
        )
        .service(web::resource("/admin/clients/{id}/lifespans").route(web::put().to(lifespans)))
        .service(
            web::resource("/admin/clients/{id}/secrets/rotate")
                .route(web::post().to(rotate))
                .route(web::delete().to(drop_rotated)),
        );
}

impl From<WriteError> for ApiError {
    fn from(error: WriteError) -> Self {
        use client::WriteError as W;
        match error {
            W::Missing => OAuthError::new(OAuthCode::NotFound).because("No client has this id.").into(),
            W::Exists => Self::Conflict("A client of this id exists.".to_owned()),
            W::Changed => {
                Self::Conflict("The client was changed by somebody else meanwhile. Read it again.".to_owned())
            }
            W::Metadata(error) => error.into(),
            W::Invalid(why) => Self::Invalid(why),
            W::Secret(error) => OAuthError::new(OAuthCode::TemporarilyUnavailable).caused_by(error).into(),
            W::Db(error) => error.into(),
        }
    }
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
    let text = |name: &str| params.get(name).map(str::to_owned);
    let limit = i64::try_from(size + 1).unwrap_or(i64::MAX);
    let filter = Filter { name: text("client_name"), owner: text("owner"), after, limit };
    let mut found = client::list(&cx, filter).await?;
    // One more was asked for: whether it came says whether there is a next page.
    let more = found.len() > size;
    found.truncate(size);
    let next = found.last().filter(|_| more).map(|last| cx.pages.encode(last.id.as_str(), cx.now, cx.entropy.as_ref()));
    let kept: Vec<(String, String)> =
        ["client_name", "owner"].into_iter().filter_map(|name| Some((name.to_owned(), text(name)?))).collect();
    let body: Vec<Value> = found.iter().map(Client::to_json).collect();
    Ok(HttpResponse::Ok().insert_header((header::LINK, link_header(PATH, &kept, size, next.as_deref()))).json(body))
}

async fn create(Ctx(cx): Ctx, Body(bytes): Body) -> Result<HttpResponse, ApiError> {
    let written = client::create(&cx, registration(&bytes)?).await?;
    let location = format!("{PATH}/{}", segment(written.client.id.as_str()));
    Ok(HttpResponse::Created().insert_header((header::LOCATION, location)).json(registered(&cx, &written)))
}

async fn get(Ctx(cx): Ctx, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let found = client::find(&cx, &id).await?;
    let client = found.ok_or(WriteError::Missing)?;
    Ok(HttpResponse::Ok().json(client.to_json()))
}

async fn replace(Ctx(cx): Ctx, id: web::Path<String>, Body(bytes): Body) -> Result<HttpResponse, ApiError> {
    let written = client::replace(&cx, &id, registration(&bytes)?).await?;
    Ok(HttpResponse::Ok().json(registered(&cx, &written)))
}

async fn patch(Ctx(cx): Ctx, id: web::Path<String>, Body(bytes): Body) -> Result<HttpResponse, ApiError> {
    let patch: Patch = serde_json::from_slice(&bytes)
        .map_err(|error| ApiError::Invalid(format!("The body must be a JSON Patch, a list of operations: {error}.")))?;
    let written = Box::pin(client::patch(&cx, &id, patch)).await?;
    Ok(HttpResponse::Ok().json(registered(&cx, &written)))
}

async fn delete(Ctx(cx): Ctx, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    client::delete(&cx, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn lifespans(Ctx(cx): Ctx, id: web::Path<String>, Body(bytes): Body) -> Result<HttpResponse, ApiError> {
    let written = client::set_lifespans(&cx, &id, json_of(&bytes)?).await?;
    Ok(HttpResponse::Ok().json(registered(&cx, &written)))
}

async fn rotate(Ctx(cx): Ctx, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let written = client::rotate_secret(&cx, &id).await?;
    Ok(HttpResponse::Ok().json(registered(&cx, &written)))
}

async fn drop_rotated(Ctx(cx): Ctx, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let written = client::drop_rotated_secrets(&cx, &id).await?;
    Ok(HttpResponse::Ok().json(registered(&cx, &written)))
}

fn registration(bytes: &[u8]) -> Result<Registration, ApiError> {
    Registration::parse(json_of(bytes)?).map_err(|error: MetadataError| error.into())
}
