//! What a grant would give, for an operator who asks: the rules of the grants are applied, the hooks are asked, and nothing is issued.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use shared_types::{
    contract::ConsentSession,
    id::{ClientId, GrantId, LoginSessionId},
    time::Time,
};

use super::{allowed_audience, allowed_scopes, invalid_grant, registered};
use crate::{
    app::Cx,
    client,
    model::{
        client::Client,
        token::{Granted, Login, Session, Terms},
    },
    protocol::{
        error::{OAuthCode, OAuthError},
        response_type::ResponseType,
        scope,
    },
    subject,
    token::{
        binding, hook,
        lifetime::Via,
        mint::{Asker, Narrowed, Recipe},
        preview::{self, Source},
        rule::LATER,
    },
};

/// What is to be foreseen.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    client_id: String,
    /// Whose tokens; a client's own have no other subject than the client.
    #[serde(default)]
    subject: String,
    /// Separated by blanks.
    #[serde(default)]
    scope: String,
    #[serde(default)]
    audience: Vec<String>,
    /// `authorization_code` unless said.
    #[serde(default = "by_code")]
    grant_type: String,
    /// The claims as a consent would give them.
    #[serde(default)]
    session: ConsentSession,
    #[serde(default)]
    login: WantedLogin,
    #[serde(default)]
    nonce: Option<String>,
}

/// The login it would be.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WantedLogin {
    acr: Option<String>,
    amr: Vec<String>,
    /// Now unless said.
    authenticated_at: Option<Time>,
}

fn by_code() -> String {
    "authorization_code".to_owned()
}

/// A grant that can be foreseen.
#[derive(Debug, Clone, Copy)]
struct Kind {
    name: &'static str,
    via: Via,
}

const KINDS: [Kind; 4] = [
    Kind { name: "authorization_code", via: Via::Code },
    Kind { name: "refresh_token", via: Via::Refresh },
    Kind { name: "client_credentials", via: Via::ClientCredentials },
    Kind { name: "urn:ietf:params:oauth:grant-type:device_code", via: Via::Device },
];

/// The tokens the client would get, or would get if it were not for the problems that are named.
pub(crate) async fn foresee(cx: &Cx, wanted: Wanted) -> Result<Map<String, Value>, OAuthError> {
    let refused = |why: &'static str| OAuthError::new(OAuthCode::InvalidRequest).because(why);
    let kind = KINDS
        .into_iter()
        .find(|kind| kind.name == wanted.grant_type)
        .ok_or_else(|| refused("Tokens of this grant_type cannot be foreseen."))?;
    let missing = || OAuthError::new(OAuthCode::NotFound).because("No client has this id.");
    let client = client::find(cx, &wanted.client_id).await?.ok_or_else(missing)?;
    let own = kind.via == Via::ClientCredentials;
    if wanted.subject.is_empty() && !own {
        return Err(refused("The subject is missing."));
    }
    let mut problems = Problems::default();
    let scope = problems.of_request(cx, &client, kind, &wanted);
    let granted = granted(cx, &client, &wanted, scope, own);
    let session = if own { Session::default() } else { session(cx, &client, wanted, &mut problems).await? };
    let asking = hook::Asking { grant_type: kind.name, requested: &granted.scope, granted: &granted };
    let (session, source) = match hook::foreseen(cx, asking, session.clone()).await {
        Ok((session, hook)) => (session, hook.map_or(Source::Consent, Source::Hook)),
        Err(error) => {
            problems.add(&error);
            (session, Source::Consent)
        }
    };
    let proven = binding::demanded(cx, &client, LATER);
    let asker = Asker { client: &client, proven: &proven };
    let recipe = Recipe { asker, granted, narrowed: Narrowed::default(), session, via: kind.via };
    let mut answer = preview::preview(cx, recipe, source).await?;
    answer.insert("issued".to_owned(), json!(problems.0.is_empty()));
    answer.insert("problems".to_owned(), json!(problems.0));
    Ok(answer)
}

/// Why no tokens would be issued, as the client would be told.
#[derive(Debug, Default)]
struct Problems(Vec<Value>);

impl Problems {
    fn add(&mut self, error: &OAuthError) {
        self.0.push(json!({ "error": error.code.as_str(), "error_description": error.description() }));
    }

    fn check(&mut self, result: Result<(), OAuthError>) -> bool {
        let good = result.is_ok();
        if let Err(error) = result {
            self.add(&error);
        }
        good
    }

    /// What is wrong with the request. The scopes that are left are those the client may have.
    fn of_request(&mut self, cx: &Cx, client: &Client, kind: Kind, wanted: &Wanted) -> Vec<String> {
        self.check(registered(client, kind.name));
        let coded = |text: &&str| ResponseType::parse(text).has_code();
        if kind.via == Via::Code && !client.effective_response_types().iter().any(coded) {
            let why = "The client has not registered a response type with a code.";
            self.add(&OAuthError::new(OAuthCode::UnsupportedResponseType).because(why));
        }
        if kind.via == Via::ClientCredentials && client.is_public() {
            self.add(&invalid_grant("A public client has no credentials to get a token for."));
        }
        for audience in &wanted.audience {
            self.check(allowed_audience(client, std::slice::from_ref(audience)));
        }
        let mut scopes = scope::split(&wanted.scope);
        scopes.retain(|scope| self.check(allowed_scopes(cx, client, std::slice::from_ref(scope))));
        if kind.via == Via::Refresh && !scope::is_offline(&scopes) {
            self.add(
                &OAuthError::new(OAuthCode::ScopeNotGranted).because("The grant does not include offline_access."),
            );
        }
        scopes
    }
}

fn granted(cx: &Cx, client: &Client, wanted: &Wanted, scope: Vec<String>, own: bool) -> Granted {
    let by_default = own && scope.is_empty() && cx.config.oauth2.default_grant_allowed_scope;
    Granted {
        grant_id: (!own).then(|| GrantId::random(&*cx.entropy)),
        client_id: ClientId::new(&wanted.client_id),
        subject: if own { client.id.text() } else { wanted.subject.clone() },
        scope: if by_default { client.scopes().into_iter().map(str::to_owned).collect() } else { scope },
        audience: wanted.audience.clone(),
        session: Vec::new(),
    }
}

/// The session a consent would leave.
async fn session(cx: &Cx, client: &Client, wanted: Wanted, problems: &mut Problems) -> Result<Session, OAuthError> {
    let shown_subject = match subject::seen(cx, client, &wanted.subject).await {
        Ok(shown) => shown,
        Err(error) if error.code == OAuthCode::InvalidRequest => {
            problems.add(&error);
            wanted.subject.clone()
        }
        Err(error) => return Err(error),
    };
    let login = Login {
        shown_subject,
        session_id: LoginSessionId::random(&*cx.entropy),
        auth_time: wanted.login.authenticated_at.unwrap_or(cx.now),
        requested_at: cx.now,
        nonce: wanted.nonce.filter(|nonce| !nonce.is_empty()),
        acr: wanted.login.acr.filter(|acr| !acr.is_empty()),
        amr: wanted.login.amr,
    };
    let ConsentSession { access_token, id_token } = wanted.session;
    Ok(Session { login: Some(login), access_token, id_token, terms: Terms::default() })
}
