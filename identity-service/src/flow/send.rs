//! Sending a code or link: the secret's digest, the flow and the mail are written together, or not at all.
//!
//! For an address nobody has, the same statements run and are undone, so that neither the answer nor its time says
//! whether an address is known.

use serde_json::{Map, Value, json};
use shared_types::{
    db::{AnyConn, Error, savepoint},
    entropy::{random_digits, random_token},
    id::{AddressId, CodeId},
};
use url::Url;

use super::{begin, form};
use crate::{
    app::Cx,
    courier::enqueue::{self, Mail, Template},
    model::{
        code::{Code, CodeKind},
        flow::Flow,
        identity::Identity,
        step::Owner,
    },
    store,
};

/// What digests of codes and links are made for.
pub(super) const PURPOSE: &str = "verification";
/// How many digits a code has.
const DIGITS: usize = 6;

/// Something to be sent.
pub(super) struct Letter<'a> {
    /// The flow in which the secret can be used.
    pub(super) flow: &'a Flow,
    /// How the secret travels.
    pub(super) kind: CodeKind,
    /// Where to.
    pub(super) address: &'a str,
}

/// Sends a fresh secret to its owner and forgets the earlier ones of the flow; the flow is stored already.
pub(super) fn to_owner(
    conn: &mut AnyConn,
    cx: &Cx,
    letter: &Letter<'_>,
    owner: Owner,
    identity: &Identity,
) -> Result<(), Error> {
    let secret = secret(cx, letter.kind);
    store::codes::forget(conn, letter.flow.id)?;
    store::flows::reset_tries(conn, letter.flow.id)?;
    store::codes::insert(conn, &code(cx, letter, owner, &secret))?;
    store::addresses::mark_sent(conn, owner.address_id, cx.now)?;
    let template = match letter.kind {
        CodeKind::Code => Template::VerificationCodeValid,
        CodeKind::Link => Template::VerificationValid,
    };
    let data = data(cx, letter, Some((identity, &secret)));
    enqueue::mail(conn, cx, Mail { recipient: letter.address.to_owned(), template, data })?;
    Ok(())
}

/// Does for an address nobody has what is done for others, without effect; or writes to it, when configured.
pub(super) fn to_nobody(conn: &mut AnyConn, cx: &Cx, letter: &Letter<'_>) -> Result<(), Error> {
    let template = match letter.kind {
        CodeKind::Code => Template::VerificationCodeInvalid,
        CodeKind::Link => Template::VerificationInvalid,
    };
    let mail = Mail { recipient: letter.address.to_owned(), template, data: data(cx, letter, None) };
    store::codes::forget(conn, letter.flow.id)?;
    store::flows::reset_tries(conn, letter.flow.id)?;
    if cx.config.selfservice.verification.notify_unknown_recipients {
        enqueue::mail(conn, cx, mail)?;
        return Ok(());
    }
    let undone: Result<(), Undo> = savepoint(conn, |conn| {
        let nobody = AddressId::random(&*cx.entropy);
        store::addresses::mark_sent(conn, nobody, cx.now)?;
        enqueue::mail(conn, cx, mail.clone())?;
        Err(Undo::Wanted)
    });
    match undone {
        Err(Undo::Failed(error)) => Err(error),
        Ok(()) | Err(Undo::Wanted) => Ok(()),
    }
}

/// Why the statements for nobody are undone.
enum Undo {
    Wanted,
    Failed(Error),
}

impl From<Error> for Undo {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

fn secret(cx: &Cx, kind: CodeKind) -> String {
    match kind {
        CodeKind::Code => random_digits(&*cx.entropy, DIGITS),
        CodeKind::Link => random_token(&*cx.entropy),
    }
}

fn lifespan(cx: &Cx, kind: CodeKind) -> std::time::Duration {
    match kind {
        CodeKind::Code => cx.config.selfservice.code.lifespan,
        CodeKind::Link => cx.config.selfservice.link.lifespan,
    }
}

fn code(cx: &Cx, letter: &Letter<'_>, owner: Owner, secret: &str) -> Code {
    let expires_at = begin::later(cx.now, lifespan(cx, letter.kind));
    Code {
        id: CodeId::ordered(cx.now, &*cx.entropy),
        flow_id: letter.flow.id,
        kind: letter.kind,
        digest: cx.secrets.digester.digest(PURPOSE, secret),
        address_id: owner.address_id,
        identity_id: owner.identity_id,
        address: letter.address.to_owned(),
        created_at: cx.now,
        expires_at,
    }
}

/// What a mail's template is filled with (contract §8).
fn data(cx: &Cx, letter: &Letter<'_>, sent: Option<(&Identity, &str)>) -> Value {
    let mut data = Map::new();
    data.insert("to".to_owned(), json!(letter.address));
    data.insert("request_url".to_owned(), json!(letter.flow.data.request_url));
    data.insert("transient_payload".to_owned(), json!(letter.flow.data.transient_payload));
    if let Some((identity, secret)) = sent {
        data.insert("identity".to_owned(), json!({"id": identity.id, "traits": identity.traits}));
        data.insert("expires_in_minutes".to_owned(), json!(lifespan(cx, letter.kind).as_secs() / 60));
        data.insert("verification_url".to_owned(), json!(url(cx, letter, secret)));
        if letter.kind == CodeKind::Code {
            data.insert("verification_code".to_owned(), json!(secret));
        }
    }
    Value::Object(data)
}

/// The address in the mail: it leads to the flow, with the secret filled in.
fn url(cx: &Cx, letter: &Letter<'_>, secret: &str) -> Url {
    let own = cx.config.selfservice.link.base_url.as_ref().filter(|_| letter.kind == CodeKind::Link);
    let mut url = form::public_url(&cx.config, "self-service/verification");
    if let Some(base) = own {
        let prefix = base.path().trim_end_matches('/').to_owned();
        url = base.clone();
        url.set_path(&format!("{prefix}/self-service/verification"));
    }
    let name = if letter.kind == CodeKind::Code { "code" } else { "token" };
    url.query_pairs_mut().append_pair("flow", &letter.flow.id.text()).append_pair(name, secret);
    url
}
