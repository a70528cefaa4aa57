//! From a token to its session: the hottest path there is, so concurrent look-ups share a statement.

use shared_types::{
    db::{Coalescer, Db, Error},
    secret::{Digest, Digester},
};

use super::issue::{TOKEN_PREFIX, candidates};
use crate::{
    app::Cx,
    model::{identity::Identity, session::Session},
    store,
};

/// No statement looks for more tokens than this.
const MAX_BATCH: usize = 256;

/// Look-ups of sessions by token.
#[derive(Clone)]
pub(crate) struct Sessions {
    reads: Coalescer<Digest, (Session, Identity)>,
    digester: Digester,
}

impl Sessions {
    /// Look-ups on a database.
    pub(crate) fn new(db: &Db, digester: &Digester) -> Self {
        let reads =
            Coalescer::read(db, MAX_BATCH, |conn, digests: &[Digest]| store::sessions::by_digests(conn, digests));
        Self { reads, digester: digester.clone() }
    }

    /// The session of a token in whatever condition, with its identity.
    async fn find(&self, token: &str) -> Result<Option<(Session, Identity)>, Error> {
        // What has another form was never issued; the database need not be asked.
        if !is_token(token) {
            return Ok(None);
        }
        for digest in candidates(&self.digester, token) {
            if let Some(found) = self.reads.submit(digest).await? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

/// Whether a text has the form of a session token: one of ours, or one of the days before Kratos gave them a beginning,
/// which an import may have brought along.
pub(crate) fn is_token(text: &str) -> bool {
    let random = text.strip_prefix(TOKEN_PREFIX).unwrap_or(text);
    (16..=128).contains(&random.len()) && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The session of a token, if it is active: not revoked, not expired, and of an active identity.
pub(crate) async fn active(cx: &Cx, token: &str) -> Result<Option<(Session, Identity)>, Error> {
    let found = cx.sessions.find(token).await?;
    Ok(found.filter(|(session, identity)| session.is_active(cx.now) && identity.is_active()))
}
