//! `oidc` and `saml`: the accounts at other providers an identity is linked to (contract §4.1).

use serde::{Deserialize, Serialize};

/// The content of an `oidc` or `saml` credential.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Providers {
    /// One entry per linked account.
    pub(crate) providers: Vec<Link>,
}

/// One linked account. The provider's tokens are those of the first sign-in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of the contract (§4.1)")]
pub(crate) struct Link {
    /// Who it is at the provider.
    pub(crate) subject: String,
    /// The provider's id in the configuration.
    pub(crate) provider: String,
    #[serde(default)]
    pub(crate) initial_id_token: String,
    #[serde(default)]
    pub(crate) initial_access_token: String,
    #[serde(default)]
    pub(crate) initial_refresh_token: String,
    /// The organization it was linked through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) organization: Option<String>,
    /// An import says that the first sign-in may link without a question.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) use_auto_link: bool,
}

impl Link {
    /// The identifier it is found by.
    pub(crate) fn identifier(&self) -> String {
        format!("{}:{}", self.provider, self.subject)
    }
}
