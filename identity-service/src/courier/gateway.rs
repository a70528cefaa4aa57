//! Hands messages to a system that takes them by HTTP, such as a provider of text messages (contract §8). Any answer of
//! 2xx means that it took one.

use std::{sync::Arc, time::Duration};

use serde_json::{Map, Value, json};
use shared_types::http::client::HttpRequest;

use super::{
    Trouble,
    enqueue::{Content, Matter},
};
use crate::{
    app::{Cx, Env},
    config::Request,
    jsonnet::{Inputs, JsonnetError},
    model::mail::{Mail, MailType},
    peer,
};

/// How long an answer is waited for. Giving up early would send a message twice.
const PATIENCE: Duration = Duration::from_secs(30);

/// A message, what it is made of, and what it says.
pub(super) struct Parcel<'a> {
    pub(super) mail: &'a Mail,
    pub(super) matter: &'a Matter,
    pub(super) content: &'a Content,
}

/// Sends a message by this request.
pub(super) async fn send(env: &Arc<Env>, config: &Request, parcel: &Parcel<'_>) -> Result<(), Trouble> {
    let request = request(env, config, parcel).await?;
    // What a provider answers may repeat the code, so that nothing but the status is told of it.
    match env.http.send(request).await {
        Ok(reply) if (200..300).contains(&reply.status) => Ok(()),
        Ok(reply) => Err(Trouble::Passing(format!(
            "{} answered with status {}",
            config.url.origin().ascii_serialization(),
            reply.status
        ))),
        Err(error) => Err(Trouble::Passing(super::chain(&error))),
    }
}

async fn request(env: &Arc<Env>, config: &Request, parcel: &Parcel<'_>) -> Result<HttpRequest, Trouble> {
    let mut request = peer::request::begun(config);
    request.timeout = Some(PATIENCE);
    if peer::request::may_have_body(config) {
        // Whoever wrote the snippet may mend it while the message waits.
        let broken = |what: String| Trouble::Passing(format!("the body of the request: {what}"));
        let ctx = ctx(parcel);
        let body = match &config.body {
            None => default_body(&ctx),
            Some(url) => {
                let cx = Cx::begin(env, Arc::from(format!("courier-{}", parcel.mail.id)));
                let inputs = Inputs::default().arg("ctx", &ctx);
                cx.snippets.value(&cx, url, &inputs).await.map_err(|error| match error {
                    JsonnetError::Cancelled => {
                        Trouble::Final("the body of the request says that there is none".to_owned())
                    }
                    error => broken(error.to_string()),
                })?
            }
        };
        request.body = peer::request::body(config, &body).map_err(broken)?;
    }
    let is_named = config.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("idempotency-key"));
    // The same over all attempts, so that a receiver can tell a repetition.
    Ok(if is_named { request } else { request.header("idempotency-key", parcel.mail.id.text()) })
}

/// What the Jsonnet of the body is given.
fn ctx(parcel: &Parcel<'_>) -> Value {
    let Parcel { mail, matter, content } = parcel;
    let (data, headers) = match matter {
        Matter::Written(_) => (json!({"to": mail.recipient}), Value::Null),
        Matter::Unwritten { data, request_headers } => (data.clone(), request_headers.clone()),
    };
    let mut ctx = json!({
        "recipient": mail.recipient,
        "subject": content.subject,
        "body": content.text,
        "template_type": mail.template,
        "template_data": template_data(mail, data),
        "message_type": mail.kind,
        "request_headers": headers,
    });
    if let Value::Object(map) = &mut ctx
        && !content.html.is_empty()
    {
        map.insert("html_body".to_owned(), json!(content.html));
    }
    ctx
}

/// Snippets written for the reference find the code of a text message for recovery under the name of the one for
/// verification; it stands under both.
fn template_data(mail: &Mail, mut data: Value) -> Value {
    if let Value::Object(map) = &mut data
        && mail.kind == MailType::Sms
        && let Some(code) = map.get("recovery_code").cloned()
    {
        map.insert("verification_code".to_owned(), code);
    }
    data
}

/// The body when none is configured.
fn default_body(ctx: &Value) -> Value {
    let of = |from: &Value, name: &str| (name.to_owned(), from.get(name).cloned().unwrap_or(Value::Null));
    let data = ctx.get("template_data").unwrap_or(&Value::Null);
    let mut body: Map<String, Value> = ["recipient", "template_type"].iter().map(|name| of(ctx, name)).collect();
    let of_data = ["to", "recovery_code", "recovery_url", "verification_url", "verification_code"];
    body.extend(of_data.iter().map(|name| of(data, name)));
    body.extend(["subject", "body"].iter().map(|name| of(ctx, name)));
    Value::Object(body)
}

#[cfg(test)]
pub(super) mod tests;
