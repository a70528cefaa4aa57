//! Sessions as signed tokens, for who asks whoami with `tokenize_as` (contract §5.7).

mod key;

use std::{sync::Arc, time::Duration};

use serde_json::{Map, Value, json};
use shared_types::{config::Problems, http::client::HttpClient, id::uuid_v4, time::Time};

use self::key::Key;
use crate::{
    app::Cx,
    config::{SubjectSource, TokenizerTemplate},
    jsonnet::{Inputs, JsonnetError, SnippetSource},
    model::{identity::Identity, session::Session},
    source::Kept,
};

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenizeError {
    /// The configuration has no such template.
    #[error("there is no tokenizer template {0:?}")]
    UnknownTemplate(String),
    /// The template takes the subject from there.
    #[error("the identity has no external id")]
    NoExternalId,
    /// The mapper gave no value.
    #[error("the claims mapper failed")]
    Mapper(#[from] JsonnetError),
    /// The mapper gave something else than claims.
    #[error("the claims mapper gave no object \"claims\"")]
    NoClaims,
    /// The key cannot be had, or does not sign.
    #[error("the key cannot be used: {0}")]
    Key(String),
}

/// The templates of a service, with what they need.
pub(crate) struct Tokenizers(Vec<Tokenizer>);

struct Tokenizer {
    name: String,
    ttl: Duration,
    subject_source: SubjectSource,
    mapper: Option<SnippetSource>,
    key: Kept<Arc<Key>>,
}

impl Tokenizers {
    /// Reads keys, and mappers that are at hand. Everything that cannot be used is named at once.
    pub(crate) async fn load(templates: &[TokenizerTemplate], http: &HttpClient, now: Time) -> Result<Self, Problems> {
        let (mut loaded, mut problems) = (Vec::new(), Problems::default());
        for template in templates {
            let path = |key: &str| format!("session.whoami.tokenizer.templates.{}.{key}", template.name);
            let key = Kept::now(template.jwks_url.expose(), key::read, http, now).await;
            let key = key.map_err(|why| problems.push(format!("{}: {why}", path("jwks_url"))));
            let mapper = match &template.claims_mapper_url {
                None => Ok(None),
                Some(url) => SnippetSource::open(url, http, now)
                    .await
                    .map(Some)
                    .map_err(|why| problems.push(format!("{}: {why}", path("claims_mapper_url")))),
            };
            if let (Ok(key), Ok(mapper)) = (key, mapper) {
                let (name, ttl, subject_source) = (template.name.clone(), template.ttl, template.subject_source);
                loaded.push(Tokenizer { name, ttl, subject_source, mapper, key });
            }
        }
        problems.or(Self(loaded))
    }
}

/// A session as a token. `shown` is what whoami answers of it.
pub(crate) async fn tokenize(
    cx: &Cx,
    template: &str,
    session: &Session,
    identity: &Identity,
    shown: &Value,
) -> Result<String, TokenizeError> {
    let unknown = || TokenizeError::UnknownTemplate(template.to_owned());
    let tokenizer = cx.tokenizers.0.iter().find(|tokenizer| tokenizer.name == template).ok_or_else(unknown)?;
    let subject = match tokenizer.subject_source {
        SubjectSource::Id => identity.id.text(),
        SubjectSource::ExternalId => identity.external_id.clone().ok_or(TokenizeError::NoExternalId)?,
    };
    let mut claims = defaults(cx, tokenizer, session, &subject);
    if let Some(mapper) = &tokenizer.mapper {
        let inputs = Inputs::default().var("session", shown).var("claims", &Value::Object(claims.clone()));
        let mut mapped = cx.jsonnet.evaluate(&mapper.snippet(cx).await?, &inputs).await?;
        let Some(Value::Object(mapped)) = mapped.get_mut("claims").map(Value::take) else {
            return Err(TokenizeError::NoClaims);
        };
        claims.extend(mapped);
        // A mapper decides about everything but whom the token is about.
        claims.insert("sub".to_owned(), Value::String(subject));
    }
    let key = tokenizer.key.get(&cx.http, cx.now).await.map_err(TokenizeError::Key)?;
    let token = key.sign(&claims).map_err(TokenizeError::Key)?;
    tracing::info!(
        target: "audit", event = "SessionTokenizedAsJWT", session = %session.id, identity = %identity.id, template,
        request = %cx.request_id, "session made a token"
    );
    Ok(token)
}

/// The claims every token has.
fn defaults(cx: &Cx, tokenizer: &Tokenizer, session: &Session, subject: &str) -> Map<String, Value> {
    let now = cx.now.timestamp();
    let ttl = i64::try_from(tokenizer.ttl.as_secs()).unwrap_or(i64::MAX);
    let claims = json!({
        "jti": uuid_v4(&*cx.entropy),
        "iss": cx.config.serve.public.base_url_text,
        "sub": subject,
        "sid": session.id,
        "iat": now,
        "nbf": now,
        "exp": now.saturating_add(ttl),
    });
    match claims {
        Value::Object(claims) => claims,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests;
