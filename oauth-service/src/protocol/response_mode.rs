//! `response_mode`: how the answer travels back to the client (OAuth 2.0 Multiple Response Types, Form Post Response Mode, JWT Secured
//! Authorization Response Mode).

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

/// A mode, and whether the answer is inside a signed JWT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Delivery {
    pub(crate) mode: ResponseMode,
    /// JARM 2: the one parameter is `response`.
    pub(crate) signed: bool,
}

impl Delivery {
    /// The names of all, for metadata.
    pub(crate) const NAMES: [&str; 7] =
        ["query", "fragment", "form_post", "jwt", "query.jwt", "fragment.jwt", "form_post.jwt"];

    /// The delivery by its name. `jwt` alone is the response type's `default` (JARM 2.3.4).
    pub(crate) fn parse(name: &str, default: ResponseMode) -> Option<Self> {
        if name == "jwt" {
            return Some(Self { mode: default, signed: true });
        }
        let (bare, signed) = name.strip_suffix(".jwt").map_or((name, false), |bare| (bare, true));
        let mode = match bare {
            "query" => ResponseMode::Query,
            "fragment" => ResponseMode::Fragment,
            "form_post" => ResponseMode::FormPost,
            _ => return None,
        };
        Some(Self { mode, signed })
    }
}

#[cfg(test)]
mod tests;
