//! The forms of the flows: what stands in them at each step, where they are sent, and their order (contract §2.3–2.6).

use shared_types::id::FlowId;
use url::Url;

use crate::{
    app::Cx,
    config::Config,
    identity::schema::{Issue, Schema},
    method::{self, MethodId, Scene, traits},
    model::{
        address::Via,
        flow::{Flow, FlowKind, FlowType},
        traits::Traits,
    },
    ui::{
        node::{CSRF, Container, Group, InputType, Node, order::Order},
        text::{Message, label, registration, verification},
    },
};

const LOGIN_GROUPS: &[Group] = &[
    Group::Oidc,
    Group::Default,
    Group::WebAuthn,
    Group::Passkey,
    Group::Code,
    Group::Password,
    Group::Totp,
    Group::LookupSecret,
];
const REGISTRATION_GROUPS: &[Group] =
    &[Group::Oidc, Group::Default, Group::WebAuthn, Group::Passkey, Group::Code, Group::Password, Group::Profile];
const SETTINGS_GROUPS: &[Group] = &[
    Group::Default,
    Group::Profile,
    Group::Password,
    Group::Oidc,
    Group::LookupSecret,
    Group::WebAuthn,
    Group::Passkey,
    Group::Totp,
];
const SETTINGS_KEYS: &[&str] = &[
    "lookup_secret_reveal",
    "lookup_secret_regenerate",
    "lookup_secret_codes",
    "lookup_secret_confirm",
    "webauthn_remove",
    "webauthn_register_displayname",
    "webauthn_register",
    "passkey_remove",
    "passkey_register",
    "totp_qr",
    "totp_secret_key",
    "totp_unlink",
    "totp_code",
];

/// An address below the public URL.
pub(crate) fn public_url(config: &Config, path: &str) -> Url {
    let mut url = config.serve.public.base_url.clone();
    let prefix = url.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("{prefix}/{path}"));
    url
}

/// Where the form of a flow is sent.
pub(super) fn action(config: &Config, kind: FlowKind, id: FlowId) -> String {
    let mut url = public_url(config, &format!("self-service/{kind}"));
    url.query_pairs_mut().append_pair("flow", &id.text());
    url.into()
}

/// The page that shows a flow.
pub(crate) fn ui_url(config: &Config, kind: FlowKind, id: FlowId) -> Url {
    let pages = &config.selfservice;
    let page = match kind {
        FlowKind::Login => &pages.login.ui_url,
        FlowKind::Registration => &pages.registration.ui_url,
        FlowKind::Verification => &pages.verification.ui_url,
        FlowKind::Recovery => &pages.recovery.ui_url,
        FlowKind::Settings => &pages.settings.ui_url,
    };
    let mut url = page.clone();
    url.query_pairs_mut().append_pair("flow", &id.text());
    url
}

/// Where another flow like this one begins.
pub(super) fn begin_url(cx: &Cx, flow: &Flow) -> Url {
    let driver = match flow.data.flow_type {
        FlowType::Browser => "browser",
        FlowType::Api => "api",
    };
    let mut url = public_url(&cx.config, &format!("self-service/{}/{driver}", flow.kind));
    if let Some(return_to) = &flow.data.return_to {
        url.query_pairs_mut().append_pair("return_to", return_to);
    }
    url
}

/// The first form of a flow: the nodes of every method that takes part in it, but for those that come second.
pub(super) fn first(cx: &Cx, flow: &mut Flow, scene: Scene<'_>) -> Container {
    let ids: Vec<MethodId> = method::enabled(cx, flow).into_iter().filter(|id| !id.comes_second(cx, flow)).collect();
    let mut form = empty(cx, flow);
    for id in ids {
        form.put_all(id.nodes(cx, flow, scene));
    }
    sort(&mut form, flow.kind, scene.schema);
    // Here clients know the token as the last input.
    if flow.kind == FlowKind::Verification && MethodId::Code.takes_part(cx, flow) {
        form.nodes.sort_by_key(|node| node.key() == CSRF);
    }
    form
}

/// A form of some methods alone.
pub(super) fn of_methods(cx: &Cx, flow: &mut Flow, schema: &Schema, ids: &[MethodId]) -> Container {
    let scene = Scene { schema: Some(schema), who: None };
    let mut form = empty(cx, flow);
    for id in ids {
        form.put_all(id.nodes(cx, flow, scene));
    }
    form
}

/// The second screen of a registration: the traits travel along hidden, and a credential is chosen.
pub(super) fn credentials(cx: &Cx, flow: &mut Flow, schema: &Schema, traits: &Traits) -> Container {
    let ids: Vec<MethodId> = method::enabled(cx, flow).into_iter().filter(|id| id.comes_second(cx, flow)).collect();
    let mut form = of_methods(cx, flow, schema, &ids);
    traits::fill(&mut form, traits);
    for node in &mut form.nodes {
        if let Some(input) = node.as_input_mut().filter(|input| input.name.starts_with("traits.")) {
            input.kind = InputType::Hidden;
        }
    }
    form.put(Node::submit(Group::Profile, "screen", "previous", registration::back()));
    form.messages.push(registration::choose_credential());
    sort(&mut form, flow.kind, Some(schema));
    form
}

/// The form of a verification that is done: a link that leads on.
pub(super) fn verified(group: Group, via: Via, go: &Url) -> Container {
    let mut form = Container::post(go.as_str());
    "GET".clone_into(&mut form.method);
    form.put(Node::hidden(Group::Default, CSRF, "").required());
    form.put(Node::anchor(group, "continue", go.as_str(), label::continue_on()));
    form.messages.push(match via {
        Via::Email => verification::email_verified(),
        Via::Sms => verification::phone_verified(),
    });
    form
}

/// The form with one more message above it.
pub(super) fn saying(mut form: Container, message: Message) -> Container {
    form.messages.push(message);
    form
}

/// The form with what is wrong with it, each where it belongs.
pub(super) fn complaining(mut form: Container, issues: Vec<Issue>) -> Container {
    for Issue { at, message } in issues {
        match at {
            Some(at) => form.tell(&at, message),
            None => form.messages.push(message),
        }
    }
    form
}

/// The form without inputs that only held a message about a trait the schema does not offer: such a trait is told of
/// once, and not asked for ever after.
pub(super) fn without_strangers(mut form: Container, schema: &Schema) -> Container {
    let known = traits::names(schema);
    form.nodes.retain(|node| !node.key().starts_with("traits.") || known.iter().any(|name| name == node.key()));
    form
}

/// A form with nothing but the CSRF input.
pub(super) fn empty(cx: &Cx, flow: &Flow) -> Container {
    let mut form = Container::post(action(&cx.config, flow.kind, flow.id));
    // Programs need no token; verification by code alone leaves the input out for them.
    let by_code = flow.kind == FlowKind::Verification && MethodId::Code.takes_part(cx, flow);
    if flow.is_browser() || !by_code {
        form.put(Node::hidden(Group::Default, CSRF, "").required());
    }
    form
}

/// Puts the nodes in the order clients know; verification and recovery keep the order in which they were made (§2.5).
pub(super) fn sort(form: &mut Container, kind: FlowKind, schema: Option<&Schema>) {
    let (groups, keys) = match kind {
        FlowKind::Login => (LOGIN_GROUPS, ["csrf_token", "identifier", "password"].map(str::to_owned).to_vec()),
        FlowKind::Registration => (REGISTRATION_GROUPS, registration_keys(schema)),
        FlowKind::Settings => (SETTINGS_GROUPS, settings_keys(schema)),
        FlowKind::Verification | FlowKind::Recovery => return,
    };
    Order { groups, keys: &keys }.apply(&mut form.nodes);
}

fn settings_keys(schema: Option<&Schema>) -> Vec<String> {
    let mut keys = schema.map(traits::names).unwrap_or_default();
    keys.extend(SETTINGS_KEYS.iter().map(|key| (*key).to_owned()));
    keys
}

/// The password stands behind the first trait, which is what one signs in with as a rule.
fn registration_keys(schema: Option<&Schema>) -> Vec<String> {
    let mut names = schema.map(traits::names).unwrap_or_default().into_iter();
    let mut keys = vec![CSRF.to_owned()];
    keys.extend(names.next());
    keys.push("password".to_owned());
    keys.extend(names);
    keys.extend(["webauthn_remove", "webauthn_register_displayname", "webauthn_register"].map(str::to_owned));
    keys
}
