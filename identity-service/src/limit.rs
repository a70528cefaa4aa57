//! How often something may be tried: quotas in memory by client address and by account, and a delay per account that
//! grows with its failures and is kept in the database, so that replicas share it.

use std::net::IpAddr;

use shared_types::{
    db::{AnyConn, Error as DbError},
    http::limit::{Quotas, RetryAfter, Rule},
    time::Time,
};

use crate::{
    app::Cx,
    config::RateLimit,
    model::failure::{AccountKey, FREE_SIGN_INS},
    store::login_failures,
};

/// What digests of accounts are for.
const ACCOUNT: &str = "account";

/// What is limited, by the names the configuration uses.
const ACTIONS: [&str; 5] = ["login", "registration", "verification", "recovery", "settings"];

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
        Some(account) => cx.limits.0.check(action, &cx.secrets.digester.digest(ACCOUNT, account).hex()),
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

/// What stands for an account tried by a client: digests of its identifier in normal form, so that unknown accounts
/// look the same.
pub(crate) fn account_of(cx: &Cx, identifier: &str, client: &str) -> AccountKey {
    let digester = &cx.secrets.digester;
    AccountKey {
        account: digester.digest(ACCOUNT, identifier),
        place: digester.digest("account and place", &format!("{}\0{identifier}", household(client))),
    }
}

/// Refuses while the delay of the account runs; from places it was signed in to from, only the delay of that place.
pub(crate) fn backoff(conn: &mut AnyConn, key: &AccountKey, now: Time) -> Result<Option<RetryAfter>, DbError> {
    let failures = match login_failures::get(conn, &key.place)? {
        Some(known) => Some(known),
        None => login_failures::get(conn, &key.account)?,
    };
    Ok(failures.and_then(|failures| failures.wait(now)).map(RetryAfter))
}

/// Counts a failed sign-in: of the place where the account is known there, else of the account.
pub(crate) fn failed(conn: &mut AnyConn, key: &AccountKey, now: Time) -> Result<(), DbError> {
    failed_beyond(conn, key, now, FREE_SIGN_INS)
}

/// Counts a failure of another kind; delays begin with the one whose number is `free`.
pub(crate) fn failed_beyond(conn: &mut AnyConn, key: &AccountKey, now: Time, free: i32) -> Result<(), DbError> {
    let known = login_failures::get(conn, &key.place)?.is_some();
    login_failures::record(conn, if known { &key.place } else { &key.account }, now, free).map(|_| ())
}

/// Takes every delay from an account whose owner has shown that it is his, and remembers the place.
pub(crate) fn lifted(conn: &mut AnyConn, key: &AccountKey, now: Time) -> Result<(), DbError> {
    login_failures::clear(conn, &key.account)?;
    login_failures::know(conn, &key.place, now)
}

/// Remembers the place of a sign-in. The failures of others elsewhere stay counted, unless nobody was known yet.
pub(crate) fn succeeded(conn: &mut AnyConn, key: &AccountKey, now: Time) -> Result<(), DbError> {
    if login_failures::get(conn, &key.place)?.is_none() {
        login_failures::clear(conn, &key.account)?;
    }
    login_failures::know(conn, &key.place, now)
}
