//! The command line against a running server: keys, device codes, the janitor.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Command, Output, Stdio},
};

use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;

use crate::oauth2::{
    auth::world::{World, consent, login},
    token::text,
};

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oauth-service"));
    command.args(args).env_remove("DSN").env_remove("ORY_SDK_URL");
    command
}

/// Runs a command to its end, while the server goes on answering.
async fn run(args: Vec<String>) -> Output {
    let run = move || command(&args.iter().map(String::as_str).collect::<Vec<_>>()).output().unwrap();
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// Runs a command against the admin API and returns what it prints.
async fn told(world: &World, args: &[&str]) -> String {
    let endpoint = world.operator(Method::GET, "/").build().unwrap().url().to_string();
    let args = args.iter().copied().chain(["--endpoint", &endpoint]).map(str::to_owned).collect();
    let output = run(args).await;
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

on_both! {
    async fn keys_are_made_shown_brought_and_deleted(dsn: String) {
        let world = World::start(&dsn).await;
        let table = told(&world, &["create", "jwk", "mine", "first", "--alg", "ES256"]).await;
        let mut lines = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        assert_eq!(lines.next().unwrap(), ["SET", "ID", "KEY", "ID", "ALGORITHM", "USE"]);
        assert_eq!(lines.next().unwrap(), ["mine", "first", "ES256", "sig"]);
        let made: Value = serde_json::from_str(&told(&world, &["create", "jwk", "mine", "--alg", "EdDSA", "--use", "enc", "--public", "--format", "json"]).await).unwrap();
        let key = &made["keys"][0];
        assert_eq!((&made["set"], &key["alg"], &key["use"], key.get("d")), (&json!("mine"), &json!("EdDSA"), &json!("enc"), None));
        let set: Value = serde_json::from_str(&told(&world, &["get", "jwks", "mine", "--format", "json"]).await).unwrap();
        assert_eq!(set["keys"].as_array().unwrap().len(), 2);

        let folder = tempfile::tempdir().unwrap();
        let (pem, jwks) = (folder.path().join("key.pem"), folder.path().join("keys.json"));
        let rsa = openssl::rsa::Rsa::generate(2048).unwrap();
        std::fs::write(&pem, rsa.private_key_to_pem().unwrap()).unwrap();
        std::fs::write(&jwks, set.to_string()).unwrap();
        let (pem, jwks) = (pem.display().to_string(), jwks.display().to_string());
        let ids = told(&world, &["import", "jwk", "elsewhere", &pem, &jwks, "--default-key-id", "brought", "--quiet"]).await;
        assert_eq!(ids.lines().count(), 3, "{ids}");
        let kept = world.admin(Method::GET, "/admin/keys/elsewhere/brought", None).await.json();
        assert_eq!((text(&kept["keys"][0], "alg"), kept["keys"][0]["d"].is_string()), ("RS256", true));
        assert_eq!(told(&world, &["delete", "jwks", "mine", "elsewhere"]).await, "mine\nelsewhere\n");
        assert_eq!(world.admin(Method::GET, "/admin/keys/mine", None).await.status, 404);
    }
}

on_both! {
    async fn a_device_is_connected_from_the_command_line(dsn: String) {
        let world = World::with(&dsn, json!({"oauth2": {"device_authorization": {"token_polling_interval": "1s"}}})).await;
        let grants = json!({"grant_types": ["urn:ietf:params:oauth:grant-type:device_code"]});
        world.client("tv", grants).await;
        let endpoint = world.public(Method::GET, "/").build().unwrap().url().to_string();
        let args = ["perform", "device-code", "--client-id", "tv", "--scope", "openid", "--format", "json", "-e", &endpoint];
        let mut child = command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = child.stderr.take().unwrap();
        let said = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            BufReader::new(stderr).read_line(&mut line).unwrap();
            line
        });
        let said = said.await.unwrap();
        let code = said.trim_end().trim_end_matches('.').rsplit(' ').next().unwrap().to_owned();
        let mut browser = world.browser();
        let challenge = browser.get("https://id.test/oauth2/device/verify").await.sent("device_challenge").unwrap();
        let next = world.accept("device", &challenge, json!({"user_code": code})).await;
        let asked = browser.get(&next).await.sent("login_challenge").unwrap();
        let next = world.accept("login", &asked, login("ann", false)).await;
        let asked = browser.get(&next).await.sent("consent_challenge").unwrap();
        let next = world.accept("consent", &asked, consent(false)).await;
        browser.get(&next).await;
        let output = tokio::task::spawn_blocking(move || {
            let mut text = String::new();
            child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
            (child.wait().unwrap(), text)
        });
        let (status, output) = output.await.unwrap();
        assert!(status.success(), "{output}");
        let tokens: Value = serde_json::from_str(&output).unwrap();
        assert_eq!(world.introspect(text(&tokens, "access_token")).await["sub"], "ann");
    }
}

/// A port that was free a moment ago.
fn port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// Gets a page, or sends it a form, once somebody serves it: where it leads, or what it says.
#[expect(clippy::disallowed_methods, reason = "a browser of the test's own")]
async fn page(url: &str, form: Option<&[(&str, &str)]>) -> String {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.tls_danger_accept_invalid_certs(true).build().unwrap();
    for _ in 0..600 {
        let request = form.map_or_else(|| client.get(url), |fields| client.post(url).form(fields));
        let Ok(reply) = request.send().await else {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            continue;
        };
        let next = reply.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        return match next {
            Some(next) => next,
            None => reply.text().await.unwrap(),
        };
    }
    panic!("nobody serves {url}");
}

on_both! {
    async fn the_command_line_serves_the_page_for_a_devices_code(dsn: String) {
        let port = port();
        let at = format!("http://127.0.0.1:{port}/device");
        let config = json!({
            "oauth2": {"device_authorization": {"token_polling_interval": "1s"}},
            "urls": {"device": {"verification": at, "success": format!("{at}/done")}},
        });
        let world = World::with(&dsn, config).await;
        let grants = json!({"grant_types": ["urn:ietf:params:oauth:grant-type:device_code"]});
        world.client("tv", grants).await;
        let endpoint = world.public(Method::GET, "/").build().unwrap().url().to_string();
        let admin = world.operator(Method::GET, "/").build().unwrap().url().to_string();
        let number = port.to_string();
        let args = ["perform", "device-code", "-p", &number, "--admin-endpoint", &admin, "--client-id", "tv", "--scope", "openid",
            "--format", "jsonpath=access_token", "-e", &endpoint];
        let mut child = command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = child.stderr.take().unwrap();
        let said = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            BufReader::new(stderr).read_line(&mut line).unwrap();
            line
        });
        let said = said.await.unwrap();
        let code = said.trim_end().trim_end_matches('.').rsplit(' ').next().unwrap().to_owned();
        let mut browser = world.browser();
        let challenge = browser.get("https://id.test/oauth2/device/verify").await.sent("device_challenge").unwrap();
        let shown = page(&format!("{at}?device_challenge={challenge}"), None).await;
        assert!(shown.contains("The code the device shows") && shown.contains(&challenge), "{shown}");
        let refused = page(&at, Some(&[("device_challenge", &challenge), ("user_code", "WRONG")])).await;
        assert!(refused.contains("role=\"alert\""), "{refused}");
        let next = page(&at, Some(&[("device_challenge", &challenge), ("user_code", &code)])).await;
        let asked = browser.get(&next).await.sent("login_challenge").unwrap();
        let next = world.accept("login", &asked, login("ann", false)).await;
        let asked = browser.get(&next).await.sent("consent_challenge").unwrap();
        let next = world.accept("consent", &asked, consent(false)).await;
        browser.get(&next).await;
        let output = tokio::task::spawn_blocking(move || {
            let mut text = String::new();
            child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
            (child.wait().unwrap(), text)
        });
        let (status, output) = output.await.unwrap();
        assert!(status.success(), "{output}");
        let token: String = serde_json::from_str(&output).unwrap();
        assert_eq!(world.introspect(&token).await["sub"], "ann");
    }
}

#[tokio::test]
async fn the_demo_client_is_served_over_https() {
    let number = port().to_string();
    let args = [
        "perform",
        "authorization-code",
        "-p",
        &number,
        "--https",
        "--no-open",
        "--client-id",
        "portal",
        "-e",
        "https://oauth.test",
    ];
    let mut child = command(&args).stdout(Stdio::null()).spawn().unwrap();
    let home = page(&format!("https://127.0.0.1:{number}/"), None).await;
    let callback = format!("redirect_uri=https%3A%2F%2F127.0.0.1%3A{number}%2Fcallback");
    assert!(home.replace("&#38;", "&").contains(&callback), "{home}");
    child.kill().unwrap();
    child.wait().unwrap();
}

on_both! {
    async fn the_janitor_removes_what_is_asked_for_and_no_more(dsn: String) {
        let world = World::start(&dsn).await;
        // The janitor has no clock but the machine's, and the tests' is behind it: all of this is over.
        let machine = json!({"grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_post", "client_secret": "a-secret-of-length"});
        world.client("machine", machine).await;
        let mut tokens = Vec::new();
        for _ in 0..5 {
            let form = [("grant_type", "client_credentials"), ("client_id", "machine"), ("client_secret", "a-secret-of-length")];
            tokens.push(text(&world.token(&form).await.json(), "access_token").to_owned());
        }
        let janitor = |more: &[&str]| {
            let args = ["janitor", &dsn].iter().chain(more).map(|arg| (*arg).to_owned()).collect();
            run(args)
        };
        let nothing = janitor(&[]).await;
        assert!(!nothing.status.success() && String::from_utf8_lossy(&nothing.stderr).contains("--tokens"), "{nothing:?}");
        let said = async |more: &[&str]| {
            let output = janitor(more).await;
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        let others = said(&["--requests", "--grants"]).await;
        assert!(others.contains("login_sessions") && others.contains("trusted_issuers") && !others.contains("access_tokens"), "{others}");
        let young = said(&["--tokens", "--keep-if-younger", "200000h"]).await;
        assert!(young.lines().any(|line| line.split_whitespace().eq(["access_tokens", "0"])), "{young}");
        let three = said(&["--tokens", "--limit", "3", "--batch-size", "2"]).await;
        assert!(three.lines().any(|line| line.split_whitespace().eq(["access_tokens", "3"])), "{three}");
        let rest = said(&["--tokens"]).await;
        assert!(rest.lines().any(|line| line.split_whitespace().eq(["access_tokens", "2"])), "{rest}");
        world.clock.advance(Duration::seconds(1));
        for token in &tokens {
            assert_eq!(world.introspect(token).await, json!({"active": false}));
        }
    }
}

on_both! {
    async fn tokens_are_foreseen_on_the_command_line(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let session = r#"{"access_token": {"role": "buyer"}}"#;
        let args =
            ["preview", "token", "--client-id", "shop", "--subject", "ann", "--scope", "openid", "--session", session];
        let table = told(&world, &args).await;
        let row = table.lines().find(|line| line.contains("ext.role")).unwrap();
        assert!(row.starts_with("access_token") && row.ends_with("session.access_token of the consent"), "{table}");
        let pointer = [&args[..], &["--format", "jsonpointer=/id_token/claims/sub"]].concat();
        assert_eq!(told(&world, &pointer).await, "ann\n");
    }
}
