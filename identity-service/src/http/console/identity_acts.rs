//! What is done to an identity in one step, each after a page that asks once more.

use actix_web::{
    HttpResponse,
    web::{self, Path, ServiceConfig},
};
use shared_types::{db::AnyConn, id::AddressId};

use super::{act::Act, identities::id, identity_edit::frame, operator::Operator};
use crate::{
    http::{error::ApiError, extract::query::Query, routes::at},
    identity::{
        delete,
        update::{self, Stored, Verification, Wanted},
    },
    model::{
        address::{AddressStatus, VerifiableAddress},
        credential::CredentialType,
        identity::IdentityState,
    },
    session::revoke,
    ui::{
        console::{Cell, ConfirmPage, Fact, Hidden, identity},
        page::Person,
    },
};

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/identities/{id}/state").route(web::get().to(ask_state)).route(web::post().to(set_state)))
        .service(at("/identities/{id}/delete").route(web::get().to(ask_delete)).route(web::post().to(remove)))
        .service(
            at("/identities/{id}/credentials/{kind}")
                .route(web::get().to(ask_credential))
                .route(web::post().to(remove_credential)),
        )
        .service(
            at("/identities/{id}/addresses/{address}").route(web::get().to(ask_address)).route(web::post().to(verify)),
        )
        .service(
            at("/identities/{id}/sessions/revoke")
                .route(web::get().to(ask_sessions))
                .route(web::post().to(end_sessions)),
        );
}

/// A page that asks about an identity.
fn confirm(operator: &Operator, stored: &Stored, title: &str, text: impl Into<String>) -> ConfirmPage {
    let base = format!("identities/{}", stored.identity.id);
    ConfirmPage {
        frame: frame(operator, stored, title),
        text: text.into(),
        facts: vec![
            Fact::new("Identity", Cell::text(Person::of(&stored.identity).name)),
            Fact::new("Id", Cell::code(stored.identity.id.text())),
        ],
        action: operator.link(&base),
        hidden: Vec::new(),
        button: title.trim_end_matches('?').to_owned(),
        cancel: operator.link(&base),
    }
}

async fn ask_state(operator: Operator, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let stored = update::read(&operator.cx, id(&path)?).await?;
    let (title, text, to) = match stored.identity.state {
        IdentityState::Active => (
            "Deactivate?",
            "Nobody can sign in with this identity any more. Its sessions end at once, and so do its consents and tokens at applications. It can be activated again.",
            IdentityState::Inactive,
        ),
        IdentityState::Inactive => ("Activate?", "This identity can sign in again.", IdentityState::Active),
    };
    let page = confirm(&operator, &stored, title, text);
    let action = format!("{}/state", page.action);
    let hidden = vec![Hidden { name: "state", value: to.to_string() }];
    Ok(operator.page(&ConfirmPage { action, hidden, ..page }))
}

async fn set_state(act: Act, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let id = id(&path)?;
    let state: IdentityState =
        act.text("state").parse().map_err(|_| ApiError::bad_request("state: must be active or inactive"))?;
    let cx = &act.operator.cx;
    let wanted = |stored: &Stored| Ok(Wanted { state, ..Wanted::unchanged_but(stored, Vec::new()) });
    let changed = update::change(cx, id, wanted).await?;
    update::note(cx, &changed.identity);
    let said = match state {
        IdentityState::Active => "The identity is active.",
        IdentityState::Inactive => "The identity is inactive; its sessions and tokens are ended.",
    };
    Ok(act.operator.go(&format!("identities/{id}"), said))
}

async fn ask_delete(operator: Operator, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let stored = update::read(&operator.cx, id(&path)?).await?;
    let text = "The identity goes with its credentials, addresses and sessions, and with its consents and tokens at applications. \
                This cannot be undone.";
    let page = confirm(&operator, &stored, "Delete?", text);
    let action = format!("{}/delete", page.action);
    Ok(operator.page(&ConfirmPage { action, ..page }))
}

async fn remove(act: Act, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let id = id(&path)?;
    if delete::delete(&act.operator.cx, id).await? {
        Ok(act.operator.go("identities", "The identity was deleted."))
    } else {
        Err(ApiError::not_found("There is no such identity."))
    }
}

fn kind(text: &str) -> Result<CredentialType, ApiError> {
    text.parse().map_err(|_| ApiError::not_found("There is no credential of that kind."))
}

async fn ask_credential(
    operator: Operator,
    path: Path<(String, String)>,
    query: Query,
) -> Result<HttpResponse, ApiError> {
    let stored = update::read(&operator.cx, id(&path.0)?).await?;
    let kind = kind(&path.1)?;
    let text = "It can no longer be used to sign in. Who has lost it needs another one.";
    let mut page = confirm(&operator, &stored, "Remove this credential?", text);
    page.facts.push(Fact::new("Credential", Cell::text(identity::name(kind))));
    if let Some(identifier) = query.filled("identifier") {
        page.facts.push(Fact::new("Account", Cell::code(identifier)));
        page.hidden.push(Hidden { name: "identifier", value: identifier.to_owned() });
    }
    let action = format!("{}/credentials/{kind}", page.action);
    Ok(operator.page(&ConfirmPage { action, button: "Remove".to_owned(), ..page }))
}

async fn remove_credential(act: Act, path: Path<(String, String)>) -> Result<HttpResponse, ApiError> {
    let id = id(&path.0)?;
    delete::credential(&act.operator.cx, id, kind(&path.1)?, act.filled("identifier")).await?;
    Ok(act.operator.go(&format!("identities/{id}"), "The credential was removed."))
}

fn address<'a>(stored: &'a Stored, text: &str) -> Result<&'a VerifiableAddress, ApiError> {
    let id = AddressId::parse(text).ok();
    let found = stored.identity.verifiable_addresses.iter().find(|known| Some(known.id) == id);
    found.ok_or_else(|| ApiError::not_found("The identity has no such address."))
}

async fn ask_address(operator: Operator, path: Path<(String, String)>) -> Result<HttpResponse, ApiError> {
    let stored = update::read(&operator.cx, id(&path.0)?).await?;
    let address = address(&stored, &path.1)?;
    let (title, text) = if address.verified {
        ("Mark as not verified?", "Its owner has to prove the address again where that is asked for.")
    } else {
        ("Mark as verified?", "The address counts as its owner's. Be sure that it is.")
    };
    let mut page = confirm(&operator, &stored, title, text);
    page.facts.push(Fact::new("Address", Cell::text(address.value.clone())));
    page.hidden.push(Hidden { name: "verified", value: (!address.verified).to_string() });
    let action = format!("{}/addresses/{}", page.action, address.id);
    Ok(operator.page(&ConfirmPage { action, ..page }))
}

async fn verify(act: Act, path: Path<(String, String)>) -> Result<HttpResponse, ApiError> {
    let (cx, id) = (&act.operator.cx, id(&path.0)?);
    let address_id = address(&update::read(cx, id).await?, &path.1)?.id;
    let verified = act.is_checked("verified");
    let status = if verified { AddressStatus::Completed } else { AddressStatus::Pending };
    let wanted = |stored: &Stored| {
        let verifications = vec![Verification { address_id, verified, verified_at: None, status }];
        Ok(Wanted { verifications, ..Wanted::unchanged_but(stored, Vec::new()) })
    };
    let changed = update::change(cx, id, wanted).await?;
    update::note(cx, &changed.identity);
    let said = if verified { "The address is marked as verified." } else { "The address is marked as not verified." };
    Ok(act.operator.go(&format!("identities/{id}"), said))
}

async fn ask_sessions(operator: Operator, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let stored = update::read(&operator.cx, id(&path)?).await?;
    let own = stored.identity.id == operator.identity.id;
    let text =
        if own { "You are signed out everywhere but here." } else { "It has to sign in again, on every device." };
    let page = confirm(&operator, &stored, "End all sessions?", text);
    let action = format!("{}/sessions/revoke", page.action);
    Ok(operator.page(&ConfirmPage { action, ..page }))
}

/// Ends the sessions of an identity; of one's own, all but the one this is done in.
async fn end_sessions(act: Act, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let (cx, id) = (&act.operator.cx, id(&path)?);
    let keep = (id == act.operator.identity.id).then_some(act.operator.session.id);
    update::read(cx, id).await?;
    let unit = {
        let cx = cx.clone();
        move |conn: &mut AnyConn| revoke::others(conn, &cx, id, keep)
    };
    let count = cx.db.write(unit).await?;
    let said = if count == 1 { "One session was ended.".to_owned() } else { format!("{count} sessions were ended.") };
    Ok(act.operator.go(&format!("identities/{id}"), said))
}
