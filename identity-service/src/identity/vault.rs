//! The secrets inside credentials: sealed as they are stored, opened where they are used or shown to an administrator.

use serde_json::Value;
use shared_types::{
    db::{self, Db},
    seal::Sealer,
};

use crate::{
    app::Cx,
    model::credential::{Credential, CredentialType},
    store,
};

/// The members of a credential's content that are secrets: a path in which `*` stands for every item of a list.
const fn secrets(kind: CredentialType) -> &'static [&'static [&'static str]] {
    match kind {
        CredentialType::Totp => &[&["totp_url"]],
        CredentialType::LookupSecret => &[&["recovery_codes", "*", "code"]],
        CredentialType::Oidc | CredentialType::Saml => &[
            &["providers", "*", "initial_id_token"],
            &["providers", "*", "initial_access_token"],
            &["providers", "*", "initial_refresh_token"],
        ],
        CredentialType::Password | CredentialType::WebAuthn | CredentialType::Passkey | CredentialType::Code => &[],
    }
}

/// A sealed text is told from a clear one by what it begins with.
const MARK: &str = "sealed:";

/// A content that cannot be opened: it was sealed with a secret that is no longer configured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {0} credential was sealed with a secret that is not configured (secrets.cipher)")]
pub(crate) struct Unreadable(CredentialType);

/// The content as it is stored.
pub(crate) fn seal(cx: &Cx, kind: CredentialType, mut config: Value) -> Value {
    let purpose = purpose(kind);
    for path in secrets(kind) {
        each(&mut config, path, &mut |text| {
            if !text.is_empty() && !text.starts_with(MARK) {
                *text = format!("{MARK}{}", cx.secrets.ciphers.seal_text(&purpose, &*cx.entropy, text.as_bytes()));
            }
        });
    }
    config
}

/// The content in clear.
pub(crate) fn open(cx: &Cx, credential: &Credential) -> Result<Value, Unreadable> {
    open_with(&cx.secrets.ciphers, credential)
}

fn open_with(ciphers: &Sealer, credential: &Credential) -> Result<Value, Unreadable> {
    let (kind, purpose) = (credential.kind, purpose(credential.kind));
    let mut config = credential.config.clone();
    let mut failed = false;
    for path in secrets(kind) {
        each(&mut config, path, &mut |text| {
            let Some(sealed) = text.strip_prefix(MARK) else { return };
            let opened = ciphers.open_text(&purpose, sealed).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            match opened {
                Some(clear) => *text = clear,
                None => failed = true,
            }
        });
    }
    if failed { Err(Unreadable(kind)) } else { Ok(config) }
}

/// The same credentials with the contents of some types in clear.
pub(crate) fn opened(
    cx: &Cx,
    credentials: &[Credential],
    kinds: &[CredentialType],
) -> Result<Vec<Credential>, Unreadable> {
    let open = |known: &Credential| {
        let config = if kinds.contains(&known.kind) { open(cx, known)? } else { known.config.clone() };
        Ok(Credential { config, ..known.clone() })
    };
    credentials.iter().map(open).collect()
}

fn purpose(kind: CredentialType) -> String {
    format!("credential {kind}")
}

/// Applies a change to every text a path leads to.
fn each(value: &mut Value, path: &[&str], change: &mut dyn FnMut(&mut String)) {
    match (path.split_first(), value) {
        (None, Value::String(text)) => change(text),
        (Some((&"*", rest)), Value::Array(items)) => items.iter_mut().for_each(|item| each(item, rest, change)),
        (Some((name, rest)), Value::Object(map)) => {
            if let Some(member) = map.get_mut(*name) {
                each(member, rest, change);
            }
        }
        _ => {}
    }
}

/// The sealed credentials that are tried, and those among them that do not open: of each type the oldest and the newest.
pub(crate) async fn sample(db: &Db, ciphers: &Sealer, each: i64) -> Result<(usize, usize), db::Error> {
    let read = db.read(move |conn| {
        let mut all = Vec::new();
        for kind in [CredentialType::Totp, CredentialType::LookupSecret, CredentialType::Oidc] {
            all.extend(store::credentials::outermost(conn, kind, each)?);
        }
        Ok::<_, db::Error>(all)
    });
    let all = read.await?;
    let shut = all.iter().filter(|one| open_with(ciphers, one).is_err()).count();
    Ok((all.len(), shut))
}

/// Says at the start that stored secrets cannot be read: their owners would be the first to notice.
pub(crate) async fn tell_of_unreadable(db: &Db, ciphers: &Sealer) {
    if let Ok((tried, shut @ 1..)) = sample(db, ciphers, 20).await {
        tracing::error!(
            tried,
            shut,
            "stored credentials cannot be opened: secrets.cipher (or secrets.default) is not the one they were sealed with; \
             put the old one behind the new one, and see `identity-service doctor`"
        );
    }
}
