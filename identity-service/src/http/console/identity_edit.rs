//! Changes to an identity: its traits by its schema, its metadata.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{self, Path, ServiceConfig},
};
use serde_json::Value;

use super::{act::Act, identities::id, operator::Operator};
use crate::{
    http::{error::ApiError, routes::at},
    identity::{
        import,
        schema::{Issue, Schema},
        update::{self, Stored, UpdateError, Wanted},
    },
    model::traits::Traits,
    ui::{
        console::{Control, Field, Form, FormPage, Frame, Section, Set, traits},
        page::Person,
    },
};

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/identities/{id}/edit").route(web::get().to(edit)).route(web::post().to(change)))
        .service(at("/identities/{id}/metadata").route(web::get().to(metadata)).route(web::post().to(describe)));
}

/// What stands in the fields of traits, as it was sent.
pub(super) fn filled(act: &Act) -> traits::Filled {
    let mut filled = traits::Filled::new();
    for (name, value) in act.pairs().filter(|(name, _)| name.starts_with("traits.")) {
        filled.entry(name.to_owned()).or_default().push(value.to_owned());
    }
    filled
}

/// What a schema has against traits, each with its place.
pub(super) fn errors(issues: &[Issue]) -> Vec<(String, String)> {
    issues.iter().map(|issue| (issue.at.clone().unwrap_or_default(), issue.message.text.clone())).collect()
}

/// The frame of a page about an identity.
pub(super) fn frame(operator: &Operator, stored: &Stored, title: &str) -> Frame {
    let identity = &stored.identity;
    let name = Person::of(identity).name;
    operator.frame(Section::Identities, title).below(name, &format!("identities/{}", identity.id))
}

fn schema(operator: &Operator, stored: &Stored) -> Result<std::sync::Arc<Schema>, ApiError> {
    let id = &stored.identity.schema_id;
    let schema = operator.cx.schemas.get(id);
    schema.ok_or_else(|| ApiError::conflict(format!("The identity schema {id:?} is not configured any more.")))
}

const EXTERNAL: &str = "external_id";

async fn edit(operator: Operator, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let stored = update::read(&operator.cx, id(&path)?).await?;
    let schema = schema(&operator, &stored)?;
    let filled = traits::filled(&traits::of(schema.document()), &stored.identity.traits.to_value());
    let external = stored.identity.external_id.clone().unwrap_or_default();
    Ok(operator.page(&traits_page(&operator, &stored, &schema, (&filled, external), &[])))
}

fn traits_page(
    operator: &Operator,
    stored: &Stored,
    schema: &Schema,
    (filled, external): (&traits::Filled, String),
    errors: &[(String, String)],
) -> FormPage {
    let known = traits::of(schema.document());
    let mut sets = traits::sets(&known, filled, errors);
    let external_id = Field {
        errors: errors.iter().filter(|(at, _)| at == EXTERNAL).map(|(_, text)| text.clone()).collect(),
        ..Field::line(EXTERNAL, "External id", external).hint("What other systems call this identity.")
    };
    sets.push(Set { legend: Some("Record".to_owned()), fields: vec![external_id] });
    let rest: Vec<_> = errors.iter().filter(|(at, _)| at != EXTERNAL).cloned().collect();
    let base = format!("identities/{}", stored.identity.id);
    FormPage {
        frame: frame(operator, stored, "Edit traits").wrong(!errors.is_empty()),
        text: None,
        search: None,
        form: Form {
            sets,
            errors: traits::elsewhere(&known, &rest),
            ..Form::new(operator.link(&format!("{base}/edit")), "Save", Vec::new()).or(operator.link(&base))
        },
    }
}

async fn change(act: Act, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let cx = &act.operator.cx;
    let id = id(&path)?;
    let stored = update::read(cx, id).await?;
    let schema = schema(&act.operator, &stored)?;
    let known = traits::of(schema.document());
    let filled = filled(&act);
    let (_, mut wrong) = traits::read(&known, &filled, &Value::Null);
    let external = import::external_id(act.filled(EXTERNAL).map(str::to_owned));
    if let Err(import::ImportError::Invalid(text)) = &external {
        wrong.push((EXTERNAL.to_owned(), text.clone()));
    }
    if wrong.is_empty() {
        let external = external?;
        let changed = update::change(cx, id, |stored| {
            let (values, _) = traits::read(&known, &filled, &stored.identity.traits.to_value());
            let traits = Traits::from_value(values).unwrap_or_default();
            Ok(Wanted { traits, external_id: external.clone(), ..Wanted::unchanged_but(stored, Vec::new()) })
        });
        match changed.await {
            Ok(changed) => {
                update::note(cx, &changed.identity);
                return Ok(act.operator.go(&format!("identities/{id}"), "The changes were saved."));
            }
            Err(UpdateError::Traits(issues)) => wrong = errors(&issues),
            Err(UpdateError::Duplicate) => {
                wrong = vec![(
                    String::new(),
                    "Somebody else has this identifier, address or external id already.".to_owned(),
                )];
            }
            Err(error) => return Err(error.into()),
        }
    }
    let shown = (&filled, act.text(EXTERNAL).to_owned());
    Ok(act.operator.answer(StatusCode::BAD_REQUEST, &traits_page(&act.operator, &stored, &schema, shown, &wrong)))
}

const METADATA: [(&str, &str, &str); 2] = [
    (
        "metadata_public",
        "Public",
        "Any JSON. Its owner sees it, and so does every application that asks who is signed in.",
    ),
    (
        "metadata_admin",
        "For administrators",
        "Any JSON. Administrators alone see it. Who has the console's permission in “permissions” here is an operator.",
    ),
];

async fn metadata(operator: Operator, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let stored = update::read(&operator.cx, id(&path)?).await?;
    let identity = &stored.identity;
    let texts = [&identity.metadata_public, &identity.metadata_admin];
    let texts = texts.map(|value| value.as_ref().map(traits::pretty).unwrap_or_default());
    Ok(operator.page(&metadata_page(&operator, &stored, texts, [None, None])))
}

fn metadata_page(operator: &Operator, stored: &Stored, texts: [String; 2], errors: [Option<String>; 2]) -> FormPage {
    let base = format!("identities/{}", stored.identity.id);
    let wrong = errors.iter().any(Option::is_some);
    let fields = METADATA.into_iter().zip(texts).zip(errors).map(|(((name, label, hint), value), error)| Field {
        errors: error.into_iter().collect(),
        ..Field::new(name, label, Control::Area { rows: 8, value, code: true }).hint(hint)
    });
    FormPage {
        frame: frame(operator, stored, "Edit metadata").wrong(wrong),
        text: None,
        search: None,
        form: Form::new(operator.link(&format!("{base}/metadata")), "Save", fields.collect()).or(operator.link(&base)),
    }
}

async fn describe(act: Act, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let cx = &act.operator.cx;
    let id = id(&path)?;
    let parse = |(name, ..): (&str, &str, &str)| match act.filled(name).filter(|text| !text.trim().is_empty()) {
        None => Ok(None),
        Some(text) => {
            serde_json::from_str::<Value>(text).map(Some).map_err(|error| format!("This is not JSON: {error}."))
        }
    };
    match METADATA.map(parse) {
        [Ok(public), Ok(admin)] => {
            let changed = update::change(cx, id, |stored| {
                let (metadata_public, metadata_admin) = (public.clone(), admin.clone());
                Ok(Wanted { metadata_public, metadata_admin, ..Wanted::unchanged_but(stored, Vec::new()) })
            })
            .await?;
            update::note(cx, &changed.identity);
            Ok(act.operator.go(&format!("identities/{id}"), "The metadata was saved."))
        }
        parsed => {
            let stored = update::read(cx, id).await?;
            let texts = METADATA.map(|(name, ..)| act.text(name).to_owned());
            let page = metadata_page(&act.operator, &stored, texts, parsed.map(Result::err));
            Ok(act.operator.answer(StatusCode::BAD_REQUEST, &page))
        }
    }
}
