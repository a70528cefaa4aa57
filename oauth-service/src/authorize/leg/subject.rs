//! The name a client knows a person under (contract 2.7).

use crate::{app::Cx, model::client::Client, protocol::error::OAuthError, store::forced_subjects, subject};

/// The person's own name, or the one made or chosen for this client alone.
pub(in crate::authorize) async fn shown(cx: &Cx, client: &Client, person: &str) -> Result<String, OAuthError> {
    if !client.is_pairwise() {
        return Ok(person.to_owned());
    }
    let (client_id, subject) = (client.id.clone(), person.to_owned());
    let forced = cx.db.read(move |conn| forced_subjects::find(conn, &subject, &client_id)).await?;
    subject::shown(cx, client, person, forced.as_deref())
}
