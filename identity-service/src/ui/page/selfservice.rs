//! The pages of the self-service flows.

use askama::Template;

use super::{Fact, Link, Shell, Stage, client_name};
use crate::{
    config,
    flow::view::FlowView,
    model::{
        flow::{Flow, FlowState},
        session::Aal,
    },
    ui::{
        node::Group,
        render::{Field, Form},
    },
};

/// Signing in.
#[derive(Debug, Template)]
#[template(path = "page/login.html")]
pub(crate) struct LoginPage {
    pub(super) shell: Shell,
    /// The OAuth2 client that waits for it.
    pub(super) client: Option<String>,
    /// A trial of a provider: what is said of it, and what came of it.
    pub(super) trial: Option<Tried>,
    pub(super) form: Form,
    pub(super) links: Vec<Link>,
}

/// A trial of a provider on its page.
#[derive(Debug)]
pub(crate) struct Tried {
    /// A sentence below the heading.
    pub(super) lead: String,
    /// Whether the form may be sent.
    pub(super) open: bool,
    /// What came of it, as JSON.
    pub(super) facts: Vec<Fact>,
}

impl Tried {
    fn of(stage: &Stage<'_>, view: &FlowView) -> Option<Self> {
        view.flow.data.trial.as_ref()?;
        let Some(report) = &view.report else {
            return Some(Self { lead: stage.say("trial.lead"), open: true, facts: Vec::new() });
        };
        let lead = stage.say(if report.error.is_none() { "trial.works" } else { "trial.fails" });
        let said = serde_json::to_value(report).unwrap_or_default();
        let facts = [
            ("error", "trial.error"),
            ("schema_validation_errors", "trial.schema"),
            ("id_token_claims", "trial.claims"),
            ("userinfo", "trial.userinfo"),
            ("jsonnet_output", "trial.output"),
            ("jsonnet_mapper_url", "trial.mapper"),
        ];
        let fact = |(name, label): &(&str, &str)| {
            let value = said.get(*name)?;
            let text = value.as_str().map_or_else(|| format!("{value:#}"), str::to_owned);
            Some(Fact::new(&stage.say(label), text))
        };
        Some(Self { lead, open: false, facts: facts.iter().filter_map(fact).collect() })
    }
}

impl LoginPage {
    /// The page of a login flow.
    pub(crate) fn new(stage: &Stage<'_>, view: &FlowView) -> Self {
        let flow = &view.flow;
        let title = match flow.data.requested_aal {
            _ if flow.data.trial.is_some() => "trial.title",
            Aal::Aal2 => "login.second_factor",
            _ if flow.data.refresh => "login.again",
            _ => "login.title",
        };
        let form = Form::in_order_of_use(&view.ui, stage.words).focused();
        // Who confirms himself, or adds a factor, has an account and is in it.
        let begins = flow.data.requested_aal == Aal::Aal1 && !flow.data.refresh;
        let ways = [
            (stage.selfservice.registration.enabled, "registration"),
            (stage.selfservice.recovery.enabled, "recovery"),
            (stage.selfservice.verification.enabled, "verification"),
        ];
        let ways = ways.into_iter().filter(|(enabled, _)| *enabled && begins);
        let links = ways.map(|(_, kind)| aside(stage, kind, flow)).collect();
        let (shell, client) = (shell(stage, title, &form), client(stage, flow));
        Self { shell, client, trial: Tried::of(stage, view), form, links }
    }
}

/// Registering.
#[derive(Debug, Template)]
#[template(path = "page/registration.html")]
pub(crate) struct RegistrationPage {
    pub(super) shell: Shell,
    /// The OAuth2 client that waits for it.
    pub(super) client: Option<String>,
    pub(super) form: Form,
    pub(super) links: Vec<Link>,
}

impl RegistrationPage {
    /// The page of a registration flow.
    pub(crate) fn new(stage: &Stage<'_>, view: &FlowView) -> Self {
        let form = Form::in_order_of_use(&view.ui, stage.words).hint("password", least(stage)).focused();
        let links = vec![aside(stage, "login", &view.flow)];
        let (shell, client) = (shell(stage, "registration.title", &form), client(stage, &view.flow));
        Self { shell, client, form, links }
    }
}

/// Proving an address.
#[derive(Debug, Template)]
#[template(path = "page/verification.html")]
pub(crate) struct VerificationPage {
    pub(super) shell: Shell,
    /// A sentence below the heading.
    pub(super) lead: Option<String>,
    pub(super) form: Form,
    pub(super) links: Vec<Link>,
}

impl VerificationPage {
    /// The page of a verification flow.
    pub(crate) fn new(stage: &Stage<'_>, view: &FlowView) -> Self {
        let flow = &view.flow;
        let form = Form::of(&view.ui, stage.words).focused();
        let sent_to =
            |address: &String| stage.words.fill("verification.sent_to", &[("address", address.as_str().into())]);
        let (title, lead) = match flow.state {
            FlowState::ChooseMethod => ("verification.title", Some(stage.say("verification.lead"))),
            FlowState::SentEmail => ("verification.sent", flow.data.address.as_ref().map(sent_to)),
            FlowState::PassedChallenge => ("verification.done", None),
            _ => ("verification.title", None),
        };
        let links = if flow.state == FlowState::PassedChallenge { Vec::new() } else { vec![back(stage, flow)] };
        Self { shell: shell(stage, title, &form), lead, form, links }
    }
}

/// Getting back into an account.
#[derive(Debug, Template)]
#[template(path = "page/recovery.html")]
pub(crate) struct RecoveryPage {
    pub(super) shell: Shell,
    /// A sentence below the heading.
    pub(super) lead: Option<String>,
    pub(super) form: Form,
    pub(super) links: Vec<Link>,
}

impl RecoveryPage {
    /// The page of a recovery flow.
    pub(crate) fn new(stage: &Stage<'_>, view: &FlowView) -> Self {
        let flow = &view.flow;
        let form = Form::of(&view.ui, stage.words).focused();
        let (title, lead) = match flow.state {
            FlowState::SentEmail | FlowState::AwaitingCode => ("recovery.sent", None),
            FlowState::AwaitingAddressChoice | FlowState::ConfirmingAddress => ("recovery.title", None),
            _ => ("recovery.title", Some(stage.say("recovery.lead"))),
        };
        Self { shell: shell(stage, title, &form), lead, form, links: vec![back(stage, flow)] }
    }
}

/// Changing one's account.
#[derive(Debug, Template)]
#[template(path = "page/settings.html")]
pub(crate) struct SettingsPage {
    pub(super) shell: Shell,
    /// What concerns the page as a whole; it has no fields of its own.
    pub(super) form: Form,
    /// One form for each way to sign in.
    pub(super) sections: Vec<Section>,
    /// The way back.
    pub(super) home: String,
}

/// One part of the settings.
#[derive(Debug)]
pub(crate) struct Section {
    /// Its heading.
    pub(super) title: String,
    /// Its id.
    pub(super) id: &'static str,
    pub(super) form: Form,
}

/// The parts of the settings, in their order.
const SECTIONS: &[(Group, &str, &str)] = &[
    (Group::Profile, "profile", "settings.profile"),
    (Group::Password, "password", "settings.password"),
    (Group::Totp, "totp", "settings.totp"),
    (Group::LookupSecret, "lookup-secret", "settings.lookup_secret"),
    (Group::Passkey, "passkey", "settings.passkey"),
    (Group::WebAuthn, "webauthn", "settings.webauthn"),
    (Group::Oidc, "oidc", "settings.oidc"),
];

impl SettingsPage {
    /// The page of a settings flow.
    pub(crate) fn new(stage: &Stage<'_>, view: &FlowView) -> Self {
        let mut form = Form::of(&view.ui, stage.words);
        form.fields.clear();
        let hint = least(stage);
        let section = |(group, id, title): &(Group, &'static str, &'static str)| {
            let form = Form::of_group(&view.ui, *group, stage.words)?.hint("password", hint.clone());
            Some(Section { title: stage.say(title), id, form: Form { problems: Vec::new(), ..form } })
        };
        let sections = SECTIONS.iter().filter_map(section).collect();
        let home = config::below(&stage.serve.public.base_url, "welcome").into();
        Self { shell: shell(stage, "settings.title", &form), form, sections, home }
    }
}

/// The frame of a page, its heading by name.
fn shell(stage: &Stage<'_>, title: &str, form: &Form) -> Shell {
    Shell { wrong: form.has_problems(), ..Shell::new(stage, stage.say(title)) }.asking(stage, form.script.as_ref())
}

fn client(stage: &Stage<'_>, flow: &Flow) -> Option<String> {
    flow.data.oauth2.as_ref().map(|oauth2| client_name(&oauth2.request.client, stage.words))
}

/// How long a password must be.
fn least(stage: &Stage<'_>) -> String {
    stage.words.fill("form.least", &[("n", stage.selfservice.methods.password.min_length.into())])
}

/// A link to another kind of flow, with the question it answers.
fn aside(stage: &Stage<'_>, kind: &str, flow: &Flow) -> Link {
    let before = stage.say(&format!("aside.{kind}.before"));
    Link { before, ..Link::new(stage.say(&format!("aside.{kind}.link")), begin(stage, kind, flow)) }
}

fn back(stage: &Stage<'_>, flow: &Flow) -> Link {
    Link::new(stage.say("aside.back"), begin(stage, "login", flow))
}

/// Where another kind of flow begins that leads to the same end.
fn begin(stage: &Stage<'_>, kind: &str, flow: &Flow) -> String {
    let mut url = config::below(&stage.serve.public.base_url, &format!("self-service/{kind}/browser"));
    let challenge = flow.data.oauth2.as_ref().map(|oauth2| &oauth2.challenge).filter(|_| kind != "verification");
    if let Some(return_to) = &flow.data.return_to {
        url.query_pairs_mut().append_pair("return_to", return_to);
    }
    if let Some(challenge) = challenge {
        url.query_pairs_mut().append_pair("login_challenge", challenge);
    }
    url.into()
}
