//! What the registered clients say of themselves.

use shared_types::{
    db,
    doctor::{Finding, Level, redirect},
};

use super::Patient;
use crate::{model::client::Client, store};

/// So many are read at once.
const PAGE: i64 = 500;
/// So many findings are told.
const TOLD: usize = 50;

pub(super) async fn check(patient: &Patient) -> Vec<Finding> {
    let mut found = Vec::new();
    let (mut after, mut count) = (None, 0_usize);
    loop {
        // What is wrong with the schema is told where that is looked at.
        let Some(page) = page(patient, after.take()).await else { return found };
        count += page.len();
        found.extend(page.iter().flat_map(judged));
        match page.last().filter(|_| page.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX)) {
            Some(last) => after = Some(last.id.text()),
            None => break,
        }
    }
    if found.is_empty() {
        return vec![Finding::fine(format!("the addresses of {count} clients are ones browsers may be sent to"))];
    }
    // The worst first.
    found.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    let more = found.len().saturating_sub(TOLD);
    found.truncate(TOLD);
    if more > 0 {
        let what = format!("{more} more findings about clients");
        found.push(Finding::warning("", what).because("only the first are told", "mend these, and look again"));
    }
    found
}

async fn page(patient: &Patient, after: Option<String>) -> Option<Vec<Client>> {
    let database = patient.db.as_ref().ok()?;
    let filter = store::clients::Filter { after, limit: PAGE, ..store::clients::Filter::default() };
    let read = database.read(move |conn| store::clients::list(conn, &filter)).await;
    read.map_err(|_: db::Error| ()).ok()
}

fn judged(client: &Client) -> Vec<Finding> {
    let id = client.id.text();
    let mut found = redirect::check(&id, "redirect_uris", &client.redirect_uris);
    found.extend(redirect::check(&id, "post_logout_redirect_uris", &client.post_logout_redirect_uris));
    let goes_there = client.grant_types.iter().any(|grant| matches!(grant.as_str(), "authorization_code" | "implicit"));
    if goes_there && client.redirect_uris.is_empty() {
        let why = "nobody can sign in at it: there is no address to send the answer to";
        let what = "none, and it wants people to sign in";
        let fix = "register its address, or take the grant away";
        found.push(Finding::warning(format!("client {id}, redirect_uris"), what).because(why, fix));
    }
    debug_assert!(found.iter().all(|finding| finding.level != Level::Fine));
    found
}
