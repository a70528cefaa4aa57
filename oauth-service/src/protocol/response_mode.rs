//! `response_mode`: how the answer travels back to the client (OAuth 2.0 Multiple Response Types, Form Post Response Mode).

/// How an authorization answer is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResponseMode {
    /// In the query of the redirect URI.
    Query,
    /// In the fragment of the redirect URI.
    Fragment,
    /// In a form the browser posts to the redirect URI.
    FormPost,
}

impl ResponseMode {
    /// The mode by its name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "query" => Some(Self::Query),
            "fragment" => Some(Self::Fragment),
            "form_post" => Some(Self::FormPost),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
