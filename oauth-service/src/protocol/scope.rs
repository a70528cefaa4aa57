//! Scopes: how a list is split, what a scope may be made of, and how a registered one covers a wanted one
//! (contract 2.5; RFC 6749 3.3).

/// The scope that makes a request an OpenID Connect request.
pub(crate) const OPENID: &str = "openid";

/// How registered scopes are compared with wanted ones (`strategies.scope`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum ScopeStrategy {
    /// A registered `*` stands for one part, a last one for all that follow.
    #[default]
    Wildcard,
    /// Equal or not.
    Exact,
}

impl ScopeStrategy {
    /// The strategy by its name in the configuration.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "" | "wildcard" => Some(Self::Wildcard),
            "exact" => Some(Self::Exact),
            _ => None,
        }
    }

    /// Whether any of the registered scopes covers the wanted one.
    pub(crate) fn allows<S: AsRef<str>>(self, registered: &[S], wanted: &str) -> bool {
        registered.iter().any(|pattern| match self {
            Self::Exact => pattern.as_ref() == wanted,
            Self::Wildcard => covers(pattern.as_ref(), wanted),
        })
    }

    /// The first wanted scope that no registered one covers.
    pub(crate) fn first_refused<'a, S: AsRef<str>, W: AsRef<str>>(
        self,
        registered: &[S],
        wanted: &'a [W],
    ) -> Option<&'a str> {
        wanted.iter().map(AsRef::as_ref).find(|scope| !self.allows(registered, scope))
    }
}

/// Whether `pattern` covers `wanted` part by part: `a.*` covers `a.b` and `a.b.c`, not `a`; `*` covers all but nothing.
fn covers(pattern: &str, wanted: &str) -> bool {
    let mut wanted = wanted.split('.');
    let mut parts = pattern.split('.').peekable();
    while let Some(part) = parts.next() {
        let Some(piece) = wanted.next() else { return false };
        let fits = if part == "*" { !piece.is_empty() } else { part == piece };
        if !fits {
            return false;
        }
        if part == "*" && parts.peek().is_none() {
            return true;
        }
    }
    wanted.next().is_none()
}

/// The scopes of a blank-separated list, each once, in their order.
pub(crate) fn split(list: &str) -> Vec<String> {
    let mut scopes: Vec<String> = Vec::new();
    for scope in list.split(' ').filter(|scope| !scope.is_empty()) {
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    scopes
}

/// Whether a text may be a scope: `1*( %x21 / %x23-5B / %x5D-7E )` (RFC 6749 appendix A.4).
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

/// Whether the list asks for (or holds) a refresh token.
pub(crate) fn is_offline<S: AsRef<str>>(scopes: &[S]) -> bool {
    scopes.iter().any(|scope| matches!(scope.as_ref(), "offline" | "offline_access"))
}

/// Whether the list holds `openid`.
pub(crate) fn is_openid<S: AsRef<str>>(scopes: &[S]) -> bool {
    scopes.iter().any(|scope| scope.as_ref() == OPENID)
}

#[cfg(test)]
mod tests;
