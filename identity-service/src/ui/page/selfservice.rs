//! The pages of the self-service flows.

use askama::Template;

use super::{Link, Shell, client_name};
use crate::{
    config::{self, Config},
    flow::view::FlowView,
    model::flow::{Flow, FlowState},
    ui::render::{Field, Form},
};

/// Signing in.
#[derive(Debug, Template)]
#[template(path = "page/login.html")]
pub(crate) struct LoginPage {
    pub(super) shell: Shell,
    /// The OAuth2 client that waits for it.
    pub(super) client: Option<String>,
    pub(super) form: Form,
    pub(super) links: Vec<Link>,
}

impl LoginPage {
    /// The page of a login flow.
    pub(crate) fn new(config: &Config, view: &FlowView) -> Self {
        let flow = &view.flow;
        let title = if flow.data.refresh { "Confirm that it is you" } else { "Sign in" };
        let form = Form::of(&view.ui).focused();
        let mut links = Vec::new();
        if config.selfservice.registration.enabled && !flow.data.refresh {
            links.push(Link {
                before: "No account yet?",
                label: "Create one".to_owned(),
                href: begin(config, "registration", flow),
            });
        }
        if config.selfservice.verification.enabled && !flow.data.refresh {
            links.push(Link {
                before: "Address not verified?",
                label: "Get a new message".to_owned(),
                href: begin(config, "verification", flow),
            });
        }
        Self { shell: shell(config, title, &form), client: client(flow), form, links }
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
        let hint = format!("At least {} characters.", config.selfservice.password.min_length);
        let form = Form::of(&view.ui).hint("password", hint).focused();
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
            FlowState::PassedChallenge => ("Email address verified", None),
        };
        let links = if flow.state == FlowState::PassedChallenge {
            Vec::new()
        } else {
            vec![Link { before: "", label: "Back to sign in".to_owned(), href: begin(config, "login", flow) }]
        };
        Self { shell: shell(config, title, &form), lead, form, links }
    }
}

fn shell(config: &Config, title: &str, form: &Form) -> Shell {
    Shell { wrong: form.has_problems(), ..Shell::new(config, title) }
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
