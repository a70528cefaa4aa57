//! Which tokens a client would get for somebody, and claim by claim which rule puts it there: the OAuth2 provider's rules
//! as it tells them, and for what a consent gives, the rule of the claims mapping.

use actix_web::{HttpRequest, HttpResponse, web, web::ServiceConfig};
use serde_json::{Value, json};

use super::{
    operator::Operator,
    provider::{Asked, text},
    whom,
};
use crate::{
    config::ClaimRule,
    http::{error::ApiError, routes::at},
    identity::claims::{self, Outcome, Yield},
    model::identity::Identity,
    peer::provider::{self, ProviderError},
    ui::{
        console::{Cell, Choice, Control, Fact, Field, Row, Search, Section, Sheet, SheetsPage, Table, Tone},
        page::Person,
    },
};

const GRANTS: [(&str, &str); 4] = [
    ("authorization_code", "A sign-in (authorization code)"),
    ("refresh_token", "A refresh"),
    ("urn:ietf:params:oauth:grant-type:device_code", "A device"),
    ("client_credentials", "The client for itself"),
];

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/token-preview").route(web::get().to(get)));
}

/// Whose tokens, for whom, and for what.
struct Wanted<'a> {
    client: &'a str,
    identity: &'a str,
    scope: &'a str,
    audience: &'a str,
    grant: &'a str,
}

async fn get(operator: Operator, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let asked = Asked::of(&request);
    let wanted = Wanted {
        client: asked.text("client_id").trim(),
        identity: asked.text("identity").trim(),
        scope: asked.filled("scope").unwrap_or("openid profile email"),
        audience: asked.text("audience").trim(),
        grant: asked.filled("grant_type").unwrap_or("authorization_code"),
    };
    let own = wanted.grant == "client_credentials";
    let identity = if own { None } else { whom::find(&operator.cx, wanted.identity).await? };
    let mut search = search(&operator, &wanted);
    let mut sheets = Vec::new();
    if wanted.client.is_empty() || (wanted.identity.is_empty() && !own) {
        let text = "Choose an identity, a client and scopes: the tokens it would get are shown claim by claim, each with the \
                    rule that puts it there. Nothing is issued.";
        sheets.push(Sheet::default().text(text));
    } else if identity.is_none() && !own {
        fault(&mut search, "identity", "There is no such identity.");
    } else {
        match provider::preview_tokens(&operator.cx, &body(&operator, identity.as_ref(), &wanted)).await {
            Ok(told) => sheets = shown(&operator, identity.as_ref(), &wanted, &told),
            Err(ProviderError::Missing) => fault(&mut search, "client_id", "The OAuth2 provider knows no such client."),
            Err(error) => return Err(error.into()),
        }
    }
    let frame = operator.frame(Section::Tokens, "Token preview");
    Ok(operator.page(&SheetsPage { frame, actions: Vec::new(), search: Some(search), sheets }))
}

fn search(operator: &Operator, wanted: &Wanted<'_>) -> Search {
    let grants = GRANTS.iter().map(|(value, label)| Choice::new(*value, *value == wanted.grant).called(*label));
    let fields = vec![
        Field::line("identity", "Identity", wanted.identity).hint("An id, or what somebody signs in with."),
        Field::line("client_id", "Client ID", wanted.client).required(true),
        Field::line("scope", "Scopes", wanted.scope).hint("Separated by blanks."),
        Field::line("audience", "Audiences", wanted.audience).hint("Separated by blanks."),
        Field::new("grant_type", "Got by", Control::Select(grants.collect())),
    ];
    Search { action: operator.link("token-preview"), fields, button: "Preview" }
}

fn fault(search: &mut Search, name: &str, error: &str) {
    search.fields.iter_mut().filter(|field| field.name == name).for_each(|field| field.errors.push(error.to_owned()));
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// The question, with the claims that a consent would give.
fn body(operator: &Operator, identity: Option<&Identity>, wanted: &Wanted<'_>) -> Value {
    let rules = &operator.cx.config.oauth2.claims;
    let given = identity.map(|identity| claims::for_scopes(identity, rules, &words(wanted.scope))).unwrap_or_default();
    json!({
        "client_id": wanted.client,
        "subject": identity.map(|identity| identity.id.text()).unwrap_or_default(),
        "scope": words(wanted.scope).join(" "),
        "audience": words(wanted.audience),
        "grant_type": wanted.grant,
        "session": {"id_token": given.id_token, "access_token": given.access_token},
        "login": {"acr": "", "amr": [], "authenticated_at": operator.cx.now},
    })
}

fn shown(operator: &Operator, identity: Option<&Identity>, wanted: &Wanted<'_>, told: &Value) -> Vec<Sheet> {
    let scopes = words(wanted.scope);
    let rules = &operator.cx.config.oauth2.claims;
    let mapping = identity.map(|identity| claims::account(identity, rules, &scopes)).unwrap_or_default();
    let mut sheets = vec![verdict(identity, told)];
    for (name, title) in [("access_token", "Access token"), ("id_token", "ID token")] {
        match told.get(name) {
            Some(token) if token.is_object() => sheets.extend(token_sheets(token, (name, title), &mapping)),
            _ => sheets
                .push(Sheet::new(title).text("There is none: it needs a person who signs in, and the scope openid.")),
        }
    }
    if identity.is_some() {
        sheets.push(mapped(&mapping));
    }
    sheets
}

/// Whether tokens would be issued at all.
fn verdict(identity: Option<&Identity>, told: &Value) -> Sheet {
    let mut problems: Vec<(String, String)> = Vec::new();
    if identity.is_some_and(|identity| !identity.is_active()) {
        problems.push((
            "identity".to_owned(),
            "The identity is disabled: it cannot sign in, and no token is refreshed for it.".to_owned(),
        ));
    }
    for problem in told.get("problems").and_then(Value::as_array).into_iter().flatten() {
        problems.push((text(problem, "error").to_owned(), text(problem, "error_description").to_owned()));
    }
    let mut facts = Vec::new();
    if let Some(identity) = identity {
        facts.push(Fact::new("For", Cell::text(Person::of(identity).name).and(identity.id.text())));
    }
    let good = problems.is_empty();
    let said = if good { Cell::badge(Tone::Good, "Issued") } else { Cell::badge(Tone::Bad, "Not issued") };
    facts.push(Fact::new("These tokens are", said));
    facts.extend(problems.into_iter().map(|(error, why)| Fact::new("Because", Cell::text(why).and(error))));
    let expires = told.get("expires_in").and_then(Value::as_i64).unwrap_or_default();
    facts.push(Fact::new("Scopes", Cell::text(text(told, "scope"))));
    facts.push(Fact::new("Type", Cell::text(text(told, "token_type")).and(format!("for {expires} seconds"))));
    let refresh = told.get("refresh_token").filter(|token| token.is_object());
    let refresh = refresh.map_or_else(
        || Cell::text("None").and("It needs the scope offline_access and a client registered for refreshing."),
        |token| Cell::text("Yes").and(format!("lives as {} says", text(token, "rule"))),
    );
    facts.push(Fact::new("Refresh token", refresh));
    Sheet { facts, ..Sheet::default() }
}

/// A token as it would read, and where each claim comes from.
fn token_sheets(token: &Value, (name, title): (&str, &str), mapping: &[Yield<'_>]) -> Vec<Sheet> {
    let lines = |what: &str| token.get(what).and_then(Value::as_array).cloned().unwrap_or_default();
    let about = match text(token, "format") {
        "opaque" => "The client gets a random text. What an API learns of it by introspection is this.",
        "encrypted jwt" => "Encrypted for the client; within it stands this.",
        _ => "A signed JWT of this header and these claims.",
    };
    let mut read = token.get("claims").cloned().unwrap_or_default();
    if let Some(header) = token.get("header").filter(|header| header.is_object()) {
        read = json!({"header": header, "claims": read});
    }
    let rows = lines("rules").iter().map(|line| row(line, name, mapping)).collect();
    let mut sheets = vec![Sheet {
        code: Some(serde_json::to_string_pretty(&read).unwrap_or_default()),
        table: Some(Table {
            caption: format!("{title}: each claim, its value and the rule that puts it there"),
            columns: vec!["Claim", "Value", "Rule", "Comes from"],
            rows,
            empty: String::new(),
        }),
        ..Sheet::new(title).text(about)
    }];
    let out = lines("left_out");
    if !out.is_empty() {
        sheets.push(Sheet {
            table: Some(Table {
                caption: format!("{title}: what was given and is left out"),
                columns: vec!["Claim", "Value", "Rule", "Comes from"],
                rows: out.iter().map(|line| row(line, name, mapping)).collect(),
                empty: String::new(),
            }),
            ..Sheet::new(format!("Left out of the {title}"))
        });
    }
    sheets
}

fn row(line: &Value, token: &str, mapping: &[Yield<'_>]) -> Row {
    let claim = text(line, "claim");
    let value = match line.get("value") {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    let source = text(line, "source");
    // Of two rules that name the same claim the later one wins.
    let mapped = mapping.iter().rev().find(|rule| {
        let goes = if token == "id_token" { rule.rule.id_token } else { rule.rule.access_token };
        goes && rule.outcome.value().is_some() && rule.claim == claim.strip_prefix("ext.").unwrap_or(claim)
    });
    let comes = match mapped.filter(|_| !source.is_empty()) {
        Some(rule) => {
            Cell::code(place(rule)).and(format!("{} by the scope {}; {source}", rule.pointer, rule.rule.scope))
        }
        None => Cell::text(source),
    };
    Row::new(vec![
        Cell::code(claim),
        Cell::code(value),
        Cell::code(text(line, "rule")).and(text(line, "because")),
        comes,
    ])
}

/// Where a rule stands in the configuration.
fn place(rule: &Yield<'_>) -> String {
    format!("oauth2_provider.claims[{}]", rule.index)
}

/// Every rule of the claims mapping, and what it yields here.
fn mapped(mapping: &[Yield<'_>]) -> Sheet {
    let rows = mapping.iter().map(|line| {
        let outcome = match &line.outcome {
            Outcome::Value(value) => Cell::code(value.to_string()),
            Outcome::NotGranted => Cell::badge(Tone::Plain, "Scope not granted"),
            Outcome::Nothing => Cell::badge(Tone::Warn, "The identity has nothing there"),
        };
        Row::new(vec![
            Cell::code(place(line)).and(tokens(line.rule)),
            Cell::text(line.rule.scope.as_str()),
            Cell::code(line.claim),
            Cell::code(line.pointer),
            outcome,
        ])
    });
    let table = Table {
        caption: "The claims mapping, rule by rule".to_owned(),
        columns: vec!["Rule", "Scope", "Claim", "Looks at", "Yields"],
        rows: rows.collect(),
        empty: "The configuration maps no claims.".to_owned(),
    };
    let text = "What a consent gives, by oauth2_provider.claims.";
    Sheet { table: Some(table), ..Sheet::new("Claims mapping").text(text) }
}

fn tokens(rule: &ClaimRule) -> &'static str {
    match (rule.id_token, rule.access_token) {
        (true, true) => "both tokens",
        (true, false) => "ID token",
        (false, true) => "access token",
        (false, false) => "no token",
    }
}
