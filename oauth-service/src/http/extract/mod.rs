//! What handlers get from a request besides its parameters.

mod sender;

use std::{net::IpAddr, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use bytes::Bytes;
use futures_util::future::{LocalBoxFuture, Ready, ready};
use shared_types::http::{client_address, trace::RequestId};

use super::error::ApiError;
use crate::{
    app::{Cx, Env},
    protocol::error::{OAuthCode, OAuthError},
};

pub(crate) use sender::{certificate, proven, remember_certificate};

/// No body of a request is larger.
pub(super) const MAX_BODY: usize = 1 << 20;

/// The context of the request, its present included.
pub(crate) struct Ctx(pub(crate) Cx);

impl FromRequest for Ctx {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let env = request.app_data::<web::Data<Env>>().map(|data| Arc::clone(data));
        ready(match env {
            Some(env) => Ok(Self(Cx::begin(&env, RequestId::of(request).id))),
            None => Err(OAuthError::new(OAuthCode::ServerError).into()),
        })
    }
}

/// The body, at most 1 MiB.
pub(crate) struct Body(pub(crate) Bytes);

impl FromRequest for Body {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Bytes::from_request(request, payload);
        Box::pin(async move {
            match body.await {
                Ok(bytes) => Ok(Self(bytes)),
                Err(error) if error.as_response_error().status_code() == 413 => Err(ApiError::TooLarge),
                Err(_) => Err(ApiError::Invalid("The body broke off before its end.".to_owned())),
            }
        })
    }
}

/// The client's address, as far as trusted proxies tell it.
pub(crate) fn address(request: &HttpRequest, cx: &Cx) -> IpAddr {
    client_address(request, &cx.config.serve.trusted_proxies)
}
