//! The configuration both services get in tests: wired to each other, rate limits off, hashing cheap, mails to the mailbox.

use serde_json::{Value, json};
use shared_types::{
    entropy::{SystemEntropy, random_alnum},
    testing::TempDatabase,
};

use crate::ports;

/// Which database a world stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// A database that goes with the value; `None` where no PostgreSQL server is named to the tests.
    pub fn database(self) -> Option<TempDatabase> {
        match self {
            Self::Sqlite => Some(TempDatabase::sqlite()),
            Self::Postgres => TempDatabase::postgres(),
        }
    }
}

/// Where the services are found and the keys they ask for.
#[derive(Debug, Clone)]
pub struct Places {
    /// What browsers call the machine. Keys are made for domains, and an address is none.
    pub host: &'static str,
    /// How oauth-service is reached: `http` or `https`.
    pub oauth_scheme: &'static str,
    pub identity_public: u16,
    pub identity_admin: u16,
    pub oauth_public: u16,
    pub oauth_admin: u16,
    pub identity_key: String,
    pub oauth_key: String,
}

impl Places {
    pub fn draw() -> anyhow::Result<Self> {
        Ok(Self {
            host: "127.0.0.1",
            oauth_scheme: "http",
            identity_public: ports::free()?,
            identity_admin: ports::free()?,
            oauth_public: ports::free()?,
            oauth_admin: ports::free()?,
            identity_key: random_alnum(&SystemEntropy, 32),
            oauth_key: random_alnum(&SystemEntropy, 32),
        })
    }

    pub fn identity(&self) -> String {
        format!("http://{}:{}", self.host, self.identity_public)
    }

    pub fn oauth(&self) -> String {
        format!("{}://127.0.0.1:{}", self.oauth_scheme, self.oauth_public)
    }

    /// The `iss` of every token: with a trailing slash, as most installations have it.
    pub fn issuer(&self) -> String {
        format!("{}/", self.oauth())
    }

    /// identity-service's configuration on this database.
    pub fn identity_settings(&self, dsn: &str, mails: Option<&str>) -> Value {
        let smtp = mails.map_or_else(|| json!({}), |uri| json!({ "connection_uri": uri }));
        json!({
            "dsn": dsn,
            "dev": true,
            "auto_migrate": true,
            "serve": {
                "public": { "host": "127.0.0.1", "port": self.identity_public, "base_url": format!("{}/", self.identity()) },
                "admin": {
                    "host": "127.0.0.1",
                    "port": self.identity_admin,
                    "base_url": format!("{}/", loopback(self.identity_admin)),
                    "api_keys": [self.identity_key],
                },
            },
            "selfservice": {
                "default_browser_return_url": format!("{}/welcome", self.identity()),
                "allowed_return_urls": [format!("{}/", self.identity())],
                "flows": {
                    "login": { "after": { "password": { "hooks": [{ "hook": "require_verified_address" }] } } },
                    "registration": {
                        "after": { "password": { "hooks": [{ "hook": "session" }, { "hook": "show_verification_ui" }] } },
                    },
                    "verification": { "enabled": true },
                },
                "methods": { "password": { "config": { "haveibeenpwned_enabled": false } }, "link": { "enabled": true } },
            },
            "watch-courier": true,
            "courier": { "smtp": smtp, "worker": { "pull_wait": "100ms" } },
            "oauth2_provider": {
                "url": loopback(self.oauth_admin),
                "headers": { "Authorization": format!("Bearer {}", self.oauth_key) },
            },
            "secrets": {
                "default": ["not-a-secret-default"],
                "cookie": ["not-a-secret-cookie"],
                "cipher": ["not-a-secret-cipher-32-character"],
            },
            "hashers": { "bcrypt": { "cost": 4 } },
            "rate_limit": { "enabled": false },
            "log": { "level": "warn" },
        })
    }

    /// oauth-service's configuration on this database.
    pub fn oauth_settings(&self, dsn: &str) -> Value {
        let hook = json!({
            "url": format!("{}/admin/oauth2/token-hook", loopback(self.identity_admin)),
            "auth": {
                "type": "api_key",
                "config": { "in": "header", "name": "Authorization", "value": format!("Bearer {}", self.identity_key) },
            },
        });
        json!({
            "dsn": dsn,
            "dev": true,
            "auto_migrate": true,
            "serve": {
                "public": { "host": "127.0.0.1", "port": self.oauth_public },
                "admin": { "host": "127.0.0.1", "port": self.oauth_admin, "api_keys": [self.oauth_key] },
            },
            "urls": {
                "self": { "issuer": self.issuer(), "public": self.oauth() },
                "login": format!("{}/login", self.identity()),
                "registration": format!("{}/registration", self.identity()),
                "consent": format!("{}/consent", self.identity()),
                "logout": format!("{}/logout", self.identity()),
                "device": {
                    "verification": format!("{}/device", self.identity()),
                    "success": format!("{}/device/done", self.identity()),
                },
                "error": format!("{}/error", self.identity()),
                "post_logout_redirect": format!("{}/login", self.identity()),
            },
            "oauth2": { "refresh_token_hook": hook },
            "secrets": { "system": ["not-a-secret-system"], "cookie": ["not-a-secret-cookie"] },
            "rate_limit": { "enabled": false },
            "log": { "level": "warn" },
        })
    }
}

pub fn loopback(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// RFC 7396: what `patch` names replaces what `target` has; `null` takes away.
pub fn merge(target: &mut Value, patch: Value) {
    let Value::Object(changes) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    if let Value::Object(fields) = target {
        for (name, change) in changes {
            if change.is_null() {
                fields.remove(&name);
            } else {
                merge(fields.entry(name).or_insert(Value::Null), change);
            }
        }
    }
}
