//! The way back: the provider's answer is taken for what it is worth, and becomes a sign-in or the draft of an identity.

use chrono::TimeDelta;
use serde_json::{Value, json};
use shared_types::db;

use super::{Departure, Input, mapper, memory, traits};
use crate::{
    app::Cx,
    config::Provider,
    identity::update::{self, UpdateError, Wanted},
    method::{Attempt, Encoding, MethodError, MethodId},
    model::{
        arrival::Arrival,
        credential::{CredentialType, Link, NewCredential, Providers},
        flow::{FlowType, Open},
        identity::Identity,
        session::{Aal, AuthenticationMethod},
        step::{Draft, Offer, Proof, Step},
        traits::Traits,
    },
    peer::oidc::{self, Answer, Found, ProviderError},
    store,
    ui::text::{Message, validation},
};

/// Under this name a registration remembers who came back while traits are missing.
const NAME: &str = "oidc arrival";
/// How long that is good for.
const PATIENCE: TimeDelta = TimeDelta::minutes(30);

/// What came back with the browser.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Returned<'a> {
    pub(crate) code: &'a str,
    pub(crate) issuer: Option<&'a str>,
    pub(crate) user: Option<&'a str>,
    pub(crate) token: Option<&'a str>,
}

/// Asks the provider who it is that came back. What the person or the provider did wrong is a message.
pub(crate) async fn redeem(
    cx: &Cx,
    departure: &Departure,
    returned: Returned<'_>,
) -> Result<Result<Arrival, Message>, MethodError> {
    let provider = super::known(cx, &departure.provider)?;
    let answer = Answer {
        code: returned.code,
        issuer: returned.issuer,
        user: returned.user,
        verifier: departure.verifier.as_deref(),
        nonce: &departure.nonce,
        token: returned.token,
        temporary: departure.temporary.as_ref(),
    };
    match oidc::identify(cx, &provider, answer).await {
        Ok(found) => {
            let traits = departure.traits.clone();
            Ok(Ok(arrival(cx, &provider, found, traits, departure.form)))
        }
        Err(error) => told(cx, &provider, error).map(Err),
    }
}

fn arrival(cx: &Cx, provider: &Provider, found: Found, traits: Option<Value>, form: bool) -> Arrival {
    let subject = found.claims.get("sub").and_then(Value::as_str).unwrap_or_default();
    let link = Link {
        subject: subject.to_owned(),
        provider: provider.id.clone(),
        initial_id_token: found.tokens.id,
        initial_access_token: found.tokens.access,
        initial_refresh_token: found.tokens.refresh,
        organization: None,
        use_auto_link: false,
    };
    Arrival { link, claims: found.claims, traits, form, at: cx.now }
}

/// A failure as whoever waits is told of it: what is not his to mend is no message.
fn told(cx: &Cx, provider: &Provider, error: ProviderError) -> Result<Message, MethodError> {
    cx.figures.count("LoginFailed");
    tracing::warn!(
        target: "audit", event = "LoginFailed", method = "oidc", provider = provider.id, reason = %error,
        request = %cx.request_id, "sign-in at a provider failed"
    );
    match error {
        ProviderError::Failed(what) => Err(MethodError::Upstream(what)),
        ProviderError::Unfit(why) => Ok(validation::generic(why)),
        ProviderError::Refused(_) | ProviderError::Untrusted(_) => {
            let told = format!(
                "Signing in with {} did not work: its answer was not accepted. Please try again.",
                provider.label
            );
            Ok(validation::generic(&told))
        }
    }
}

/// Takes the ID token a program has got by itself.
pub(crate) async fn handed_in(
    cx: &Cx,
    attempt: Attempt<'_>,
    provider: &Provider,
    token: &str,
    input: &Input,
) -> Result<Step, MethodError> {
    let nonce = input.id_token_nonce.as_deref().filter(|nonce| !nonce.is_empty());
    match oidc::handed_in(cx, provider, token, nonce).await {
        Ok(found) => {
            let form = attempt.encoding == Encoding::Form;
            Ok(Step::Arrived(Box::new(arrival(cx, provider, found, input.traits.clone(), form))))
        }
        Err(ProviderError::Unfit(why)) => Err(MethodError::Malformed(why.to_owned())),
        Err(error) => told(cx, provider, error).map(|message| {
            let mut form = attempt.flow.data.ui.clone();
            form.messages.push(message);
            Step::Again(form)
        }),
    }
}

/// Who came back before, with what the form says now. Programs go to the provider once more: their flow's id is
/// known to more than one of its owner's devices.
pub(crate) fn remembered(cx: &Cx, attempt: Attempt<'_>, provider: &str, traits: Option<Value>) -> Option<Arrival> {
    if attempt.flow.data.flow_type == FlowType::Api {
        return None;
    }
    let known: Arrival = memory::recall(cx, attempt.flow, NAME)?;
    let is_it = known.link.provider == provider && cx.now < known.at + PATIENCE;
    is_it.then(|| Arrival { traits: traits.or(known.traits), form: attempt.encoding == Encoding::Form, ..known })
}

/// The registration with who came back, for when traits are missing.
pub(crate) fn remembering(cx: &Cx, open: Open, arrival: &Arrival) -> Open {
    if open.data.flow_type == FlowType::Api {
        return open;
    }
    open.remembering(NAME, memory::sealed(cx, NAME, arrival))
}

/// Whose account is linked to who came back.
pub(crate) async fn owner(cx: &Cx, arrival: &Arrival) -> Result<Option<Identity>, MethodError> {
    let identifier = arrival.link.identifier();
    let found = cx.db.read(move |conn| {
        let Some(known) = store::credentials::by_identifier(conn, CredentialType::Oidc, &identifier)? else {
            return Ok::<_, db::Error>(None);
        };
        store::identities::get(conn, known.identity_id)
    });
    Ok(found.await?)
}

/// What the sign-in at the provider is worth here.
fn by(cx: &Cx, provider: &Provider, arrival: &Arrival) -> AuthenticationMethod {
    let acr = arrival.text("acr").map(str::to_owned);
    let amr: Vec<String> = match arrival.claims.get("amr") {
        Some(Value::Array(all)) => all.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    };
    let both = acr.as_ref().is_some_and(|acr| provider.aal2_acr.contains(acr))
        || amr.iter().any(|amr| provider.aal2_amr.contains(amr));
    AuthenticationMethod {
        provider: Some(provider.id.clone()),
        upstream_acr: acr,
        upstream_amr: amr,
        ..AuthenticationMethod::new(MethodId::Oidc.as_str(), if both { Aal::Aal2 } else { Aal::Aal1 }, cx.now)
    }
}

/// The proof that it is the owner who came back. An identity that follows its provider is brought up to date.
pub(crate) async fn proof(cx: &Cx, owner: Identity, arrival: &Arrival) -> Result<Proof, MethodError> {
    let provider = super::known(cx, &arrival.link.provider)?;
    let identity = if provider.follows { followed(cx, &provider, owner, arrival).await } else { owner };
    Ok(Proof { identity, by: by(cx, &provider, arrival), account: None, swaps: Vec::new(), address: None, once: false })
}

/// The identity as its provider describes it now. Whatever is wrong with that keeps nobody out.
async fn followed(cx: &Cx, provider: &Provider, owner: Identity, arrival: &Arrival) -> Identity {
    let Ok(mapped) = mapper::run(cx, provider, &arrival.claims, Some(&owner)).await else { return owner };
    let is_known = mapped.traits == owner.traits
        && mapped.metadata_public.as_ref().is_none_or(|it| owner.metadata_public.as_ref() == Some(it))
        && mapped.metadata_admin.as_ref().is_none_or(|it| owner.metadata_admin.as_ref() == Some(it))
        && mapper::verifications(cx, &owner, &mapped).is_empty();
    if is_known {
        return owner;
    }
    let id = owner.id;
    let changed = update::change(cx, id, |stored| {
        let identity = &stored.identity;
        let schema = cx.schemas.get(&identity.schema_id);
        let schema = schema.ok_or_else(|| UpdateError::UnknownSchema(identity.schema_id.clone()))?;
        // What only an administrator may write stays as it is.
        let traits = schema.check_user_write(Some(&identity.traits), &mapped.traits).map_err(UpdateError::Traits)?;
        let wanted = Wanted::unchanged_but(stored, Vec::new());
        Ok(Wanted {
            traits,
            metadata_public: mapped.metadata_public.clone().or(wanted.metadata_public),
            metadata_admin: mapped.metadata_admin.clone().or(wanted.metadata_admin),
            verifications: mapper::verifications(cx, identity, &mapped),
            ..wanted
        })
    });
    match changed.await {
        Ok(stored) => stored.identity,
        Err(error) => {
            tracing::warn!(identity = %id, provider = provider.id, %error, "an identity cannot follow its provider");
            owner
        }
    }
}

/// The draft of an identity for who came back, or the form that asks for what is missing.
pub(crate) async fn draft(cx: &Cx, attempt: Attempt<'_>, arrival: &Arrival) -> Result<Step, MethodError> {
    let provider = super::known(cx, &arrival.link.provider)?;
    let schema = attempt.schema.ok_or_else(|| MethodError::Malformed("The identity schema is gone.".to_owned()))?;
    let mapped = match mapper::run(cx, &provider, &arrival.claims, None).await {
        Ok(mapped) => mapped,
        Err(mapper::Failed::Busy) => return Err(MethodError::Busy),
        Err(mapper::Failed::Wrong) => {
            let told = format!(
                "What {} says of you cannot be read here. Please tell the operator of this service.",
                provider.label
            );
            let mut form = attempt.flow.data.ui.clone();
            form.messages.push(validation::generic(&told));
            return Ok(Step::Again(form));
        }
    };
    let entered = arrival.traits.clone().and_then(Traits::from_value).unwrap_or_default();
    let encoding = if arrival.form { Encoding::Form } else { Encoding::Json };
    let whole = traits::over(&mapped.traits, &traits::typed(schema, encoding, &entered));
    let read = match traits::judged(attempt, schema, &whole) {
        Ok(read) => read,
        Err(form) => return Ok(Step::Again(form)),
    };
    let credential = NewCredential {
        kind: CredentialType::Oidc,
        identifiers: vec![arrival.link.identifier()],
        config: json!(Providers { providers: vec![arrival.link.clone()] }),
    };
    let offer = Offer {
        provider: provider.id.clone(),
        link: arrival.link.clone(),
        unproven: arrival.unproven().map(str::to_owned),
    };
    let draft = Draft {
        addresses: mapped.verified,
        metadata_public: mapped.metadata_public,
        metadata_admin: mapped.metadata_admin,
        offer: Some(offer),
        ..Draft::new(schema.id(), read, Some(credential), by(cx, &provider, arrival))
    };
    Ok(Step::Drafted(Box::new(draft)))
}
