//! A Hydra as a process on a database of its own, spoken to through its own API. Browsers reach it as through a proxy that ends TLS.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use reqwest::{Method, header};
use serde_json::{Value, json};
use shared_types::testing::TempDatabase;

use super::super::theirs::{COOKIE_SECRET, SECRET};
use crate::oauth2::auth::world::{
    CALLBACK, CONSENT_PAGE, ISSUER, LOGIN_PAGE, Reply, VERIFIER, merge, param, plain_http, read,
};

/// Names the program.
const PROGRAM: &str = "PORTICO_HYDRA";

/// The program, where there is one.
pub(super) fn program() -> Option<PathBuf> {
    std::env::var_os(PROGRAM).map(PathBuf::from)
}

/// A running Hydra; killed when dropped.
pub(super) struct Hydra {
    child: Child,
    public: String,
    admin: String,
    http: reqwest::Client,
}

impl Drop for Hydra {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn config(database: &TempDatabase, folder: &Path, ports: [u16; 2], more: Value) -> PathBuf {
    let own =
        |port: u16| json!({"host": "127.0.0.1", "port": port, "tls": {"allow_termination_from": ["127.0.0.1/32"]}});
    let dsn = database.dsn();
    let mut config = json!({
        "dsn": if dsn.starts_with("sqlite") { format!("{dsn}?_fk=true") } else { dsn },
        "secrets": {"system": [SECRET], "cookie": [COOKIE_SECRET]},
        "serve": {"public": own(ports[0]), "admin": own(ports[1]), "cookies": {"same_site_mode": "Lax"}},
        "urls": {"self": {"issuer": ISSUER}, "login": LOGIN_PAGE, "consent": CONSENT_PAGE},
        "oidc": {
            "dynamic_client_registration": {"enabled": true},
            "subject_identifiers": {"supported_types": ["public", "pairwise"], "pairwise": {"salt": "a salt of some length"}},
        },
        "oauth2": {"hashers": {"algorithm": "bcrypt", "bcrypt": {"cost": 4}}},
        "ttl": {"access_token": "24h", "id_token": "24h", "refresh_token": "720h"},
        "sqa": {"opt_out": true},
        "log": {"level": "warn"},
    });
    merge(&mut config, more);
    let file = folder.join("hydra.json");
    std::fs::write(&file, config.to_string()).unwrap();
    file
}

impl Hydra {
    /// Migrates the database and starts to serve.
    pub(super) async fn start(program: &Path, database: &TempDatabase, folder: &Path, more: Value) -> Self {
        let free = || std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let ports = [free(), free()];
        let file = config(database, folder, ports, more);
        let command = |args: &[&str]| {
            let mut command = Command::new(program);
            command.args(args).arg("-c").arg(&file).env_remove("DSN").stdin(Stdio::null());
            command
        };
        let migrated = command(&["migrate", "sql", "up", "-e", "--yes"]).output().unwrap();
        assert!(migrated.status.success(), "{migrated:?}");
        let log = std::fs::File::create(folder.join("hydra.log")).unwrap();
        let child = command(&["serve", "all"]).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        let [public, admin] = ports.map(|port| format!("http://127.0.0.1:{port}/"));
        let hydra = Self { child, public, admin, http: plain_http() };
        for _ in 0..600 {
            let ready = hydra.http.get(format!("{}health/ready", hydra.admin)).header("X-Forwarded-Proto", "https");
            if ready.send().await.is_ok_and(|reply| reply.status() == 200) {
                return hydra;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{}", std::fs::read_to_string(folder.join("hydra.log")).unwrap());
    }

    pub(super) async fn admin(&self, method: Method, path: &str, body: Option<&Value>) -> Reply {
        let request = self.http.request(method, format!("{}{path}", self.admin)).header("X-Forwarded-Proto", "https");
        read(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }

    /// Makes a client through the admin API.
    pub(super) async fn client(&self, body: &Value) -> Value {
        let reply = self.admin(Method::POST, "admin/clients", Some(body)).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.json()
    }

    pub(super) async fn token(&self, client: (&str, &str), form: &[(&str, &str)]) -> Value {
        let request = self.http.post(format!("{}oauth2/token", self.public)).header("X-Forwarded-Proto", "https");
        let (id, secret) = client;
        let mut form: Vec<(&str, &str)> = form.to_vec();
        let request = if secret.is_empty() {
            form.push(("client_id", id));
            request
        } else {
            request.basic_auth(id, Some(secret))
        };
        let reply = read(request.form(&form)).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()
    }

    /// Exchanges a code.
    pub(super) async fn redeem(&self, client: (&str, &str), code: &str) -> Value {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.token(client, &form).await
    }

    pub(super) fn visitor(&self) -> Visitor<'_> {
        Visitor { hydra: self, cookies: BTreeMap::new() }
    }
}

/// A browser at this Hydra.
pub(super) struct Visitor<'h> {
    hydra: &'h Hydra,
    pub(super) cookies: BTreeMap<String, String>,
}

impl Visitor<'_> {
    async fn get(&mut self, url: &str) -> Reply {
        let path = url.strip_prefix(ISSUER).unwrap_or_else(|| panic!("not this server's: {url}"));
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.hydra.http.get(format!("{}{path}", self.hydra.public));
        let reply = read(request.header("X-Forwarded-Proto", "https").header(header::COOKIE, pairs.join("; "))).await;
        for cookie in reply.headers.get_all(header::SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), rest.split(';').next().unwrap().to_owned());
        }
        reply
    }

    /// The whole way through login and consent; the code.
    pub(super) async fn authorize(&mut self, url: &str, login: &Value, consent: &Value) -> String {
        let mut reply = self.get(url).await;
        for (kind, answer) in [("login", login), ("consent", consent)] {
            let challenge = param(&reply.location(), &format!("{kind}_challenge"));
            let challenge = challenge.unwrap_or_else(|| panic!("{reply:?}"));
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair(&format!("{kind}_challenge"), &challenge)
                .finish();
            let path = format!("admin/oauth2/auth/requests/{kind}/accept?{query}");
            let accepted = self.hydra.admin(Method::PUT, &path, Some(answer)).await;
            assert_eq!(accepted.status, 200, "{accepted:?}");
            reply = self.get(accepted.json()["redirect_to"].as_str().unwrap()).await;
        }
        reply.sent("code").unwrap_or_else(|| panic!("{reply:?}"))
    }
}
