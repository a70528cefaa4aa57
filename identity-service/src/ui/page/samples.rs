//! Instances of every page that show everything it can look like.

use serde_json::{Value, json};
use shared_types::{contract::ConsentRequest, id::IdentityId, time::Time};

use super::*;
use crate::{
    model::{
        address::VerifiableAddress,
        identity::IdentityState,
        session::{Aal, Device, Session},
        traits::Traits,
    },
    ui::{
        node::{Container, Group, InputType, Node},
        render::Form,
        text::{Message, MessageType},
    },
};

/// A page that can show itself.
pub(super) trait Samples: askama::Template + Sized {
    /// Instances, each with a name.
    fn samples(stage: &Stage<'_>) -> Vec<(&'static str, Self)>;
}

/// A configuration as it is without a file.
pub(super) fn config() -> Config {
    Config::from_value(json!({
        "dsn": "memory",
        "serve": {"public": {"base_url": "https://id.example.org/"}},
        "secrets": {"default": ["a secret for samples alone"]},
        "oauth2_provider": {"scope_descriptions": {
            "invoices.read": "See your company's invoices",
            "invoices:write": "write invoices",
        }},
    }))
    .unwrap()
}

pub(super) fn identity() -> Identity {
    let now: Time = "2026-03-01T12:00:00Z".parse().unwrap();
    let address = VerifiableAddress::unverified(
        "018f2d0c-0000-7000-8000-0000000000aa".parse().unwrap(),
        "ada@example.org".to_owned(),
        Via::Email,
        now,
    );
    let traits = json!({
        "email": "ada@example.org", "name": "Ada Lovelace", "role": "admin", "company_id": "Analytical Engines Ltd",
        "permissions": ["invoices:read", "invoices:write"],
    });
    Identity {
        id: IdentityId::parse("6ba7b810-9dad-41d1-80b4-00c04fd430c8").unwrap(),
        external_id: None,
        schema_id: "default".to_owned(),
        state: IdentityState::Active,
        state_changed_at: None,
        traits: Traits::from_value(traits).unwrap(),
        verifiable_addresses: vec![VerifiableAddress { verified: true, verified_at: Some(now), ..address }],
        recovery_addresses: Vec::new(),
        metadata_public: None,
        metadata_admin: None,
        factors: Vec::new(),
        created_at: now,
        updated_at: now,
        revision: 1,
    }
}

/// The same person, without a name, with an address nobody has proved.
fn nobody_yet() -> Identity {
    let mut identity = identity();
    identity.traits = Traits::from_value(json!({"email": "new@example.org"})).unwrap();
    identity.verifiable_addresses.clear();
    identity
}

/// A message that has no entry in any catalogue.
fn label(text: &str) -> Message {
    message(7, MessageType::Info, text)
}

fn message(id: u32, kind: MessageType, text: &str) -> Message {
    Message { id, text: text.to_owned(), kind, context: serde_json::Map::new() }
}

fn input(name: &str, kind: InputType, text: &str) -> Node {
    Node::input(Group::Default, name, kind).label(label(text))
}

fn login_form() -> Container {
    let mut form = Container::post("https://id.example.org/self-service/login?flow=1");
    form.put(Node::hidden(Group::Default, "csrf_token", "token").required());
    form.put(input("identifier", InputType::Text, "Email").required());
    form.put(input("password", InputType::Password, "Password").required().autocomplete("current-password"));
    form.put(Node::submit(Group::Password, "method", "password", label("Sign in with password")));
    form
}

/// Every kind of input there is, well and not well.
fn registration_form() -> Container {
    let mut form = Container::post("https://id.example.org/self-service/registration?flow=1");
    form.put(Node::hidden(Group::Default, "csrf_token", "token").required());
    form.put(input("traits.email", InputType::Email, "Email").required().autocomplete("email"));
    form.put(input("traits.name", InputType::Text, "Full <name>"));
    form.put(input("traits.age", InputType::Number, "Age").value(42));
    form.put(input("traits.phone", InputType::Tel, "Phone").autocomplete("tel"));
    form.put(input("traits.site", InputType::Url, "Web site"));
    form.put(input("traits.born", InputType::Date, "Born"));
    form.put(input("traits.since", InputType::DatetimeLocal, "Customer since"));
    form.put(input("traits.news", InputType::Checkbox, "Send me news").value(true));
    let mut plan = serde_json::to_value(input("traits.plan", InputType::Text, "Plan").value("team")).unwrap();
    plan["attributes"]["options"] = json!([{"value": "solo"}, {"value": "team"}]);
    form.put(serde_json::from_value(plan).unwrap());
    form.put(input("password", InputType::Password, "Password").required().autocomplete("new-password"));
    form.put(Node::submit(Group::Password, "method", "password", label("Sign up")));
    form.put(Node::submit(Group::Profile, "screen", "previous", label("Back")));
    form
}

fn code_form() -> Container {
    let mut form = Container::post("https://id.example.org/self-service/verification?flow=1");
    form.put(Node::hidden(Group::Code, "method", "code"));
    form.put(input("code", InputType::Text, "Verification code").required().autocomplete("one-time-code"));
    form.put(Node::submit(Group::Code, "method", "code", label("Continue")));
    form.put(Node::submit(Group::Code, "email", "ada@example.org", label("Resend code")));
    form.put(Node::hidden(Group::Default, "csrf_token", "token").required());
    form
}

fn link(label: &str) -> Link {
    let before = "No account yet?".to_owned();
    Link { before, ..Link::new(label.to_owned(), "https://id.example.org/x?a=1&b=2") }
}

fn shell(stage: &Stage<'_>, title: &str, form: &Form) -> Shell {
    Shell { wrong: form.has_problems(), ..Shell::new(stage, title) }
}

impl Samples for LoginPage {
    fn samples(stage: &Stage<'_>) -> Vec<(&'static str, Self)> {
        let page = |form: &Container, client: Option<&str>, links| {
            let form = Form::of(form, stage.words).focused();
            Self { shell: shell(stage, "Sign in", &form), client: client.map(str::to_owned), trial: None, form, links }
        };
        let tried = |lead: &str, open, facts| {
            let trial = Some(Tried { lead: lead.to_owned(), open, facts });
            Self { trial, ..page(&login_form(), None, Vec::new()) }
        };
        let mut wrong = login_form();
        wrong.set_value("identifier", Some("ada@example.org".into()));
        wrong.messages.push(message(4_000_006, MessageType::Error, "The credentials are not valid."));
        let mut again = login_form();
        again.put(Node::hidden(Group::Default, "identifier", "ada@example.org"));
        again.messages.push(message(1_010_003, MessageType::Info, "Please confirm that it is you."));
        vec![
            ("plain", page(&login_form(), None, vec![link("Create one")])),
            ("for_client", page(&login_form(), Some("Partner <Portal>"), vec![link("Create one")])),
            ("wrong", page(&wrong, None, Vec::new())),
            ("again", page(&again, None, Vec::new())),
            ("trial", tried("Nothing of it is kept.", true, Vec::new())),
            ("tried", tried("It works.", false, vec![Fact::new("What <it> says", "{\n  \"sub\": \"<b>\"\n}")])),
        ]
    }
}

impl Samples for RegistrationPage {
    fn samples(stage: &Stage<'_>) -> Vec<(&'static str, Self)> {
        let page = |form: &Container, client: Option<&str>| {
            let form = Form::of(form, stage.words).hint("password", "At least 8 characters.".to_owned()).focused();
            let client = client.map(str::to_owned);
            Self { shell: shell(stage, "Create your account", &form), client, form, links: vec![link("Sign in")] }
        };
        let mut wrong = registration_form();
        wrong.set_value("traits.email", Some("<script>alert(1)</script>".into()));
        wrong.tell("traits.email", message(4_000_001, MessageType::Error, "This is not an <email> address."));
        wrong.tell("traits.plan", message(4_000_001, MessageType::Error, "Choose one."));
        wrong.tell("traits.news", message(4_000_001, MessageType::Error, "Must be ticked."));
        wrong.tell("password", message(4_000_005, MessageType::Error, "The password is too short."));
        wrong.set_value("password", Some("never shown again".into()));
        vec![("every_input", page(&registration_form(), None)), ("wrong", page(&wrong, Some("Partner Portal")))]
    }
}

impl Samples for VerificationPage {
    fn samples(stage: &Stage<'_>) -> Vec<(&'static str, Self)> {
        let page = |title: &str, lead: Option<&str>, form: &Container| {
            let form = Form::of(form, stage.words).focused();
            Self { shell: shell(stage, title, &form), lead: lead.map(str::to_owned), form, links: vec![link("Back")] }
        };
        let mut sent = code_form();
        sent.messages.push(message(1_080_003, MessageType::Info, "A message is on its way."));
        let mut done = Container::post("https://id.example.org/welcome");
        "GET".clone_into(&mut done.method);
        done.put(Node::anchor(Group::Code, "continue", "https://id.example.org/welcome", label("Continue")));
        done.messages.push(message(1_080_002, MessageType::Success, "Your email address has been verified."));
        vec![
            ("sent", page("Check your email", Some("Sent to ada@example.org"), &sent)),
            ("done", page("Email address verified", None, &done)),
        ]
    }
}

fn consent_request(client: &Value, scopes: &[&str]) -> ConsentRequest {
    serde_json::from_value(json!({
        "challenge": "a-challenge", "skip": false, "subject": "6ba7b810-9dad-41d1-80b4-00c04fd430c8",
        "requested_scope": scopes, "requested_access_token_audience": ["https://api.example.com"],
        "client": client,
        "request_url": "https://auth.example.org/oauth2/auth?client_id=portal&redirect_uri=https%3A%2F%2Fportal.example.com%2Fcb",
    }))
    .unwrap()
}

impl Samples for ConsentPage {
    fn samples(stage: &Stage<'_>) -> Vec<(&'static str, Self)> {
        let full = json!({
            "client_id": "portal", "client_name": "Partner Portal", "logo_uri": "https://portal.example.com/logo.png",
            "client_uri": "https://portal.example.com/", "policy_uri": "https://portal.example.com/privacy",
            "tos_uri": "https://portal.example.com/terms",
        });
        // What a client may not smuggle in: links a browser would run, a logo in clear, markup.
        let hostile = json!({
            "client_id": "x", "client_name": "<b>Bank</b>", "logo_uri": "http://tracker.example/x.png",
            "client_uri": "javascript:alert(1)", "policy_uri": "data:text/html,x", "tos_uri": 7,
        });
        let scopes = ["openid", "profile", "email", "offline_access", "invoices.read", "stock.write"];
        let page = |client: &Value, scopes: &[&str], who: &Identity| {
            Self::new(stage, &consent_request(client, scopes), who, "token".to_owned())
        };
        let details = json!([
            {"type": "payment", "actions": ["initiate"], "locations": ["https://bank.example/payments"],
             "amount": {"currency": "EUR", "value": "12.50"}, "creditor": "<b>Merchant</b>"},
            {"type": "https://scheme.example.org/files"},
        ]);
        let detailed = ConsentRequest {
            authorization_details: details.as_array().cloned().unwrap(),
            oidc_context: serde_json::from_value(json!({"claims": {"userinfo": {"email": null, "iban": null}}}))
                .unwrap(),
            ..consent_request(&full, &["openid", "email"])
        };
        vec![
            ("detailed", Self::new(stage, &detailed, &identity(), "token".to_owned())),
            ("full", page(&full, &scopes, &identity())),
            ("hostile", page(&hostile, &["openid", "\"><script>"], &nobody_yet())),
        ]
    }
}

fn session(id: u8, agent: &str, address: &str) -> Session {
    let now: Time = "2026-03-01T12:00:00Z".parse().unwrap();
    let device = Device {
        id: "018f2d0c-0000-7000-8000-0000000000bb".parse().unwrap(),
        ip_address: address.to_owned(),
        user_agent: agent.to_owned(),
        location: "Lovelace <City>".to_owned(),
    };
    Session {
        id: format!("018f2d0c-0000-7000-8000-0000000000{id:02x}").parse().unwrap(),
        identity_id: identity().id,
        active: true,
        aal: Aal::Aal1,
        methods: Vec::new(),
        issued_at: now,
        authenticated_at: now,
        expires_at: now + chrono::Duration::days(1),
        devices: vec![device],
    }
}

fn shown(done: bool) -> Shown {
    Shown { token: "token".to_owned(), done }
}

impl Samples for SessionsPage {
    fn samples(stage: &Stage<'_>) -> Vec<(&'static str, Self)> {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
        let all = [session(1, "<b>", "192.0.2.7"), session(2, firefox, "2001:db8::1"), session(3, "", "")];
        let mine = all[1].id;
        vec![
            ("several", Self::new(stage, &all, mine, shown(true))),
            ("one", Self::new(stage, &all[1..2], mine, shown(false))),
        ]
    }
}

impl Samples for ApplicationsPage {
    fn samples(stage: &Stage<'_>) -> Vec<(&'static str, Self)> {
        let consent = |client: &Value, scopes: &[&str], at: &str| json!({"consent_request": {"client": client}, "grant_scope": scopes, "handled_at": at});
        let portal = json!({"client_id": "portal", "client_name": "Partner <Portal>"});
        let all = [
            consent(&portal, &["openid", "invoices.read"], "2026-02-01T12:00:00Z"),
            consent(&json!({"client_id": "tv"}), &[], "2026-01-01T12:00:00Z"),
            consent(&portal, &["openid", "email"], "2026-03-01T12:00:00Z"),
            // A client that was removed meanwhile.
            consent(&json!({}), &["openid"], "2026-03-01T12:00:00Z"),
        ];
        vec![("several", Self::new(stage, &all, shown(true))), ("none", Self::new(stage, &[], shown(false)))]
    }
}

impl Samples for DevicePage {
    fn samples(stage: &Stage<'_>) -> Vec<(&'static str, Self)> {
        let page = |code, problem| Self::new(stage, "a-challenge", Typed { code, problem }, "token".to_owned());
        vec![
            ("empty", page(None, None)),
            ("filled", page(Some("BCDF-GHJK"), None)),
            ("wrong", page(Some("\"><b>"), Some(Wrong::Unknown))),
        ]
    }
}

impl Samples for DeviceDonePage {
    fn samples(stage: &Stage<'_>) -> Vec<(&'static str, Self)> {
        vec![("plain", Self::new(stage))]
    }
}

impl Samples for LogoutPage {
    fn samples(stage: &Stage<'_>) -> Vec<(&'static str, Self)> {
        let client = json!({"client_name": "Partner Portal"});
        let somebody = identity();
        let asked = Leaving { identity: Some(&somebody), client: Some(&client), challenge: Some("a-challenge") };
        let own = Leaving { identity: Some(&somebody), client: None, challenge: None };
        vec![
            ("by_client", Self::new(stage, &asked, "token".to_owned())),
            ("own", Self::new(stage, &own, "token".to_owned())),
        ]
    }
}

impl Samples for LoggedOutPage {
    fn samples(stage: &Stage<'_>) -> Vec<(&'static str, Self)> {
        vec![("plain", Self::new(stage))]
    }
}

impl Samples for WelcomePage {
    fn samples(stage: &Stage<'_>) -> Vec<(&'static str, Self)> {
        vec![
            ("full", Self::new(stage, &identity(), 3, "token".to_owned())),
            ("sparse", Self::new(stage, &nobody_yet(), 1, "token".to_owned())),
        ]
    }
}

impl Samples for ErrorPage {
    fn samples(stage: &Stage<'_>) -> Vec<(&'static str, Self)> {
        let kept = json!({
            "id": "session_verified_address_required", "code": 403, "reason": "The account has no verified address yet.",
            "request": "r-1", "message": "Forbidden", "details": {"continue_with": [
                {"action": "show_verification_ui", "flow": {"url": "https://id.example.org/verification?flow=1"}},
            ]},
        });
        let reported = Reported { code: Some("invalid_request"), description: Some("The <redirect_uri>\nis unknown.") };
        let odd = Reported { code: Some("<script>"), description: None };
        vec![
            ("kept", Self::of(stage, &kept)),
            ("reported", Self::reported(stage, reported)),
            ("odd", Self::reported(stage, odd)),
            ("unknown", Self::unknown(stage)),
            ("other_browser", Self::other_browser(stage, "https://id.example.org/self-service/login/browser")),
            ("other_account", Self::other_account(stage)),
            ("session_ended", Self::session_ended(stage)),
            ("device_over", Self::device_over(stage)),
            ("device_guessed", Self::device_guessed(stage)),
            ("sample", Self::sample(stage)),
        ]
    }
}
