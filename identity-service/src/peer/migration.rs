//! The password migration hook (contract §4.4): the system an account comes from says whether a password is right, when
//! its owner signs in here for the first time.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::request;
use crate::{app::Cx, config::Request, identity::view, jsonnet::Inputs, model::identity::Identity};

/// Somebody waits for the answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The other system could not be asked, or gave no answer that means anything.
#[derive(Debug, thiserror::Error)]
#[error("the password migration hook: {0}")]
pub(crate) struct MigrationError(String);

/// What it is asked.
pub(crate) struct Question<'a> {
    /// As it was typed.
    pub(crate) identifier: &'a str,
    pub(crate) password: &'a str,
    /// Whose account it is.
    pub(crate) identity: &'a Identity,
}

#[derive(Deserialize)]
struct Answer {
    status: String,
}

/// Whether the password is right.
pub(crate) async fn is_right(cx: &Cx, hook: &Request, question: &Question<'_>) -> Result<bool, MigrationError> {
    let mut request = request::begun(hook);
    request.timeout = Some(PATIENCE);
    request.body = request::body(hook, &body(cx, hook, question).await?).map_err(MigrationError)?;
    let reply = cx.http.send(request).await.map_err(|error| MigrationError(error.to_string()))?;
    tracing::info!(
        identity = %question.identity.id, status = reply.status, request = %cx.request_id, "password migration hook called"
    );
    match reply.status {
        200 => match serde_json::from_slice(&reply.body) {
            Ok(Answer { status }) if status == "password_match" => Ok(true),
            _ => Err(MigrationError("answered with status 200, but not that the password matches".to_owned())),
        },
        403 => Ok(false),
        status => Err(MigrationError(format!("answered with status {status}"))),
    }
}

/// What the Jsonnet of the configuration makes of the question; identifier and password, when there is none.
async fn body(cx: &Cx, hook: &Request, question: &Question<'_>) -> Result<Value, MigrationError> {
    let Question { identifier, password, identity } = question;
    let Some(url) = &hook.body else { return Ok(json!({ "identifier": identifier, "password": password })) };
    let ctx = json!({
        "identifier": identifier,
        "password": password,
        "identity": view::public(identity, &cx.config),
    });
    let made = cx.snippets.value(cx, url, &Inputs::default().arg("ctx", &ctx)).await;
    made.map_err(|error| MigrationError(format!("its body cannot be made: {error}")))
}
