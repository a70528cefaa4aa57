//! A form an operator has sent: it exists only where it carried the token of the operator's session.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev::Payload, web};
use shared_types::problem::Problem;

use super::operator::Operator;
use crate::http::error::ApiError;

/// What an operator wants done.
pub(crate) struct Act {
    pub(crate) operator: Operator,
    fields: Vec<(String, String)>,
}

const FORM: &str = "application/x-www-form-urlencoded";

impl FromRequest for Act {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let operator = Operator::from_request(request, &mut Payload::None);
        let is_form = request.content_type().eq_ignore_ascii_case(FORM);
        let bytes = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            let operator = operator.await?;
            let bytes = bytes.await.map_err(|_| ApiError::too_large())?;
            let fields: Vec<(String, String)> =
                if is_form { serde_urlencoded::from_bytes(&bytes).unwrap_or_default() } else { Vec::new() };
            let act = Self { operator, fields };
            if act.operator.is_own(act.text("csrf_token")) {
                Ok(act)
            } else {
                let reason =
                    "This form belongs to another session, or is not one of the console's. Please open it again.";
                Err(ApiError::new(Problem::new(403).reason(reason)))
            }
        })
    }
}

impl Act {
    /// What stands in a field; nothing where it is missing.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.filled(name).unwrap_or_default()
    }

    /// What stands in a field, if anything does.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Every field and its value, in their order.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Every value of a field.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether a box is checked.
    pub(crate) fn is_checked(&self, name: &str) -> bool {
        self.filled(name) == Some("true")
    }
}
