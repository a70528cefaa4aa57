//! `secrets`: the keys behind cookies, digests, sealed columns and page tokens.

use shared_types::{
    entropy::{Entropy, random_token},
    page::PageTokens,
    seal::Sealer,
    secret::{Digester, Secret},
};

use super::read::Reader;

/// The configured secrets, newest first.
#[derive(Debug, Clone)]
pub(crate) struct SecretsConfig {
    default: Vec<Secret<String>>,
    cookie: Vec<Secret<String>>,
    cipher: Vec<Secret<String>>,
    pagination: Vec<Secret<String>>,
}

/// What is made of the secrets.
pub(crate) struct Secrets {
    /// Session tokens, codes and accounts are stored as digests of this.
    pub(crate) digester: Digester,
    /// Session and CSRF cookies.
    pub(crate) cookies: Sealer,
    /// Columns that must be read back.
    pub(crate) ciphers: Sealer,
    pub(crate) pages: PageTokens,
}

/// Reads the section.
pub(super) fn read(r: &Reader<'_>) -> SecretsConfig {
    let secrets = SecretsConfig {
        default: r.secrets("secrets.default", 16..=usize::MAX),
        cookie: r.secrets("secrets.cookie", 16..=usize::MAX),
        cipher: r.secrets("secrets.cipher", 32..=32),
        pagination: r.secrets("secrets.pagination", 16..=usize::MAX),
    };
    if secrets.is_empty() {
        r.warn(
            "secrets.default is not set: a random secret is used and every session ends at the next start".to_owned(),
        );
    }
    secrets
}

impl SecretsConfig {
    /// What cookies are sealed with, newest first.
    pub(crate) fn cookies(&self) -> &[Secret<String>] {
        if self.cookie.is_empty() { &self.default } else { &self.cookie }
    }

    /// Whether nothing is set that outlives the process.
    pub(crate) fn is_empty(&self) -> bool {
        self.default.is_empty() && self.cookie.is_empty()
    }

    /// `secrets.cipher`, newest first.
    pub(crate) fn ciphers(&self) -> &[Secret<String>] {
        &self.cipher
    }

    /// Each list and its key.
    pub(crate) const fn lists(&self) -> [(&'static str, &Vec<Secret<String>>); 4] {
        [
            ("secrets.default", &self.default),
            ("secrets.cookie", &self.cookie),
            ("secrets.cipher", &self.cipher),
            ("secrets.pagination", &self.pagination),
        ]
    }

    /// The keys. Without any secret a random one serves until the process ends, as the contract has it.
    pub(crate) fn keys(&self, entropy: &dyn Entropy) -> Secrets {
        let random = vec![Secret::new(random_token(entropy))];
        let first = |lists: &[&Vec<Secret<String>>]| {
            lists.iter().find(|list| !list.is_empty()).map_or_else(|| random.clone(), |list| (*list).clone())
        };
        Secrets {
            digester: Digester::new(&first(&[&self.default, &self.cookie])),
            cookies: Sealer::new(&first(&[&self.cookie, &self.default])),
            ciphers: Sealer::new(&first(&[&self.cipher, &self.default, &self.cookie])),
            pages: PageTokens::new(Sealer::new(&first(&[&self.pagination, &self.default, &self.cookie]))),
        }
    }
}
