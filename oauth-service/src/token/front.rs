//! Tokens that go by the browser (RFC 6749 4.2; OpenID Connect Core 3.2, 3.3; contract 4.3, 4.4). There is never a refresh token among
//! them, and no hook is asked.

use shared_types::db::{AnyConn, Error};

use super::{
    code::NewCode,
    id_token,
    lifetime::{Via, ends},
    mint, seal_session,
};
use crate::{
    app::Cx,
    model::{
        client::Client,
        token::{AccessToken, Confirmation, Terms},
    },
    protocol::{
        error::{OAuthCode, OAuthError},
        scope,
    },
    store,
};

/// Which tokens the answer is to hold, and the code that stands beside them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) token: bool,
    pub(crate) id_token: bool,
    pub(crate) code: Option<&'a str>,
}

/// The tokens of one answer by the browser.
#[derive(Debug, Default)]
pub(crate) struct FrontTokens {
    /// The access token and how many seconds it lives.
    pub(crate) access: Option<(String, i64)>,
    /// The access token's row.
    pub(crate) row: Option<AccessToken>,
    pub(crate) id_token: Option<String>,
}

/// Makes them for what a code would have been issued for.
pub(crate) async fn mint(
    cx: &Cx,
    client: &Client,
    new: &NewCode,
    wanted: Wanted<'_>,
) -> Result<FrontTokens, OAuthError> {
    let ends = ends(cx, client, Via::Front);
    let mut session = new.session();
    // Nothing that comes by the browser is bound to a key.
    session.terms = Terms { cnf: Confirmation::default(), ..session.terms };
    let mut tokens = FrontTokens::default();
    if wanted.token {
        let granted = new.granted(seal_session(cx, &session)?);
        let (text, row) = mint::access_token(cx, client, granted, &session, &ends).await?;
        tokens.access = Some((text, (ends.access.at - cx.now).num_seconds()));
        tokens.row = Some(row);
    }
    if wanted.id_token {
        let login = session.login.as_ref().filter(|_| scope::is_openid(&new.scope));
        let login = login.ok_or_else(|| {
            // Contract 4.3: without the scope nobody answers for an ID token.
            OAuthError::new(OAuthCode::UnsupportedResponseType).because("The scope 'openid' was not granted.")
        })?;
        let access_token = tokens.access.as_ref().map(|(text, _)| text.as_str());
        let beside = id_token::Beside { access_token, code: wanted.code, ends: ends.id };
        tokens.id_token = Some(id_token::sign(cx, client, &session, login, beside).await?);
    }
    Ok(tokens)
}

/// Keeps an access token, in the write that keeps the consent.
pub(crate) fn store(conn: &mut AnyConn, token: &AccessToken) -> Result<(), Error> {
    store::access_tokens::insert(conn, token)
}
