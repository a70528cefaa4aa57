//! The consent page: who asks, for what, in words, and as whom (contract oauth §3.8).

use askama::Template;
use serde_json::{Map, Value};
use shared_types::contract::ConsentRequest;
use url::Url;

use super::{
    Fact, Person, Shell, Stage, client_name,
    details::{Detail, claims_asked},
    in_words,
};
use crate::{
    config,
    identity::claims,
    model::identity::Identity,
    ui::render::{slug, words},
};

/// Asks whether a client may use an account.
#[derive(Debug, Template)]
#[template(path = "page/consent.html")]
pub(crate) struct ConsentPage {
    pub(super) shell: Shell,
    pub(super) client: Client,
    pub(super) person: Person,
    pub(super) scopes: Vec<Scope>,
    /// What exactly is to be allowed.
    pub(super) details: Vec<Detail>,
    /// What the client asks to know in particular.
    pub(super) claims: Vec<String>,
    pub(super) audiences: Vec<String>,
    pub(super) action: String,
    pub(super) token: String,
    pub(super) challenge: String,
}

/// Who asks.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(super) name: String,
    /// Stands where there is no logo.
    pub(super) initial: String,
    pub(super) logo: Option<String>,
    pub(super) site: Option<Site>,
    pub(super) policy: Option<String>,
    pub(super) terms: Option<String>,
    /// The host the browser is sent back to, when it is not that of the site.
    pub(super) returns_to: Option<String>,
}

/// A web site.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(super) href: String,
    pub(super) label: String,
}

/// One thing that is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    /// The scope's name.
    pub(super) name: String,
    pub(super) id: String,
    /// What it means.
    pub(super) title: String,
    /// What the client will learn.
    pub(super) details: Vec<Fact>,
    /// Cannot be left out: without it there is no sign-in.
    pub(super) fixed: bool,
}

/// Must a person be asked? Not when they have answered before, or when the client is one of the operator's own. Nobody has
/// answered before what exactly is wanted now.
pub(crate) fn is_asked(request: &ConsentRequest) -> bool {
    let answered = request.skip && request.authorization_details.is_empty();
    !answered && request.client.get("skip_consent") != Some(&Value::Bool(true))
}

impl ConsentPage {
    /// The page for a request and the person it is about.
    pub(crate) fn new(stage: &Stage<'_>, request: &ConsentRequest, identity: &Identity, token: String) -> Self {
        let client = Client::of(stage, request);
        let scopes = request.requested_scope.iter().map(|name| Scope::of(stage, identity, name)).collect();
        let title = stage.words.fill("consent.title", &[("client", client.name.as_str().into())]);
        let given = claims::for_scopes(identity, &stage.oauth2.claims, &request.requested_scope).id_token;
        let asked = request.oidc_context.claims.as_ref();
        Self {
            shell: Shell::new(stage, title),
            client,
            person: Person::of(identity),
            scopes,
            details: Detail::all(stage, &request.authorization_details),
            claims: claims_asked(stage, asked, |name| given.contains_key(name)),
            audiences: request.requested_access_token_audience.clone(),
            action: config::below(&stage.serve.public.base_url, "consent").into(),
            token,
            challenge: request.challenge.clone(),
        }
    }

    /// The origin a logo is loaded from: the page's policy has to allow it.
    pub(crate) fn logo_origin(&self) -> Option<String> {
        let logo = Url::parse(self.client.logo.as_deref()?).ok()?;
        Some(logo.origin().ascii_serialization())
    }
}

impl Client {
    fn of(stage: &Stage<'_>, request: &ConsentRequest) -> Self {
        let client = &request.client;
        let web = |key: &str| {
            let url = Url::parse(client.get(key)?.as_str()?).ok()?;
            matches!(url.scheme(), "https" | "http").then_some(url)
        };
        let name = client_name(client, stage.words);
        let site = web("client_uri").map(|url| Site { label: host(&url), href: url.into() });
        // The same host need not be said twice.
        let known = |host: &String| site.as_ref().is_some_and(|site| site.label == *host);
        Self {
            initial: name.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().collect()).unwrap_or_default(),
            logo: web("logo_uri").filter(|url| url.scheme() == "https").map(String::from),
            policy: web("policy_uri").map(String::from),
            terms: web("tos_uri").map(String::from),
            returns_to: returns_to(stage, &request.request_url).filter(|host| !known(host)),
            site,
            name,
        }
    }
}

impl Scope {
    fn of(stage: &Stage<'_>, identity: &Identity, name: &str) -> Self {
        let rules = &stage.oauth2.claims;
        let in_words = |value: &Value| in_words(value, stage.words);
        let given = claims::for_scopes(identity, rules, &[name.to_owned()]);
        let mut all: Map<String, Value> = given.id_token;
        for (claim, value) in given.access_token {
            all.entry(claim).or_insert(value);
        }
        let described = |word: &str| stage.described(word);
        let detail = |(claim, value): (&String, &Value)| match value {
            // Permissions may be described like scopes.
            Value::Array(items) => {
                let item = |item: &Value| described(&in_words(item)).unwrap_or_else(|| in_words(item));
                Fact::new(&claim_words(stage, claim), items.iter().map(item).collect::<Vec<_>>().join(", "))
            }
            value => Fact::new(&claim_words(stage, claim), in_words(value)),
        };
        Self {
            id: format!("scope-{}", slug(name)),
            title: scope_words(stage, name),
            details: all.iter().map(detail).filter(|fact| !fact.value.is_empty()).collect(),
            fixed: name == "openid",
            name: name.to_owned(),
        }
    }
}

/// A scope in words: the operator's, or ours.
pub(super) fn scope_words(stage: &Stage<'_>, scope: &str) -> String {
    stage.described(scope).unwrap_or_else(|| in_our_words(stage, scope))
}

/// The scopes of OpenID Connect Core §5.4 and §11 in words; any other one by its name.
fn in_our_words(stage: &Stage<'_>, scope: &str) -> String {
    match scope {
        "openid" | "profile" | "email" | "phone" | "address" => stage.say(&format!("consent.scope.{scope}")),
        "offline_access" | "offline" => stage.say("consent.scope.offline"),
        other => stage.words.fill("consent.scope.other", &[("scope", other.into())]),
    }
}

/// A claim by the name it has in the reader's language, or else by its own.
pub(super) fn claim_words(stage: &Stage<'_>, claim: &str) -> String {
    stage.words.maybe(&format!("claim.{claim}")).unwrap_or_else(|| words(claim))
}

fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Where the authorization request asks to be answered: a host, or an application on this device.
fn returns_to(stage: &Stage<'_>, request_url: &str) -> Option<String> {
    let request = Url::parse(request_url).ok()?;
    let (_, target) = request.query_pairs().find(|(key, _)| key == "redirect_uri")?;
    let target = Url::parse(&target).ok()?;
    match target.scheme() {
        "https" | "http" => Some(host(&target)),
        scheme => Some(stage.words.fill("consent.app", &[("scheme", scheme.into())])),
    }
}
