//! Backup codes (contract §4.5): twelve, each good once, for the day the other factors are gone.

use serde::Deserialize;
use serde_json::json;
use shared_types::{entropy::random_lower_alnum, secret::constant_time_eq};

use super::{Attempt, Method, MethodError, MethodId, Scene, Subject, memory, off, second_factor};
use crate::{
    app::Cx,
    identity::vault,
    model::{
        credential::{CredentialType, LookupCode, LookupSecrets, NewCredential},
        flow::{Flow, FlowKind, FlowState},
        session::{Aal, AuthenticationMethod},
        step::{ChangeSet, Screen, Step, Swap},
    },
    ui::{
        node::{Container, Group, InputType, Node},
        text::{login, settings, validation},
    },
};

/// The method.
pub(super) struct LookupSecret;

/// What it reads of a submission.
#[derive(Debug, Default, Deserialize)]
#[expect(clippy::struct_excessive_bools, clippy::struct_field_names, reason = "the fields of the form (contract §2.7)")]
pub(super) struct Input {
    #[serde(default)]
    lookup_secret: Option<String>,
    #[serde(default, deserialize_with = "super::flag")]
    lookup_secret_reveal: bool,
    #[serde(default, deserialize_with = "super::flag")]
    lookup_secret_regenerate: bool,
    #[serde(default, deserialize_with = "super::flag")]
    lookup_secret_confirm: bool,
    #[serde(default, deserialize_with = "super::flag")]
    lookup_secret_disable: bool,
}

/// Under this name a flow keeps codes that are not confirmed yet.
const CODES: &str = "lookup_secret";
const COUNT: usize = 12;
const LENGTH: usize = 8;

impl Method for LookupSecret {
    const ID: MethodId = MethodId::LookupSecret;
    type Input = Input;

    fn nodes(_: &Cx, flow: &mut Flow, scene: Scene<'_>) -> Vec<Node> {
        let has = scene.who.is_some_and(|who| who.credential(CredentialType::LookupSecret).is_some());
        match (flow.kind, has) {
            (FlowKind::Settings, true) => vec![
                button("lookup_secret_reveal", settings::reveal_codes()),
                button("lookup_secret_disable", settings::disable_codes()),
            ],
            (FlowKind::Settings, false) => vec![button("lookup_secret_regenerate", settings::regenerate_codes())],
            (_, true) => vec![
                Node::input(Group::LookupSecret, "lookup_secret", InputType::Text)
                    .required()
                    .label(login::backup_code()),
                Node::submit(Group::LookupSecret, "method", MethodId::LookupSecret.as_str(), login::use_backup_code()),
            ],
            (_, false) => Vec::new(),
        }
    }

    async fn submit(cx: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
        let who = attempt.subject()?;
        if attempt.flow.kind != FlowKind::Settings {
            return Box::pin(sign_in(cx, attempt, who, &input)).await;
        }
        if input.lookup_secret_confirm {
            confirm(cx, attempt, who)
        } else if input.lookup_secret_regenerate {
            Ok(regenerate(cx, attempt))
        } else if input.lookup_secret_reveal {
            reveal(cx, attempt, who)
        } else if input.lookup_secret_disable {
            Ok(disable())
        } else {
            Ok(off::nothing_asked(attempt))
        }
    }
}

fn button(name: &str, label: crate::ui::text::Message) -> Node {
    Node::submit(Group::LookupSecret, name, "true", label)
}

/// The form with codes in place of the buttons that lead to them.
fn showing(form: &Container, codes: &[LookupCode]) -> Container {
    let mut form = form.clone();
    form.without(|node| node.group == Group::LookupSecret);
    let each: Vec<_> =
        codes.iter().map(|code| code.used_at.map_or_else(|| settings::code(&code.code), settings::used_code)).collect();
    form.put(Node::text(Group::LookupSecret, "lookup_secret_codes", settings::codes(&each), settings::codes_label()));
    form
}

/// Codes that count once they are confirmed: who has not seen them must not depend on them.
fn regenerate(cx: &Cx, attempt: Attempt<'_>) -> Step {
    let code = |_| LookupCode { code: random_lower_alnum(&*cx.entropy, LENGTH), used_at: None };
    let codes: Vec<LookupCode> = (0..COUNT).map(code).collect();
    let mut form = showing(&attempt.flow.data.ui, &codes);
    form.put(button("lookup_secret_confirm", settings::confirm_codes()));
    let memory = Some((CODES, memory::sealed(cx, CODES, &codes)));
    Step::Screen(Screen { memory, privileged: true, ..Screen::new(form, FlowState::ShowForm) })
}

fn reveal(cx: &Cx, attempt: Attempt<'_>, who: &Subject) -> Result<Step, MethodError> {
    let Some(secrets) = who.content::<LookupSecrets>(cx, CredentialType::LookupSecret)? else {
        let mut form = attempt.flow.data.ui.clone();
        form.messages.push(validation::no_backup_codes());
        return Ok(Step::Again(form));
    };
    let mut form = showing(&attempt.flow.data.ui, &secrets.recovery_codes);
    form.put(button("lookup_secret_regenerate", settings::regenerate_codes()));
    form.put(button("lookup_secret_disable", settings::disable_codes()));
    Ok(Step::Screen(Screen { privileged: true, ..Screen::new(form, FlowState::ShowForm) }))
}

fn confirm(cx: &Cx, attempt: Attempt<'_>, who: &Subject) -> Result<Step, MethodError> {
    let codes: Option<Vec<LookupCode>> = memory::recall(cx, attempt.flow, CODES);
    let Some(recovery_codes) = codes else {
        return Err(MethodError::Malformed("There are no new backup codes to confirm.".to_owned()));
    };
    let credential = NewCredential {
        kind: CredentialType::LookupSecret,
        identifiers: vec![who.identity.id.text()],
        config: json!(LookupSecrets { recovery_codes }),
    };
    let set = ChangeSet {
        puts: vec![credential],
        proves: Some(AuthenticationMethod::new(MethodId::LookupSecret.as_str(), Aal::Aal2, cx.now)),
        forget: vec![CODES],
        ..ChangeSet::of(MethodId::LookupSecret.as_str())
    };
    Ok(Step::Changed(Box::new(set)))
}

fn disable() -> Step {
    let set = ChangeSet {
        removals: vec![CredentialType::LookupSecret],
        forget: vec![CODES],
        ..ChangeSet::of(MethodId::LookupSecret.as_str())
    };
    Step::Changed(Box::new(set))
}

async fn sign_in(cx: &Cx, attempt: Attempt<'_>, who: &Subject, input: &Input) -> Result<Step, MethodError> {
    let mut form = attempt.flow.data.ui.clone();
    let (Some(credential), Some(mut secrets)) =
        (who.credential(CredentialType::LookupSecret), who.content::<LookupSecrets>(cx, CredentialType::LookupSecret)?)
    else {
        form.messages.push(validation::no_backup_codes());
        return Ok(Step::Again(form));
    };
    let typed: String = input.lookup_secret.as_deref().unwrap_or_default().split_whitespace().collect();
    if typed.is_empty() {
        form.tell("lookup_secret", validation::required("lookup_secret"));
        return Ok(Step::Again(form));
    }
    let key = second_factor::guard(cx, attempt, who).await?;
    let typed = typed.to_ascii_lowercase();
    // Every code is compared, so that the time taken says nothing.
    let matching = secrets
        .recovery_codes
        .iter_mut()
        .filter(|known| constant_time_eq(known.code.to_ascii_lowercase().as_bytes(), typed.as_bytes()))
        .collect::<Vec<_>>();
    let wrong = match matching.into_iter().next() {
        Some(code) if code.used_at.is_none() => {
            code.used_at = Some(cx.now);
            None
        }
        Some(_) => Some(validation::backup_code_used()),
        None => Some(validation::backup_code_invalid()),
    };
    if let Some(message) = wrong {
        second_factor::failed(cx, attempt, key, MethodId::LookupSecret).await?;
        form.messages.push(message);
        return Ok(Step::Again(form));
    }
    let swap = Swap {
        id: credential.id,
        before: credential.config.clone(),
        after: vault::seal(cx, CredentialType::LookupSecret, json!(secrets)),
        required: true,
    };
    Ok(Step::Proved(Box::new(second_factor::proof(cx, who, MethodId::LookupSecret, key, swap))))
}
