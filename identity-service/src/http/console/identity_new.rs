//! A new identity, by a form that follows from the schema.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{self, ServiceConfig},
};
use serde_json::{Value, json};

use super::{
    act::Act,
    identity_edit::{errors, filled},
    operator::Operator,
};
use crate::{
    app::Cx,
    http::{error::ApiError, extract::query::Query, routes::at},
    identity::{
        create::{self, CreateError},
        import::{self, CreateBody},
        schema::Schema,
    },
    ui::console::{Choice, Control, Field, Form, FormPage, Narrowing, Section, Set, traits},
};

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/identities/new").route(web::get().to(show)).route(web::post().to(make)));
}

/// What stands in the form, and what is wrong with it.
#[derive(Default)]
struct Draft {
    filled: traits::Filled,
    errors: Vec<(String, String)>,
    inactive: bool,
}

fn schema(cx: &Cx, id: &str) -> Result<std::sync::Arc<Schema>, ApiError> {
    let id = if id.is_empty() { cx.schemas.default_id() } else { id };
    cx.schemas.get(id).ok_or_else(|| ApiError::not_found("There is no identity schema of that name."))
}

async fn show(operator: Operator, query: Query) -> Result<HttpResponse, ApiError> {
    let schema = schema(&operator.cx, query.get("schema").unwrap_or_default())?;
    Ok(operator.page(&page(&operator, &schema, &Draft::default())))
}

fn page(operator: &Operator, schema: &Schema, draft: &Draft) -> FormPage {
    let known = traits::of(schema.document());
    let mut sets = traits::sets(&known, &draft.filled, &draft.errors);
    let at = |name: &str| draft.errors.iter().filter(|(at, _)| at == name).map(|(_, text)| text.clone()).collect();
    let password = Field {
        hint: Some("May be left empty: a recovery code or link lets its owner in.".to_owned()),
        errors: at("password"),
        ..Field::new("password", "Password", Control::Line { kind: "password", value: String::new() })
    };
    let inactive = Field::new("inactive", "Inactive: may not sign in yet", Control::Check(draft.inactive));
    sets.push(Set { legend: Some("Account".to_owned()), fields: vec![password, inactive] });
    sets.push(Set {
        legend: None,
        fields: vec![Field::new("schema", "Schema", Control::Select(vec![Choice::new(schema.id(), true)]))],
    });
    let rest: Vec<_> = draft.errors.iter().filter(|(at, _)| at != "password").cloned().collect();
    let all = operator.cx.schemas.all();
    let choices = || all.iter().map(|one| Choice::new(one.id(), one.id() == schema.id())).collect();
    let form = Form {
        sets,
        errors: traits::elsewhere(&known, &rest),
        ..Form::new(operator.link("identities/new"), "Create identity", Vec::new()).or(operator.link("identities"))
    };
    let wrong = !draft.errors.is_empty();
    FormPage {
        frame: operator.frame(Section::Identities, "New identity").below("Identities", "identities").wrong(wrong),
        text: None,
        search: (all.len() > 1).then(|| Narrowing {
            action: operator.link("identities/new"),
            fields: vec![Field::new("schema", "Another schema", Control::Select(choices()))],
        }),
        form,
    }
}

async fn make(act: Act) -> Result<HttpResponse, ApiError> {
    let cx = &act.operator.cx;
    let schema = schema(cx, act.text("schema"))?;
    let known = traits::of(schema.document());
    let filled = filled(&act);
    let (values, mut wrong) = traits::read(&known, &filled, &json!({}));
    if wrong.is_empty() {
        match create(&act, &schema, values).await {
            Ok(path) => return Ok(act.operator.go(&path, "The identity was created.")),
            Err(Refused::Errors(errors)) => wrong = errors,
            Err(Refused::Other(error)) => return Err(error),
        }
    }
    let draft = Draft { filled, errors: wrong, inactive: act.is_checked("inactive") };
    Ok(act.operator.answer(StatusCode::BAD_REQUEST, &page(&act.operator, &schema, &draft)))
}

/// Why there is none.
enum Refused {
    /// What is wrong, each with its place.
    Errors(Vec<(String, String)>),
    Other(ApiError),
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        Self::Other(error)
    }
}

/// Makes an identity the way the admin API does; where it is shown.
async fn create(act: &Act, schema: &Schema, values: Value) -> Result<String, Refused> {
    let cx = &act.operator.cx;
    let mut body = json!({
        "schema_id": schema.id(),
        "traits": values,
        "state": if act.is_checked("inactive") { "inactive" } else { "active" },
    });
    if let (Some(password), Value::Object(map)) = (act.filled("password"), &mut body) {
        map.insert("credentials".to_owned(), json!({"password": {"config": {"password": password}}}));
    }
    let body = import::strict::<CreateBody>(body).map_err(ApiError::from)?;
    let new = match body.read(cx).await {
        Ok(new) => new,
        Err(import::ImportError::Invalid(text)) => return Err(Refused::Errors(vec![("password".to_owned(), text)])),
        Err(error) => return Err(ApiError::from(error).into()),
    };
    let prepared = match create::prepare(cx, new) {
        Ok(prepared) => prepared,
        Err(CreateError::Traits(issues)) => return Err(Refused::Errors(errors(&issues))),
        Err(error) => return Err(ApiError::from(error).into()),
    };
    let path = format!("identities/{}", prepared.identity.id);
    match create::write(cx, prepared).await {
        Ok(_) => Ok(path),
        Err(CreateError::Duplicate) => {
            let text = "Somebody else has this identifier or address already.";
            Err(Refused::Errors(vec![(String::new(), text.to_owned())]))
        }
        Err(error) => Err(ApiError::from(error).into()),
    }
}
