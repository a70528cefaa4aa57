//! Rotation of this server's own keys (`keys.rotation`): a new key is published a good while before it signs, and the one before it
//! stays until nothing it signed is good any more.
//!
//! Keys that an operator brought take part as others do, but are never taken away.

use chrono::Duration;
use shared_types::{
    db::{AnyConn, Error},
    id::KeyId,
    time::Time,
};

use super::{KeyError, KeySet, generate};
use crate::{
    app::Cx,
    config::{Config, KeyRotation},
    model::{client::Lifespans, key::StoredKey},
    protocol::alg::Alg,
    store::keys,
};

/// Other replicas may sign with the key before for so long after it was replaced: what they know is seconds old, and clocks differ.
const SLACK: Duration = Duration::minutes(1);

/// What is to be done with a set.
#[derive(Debug, Default, PartialEq, Eq)]
struct Plan {
    /// Algorithms whose key is due to be followed.
    make: Vec<Alg>,
    /// Keys nothing depends on any more.
    remove: Vec<String>,
}

/// Looks at a set. `longest` is for how many seconds anything it signed was ever good.
fn plan(rows: &[StoredKey], longest: i64, rules: KeyRotation, now: Time) -> Plan {
    let mut plan = Plan::default();
    for alg in Alg::ALL {
        let mut of_alg: Vec<&StoredKey> = rows.iter().filter(|row| row.alg == alg.as_str()).collect();
        of_alg.sort_by_key(|row| std::cmp::Reverse(row.begins()));
        let Some(last) = of_alg.first() else { continue };
        if last.begins() <= now && last.begins() + rules.interval.chrono() - rules.overlap.chrono() <= now {
            plan.make.push(alg);
        }
        let kept = Duration::seconds(longest) + SLACK;
        let pairs = of_alg.iter().zip(of_alg.iter().skip(1));
        let over = pairs.filter(|(next, old)| old.made_here && next.begins() + kept <= now);
        plan.remove.extend(over.map(|(_, old)| old.kid.clone()));
    }
    plan
}

/// A change of one set, prepared outside the write that makes it.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    set: KeySet,
    rules: KeyRotation,
    now: Time,
    longest: i64,
    fresh: Vec<StoredKey>,
}

/// What is due, with the new keys made already.
pub(crate) async fn due(cx: &Cx) -> Result<Vec<Change>, KeyError> {
    let Some(rules) = cx.config.key_rotation else { return Ok(Vec::new()) };
    let mut changes = Vec::new();
    for set in KeySet::ALL {
        let look = move |conn: &mut AnyConn| -> Result<_, Error> {
            Ok((keys::of_set(conn, set.name())?, keys::longest_lifetime(conn, set.name())?))
        };
        let (rows, longest) = cx.db.read(look).await?;
        let longest = longest.max(configured(&cx.config, set));
        let plan = plan(&rows, longest, rules, cx.now);
        if plan == Plan::default() {
            continue;
        }
        let mut change = Change { set, rules, now: cx.now, longest, fresh: Vec::new() };
        for alg in plan.make {
            let kid = KeyId::random(&*cx.entropy).text();
            let jwk = generate::pair(cx, set.name(), alg, &kid).await?;
            let row = generate::stored(cx, (set.name(), &kid), alg.as_str(), &jwk);
            change.fresh.push(StoredKey { signs_from: Some(cx.now + rules.overlap.chrono()), ..row });
        }
        changes.push(change);
    }
    Ok(changes)
}

impl Change {
    /// Makes the change, as far as it is still due when the set is this unit of work's alone.
    pub(crate) fn apply(&self, conn: &mut AnyConn) -> Result<usize, Error> {
        let set = self.set.name();
        keys::lock_set(conn, set, self.now)?;
        let plan = plan(&keys::of_set(conn, set)?, self.longest, self.rules, self.now);
        let mut changed = 0;
        for row in self.fresh.iter().filter(|row| plan.make.iter().any(|alg| alg.as_str() == row.alg)) {
            keys::insert(conn, row)?;
            tracing::info!(
                event = "key.rotated",
                set,
                kid = row.kid,
                alg = row.alg,
                "a key was published that will sign"
            );
            changed += 1;
        }
        for kid in plan.remove {
            keys::delete(conn, set, &kid)?;
            tracing::info!(event = "key.retired", set, kid, "a key was removed that nothing depends on");
            changed += 1;
        }
        Ok(changed)
    }
}

/// For how many seconds a set signs where no client says otherwise.
fn configured(config: &Config, set: KeySet) -> i64 {
    match set {
        KeySet::IdToken => config.ttl.id_token.seconds(),
        KeySet::AccessToken => config.ttl.access_token.seconds(),
    }
}

/// Remembers for how long the sets will sign by this configuration.
pub(crate) async fn remember_configured(cx: &Cx) -> Result<(), Error> {
    let (now, wanted) = (cx.now, KeySet::ALL.map(|set| (set, configured(&cx.config, set))));
    let write = move |conn: &mut AnyConn| {
        wanted.iter().try_for_each(|(set, seconds)| keys::will_sign_for(conn, set.name(), *seconds, now))
    };
    cx.db.write(write).await
}

/// Remembers for how long the sets will sign for a client with these lifetimes.
pub(crate) fn remember(conn: &mut AnyConn, lifespans: &Lifespans, now: Time) -> Result<(), Error> {
    let access = [
        lifespans.authorization_code_grant_access_token_lifespan,
        lifespans.client_credentials_grant_access_token_lifespan,
        lifespans.implicit_grant_access_token_lifespan,
        lifespans.jwt_bearer_grant_access_token_lifespan,
        lifespans.refresh_token_grant_access_token_lifespan,
        lifespans.device_authorization_grant_access_token_lifespan,
    ];
    let id = [
        lifespans.authorization_code_grant_id_token_lifespan,
        lifespans.implicit_grant_id_token_lifespan,
        lifespans.refresh_token_grant_id_token_lifespan,
        lifespans.device_authorization_grant_id_token_lifespan,
    ];
    let longest =
        |of: &[Option<_>]| of.iter().flatten().map(|length: &shared_types::time::GoDuration| length.seconds()).max();
    for (set, seconds) in [(KeySet::AccessToken, longest(&access)), (KeySet::IdToken, longest(&id))] {
        if let Some(seconds) = seconds {
            keys::will_sign_for(conn, set.name(), seconds, now)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
