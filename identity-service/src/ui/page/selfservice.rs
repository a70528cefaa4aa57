//! The pages of the self-service flows.

use askama::Template;

use super::{Fact, Link, Shell, client_name};
use crate::{
    config::{self, Config},
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
    pub(super) lead: &'static str,
    /// Whether the form may be sent.
    pub(super) open: bool,
    /// What came of it, as JSON.
    pub(super) facts: Vec<Fact>,
}

impl Tried {
    fn of(view: &FlowView) -> Option<Self> {
        view.flow.data.trial.as_ref()?;
        let Some(report) = &view.report else {
            let lead = "You will be asked to sign in at the provider. Nothing of it is kept here: no account is made or \
                        changed, and nobody is signed in.";
            return Some(Self { lead, open: true, facts: Vec::new() });
        };
        let lead = match report.error {
            None => "It works: whoever is described so can sign in with this provider.",
            Some(_) => "It does not work yet.",
        };
        let said = serde_json::to_value(report).unwrap_or_default();
        let facts = [
            ("error", "What failed"),
            ("schema_validation_errors", "What the identity schema has against it"),
            ("id_token_claims", "What the provider says"),
            ("userinfo", "What its userinfo endpoint says"),
            ("jsonnet_output", "What the mapper made of it"),
            ("jsonnet_mapper_url", "The mapper"),
        ];
        let fact = |(name, label): &(&str, &str)| {
            let value = said.get(*name)?;
            let text = value.as_str().map_or_else(|| format!("{value:#}"), str::to_owned);
            Some(Fact::new(label, text))
        };
        Some(Self { lead, open: false, facts: facts.iter().filter_map(fact).collect() })
    }
}

impl LoginPage {
    /// The page of a login flow.
    pub(crate) fn new(config: &Config, view: &FlowView) -> Self {
        let flow = &view.flow;
        let title = match flow.data.requested_aal {
            _ if flow.data.trial.is_some() => "Trying a provider",
            Aal::Aal2 => "Your second factor",
            _ if flow.data.refresh => "Confirm that it is you",
            _ => "Sign in",
        };
        let form = Form::in_order_of_use(&view.ui).focused();
        let mut links = Vec::new();
        // Who confirms himself, or adds a factor, has an account and is in it.
        let begins = flow.data.requested_aal == Aal::Aal1 && !flow.data.refresh;
        if config.selfservice.registration.enabled && begins {
            links.push(Link {
                before: "No account yet?",
                label: "Create one".to_owned(),
                href: begin(config, "registration", flow),
            });
        }
        if config.selfservice.recovery.enabled && begins {
            links.push(Link {
                before: "Cannot sign in?",
                label: "Recover your account".to_owned(),
                href: begin(config, "recovery", flow),
            });
        }
        if config.selfservice.verification.enabled && begins {
            links.push(Link {
                before: "Address not verified?",
                label: "Get a new message".to_owned(),
                href: begin(config, "verification", flow),
            });
        }
        Self { shell: shell(config, title, &form), client: client(flow), trial: Tried::of(view), form, links }
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
    pub(crate) fn new(config: &Config, view: &FlowView) -> Self {
        let hint = format!("At least {} characters.", config.selfservice.methods.password.min_length);
        let form = Form::in_order_of_use(&view.ui).hint("password", hint).focused();
        let links = vec![Link {
            before: "Already have an account?",
            label: "Sign in".to_owned(),
            href: begin(config, "login", &view.flow),
        }];
        Self { shell: shell(config, "Create your account", &form), client: client(&view.flow), form, links }
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
    pub(crate) fn new(config: &Config, view: &FlowView) -> Self {
        let flow = &view.flow;
        let form = Form::of(&view.ui).focused();
        let (title, lead) = match flow.state {
            FlowState::ChooseMethod => {
                ("Verify your email address", Some("We will send a message to the address you enter.".to_owned()))
            }
            FlowState::SentEmail => {
                ("Check your email", flow.data.address.as_ref().map(|address| format!("Sent to {address}")))
            }
            FlowState::PassedChallenge => ("Address verified", None),
            _ => ("Verify your email address", None),
        };
        let links = if flow.state == FlowState::PassedChallenge {
            Vec::new()
        } else {
            vec![Link { before: "", label: "Back to sign in".to_owned(), href: begin(config, "login", flow) }]
        };
        Self { shell: shell(config, title, &form), lead, form, links }
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
    pub(crate) fn new(config: &Config, view: &FlowView) -> Self {
        let flow = &view.flow;
        let form = Form::of(&view.ui).focused();
        let (title, lead) = match flow.state {
            FlowState::SentEmail | FlowState::AwaitingCode => ("Check your messages", None),
            FlowState::AwaitingAddressChoice | FlowState::ConfirmingAddress => ("Recover your account", None),
            _ => (
                "Recover your account",
                Some("Enter an address of your account, and we will send you a way back in.".to_owned()),
            ),
        };
        let links = vec![Link { before: "", label: "Back to sign in".to_owned(), href: begin(config, "login", flow) }];
        Self { shell: shell(config, title, &form), lead, form, links }
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
    pub(super) title: &'static str,
    /// Its id.
    pub(super) id: &'static str,
    pub(super) form: Form,
}

/// The parts of the settings, in their order.
const SECTIONS: &[(Group, &str, &str)] = &[
    (Group::Profile, "profile", "Your profile"),
    (Group::Password, "password", "Password"),
    (Group::Totp, "totp", "Authenticator app"),
    (Group::LookupSecret, "lookup-secret", "Backup codes"),
    (Group::Passkey, "passkey", "Passkeys"),
    (Group::WebAuthn, "webauthn", "Security keys"),
    (Group::Oidc, "oidc", "Linked accounts"),
];

impl SettingsPage {
    /// The page of a settings flow.
    pub(crate) fn new(config: &Config, view: &FlowView) -> Self {
        let mut form = Form::of(&view.ui);
        form.fields.clear();
        let hint = format!("At least {} characters.", config.selfservice.methods.password.min_length);
        let section = |(group, id, title): &(Group, &'static str, &'static str)| {
            let form = Form::of_group(&view.ui, *group)?.hint("password", hint.clone());
            Some(Section { title, id, form: Form { problems: Vec::new(), ..form } })
        };
        let sections = SECTIONS.iter().filter_map(section).collect();
        let home = config::below(&config.serve.public.base_url, "welcome").into();
        Self { shell: shell(config, "Settings", &form), form, sections, home }
    }
}

fn shell(config: &Config, title: &str, form: &Form) -> Shell {
    Shell { wrong: form.has_problems(), ..Shell::new(config, title) }.asking(config, form.script.as_ref())
}

fn client(flow: &Flow) -> Option<String> {
    flow.data.oauth2.as_ref().map(|oauth2| client_name(&oauth2.request.client))
}

/// Where another kind of flow begins that leads to the same end.
fn begin(config: &Config, kind: &str, flow: &Flow) -> String {
    let mut url = config::below(&config.serve.public.base_url, &format!("self-service/{kind}/browser"));
    let challenge = flow.data.oauth2.as_ref().map(|oauth2| &oauth2.challenge).filter(|_| kind != "verification");
    if let Some(return_to) = &flow.data.return_to {
        url.query_pairs_mut().append_pair("return_to", return_to);
    }
    if let Some(challenge) = challenge {
        url.query_pairs_mut().append_pair("login_challenge", challenge);
    }
    url.into()
}
