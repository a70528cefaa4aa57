//! The issuer as it is seen from here, and the pages browsers are sent to.

use serde_json::Value;
use shared_types::doctor::{Finding, Place, or_fine, place::is_loopback, probe};
use url::Url;

use super::Patient;

pub(super) async fn issuer(patient: &Patient) -> Vec<Finding> {
    const KEY: &str = "urls.self.issuer";
    if !patient.asks_others {
        return Vec::new();
    }
    let issuer = &patient.config.urls.issuer;
    let Ok(url) = Url::parse(&format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))) else {
        return Vec::new();
    };
    let reply = match probe::get(&patient.http, &url, &[]).await {
        Ok(reply) => reply,
        Err(why) => {
            let what = format!("{url} cannot be reached from here: {why}");
            let fix = "start the service; if it runs, see to the name and to the proxy in front of it";
            return vec![Finding::warning(KEY, what).because("clients may not reach it either", fix)];
        }
    };
    let document: Option<Value> = serde_json::from_slice(&reply.body).ok();
    let named = document.as_ref().and_then(|document| document.get("issuer")).and_then(Value::as_str);
    let found = match named {
        Some(named) if named == issuer => Finding::fine(format!("{issuer} is what its discovery document says")),
        Some(named) => {
            let what = format!("the discovery document at {url} names {named}, and the configuration {issuer}");
            let why = "clients compare the two, letter by letter, and refuse every token";
            Finding::wrong(KEY, what)
                .because(why, "write it the same, last slash included; restart the service that runs")
        }
        None => {
            let what = format!("{url} answers with status {} and no discovery document", reply.status);
            let why = "clients find neither endpoints nor keys";
            Finding::wrong(KEY, what).because(why, "see where the proxy leads, and that it keeps the path")
        }
    };
    vec![found]
}

pub(super) async fn check(patient: &Patient) -> Vec<Finding> {
    let urls = &patient.config.urls;
    let pages = [
        Place { key: "urls.login", url: &urls.login },
        Place { key: "urls.consent", url: &urls.consent },
        Place { key: "urls.logout", url: &urls.logout },
    ];
    let mut found: Vec<Finding> = pages.iter().filter_map(|page| judged(patient.home(), *page)).collect();
    if patient.asks_others && found.is_empty() {
        for page in pages {
            found.extend(asked(patient, page).await);
        }
        found.extend(whose(patient, pages[0]).await);
    }
    or_fine(found, "browsers are sent to pages of their own")
}

/// What can be seen of an address alone.
fn judged(home: Place<'_>, page: Place<'_>) -> Option<Finding> {
    if page.url.path().starts_with("/oauth2/fallbacks/") {
        let why = "a page that says so is shown: nobody can sign in";
        let fix = "set the page of identity-service, such as https://id.example.org/login";
        return Some(Finding::wrong(page.key, "is not set").because(why, fix));
    }
    if is_loopback(home.url) {
        return None;
    }
    if is_loopback(page.url) {
        let what = format!("leads to {}", page.origin());
        let why = "visitors are sent to their own machine, where nobody answers";
        return Some(Finding::wrong(page.key, what).because(why, "set the address browsers use"));
    }
    if page.url.scheme() == "http" && home.url.scheme() == "https" {
        let what = format!("is plain http ({})", page.origin());
        let why = "challenges and passwords travel in clear";
        return Some(Finding::wrong(page.key, what).because(why, "serve it over https"));
    }
    None
}

/// Whether the page is there.
async fn asked(patient: &Patient, page: Place<'_>) -> Option<Finding> {
    let why = "browsers end there when they sign in";
    match probe::get(&patient.http, page.url, &[]).await {
        Ok(reply) if reply.status == 404 => {
            let what = format!("{} is not there (status 404)", page.url);
            Some(Finding::wrong(page.key, what).because(why, "correct the path"))
        }
        Ok(reply) if reply.status >= 500 => {
            let what = format!("{} answers with status {}", page.url, reply.status);
            Some(Finding::warning(page.key, what).because(why, "see what that service logs"))
        }
        Ok(_) => None,
        Err(failure) => {
            let what = format!("{} cannot be reached from here: {failure}", page.url);
            Some(Finding::wrong(page.key, what).because(why, "start identity-service, or correct the address"))
        }
    }
}

/// Whether identity-service shows the pages: it serves a script at a place of its own.
async fn whose(patient: &Patient, page: Place<'_>) -> Option<Finding> {
    let mut mark = page.url.clone();
    mark.set_query(None);
    let home = page.url.path().rsplit_once('/').map_or("", |(home, _)| home).to_owned();
    mark.set_path(&format!("{home}/.well-known/ory/webauthn.js"));
    let reply = probe::get(&patient.http, &mark, &[]).await.ok()?;
    if reply.status == 200 {
        return Some(Finding::fine(format!("{} is shown by identity-service", page.url)));
    }
    let what = format!("{} is not shown by identity-service", page.url);
    let why = "right when the pages are your own; else another program answers there";
    Some(Finding::warning(page.key, what).because(why, "see what listens there"))
}
