//! New sessions, and sessions whose owner has proved himself again.

use shared_types::{
    db::{AnyConn, Error},
    entropy::random_alnum,
    id::{IdentityId, SessionId},
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

/// A session for an identity that has proved itself by `methods`; it is not stored yet.
pub(crate) fn session(cx: &Cx, identity: IdentityId, methods: Vec<AuthenticationMethod>, device: &Device) -> Session {
    Session {
        id: SessionId::ordered(cx.now, &*cx.entropy),
        identity_id: identity,
        active: true,
        aal: assurance(&methods),
        methods,
        issued_at: cx.now,
        authenticated_at: cx.now,
        expires_at: end_of(cx),
        devices: vec![device.clone()],
    }
}

/// Opens a session for an identity that has proved itself by `methods`.
pub(crate) fn new_session(
    conn: &mut AnyConn,
    cx: &Cx,
    identity: &Identity,
    methods: Vec<AuthenticationMethod>,
    device: &Device,
) -> Result<Issued, Error> {
    open(conn, cx, session(cx, identity.id, methods, device))
}

/// Stores a session that was made before.
pub(crate) fn open(conn: &mut AnyConn, cx: &Cx, session: Session) -> Result<Issued, Error> {
    let token = new_token(cx);
    store::sessions::insert(conn, &session, &digest(&cx.secrets.digester, token.expose()))?;
    cx.figures.count("SessionIssued");
    tracing::info!(
        target: "audit", event = "SessionIssued", session = %session.id, identity = %session.identity_id,
        aal = %session.aal, request = %cx.request_id, "session issued"
    );
    Ok(Issued { session, token })
}

/// A session with another proof; it is not stored yet.
pub(crate) fn noted(cx: &Cx, session: &Session, method: AuthenticationMethod) -> Session {
    let mut session = session.clone();
    session.methods.push(method);
    session.authenticated_at = cx.now;
    session.aal = assurance(&session.methods);
    session
}

/// Notes another proof in a session that keeps its token.
pub(crate) fn note(
    conn: &mut AnyConn,
    cx: &Cx,
    session: &Session,
    method: AuthenticationMethod,
) -> Result<Session, Error> {
    let session = noted(cx, session, method);
    store::sessions::update(conn, &session, None)?;
    Ok(session)
}

/// Notes another proof in a session: same id, same token unless the assurance level has changed (contract §5.3).
pub(crate) fn again(
    conn: &mut AnyConn,
    cx: &Cx,
    session: &Session,
    method: AuthenticationMethod,
    device: &Device,
) -> Result<Renewed, Error> {
    let before = session.aal;
    let mut session = noted(cx, session, method);
    let token = (before != session.aal).then(|| new_token(cx));
    let stored_as = token.as_ref().map(|token| digest(&cx.secrets.digester, token.expose()));
    store::sessions::update(conn, &session, stored_as.as_ref())?;
    store::sessions::insert_device(conn, session.id, device)?;
    session.devices.push(device.clone());
    Ok(Renewed { session, token })
}
