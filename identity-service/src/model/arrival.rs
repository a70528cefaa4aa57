//! Somebody who comes back from another provider, which says who he is.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shared_types::time::Time;

use super::credential::Link;

/// What a provider has said of somebody.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Arrival {
    /// Who it is there, with the tokens that came along.
    pub(crate) link: Link,
    /// What else is said, in the names every mapper knows.
    pub(crate) claims: Map<String, Value>,
    /// The traits the person has entered here.
    pub(crate) traits: Option<Value>,
    /// Whether they came from a form, which knows texts alone.
    pub(crate) form: bool,
    pub(crate) at: Time,
}

/// Tokens are not to be printed.
impl std::fmt::Debug for Arrival {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arrival").field("provider", &self.link.provider).finish_non_exhaustive()
    }
}

impl Arrival {
    /// A claim that is a text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }

    /// An address of which the provider says that nobody has proven it.
    pub(crate) fn unproven(&self) -> Option<&str> {
        let denied = self.claims.get("email_verified") == Some(&Value::Bool(false));
        self.text("email").filter(|_| denied)
    }
}
