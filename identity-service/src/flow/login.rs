//! The beginning of a login flow (contract §1.1, §9).

use super::{
    FlowError, Refusal, begin,
    begin::Wish,
    oauth::{self, Signed},
    view::FlowView,
    visitor::{SignedIn, Visitor},
};
use crate::{
    app::Cx,
    method::{Scene, Subject},
    model::{
        credential::CredentialType,
        flow::{FlowKind, OAuth2},
    },
    store,
    ui::text::login,
};

/// Begins a login flow.
#[tracing::instrument(name = "flow.login.begin", skip_all)]
pub(crate) async fn begin(cx: &Cx, visitor: &Visitor, wish: Wish) -> Result<FlowView, FlowError> {
    begin::guard_native(visitor, wish.flow_type)?;
    let second_factor = wants_second_factor(wish.aal.as_deref())?;
    let schema = begin::schema(cx, wish.identity_schema.as_deref())?;
    let oauth2 = oauth::request(cx, wish.login_challenge.as_deref()).await?;
    let return_to = return_to(cx, &wish, oauth2.as_ref())?;
    let mut flow = begin::new(cx, FlowKind::Login, &visitor.csrf, &wish);
    flow.data.return_to = return_to.clone();
    let Some(signed_in) = &visitor.session else {
        if second_factor {
            return Err(Refusal::FirstFactorMissing.into());
        }
        return begin::open(cx, visitor, flow, Scene { schema: Some(&schema), who: None }, oauth2).await;
    };
    if let Some(oauth2) = oauth2.as_ref().filter(|oauth2| oauth2.request.skip) {
        let go = oauth::accept(cx, &oauth2.challenge, &Signed::of(&signed_in.session)).await?;
        return Err(Refusal::SessionAvailable(go).into());
    }
    if second_factor {
        return Err(Refusal::Malformed("This account has no second factor.".to_owned()).into());
    }
    // An OAuth2 client that does not let the login be skipped wants to see it done again.
    if !wish.refresh && oauth2.is_none() {
        let fallback = &cx.config.selfservice.default_browser_return_url;
        let go = begin::return_to(&cx.config, return_to.as_deref())?.unwrap_or_else(|| fallback.clone());
        return Err(Refusal::SessionAvailable(go).into());
    }
    flow.data.refresh = true;
    flow.data.ui.messages.push(login::reauthenticate());
    let who = subject(cx, signed_in).await?;
    begin::open(cx, visitor, flow, Scene { schema: Some(&schema), who: Some(&who) }, oauth2).await
}

/// Whether the second factor is asked for. Unknown levels are refused.
fn wants_second_factor(aal: Option<&str>) -> Result<bool, Refusal> {
    match aal.map(str::to_ascii_lowercase).as_deref() {
        None | Some("" | "aal1") => Ok(false),
        Some("aal2") => Ok(true),
        Some(_) => Err(Refusal::Malformed("The parameter aal must be aal1 or aal2.".to_owned())),
    }
}

/// Where the flow leads; the OAuth2 client's own request, when the operator says so.
fn return_to(cx: &Cx, wish: &Wish, oauth2: Option<&OAuth2>) -> Result<Option<String>, Refusal> {
    if let Some(oauth2) = oauth2.filter(|_| cx.config.oauth2.override_return_to) {
        return Ok(Some(oauth2.request.request_url.clone()));
    }
    Ok(begin::return_to(&cx.config, wish.return_to.as_deref())?.map(String::from))
}

/// Who is signed in, and what he signs in with.
pub(super) async fn subject(cx: &Cx, signed_in: &SignedIn) -> Result<Subject, FlowError> {
    let id = signed_in.identity.id;
    let credential = cx.db.read(move |conn| store::credentials::of_type(conn, id, CredentialType::Password)).await?;
    Ok(Subject { identity_id: id, identifiers: credential.map(|known| known.identifiers).unwrap_or_default() })
}
