//! `response_type`: a set of words in any order (OAuth 2.0 Multiple Response Type Encoding Practices, section 5).

/// The set of words of a response type, sorted, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResponseType(Vec<String>);

impl ResponseType {
    /// Reads a blank-separated set.
    pub(crate) fn parse(text: &str) -> Self {
        let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        words.sort_unstable();
        words.dedup();
        Self(words)
    }

    /// The one type this server answers: `code`.
    pub(crate) fn is_code(&self) -> bool {
        matches!(self.0.as_slice(), [only] if only == "code")
    }

    /// Whether the type, known to this server or not, would put a token into the answer. Errors to such a request go into
    /// the fragment, where the client looks for them.
    pub(crate) fn answers_in_fragment(&self) -> bool {
        self.0.iter().any(|word| matches!(word.as_str(), "token" | "id_token"))
    }
}

#[cfg(test)]
mod tests;
