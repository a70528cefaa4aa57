//! What the client gets for a consent: a code, an access token, an ID token, as its response type says (RFC 6749 4.1.2, 4.2.2; OpenID
//! Connect Core 3.2.2.5, 3.3.2.5).

use shared_types::{
    contract::ConsentSession,
    db::{AnyConn, Error},
    id::LoginSessionId,
};

use serde_json::Value;

use crate::{
    app::Cx,
    authorize::draft::Authorized,
    model::{
        consent::{Asked, Consent},
        token::{AccessToken, Code, Confirmation, Terms},
    },
    protocol::error::OAuthError,
    subject,
    token::{
        self,
        code::NewCode,
        front::{FrontTokens, Wanted},
    },
};

/// Texts for the client, rows for the write that keeps the consent.
pub(super) struct Issued {
    pub(super) fields: Vec<(&'static str, String)>,
    pub(super) rows: Rows,
}

/// What is kept beside the consent.
pub(super) struct Rows {
    code: Option<Code>,
    access: Option<AccessToken>,
}

impl Rows {
    /// Keeps them.
    pub(super) fn store(&self, conn: &mut AnyConn) -> Result<(), Error> {
        if let Some(code) = &self.code {
            token::code::store(conn, code)?;
        }
        self.access.as_ref().map_or(Ok(()), |access| token::front::store(conn, access))
    }
}

/// What a consent gives beside what is kept of it.
pub(super) struct Behind {
    pub(super) login_session_id: LoginSessionId,
    pub(super) session: ConsentSession,
    /// RFC 9396.
    pub(super) details: Vec<Value>,
}

/// Makes what the response type wants.
pub(super) async fn issue(
    cx: &Cx,
    authorized: &Authorized,
    consent: &Consent,
    behind: Behind,
) -> Result<Issued, OAuthError> {
    let new = new_code(cx, authorized, consent, behind).await?;
    let asked = authorized.response_type();
    let (code, row) = asked.has_code().then(|| token::code::mint(cx, &new)).transpose()?.unzip();
    let wanted = Wanted { token: asked.has_token(), id_token: asked.has_id_token(), code: code.as_deref() };
    let FrontTokens { access, row: access_row, id_token } =
        token::front::mint(cx, authorized.client(), &new, wanted).await?;
    let mut fields = Vec::new();
    if let Some((text, expires_in)) = access {
        fields.extend([
            ("access_token", text),
            ("expires_in", expires_in.to_string()),
            ("token_type", "bearer".to_owned()),
        ]);
    }
    // RFC 6749 4.2.2; and the contract for the code flow.
    if wanted.token || !wanted.id_token {
        fields.push(("scope", new.scope.join(" ")));
    }
    fields.extend(code.map(|code| ("code", code)));
    fields.extend(id_token.map(|id_token| ("id_token", id_token)));
    Ok(Issued { fields, rows: Rows { code: row, access: access_row } })
}

/// What the code is to stand for.
async fn new_code(
    cx: &Cx,
    authorized: &Authorized,
    consent: &Consent,
    Behind { login_session_id, session, details }: Behind,
) -> Result<NewCode, OAuthError> {
    Ok(NewCode {
        grant_id: consent.grant_id,
        client_id: consent.client_id.clone(),
        shown_subject: subject::seen(cx, authorized.client(), &consent.subject).await?,
        subject: consent.subject.clone(),
        redirect_uri: authorized.redirect().as_sent().map(str::to_owned),
        scope: consent.granted.scope.clone(),
        audience: consent.granted.audience.clone(),
        nonce: authorized.nonce().map(str::to_owned),
        code_challenge: authorized.code_challenge().map(|challenge| challenge.as_str().to_owned()),
        auth_time: consent.authenticated_at,
        requested_at: consent.requested_at,
        acr: acr(consent),
        amr: consent.asked.amr.clone(),
        session,
        login_session_id,
        terms: Terms {
            cnf: Confirmation { jkt: authorized.dpop_jkt().map(str::to_owned), x5t_s256: None },
            authorization_details: details,
            requested_claims: authorized.claims().clone(),
            ..Terms::default()
        },
    })
}

/// What the login page said; `0` where the client asked and the page said nothing (OpenID Connect Core 2, `acr`).
fn acr(consent: &Consent) -> Option<String> {
    let Asked { acr, oidc_context, .. } = &consent.asked;
    match acr.as_str() {
        "" => (!oidc_context.acr_values.is_empty()).then(|| "0".to_owned()),
        said => Some(said.to_owned()),
    }
}
