//! `prompt`: what the client wants the person to be asked (OpenID Connect Core 3.1.2.1; Initiating User Registration 1.0).

/// The prompts of a request.
#[expect(clippy::struct_excessive_bools, reason = "a set of five known words")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Prompt {
    /// Nobody may be asked anything.
    pub(crate) none: bool,
    /// Log in again, session or not.
    pub(crate) login: bool,
    /// Ask for consent again, remembered or not.
    pub(crate) consent: bool,
    /// Let the person choose an account: log in again.
    pub(crate) select_account: bool,
    /// Start at the registration page.
    pub(crate) registration: bool,
}

/// A prompt that cannot be honoured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PromptError {
    #[error("The prompt parameter has a value this server does not know.")]
    Unknown,
    #[error("The prompt 'none' must stand alone.")]
    NoneWithOthers,
}

impl Prompt {
    /// Reads a blank-separated set. An absent parameter is the empty set.
    pub(crate) fn parse(list: &str) -> Result<Self, PromptError> {
        let mut prompt = Self::default();
        for word in list.split_whitespace() {
            match word {
                "none" => prompt.none = true,
                "login" => prompt.login = true,
                "consent" => prompt.consent = true,
                "select_account" => prompt.select_account = true,
                "registration" => prompt.registration = true,
                _ => return Err(PromptError::Unknown),
            }
        }
        let asks = prompt.login || prompt.consent || prompt.select_account || prompt.registration;
        if prompt.none && asks { Err(PromptError::NoneWithOthers) } else { Ok(prompt) }
    }

    /// Whether a remembered login must not be used.
    pub(crate) const fn wants_fresh_login(self) -> bool {
        self.login || self.select_account || self.registration
    }
}

#[cfg(test)]
mod tests;
