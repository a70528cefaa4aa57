//! Clients of the OAuth2 provider: registered, changed, and given secrets, which are shown once.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web, web::ServiceConfig};
use serde_json::{Value, json};

use super::{
    act::Act,
    client_form::{self, form, members},
    clients::place,
    operator::Operator,
    provider::{Asked, path, text},
};
use crate::{
    http::{error::ApiError, routes::at},
    peer::provider,
    ui::console::{Cell, ConfirmPage, Fact, Form, Frame, Secret, SecretPage, Section, Sheet, SheetsPage},
};

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/clients/new").route(web::get().to(new)).route(web::post().to(create)))
        .service(at("/client/edit").route(web::get().to(edit)).route(web::post().to(save)))
        .service(at("/client/rotate").route(web::get().to(ask_rotate)).route(web::post().to(rotate)))
        .service(at("/client/secrets").route(web::get().to(ask_drop)).route(web::post().to(drop_old)));
}

fn page(frame: Frame, form: Form) -> SheetsPage {
    let frame = frame.wrong(!form.problems().is_empty());
    SheetsPage {
        frame,
        actions: Vec::new(),
        search: None,
        sheets: vec![Sheet { form: Some(form), ..Sheet::default() }],
    }
}

fn new_form(operator: &Operator, client: &Value) -> Form {
    form(operator.link("clients/new"), "Register", client, true).or(operator.link("clients"))
}

fn new_frame(operator: &Operator) -> Frame {
    operator.frame(Section::Clients, "Register a client").below("OAuth2 clients", "clients")
}

async fn new(operator: Operator) -> HttpResponse {
    let form = new_form(&operator, &client_form::fresh());
    operator.page(&page(new_frame(&operator), form))
}

async fn create(act: Act) -> Result<HttpResponse, ApiError> {
    let operator = &act.operator;
    let mut client = members(&act);
    if let Some(id) = act.filled("client_id") {
        client.insert("client_id".to_owned(), json!(id.trim()));
    }
    let client = Value::Object(client);
    match provider::create_client(&operator.cx, &client).await {
        Ok(made) => {
            let id = text(&made, "client_id");
            match text(&made, "client_secret") {
                "" => Ok(operator.go(&place(id), "The client was registered. It has no secret.")),
                secret => Ok(shown(operator, id, secret, "The client was registered")),
            }
        }
        Err(error) => {
            let form = client_form::refused(new_form(operator, &client), error)?;
            Ok(operator.answer(StatusCode::BAD_REQUEST, &page(new_frame(operator), form)))
        }
    }
}

/// A secret, this once.
fn shown(operator: &Operator, id: &str, secret: &str, title: &str) -> HttpResponse {
    operator.page(&SecretPage {
        frame: operator.frame(Section::Clients, title).below("Client", &place(id)),
        text: "Copy the secret now: it is kept as a hash and cannot be shown again.".to_owned(),
        secrets: vec![Secret { label: "Client secret".to_owned(), value: secret.to_owned() }],
        facts: vec![Fact::new("Client ID", Cell::code(id))],
        back: operator.link(&place(id)),
    })
}

fn edit_form(operator: &Operator, id: &str, client: &Value) -> Form {
    let action = operator.link(&path("client/edit", &[("id", id)]));
    form(action, "Save", client, false).or(operator.link(&place(id)))
}

fn edit_frame(operator: &Operator, id: &str) -> Frame {
    operator.frame(Section::Clients, "Change the client").below("Client", &place(id))
}

async fn edit(operator: Operator, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let asked = Asked::of(&request);
    let id = asked.demanded("id")?;
    let client = provider::client(&operator.cx, id).await?;
    let form = edit_form(&operator, id, &client);
    Ok(operator.page(&page(edit_frame(&operator, id), form)))
}

/// What the form does not have stays as it is.
async fn save(act: Act, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let (operator, asked) = (&act.operator, Asked::of(&request));
    let id = asked.demanded("id")?;
    let members = members(&act);
    let operations: Vec<Value> =
        members.iter().map(|(name, value)| json!({"op": "add", "path": format!("/{name}"), "value": value})).collect();
    match provider::patch_client(&operator.cx, id, &Value::Array(operations)).await {
        Ok(_) => Ok(operator.go(&place(id), "The client was changed.")),
        Err(error) => {
            let form = client_form::refused(edit_form(operator, id, &Value::Object(members)), error)?;
            Ok(operator.answer(StatusCode::BAD_REQUEST, &page(edit_frame(operator, id), form)))
        }
    }
}

async fn ask_rotate(operator: Operator, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let asked = Asked::of(&request);
    let text = "The client gets a new secret, which is shown once. Those it has stay good until they are ended, so that it \
                can change over without a break.";
    confirm(&operator, &asked, ("Make a new secret?", text), ("client/rotate", "Make a new secret"))
}

async fn rotate(act: Act, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let asked = Asked::of(&request);
    let id = asked.demanded("id")?;
    let rotated = provider::rotate_secret(&act.operator.cx, id).await?;
    Ok(shown(&act.operator, id, text(&rotated, "client_secret"), "A new secret"))
}

async fn ask_drop(operator: Operator, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let asked = Asked::of(&request);
    let text = "All secrets of the client but the newest one stop working at once. Whatever still uses an older one is shut \
                out.";
    confirm(&operator, &asked, ("End the old secrets?", text), ("client/secrets", "End the old secrets"))
}

async fn drop_old(act: Act, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let asked = Asked::of(&request);
    let id = asked.demanded("id")?;
    provider::drop_rotated_secrets(&act.operator.cx, id).await?;
    Ok(act.operator.go(&place(id), "The newest secret alone is good now."))
}

fn confirm(
    operator: &Operator,
    asked: &Asked,
    (title, words): (&str, &str),
    (verb, button): (&str, &str),
) -> Result<HttpResponse, ApiError> {
    let id = asked.demanded("id")?;
    Ok(operator.page(&ConfirmPage {
        frame: operator.frame(Section::Clients, title).below("Client", &place(id)),
        text: words.to_owned(),
        facts: vec![Fact::new("Client ID", Cell::code(id))],
        action: operator.link(&path(verb, &[("id", id)])),
        hidden: Vec::new(),
        button: button.to_owned(),
        cancel: operator.link(&place(id)),
    }))
}
