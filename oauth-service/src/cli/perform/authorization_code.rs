//! `perform authorization-code`: serves a small relying party on loopback, sends the browser through the flow with PKCE
//! and shows the tokens.

use std::sync::Arc;

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clap::Args;
use sha2::{Digest as _, Sha256};
use shared_types::{
    entropy::{SystemEntropy, random_token},
    http::server::{ListenOptions, bind, stop_signal},
};
use url::Url;

use super::{
    super::{
        output,
        remote::{Remote, json},
        token::Credentials,
    },
    certificate,
};
use crate::http::relying_party::{self, Exchange, Outcome, Site};

/// Log in with a browser.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "one per flag of the command line")]
pub(crate) struct AuthorizationCode {
    /// The loopback port to serve on.
    #[arg(short, long, default_value_t = 4446)]
    port: u16,
    /// Scopes to ask for.
    #[arg(long, value_delimiter = ',', default_value = "offline,openid")]
    scope: Vec<String>,
    /// Audiences to ask for.
    #[arg(long, value_delimiter = ',')]
    audience: Vec<String>,
    /// login, consent, select_account or none.
    #[arg(long, value_delimiter = ',')]
    prompt: Vec<String>,
    /// Ask for a login at most this many seconds old; -1 does not ask.
    #[arg(long, default_value_t = -1, allow_negative_numbers = true)]
    max_age: i64,
    /// The redirect URI, when it is not http://127.0.0.1:PORT/callback (https with --https).
    #[arg(long)]
    redirect: Option<Url>,
    /// The authorization endpoint, when it is not below the endpoint.
    #[arg(long)]
    auth_url: Option<Url>,
    /// The token endpoint, when it is not below the endpoint.
    #[arg(long)]
    token_url: Option<Url>,
    /// The state to send; one is made up when absent.
    #[arg(long)]
    state: Option<String>,
    /// query or form_post.
    #[arg(long)]
    response_mode: Option<String>,
    /// Serve over https, with a certificate made for this run and signed by itself.
    #[arg(long)]
    https: bool,
    /// Do not try to open a browser.
    #[arg(long)]
    no_open: bool,
    /// Go on serving after the first login.
    #[arg(long)]
    no_shutdown: bool,
    /// Leave out the home page: it leads straight to the authorization endpoint.
    #[arg(long)]
    skip: bool,
    #[command(flatten)]
    credentials: Credentials,
    #[command(flatten)]
    remote: Remote,
}

impl AuthorizationCode {
    /// Where the application is served.
    fn home(&self) -> String {
        let scheme = if self.https { "https" } else { "http" };
        format!("{scheme}://127.0.0.1:{}/", self.port)
    }
}

/// Serves until a login has come through, or until it is stopped.
pub(crate) async fn run(args: AuthorizationCode) -> anyhow::Result<()> {
    let verifier = random_token(&SystemEntropy);
    let state = args.state.clone().unwrap_or_else(|| random_token(&SystemEntropy));
    let service = args.remote.public()?;
    let redirect = match &args.redirect {
        Some(url) => url.clone(),
        None => format!("{}callback", args.home()).parse()?,
    };
    let authorize = match &args.auth_url {
        Some(url) => url.clone(),
        None => service.url(&["oauth2", "auth"])?,
    };
    let authorize = authorization_url(&args, authorize, &redirect, &state, &verifier);
    let exchange: Exchange = {
        let (args, redirect) = (Arc::new(args_for_exchange(&args)?), redirect.clone());
        Arc::new(move |code: String| {
            let (args, redirect, verifier) = (Arc::clone(&args), redirect.clone(), verifier.clone());
            Box::pin(async move { args.redeem(&code, &redirect, &verifier).await.map_err(|e| format!("{e:#}")) })
        })
    };
    let listener = bind("callback", &ListenOptions { host: "127.0.0.1".to_owned(), port: args.port, tls: None })?;
    let home = args.home();
    let tls = args.https.then(certificate::acceptor).transpose().context("no certificate can be made")?;
    output::line(&format!("Open {home} in a browser to log in. Ctrl-C ends this."));
    let site = Site { authorize, callback: redirect.path().to_owned(), state, straight: args.skip, exchange };
    let mut serving = relying_party::serve(listener, site, tls)?;
    if !args.no_open {
        open_browser(&home);
    }
    loop {
        tokio::select! {
            outcome = serving.next() => match outcome {
                Some(Outcome::Tokens(answer)) => super::show(&args.remote.format, &answer)?,
                Some(Outcome::Refused(reason)) if args.no_shutdown => output::line(&reason),
                Some(Outcome::Refused(reason)) => { serving.stop().await; anyhow::bail!("{reason}") }
                None => break,
            },
            () = stop_signal() => break,
        }
        if !args.no_shutdown {
            break;
        }
    }
    serving.stop().await;
    Ok(())
}

fn authorization_url(args: &AuthorizationCode, mut url: Url, redirect: &Url, state: &str, verifier: &str) -> Url {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    let nonce = random_token(&SystemEntropy);
    let max_age = args.max_age.to_string();
    let lists = [args.scope.join(" "), args.audience.join(" "), args.prompt.join(" ")];
    let [scope, audience, prompt] = &lists;
    let always = [
        ("client_id", args.credentials.client_id.as_str()),
        ("response_type", "code"),
        ("redirect_uri", redirect.as_str()),
        ("state", state),
        ("nonce", &nonce),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    let mode = args.response_mode.as_deref().unwrap_or_default();
    let max_age = if args.max_age >= 0 { max_age.as_str() } else { "" };
    let if_given = [
        ("scope", scope.as_str()),
        ("audience", audience),
        ("prompt", prompt),
        ("response_mode", mode),
        ("max_age", max_age),
    ];
    url.query_pairs_mut()
        .extend_pairs(always)
        .extend_pairs(if_given.into_iter().filter(|(_, value)| !value.is_empty()));
    url
}

/// What redeeming a code needs.
struct Redeem {
    credentials: Credentials,
    remote: Remote,
    token_url: Url,
}

fn args_for_exchange(args: &AuthorizationCode) -> anyhow::Result<Redeem> {
    let token_url = match &args.token_url {
        Some(url) => url.clone(),
        None => args.remote.public()?.url(&["oauth2", "token"])?,
    };
    Ok(Redeem { credentials: args.credentials.clone(), remote: args.remote.clone(), token_url })
}

impl Redeem {
    async fn redeem(&self, code: &str, redirect: &Url, verifier: &str) -> anyhow::Result<serde_json::Value> {
        let mut service = self.remote.public()?;
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect.as_str()),
            ("code_verifier", verifier),
        ];
        match self.credentials.basic() {
            Some(basic) => service.authorize(basic),
            None => fields.push(("client_id", &self.credentials.client_id)),
        }
        let reply = service.form(self.token_url.clone(), &fields).await.context("the code was not redeemed")?;
        json(&reply)
    }
}

/// Best effort: the URL is printed anyway.
fn open_browser(url: &str) {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let _ = std::process::Command::new(opener)
        .arg(url)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn();
}
