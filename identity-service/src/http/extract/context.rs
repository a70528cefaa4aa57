//! The context of a request as an extractor.

use std::{
    future::{Ready, ready},
    ops::Deref,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use shared_types::http::trace::RequestId;

use crate::{
    app::{Cx, Live},
    http::error::ApiError,
};

/// Everything one request may use. Its present is the moment of extraction.
pub(crate) struct Ctx(pub(crate) Cx);

impl Deref for Ctx {
    type Target = Cx;

    fn deref(&self) -> &Cx {
        &self.0
    }
}

impl FromRequest for Ctx {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(begin(request).map(Self))
    }
}

/// The listener's environment was not registered: a fault of the routes, not of the caller.
#[derive(Debug, thiserror::Error)]
#[error("the listener has no environment")]
struct NoEnvironment;

/// A context for this request.
pub(crate) fn begin(request: &HttpRequest) -> Result<Cx, ApiError> {
    let live = request.app_data::<web::Data<Live>>().ok_or_else(|| ApiError::internal(&NoEnvironment))?;
    Ok(Cx::begin(&live.now(), RequestId::of(request).id))
}
