//! The device-code hand-over (contract oauth 4.8).

use serde::{Deserialize, Serialize};

/// `PUT /admin/oauth2/auth/requests/device/accept`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptUserCode {
    /// The code the person typed.
    #[serde(default)]
    pub user_code: String,
}
