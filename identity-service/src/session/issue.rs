//! New sessions, and sessions whose owner has proved himself again.

use shared_types::{
    db::{AnyConn, Error},
    entropy::random_alnum,
    id::SessionId,
    secret::{Digest, Digester, Secret},
    time::Time,
};

use crate::{
    app::Cx,
    model::{
        identity::Identity,
        session::{AuthenticationMethod, Device, Session, assurance},
    },
    store,
};

/// What session tokens begin with.
pub(crate) const TOKEN_PREFIX: &str = "ory_st_";
const PURPOSE: &str = "session";

/// A session together with its token, which is seen this once.
#[derive(Debug, Clone)]
pub(crate) struct Issued {
    pub(crate) session: Session,
    pub(crate) token: Secret<String>,
}

/// A session that was proved again. The token is new when the assurance level is.
#[derive(Debug, Clone)]
pub(crate) struct Renewed {
    pub(crate) session: Session,
    pub(crate) token: Option<Secret<String>>,
}

/// The digest under which a new token is stored.
pub(crate) fn digest(digester: &Digester, token: &str) -> Digest {
    digester.digest(PURPOSE, token)
}

/// The digests under which a token may be stored: one per secret in use.
pub(crate) fn candidates(digester: &Digester, token: &str) -> Vec<Digest> {
    digester.candidates(PURPOSE, token)
}

fn new_token(cx: &Cx) -> Secret<String> {
    Secret::new(format!("{TOKEN_PREFIX}{}", random_alnum(&*cx.entropy, 32)))
}

fn end_of(cx: &Cx) -> Time {
    let lifespan = chrono::Duration::from_std(cx.config.session.lifespan).unwrap_or(chrono::Duration::MAX);
    cx.now.checked_add_signed(lifespan).unwrap_or(Time::MAX_UTC)
}

/// Opens a session for an identity that has proved itself by `methods`.
pub(crate) fn new_session(
    conn: &mut AnyConn,
    cx: &Cx,
    identity: &Identity,
    methods: Vec<AuthenticationMethod>,
    device: &Device,
) -> Result<Issued, Error> {
    let token = new_token(cx);
    let session = Session {
        id: SessionId::ordered(cx.now, &*cx.entropy),
        identity_id: identity.id,
        active: true,
        aal: assurance(&methods),
        methods,
        issued_at: cx.now,
        authenticated_at: cx.now,
        expires_at: end_of(cx),
        devices: vec![device.clone()],
    };
    store::sessions::insert(conn, &session, &digest(&cx.secrets.digester, token.expose()))?;
    tracing::info!(
        target: "audit", event = "SessionIssued", session = %session.id, identity = %identity.id,
        aal = %session.aal, request = %cx.request_id, "session issued"
    );
    Ok(Issued { session, token })
}

/// Notes another proof in a session: same id, same token unless the assurance level has changed (contract §5.3).
pub(crate) fn again(
    conn: &mut AnyConn,
    cx: &Cx,
    session: &Session,
    method: AuthenticationMethod,
    device: &Device,
) -> Result<Renewed, Error> {
    let mut session = session.clone();
    session.methods.push(method);
    session.authenticated_at = cx.now;
    let before = std::mem::replace(&mut session.aal, assurance(&session.methods));
    let token = (before != session.aal).then(|| new_token(cx));
    let stored_as = token.as_ref().map(|token| digest(&cx.secrets.digester, token.expose()));
    store::sessions::update(conn, &session, stored_as.as_ref())?;
    store::sessions::insert_device(conn, session.id, device)?;
    session.devices.push(device.clone());
    Ok(Renewed { session, token })
}
