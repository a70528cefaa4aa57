//! Sending a code or link: the secret's digest, the flow and the mail are written together, or not at all.
//!
//! For an address nobody has, the same statements run and are undone, so that neither the answer nor its time says
//! whether an address is known.

use serde_json::{Map, Value, json};
use shared_types::{
    db::{AnyConn, Error, savepoint},
    entropy::{random_digits, random_token},
    id::{AddressId, CodeId, IdentityId, Uuid},
};
use url::Url;

use super::{begin, form};
use crate::{
    app::Cx,
    courier::enqueue::{self, Mail, Template},
    identity::view,
    model::{
        address::{AddressStatus, RecoveryAddress, VerifiableAddress},
        code::{Code, CodeKind, purpose},
        flow::{Flow, FlowKind},
        identity::{Identity, IdentityState},
        step::Target,
        traits::Traits,
    },
    store,
};

/// How many digits a code has.
const DIGITS: usize = 6;

/// Something to be sent.
pub(super) struct Letter<'a> {
    /// The flow in which the secret can be used.
    pub(super) flow: &'a Flow,
    /// How the secret travels.
    pub(super) kind: CodeKind,
    /// Where to.
    pub(super) target: &'a Target,
}

/// Whom a letter is for.
pub(super) enum Reader<'a> {
    /// The owner of the address.
    Owner(&'a Identity),
    /// Somebody who is about to register.
    Newcomer(&'a Traits),
}

/// Forgets the secrets sent before in a flow, and gives it a fresh budget of tries.
pub(super) fn start_over(conn: &mut AnyConn, flow: &Flow) -> Result<(), Error> {
    store::codes::forget(conn, flow.id)?;
    store::flows::reset_tries(conn, flow.id)
}

/// Sends a fresh secret; the flow is stored already, and earlier secrets are forgotten.
pub(super) fn to(conn: &mut AnyConn, cx: &Cx, letter: &Letter<'_>, reader: &Reader<'_>) -> Result<(), Error> {
    let secret = secret(cx, letter.kind);
    let owner = match reader {
        Reader::Owner(identity) => Some(identity.id),
        Reader::Newcomer(_) => None,
    };
    store::codes::insert(conn, &code(cx, letter, owner, &secret))?;
    if letter.flow.kind == FlowKind::Verification
        && let Reader::Owner(identity) = reader
        && let Some(address) = identity.verifiable(letter.target.via, &letter.target.address)
    {
        store::addresses::mark_sent(conn, address.id, cx.now)?;
    }
    let data = data(cx, letter, Some((reader, &secret)));
    enqueue::mail(conn, cx, mail(letter, true, data))?;
    Ok(())
}

/// Does for an address nobody has what is done for others, without effect; or writes to it, when configured.
pub(super) fn to_nobody(conn: &mut AnyConn, cx: &Cx, letter: &Letter<'_>) -> Result<(), Error> {
    let flows = &cx.config.selfservice;
    let told = match letter.flow.kind {
        FlowKind::Verification => flows.verification.notify_unknown_recipients,
        FlowKind::Recovery => flows.recovery.notify_unknown_recipients,
        FlowKind::Login | FlowKind::Registration | FlowKind::Settings => false,
    };
    if told {
        enqueue::mail(conn, cx, mail(letter, false, data(cx, letter, None)))?;
        return Ok(());
    }
    store::identities::miss(conn)?;
    let undone: Result<(), Undo> = savepoint(conn, |conn| {
        let secret = secret(cx, letter.kind);
        store::codes::insert(conn, &code(cx, letter, None, &secret))?;
        let data = data(cx, letter, Some((&Reader::Owner(&stand_in(cx, letter)), &secret)));
        enqueue::mail(conn, cx, mail(letter, true, data))?;
        Err(Undo::Wanted)
    });
    match undone {
        Err(Undo::Failed(error)) => Err(error),
        Ok(()) | Err(Undo::Wanted) => Ok(()),
    }
}

/// Somebody like those who have addresses.
fn stand_in(cx: &Cx, letter: &Letter<'_>) -> Identity {
    let Target { via, address, .. } = letter.target;
    let id = AddressId::from_uuid(Uuid::nil());
    let (created_at, updated_at) = (cx.now, cx.now);
    let known = RecoveryAddress { id, value: address.clone(), via: *via, created_at, updated_at };
    let proven = VerifiableAddress {
        id,
        value: address.clone(),
        verified: true,
        verified_at: Some(cx.now),
        via: *via,
        status: AddressStatus::Completed,
        created_at,
        updated_at,
    };
    let mut traits = Map::new();
    traits.insert("email".to_owned(), json!(address));
    traits.insert("name".to_owned(), json!("Nobody At All"));
    Identity {
        id: IdentityId::from_uuid(Uuid::nil()),
        external_id: None,
        schema_id: cx.config.identity.default_schema_id.clone(),
        state: IdentityState::Active,
        state_changed_at: None,
        traits: Traits::new(traits),
        verifiable_addresses: vec![proven],
        recovery_addresses: vec![known],
        metadata_public: None,
        metadata_admin: None,
        factors: Vec::new(),
        created_at,
        updated_at,
        revision: 0,
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

fn mail(letter: &Letter<'_>, known: bool, data: Value) -> Mail {
    Mail { recipient: letter.target.address.clone(), via: letter.target.via, template: template(letter, known), data }
}

const fn template(letter: &Letter<'_>, known: bool) -> Template {
    match (letter.flow.kind, letter.kind, known) {
        (FlowKind::Login, _, _) => Template::LoginCodeValid,
        (FlowKind::Registration, _, _) => Template::RegistrationCodeValid,
        (FlowKind::Recovery, CodeKind::Code, true) => Template::RecoveryCodeValid,
        (FlowKind::Recovery, CodeKind::Code, false) => Template::RecoveryCodeInvalid,
        (FlowKind::Recovery, CodeKind::Link, true) => Template::RecoveryValid,
        (FlowKind::Recovery, CodeKind::Link, false) => Template::RecoveryInvalid,
        (FlowKind::Verification | FlowKind::Settings, CodeKind::Code, true) => Template::VerificationCodeValid,
        (FlowKind::Verification | FlowKind::Settings, CodeKind::Code, false) => Template::VerificationCodeInvalid,
        (FlowKind::Verification | FlowKind::Settings, CodeKind::Link, true) => Template::VerificationValid,
        (FlowKind::Verification | FlowKind::Settings, CodeKind::Link, false) => Template::VerificationInvalid,
    }
}

pub(super) fn secret(cx: &Cx, kind: CodeKind) -> String {
    match kind {
        CodeKind::Code => random_digits(&*cx.entropy, DIGITS),
        CodeKind::Link => random_token(&*cx.entropy),
    }
}

pub(super) fn lifespan(cx: &Cx, kind: CodeKind) -> std::time::Duration {
    match kind {
        CodeKind::Code => cx.config.selfservice.methods.code.lifespan,
        CodeKind::Link => cx.config.selfservice.methods.link.lifespan,
    }
}

pub(super) fn code(cx: &Cx, letter: &Letter<'_>, owner: Option<IdentityId>, secret: &str) -> Code {
    Code {
        id: CodeId::ordered(cx.now, &*cx.entropy),
        flow_id: letter.flow.id,
        kind: letter.kind,
        digest: cx.secrets.digester.digest(purpose(letter.flow.kind), secret),
        identity_id: owner,
        via: letter.target.via,
        address: letter.target.address.clone(),
        created_at: cx.now,
        expires_at: begin::later(cx.now, lifespan(cx, letter.kind)),
    }
}

/// What a message's template is filled with (contract §8).
fn data(cx: &Cx, letter: &Letter<'_>, sent: Option<(&Reader<'_>, &str)>) -> Value {
    let flow = &letter.flow.data;
    let mut data = Map::new();
    let mut put = |name: &str, value: Value| data.insert(name.to_owned(), value);
    put("to", json!(letter.target.address));
    put("request_url", json!(flow.request_url));
    put(
        "request_url_domain",
        json!(Url::parse(&flow.request_url).ok().and_then(|url| url.host_str().map(str::to_owned))),
    );
    put("transient_payload", json!(flow.transient_payload));
    if let Some(oauth2) = &flow.oauth2 {
        put("oauth2_login_request", who_asks(&json!(oauth2.request)));
    }
    let Some((reader, secret)) = sent else { return Value::Object(data) };
    match reader {
        Reader::Owner(identity) => put("identity", view::public(identity, &cx.config)),
        Reader::Newcomer(traits) => put("traits", json!(traits)),
    };
    put("expires_in_minutes", json!(lifespan(cx, letter.kind).as_secs() / 60));
    let names = match letter.flow.kind {
        FlowKind::Login => ("login_code", None),
        FlowKind::Registration => ("registration_code", None),
        FlowKind::Recovery => ("recovery_code", Some("recovery_url")),
        FlowKind::Verification | FlowKind::Settings => ("verification_code", Some("verification_url")),
    };
    if letter.kind == CodeKind::Code {
        put(names.0, json!(secret));
    }
    if let Some(name) = names.1 {
        put(name, json!(url(cx, letter.flow, letter.kind, secret)));
    }
    Value::Object(data)
}

/// What a message may show of an OAuth2 client's login request: what its owner chose for people to see.
fn who_asks(request: &Value) -> Value {
    let names = ["client_id", "client_name", "client_uri", "logo_uri", "metadata"];
    let client = names
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), request.pointer(&format!("/client/{name}"))?.clone())));
    json!({"challenge": request.get("challenge"), "client": client.collect::<Map<_, _>>()})
}

/// The address in the mail: it leads to the flow, with the secret filled in.
pub(super) fn url(cx: &Cx, flow: &Flow, kind: CodeKind, secret: &str) -> Url {
    let path = format!("self-service/{}", flow.kind);
    let own = cx.config.selfservice.methods.link.base_url.as_ref().filter(|_| kind == CodeKind::Link);
    let mut url = form::public_url(&cx.config, &path);
    if let Some(base) = own {
        let prefix = base.path().trim_end_matches('/').to_owned();
        url = base.clone();
        url.set_path(&format!("{prefix}/{path}"));
    }
    let name = if kind == CodeKind::Code { "code" } else { "token" };
    url.query_pairs_mut().append_pair("flow", &flow.id.text()).append_pair(name, secret);
    url
}
