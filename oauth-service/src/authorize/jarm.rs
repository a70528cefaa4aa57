//! Answers inside a signed JWT (JWT Secured Authorization Response Mode for OAuth 2.0).

use chrono::Duration;
use serde_json::{Map, Value, json};

use crate::{
    app::Cx,
    client::encrypt::{Registered, encrypted},
    key::{self, KeySet},
    model::client::Client,
    protocol::{alg::Alg, error::OAuthError},
};

/// How long an answer is good (JARM 2.1: "RECOMMENDED .. maximum .. of 10 minutes").
const LIFETIME: Duration = Duration::minutes(10);

/// The `response` parameter that holds these fields, signed and, where registered, encrypted.
pub(super) async fn response(
    cx: &Cx,
    client: &Client,
    fields: &[(&'static str, String)],
) -> Result<String, OAuthError> {
    let mut claims: Map<String, Value> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    claims.insert("iss".to_owned(), json!(cx.config.urls.issuer));
    claims.insert("aud".to_owned(), json!(client.id));
    claims.insert("exp".to_owned(), json!((cx.now + LIFETIME).timestamp()));
    let alg = Alg::parse(&client.authorization_signed_response_alg);
    let alg = alg.unwrap_or_else(|| key::by_default(cx, KeySet::IdToken));
    let signed = cx.keys.signer(cx, KeySet::IdToken, alg).await?.sign(&claims, "JWT")?;
    let registered = Registered {
        alg: &client.authorization_encrypted_response_alg,
        enc: &client.authorization_encrypted_response_enc,
    };
    encrypted(cx, client, signed, registered).await
}
