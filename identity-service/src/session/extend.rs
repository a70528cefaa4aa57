//! A session is made longer by an administrator alone, and only when enough of it has passed (contract §5.5).

use shared_types::{
    db::{AnyConn, Error},
    id::SessionId,
    time::Time,
};

use crate::{app::Cx, model::session::Session, store};

/// The session after the extension, which changes nothing while it is too early; `None` when there is no such session.
pub(crate) fn extend(conn: &mut AnyConn, cx: &Cx, id: SessionId) -> Result<Option<Session>, Error> {
    let Some(mut session) = store::sessions::get(conn, id)? else { return Ok(None) };
    let config = &cx.config.session;
    let span = |duration| chrono::Duration::from_std(duration).unwrap_or(chrono::Duration::MAX);
    let earliest = session.expires_at.checked_sub_signed(span(config.earliest_possible_extend));
    if session.active && earliest.is_none_or(|earliest| earliest < cx.now) {
        session.expires_at = cx.now.checked_add_signed(span(config.lifespan)).unwrap_or(Time::MAX_UTC);
        store::sessions::update(conn, &session, None)?;
        tracing::info!(
            target: "audit", event = "SessionLifespanExtended", session = %id, request = %cx.request_id,
            "session extended"
        );
    }
    Ok(Some(session))
}
