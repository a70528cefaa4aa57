//! The session of a native program whose sign-in went through a browser (contract §3.3). The program holds one code from
//! the beginning of its flow, the browser brings it another at the end; only both together give the session's token.

use chrono::TimeDelta;
use shared_types::{
    db::{AnyConn, Error},
    entropy::random_alnum,
    secret::{Secret, constant_time_eq},
};

use super::{FlowError, Refusal, view::FlowView};
use crate::{
    app::Cx,
    method::exchange,
    model::{
        flow::{Flow, FlowType},
        identity::Identity,
        session::Session,
    },
    session::issue::Issued,
    store,
};

const CODE: usize = 64;
const INIT: &str = "exchange, init code";
const BACK: &str = "exchange, return code";
const TOKEN: &str = "exchanged session token";
/// How long the codes are good for.
pub(crate) const LIFESPAN: TimeDelta = TimeDelta::hours(1);

/// Gives a native flow its two codes.
pub(super) fn prepare(cx: &Cx, flow: &mut Flow) {
    if flow.data.flow_type == FlowType::Api {
        flow.data.exchange_code = Some(random_alnum(&*cx.entropy, CODE));
        exchange::keep(cx, flow, &random_alnum(&*cx.entropy, CODE));
    }
}

/// Keeps the codes of a flow that was just made, if it has any.
pub(super) fn begin(conn: &mut AnyConn, cx: &Cx, flow: &Flow) -> Result<(), Error> {
    let (Some(init), Some(back)) = (&flow.data.exchange_code, exchange::code(cx, flow)) else { return Ok(()) };
    let digester = &cx.secrets.digester;
    let codes = (&digester.digest(INIT, init), &digester.digest(BACK, &back));
    store::session_exchanges::insert(conn, flow.id, codes, cx.now)
}

/// Keeps the session a flow has led to for the program that waits.
pub(super) fn fulfil(conn: &mut AnyConn, cx: &Cx, flow: &Flow, issued: &Issued) -> Result<(), Error> {
    if !exchange::is_asked(flow) {
        return Ok(());
    }
    let sealed = cx.secrets.ciphers.seal(TOKEN, &*cx.entropy, issued.token.expose().as_bytes());
    store::session_exchanges::fulfil(conn, flow.id, issued.session.id, &sealed)
}

/// What both codes give.
#[derive(Debug)]
pub(crate) enum Exchanged {
    /// The session.
    Session(Box<(Session, Identity, Secret<String>)>),
    /// The flow has not led to one; its form says why.
    Flow(Box<FlowView>),
}

/// Exchanges both codes for the session.
pub(crate) async fn redeem(cx: &Cx, init: &str, back: &str) -> Result<Exchanged, FlowError> {
    if [init, back].iter().any(|code| code.len() != CODE) {
        return Err(nothing());
    }
    let inits = cx.secrets.digester.candidates(INIT, init);
    let backs = cx.secrets.digester.candidates(BACK, back);
    let cx2 = cx.clone();
    let unit = move |conn: &mut AnyConn| {
        let Some(known) = store::session_exchanges::find(conn, &inits)? else { return Ok::<_, Error>(None) };
        let own = known.return_digest.to_vec();
        let fits = backs.iter().any(|digest| constant_time_eq(&digest.to_vec(), &own));
        if !fits || cx2.now >= known.created_at + LIFESPAN {
            return Ok(None);
        }
        let Some(session) = known.session else {
            return Ok(store::flows::find(conn, known.flow)?.map(|flow| Found::Flow(Box::new(flow))));
        };
        let sealed = store::session_exchanges::take(conn, known.flow)?;
        let session = store::sessions::get(conn, session)?.filter(|session| session.is_active(cx2.now));
        let (Some(sealed), Some(session)) = (sealed, session) else { return Ok(None) };
        let identity = store::identities::get(conn, session.identity_id)?.filter(Identity::is_active);
        Ok(identity.map(|identity| Found::Session(Box::new((session, identity, sealed)))))
    };
    match cx.db.write(unit).await? {
        Some(Found::Session(found)) => {
            let (session, identity, sealed) = *found;
            let clear = cx.secrets.ciphers.open(TOKEN, &sealed).ok().and_then(|clear| String::from_utf8(clear).ok());
            let token = clear.ok_or_else(nothing)?;
            Ok(Exchanged::Session(Box::new((session, identity, Secret::new(token)))))
        }
        Some(Found::Flow(flow)) if flow.data.ui.has_errors() => {
            Ok(Exchanged::Flow(Box::new(FlowView::of(cx, *flow, None))))
        }
        _ => Err(nothing()),
    }
}

enum Found {
    Session(Box<(Session, Identity, Vec<u8>)>),
    Flow(Box<Flow>),
}

/// Wrong codes, codes that were used, and those whose flow is under way are answered alike.
fn nothing() -> FlowError {
    Refusal::Unknown("No session waits for these codes.".to_owned()).into()
}
