//! `kill -9` under load, then a restart on the same database: no token that was answered is lost, and no code is spent twice.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context as _;
use integration_tests::{
    binary::Binary,
    login::CALLBACK,
    person::{Answer, Person, plain_client},
    settings::{Engine, Places, loopback, merge},
};
use openidconnect::PkceCodeChallenge;
use serde_json::{Value, json};

use crate::support::on_both;

on_both!(a_killed_service_keeps_its_word);

const KILLS: usize = 3;

/// oauth-service alone; the test plays login and consent.
struct Service {
    places: Places,
    settings: Value,
    folder: tempfile::TempDir,
    http: reqwest::Client,
}

/// What the service promised before it was killed.
#[derive(Default)]
struct Promises {
    tokens: Vec<String>,
    /// Codes whose exchange was answered with tokens, and how often.
    spent: Vec<String>,
    /// Codes whose exchange got no answer at all.
    unanswered: Vec<String>,
}

async fn a_killed_service_keeps_its_word(engine: Engine) -> anyhow::Result<()> {
    let Some(database) = engine.database() else {
        eprintln!("skipped: no PostgreSQL server is named");
        return Ok(());
    };
    let places = Places::draw()?;
    let mut settings = places.oauth_settings(&database.dsn());
    merge(&mut settings, json!({ "oauth2": { "refresh_token_hook": null } }));
    let service = Service { places, settings, folder: tempfile::TempDir::new()?, http: plain_client()? };
    let mut binary = service.start().await?;
    let machine = service
        .client(json!({ "grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_basic" }))
        .await?;
    let portal = service.client(json!({})).await?;

    let promises = Arc::new(Mutex::new(Promises::default()));
    let service = Arc::new(service);
    for _ in 0..KILLS {
        let codes = service.codes(&portal, 24).await?;
        let load = service.load(&machine, &portal, codes, &promises);
        tokio::time::sleep(Duration::from_millis(250)).await;
        binary.kill()?;
        for task in load {
            task.await?;
        }
        binary = service.start().await?;
        service.settle(&portal, &promises).await?;
    }
    let promises = promises.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(promises.tokens.len() > 100, "only {} tokens were answered: that was no load", promises.tokens.len());
    assert!(!promises.spent.is_empty(), "no code was spent");
    Ok(())
}

impl Service {
    async fn start(&self) -> anyhow::Result<Binary> {
        Binary::start("oauth-service", &["serve", "all"], &self.settings, self.folder.path(), self.places.oauth_public)
            .await
    }

    async fn admin(&self, method: &str, path: &str, body: &Value) -> anyhow::Result<Answer> {
        let url = format!("{}{path}", loopback(self.places.oauth_admin));
        let request = self.http.request(method.parse()?, url).bearer_auth(&self.places.oauth_key).json(body);
        Answer::read(request.send().await?).await
    }

    async fn client(&self, fields: Value) -> anyhow::Result<Value> {
        let mut client = json!({
            "redirect_uris": [CALLBACK], "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
            "scope": "openid offline_access", "token_endpoint_auth_method": "none",
        });
        merge(&mut client, fields);
        self.admin("POST", "/admin/clients", &client).await?.expect(201)
    }

    /// Codes with their verifiers, made by playing browser, login and consent.
    async fn codes(&self, client: &Value, count: usize) -> anyhow::Result<Vec<(String, String)>> {
        let mut codes = Vec::new();
        for number in 0..count {
            let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
            let url = url::Url::parse_with_params(
                &format!("{}/oauth2/auth", self.places.oauth()),
                [
                    ("response_type", "code"),
                    ("client_id", client["client_id"].as_str().unwrap_or_default()),
                    ("redirect_uri", CALLBACK),
                    ("scope", "openid offline_access"),
                    ("state", "a-state-long-enough"),
                    ("code_challenge", challenge.as_str()),
                    ("code_challenge_method", "S256"),
                ],
            )?;
            let person = Person::new()?.ending_at(CALLBACK).ending_at(&self.places.identity());
            let login = person.open(url.as_str()).await?.parameter("login_challenge").context("a login challenge")?;
            let back = self.accept("login", &login, json!({ "subject": format!("subject-{number}") })).await?;
            let consent = person.open(&back).await?.parameter("consent_challenge").context("a consent challenge")?;
            let back = self.accept("consent", &consent, json!({ "grant_scope": ["openid", "offline_access"] })).await?;
            let code = person.open(&back).await?.parameter("code").context("a code")?;
            codes.push((code, verifier.secret().clone()));
        }
        Ok(codes)
    }

    async fn accept(&self, kind: &str, challenge: &str, body: Value) -> anyhow::Result<String> {
        let challenge: String = url::form_urlencoded::byte_serialize(challenge.as_bytes()).collect();
        let path = format!("/admin/oauth2/auth/requests/{kind}/accept?{kind}_challenge={challenge}");
        let answer = self.admin("PUT", &path, &body).await?.expect(200)?;
        answer["redirect_to"].as_str().map(str::to_owned).context("redirect_to")
    }

    /// Machines that ask for tokens, and a client that spends each code twice at once, until nobody answers.
    fn load(
        self: &Arc<Self>,
        machine: &Value,
        portal: &Value,
        codes: Vec<(String, String)>,
        promises: &Arc<Mutex<Promises>>,
    ) -> Vec<tokio::task::JoinHandle<()>> {
        let mut tasks = Vec::new();
        for _ in 0..16 {
            let (service, machine, promises) = (self.clone(), machine.clone(), promises.clone());
            tasks.push(tokio::spawn(async move {
                while let Ok(Some(token)) = service.machine_token(&machine).await {
                    promises.lock().unwrap_or_else(PoisonError::into_inner).tokens.push(token);
                }
            }));
        }
        for (code, verifier) in codes.into_iter().flat_map(|pair| [pair.clone(), pair]) {
            let (service, portal, promises) = (self.clone(), portal.clone(), promises.clone());
            tasks.push(tokio::spawn(async move {
                let answer = service.spend(&portal, &code, &verifier).await;
                let mut promises = promises.lock().unwrap_or_else(PoisonError::into_inner);
                match answer {
                    Ok(answer) if answer.status == 200 => promises.spent.push(code),
                    Ok(_) => {}
                    Err(_) => promises.unanswered.push(format!("{code} {verifier}")),
                }
            }));
        }
        tasks
    }

    async fn machine_token(&self, client: &Value) -> anyhow::Result<Option<String>> {
        let request = self
            .http
            .post(format!("{}/oauth2/token", self.places.oauth()))
            .basic_auth(client["client_id"].as_str().unwrap_or_default(), client["client_secret"].as_str())
            .form(&[("grant_type", "client_credentials")]);
        let answer = Answer::read(request.send().await?).await?;
        Ok(answer.expect(200)?["access_token"].as_str().map(str::to_owned))
    }

    async fn spend(&self, client: &Value, code: &str, verifier: &str) -> anyhow::Result<Answer> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", verifier),
            ("client_id", client["client_id"].as_str().unwrap_or_default()),
        ];
        Answer::read(self.http.post(format!("{}/oauth2/token", self.places.oauth())).form(&form).send().await?).await
    }

    /// After a restart: every answered token is known, every code was answered once at most and cannot be spent again.
    async fn settle(&self, portal: &Value, promises: &Arc<Mutex<Promises>>) -> anyhow::Result<()> {
        let (tokens, spent, unanswered) = {
            let promises = promises.lock().unwrap_or_else(PoisonError::into_inner);
            (promises.tokens.clone(), promises.spent.clone(), promises.unanswered.clone())
        };
        // The last ones before the kill are those at risk.
        for token in tokens.iter().rev().take(400) {
            let request = self
                .http
                .post(format!("{}/admin/oauth2/introspect", loopback(self.places.oauth_admin)))
                .bearer_auth(&self.places.oauth_key)
                .form(&[("token", token)]);
            let told = Answer::read(request.send().await?).await?.expect(200)?;
            assert_eq!(told["active"], true, "an answered token was lost");
        }
        let distinct: HashSet<&String> = spent.iter().collect();
        assert_eq!(distinct.len(), spent.len(), "a code was answered with tokens twice");
        for code in &spent {
            let answer = self.spend(portal, code, "whatever-it-is-the-code-that-counts-here-0123456").await?;
            assert_eq!(answer.status, 400, "a spent code was taken again: {}", answer.body);
        }
        for pair in &unanswered {
            let (code, verifier) = pair.split_once(' ').context("a pair")?;
            let first = self.spend(portal, code, verifier).await?.status;
            let second = self.spend(portal, code, verifier).await?.status;
            assert!(matches!((first, second), (200 | 400, 400)), "{first} then {second}");
        }
        let mut promises = promises.lock().unwrap_or_else(PoisonError::into_inner);
        promises.unanswered.clear();
        Ok(())
    }
}
