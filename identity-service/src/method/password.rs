//! Identifier and password (contract §2.6, §4.3). A wrong password and an unknown identifier cost the same and are
//! answered the same.

mod account;

use serde::Deserialize;
use serde_json::{Value, json};
use shared_types::{http::limit::RetryAfter, secret::Secret};

use super::{Attempt, Method, MethodError, MethodId, Scene, policy, traits};
use crate::{
    app::Cx,
    identity::{normal, schema::Schema},
    limit,
    model::{
        credential::{Credential, CredentialType, NewCredential},
        flow::{Flow, FlowKind},
        session::{Aal, AuthenticationMethod},
        step::{ChangeSet, Draft, Proof, Step},
    },
    ui::{
        node::{Group, InputType, Node, trait_nodes},
        text::{Message, label, login, registration, validation},
    },
};

/// The method.
pub(super) struct Password;

/// What it reads of a submission.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Input {
    #[serde(default)]
    identifier: Option<String>,
    /// How older clients call the identifier.
    #[serde(default)]
    password_identifier: Option<String>,
    #[serde(default)]
    password: Option<Secret<String>>,
    #[serde(default)]
    traits: Option<Value>,
}

impl Method for Password {
    const ID: MethodId = MethodId::Password;
    type Input = Input;

    fn nodes(cx: &Cx, flow: &mut Flow, scene: Scene<'_>) -> Vec<Node> {
        match flow.kind {
            FlowKind::Registration => registration_nodes(cx, scene.schema),
            FlowKind::Settings => settings_nodes(),
            _ => login_nodes(flow, scene),
        }
    }

    async fn submit(cx: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
        match attempt.flow.kind {
            FlowKind::Registration => register(cx, attempt, input).await,
            FlowKind::Settings => change(cx, attempt, input).await,
            _ => sign_in(cx, attempt, input).await,
        }
    }
}

fn password_input(hint: &str) -> Node {
    Node::input(Group::Password, "password", InputType::Password).required().autocomplete(hint).label(label::password())
}

fn login_nodes(flow: &Flow, scene: Scene<'_>) -> Vec<Node> {
    let known = scene.who.and_then(|who| who.credential(CredentialType::Password)?.identifiers.first());
    let (identifier, button) = match known {
        Some(known) if flow.data.refresh => {
            (Node::hidden(Group::Default, "identifier", known.as_str()), login::sign_in())
        }
        _ => {
            let node = Node::input(Group::Default, "identifier", InputType::Text).value("").required();
            (node.label(identifier_label(scene.schema)), login::sign_in_with_password())
        }
    };
    vec![
        identifier,
        password_input("current-password"),
        Node::submit(Group::Password, "method", MethodId::Password.as_str(), button),
    ]
}

/// The schema's title of the identifier, when there is exactly one.
fn identifier_label(schema: Option<&Schema>) -> Message {
    match schema.map(Schema::password_identifiers).unwrap_or_default().as_slice() {
        [(name, Some(title))] => label::generated(title, name),
        _ => label::identifier(),
    }
}

fn registration_nodes(cx: &Cx, schema: Option<&Schema>) -> Vec<Node> {
    // A page that shows one group at a time may expect the traits beside the password, when there is one page alone.
    let config = &cx.config.selfservice;
    let among_passwords = config.traits_among_passwords && !config.registration.two_step;
    let group = if among_passwords { Group::Password } else { Group::Default };
    let mut nodes = schema.map(|schema| trait_nodes(schema.document(), group)).unwrap_or_default();
    nodes.push(password_input("new-password"));
    nodes.push(Node::submit(Group::Password, "method", MethodId::Password.as_str(), registration::sign_up()));
    nodes
}

fn settings_nodes() -> Vec<Node> {
    let save = Node::submit(Group::Password, "method", MethodId::Password.as_str(), label::save());
    vec![password_input("new-password"), save]
}

async fn sign_in(cx: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
    let typed = input.identifier.or(input.password_identifier).unwrap_or_default();
    let password = input.password.unwrap_or_else(|| Secret::new(String::new()));
    let mut form = attempt.flow.data.ui.clone();
    form.set_value("identifier", Some(typed.as_str().into()));
    if typed.trim().is_empty() {
        form.tell("identifier", validation::required("identifier"));
    }
    if password.expose().is_empty() {
        form.tell("password", validation::required("password"));
    }
    if form.has_errors() {
        return Ok(Step::Again(form));
    }
    let identifier = normal::identifier(&typed);
    limit::check(cx, "login", attempt.client, Some(&identifier))?;
    let key = limit::account_of(cx, &identifier, attempt.client);
    let (delay, account) = {
        let (key, now) = (key, cx.now);
        cx.db
            .read(move |conn| {
                Ok::<_, MethodError>((limit::backoff(conn, &key, now)?, account::find(conn, &identifier)?))
            })
            .await?
    };
    if let Some(RetryAfter(wait)) = delay {
        return Err(MethodError::Limited(wait));
    }
    if let Some((identity, rehash)) = account::matching(cx, account, &typed, password).await? {
        return Ok(Step::Proved(Box::new(Proof {
            identity,
            by: AuthenticationMethod::new(MethodId::Password.as_str(), Aal::Aal1, cx.now),
            account: Some(key),
            swaps: rehash.into_iter().collect(),
            address: None,
            once: false,
        })));
    }
    cx.figures.count("LoginFailed");
    tracing::warn!(
        target: "audit", event = "LoginFailed", method = MethodId::Password.as_str(), client = attempt.client,
        account = key.account.hex().get(..16).unwrap_or_default(), request = %cx.request_id, "wrong credentials"
    );
    let now = cx.now;
    cx.db.write(move |conn| limit::failed(conn, &key, now)).await?;
    form.messages.push(validation::wrong_credentials());
    Ok(Step::Again(form))
}

async fn register(cx: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
    limit::check(cx, "registration", attempt.client, None)?;
    let traits = match traits::read(attempt, input.traits)? {
        Ok(traits) => traits,
        Err(form) => return Ok(Step::Again(form)),
    };
    let mut form = attempt.flow.data.ui.clone();
    traits::fill(&mut form, &traits);
    let Some(password) = input.password.filter(|password| !password.expose().is_empty()) else {
        form.tell("password", validation::required("password"));
        return Ok(Step::Again(form));
    };
    let Some(schema) = attempt.schema else {
        return Err(MethodError::Malformed("The identity schema is gone.".to_owned()));
    };
    let identifiers = schema.identifiers(&traits);
    if identifiers.is_empty() {
        form.messages.push(validation::no_identifier());
        return Ok(Step::Again(form));
    }
    if let Some(message) = policy::judge(cx, password.expose(), &identifiers).await? {
        form.tell("password", message);
        return Ok(Step::Again(form));
    }
    let by = AuthenticationMethod::new(MethodId::Password.as_str(), Aal::Aal1, cx.now);
    let credential = hashed(cx, password).await?;
    Ok(Step::Drafted(Box::new(Draft::new(schema.id(), traits, Some(credential), by))))
}

/// The credential of a password; its identifiers follow from the traits.
async fn hashed(cx: &Cx, password: Secret<String>) -> Result<NewCredential, MethodError> {
    let hash = cx.hasher.hash(password).await?;
    let config = json!({ "hashed_password": hash });
    Ok(NewCredential { kind: CredentialType::Password, identifiers: Vec::new(), config })
}

/// A new password in place of the old one, which it may not be (contract §4.3).
async fn change(cx: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
    let who = attempt.subject()?;
    limit::check(cx, "settings", attempt.client, None)?;
    let mut form = attempt.flow.data.ui.clone();
    let Some(password) = input.password.filter(|password| !password.expose().is_empty()) else {
        form.tell("password", validation::required("password"));
        return Ok(Step::Again(form));
    };
    let known = who.credential(CredentialType::Password);
    let identifiers = known.map(|known| known.identifiers.clone()).unwrap_or_default();
    if identifiers.is_empty() {
        form.messages.push(validation::no_identifier());
        return Ok(Step::Again(form));
    }
    if let Some(message) = policy::judge(cx, password.expose(), &identifiers).await? {
        form.tell("password", message);
        return Ok(Step::Again(form));
    }
    if let Some(hash) = known.and_then(Credential::hashed_password)
        && cx.hasher.verify(password.clone(), hash.to_owned()).await.is_ok_and(|verified| verified.matches)
    {
        form.tell("password", validation::password_unchanged());
        return Ok(Step::Again(form));
    }
    let set = ChangeSet { puts: vec![hashed(cx, password).await?], ..ChangeSet::of(MethodId::Password.as_str()) };
    Ok(Step::Changed(Box::new(set)))
}
