//! What second factors share: guesses are counted by account, in the database, with growing delays (DESIGN: abuse shield).

use shared_types::{http::limit::RetryAfter, id::IdentityId};

use super::{Attempt, MethodError, MethodId, Subject};
use crate::{
    app::Cx,
    limit,
    model::{
        failure::AccountKey,
        session::{Aal, AuthenticationMethod},
        step::{Proof, Swap},
    },
};

/// Takes one from the quotas. What cannot be guessed need not wait.
pub(super) fn admit(cx: &Cx, attempt: Attempt<'_>, id: IdentityId) -> Result<AccountKey, MethodError> {
    let account = format!("second factor {id}");
    limit::check(cx, "login", attempt.client, Some(&account))?;
    Ok(limit::account_of(cx, &account, attempt.client))
}

/// Takes one from the quotas, and refuses while the account's delay runs.
pub(super) async fn guard(cx: &Cx, attempt: Attempt<'_>, who: &Subject) -> Result<AccountKey, MethodError> {
    let (key, now) = (admit(cx, attempt, who.identity.id)?, cx.now);
    match cx.db.read(move |conn| limit::backoff(conn, &key, now)).await? {
        Some(RetryAfter(wait)) => Err(MethodError::Limited(wait)),
        None => Ok(key),
    }
}

/// Counts a wrong guess.
pub(super) async fn failed(
    cx: &Cx,
    attempt: Attempt<'_>,
    key: AccountKey,
    method: MethodId,
) -> Result<(), MethodError> {
    cx.figures.count("LoginFailed");
    tracing::warn!(
        target: "audit", event = "LoginFailed", method = method.as_str(), client = attempt.client,
        identity = attempt.who.map(|who| who.identity.id.text()), request = %cx.request_id, "wrong second factor"
    );
    let now = cx.now;
    Ok(cx.db.write(move |conn| limit::failed(conn, &key, now)).await?)
}

/// The proof of a second factor.
pub(super) fn proof(cx: &Cx, who: &Subject, method: MethodId, key: AccountKey, swap: Swap) -> Proof {
    Proof {
        identity: who.identity.clone(),
        by: AuthenticationMethod::new(method.as_str(), Aal::Aal2, cx.now),
        account: Some(key),
        swaps: vec![swap],
        address: None,
        once: false,
    }
}
