//! Removal of an identity with everything that hangs on it (contract §10.8), or of one of its credentials (§10.6).

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use shared_types::{
    db::{AnyConn, Error},
    id::IdentityId,
};

use super::{
    farewell::Farewell,
    follow::Content,
    update::{self, Stored, UpdateError, Wanted},
};
use crate::{
    app::Cx,
    model::credential::{Credential, CredentialType, Keys, Providers},
    session::aal,
    store,
};

/// Removes an identity, its credentials, addresses and sessions; `false` when there was none.
pub(crate) async fn delete(cx: &Cx, id: IdentityId) -> Result<bool, Error> {
    let farewell = Farewell::to(cx, id);
    let unit = move |conn: &mut AnyConn| {
        let removed = store::identities::delete(conn, id)?;
        if removed {
            farewell.deleted(conn)?;
        }
        Ok::<_, Error>(removed)
    };
    let removed = cx.db.write(unit).await?;
    if removed {
        cx.outbox_bell.ring();
        tracing::info!(
            target: "audit", event = "IdentityDeleted", identity = %id, actor = cx.actor(), request = %cx.request_id,
            "identity deleted"
        );
    }
    Ok(removed)
}

/// Removes a credential; of linked accounts the one with this identifier.
pub(crate) async fn credential(
    cx: &Cx,
    id: IdentityId,
    kind: CredentialType,
    identifier: Option<&str>,
) -> Result<(), UpdateError> {
    update::change(cx, id, |stored| {
        let config = without(cx, stored, kind, identifier)?;
        Ok(Wanted::unchanged_but(stored, vec![Content { kind, config }]))
    })
    .await?;
    tracing::info!(
        target: "audit", event = "IdentityUpdated", identity = %id, credential = %kind, actor = cx.actor(), request = %cx.request_id,
        "identity updated"
    );
    tracing::info!(
        target: "audit", event = "CredentialRemoved", identity = %id, credential = %kind, actor = cx.actor(), request = %cx.request_id,
        "a credential was removed by an administrator"
    );
    Ok(())
}

/// What is left of a credential; `None` when nothing is.
fn without(
    cx: &Cx,
    stored: &Stored,
    kind: CredentialType,
    identifier: Option<&str>,
) -> Result<Option<Value>, UpdateError> {
    let known = stored.credentials.iter().find(|known| known.kind == kind).ok_or(UpdateError::NoCredential)?;
    let refused = |text: &str| UpdateError::Invalid(text.to_owned());
    if known.factors().is_empty() && kind != CredentialType::Saml {
        // It holds an identifier, and nothing one could sign in with.
        return Err(UpdateError::NoCredential);
    }
    match kind {
        CredentialType::Totp | CredentialType::LookupSecret => Ok(None),
        CredentialType::WebAuthn => {
            let mut keys: Keys = content(known)?;
            // Keys that sign in by themselves are first factors, and stay.
            keys.credentials.retain(|key| key.is_passwordless);
            Ok(left(&keys, keys.credentials.is_empty()))
        }
        CredentialType::Password | CredentialType::Oidc | CredentialType::Saml => {
            if aal::first_factors(cx, &stored.credentials) < 2 {
                return Err(refused("The last credential somebody can sign in with cannot be removed."));
            }
            if kind == CredentialType::Password {
                return Ok(None);
            }
            let identifier = identifier.ok_or_else(|| refused("identifier: say which of the accounts is meant."))?;
            let mut links: Providers = content(known)?;
            let count = links.providers.len();
            links.providers.retain(|link| link.identifier() != identifier);
            if links.providers.len() == count {
                return Err(UpdateError::NoCredential);
            }
            Ok(left(&links, links.providers.is_empty()))
        }
        CredentialType::Passkey | CredentialType::Code => {
            Err(UpdateError::Invalid(format!("Credentials of type {kind} cannot be removed.")))
        }
    }
}

/// The content, its secrets still sealed.
fn content<T: DeserializeOwned>(known: &Credential) -> Result<T, UpdateError> {
    serde_json::from_value(known.config.clone()).map_err(|_| UpdateError::NoCredential)
}

fn left(content: &impl Serialize, empty: bool) -> Option<Value> {
    (!empty).then(|| json!(content))
}
