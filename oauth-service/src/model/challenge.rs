//! What travels sealed between this server and the login, consent and logout pages (contract 3.4).
//!
//! A challenge is what a page is asked, a verifier what it answered. Keys are one letter and nothing is carried that the URL beside
//! it says already, because both travel in URLs: a verifier names the request by its fingerprint alone.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_types::{
    contract::ConsentSession,
    id::{ClientId, GrantId, LoginSessionId},
    time::Time,
    typed_uuid,
};

typed_uuid!(
    /// One passage of one browser from the authorization request to its answer; 32 hex digits where pages see it.
    AuthFlowId
);

/// What the login page is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct LoginChallenge {
    #[serde(flatten)]
    pub(crate) flow: Passage,
    #[serde(flatten)]
    pub(crate) request: Carried,
    /// The remembered login, if one may be used.
    #[serde(rename = "k", skip_serializing_if = "Option::is_none")]
    pub(crate) known: Option<KnownLogin>,
    /// How it was made.
    #[serde(flatten)]
    pub(crate) how: HowLoggedIn,
}

/// The authorization request a challenge speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Carried {
    /// Its parameters as a query.
    #[serde(rename = "q")]
    Query(String),
    /// The `request_uri` of this server that stands for them.
    #[serde(rename = "h")]
    Kept(String),
}

/// How a request came, beside the plain way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Came {
    /// In a request object that the client signed.
    #[serde(rename = "g")]
    pub(crate) signed: bool,
    /// Pushed by the client, which authenticated for it.
    #[serde(rename = "p")]
    pub(crate) pushed: bool,
}

/// A request this server keeps for a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptRequest {
    #[serde(rename = "c")]
    pub(crate) client: ClientId,
    #[serde(rename = "q")]
    pub(crate) query: String,
    #[serde(flatten)]
    pub(crate) came: Came,
    /// A browser has to begin before.
    #[serde(rename = "e", with = "chrono::serde::ts_microseconds")]
    pub(crate) until: Time,
}

/// What all challenges and verifiers of one passage share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Passage {
    #[serde(rename = "i")]
    pub(crate) id: AuthFlowId,
    /// What this browser holds in a cookie.
    #[serde(rename = "x")]
    pub(crate) csrf: String,
    /// The login session, made or to be made.
    #[serde(rename = "s")]
    pub(crate) session: LoginSessionId,
    /// When the authorization request came in.
    #[serde(rename = "t", with = "chrono::serde::ts_microseconds")]
    pub(crate) requested_at: Time,
}

/// A login made earlier in this browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KnownLogin {
    #[serde(rename = "u")]
    pub(crate) subject: String,
    #[serde(rename = "a", with = "chrono::serde::ts_seconds")]
    pub(crate) authenticated_at: Time,
}

/// What a page answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Answer<T> {
    #[serde(rename = "y")]
    Accepted(T),
    #[serde(rename = "n")]
    Rejected(Rejection),
}

/// The error a page gave in place of an answer; told to the client as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rejection {
    #[serde(rename = "e")]
    pub(crate) error: String,
    #[serde(rename = "d")]
    pub(crate) description: String,
}

/// What the login page answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct LoginVerifier {
    #[serde(flatten)]
    pub(crate) flow: Passage,
    /// Names the request it answers.
    #[serde(rename = "f")]
    pub(crate) fingerprint: String,
    /// The page was told of a remembered login and took it.
    #[serde(rename = "k")]
    pub(crate) skip: bool,
    #[serde(rename = "o")]
    pub(crate) answer: Answer<LoginAnswer>,
}

/// An accepted login.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct LoginAnswer {
    #[serde(flatten)]
    pub(crate) login: KnownLogin,
    #[serde(rename = "r", default)]
    pub(crate) remember: bool,
    /// Seconds; 0 is the configured session lifetime.
    #[serde(rename = "m", default)]
    pub(crate) remember_for: i64,
    #[serde(rename = "l", default)]
    pub(crate) extend: bool,
    #[serde(flatten)]
    pub(crate) how: HowLoggedIn,
    /// Overrides the pairwise subject.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub(crate) forced_subject: Option<String>,
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub(crate) identity_provider_session_id: Option<String>,
}

/// What the login page says about the login, beside whose it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct HowLoggedIn {
    #[serde(rename = "c", default, skip_serializing_if = "String::is_empty")]
    pub(crate) acr: String,
    #[serde(rename = "b", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) amr: Vec<String>,
    /// Handed on to the consent page.
    #[serde(rename = "z", default, skip_serializing_if = "Value::is_null")]
    pub(crate) context: Value,
}

/// What the consent page is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ConsentChallenge {
    #[serde(flatten)]
    pub(crate) flow: Passage,
    #[serde(rename = "g")]
    pub(crate) grant: GrantId,
    #[serde(flatten)]
    pub(crate) request: Carried,
    #[serde(flatten)]
    pub(crate) login: KnownLogin,
    #[serde(flatten)]
    pub(crate) how: HowLoggedIn,
    /// A remembered consent covers the request.
    #[serde(rename = "k")]
    pub(crate) skip: bool,
}

/// What the consent page answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ConsentVerifier {
    #[serde(flatten)]
    pub(crate) flow: Passage,
    #[serde(rename = "g")]
    pub(crate) grant: GrantId,
    #[serde(rename = "f")]
    pub(crate) fingerprint: String,
    #[serde(flatten)]
    pub(crate) login: KnownLogin,
    #[serde(flatten)]
    pub(crate) how: HowLoggedIn,
    #[serde(rename = "k")]
    pub(crate) skip: bool,
    #[serde(rename = "o")]
    pub(crate) answer: Answer<ConsentAnswer>,
}

/// A given consent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ConsentAnswer {
    #[serde(rename = "v")]
    pub(crate) scope: Vec<String>,
    #[serde(rename = "w", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) audience: Vec<String>,
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) details: Vec<Value>,
    #[serde(rename = "j")]
    pub(crate) session: ConsentSession,
    #[serde(rename = "r", default)]
    pub(crate) remember: bool,
    /// Seconds; 0 is for ever.
    #[serde(rename = "m", default)]
    pub(crate) remember_for: i64,
    #[serde(rename = "h", with = "chrono::serde::ts_microseconds")]
    pub(crate) handled_at: Time,
}

/// What the logout page is asked, and, sealed for the other purpose, that it agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Logout {
    #[serde(rename = "u")]
    pub(crate) subject: String,
    #[serde(rename = "s")]
    pub(crate) session: LoginSessionId,
    /// The client that asked; `None` when the person came by himself.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub(crate) client: Option<ClientId>,
    /// The logout request as it came.
    #[serde(rename = "q")]
    pub(crate) request_url: String,
    /// Where the browser goes in the end.
    #[serde(rename = "z")]
    pub(crate) after: String,
    #[serde(rename = "t", with = "chrono::serde::ts_microseconds")]
    pub(crate) requested_at: Time,
}
