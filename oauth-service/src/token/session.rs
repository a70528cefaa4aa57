//! The claims and the login behind a grant, as bytes of a row: sealed with `secrets.system` unless
//! `oauth2.session.encrypt_at_rest` is off. Nothing to keep is no bytes at all.

use shared_types::db::Error;

use crate::{app::Cx, model::token::Session};

const PURPOSE: &str = "token session";
/// First byte of a session that is not sealed; the switch can be turned at any time.
const PLAIN: u8 = b'{';

/// The session as a column.
pub(crate) fn seal(cx: &Cx, session: &Session) -> Result<Vec<u8>, Error> {
    if session.is_empty() {
        return Ok(Vec::new());
    }
    let json = serde_json::to_vec(session).map_err(|e| Error::Backend(e.into()))?;
    if !cx.config.oauth2.encrypt_at_rest {
        return Ok(json);
    }
    let mut sealed = vec![0];
    sealed.extend(cx.sealer.seal(PURPOSE, &*cx.entropy, &json));
    Ok(sealed)
}

/// The session of a column.
pub(crate) fn open(cx: &Cx, column: &[u8]) -> Result<Session, Error> {
    let corrupt = Error::Corrupt { table: "tokens", column: "session" };
    match column.split_first() {
        None => Ok(Session::default()),
        Some((&PLAIN, _)) => serde_json::from_slice(column).map_err(|_| corrupt),
        Some((_, sealed)) => {
            let json = cx.sealer.open(PURPOSE, sealed).ok();
            json.and_then(|json| serde_json::from_slice(&json).ok()).ok_or(corrupt)
        }
    }
}
