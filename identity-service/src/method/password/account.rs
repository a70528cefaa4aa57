//! What stands behind an identifier, and whether a password is its owner's.

use serde_json::{Value, json};
use shared_types::{db::AnyConn, id::IdentityId, secret::Secret};

use crate::{
    app::Cx,
    hash,
    method::MethodError,
    model::{
        credential::{Credential, CredentialType},
        identity::Identity,
        step::Swap,
    },
    peer::migration::{self, Question},
    store,
};

/// Somebody who may sign in with a password. Who it is is read later: until the password was compared, an account costs
/// no more than none.
pub(super) struct Account {
    credential: Credential,
    known: Known,
}

/// What is known of the password.
enum Known {
    /// A hash of it.
    Hash(String),
    /// The system the account comes from knows it.
    Elsewhere,
}

/// The account of an identifier in normal form.
pub(super) fn find(conn: &mut AnyConn, identifier: &str) -> Result<Option<Account>, MethodError> {
    let found = store::credentials::alone_by_identifier(conn, CredentialType::Password, identifier)?;
    let Some(credential) = found else { return Ok(None) };
    let known = if credential.is_password_elsewhere() {
        Known::Elsewhere
    } else if let Some(hash) = credential.hashed_password() {
        Known::Hash(hash.to_owned())
    } else {
        return Ok(None);
    };
    Ok(Some(Account { credential, known }))
}

/// Whose password it is, and a better hash of it when one is due. Without an account a hash is spent all the same.
pub(super) async fn matching(
    cx: &Cx,
    account: Option<Account>,
    identifier: &str,
    password: Secret<String>,
) -> Result<Option<(Identity, Option<Swap>)>, MethodError> {
    let Some(Account { credential, known }) = account else {
        spend(cx).await?;
        return Ok(None);
    };
    let id = credential.identity_id;
    let owner = async || cx.db.read(move |conn| store::identities::get(conn, id)).await;
    let (right, due, owner) = match known {
        Known::Hash(hash) => match compared(cx, id, &password, hash).await? {
            (true, due) => (true, due, owner().await?),
            (false, _) => return Ok(None),
        },
        Known::Elsewhere => {
            let Some(identity) = owner().await? else { return Ok(None) };
            let question = Question { identifier, password: password.expose(), identity: &identity };
            (asked(cx, &question).await?, true, Some(identity))
        }
    };
    let Some(identity) = owner.filter(|_| right) else { return Ok(None) };
    // A better hash can wait for the next time; signing in cannot.
    let hash = if due { cx.hasher.hash(password).await.ok() } else { None };
    let swap = hash.map(|hash| Swap {
        id: credential.id,
        after: rehashed(&credential.config, &hash),
        before: credential.config,
        required: false,
    });
    Ok(Some((identity, swap)))
}

/// Whether a password matches its hash, and whether that is to be replaced.
async fn compared(
    cx: &Cx,
    identity: IdentityId,
    password: &Secret<String>,
    hash: String,
) -> Result<(bool, bool), MethodError> {
    match cx.hasher.verify(password.clone(), hash).await {
        Ok(verified) => Ok((verified.matches, verified.due)),
        Err(hash::Error::Busy) => Err(MethodError::Busy),
        Err(error) => {
            tracing::error!(%identity, %error, "a stored password cannot be compared");
            spend(cx).await?;
            Ok((false, false))
        }
    }
}

/// Whether the system the account comes from says that it is the password.
async fn asked(cx: &Cx, question: &Question<'_>) -> Result<bool, MethodError> {
    let Some(hook) = &cx.config.selfservice.methods.password.migrate_hook else {
        tracing::error!(
            identity = %question.identity.id,
            "the password is to be asked for elsewhere, but selfservice.methods.password.config.migrate_hook is not enabled"
        );
        spend(cx).await?;
        return Ok(false);
    };
    migration::is_right(cx, hook, question).await.map_err(|error| MethodError::Upstream(error.to_string()))
}

/// Takes as long as comparing.
async fn spend(cx: &Cx) -> Result<(), MethodError> {
    match cx.hasher.verify_dummy().await {
        Err(hash::Error::Busy) => Err(MethodError::Busy),
        _ => Ok(()),
    }
}

/// The content of the credential with the new hash; nobody else has to be asked any more.
fn rehashed(config: &Value, hash: &str) -> Value {
    let mut after = config.clone();
    if let Some(map) = after.as_object_mut() {
        map.remove("use_password_migration_hook");
        map.insert("hashed_password".to_owned(), json!(hash));
    }
    after
}
