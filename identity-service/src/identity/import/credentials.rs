//! The credentials of an import (contract §10.2): what an administrator brings from elsewhere, checked, and then laid over
//! what an identity has.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};
use shared_types::{secret::Secret, time::Time};
use url::Url;

use super::{ImportError, checked_hash, invalid, keys::KeyBody};
use crate::{
    app::Cx,
    hash,
    identity::{follow::Content, vault},
    model::credential::{Credential, CredentialType, Keys, Link, LookupCode, LookupSecrets, Providers, Totp},
};

/// The credentials of a body.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Credentials {
    password: Option<Wrapped<PasswordBody>>,
    oidc: Option<Wrapped<ProvidersBody>>,
    saml: Option<Wrapped<ProvidersBody>>,
    totp: Option<Wrapped<TotpBody>>,
    lookup_secret: Option<Wrapped<CodesBody>>,
    webauthn: Option<Wrapped<KeysBody>>,
    passkey: Option<Wrapped<KeysBody>>,
}

#[derive(Debug, Default, Deserialize)]
struct Wrapped<T> {
    config: Option<T>,
}

#[derive(Debug, Default, Deserialize)]
struct PasswordBody {
    password: Option<Secret<String>>,
    hashed_password: Option<Secret<String>>,
    use_password_migration_hook: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
struct ProvidersBody {
    providers: Option<Vec<ProviderBody>>,
}

#[derive(Debug, Default, Deserialize)]
struct ProviderBody {
    subject: Option<String>,
    provider: Option<String>,
    organization: Option<String>,
    use_auto_link: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
struct TotpBody {
    totp_url: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct CodesBody {
    codes: Option<Vec<CodeBody>>,
}

#[derive(Debug, Deserialize)]
struct CodeBody {
    code: String,
    used_at: Option<Time>,
}

#[derive(Debug, Default, Deserialize)]
struct KeysBody {
    credentials: Option<Vec<KeyBody>>,
    user_handle: Option<String>,
}

/// Credentials of a body that can be used; in clear, but for passwords, which are hashes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Imported {
    password: Option<Value>,
    oidc: Option<Vec<Link>>,
    saml: Option<Vec<Link>>,
    totp: Option<Totp>,
    codes: Option<Vec<LookupCode>>,
    webauthn: Option<Keys>,
    passkey: Option<Keys>,
}

impl Credentials {
    /// Whether a clear password has to be hashed: that takes a while each.
    pub(crate) fn has_clear_password(&self) -> bool {
        let body = self.password.as_ref().and_then(|wrapped| wrapped.config.as_ref());
        body.and_then(|body| body.password.as_ref()).is_some_and(|password| !password.expose().is_empty())
    }

    /// Checks everything, then hashes a clear password.
    pub(crate) async fn read(self, cx: &Cx) -> Result<Imported, ImportError> {
        let imported = Imported {
            oidc: self.oidc.map(|body| links("oidc", body)).transpose()?,
            saml: self.saml.map(|body| links("saml", body)).transpose()?,
            totp: self.totp.map(|body| totp(body.config.unwrap_or_default())).transpose()?,
            codes: self.lookup_secret.map(|body| codes(body.config.unwrap_or_default())).transpose()?,
            webauthn: self.webauthn.map(|body| keys(cx, "webauthn", body)).transpose()?,
            passkey: self.passkey.map(|body| keys(cx, "passkey", body)).transpose()?,
            password: None,
        };
        let password = match self.password {
            Some(body) => Some(password(cx, body.config.unwrap_or_default()).await?),
            None => None,
        };
        Ok(Imported { password, ..imported })
    }
}

impl Imported {
    /// The contents an identity with these credentials shall have: accounts, keys and backup codes join what is there,
    /// a password or an authenticator app takes the place of the one before.
    pub(crate) fn over(&self, cx: &Cx, stored: &[Credential]) -> Result<Vec<Content>, ImportError> {
        let mut contents = Vec::new();
        let mut put = |kind: CredentialType, config: Value| contents.push(Content { kind, config: Some(config) });
        if let Some(password) = &self.password {
            put(CredentialType::Password, password.clone());
        }
        for (kind, links) in [(CredentialType::Oidc, &self.oidc), (CredentialType::Saml, &self.saml)] {
            if let Some(links) = links {
                let mut known: Providers = before(cx, stored, kind)?.unwrap_or_default();
                for link in links {
                    known.providers.retain(|other| other.identifier() != link.identifier());
                    known.providers.push(link.clone());
                }
                put(kind, json!(known));
            }
        }
        if let Some(totp) = &self.totp {
            put(CredentialType::Totp, json!(totp));
        }
        if let Some(codes) = &self.codes {
            let mut known: LookupSecrets = before(cx, stored, CredentialType::LookupSecret)?.unwrap_or_default();
            known.recovery_codes.extend(codes.iter().cloned());
            put(CredentialType::LookupSecret, json!(known));
        }
        for (kind, keys) in [(CredentialType::WebAuthn, &self.webauthn), (CredentialType::Passkey, &self.passkey)] {
            if let Some(keys) = keys {
                put(kind, json!(joined(kind, before(cx, stored, kind)?, keys)?));
            }
        }
        Ok(contents)
    }
}

/// What an identity has of a type, in clear.
fn before<T: serde::de::DeserializeOwned>(
    cx: &Cx,
    stored: &[Credential],
    kind: CredentialType,
) -> Result<Option<T>, ImportError> {
    let Some(known) = stored.iter().find(|known| known.kind == kind) else { return Ok(None) };
    let config = vault::open(cx, known).map_err(|error| invalid(format!("credentials.{kind}: {error}")))?;
    // A credential that only holds an identifier has no content yet.
    Ok(serde_json::from_value(config).ok())
}

/// Keys of the same id take the place of known ones, others join them.
fn joined(kind: CredentialType, known: Option<Keys>, new: &Keys) -> Result<Keys, ImportError> {
    let mut keys = known.unwrap_or_default();
    for key in &new.credentials {
        keys.credentials.retain(|other| other.id != key.id);
        keys.credentials.push(key.clone());
    }
    if !new.user_handle.is_empty() {
        keys.user_handle.clone_from(&new.user_handle);
    }
    if kind == CredentialType::Passkey && keys.user_handle.is_empty() {
        return Err(invalid("credentials.passkey.config.user_handle: is required, as the authenticator has it"));
    }
    let handle = STANDARD.decode(&keys.user_handle).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    if kind == CredentialType::Passkey && handle.is_none() {
        return Err(invalid(
            "credentials.passkey.config.user_handle: must be a text in base64: it is looked up as one",
        ));
    }
    if kind == CredentialType::Passkey && keys.credentials.is_empty() {
        return Err(invalid("credentials.passkey.config.credentials: at least one key is required"));
    }
    Ok(keys)
}

/// A password credential's content. Password rules are not applied: whoever is brought along shall sign in as before.
async fn password(cx: &Cx, body: PasswordBody) -> Result<Value, ImportError> {
    if body.use_password_migration_hook == Some(true) {
        return Ok(json!({ "use_password_migration_hook": true }));
    }
    let present = |secret: Option<Secret<String>>| secret.filter(|secret| !secret.expose().is_empty());
    let hash = match (present(body.password), present(body.hashed_password)) {
        (Some(clear), _) => match cx.hasher.hash(clear).await {
            Ok(hash) => Secret::new(hash),
            Err(hash::Error::TooLong) => {
                return Err(invalid(format!(
                    "credentials.password.config.password: at most {} bytes are possible",
                    cx.hasher.longest()
                )));
            }
            Err(error) => return Err(error.into()),
        },
        (None, Some(hash)) => checked_hash(hash)?,
        (None, None) => {
            return Err(invalid("credentials.password.config: password or hashed_password is required"));
        }
    };
    Ok(json!({ "hashed_password": hash.expose() }))
}

fn links(kind: &str, body: Wrapped<ProvidersBody>) -> Result<Vec<Link>, ImportError> {
    let at = format!("credentials.{kind}.config.providers");
    let bodies = body.config.unwrap_or_default().providers.unwrap_or_default();
    if bodies.is_empty() {
        return Err(invalid(format!("{at}: at least one account is required")));
    }
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty() && !text.contains('\0'));
    let link = |(index, body): (usize, ProviderBody)| {
        let missing = |name: &str| invalid(format!("{at}.{index}.{name}: is required"));
        Ok(Link {
            subject: filled(body.subject).ok_or_else(|| missing("subject"))?,
            provider: filled(body.provider).ok_or_else(|| missing("provider"))?,
            organization: filled(body.organization),
            use_auto_link: body.use_auto_link.unwrap_or(false),
            ..Link::default()
        })
    };
    bodies.into_iter().enumerate().map(link).collect()
}

fn totp(body: TotpBody) -> Result<Totp, ImportError> {
    checked_totp(Totp { totp_url: body.totp_url.unwrap_or_default(), last_step: None })
}

fn checked_totp(totp: Totp) -> Result<Totp, ImportError> {
    let secret =
        |url: &Url| url.query_pairs().find(|(name, _)| name == "secret").map(|(_, secret)| secret.into_owned());
    let good =
        Url::parse(&totp.totp_url).ok().filter(|url| url.scheme() == "otpauth" && url.host_str() == Some("totp"));
    let bytes = good.as_ref().and_then(secret).and_then(|secret| {
        let plain = secret.trim_end_matches('=').to_ascii_uppercase();
        data_encoding::BASE32_NOPAD.decode(plain.as_bytes()).ok()
    });
    if bytes.is_some_and(|bytes| !bytes.is_empty()) {
        Ok(totp)
    } else {
        Err(invalid("credentials.totp.config.totp_url: must be otpauth://totp/.. with a base32 secret"))
    }
}

fn codes(body: CodesBody) -> Result<Vec<LookupCode>, ImportError> {
    let codes = body.codes.unwrap_or_default().into_iter();
    checked_codes(codes.map(|body| LookupCode { code: body.code, used_at: body.used_at }).collect())
}

fn checked_codes(codes: Vec<LookupCode>) -> Result<Vec<LookupCode>, ImportError> {
    if codes.is_empty() || codes.iter().any(|code| code.code.trim().is_empty()) {
        return Err(invalid("credentials.lookup_secret.config: at least one code is required, and none may be empty"));
    }
    Ok(codes)
}

fn keys(cx: &Cx, kind: &str, body: Wrapped<KeysBody>) -> Result<Keys, ImportError> {
    let body = body.config.unwrap_or_default();
    let at = format!("credentials.{kind}.config");
    let handle = body.user_handle.filter(|handle| !handle.is_empty());
    let user_handle = handle.map(|handle| super::keys::base64(&format!("{at}.user_handle"), &handle)).transpose()?;
    let bodies = body.credentials.unwrap_or_default().into_iter().enumerate();
    let read = |(index, key): (usize, KeyBody)| key.read(&format!("{at}.credentials.{index}"), cx.now);
    Ok(Keys { credentials: bodies.map(read).collect::<Result<_, _>>()?, user_handle: user_handle.unwrap_or_default() })
}

/// The content of a type as a patch has made it (contract §10.3), if it can be used.
pub(crate) fn patched(kind: CredentialType, config: &Value) -> Result<Value, ImportError> {
    fn parsed<T: serde::de::DeserializeOwned>(kind: CredentialType, config: &Value) -> Result<T, ImportError> {
        serde_json::from_value(config.clone()).map_err(|error| invalid(format!("credentials.{kind}.config: {error}")))
    }
    Ok(match kind {
        CredentialType::Password => {
            let body: PasswordBody = parsed(kind, config)?;
            if body.use_password_migration_hook == Some(true) {
                return Ok(json!({ "use_password_migration_hook": true }));
            }
            let hash = body.hashed_password.filter(|hash| !hash.expose().is_empty());
            let hash = hash.ok_or_else(|| invalid("credentials.password.config.hashed_password: is required"))?;
            json!({ "hashed_password": checked_hash(hash)?.expose() })
        }
        CredentialType::Totp => json!(checked_totp(parsed(kind, config)?)?),
        CredentialType::LookupSecret => {
            let known: LookupSecrets = parsed(kind, config)?;
            json!(LookupSecrets { recovery_codes: checked_codes(known.recovery_codes)? })
        }
        CredentialType::WebAuthn => json!(parsed::<Keys>(kind, config)?),
        CredentialType::Passkey => json!(joined(kind, None, &parsed::<Keys>(kind, config)?)?),
        CredentialType::Oidc | CredentialType::Saml | CredentialType::Code => {
            return Err(invalid(format!("credentials.{kind}: cannot be patched")));
        }
    })
}
