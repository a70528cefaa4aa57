//! The errors OAuth2 and OpenID Connect have names for (contract 1.5.1; RFC 6749 4.1.2.1 and 5.2; OpenID Connect Core 3.1.2.6).
//!
//! An error has a code and a text the client's developer may read. What caused it stays inside, for the log. Status codes belong to
//! `http/error.rs`.

use std::{borrow::Cow, error::Error, fmt};

use shared_types::db;

type Source = Box<dyn Error + Send + Sync>;

/// An error code as it stands in `error=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum OAuthCode {
    InvalidRequest,
    InvalidClient,
    UnauthorizedClient,
    InvalidGrant,
    AccessDenied,
    UnsupportedResponseType,
    UnsupportedResponseMode,
    InvalidScope,
    ScopeNotGranted,
    ServerError,
    TemporarilyUnavailable,
    InvalidState,
    InsufficientEntropy,
    LoginRequired,
    ConsentRequired,
    RegistrationNotSupported,
    RequestUnauthorized,
    RequestForbidden,
    NotFound,
    JtiKnown,
    InvalidRequestUri,
    InvalidRequestObject,
    AuthorizationPending,
    SlowDown,
    ExpiredToken,
    InvalidTarget,
    InvalidDpopProof,
    UseDpopNonce,
    InvalidAuthorizationDetails,
    UnmetAuthenticationRequirements,
    InvalidToken,
}

impl OAuthCode {
    /// The code as clients read it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::InvalidGrant => "invalid_grant",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::UnsupportedResponseMode => "unsupported_response_mode",
            Self::InvalidScope => "invalid_scope",
            Self::ScopeNotGranted => "scope_not_granted",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::InvalidState => "invalid_state",
            Self::InsufficientEntropy => "insufficient_entropy",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::RequestUnauthorized => "request_unauthorized",
            Self::RequestForbidden => "request_forbidden",
            Self::NotFound => "not_found",
            Self::JtiKnown => "jti_known",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::InvalidRequestObject => "invalid_request_object",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::ExpiredToken => "expired_token",
            Self::InvalidTarget => "invalid_target",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::UseDpopNonce => "use_dpop_nonce",
            Self::InvalidAuthorizationDetails => "invalid_authorization_details",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::InvalidToken => "invalid_token",
        }
    }

    /// What the code means, for answers that have nothing more exact to say.
    const fn meaning(self) -> &'static str {
        match self {
            Self::InvalidRequest => "The request lacks a parameter, repeats one, or is malformed.",
            Self::InvalidClient => "The client is unknown or could not be authenticated.",
            Self::UnauthorizedClient => "The client is not registered for this way of getting a token.",
            Self::InvalidGrant => {
                "The code, token or assertion is wrong, expired, revoked, or belongs to another client."
            }
            Self::AccessDenied => "The request was refused by the person, the identity provider or this server.",
            Self::UnsupportedResponseType => "This response_type is not available to the client.",
            Self::UnsupportedResponseMode => "This response_mode is not available.",
            Self::InvalidScope => "A requested scope is unknown, malformed or not allowed to the client.",
            Self::ScopeNotGranted => "The token lacks a scope this request needs.",
            Self::ServerError => "The server met an unexpected condition and could not finish the request.",
            Self::TemporarilyUnavailable => "The server is busy. Try again shortly.",
            Self::InvalidState => "The state parameter is missing or too short.",
            Self::InsufficientEntropy => "The nonce is too short to protect the answer.",
            Self::LoginRequired => "The person has to log in, which prompt=none forbids.",
            Self::ConsentRequired => "The person has to consent, which prompt=none forbids.",
            Self::RegistrationNotSupported => "The registration parameter is not supported.",
            Self::RequestUnauthorized => "The request is not authorized, or its time has run out.",
            Self::RequestForbidden => "The request is not allowed from this browser.",
            Self::NotFound => "There is nothing by this name.",
            Self::JtiKnown => "The jti of the assertion has been used.",
            Self::InvalidRequestUri => {
                "The request_uri is unknown, expired, not registered, or leads to nothing that can be read."
            }
            Self::InvalidRequestObject => "The request object is malformed, or not signed as the client registered.",
            Self::AuthorizationPending => "The person has not decided yet. Ask again after the interval.",
            Self::SlowDown => "The client asks too often. The interval has grown by five seconds.",
            Self::ExpiredToken => "The device code has expired. Begin again.",
            Self::InvalidTarget => "The resource or audience is unknown, malformed or not allowed to the client.",
            Self::InvalidDpopProof => "The DPoP proof is missing, malformed, used, or does not fit this request.",
            Self::UseDpopNonce => "The DPoP proof must hold the nonce of the header DPoP-Nonce.",
            Self::InvalidAuthorizationDetails => {
                "The authorization_details are malformed, of an unknown type, or not allowed to the client."
            }
            Self::UnmetAuthenticationRequirements => {
                "The person cannot be authenticated in the way the client demands."
            }
            Self::InvalidToken => "The access token is unknown, expired, revoked, or not good here.",
        }
    }
}

/// An OAuth2 error: its code, what may be told, and what caused it.
#[derive(Debug)]
pub(crate) struct OAuthError {
    /// The error's name.
    pub(crate) code: OAuthCode,
    /// What the client's developer may read, beside the meaning of the code.
    pub(crate) public: Cow<'static, str>,
    /// What went wrong beneath; for the log alone.
    pub(crate) source: Option<Source>,
}

impl OAuthError {
    /// An error that says what its code says.
    pub(crate) const fn new(code: OAuthCode) -> Self {
        Self { code, public: Cow::Borrowed(""), source: None }
    }

    /// Adds what exactly is wrong, in words for the client's developer.
    #[must_use]
    pub(crate) fn because(mut self, public: impl Into<Cow<'static, str>>) -> Self {
        self.public = public.into();
        self
    }

    /// Adds the cause, which never leaves the server.
    #[must_use]
    pub(crate) fn caused_by(mut self, source: impl Into<Source>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The text of `error_description`: the meaning of the code, then the reason.
    pub(crate) fn description(&self) -> String {
        let meaning = self.code.meaning();
        if self.public.is_empty() {
            return meaning.to_owned();
        }
        safe_description(&format!("{meaning} {}", self.public))
    }
}

/// Keeps to the characters RFC 6749 5.2 allows in `error_description`: `"` becomes `'`, `\` becomes `/`, other outsiders `?`.
pub(crate) fn safe_description(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '"' => '\'',
            '\\' => '/',
            '\t' | '\r' | '\n' => ' ',
            ' '..='~' => c,
            _ => '?',
        })
        .collect()
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.description())
    }
}

impl Error for OAuthError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

impl From<OAuthCode> for OAuthError {
    fn from(code: OAuthCode) -> Self {
        Self::new(code)
    }
}

impl From<db::Error> for OAuthError {
    fn from(error: db::Error) -> Self {
        let code = match error {
            db::Error::Busy => OAuthCode::TemporarilyUnavailable,
            _ => OAuthCode::ServerError,
        };
        Self::new(code).caused_by(error)
    }
}

#[cfg(test)]
mod tests;
