//! The form of an OAuth2 client: which members it has, how they are filled in, and where an error of the provider belongs.

use serde_json::{Map, Value, json};

use super::{
    act::Act,
    provider::{text, texts},
};
use crate::{
    peer::provider::ProviderError,
    ui::console::{Choice, Control, Field, Form, Set},
};

/// How a member is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Line,
    /// A list, one item a line.
    Lines,
    /// Yes or no.
    Check,
    /// Any of several.
    Any(&'static [(&'static str, &'static str)]),
    /// One of several.
    One(&'static [(&'static str, &'static str)]),
    /// A length of time; the configured one where it is empty.
    Span,
}

struct Member {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    kind: Kind,
}

const fn member(name: &'static str, label: &'static str, hint: &'static str, kind: Kind) -> Member {
    Member { name, label, hint, kind }
}

const GRANTS: &[(&str, &str)] = &[
    ("authorization_code", "Authorization code"),
    ("refresh_token", "Refresh token"),
    ("client_credentials", "Client credentials"),
    ("urn:ietf:params:oauth:grant-type:device_code", "Device code"),
    ("urn:ietf:params:oauth:grant-type:jwt-bearer", "JWT assertion"),
    ("urn:ietf:params:oauth:grant-type:token-exchange", "Token exchange"),
    ("implicit", "Implicit (tokens by the browser)"),
];
const RESPONSES: &[(&str, &str)] =
    &[("code", "code"), ("id_token", "id_token"), ("token", "token"), ("code id_token", "code id_token")];
const METHODS: &[(&str, &str)] = &[
    ("client_secret_basic", "Secret, by HTTP Basic"),
    ("client_secret_post", "Secret, in the form"),
    ("private_key_jwt", "Signed assertion (private_key_jwt)"),
    ("client_secret_jwt", "Assertion by secret (client_secret_jwt)"),
    ("none", "None: a public client"),
];
const FORMATS: &[(&str, &str)] = &[("", "As configured"), ("opaque", "Opaque"), ("jwt", "JWT")];
const SUBJECTS: &[(&str, &str)] = &[("", "As configured"), ("public", "Public"), ("pairwise", "Pairwise")];
const TIME: &str = "Such as 15m or 1h30m; empty: as configured.";
const ONE_A_LINE: &str = "One a line.";

const GROUPS: [(&str, &[Member]); 5] = [
    (
        "Who it is",
        &[
            member("client_name", "Name", "People see it when they are asked for consent.", Kind::Line),
            member("owner", "Owner", "Whoever answers for it; lists can be narrowed to an owner.", Kind::Line),
            member("client_uri", "Home page", "", Kind::Line),
            member("logo_uri", "Logo", "The address of an image.", Kind::Line),
            member("contacts", "Contacts", ONE_A_LINE, Kind::Lines),
        ],
    ),
    (
        "How it gets tokens",
        &[
            member("grant_types", "Grants", "", Kind::Any(GRANTS)),
            member("response_types", "Response types", "", Kind::Any(RESPONSES)),
            member("redirect_uris", "Redirect URIs", "One a line, each exactly as the client sends it.", Kind::Lines),
            member("token_endpoint_auth_method", "Authentication", "How it proves who it is.", Kind::One(METHODS)),
            member("jwks_uri", "Address of its keys", "Where a client that signs publishes its keys.", Kind::Line),
        ],
    ),
    (
        "What it may ask for",
        &[
            member("scope", "Scopes", "Separated by blanks, such as: openid offline_access email", Kind::Line),
            member("audience", "Audiences", "The APIs its tokens may be for, one a line.", Kind::Lines),
            member("skip_consent", "It is ours: people are not asked for consent", "", Kind::Check),
            member("allowed_cors_origins", "Origins of its scripts", ONE_A_LINE, Kind::Lines),
        ],
    ),
    (
        "Its tokens",
        &[
            member("access_token_strategy", "Access tokens", "", Kind::One(FORMATS)),
            member(
                "subject_type",
                "Subjects",
                "Pairwise: nobody can tell by it what a person does elsewhere.",
                Kind::One(SUBJECTS),
            ),
            member("authorization_code_grant_access_token_lifespan", "Access token lives", TIME, Kind::Span),
            member("authorization_code_grant_id_token_lifespan", "ID token lives", TIME, Kind::Span),
            member("authorization_code_grant_refresh_token_lifespan", "Refresh token lives", TIME, Kind::Span),
            member("client_credentials_grant_access_token_lifespan", "Its own token lives", TIME, Kind::Span),
        ],
    ),
    (
        "Signing out",
        &[
            member("post_logout_redirect_uris", "Where browsers may go afterwards", ONE_A_LINE, Kind::Lines),
            member("backchannel_logout_uri", "Back-channel address", "It is told when a login ends.", Kind::Line),
            member("backchannel_logout_session_required", "It wants to know which login ended", "", Kind::Check),
            member(
                "frontchannel_logout_uri",
                "Front-channel address",
                "Loaded by the browser when a login ends.",
                Kind::Line,
            ),
        ],
    ),
];

/// What a client is unless somebody says otherwise.
pub(super) fn fresh() -> Value {
    json!({
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": "openid offline_access",
        "token_endpoint_auth_method": "client_secret_basic",
    })
}

/// A form that shows what a client says of itself.
pub(super) fn form(action: String, button: &str, client: &Value, is_new: bool) -> Form {
    let mut sets: Vec<Set> = GROUPS
        .iter()
        .map(|(legend, members)| Set {
            legend: Some((*legend).to_owned()),
            fields: members.iter().map(|member| member.field(client)).collect(),
        })
        .collect();
    if let Some(first) = sets.first_mut().filter(|_| is_new) {
        let hint = "One is made up where this is empty. It cannot be changed later.";
        first.fields.push(Field::line("client_id", "Client ID", text(client, "client_id")).hint(hint));
    }
    Form { action, sets, errors: Vec::new(), button: button.to_owned(), cancel: None }
}

/// The members an operator has filled in.
pub(super) fn members(act: &Act) -> Map<String, Value> {
    let all = GROUPS.iter().flat_map(|(_, members)| members.iter());
    all.map(|member| (member.name.to_owned(), member.value(act))).collect()
}

/// The form with what the provider says of it, at the field it speaks of. Other errors are handed back.
pub(super) fn refused(mut form: Form, error: ProviderError) -> Result<Form, ProviderError> {
    let ProviderError::Refused { status: status @ (400 | 409), error: name, description } = &error else {
        return Err(error);
    };
    let blamed = match (name.as_str(), status) {
        ("invalid_redirect_uri", _) => "redirect_uris",
        (_, 409) => "client_id",
        _ => quoted(description).unwrap_or_default(),
    };
    let field = form.sets.iter_mut().flat_map(|set| &mut set.fields).find(|field| field.name == blamed);
    match field {
        Some(field) => field.errors.push(description.clone()),
        None => form.errors.push(description.clone()),
    }
    Ok(form)
}

/// The member an error names: "The member 'scope' ..".
fn quoted(description: &str) -> Option<&str> {
    description.split_once("member '")?.1.split_once('\'').map(|(name, _)| name)
}

impl Member {
    fn field(&self, client: &Value) -> Field {
        let held = || texts(client, self.name);
        let control = match self.kind {
            Kind::Line | Kind::Span => return self.hinted(Field::line(self.name, self.label, text(client, self.name))),
            Kind::Lines => Control::Area { rows: 3, value: held().join("\n"), code: true },
            Kind::Check => Control::Check(client.get(self.name).and_then(Value::as_bool).unwrap_or_default()),
            Kind::Any(known) => Control::Checks(choices(known, &held())),
            Kind::One(known) => Control::Select(choices(known, &[text(client, self.name).to_owned()])),
        };
        self.hinted(Field::new(self.name, self.label, control))
    }

    fn hinted(&self, field: Field) -> Field {
        if self.hint.is_empty() { field } else { field.hint(self.hint) }
    }

    fn value(&self, act: &Act) -> Value {
        match self.kind {
            Kind::Line | Kind::One(_) => json!(act.text(self.name).trim()),
            Kind::Span => act.filled(self.name).map_or(Value::Null, |text| json!(text.trim())),
            Kind::Lines => {
                let lines = act.text(self.name).lines().map(str::trim).filter(|line| !line.is_empty());
                json!(lines.collect::<Vec<_>>())
            }
            Kind::Check => json!(act.is_checked(self.name)),
            Kind::Any(_) => json!(act.all(self.name).filter(|value| !value.is_empty()).collect::<Vec<_>>()),
        }
    }
}

/// What is known, and what a client holds beside that.
fn choices(known: &[(&str, &str)], held: &[String]) -> Vec<Choice> {
    let holds = |value: &str| held.iter().any(|held| held == value);
    let named = known.iter().map(|(value, label)| Choice::new(*value, holds(value)).called(*label));
    let others = held.iter().filter(|held| !held.is_empty() && known.iter().all(|(value, _)| value != held));
    named.chain(others.map(|other| Choice::new(other, true))).collect()
}
