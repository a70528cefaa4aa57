//! `authorization_code` (RFC 6749 4.1.3 with RFC 7636; contract 4.1, 4.2).

use std::sync::Arc;

use serde_json::Value;
use shared_types::db::{AnyConn, Error};

use super::{
    Grant, Verdict, allowed_resources, details_of, invalid_grant, keep, narrowed_details, required, resources_of,
};
use crate::{
    app::Cx,
    model::token::Code,
    protocol::{error::OAuthError, params::Params, pkce::CodeChallenge},
    store,
    token::{
        binding,
        hook::{Asking, issued},
        lifetime::Via,
        mint::{Asker, Narrowed, Recipe, TokenSet, mint},
        opaque::{self, Kind},
        open_session, revoke,
    },
};

/// The grant.
pub(super) struct AuthorizationCode;

/// What the token request says.
pub(super) struct CodeParams {
    code: String,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    resources: Vec<String>,
    details: Option<Vec<Value>>,
}

impl TryFrom<&Params> for CodeParams {
    type Error = OAuthError;

    fn try_from(params: &Params) -> Result<Self, OAuthError> {
        let optional = |name| params.get(name).map(str::to_owned);
        Ok(Self {
            code: required(params, "code")?,
            redirect_uri: optional("redirect_uri"),
            code_verifier: optional("code_verifier"),
            resources: resources_of(params),
            details: details_of(params)?,
        })
    }
}

impl Grant for AuthorizationCode {
    const TYPE: &'static str = "authorization_code";
    type Params = CodeParams;

    async fn issue(cx: &Cx, asker: Asker<'_>, params: CodeParams) -> Result<TokenSet, OAuthError> {
        let client = asker.client;
        let unknown = || invalid_grant("The code is not known.");
        let digest = opaque::read(cx, Kind::Code, &params.code).ok_or_else(unknown)?;
        let code = cx.db.read(move |conn| store::codes::get(conn, digest)).await?.ok_or_else(unknown)?;
        // RFC 6749 4.1.3: "ensure that the authorization code was issued to the authenticated [..] client". Checked first,
        // so that nobody else can spend or spoil it.
        if code.granted.client_id != client.id {
            return Err(invalid_grant("The code was issued to another client."));
        }
        if code.used_at.is_some() {
            return revoked(cx, code).await;
        }
        check(cx, &code, &params)?;
        allowed_resources(&code.granted.audience, &params.resources)?;
        let session = open_session(cx, &code.granted.session)?;
        // RFC 9449 10: the key the authorization request named is the one that exchanges the code.
        if !binding::is_held(&session.terms.cnf, asker.proven) {
            return Err(invalid_grant("The code is bound to a key the client did not prove to have."));
        }
        let details = narrowed_details(&session.terms.authorization_details, params.details)?;
        let narrowed = Narrowed { scope: None, resources: params.resources, details };
        let asking = Asking { grant_type: Self::TYPE, requested: &code.granted.scope, granted: &code.granted };
        let session = issued(cx, asking, session).await?;
        let recipe = Recipe { asker, granted: code.granted.clone(), narrowed, session, via: Via::Code };
        let tokens = Arc::new(mint(cx, recipe).await?);
        exchange(cx, code, tokens).await
    }
}

fn check(cx: &Cx, code: &Code, params: &CodeParams) -> Result<(), OAuthError> {
    if code.expires_at <= cx.now {
        return Err(invalid_grant("The code has expired."));
    }
    // RFC 6749 4.1.3: identical, when the authorization request had one.
    if code.redirect_uri.is_some() && code.redirect_uri != params.redirect_uri {
        return Err(invalid_grant("The redirect_uri is not the one of the authorization request."));
    }
    // RFC 7636 4.6, and RFC 9700 2.1.1: a verifier without a challenge is a downgrade.
    match (code.code_challenge.as_deref().map(CodeChallenge::parse), &params.code_verifier) {
        (None, None) => Ok(()),
        (None, Some(_)) => {
            Err(invalid_grant("A code_verifier came, but the authorization request had no code_challenge."))
        }
        (Some(_), None) => Err(invalid_grant("The code_verifier is missing.")),
        (Some(challenge), Some(verifier))
            if challenge.as_ref().is_some_and(|challenge| challenge.is_met_by(verifier)) =>
        {
            Ok(())
        }
        (Some(_), Some(_)) => Err(invalid_grant("The code_verifier does not fit the code_challenge.")),
    }
}

/// Spends the code and keeps the tokens, in one write. Of many who bring the same code, one gets here first.
async fn exchange(cx: &Cx, code: Code, tokens: Arc<TokenSet>) -> Result<TokenSet, OAuthError> {
    let (now, kept) = (cx.now, Arc::clone(&tokens));
    let write = move |conn: &mut AnyConn| -> Result<Verdict, Error> {
        if !store::codes::spend(conn, code.digest, now)? {
            return replay(conn, &code);
        }
        keep(conn, &kept)?;
        Ok(Verdict::Issue)
    };
    match cx.db.write(write).await? {
        Verdict::Issue => Ok(Arc::unwrap_or_clone(tokens)),
        Verdict::Refuse(error) => Err(error),
    }
}

/// RFC 6749 4.1.2: a code used more than once is refused, and what it yielded is revoked.
fn replay(conn: &mut AnyConn, code: &Code) -> Result<Verdict, Error> {
    if let Some(grant) = code.granted.grant_id {
        revoke::yields(conn, &[grant])?;
        tracing::warn!(event = "code_reused", client_id = %code.granted.client_id, grant = %grant.hex(), "an authorization code came a second time");
    }
    Ok(Verdict::Refuse(invalid_grant("The code has been used; the tokens it yielded are revoked.")))
}

async fn revoked(cx: &Cx, code: Code) -> Result<TokenSet, OAuthError> {
    match cx.db.write(move |conn| replay(conn, &code)).await? {
        Verdict::Refuse(error) => Err(error),
        Verdict::Issue => Err(invalid_grant("The code has been used.")),
    }
}
