//! Sessions of everybody, newest first.

use actix_web::{
    HttpResponse,
    web::{self, Path, ServiceConfig},
};
use shared_types::{
    db::{AnyConn, Error as DbError},
    id::{IdentityId, SessionId},
};

use super::{
    act::Act,
    identities::{first, with},
    operator::Operator,
};
use crate::{
    http::{error::ApiError, extract::query::Query, routes::at},
    model::{identity::Identity, session::Session},
    session::revoke,
    store::{
        identities, identity_list,
        sessions::{self, Slice, Wanted},
    },
    ui::{
        console::{
            Cell, Choice, ConfirmPage, Control, Fact, Field, ListPage, Narrowing, Pager, Row, Section, Table, identity,
        },
        page::Person,
    },
};

/// How many a page shows.
const PAGE: usize = 25;

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/sessions").route(web::get().to(list)))
        .service(at("/sessions/{id}/revoke").route(web::get().to(ask)).route(web::post().to(end)));
}

fn no_session() -> ApiError {
    ApiError::not_found("There is no such session.")
}

async fn list(operator: Operator, query: Query) -> Result<HttpResponse, ApiError> {
    let all = query.get("state") == Some("all");
    let of = query.filled("identity").map(str::trim).filter(|text| !text.is_empty());
    let whose = of.map(IdentityId::parse).transpose();
    let whose = whose.map_err(|_| ApiError::bad_request("identity: must be the id of an identity."))?;
    let after = query.filled("after").and_then(|text| SessionId::parse(text).ok());
    let wanted = Wanted { identity: whose, active: (!all).then_some(true), except: None };
    let (now, size) = (operator.cx.now, i64::try_from(PAGE).unwrap_or(i64::MAX) + 1);
    let unit = move |conn: &mut AnyConn| {
        let listed = sessions::page(conn, wanted, now, Slice { after, offset: 0, size })?;
        let ids: Vec<IdentityId> = listed.iter().map(|session| session.identity_id).collect();
        Ok::<_, DbError>((listed, identity_list::by_ids(conn, &ids)?))
    };
    let (mut listed, owners) = operator.cx.db.read(unit).await?;
    let more = listed.len() > PAGE;
    listed.truncate(PAGE);
    let path = operator.link("sessions");
    let kept = query.without(&["after"]);
    let next = listed.last().filter(|_| more).map(|last| with(&path, &kept, &last.id.text()));
    let states = vec![Choice::new("active", !all).called("Active"), Choice::new("all", all).called("All")];
    let fields = vec![
        Field::line("identity", "Id of the identity", of.unwrap_or_default()),
        Field::new("state", "State", Control::Select(states)),
    ];
    let mut columns = vec!["Identity"];
    columns.extend(identity::SESSION_COLUMNS);
    Ok(operator.page(&ListPage {
        frame: operator.frame(Section::Sessions, "Sessions"),
        text: None,
        actions: Vec::new(),
        search: Some(Narrowing { action: path.clone(), fields }),
        table: Table {
            caption: "Sessions".to_owned(),
            columns,
            rows: listed.iter().map(|session| row(&operator, session, owners.get(&session.identity_id))).collect(),
            empty: "There is no session.".to_owned(),
        },
        pager: Pager { first: after.map(|_| first(&path, &kept)), next },
    }))
}

fn row(operator: &Operator, session: &Session, owner: Option<&Identity>) -> Row {
    let name = owner.map_or_else(|| session.identity_id.text(), |owner| Person::of(owner).name);
    let mut cells = vec![Cell::link(name, operator.link(&format!("identities/{}", session.identity_id)))];
    cells.extend(identity::session(session, operator.cx.now));
    let row = Row::new(cells);
    if session.is_active(operator.cx.now) {
        row.act("End", operator.link(&format!("sessions/{}/revoke", session.id)))
    } else {
        row
    }
}

async fn ask(operator: Operator, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let id = SessionId::parse(&path).map_err(|_| no_session())?;
    let unit = move |conn: &mut AnyConn| {
        let Some(session) = sessions::get(conn, id)? else { return Ok(None) };
        let owner = identities::get(conn, session.identity_id)?;
        Ok::<_, DbError>(owner.map(|owner| (session, owner)))
    };
    let (session, owner) = operator.cx.db.read(unit).await?.ok_or_else(no_session)?;
    let back = format!("identities/{}", owner.id);
    let name = Person::of(&owner).name;
    let mut facts = vec![Fact::new("Identity", Cell::text(name.clone()))];
    let cells = identity::session(&session, operator.cx.now);
    facts.extend(identity::SESSION_COLUMNS.into_iter().zip(cells).map(|(label, cell)| Fact::new(label, cell)));
    let text = if id == operator.session.id {
        "This is the session you are in: you are signed out."
    } else {
        "Who uses it has to sign in again."
    };
    Ok(operator.page(&ConfirmPage {
        frame: operator.frame(Section::Sessions, "End this session?").below(name, &back),
        text: text.to_owned(),
        facts,
        action: operator.link(&format!("sessions/{id}/revoke")),
        hidden: Vec::new(),
        button: "End the session".to_owned(),
        cancel: operator.link(&back),
    }))
}

async fn end(act: Act, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let id = SessionId::parse(&path).map_err(|_| no_session())?;
    let unit = {
        let cx = act.operator.cx.clone();
        move |conn: &mut AnyConn| {
            let session = sessions::get(conn, id)?;
            revoke::one(conn, &cx, id)?;
            Ok::<_, DbError>(session)
        }
    };
    let session = act.operator.cx.db.write(unit).await?.ok_or_else(no_session)?;
    Ok(act.operator.go(&format!("identities/{}", session.identity_id), "The session was ended."))
}
