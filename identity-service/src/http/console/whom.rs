//! Whom an operator means: an id, or what somebody signs in with.

use shared_types::{db, id::IdentityId};

use crate::{
    app::Cx,
    identity::normal,
    model::identity::Identity,
    store::{
        self,
        identity_list::{Filter, Sought},
    },
};

/// The identity that is meant, if there is one.
pub(super) async fn find(cx: &Cx, text: &str) -> Result<Option<Identity>, db::Error> {
    let text = text.trim().replace('\0', "");
    if text.is_empty() {
        return Ok(None);
    }
    if let Ok(id) = IdentityId::parse(&text) {
        return cx.db.read(move |conn| store::identities::get(conn, id)).await;
    }
    let filter = Filter::Identifier(Sought { normal: normal::identifier(&text), raw: text });
    let found = cx.db.read(move |conn| store::identity_list::page(conn, &filter, None, 1)).await?;
    Ok(found.into_iter().next())
}
