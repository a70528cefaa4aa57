//! `lookup_secret`: backup codes, each good once (contract §4.1, §4.5).

use serde::{Deserialize, Serialize};
use shared_types::time::Time;

/// The content of a `lookup_secret` credential.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LookupSecrets {
    /// In the order in which they are shown.
    pub(crate) recovery_codes: Vec<LookupCode>,
}

/// One backup code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LookupCode {
    /// What is typed.
    pub(crate) code: String,
    /// When it was used; it is worth nothing since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) used_at: Option<Time>,
}
