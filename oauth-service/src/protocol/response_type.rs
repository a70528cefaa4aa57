//! `response_type`: a set of words in any order (OAuth 2.0 Multiple Response Type Encoding Practices, section 5).

/// The set of words of a response type, sorted, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResponseType(Vec<String>);

impl ResponseType {
    /// Every type this server answers, as discovery spells them.
    pub(crate) const ALL: [&str; 7] =
        ["code", "code id_token", "id_token", "token id_token", "token", "code token", "token id_token code"];

    /// Reads a blank-separated set.
    pub(crate) fn parse(text: &str) -> Self {
        let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        words.sort_unstable();
        words.dedup();
        Self(words)
    }

    fn has(&self, wanted: &str) -> bool {
        self.0.iter().any(|word| word == wanted)
    }

    /// Whether there is a word, and this server knows each.
    pub(crate) fn is_known(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(|word| matches!(word.as_str(), "code" | "token" | "id_token"))
    }

    /// Whether the answer holds a code.
    pub(crate) fn has_code(&self) -> bool {
        self.has("code")
    }

    /// Whether the answer holds an access token.
    pub(crate) fn has_token(&self) -> bool {
        self.has("token")
    }

    /// Whether the answer holds an ID token.
    pub(crate) fn has_id_token(&self) -> bool {
        self.has("id_token")
    }

    /// Whether the type, known to this server or not, would put a token into the answer. Errors to such a request go into
    /// the fragment, where the client looks for them.
    pub(crate) fn answers_in_fragment(&self) -> bool {
        self.has_token() || self.has_id_token()
    }
}

#[cfg(test)]
mod tests;
