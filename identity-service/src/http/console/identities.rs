//! Identities: finding them, and one with everything that hangs on it.

use actix_web::{
    HttpResponse,
    web::{self, Path, ServiceConfig},
};
use shared_types::{db::AnyConn, id::IdentityId};

use super::operator::Operator;
use crate::{
    app::Cx,
    http::{error::ApiError, extract::query::Query, routes::at},
    identity::{
        normal,
        update::{self, Stored},
    },
    model::identity::IdentityState,
    store::{
        identity_list::{self, Filter, Sought},
        sessions::{self, Slice, Wanted},
    },
    ui::{
        console::{
            Choice, Control, Field, IdentityPage, ListPage, Narrowing, Pager, Row, Section, Table, identity, traits,
        },
        page::Person,
    },
};

/// How many a page shows.
const PAGE: usize = 25;
/// So many sessions stand on the page of an identity.
const SESSIONS: usize = 10;

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/identities").route(web::get().to(list))).service(at("/identities/{id}").route(web::get().to(get)));
}

/// The id in a path. What is no UUID is no identity.
pub(super) fn id(text: &str) -> Result<IdentityId, ApiError> {
    IdentityId::parse(text).map_err(|_| ApiError::not_found("There is no such identity."))
}

async fn list(operator: Operator, query: Query) -> Result<HttpResponse, ApiError> {
    let found = query.get("find").unwrap_or_default().trim().to_owned();
    let is_prefix = query.get("how") == Some("prefix");
    let filter = filter(&found, is_prefix);
    let after = query.filled("after").and_then(|text| IdentityId::parse(text).ok());
    let size = i64::try_from(PAGE).unwrap_or(i64::MAX) + 1;
    let mut listed = operator.cx.db.read(move |conn| identity_list::page(conn, &filter, after, size)).await?;
    let more = listed.len() > PAGE;
    listed.truncate(PAGE);
    let kept = query.without(&["after"]);
    let next = listed.last().filter(|_| more).map(|last| with(&operator.link("identities"), &kept, &last.id.text()));
    let row = |one| identity::row(one, operator.link(&format!("identities/{}", one.id)));
    let how = vec![
        Choice::new("exact", !is_prefix).called("is exactly"),
        Choice::new("prefix", is_prefix).called("begins with"),
    ];
    let search = Narrowing {
        action: operator.link("identities"),
        fields: vec![
            Field::line("find", "Identifier, address or id", found.clone()),
            Field::new("how", "Match", Control::Select(how)),
        ],
    };
    let empty =
        if found.is_empty() { "There is nobody yet.".to_owned() } else { format!("Nobody is found by “{found}”.") };
    Ok(operator.page(&ListPage {
        frame: operator.frame(Section::Identities, "Identities"),
        text: None,
        actions: vec![("Create identity".to_owned(), operator.link("identities/new"))],
        search: Some(search),
        table: Table {
            caption: "Identities".to_owned(),
            columns: identity::COLUMNS.to_vec(),
            rows: listed.iter().map(row).collect(),
            empty,
        },
        pager: Pager { first: after.map(|_| first(&operator.link("identities"), &kept)), next },
    }))
}

/// What is looked for: an id, an identifier, or how one begins.
fn filter(text: &str, is_prefix: bool) -> Filter {
    if text.is_empty() {
        return Filter::Any;
    }
    if let Ok(id) = IdentityId::parse(text) {
        return Filter::Ids(vec![id]);
    }
    // No text column holds it, and PostgreSQL refuses to look for it.
    let raw = text.replace('\0', "");
    let sought = Sought { normal: normal::identifier(&raw), raw };
    match is_prefix {
        true if sought.normal.is_empty() => Filter::Nothing,
        true => Filter::IdentifierPrefix(sought),
        false => Filter::Identifier(sought),
    }
}

/// The first page of a list, with what it is narrowed by.
pub(super) fn first(path: &str, kept: &[(String, String)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// The page after a key.
pub(super) fn with(path: &str, kept: &[(String, String)], after: &str) -> String {
    let query =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).append_pair("after", after).finish();
    format!("{path}?{query}")
}

async fn get(operator: Operator, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let cx = &operator.cx;
    let id = id(&path)?;
    let stored = update::read(cx, id).await?;
    let size = i64::try_from(SESSIONS).unwrap_or(i64::MAX) + 1;
    let (wanted, now) = (Wanted { identity: Some(id), active: Some(true), except: None }, cx.now);
    let unit = move |conn: &mut AnyConn| sessions::page(conn, wanted, now, Slice { after: None, offset: 0, size });
    let mut listed = cx.db.read(unit).await?;
    let more = listed.len() > SESSIONS;
    listed.truncate(SESSIONS);
    let row = |session| {
        Row::new(identity::session(session, now)).act("End", operator.link(&format!("sessions/{}/revoke", session.id)))
    };
    let table = Table {
        caption: "Active sessions".to_owned(),
        columns: identity::SESSION_COLUMNS.to_vec(),
        rows: listed.iter().map(row).collect(),
        empty: "Nobody is signed in.".to_owned(),
    };
    let more = more.then(|| operator.link(&format!("sessions?identity={id}")));
    Ok(operator.page(&page(&operator, &stored, table, more)))
}

fn page(operator: &Operator, stored: &Stored, sessions: Table, more_sessions: Option<String>) -> IdentityPage {
    let known = &stored.identity;
    let base = operator.link(&format!("identities/{}", known.id));
    let schema = operator.cx.schemas.get(&known.schema_id);
    let metadata = [("Public", &known.metadata_public), ("For administrators", &known.metadata_admin)];
    IdentityPage {
        frame: operator.frame(Section::Identities, Person::of(known).name).below("Identities", "identities"),
        state: identity::state(known.state),
        is_active: known.state == IdentityState::Active,
        profile: identity::profile(known, schema.as_ref().map(|schema| schema.document())),
        record: identity::record(known),
        addresses: identity::addresses(known, &base),
        credentials: identity::credentials(&stored.credentials, &base),
        sessions,
        more_sessions,
        metadata: metadata.map(|(label, value)| (label, value.as_ref().map(traits::pretty))).into(),
        recovery: recovery(&operator.cx),
        base,
    }
}

/// The ways back into an account that are switched on.
fn recovery(cx: &Cx) -> Vec<(&'static str, &'static str)> {
    let pages = &cx.config.selfservice;
    let ways = [
        (pages.methods.code.enabled, ("code", "Make a recovery code")),
        (pages.methods.link.enabled, ("link", "Make a recovery link")),
    ];
    ways.into_iter().filter(|(on, _)| *on && pages.recovery.enabled).map(|(_, way)| way).collect()
}
