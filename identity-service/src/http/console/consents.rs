//! What people have agreed to at the OAuth2 provider, and taking it back.

use actix_web::{HttpRequest, HttpResponse, web, web::ServiceConfig};
use serde_json::Value;

use super::{
    act::Act,
    clients,
    operator::Operator,
    provider::{Asked, path, text, texts},
    whom,
};
use crate::{
    http::{error::ApiError, routes::at},
    model::identity::Identity,
    peer::provider,
    ui::{
        console::{Action, Cell, ConfirmPage, Fact, Field, ListingPage, Pager, Row, Search, Section, Table, Tone},
        page::Person,
    },
};

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/consents").route(web::get().to(list)))
        .service(at("/consents/revoke").route(web::get().to(ask_revoke)).route(web::post().to(revoke)));
}

async fn list(operator: Operator, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let asked = Asked::of(&request);
    let who = asked.text("identity").trim();
    let identity = whom::find(&operator.cx, who).await?;
    // What is no identity any more may have left consents behind.
    let subject = identity.as_ref().map_or_else(|| who.to_owned(), |identity| identity.id.text());
    let mut pager = Pager::default();
    let mut rows = Vec::new();
    if !subject.is_empty() {
        let query = [("subject", subject.as_str()), ("page_size", "50"), ("page_token", asked.text("page_token"))];
        let query: Vec<_> = query.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let found = provider::consents(&operator.cx, &query).await?;
        rows = found.items.iter().map(|consent| row(&operator, &subject, consent)).collect();
        let here =
            |token: &str| operator.link(&path("consents", &[("identity", subject.as_str()), ("page_token", token)]));
        pager = Pager { first: asked.filled("page_token").map(|_| here("")), next: found.next.as_deref().map(here) };
    }
    let field = Field::line("identity", "Identity", who).hint("An id, or what somebody signs in with.").required(true);
    let mut actions = Vec::new();
    if !rows.is_empty() {
        let all = operator.link(&path("consents/revoke", &[("identity", &subject)]));
        actions.push(Action::danger("Take back all", all));
    }
    let empty = if subject.is_empty() { "Whose consents are wanted?" } else { "There is no consent of this identity." };
    let title =
        identity.as_ref().map_or_else(|| "Consents".to_owned(), |it| format!("Consents of {}", Person::of(it).name));
    Ok(operator.page(&ListingPage {
        frame: operator.frame(Section::Consents, title),
        actions,
        search: Some(Search { action: operator.link("consents"), fields: vec![field], button: "Show" }),
        table: Table {
            caption: "Consents".to_owned(),
            columns: vec!["Client", "Scopes", "Audiences", "Given", "Remembered"],
            rows,
            empty: empty.to_owned(),
        },
        pager,
    }))
}

fn row(operator: &Operator, subject: &str, consent: &Value) -> Row {
    let nobody = Value::Null;
    let client = consent.pointer("/consent_request/client").unwrap_or(&nobody);
    let (id, name) = (text(client, "client_id"), text(client, "client_name"));
    let remembered = match consent.get("remember").and_then(Value::as_bool) {
        Some(true) => Cell::badge(Tone::Good, "Yes"),
        _ => Cell::badge(Tone::Plain, "No"),
    };
    let shown = if name.is_empty() { id } else { name };
    let revoke = path("consents/revoke", &[("identity", subject), ("client", id)]);
    Row::new(vec![
        Cell::link(shown, operator.link(&clients::place(id))),
        Cell::text(texts(consent, "grant_scope").join(" ")),
        Cell::text(texts(consent, "grant_access_token_audience").join(" ")),
        Cell::text(text(consent, "handled_at").get(..19).unwrap_or_default().replace('T', " ")),
        remembered,
    ])
    .act("Take back", operator.link(&revoke))
}

/// Who is meant, as words.
fn called(identity: Option<&Identity>, subject: &str) -> String {
    identity.map_or_else(|| subject.to_owned(), |identity| Person::of(identity).name)
}

async fn ask_revoke(operator: Operator, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let asked = Asked::of(&request);
    let (subject, client) = (asked.demanded("identity")?, asked.text("client"));
    let identity = whom::find(&operator.cx, subject).await?;
    let mut facts = vec![Fact::new("Identity", Cell::text(called(identity.as_ref(), subject)).and(subject))];
    if !client.is_empty() {
        facts.push(Fact::new("Client", Cell::code(client)));
    }
    let back = path("consents", &[("identity", subject)]);
    let (title, button) = match client {
        "" => ("Take back all consents?", "Take back all"),
        _ => ("Take back this consent?", "Take it back"),
    };
    Ok(operator.page(&ConfirmPage {
        frame: operator.frame(Section::Consents, title).below("Consents", &back),
        text: "The tokens that came of it stop working, refresh tokens included. The person is asked again at the next sign-in."
            .to_owned(),
        facts,
        action: operator.link(&path("consents/revoke", &[("identity", subject), ("client", client)])),
        hidden: Vec::new(),
        button: button.to_owned(),
        cancel: operator.link(&back),
    }))
}

async fn revoke(act: Act, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let asked = Asked::of(&request);
    let subject = asked.demanded("identity")?;
    provider::revoke_consents(&act.operator.cx, subject, asked.filled("client")).await?;
    let said = match asked.filled("client") {
        Some(client) => format!("The consent for {client} was taken back."),
        None => "All consents were taken back.".to_owned(),
    };
    Ok(act.operator.go(&path("consents", &[("identity", subject)]), said))
}
