//! When an identity loses its access, what others hold in its name is to end too: its sessions here, in the same unit of
//! work, and its consents, tokens and logins at the OAuth2 provider, by a notice that is kept until it was heard.

use shared_types::{
    db::{AnyConn, Error},
    id::{IdentityId, NoticeId},
    time::Time,
};

use crate::{app::Cx, model::notice::Notice, store};

/// The end of an identity's access. It draws from the request before the unit of work begins.
#[derive(Debug, Clone)]
pub(crate) struct Farewell {
    id: IdentityId,
    now: Time,
    /// Absent when no provider is configured.
    notice: Option<Notice>,
}

impl Farewell {
    /// For an identity whose access may end with what is about to be written.
    pub(crate) fn to(cx: &Cx, id: IdentityId) -> Self {
        let notice = cx.config.oauth2.url.is_some().then(|| Notice {
            id: NoticeId::ordered(cx.now, &*cx.entropy),
            subject: id.text(),
            attempts: 0,
            next_at: cx.now,
            created_at: cx.now,
        });
        Self { id, now: cx.now, notice }
    }

    /// The identity stays, without access.
    pub(crate) fn disabled(&self, conn: &mut AnyConn) -> Result<(), Error> {
        store::sessions::deactivate_others(conn, self.id, None, self.now)?;
        self.deleted(conn)
    }

    /// The identity is gone, and its sessions with it.
    pub(crate) fn deleted(&self, conn: &mut AnyConn) -> Result<(), Error> {
        self.notice.as_ref().map_or(Ok(()), |notice| store::outbox::insert(conn, notice))
    }
}
