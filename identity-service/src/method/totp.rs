//! Authenticator apps (contract §4.5): time-based one-time passwords (RFC 6238) with SHA-1, six digits and thirty seconds,
//! which is what the apps know. No code is taken twice.

mod otp;
mod qr;

use serde::Deserialize;
use serde_json::json;

use self::otp::Shared;
use super::{Attempt, Method, MethodError, MethodId, Scene, Subject, memory, second_factor};
use crate::{
    app::Cx,
    identity::vault,
    model::{
        credential::{CredentialType, NewCredential, Totp},
        flow::{Flow, FlowKind},
        session::{Aal, AuthenticationMethod},
        step::{ChangeSet, Step, Swap},
    },
    ui::{
        node::{Group, InputType, Node},
        text::{label, login, settings, validation},
    },
};

/// The method.
pub(super) struct TotpApp;

/// What it reads of a submission.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Input {
    #[serde(default)]
    totp_code: Option<String>,
    #[serde(default, deserialize_with = "super::flag")]
    totp_unlink: bool,
}

/// Under this name a flow keeps the secret that is being set up.
const SECRET: &str = "totp";
/// What is shorter is no code.
const DIGITS: u64 = 6;
/// The picture's sides, in pixels.
const SIDE: u32 = 256;

impl Method for TotpApp {
    const ID: MethodId = MethodId::Totp;
    type Input = Input;

    fn nodes(cx: &Cx, flow: &mut Flow, scene: Scene<'_>) -> Vec<Node> {
        let Some(who) = scene.who else { return Vec::new() };
        let linked = who.credential(CredentialType::Totp).is_some();
        match (flow.kind, linked) {
            (FlowKind::Settings, true) => {
                vec![Node::submit(Group::Totp, "totp_unlink", "true", settings::unlink_totp()).required()]
            }
            (FlowKind::Settings, false) => set_up(cx, flow, scene, who),
            (_, true) => vec![
                code_input(login::totp_code()),
                Node::submit(Group::Totp, "method", MethodId::Totp.as_str(), login::use_authenticator()),
            ],
            (_, false) => Vec::new(),
        }
    }

    async fn submit(cx: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
        let who = attempt.subject()?;
        match attempt.flow.kind {
            FlowKind::Settings if input.totp_unlink && who.credential(CredentialType::Totp).is_some() => Ok(unlink()),
            FlowKind::Settings => link(cx, attempt, &input),
            _ => Box::pin(sign_in(cx, attempt, who, &input)).await,
        }
    }
}

fn code_input(label: crate::ui::text::Message) -> Node {
    Node::input(Group::Totp, "totp_code", InputType::Text).required().autocomplete("one-time-code").label(label)
}

/// What shows a new secret and takes its first code.
fn set_up(cx: &Cx, flow: &mut Flow, scene: Scene<'_>, who: &Subject) -> Vec<Node> {
    let account = scene.schema.and_then(|schema| schema.totp_name(&who.identity.traits));
    let account = account.unwrap_or_else(|| who.identity.id.text());
    let shared = Shared::random(&*cx.entropy);
    let url = shared.url(&cx.config.selfservice.methods.totp.issuer, &account);
    memory::keep(cx, flow, SECRET, &url);
    let save = Node::submit(Group::Totp, "method", MethodId::Totp.as_str(), label::save());
    let shown = settings::totp_secret(&shared.base32());
    let picture = qr::picture(&url, SIDE);
    picture
        .map(|src| Node::image(Group::Totp, "totp_qr", src, SIDE, settings::totp_qr()))
        .into_iter()
        .chain([
            Node::text(Group::Totp, "totp_secret_key", shown, settings::totp_secret_label()),
            Node::input(Group::Totp, "totp_code", InputType::Text).required().label(label::verify_authenticator_code()),
            save,
        ])
        .collect()
}

fn unlink() -> Step {
    let set = ChangeSet { removals: vec![CredentialType::Totp], ..ChangeSet::of(MethodId::Totp.as_str()) };
    Step::Changed(Box::new(set))
}

/// The first code shows that the app has the secret.
fn link(cx: &Cx, attempt: Attempt<'_>, input: &Input) -> Result<Step, MethodError> {
    let mut form = attempt.flow.data.ui.clone();
    let Some(code) = typed(input) else {
        form.tell("totp_code", validation::required("totp_code"));
        return Ok(Step::Again(form));
    };
    let url: Option<String> = memory::recall(cx, attempt.flow, SECRET);
    let Some((url, shared)) = url.and_then(|url| Shared::of_url(&url).map(|shared| (url, shared))) else {
        return Err(MethodError::Malformed("This form shows no secret; please reload it.".to_owned()));
    };
    let Some(step) = shared.step_of(&code, cx.now, None) else {
        form.tell("totp_code", validation::totp_invalid());
        return Ok(Step::Again(form));
    };
    let config = json!(Totp { totp_url: url, last_step: Some(step) });
    let identifiers = attempt.who.map(|who| who.identity.id.text()).into_iter().collect();
    let set = ChangeSet {
        puts: vec![NewCredential { kind: CredentialType::Totp, identifiers, config }],
        proves: Some(AuthenticationMethod::new(MethodId::Totp.as_str(), Aal::Aal2, cx.now)),
        forget: vec![SECRET],
        ..ChangeSet::of(MethodId::Totp.as_str())
    };
    Ok(Step::Changed(Box::new(set)))
}

async fn sign_in(cx: &Cx, attempt: Attempt<'_>, who: &Subject, input: &Input) -> Result<Step, MethodError> {
    let mut form = attempt.flow.data.ui.clone();
    let (Some(credential), Some(totp)) =
        (who.credential(CredentialType::Totp), who.content::<Totp>(cx, CredentialType::Totp)?)
    else {
        form.messages.push(validation::no_totp());
        return Ok(Step::Again(form));
    };
    let Some(code) = typed(input) else {
        form.tell("totp_code", validation::required("totp_code"));
        return Ok(Step::Again(form));
    };
    let typed = code.chars().count() as u64;
    if typed < DIGITS {
        form.tell("totp_code", validation::too_short(DIGITS, typed));
        return Ok(Step::Again(form));
    }
    let key = second_factor::guard(cx, attempt, who).await?;
    let step = Shared::of_url(&totp.totp_url).and_then(|shared| shared.step_of(&code, cx.now, totp.last_step));
    let Some(step) = step else {
        second_factor::failed(cx, attempt, key, MethodId::Totp).await?;
        form.messages.push(validation::totp_invalid());
        return Ok(Step::Again(form));
    };
    let used = json!(Totp { last_step: Some(step), ..totp });
    let swap = Swap {
        id: credential.id,
        before: credential.config.clone(),
        after: vault::seal(cx, CredentialType::Totp, used),
        required: true,
    };
    Ok(Step::Proved(Box::new(second_factor::proof(cx, who, MethodId::Totp, key, swap))))
}

/// The digits that were typed; people group them with blanks.
fn typed(input: &Input) -> Option<String> {
    let code: String = input.totp_code.as_deref().unwrap_or_default().split_whitespace().collect();
    (!code.is_empty()).then_some(code)
}
