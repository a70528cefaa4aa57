//! Access tokens (RFC 9068): is it one, is it for us, and what may its owner do?

use jsonwebtoken::{Algorithm, Validation, decode, decode_header, errors::ErrorKind, get_current_timestamp};
use serde::Deserialize;

use crate::{keys::Keys, refusal::Refusal};

/// Signatures that are accepted. `none` and shared secrets can never be among them.
const ALGORITHMS: [Algorithm; 2] = [Algorithm::ES256, Algorithm::RS256];
/// Seconds by which clocks may differ.
const LEEWAY: u64 = 10;

/// Whose tokens are good here.
pub struct Verifier {
    issuer: String,
    audience: String,
    keys: Keys,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    acr: Option<String>,
    auth_time: Option<u64>,
    /// A token that is bound to a key is none to be carried by anybody.
    cnf: Option<serde_json::Value>,
    #[serde(default)]
    ext: Extra,
}

/// What identity-service says of the person stands in `ext`; nothing a client can ask for or set.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Extra {
    company_id: String,
    permissions: Vec<String>,
}

/// Who calls, and how they signed in.
pub struct Caller {
    pub company: String,
    permissions: Vec<String>,
    acr: Option<String>,
    auth_time: Option<u64>,
}

impl Verifier {
    pub fn new(issuer: &str, audience: &str, keys: Keys) -> Self {
        Self { issuer: issuer.to_owned(), audience: audience.to_owned(), keys }
    }

    /// Checks a token from its type to its times.
    pub fn caller(&self, token: &str) -> Result<Caller, Refusal> {
        let header = decode_header(token).map_err(|_| Refusal::Invalid("The token is no JWT."))?;
        // RFC 9068 4: the type keeps an ID token from passing for an access token.
        let is_access =
            |typ: &str| typ.eq_ignore_ascii_case("at+jwt") || typ.eq_ignore_ascii_case("application/at+jwt");
        if !header.typ.as_deref().is_some_and(is_access) {
            return Err(Refusal::Invalid("The token is no access token."));
        }
        if !ALGORITHMS.contains(&header.alg) {
            return Err(Refusal::Invalid("The token is signed in a way that is not accepted here."));
        }
        let key = self.keys.find(header.kid.as_deref().unwrap_or_default(), header.alg)?;
        let mut rules = Validation::new(header.alg);
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[&self.audience]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        rules.leeway = LEEWAY;
        rules.validate_nbf = true;
        let claims: Claims = decode(token, &key, &rules).map_err(|error| Refusal::Invalid(said(error.kind())))?.claims;
        if claims.sub.is_empty() || claims.cnf.is_some() {
            return Err(Refusal::Invalid("The token is not for everybody who carries it."));
        }
        let Claims { acr, auth_time, ext: Extra { company_id, permissions }, .. } = claims;
        Ok(Caller { company: company_id, permissions, acr, auth_time })
    }
}

fn said(error: &ErrorKind) -> &'static str {
    match error {
        ErrorKind::ExpiredSignature => "The token has expired.",
        ErrorKind::InvalidAudience => "The token is for another API.",
        ErrorKind::InvalidIssuer => "The token is of another issuer.",
        ErrorKind::ImmatureSignature => "The token is not good yet.",
        _ => "The token is not good.",
    }
}

impl Caller {
    pub fn may(&self, permission: &'static str) -> Result<(), Refusal> {
        if self.permissions.iter().any(|held| held == permission) {
            Ok(())
        } else {
            Err(Refusal::NotPermitted(permission))
        }
    }

    /// RFC 9470: a login of this class, and not longer ago than so many seconds.
    pub fn has_just_proved(&self, acr: &'static str, max_age: u64) -> Result<(), Refusal> {
        let strong = self.acr.as_deref() == Some(acr);
        let fresh = self.auth_time.is_some_and(|at| at + max_age + LEEWAY >= get_current_timestamp());
        if strong && fresh { Ok(()) } else { Err(Refusal::SignInAgain { acr, max_age }) }
    }
}
