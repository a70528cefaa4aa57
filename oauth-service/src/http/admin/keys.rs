//! `/admin/keys` (contract 1.3, 7): key sets with their private members. This is why the admin API is nobody else's.

use actix_web::{HttpResponse, http::header, web};
use serde_json::{Map, Value, json};

use crate::{
    http::{
        error::ApiError,
        extract::{Body, Ctx},
        wire::{json_of, segment},
    },
    key::admin::{self, KeyAdminError, NewKey},
    protocol::error::{OAuthCode, OAuthError},
};

/// Mounts the operations.
pub(crate) fn configure(routes: &mut web::ServiceConfig) {
    routes
        .service(
            web::resource("/admin/keys/{set}")
                .route(web::get().to(get_set))
                .route(web::post().to(create))
                .route(web::put().to(replace_set))
                .route(web::delete().to(delete_set)),
        )
        .service(
            web::resource("/admin/keys/{set}/{kid}")
                .route(web::get().to(get_key))
                .route(web::put().to(put_key))
                .route(web::delete().to(delete_key)),
        );
}

impl From<KeyAdminError> for ApiError {
    fn from(error: KeyAdminError) -> Self {
        match error {
            KeyAdminError::Missing => OAuthError::new(OAuthCode::NotFound).because("No key is kept under it.").into(),
            KeyAdminError::Exists => Self::Conflict("The set has a key of this kid.".to_owned()),
            KeyAdminError::Invalid(why) => Self::Invalid(why),
            KeyAdminError::Key(error) => OAuthError::from(error).into(),
        }
    }
}

/// Private keys are nothing for a cache.
fn set(keys: &[Value]) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({ "keys": keys }))
}

async fn get_set(Ctx(cx): Ctx, name: web::Path<String>) -> Result<HttpResponse, ApiError> {
    Ok(set(&admin::read_set(&cx, &name).await?))
}

async fn create(Ctx(cx): Ctx, name: web::Path<String>, Body(bytes): Body) -> Result<HttpResponse, ApiError> {
    let Value::Object(members) = json_of(&bytes)? else {
        return Err(ApiError::Invalid("The body must be a JSON object.".to_owned()));
    };
    let new = NewKey { alg: text(&members, "alg")?, kid: text(&members, "kid")?, purpose: text(&members, "use")? };
    let key = admin::create(&cx, &name, new).await?;
    let location = format!("/admin/keys/{}", segment(&name));
    Ok(HttpResponse::Created().insert_header((header::LOCATION, location)).json(json!({ "keys": [key] })))
}

fn text(members: &Map<String, Value>, name: &str) -> Result<String, ApiError> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(ApiError::Invalid(format!("The member '{name}' must be a text."))),
    }
}

async fn replace_set(Ctx(cx): Ctx, name: web::Path<String>, Body(bytes): Body) -> Result<HttpResponse, ApiError> {
    let mut sent = json_of(&bytes)?;
    let Some(Value::Array(keys)) = sent.get_mut("keys").map(Value::take) else {
        return Err(ApiError::Invalid("The body must be a JSON Web Key Set: an object with a list 'keys'.".to_owned()));
    };
    Ok(set(&admin::replace_set(&cx, &name, keys).await?))
}

async fn delete_set(Ctx(cx): Ctx, name: web::Path<String>) -> Result<HttpResponse, ApiError> {
    admin::delete_set(&cx, &name).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn get_key(Ctx(cx): Ctx, path: web::Path<(String, String)>) -> Result<HttpResponse, ApiError> {
    let (name, kid) = path.into_inner();
    Ok(set(&[admin::read_key(&cx, &name, &kid).await?]))
}

async fn put_key(Ctx(cx): Ctx, path: web::Path<(String, String)>, Body(bytes): Body) -> Result<HttpResponse, ApiError> {
    let (name, kid) = path.into_inner();
    let key = admin::put_key(&cx, &name, &kid, json_of(&bytes)?).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(key))
}

async fn delete_key(Ctx(cx): Ctx, path: web::Path<(String, String)>) -> Result<HttpResponse, ApiError> {
    let (name, kid) = path.into_inner();
    admin::delete_key(&cx, &name, &kid).await?;
    Ok(HttpResponse::NoContent().finish())
}
