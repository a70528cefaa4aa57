//! Claims of tokens from traits and metadata, per granted scope (`oauth2_provider.claims`).

use serde_json::{Map, Value, json};

use crate::{config::ClaimRule, model::identity::Identity};

/// The extra claims of both tokens.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct TokenClaims {
    pub(crate) id_token: Map<String, Value>,
    pub(crate) access_token: Map<String, Value>,
}

/// One claim of one rule, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Yield<'a> {
    /// The place of its rule in the configuration.
    pub(crate) index: usize,
    pub(crate) rule: &'a ClaimRule,
    pub(crate) claim: &'a str,
    /// Where in the identity's claim document its value is.
    pub(crate) pointer: &'a str,
    pub(crate) outcome: Outcome,
}

/// What came of a claim.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// It has this value.
    Value(Value),
    /// Its rule's scope was not granted.
    NotGranted,
    /// The identity has nothing there, or null.
    Nothing,
}

impl Outcome {
    /// Whether tokens have it.
    pub(crate) const fn value(&self) -> Option<&Value> {
        match self {
            Self::Value(value) => Some(value),
            Self::NotGranted | Self::Nothing => None,
        }
    }
}

/// What the granted scopes say of an identity. A claim whose value is missing or null is left out.
pub(crate) fn for_scopes(identity: &Identity, rules: &[ClaimRule], scopes: &[String]) -> TokenClaims {
    let mut claims = TokenClaims::default();
    for Yield { rule, claim, outcome, .. } in account(identity, rules, scopes) {
        let Some(value) = outcome.value() else { continue };
        if rule.id_token {
            claims.id_token.insert(claim.to_owned(), value.clone());
        }
        if rule.access_token {
            claims.access_token.insert(claim.to_owned(), value.clone());
        }
    }
    claims
}

/// What each rule yields for an identity under these scopes, or why it yields nothing, in the order in which they count:
/// of two that name the same claim the later one wins.
pub(crate) fn account<'a>(identity: &Identity, rules: &'a [ClaimRule], scopes: &[String]) -> Vec<Yield<'a>> {
    let document = document(identity);
    let mut yields = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        let granted = scopes.contains(&rule.scope);
        for (claim, pointer) in &rule.claims {
            let found = document.pointer(pointer).filter(|value| !value.is_null());
            let outcome = match found {
                _ if !granted => Outcome::NotGranted,
                Some(value) => Outcome::Value(value.clone()),
                None => Outcome::Nothing,
            };
            yields.push(Yield { index, rule, claim, pointer, outcome });
        }
    }
    yields
}

/// What pointers lead into.
fn document(identity: &Identity) -> Value {
    json!({
        "id": identity.id,
        "traits": identity.traits,
        "metadata_public": identity.metadata_public,
        "metadata_admin": identity.metadata_admin,
        "email_verified": identity.has_verified_email(),
        "state": identity.state,
    })
}

#[cfg(test)]
mod tests;
