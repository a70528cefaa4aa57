//! What the OAuth2 provider signs with: looked at, made, removed. Never a private member of a key.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web, web::ServiceConfig};
use serde_json::Value;

use super::{
    act::Act,
    operator::Operator,
    provider::{Asked, path, text},
};
use crate::{
    http::{error::ApiError, routes::at},
    peer::provider::{self, ProviderError},
    ui::console::{
        Action, Cell, Choice, ConfirmPage, Control, Fact, Field, Form, Row, Search, Section, Sheet, SheetsPage, Table,
    },
};

/// The sets the provider signs with.
const OWN: [(&str, &str, &str); 2] = [
    ("hydra.openid.id-token", "ID tokens", "Signs ID tokens, logout tokens and signed userinfo."),
    ("hydra.jwt.access-token", "Access tokens", "Signs access tokens, where they are JWTs."),
];
const ALGORITHMS: [&str; 10] =
    ["RS256", "ES256", "EdDSA", "PS256", "RS384", "RS512", "PS384", "PS512", "ES384", "ES512"];

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/keys").route(web::get().to(list)))
        .service(at("/keys/new").route(web::get().to(new)).route(web::post().to(create)))
        .service(at("/keys/delete").route(web::get().to(ask_delete)).route(web::post().to(delete)));
}

async fn list(operator: Operator, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let asked = Asked::of(&request);
    let mut sheets = Vec::new();
    for (set, title, about) in OWN {
        let keys = provider::keys(&operator.cx, set).await?;
        let about = format!(
            "{about} Of each algorithm the newest key signs; all of them are published, and what they signed stays good."
        );
        sheets.push(sheet(&operator, set, &keys, (title, &about)));
    }
    if let Some(set) = asked.filled("set").filter(|set| OWN.iter().all(|(own, ..)| own != set)) {
        let keys = provider::keys(&operator.cx, set).await?;
        sheets.push(sheet(&operator, set, &keys, (set, "A set of somebody else's.")));
    }
    let field = Field::line("set", "Another set", asked.text("set")).hint("By its name, in full.");
    Ok(operator.page(&SheetsPage {
        frame: operator.frame(Section::Keys, "Signing keys"),
        actions: vec![Action::new("Make a key", operator.link("keys/new"))],
        search: Some(Search { action: operator.link("keys"), fields: vec![field], button: "Show" }),
        sheets,
    }))
}

fn sheet(operator: &Operator, set: &str, keys: &[Value], (title, about): (&str, &str)) -> Sheet {
    let rows = keys.iter().map(|key| {
        let kid = text(key, "kid");
        let family = [text(key, "kty"), text(key, "crv")].join(" ");
        let delete = operator.link(&path("keys/delete", &[("set", set), ("kid", kid)]));
        Row::new(vec![
            Cell::code(kid),
            Cell::text(text(key, "alg")),
            Cell::text(text(key, "use")),
            Cell::text(family.trim()),
        ])
        .act("Delete", delete)
    });
    let table = Table {
        caption: format!("Keys of {set}, the newest first"),
        columns: vec!["Key ID", "Algorithm", "Use", "Kind"],
        rows: rows.collect(),
        empty: "The set has no key yet. One is made when it is first needed.".to_owned(),
    };
    Sheet { facts: vec![Fact::new("Set", Cell::code(set))], table: Some(table), ..Sheet::new(title).text(about) }
}

/// What stands in the form.
struct Wanted<'a> {
    set: &'a str,
    alg: &'a str,
    purpose: &'a str,
}

fn form(operator: &Operator, wanted: &Wanted<'_>) -> Form {
    let sets =
        OWN.iter().map(|(set, title, _)| Choice::new(*set, *set == wanted.set).called(format!("{title} ({set})")));
    let chosen = |known: &[&str], held: &str| known.iter().map(|it| Choice::new(*it, *it == held)).collect::<Vec<_>>();
    let other = if OWN.iter().any(|(set, ..)| *set == wanted.set) { "" } else { wanted.set };
    let uses = [("sig", "Signing"), ("enc", "Encryption")];
    let uses = uses.iter().map(|(value, label)| Choice::new(*value, *value == wanted.purpose).called(*label));
    let fields = vec![
        Field::new("set", "Set", Control::Select(sets.collect())),
        Field::line("other", "Or another set", other).hint("Its name; it is made where it does not exist."),
        Field::new("alg", "Algorithm", Control::Select(chosen(&ALGORITHMS, wanted.alg))),
        Field::new("use", "Use", Control::Select(uses.collect())),
    ];
    Form::new(operator.link("keys/new"), "Make the key", fields).or(operator.link("keys"))
}

fn page(operator: &Operator, form: Form) -> SheetsPage {
    let frame = operator.frame(Section::Keys, "Make a key").below("Signing keys", "keys");
    let text = "The new key signs from now on. The others stay published, so that what they signed stays good; delete them \
                when the last token they signed has ended.";
    let sheet = Sheet { form: Some(form), ..Sheet::default() }.text(text);
    SheetsPage { frame, actions: Vec::new(), search: None, sheets: vec![sheet] }
}

async fn new(operator: Operator) -> HttpResponse {
    let form = form(&operator, &Wanted { set: OWN[0].0, alg: "RS256", purpose: "sig" });
    operator.page(&page(&operator, form))
}

async fn create(act: Act) -> Result<HttpResponse, ApiError> {
    let operator = &act.operator;
    let set = act.filled("other").map_or_else(|| act.text("set"), str::trim);
    let wanted = Wanted { set, alg: act.text("alg"), purpose: act.text("use") };
    let made = if set.is_empty() {
        Err(ProviderError::Refused {
            status: 400,
            error: String::new(),
            description: "A set has to be named.".to_owned(),
        })
    } else {
        provider::create_key(&operator.cx, set, wanted.alg, wanted.purpose).await
    };
    match made {
        Ok(kid) => Ok(operator.go(&path("keys", &[("set", set)]), format!("The key {kid} was made."))),
        Err(ProviderError::Refused { status: 400 | 409, description, .. }) => {
            let mut form = form(operator, &wanted);
            form.errors.push(description);
            let mut page = page(operator, form);
            page.frame = page.frame.wrong(true);
            Ok(operator.answer(StatusCode::BAD_REQUEST, &page))
        }
        Err(error) => Err(error.into()),
    }
}

async fn ask_delete(operator: Operator, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let asked = Asked::of(&request);
    let (set, kid) = (asked.demanded("set")?, asked.demanded("kid")?);
    let keys = provider::keys(&operator.cx, set).await?;
    let key = keys.iter().find(|key| text(key, "kid") == kid);
    let key = key.ok_or_else(|| ApiError::not_found("The set has no such key."))?;
    let last = keys.iter().filter(|other| text(other, "alg") == text(key, "alg")).count() == 1;
    let more = if last && OWN.iter().any(|(own, ..)| *own == set) {
        " It is the only one of its algorithm: another is made when it is next needed."
    } else {
        ""
    };
    Ok(operator.page(&ConfirmPage {
        frame: operator.frame(Section::Keys, "Delete this key?").below("Signing keys", "keys"),
        text: format!(
            "It is no longer published: whatever it signed is refused everywhere from the moment its key set is read \
             again, tokens that have not ended among it. Who is signed in by such a token has to sign in anew.{more}"
        ),
        facts: vec![
            Fact::new("Set", Cell::code(set)),
            Fact::new("Key ID", Cell::code(kid)),
            Fact::new("Algorithm", Cell::text(text(key, "alg"))),
        ],
        action: operator.link(&path("keys/delete", &[("set", set), ("kid", kid)])),
        hidden: Vec::new(),
        button: "Delete the key".to_owned(),
        cancel: operator.link("keys"),
    }))
}

async fn delete(act: Act, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let asked = Asked::of(&request);
    let (set, kid) = (asked.demanded("set")?, asked.demanded("kid")?);
    provider::delete_key(&act.operator.cx, set, kid).await?;
    Ok(act.operator.go(&path("keys", &[("set", set)]), format!("The key {kid} was deleted.")))
}
