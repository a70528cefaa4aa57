//! The fields of a page's own form, with every value of a repeated name.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev::Payload, web};

use crate::http::error::ApiError;

/// What a form of ours sent.
#[derive(Debug)]
pub(crate) struct Fields(Vec<(String, String)>);

impl FromRequest for Fields {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_form = request.content_type().eq_ignore_ascii_case("application/x-www-form-urlencoded");
        let bytes = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            if !is_form {
                return Err(ApiError::bad_request("The body must be application/x-www-form-urlencoded."));
            }
            let bytes = bytes.await.map_err(|_| ApiError::too_large())?;
            Self::parse(&bytes)
        })
    }
}

impl Fields {
    fn parse(bytes: &[u8]) -> Result<Self, ApiError> {
        let fields = serde_urlencoded::from_bytes(bytes);
        fields.map(Self).map_err(|_| ApiError::bad_request("The body is not a form in UTF-8."))
    }

    /// The first value of a field; empty counts as absent.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// All values of a field.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
