//! Each kind of provider, signed in at once: where the browser is sent, what the provider is asked, and what claims a mapper
//! is given. What the providers answer has the shapes their documentation shows.

mod native;
mod oauth;
mod openid;
mod particular;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use shared_types::{on_both, time::Clock as _};
use url::Url;

use crate::self_service::{
    internet::{CLIENT, Internet},
    people::whoami,
    upstream::{Upstream, mapper},
    world::{HOME, World, location, parts},
};

const SECRET: &str = "a client secret & more";

/// One kind of provider.
pub(super) struct Case {
    id: &'static str,
    /// What its configuration holds beside a client.
    provider: Value,
    /// Who answers what.
    answers: Vec<(&'static str, Value)>,
}

impl Case {
    /// Its part of the configuration. The mapper keeps the claims.
    fn config(&self) -> Value {
        let text = format!(
            "{{identity: {{traits: {{email: '{}@example.org'}}, metadata_admin: std.extVar('claims')}}}}",
            self.id.replace('_', "-")
        );
        let mut config =
            json!({"id": self.id, "client_id": CLIENT, "client_secret": SECRET, "mapper_url": mapper(&text)});
        crate::world::merge(&mut config, &self.provider);
        config
    }

    /// Its addresses answer from now on. Some kinds share theirs.
    fn lives_in(&self, internet: &Internet) {
        for (address, answer) in &self.answers {
            let answer = if *answer == json!("keys") { internet.keys() } else { answer.clone() };
            internet.answers(address, answer);
        }
    }
}

/// A world with these providers, and the internet around it.
async fn world(dsn: &str, cases: &[Case]) -> (World, Internet) {
    let hosts = |(address, _): &(&'static str, Value)| address.split('/').next().unwrap();
    let names: Vec<&str> = cases.iter().flat_map(|case| case.answers.iter().map(hosts)).collect();
    let internet = Internet::start(&names);
    for case in cases {
        case.lives_in(&internet);
    }
    let providers: Vec<Value> = cases.iter().map(Case::config).collect();
    let world = World::start_within(dsn, Upstream::config(&providers), Some(internet.client.clone())).await;
    internet.signs(None, world.clock.now().timestamp());
    (world, internet)
}

/// The address a browser is sent to, taken apart.
fn question(to: &Url) -> BTreeMap<String, String> {
    to.query_pairs().into_owned().collect()
}

/// What comes back with the browser.
fn returned(id: &str, state: &str) -> Vec<(&'static str, String)> {
    let code = if id == "dingtalk" { "authCode" } else { "code" };
    let mut pairs = vec![(code, "the code".to_owned()), ("state", state.to_owned())];
    if id == "apple" {
        let user = json!({"name": {"firstName": "Anna", "lastName": "Berg"}, "email": "anna@example.org"});
        pairs.push(("user", user.to_string()));
    }
    pairs
}

/// Signs in at one of them: all that was said on the way.
async fn pass(world: &World, internet: &Internet, id: &str) -> Value {
    let browser = world.browser();
    let flow = browser.begin("/self-service/login/browser").await;
    let (status, body) = parts(browser.submit(&flow, json!({"method": "oidc", "provider": id})).await).await;
    assert_eq!(status, 422, "{id}: {body}");
    let to = Url::parse(body["redirect_browser_to"].as_str().unwrap()).unwrap();
    let mut asked = question(&to);
    internet.signs(asked.get("nonce").map(String::as_str), world.clock.now().timestamp());
    let mut back = Url::parse(&asked["redirect_uri"]).unwrap();
    let pairs = returned(id, &asked["state"]);
    let response = if id == "apple" {
        assert_eq!(asked["response_mode"], "form_post");
        let answer = crate::world::client().post(back.clone()).form(&pairs).send().await.unwrap();
        assert_eq!(answer.status(), 302);
        browser.visit(&location(&answer)).await
    } else {
        back.query_pairs_mut().extend_pairs(&pairs);
        browser.visit(back.as_str()).await
    };
    let at = location(&response);
    if at != HOME {
        let flow_id = at.split_once("flow=").map(|(_, id)| id.to_owned()).unwrap_or_default();
        let flow = browser.get(&format!("/self-service/login/flows?id={flow_id}")).await.text().await.unwrap();
        panic!("{id}: {at} {flow} {:#?}", internet.asked());
    }
    let (_, session) = whoami(&browser).await;
    let person =
        world.admin.join(&format!("admin/identities/{}", session["identity"]["id"].as_str().unwrap())).unwrap();
    let (_, person) = parts(crate::world::client().get(person).send().await.unwrap()).await;
    for hidden in ["state", "nonce", "code_challenge"] {
        asked.entry(hidden.to_owned()).and_modify(|value| *value = format!("[{hidden}]"));
    }
    let where_to = format!("{}{}", to.origin().ascii_serialization(), to.path());
    let told = json!({
        "browser": {"to": where_to, "asks": asked}, "service": internet.asked(), "claims": person["metadata_admin"],
    });
    scrubbed(world, told)
}

/// Without what differs from run to run.
#[expect(clippy::needless_pass_by_value, reason = "it is written where it is called")]
fn scrubbed(world: &World, told: Value) -> Value {
    let text = told.to_string().replace(world.public.as_str(), "https://id.example.org/");
    hide(serde_json::from_str(&text).unwrap())
}

fn hide(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let hidden = |(name, value): (String, Value)| {
                let jwt = value.as_str().is_some_and(|text| text.starts_with("ey"));
                let value = match name.as_str() {
                    "code_verifier" | "nonce" => json!(format!("[{name}]")),
                    "client_secret" if jwt => json!("[a signed token]"),
                    _ => hide(value),
                };
                (name, value)
            };
            Value::Object(map.into_iter().map(hidden).collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(hide).collect(),
        other => other,
    }
}

async fn each_signs_in(dsn: &str, cases: Vec<Case>) {
    let (world, internet) = world(dsn, &cases).await;
    for case in &cases {
        case.lives_in(&internet);
        let told = pass(&world, &internet, case.id).await;
        insta::assert_json_snapshot!(format!("preset_{}", case.id), told);
    }
    world.stop().await;
}

on_both! {
    async fn each_provider_with_an_api_of_its_own_is_understood(dsn: String) {
        each_signs_in(&dsn, oauth::cases()).await;
    }
}

on_both! {
    async fn each_provider_that_speaks_openid_is_understood(dsn: String) {
        each_signs_in(&dsn, openid::cases()).await;
    }
}
