//! Claims of tokens from traits and metadata, per granted scope (`oauth2_provider.claims`).

use serde_json::{Map, Value, json};

use crate::{config::ClaimRule, model::identity::Identity};

/// The extra claims of both tokens.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct TokenClaims {
    pub(crate) id_token: Map<String, Value>,
    pub(crate) access_token: Map<String, Value>,
}

/// What the granted scopes say of an identity. A claim whose value is missing or null is left out.
pub(crate) fn for_scopes(identity: &Identity, rules: &[ClaimRule], scopes: &[String]) -> TokenClaims {
    let document = json!({
        "id": identity.id,
        "traits": identity.traits,
        "metadata_public": identity.metadata_public,
        "metadata_admin": identity.metadata_admin,
        "email_verified": identity.has_verified_email(),
        "state": identity.state,
    });
    let mut claims = TokenClaims::default();
    for rule in rules.iter().filter(|rule| scopes.contains(&rule.scope)) {
        for (name, pointer) in &rule.claims {
            let Some(value) = document.pointer(pointer).filter(|value| !value.is_null()) else { continue };
            if rule.id_token {
                claims.id_token.insert(name.clone(), value.clone());
            }
            if rule.access_token {
                claims.access_token.insert(name.clone(), value.clone());
            }
        }
    }
    claims
}

#[cfg(test)]
mod tests;
