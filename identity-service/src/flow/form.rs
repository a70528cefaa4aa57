//! The forms of the flows: what stands in them at each step, where they are sent, and their order (contract §2.3–2.6).

use shared_types::id::FlowId;
use url::Url;

use crate::{
    app::Cx,
    config::Config,
    identity::schema::Schema,
    method::{self, MethodId, Scene, traits},
    model::{
        code::CodeKind,
        flow::{Flow, FlowKind, FlowType},
        traits::Traits,
    },
    ui::{
        node::{Container, Group, InputType, Node, order::Order},
        text::{Message, label, registration, verification},
    },
};

/// The name of the CSRF input.
pub(super) const CSRF: &str = "csrf_token";

const LOGIN_GROUPS: &[Group] = &[Group::Default, Group::Code, Group::Password];
const REGISTRATION_GROUPS: &[Group] = &[Group::Default, Group::Code, Group::Password, Group::Profile];

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

/// The first form of a flow: every enabled method's nodes.
pub(super) fn first(cx: &Cx, flow: &Flow, scene: Scene<'_>) -> Container {
    let mut form = empty(cx, flow);
    for id in method::enabled(cx, flow.kind) {
        // In two steps the credentials come on the second screen.
        let later = flow.kind == FlowKind::Registration
            && id != MethodId::Profile
            && MethodId::Profile.is_enabled(cx, FlowKind::Registration);
        if !later {
            form.put_all(id.nodes(cx, flow, scene));
        }
    }
    sort(&mut form, flow.kind, scene.schema);
    form
}

/// The second screen of a registration: the traits travel along hidden, and a credential is chosen.
pub(super) fn credentials(cx: &Cx, flow: &Flow, schema: &Schema, traits: &Traits) -> Container {
    let scene = Scene { schema: Some(schema), who: None };
    let mut form = empty(cx, flow);
    for id in method::enabled(cx, flow.kind).into_iter().filter(|id| *id != MethodId::Profile) {
        form.put_all(id.nodes(cx, flow, scene));
    }
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

/// The form that takes a code, or says that a link was sent.
pub(super) fn sent(cx: &Cx, flow: &Flow, kind: CodeKind, address: &str) -> Container {
    let mut form = empty(cx, flow);
    match kind {
        CodeKind::Code => {
            form.put(Node::hidden(Group::Code, "method", MethodId::Code.as_str()));
            form.put(
                Node::input(Group::Code, "code", InputType::Text)
                    .required()
                    .autocomplete("one-time-code")
                    .label(label::verification_code()),
            );
            form.put(Node::submit(Group::Code, "method", MethodId::Code.as_str(), label::continue_on()));
            form.put(Node::submit(Group::Code, "email", address, label::resend_code()));
            form.messages.push(verification::code_sent());
        }
        CodeKind::Link => {
            form.put(
                Node::input(Group::Link, "email", InputType::Email).required().value(address).label(label::email()),
            );
            form.put(Node::submit(Group::Link, "method", MethodId::Link.as_str(), label::continue_on()));
            form.messages.push(verification::link_sent());
        }
    }
    form
}

/// The form of a verification that is done: a link that leads on.
pub(super) fn verified(group: Group, go: &Url) -> Container {
    let mut form = Container::post(go.as_str());
    "GET".clone_into(&mut form.method);
    form.put(Node::anchor(group, "continue", go.as_str(), label::continue_on()));
    form.messages.push(verification::email_verified());
    form
}

/// The form with one more message above it.
pub(super) fn saying(mut form: Container, message: Message) -> Container {
    form.messages.push(message);
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
fn empty(cx: &Cx, flow: &Flow) -> Container {
    let mut form = Container::post(action(&cx.config, flow.kind, flow.id));
    // Programs need no token; the code method alone leaves the input out for them.
    let by_code = flow.kind == FlowKind::Verification && MethodId::Code.is_enabled(cx, flow.kind);
    if flow.is_browser() || !by_code {
        form.put(Node::hidden(Group::Default, CSRF, "").required());
    }
    form
}

/// Puts the nodes in the order clients know; verification keeps the order in which they were made (§2.5).
pub(super) fn sort(form: &mut Container, kind: FlowKind, schema: Option<&Schema>) {
    let (groups, keys) = match kind {
        FlowKind::Login => (LOGIN_GROUPS, ["csrf_token", "identifier", "password"].map(str::to_owned).to_vec()),
        FlowKind::Registration => (REGISTRATION_GROUPS, registration_keys(schema)),
        FlowKind::Verification => return,
    };
    Order { groups, keys: &keys }.apply(&mut form.nodes);
}

/// The password stands behind the first trait, which is what one signs in with as a rule.
fn registration_keys(schema: Option<&Schema>) -> Vec<String> {
    let mut names = schema.map(traits::names).unwrap_or_default().into_iter();
    let mut keys = vec![CSRF.to_owned()];
    keys.extend(names.next());
    keys.push("password".to_owned());
    keys.extend(names);
    keys
}
