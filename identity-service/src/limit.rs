//! How often something may be tried: quotas in memory by client address and by account, and a delay per account that
//! grows with its failures and is kept in the database, so that replicas share it.

use std::net::IpAddr;

use shared_types::{
    db::{AnyConn, Error as DbError},
    http::limit::{Quotas, RetryAfter, Rule},
    secret::Digest,
    time::Time,
};

use crate::{app::Cx, config::RateLimit, store::login_failures};

/// What is limited, by the names the configuration uses.
const ACTIONS: [&str; 3] = ["login", "registration", "verification"];

/// The quotas of one process.
pub(crate) struct Limits(Quotas);

impl Limits {
    /// Quotas as configured; none when they are switched off.
    pub(crate) fn new(config: &RateLimit) -> Self {
        if !config.enabled {
            return Self(Quotas::new(std::iter::empty::<(String, Rule)>()));
        }
        let rule_of = |action: &str| {
            let named = |name: &str| config.rules.iter().find(|rule| rule.action == name);
            named(action).or_else(|| named("*")).map_or_else(Rule::default, |rule| rule.rule)
        };
        let rules = ACTIONS.into_iter().map(|action| (action.to_owned(), rule_of(action)));
        Self(Quotas::new(rules))
    }

    /// Forgets who has not come for a while.
    pub(crate) fn forget_rested(&self) {
        self.0.forget_rested();
    }
}

/// Counts one try of an action by a client, and on an account (known or not) where one is named.
pub(crate) fn check(cx: &Cx, action: &str, client: &str, account: Option<&str>) -> Result<(), RetryAfter> {
    cx.limits.0.check(action, &household(client))?;
    match account {
        Some(account) => cx.limits.0.check(action, &account_of(cx, account).hex()),
        None => Ok(()),
    }
}

/// IPv6 clients are counted by their /64: one household holds that many addresses.
fn household(client: &str) -> String {
    match client.parse() {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        _ => client.to_owned(),
    }
}

/// What stands for an account: a digest of its identifier in normal form, so that unknown ones look the same.
pub(crate) fn account_of(cx: &Cx, identifier: &str) -> Digest {
    cx.secrets.digester.digest("account", identifier)
}

/// Refuses while the account's delay runs.
pub(crate) fn backoff(conn: &mut AnyConn, account: &Digest, now: Time) -> Result<Option<RetryAfter>, DbError> {
    let failures = login_failures::get(conn, account)?;
    Ok(failures.and_then(|failures| failures.wait(now)).map(RetryAfter))
}

/// Counts a failed sign-in of an account.
pub(crate) fn failed(conn: &mut AnyConn, account: &Digest, now: Time) -> Result<(), DbError> {
    login_failures::record(conn, account, now).map(|_| ())
}

/// Forgets the failures of an account that was signed in to.
pub(crate) fn succeeded(conn: &mut AnyConn, account: &Digest) -> Result<(), DbError> {
    login_failures::clear(conn, account)
}
