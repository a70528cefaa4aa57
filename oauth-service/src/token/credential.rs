//! Credentials about a person for his wallet (OpenID for Verifiable Credential Issuance, as of the userinfo draft 00; contract 6.9).
//!
//! A token that may fetch one comes with a nonce, which is sealed and kept nowhere. The wallet signs the nonce with its key, and the
//! credential names that key.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use josekit::jwk::Jwk;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use shared_types::{
    id::{TokenId, uuid_v4},
    time::Time,
};

use crate::{
    app::Cx,
    key::{KeySet, by_default, compact::Compact},
    model::token::{AccessToken, Login, Session},
    protocol::{
        error::{OAuthCode, OAuthError},
        scope::OPENID,
    },
};

/// The scope that lets a token fetch a credential.
pub(crate) const SCOPE: &str = "userinfo_credential_draft_00";
/// The only kind of credential there is.
pub(crate) const FORMAT: &str = "jwt_vc_json";
pub(crate) const TYPES: [&str; 2] = ["VerifiableCredential", "UserInfoCredential"];
const PURPOSE: &str = "credential nonce";
/// Seconds.
pub(crate) const NONCE_LIFETIME: i64 = 3600;

#[derive(Serialize, Deserialize)]
struct Nonce {
    /// The token it came with.
    #[serde(rename = "t")]
    token: String,
    #[serde(rename = "e", with = "chrono::serde::ts_seconds")]
    ends: Time,
}

/// Whether a token may fetch a credential.
pub(crate) fn is_allowed(scope: &[String]) -> bool {
    [OPENID, SCOPE].iter().all(|wanted| scope.iter().any(|held| held == wanted))
}

/// A nonce for the proof of whoever holds the token.
pub(crate) fn nonce(cx: &Cx, token: &AccessToken) -> Result<String, OAuthError> {
    let nonce = Nonce { token: token.digest.hex(), ends: cx.now + chrono::Duration::seconds(NONCE_LIFETIME) };
    let sealed = cx.sealer.seal_packed(PURPOSE, cx.entropy.as_ref(), &nonce);
    sealed.map_err(|error| OAuthError::new(OAuthCode::ServerError).caused_by(error))
}

/// Adds a nonce to a token endpoint's answer, where the token may fetch a credential.
pub(crate) fn prime(cx: &Cx, token: &AccessToken, mut body: Value) -> Result<Value, OAuthError> {
    if is_allowed(&token.granted.scope)
        && let Value::Object(members) = &mut body
    {
        members.insert("c_nonce_draft_00".to_owned(), json!(nonce(cx, token)?));
        members.insert("c_nonce_expires_in_draft_00".to_owned(), json!(NONCE_LIFETIME));
    }
    Ok(body)
}

/// The key of a wallet, when the proof shows that it is the wallet's: a JWT over our nonce, signed with the key in its header.
pub(crate) fn proven_key(cx: &Cx, token: &AccessToken, proof: &str) -> Option<Jwk> {
    let compact = Compact::parse(proof).ok()?;
    let members = compact.header_value("jwk")?.as_object()?.clone();
    let jwk = Jwk::from_map(members).ok().filter(|key| key.key_type() != "oct" && key.parameter("d").is_none())?;
    if !compact.is_signed_by(compact.alg()?, &jwk) {
        return None;
    }
    let claims = compact.into_claims();
    let nonce: Nonce = cx.sealer.open_packed(PURPOSE, claims.get("nonce")?.as_str()?).ok()?;
    (nonce.ends > cx.now && nonce.token == token.digest.hex()).then_some(jwk)
}

/// The credential: a JWT that says who the person is to whoever shows that he has the key.
pub(crate) async fn issue(cx: &Cx, login: &Login, session: &Session, key: &Jwk) -> Result<String, OAuthError> {
    let signer = cx.keys.signer(cx, KeySet::IdToken, by_default(cx, KeySet::IdToken)).await?;
    let holder = format!("did:jwk:{}", URL_SAFE_NO_PAD.encode(key.to_string()));
    let mut subject: Map<String, Value> = session.id_token.clone();
    subject.insert("sub".to_owned(), json!(login.shown_subject));
    subject.insert("id".to_owned(), json!(holder));
    let jti = TokenId::from_uuid(uuid_v4(cx.entropy.as_ref())).text();
    let claims = json!({
        "iss": cx.config.urls.issuer,
        "sub": holder,
        "jti": format!("urn:uuid:{jti}"),
        "iat": cx.now.timestamp(),
        "nbf": cx.now.timestamp(),
        // No key outlives what it signed: a credential is good for as long as an ID token.
        "exp": (cx.now + cx.config.ttl.id_token.chrono()).timestamp(),
        "vc": {
            "@context": ["https://www.w3.org/2018/credentials/v1"],
            "type": TYPES,
            "credentialSubject": subject,
        },
    });
    signer.sign(&claims, "JWT")
}
