//! identity-service: its admin API and the token hook.

use shared_types::{
    doctor::{
        Finding,
        probe::{self, Admin},
    },
    http::client::{HttpReply, HttpRequest},
};
use url::Url;

use super::Patient;
use crate::config::{Hook, HookPlace};

pub(super) async fn check(patient: &Patient) -> Vec<Finding> {
    let mut found = Vec::new();
    if !patient.asks_others {
        return found;
    }
    if let Some(provider) = &patient.config.identity_provider {
        let list = provider.url.join("admin/identities?page_size=1").unwrap_or_else(|_| provider.url.clone());
        let reply = probe::get(&patient.http, &list, &provider.headers).await;
        let admin = Admin {
            whose: "identity-service",
            key: "urls.identity_provider.url",
            headers_key: "urls.identity_provider.headers",
            url: &provider.url,
        };
        found.push(admin.judge(&reply));
        found.extend(reply.ok().and_then(|reply| probe::date(&reply, patient.now(), "identity-service's")));
    }
    let hooks = &patient.config.oauth2;
    for (key, hook) in
        [("oauth2.token_hook", &hooks.token_hook), ("oauth2.refresh_token_hook", &hooks.refresh_token_hook)]
    {
        if let Some(hook) = hook {
            found.push(judged(key, &hook.url, asked(patient, hook).await));
        }
    }
    found
}

/// Asks with an empty object: enough to see whether the key is taken, too little to have claims of anybody.
async fn asked(patient: &Patient, hook: &Hook) -> Result<HttpReply, String> {
    let request = HttpRequest::new("POST", hook.url.clone()).json(&serde_json::json!({}));
    let request = match &hook.auth {
        None => request,
        Some(auth) => match auth.place {
            HookPlace::Header => request.header(&auth.name, auth.value.expose()),
            HookPlace::Cookie => request.header("cookie", format!("{}={}", auth.name, auth.value.expose())),
        },
    };
    probe::send(&patient.http, request).await
}

fn judged(key: &str, url: &Url, reply: Result<HttpReply, String>) -> Finding {
    let why = "no token is issued while the hook cannot be asked";
    match reply {
        Err(failure) => {
            let what = format!("{url} cannot be asked: {failure}");
            Finding::wrong(format!("{key}.url"), what).because(why, "start identity-service, or correct the address")
        }
        Ok(reply) => match reply.status {
            401 => {
                let what = "the hook refuses the configured key (status 401)";
                let fix = "set an Authorization header whose value is \"Bearer KEY\", KEY being one of serve.admin.api_keys of identity-service";
                Finding::wrong(format!("{key}.auth"), what).because(why, fix)
            }
            404 | 405 => {
                let what = format!("there is no hook at {url} (status {})", reply.status);
                let fix = "with identity-service it is /admin/oauth2/token-hook of the admin address";
                Finding::wrong(format!("{key}.url"), what).because(why, fix)
            }
            status if status >= 500 => {
                let what = format!("the hook answers with status {status}");
                Finding::wrong(key, what).because(why, "see what that service logs")
            }
            _ => Finding::fine(format!("{url} answers, and takes the configured key")),
        },
    }
}
