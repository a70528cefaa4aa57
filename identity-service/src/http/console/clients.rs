//! The clients of the OAuth2 provider: found, looked at, deleted.

use actix_web::{HttpRequest, HttpResponse, web, web::ServiceConfig};
use serde_json::Value;

use super::{
    act::Act,
    operator::Operator,
    provider::{Asked, path, text, texts},
};
use crate::{
    http::{error::ApiError, routes::at},
    peer::provider,
    ui::console::{
        Action, Cell, ConfirmPage, Fact, Field, ListingPage, Pager, Row, Search, Section, Sheet, SheetsPage, Table,
        Tone,
    },
};

/// How many stand on a page.
const SIZE: &str = "50";

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/clients").route(web::get().to(list)))
        .service(at("/client").route(web::get().to(show)))
        .service(at("/client/delete").route(web::get().to(ask_delete)).route(web::post().to(delete)));
}

/// Where a client is looked at.
pub(super) fn place(id: &str) -> String {
    path("client", &[("id", id)])
}

async fn list(operator: Operator, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let asked = Asked::of(&request);
    let (name, owner) = (asked.text("client_name"), asked.text("owner"));
    let query =
        [("page_size", SIZE), ("client_name", name), ("owner", owner), ("page_token", asked.text("page_token"))];
    let query: Vec<_> = query.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let found = provider::clients(&operator.cx, &query).await?;
    let here = |token: &str| path("clients", &[("client_name", name), ("owner", owner), ("page_token", token)]);
    let first = asked.filled("page_token").map(|_| operator.link(&here("")));
    let next = found.next.as_deref().map(|token| operator.link(&here(token)));
    let rows = found.items.iter().map(|client| row(&operator, client)).collect();
    let searched = !name.is_empty() || !owner.is_empty();
    let table = Table {
        caption: "OAuth2 clients".to_owned(),
        columns: vec!["Client", "Client ID", "Grants", "Authentication", "Changed"],
        rows,
        empty: if searched { "No client has this name and owner." } else { "There is no client yet." }.to_owned(),
    };
    let search = Search {
        action: operator.link("clients"),
        fields: vec![
            Field::line("client_name", "Name", name).hint("In full."),
            Field::line("owner", "Owner", owner).hint("In full."),
        ],
        button: "Find",
    };
    Ok(operator.page(&ListingPage {
        frame: operator.frame(Section::Clients, "OAuth2 clients"),
        actions: vec![Action::new("Register a client", operator.link("clients/new"))],
        search: Some(search),
        table,
        pager: Pager { first, next },
    }))
}

fn row(operator: &Operator, client: &Value) -> Row {
    let (id, name) = (text(client, "client_id"), text(client, "client_name"));
    let shown = if name.is_empty() { "Without a name" } else { name };
    Row::new(vec![
        Cell::link(shown, operator.link(&place(id))).and(text(client, "owner")),
        Cell::code(id),
        Cell::text(grants(client)),
        Cell::text(text(client, "token_endpoint_auth_method")),
        Cell::text(text(client, "updated_at")),
    ])
}

/// The last part of long names says enough.
fn grants(client: &Value) -> String {
    let names = texts(client, "grant_types");
    names.iter().map(|name| name.rsplit(':').next().unwrap_or(name)).collect::<Vec<_>>().join(", ")
}

async fn show(operator: Operator, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let asked = Asked::of(&request);
    let id = asked.demanded("id")?;
    let client = provider::client(&operator.cx, id).await?;
    let to = |verb: &str| operator.link(&path(verb, &[("id", id)]));
    let mut actions = vec![Action::new("Change", to("client/edit"))];
    if text(&client, "token_endpoint_auth_method") != "none" {
        actions.push(Action::new("New secret", to("client/rotate")));
        actions.push(Action::new("End old secrets", to("client/secrets")));
    }
    actions.push(Action::new("Preview tokens", operator.link(&path("token-preview", &[("client_id", id)]))));
    actions.push(Action::danger("Delete", to("client/delete")));
    let name = text(&client, "client_name");
    let title = if name.is_empty() { id } else { name };
    let whole = Sheet {
        code: Some(serde_json::to_string_pretty(&client).unwrap_or_default()),
        ..Sheet::new("As the API has it")
            .text("Everything that is registered. Secrets are kept as hashes and cannot be shown.")
    };
    Ok(operator.page(&SheetsPage {
        frame: operator.frame(Section::Clients, title).below("OAuth2 clients", "clients"),
        actions,
        search: None,
        sheets: vec![Sheet { facts: facts(&client), ..Sheet::default() }, whole],
    }))
}

fn facts(client: &Value) -> Vec<Fact> {
    let line = |label: &str, name: &str| {
        Some(text(client, name)).filter(|value| !value.is_empty()).map(|value| Fact::new(label, Cell::text(value)))
    };
    let many = |label: &str, name: &str| {
        let values = texts(client, name);
        (!values.is_empty()).then(|| Fact::new(label, Cell::text(values.join(", "))))
    };
    let ours = client.get("skip_consent").and_then(Value::as_bool).unwrap_or_default();
    [
        Some(Fact::new("Client ID", Cell::code(text(client, "client_id")))),
        line("Owner", "owner"),
        Some(Fact::new("Authentication", Cell::text(text(client, "token_endpoint_auth_method")))),
        Some(Fact::new("Grants", Cell::text(grants(client)))),
        many("Response types", "response_types"),
        many("Redirect URIs", "redirect_uris"),
        line("Scopes", "scope"),
        many("Audiences", "audience"),
        Some(Fact::new(
            "Consent",
            if ours { Cell::badge(Tone::Warn, "Not asked for") } else { Cell::text("Asked for") },
        )),
        line("Registered", "created_at"),
        line("Changed", "updated_at"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

async fn ask_delete(operator: Operator, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let asked = Asked::of(&request);
    let id = asked.demanded("id")?;
    let client = provider::client(&operator.cx, id).await?;
    Ok(operator.page(&ConfirmPage {
        frame: operator.frame(Section::Clients, "Delete this client?").below("Client", &place(id)),
        text: "Its tokens stop working at once, what people consented to for it is gone, and whoever uses it can sign in no \
               more. It cannot be brought back."
            .to_owned(),
        facts: facts(&client),
        action: operator.link(&path("client/delete", &[("id", id)])),
        hidden: Vec::new(),
        button: "Delete the client".to_owned(),
        cancel: operator.link(&place(id)),
    }))
}

async fn delete(act: Act, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let asked = Asked::of(&request);
    let id = asked.demanded("id")?;
    provider::delete_client(&act.operator.cx, id).await?;
    Ok(act.operator.go("clients", format!("The client {id} was deleted.")))
}
