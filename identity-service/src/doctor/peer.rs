//! oauth-service, and this service as others see it.

use shared_types::doctor::{
    Finding,
    probe::{self, Admin},
};
use url::Url;

use super::Patient;
use crate::config::below;

pub(super) async fn check(patient: &Patient) -> Vec<Finding> {
    let mut found = Vec::new();
    if !patient.asks_others {
        return found;
    }
    found.push(own(patient).await);
    let oauth2 = &patient.config.oauth2;
    let Some(url) = &oauth2.url else { return found };
    let list = with_path(url, "admin/clients?page_size=1");
    let reply = probe::get(&patient.http, &list, &oauth2.headers).await;
    let admin =
        Admin { whose: "oauth-service", key: "oauth2_provider.url", headers_key: "oauth2_provider.headers", url };
    found.push(admin.judge(&reply));
    found.extend(reply.ok().and_then(|reply| probe::date(&reply, patient.now(), "oauth-service's")));
    found
}

/// The public address, as it is seen from here.
async fn own(patient: &Patient) -> Finding {
    let base = &patient.config.serve.public.base_url;
    let key = "serve.public.base_url";
    match probe::get(&patient.http, &below(base, "health/alive"), &[]).await {
        Ok(reply) if reply.status == 200 && reply.body.starts_with(b"{\"status\"") => {
            Finding::fine(format!("{base} leads here"))
        }
        Ok(reply) => {
            let what =
                format!("{base} answers with status {} to /health/alive, not as this service does", reply.status);
            let why = "links, redirects and forms lead somewhere else";
            Finding::wrong(key, what).because(why, "see where the proxy leads, and that it keeps the path")
        }
        Err(why) => {
            let what = format!("{base} cannot be reached from here: {why}");
            let fix = "start the service; if it runs, see to the name and to the proxy in front of it";
            Finding::warning(key, what).because("browsers may not reach it either", fix)
        }
    }
}

fn with_path(base: &Url, path: &str) -> Url {
    let text = format!("{}/{path}", base.as_str().trim_end_matches('/'));
    Url::parse(&text).unwrap_or_else(|_| base.clone())
}
