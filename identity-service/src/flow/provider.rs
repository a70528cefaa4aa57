//! Sign-in at other providers as flows see it (contract §4.7): a browser comes back and is led to the flow that waits for
//! it; then the person is signed in, registered or linked, whatever he had asked for. Somebody unknown who wanted to sign
//! in registers; somebody known who wanted to register signs in.

use url::Url;

use super::{
    FlowError, Refusal, begin,
    begin::Wish,
    finish::{self, Taken},
    form,
    outcome::Outcome,
    settings, submit, trial,
    visitor::Visitor,
};
use crate::{
    app::Cx,
    identity::schema::Schema,
    method::{
        Attempt, Encoding, MethodId, Scene, exchange,
        oidc::{self, Departure, Returned},
    },
    model::{
        arrival::Arrival,
        flow::{Flow, FlowKind, FlowType, Open},
        step::Step,
    },
    store,
    ui::{
        node::{Group, trait_nodes},
        text::{registration, validation},
    },
};

/// What a browser brings back.
#[derive(Debug, Clone, Default)]
pub(crate) struct Callback {
    /// The provider of the address, where that names one.
    pub(crate) provider: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) code: Option<String>,
    /// Why there is no code.
    pub(crate) error: Option<String>,
    pub(crate) error_description: Option<String>,
    /// Who answers (RFC 9207).
    pub(crate) issuer: Option<String>,
    /// Apple: the person's name.
    pub(crate) user: Option<String>,
    /// X: the token that the verifier belongs to.
    pub(crate) token: Option<String>,
    /// What the browser's cookie shows.
    pub(crate) ticket: Option<String>,
}

impl Callback {
    /// What it is worth asking the provider with.
    pub(super) fn returned<'a>(&'a self, code: &'a str) -> Returned<'a> {
        Returned { code, issuer: self.issuer.as_deref(), user: self.user.as_deref(), token: self.token.as_deref() }
    }
}

/// Goes on with the flow that waits for a browser.
#[tracing::instrument(name = "flow.provider.callback", skip_all)]
pub(crate) async fn callback(cx: &Cx, visitor: &Visitor, callback: Callback) -> Result<Outcome, FlowError> {
    if !cx.config.selfservice.methods.oidc.enabled {
        return Err(Refusal::Unknown("Sign-in at providers is switched off.".to_owned()).into());
    }
    let malformed = |what: &str| FlowError::from(Refusal::Malformed(what.to_owned()));
    let state = callback.state.as_deref().ok_or_else(|| malformed("The parameter state is missing."))?;
    let trip = oidc::trip(cx, state).ok_or_else(|| malformed("The parameter state is none of this service's."))?;
    if let Some(named) = &callback.provider {
        oidc::known(cx, named)?;
        if *named != trip.provider {
            return Err(malformed("The parameter state belongs to another provider."));
        }
    }
    let id = trip.flow;
    let found = cx.db.read(move |conn| store::flows::find(conn, id)).await?;
    let flow = found.ok_or(Refusal::UnknownFlow)?;
    if flow.kind == FlowKind::Settings {
        settings::owned(cx, visitor, &flow)?;
    }
    let departure = oidc::under_way(cx, &flow, &trip, callback.ticket.as_deref());
    let open = match flow.open(cx.now) {
        Ok(open) => open,
        Err(ended) => return Err(submit::replaced(cx, visitor, ended).await?),
    };
    let Some(departure) = departure else {
        return Err(malformed(
            "This sign-in is not waited for: it was done before, began in another browser, or took too long.",
        ));
    };
    let native = (open.data.flow_type == FlowType::Api).then(|| Flow::clone(&open));
    let outcome = Box::pin(back(cx, visitor, open, &departure, &callback)).await;
    match native {
        Some(flow) => told_by_code(cx, &flow, outcome),
        None => outcome,
    }
}

/// Takes a browser that has come back, once.
async fn back(
    cx: &Cx,
    visitor: &Visitor,
    open: Open,
    departure: &Departure,
    callback: &Callback,
) -> Result<Outcome, FlowError> {
    let open = spent(cx, oidc::without(open)).await?;
    if open.data.trial.is_some() {
        return trial::captured(cx, open, departure, callback).await;
    }
    let mut cleared = open.data.ui.clone();
    cleared.clear_messages();
    let open = open.using(Some(MethodId::Oidc.as_str()), cx.now).show(cleared).carrying(departure.payload.clone());
    let said = |open: &Open, message| form::saying(open.data.ui.clone(), message);
    let Some(code) = callback.code.as_deref().filter(|_| callback.error.is_none()) else {
        let form = said(&open, validation::generic(&denial(callback)));
        return finish::again(cx, visitor, open, form).await;
    };
    let returned = callback.returned(code);
    match oidc::redeem(cx, departure, returned).await? {
        Ok(arrival) => {
            let who = submit::subject(cx, visitor, &open).await?;
            let schema = match &who {
                Some(who) => begin::schema_of(cx, &who.identity)?,
                None => begin::schema(cx, open.data.identity_schema.as_deref())?,
            };
            Box::pin(arrived(Taken { cx, visitor, open, schema: &schema, who: who.as_ref() }, arrival)).await
        }
        Err(message) => {
            let form = said(&open, message);
            finish::again(cx, visitor, open, form).await
        }
    }
}

/// The flow once more, when nobody else has taken it meanwhile.
async fn spent(cx: &Cx, open: Open) -> Result<Open, FlowError> {
    let mut flow = open.into_flow();
    let (stored, now) = (flow.clone(), cx.now);
    if !cx.db.write(move |conn| store::flows::save(conn, &stored, now)).await? {
        return Err(Refusal::Malformed("This sign-in is being done already.".to_owned()).into());
    }
    flow.revision += 1;
    Ok(flow.open(cx.now).map_err(|_| Refusal::UnknownFlow)?)
}

/// Why nobody was signed in at the provider, in words that are the provider's only as far as they are harmless.
pub(super) fn denial(callback: &Callback) -> String {
    let harmless = |text: &str| text.chars().filter(|c| !c.is_control()).take(200).collect::<String>();
    match (&callback.error, &callback.error_description) {
        (Some(error), Some(description)) => {
            format!("The provider answered: {} ({}).", harmless(description), harmless(error))
        }
        (Some(error), None) => format!("The provider answered: {}.", harmless(error)),
        (None, _) => "The provider sent no code.".to_owned(),
    }
}

/// A program learns of the outcome by a code that its browser brings back (contract §3.3).
fn told_by_code(cx: &Cx, flow: &Flow, outcome: Result<Outcome, FlowError>) -> Result<Outcome, FlowError> {
    let next = match &outcome {
        Ok(Outcome::SignedIn(_) | Outcome::Registered(_)) => None,
        Ok(Outcome::Again(view) | Outcome::Shown(view)) => Some(view.flow.id),
        Err(FlowError::Replaced(replaced)) => Some(replaced.flow),
        _ => return outcome,
    };
    let home = &cx.config.selfservice.default_browser_return_url;
    let wished = flow.data.return_to.as_deref().and_then(|text| Url::parse(text).ok());
    let mut url = wished.unwrap_or_else(|| home.clone());
    if let Some(code) = exchange::code(cx, flow) {
        url.query_pairs_mut().append_pair("code", &code);
    }
    if let Some(next) = next {
        url.query_pairs_mut().append_pair("flow", &next.text());
    }
    Err(FlowError::Moved(url))
}

/// Does what somebody wants of whom a provider has said who he is.
pub(super) async fn arrived(taken: Taken<'_>, arrival: Arrival) -> Result<Outcome, FlowError> {
    let (cx, visitor) = (taken.cx, taken.visitor);
    if taken.open.kind == FlowKind::Settings {
        let step = oidc::linked(cx, taken.attempt(Encoding::Json), &arrival).await?;
        return Box::pin(finish::take(taken, step)).await;
    }
    if taken.open.kind == FlowKind::Login
        && taken.open.data.flow_type == FlowType::Browser
        && let Some(outcome) = submit::signed_in_already(cx, visitor, &taken.open)?
    {
        return Ok(outcome);
    }
    match (taken.open.kind, oidc::owner(cx, &arrival).await?) {
        (FlowKind::Login, Some(owner)) => signed_in(taken, owner, &arrival).await,
        (FlowKind::Login, None) if taken.open.data.refresh => {
            let told = "This account at the provider is linked to nobody here.";
            let form = form::saying(taken.open.data.ui.clone(), validation::generic(told));
            finish::again(cx, visitor, taken.open, form).await
        }
        (FlowKind::Login, None) if !cx.config.selfservice.registration.enabled => {
            let told = "There is no account for this sign-in, and none can be made here.";
            let form = form::saying(taken.open.data.ui.clone(), validation::generic(told));
            finish::again(cx, visitor, taken.open, form).await
        }
        (FlowKind::Login, None) => {
            let open = sibling(cx, visitor, &taken.open, FlowKind::Registration).await?;
            registered(Taken { open, ..taken }, &arrival).await
        }
        (_, Some(owner)) => {
            let open = sibling(cx, visitor, &taken.open, FlowKind::Login).await?;
            signed_in(Taken { open, ..taken }, owner, &arrival).await
        }
        (_, None) => registered(taken, &arrival).await,
    }
}

async fn signed_in(
    taken: Taken<'_>,
    owner: crate::model::identity::Identity,
    arrival: &Arrival,
) -> Result<Outcome, FlowError> {
    let proof = oidc::proof(taken.cx, owner, arrival).await?;
    Box::pin(finish::take(taken, Step::Proved(Box::new(proof)))).await
}

/// Registers who came back; what is missing is asked for in a form that goes on with him.
async fn registered(taken: Taken<'_>, arrival: &Arrival) -> Result<Outcome, FlowError> {
    let cx = taken.cx;
    let form = completion(cx, &taken.open, taken.schema, &arrival.link.provider)?;
    let open = oidc::remembering(cx, taken.open.show(form), arrival);
    let attempt = Attempt {
        flow: &open,
        schema: Some(taken.schema),
        who: None,
        encoding: Encoding::Json,
        client: &taken.visitor.address,
    };
    let step = oidc::draft(cx, attempt, arrival).await?;
    Box::pin(finish::take(Taken { open, who: None, ..taken }, step)).await
}

/// The form that asks for the traits a provider did not tell: theirs, and the button that goes on (contract §2.6).
fn completion(cx: &Cx, open: &Open, schema: &Schema, provider: &str) -> Result<crate::ui::node::Container, FlowError> {
    let provider = oidc::known(cx, provider)?;
    let group = if cx.config.selfservice.legacy_oidc_group { Group::Oidc } else { Group::Default };
    let mut form = form::empty(cx, open);
    form.put_all(trait_nodes(schema.document(), group));
    form.put(oidc::continued(&provider, registration::continue_on()));
    form::sort(&mut form, FlowKind::Registration, Some(schema));
    Ok(form)
}

/// A flow of another kind that goes on in place of this one, for the same browser or program and to the same end.
pub(super) async fn sibling(cx: &Cx, visitor: &Visitor, from: &Flow, kind: FlowKind) -> Result<Open, FlowError> {
    let wish = Wish {
        identity_schema: from.data.identity_schema.clone(),
        ..Wish::new(from.data.flow_type, from.data.request_url.clone())
    };
    let mut flow = begin::new(cx, kind, &visitor.csrf, &wish);
    flow.data.csrf.clone_from(&from.data.csrf);
    flow.data.return_to.clone_from(&from.data.return_to);
    flow.data.after_verification.clone_from(&from.data.after_verification);
    flow.data.oauth2.clone_from(&from.data.oauth2);
    flow.data.active.clone_from(&from.data.active);
    flow.data.transient_payload.clone_from(&from.data.transient_payload);
    exchange::hand_over(from, &mut flow);
    let schema = begin::schema(cx, from.data.identity_schema.as_deref())?;
    flow.data.ui = form::first(cx, &mut flow, Scene { schema: Some(&schema), who: None });
    let (stored, old) = (flow.clone(), from.id);
    cx.db
        .write(move |conn| {
            store::flows::insert(conn, &stored)?;
            store::session_exchanges::hand_over(conn, old, stored.id)
        })
        .await?;
    Ok(flow.open(cx.now).map_err(|_| Refusal::UnknownFlow)?)
}
