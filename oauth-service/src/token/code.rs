//! Authorization codes (RFC 6749 4.1.2).

use shared_types::{
    contract::ConsentSession,
    db::{AnyConn, Error},
    id::{ClientId, GrantId, LoginSessionId},
    time::Time,
};

use super::{opaque, seal_session};
use crate::{
    app::Cx,
    model::token::{Code, Granted, Login, Session, Terms},
    store,
};

/// What a code is issued for.
#[derive(Debug, Clone)]
pub(crate) struct NewCode {
    /// Links the code with what it yields.
    pub(crate) grant_id: GrantId,
    /// Who may exchange it.
    pub(crate) client_id: ClientId,
    /// The real subject.
    pub(crate) subject: String,
    /// The subject as the client sees it.
    pub(crate) shown_subject: String,
    /// As the authorization request had it.
    pub(crate) redirect_uri: Option<String>,
    /// Granted scopes.
    pub(crate) scope: Vec<String>,
    /// Granted audiences.
    pub(crate) audience: Vec<String>,
    /// For the ID token.
    pub(crate) nonce: Option<String>,
    /// S256.
    pub(crate) code_challenge: Option<String>,
    /// When the person logged in.
    pub(crate) auth_time: Time,
    /// When the authorization request came in.
    pub(crate) requested_at: Time,
    /// Authentication context class.
    pub(crate) acr: Option<String>,
    /// Authentication methods.
    pub(crate) amr: Vec<String>,
    /// Claims the consent gave.
    pub(crate) session: ConsentSession,
    /// `sid`.
    pub(crate) login_session_id: LoginSessionId,
    /// What further was agreed on; `cnf` is that of the request (RFC 9449 10).
    pub(crate) terms: Terms,
}

impl NewCode {
    /// The claims and the login behind it.
    pub(super) fn session(&self) -> Session {
        let login = Login {
            shown_subject: self.shown_subject.clone(),
            session_id: self.login_session_id,
            auth_time: self.auth_time,
            requested_at: self.requested_at,
            nonce: self.nonce.clone(),
            acr: self.acr.clone(),
            amr: self.amr.clone(),
        };
        Session {
            login: Some(login),
            access_token: self.session.access_token.clone(),
            id_token: self.session.id_token.clone(),
            terms: self.terms.clone(),
        }
    }

    /// What is granted, with its sealed session.
    pub(super) fn granted(&self, session: Vec<u8>) -> Granted {
        Granted {
            grant_id: Some(self.grant_id),
            client_id: self.client_id.clone(),
            subject: self.subject.clone(),
            scope: self.scope.clone(),
            audience: self.audience.clone(),
            session,
        }
    }
}

/// Makes a code: its text for the client, its row for [`store`].
pub(crate) fn mint(cx: &Cx, new: &NewCode) -> Result<(String, Code), Error> {
    let minted = opaque::mint(cx, opaque::Kind::Code);
    let code = Code {
        digest: minted.digest,
        granted: new.granted(seal_session(cx, &new.session())?),
        redirect_uri: new.redirect_uri.clone(),
        code_challenge: new.code_challenge.clone(),
        issued_at: cx.now,
        expires_at: cx.now + cx.config.ttl.auth_code.chrono(),
        used_at: None,
    };
    Ok((minted.text, code))
}

/// Keeps a code, in the write that keeps the consent.
pub(crate) fn store(conn: &mut AnyConn, code: &Code) -> Result<(), Error> {
    store::codes::insert(conn, code)
}
