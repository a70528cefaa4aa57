//! One-time codes and links on their way back: each is spent once, each flow has a budget of tries, and the tries at one
//! address are counted over all flows, so that many flows at once are worth no more than one.

use std::time::Duration;

use shared_types::{
    db::{AnyConn, Error},
    http::limit::RetryAfter,
};

use crate::{
    app::Cx,
    limit,
    model::{
        code::{CodeKind, purpose},
        failure::AccountKey,
        flow::Flow,
        step::Redeem,
    },
    store::{
        self,
        codes::{Found, Spent},
    },
};

/// So many flows may be tried in vain before there are delays.
const FREE_BUDGETS: i64 = 2;

/// What became of a secret that came back.
#[derive(Debug)]
#[must_use]
pub(crate) enum Redeemed {
    /// It was right, and is worth nothing from now on.
    Spent(Spent),
    /// It is wrong, too old, or was used before.
    Wrong,
    /// Too many were tried in this flow.
    Exhausted,
    /// Too many were tried for this address.
    Wait(Duration),
}

/// Takes a secret back, in the caller's write.
pub(crate) fn spend(
    conn: &mut AnyConn,
    cx: &Cx,
    flow: &Flow,
    redeem: &Redeem,
    client: &str,
) -> Result<Redeemed, Error> {
    let key = key(cx, flow, client);
    if let Some(key) = &key
        && let Some(RetryAfter(wait)) = limit::backoff(conn, key, cx.now)?
    {
        return Ok(Redeemed::Wait(wait));
    }
    let budget = cx.config.selfservice.methods.code.max_submissions;
    if redeem.kind == CodeKind::Code && !store::flows::count_try(conn, flow.id, budget)? {
        return Ok(Redeemed::Exhausted);
    }
    let digests = cx.secrets.digester.candidates(purpose(flow.kind), redeem.secret.expose());
    match store::codes::spend(conn, flow.id, redeem.kind, &digests, cx.now)? {
        Found::Fresh(spent) => {
            if let Some(key) = &key {
                limit::succeeded(conn, key, cx.now)?;
            }
            Ok(Redeemed::Spent(spent))
        }
        Found::Known => Ok(Redeemed::Wrong),
        Found::Unknown => {
            if let Some(key) = key.filter(|_| redeem.kind == CodeKind::Code) {
                let free = i32::try_from(budget.saturating_mul(FREE_BUDGETS)).unwrap_or(i32::MAX);
                limit::failed_beyond(conn, &key, cx.now, free)?;
            }
            Ok(Redeemed::Wrong)
        }
    }
}

/// What stands for the address a flow is about, known or not.
fn key(cx: &Cx, flow: &Flow, client: &str) -> Option<AccountKey> {
    let address = flow.data.address.as_ref()?;
    Some(limit::account_of(cx, &format!("code {address}"), client))
}
