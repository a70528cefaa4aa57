//! An assertion that was taken or refused, as a login goes on with it.

use serde_json::json;

use super::{
    super::{Attempt, MethodError, MethodId, content},
    Answer, Asked, Refused,
};
use crate::{
    app::Cx,
    config::RelyingParty,
    identity::vault,
    model::{
        credential::{Credential, Key, Keys},
        failure::AccountKey,
        identity::Identity,
        session::{Aal, AuthenticationMethod},
        step::{Proof, Swap},
    },
    store,
};

/// What is judged.
pub(in crate::method) struct Case<'a> {
    pub(in crate::method) method: MethodId,
    pub(in crate::method) level: Aal,
    pub(in crate::method) rp: &'a RelyingParty,
    pub(in crate::method) asked: &'a Asked,
    pub(in crate::method) answer: &'a Answer,
    /// Whose key it is said to be.
    pub(in crate::method) identity: Identity,
    pub(in crate::method) credential: Credential,
    /// The account whose failures are forgotten with a good answer.
    pub(in crate::method) account: Option<AccountKey>,
}

/// The proof, if the answer is one. A refused one is noted.
pub(in crate::method) async fn judge(
    cx: &Cx,
    attempt: Attempt<'_>,
    case: Case<'_>,
    may: impl Fn(&Key) -> bool,
) -> Result<Option<Proof>, MethodError> {
    let keys: Keys = content(cx, &case.credential)?;
    let foreign = case.asked.identity.is_some_and(|id| id != case.identity.id);
    let verdict = if foreign {
        Err(Refused::Wrong("the key of somebody else than was asked".to_owned()))
    } else {
        case.answer.judge(case.rp, case.asked, &keys, may)
    };
    let refused = match verdict {
        Ok(after) => return Ok(Some(proof(cx, case, &keys, &after))),
        Err(refused) => refused,
    };
    cx.figures.count("LoginFailed");
    tracing::warn!(
        target: "audit", event = "LoginFailed", method = case.method.as_str(), client = attempt.client,
        identity = %case.identity.id, request = %cx.request_id, reason = %refused, "assertion refused"
    );
    if let Refused::Copied(after) = refused {
        let (credential, now) = (case.credential, cx.now);
        let after = vault::seal(cx, credential.kind, json!(after));
        cx.db
            .write(move |conn| store::credentials::replace_config(conn, credential.id, &credential.config, &after, now))
            .await?;
    }
    Ok(None)
}

fn proof(cx: &Cx, case: Case<'_>, before: &Keys, after: &Keys) -> Proof {
    let Case { method, level, identity, credential, account, .. } = case;
    let swap = Swap {
        id: credential.id,
        before: credential.config,
        after: vault::seal(cx, credential.kind, json!(after)),
        // Of two answers with the same count one is a copy's.
        required: true,
    };
    Proof {
        identity,
        by: AuthenticationMethod::new(method.as_str(), level, cx.now),
        account,
        swaps: (before != after).then_some(swap).into_iter().collect(),
        address: None,
        once: true,
    }
}
