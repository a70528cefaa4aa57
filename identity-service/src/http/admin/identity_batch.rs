//! `PATCH /admin/identities`: many identities at once (contract §10.2). A body that is no such list fails the whole call
//! before anything is written; an entry that is not in order, or collides with what is there, fails alone.

use actix_web::HttpResponse;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;
use serde_json::{Value, json};
use shared_types::{
    db::{AnyConn, Error as DbError, savepoint},
    http::trace::RequestId,
};
use uuid::Uuid;

use crate::{
    app::Cx,
    http::{
        error::ApiError,
        extract::{Ctx, body::JsonBody},
        reply,
    },
    identity::{
        create::{self, CreateError, Prepared},
        import::{self, CreateBody},
    },
};

/// No call makes more identities.
const MAX: usize = 1000;
/// Nor hashes more passwords: each takes a good part of a second.
const MAX_CLEAR_PASSWORDS: usize = 200;
/// Passwords that wait for the hashing threads at the same time; the rest of them is for people who sign in.
const HASHED_AT_ONCE: usize = 2;
/// Identities written in one transaction.
const WRITTEN_AT_ONCE: usize = 100;

/// `patchIdentitiesBody`.
#[derive(Debug, Deserialize)]
struct Body {
    identities: Option<Vec<Entry>>,
}

/// `identityPatch`.
#[derive(Debug, Deserialize)]
struct Entry {
    create: Option<CreateBody>,
    patch_id: Option<Uuid>,
}

/// Which entry of the body it is.
#[derive(Clone, Copy)]
struct Place {
    index: usize,
    patch_id: Option<Uuid>,
}

/// An entry that is to be made.
struct Wanted {
    place: Place,
    prepared: Prepared,
}

/// Makes many identities.
pub(crate) async fn patch(cx: Ctx, request: actix_web::HttpRequest, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let entries = import::strict::<Body>(body.0)?.identities.unwrap_or_default();
    if entries.len() > MAX {
        return Err(ApiError::bad_request(format!("identities: at most {MAX} are possible in one call.")));
    }
    let clear = entries.iter().filter_map(|entry| entry.create.as_ref()).filter(|body| body.has_clear_password());
    if clear.count() > MAX_CLEAR_PASSWORDS {
        return Err(ApiError::bad_request(format!(
            "identities: at most {MAX_CLEAR_PASSWORDS} clear passwords are possible in one call."
        )));
    }
    let dev = cx.config.dev;
    let request_id = RequestId::of(&request);
    let mut answers = vec![Value::Null; entries.len()];
    let mut answered = |index: usize, answer: Value| {
        if let Some(slot) = answers.get_mut(index) {
            *slot = answer;
        }
    };
    let mut wanted = Vec::with_capacity(entries.len());
    for (place, prepared) in prepared(&cx, entries).await? {
        match prepared {
            Ok(prepared) => wanted.push(Wanted { place, prepared }),
            Err(error) => answered(place.index, place.failed(&error, request_id.echoed(), dev)),
        }
    }
    for chunk in wanted.chunks(WRITTEN_AT_ONCE) {
        let outcomes = write(&cx, chunk).await?;
        for (Wanted { place, prepared }, made) in chunk.iter().zip(outcomes) {
            let answer = if made {
                place.made(&cx, prepared)
            } else {
                place.failed(&CreateError::Duplicate.into(), request_id.echoed(), dev)
            };
            answered(place.index, answer);
        }
    }
    reply::json(&json!({ "identities": answers }))
}

/// Checks every entry and hashes the passwords. What is not the entry's own fault fails the call.
async fn prepared(cx: &Cx, entries: Vec<Entry>) -> Result<Vec<(Place, Result<Prepared, ApiError>)>, ApiError> {
    let creates = entries
        .into_iter()
        .enumerate()
        .filter_map(|(index, entry)| Some((Place { index, patch_id: entry.patch_id }, entry.create?)));
    let prepare = |(place, body): (Place, CreateBody)| async move {
        let read = body.read(cx).await.map_err(ApiError::from);
        let prepared = read.and_then(|new| Ok(create::prepare(cx, new)?));
        match prepared.map_err(|error| error.within(&format!("identities.{}", place.index))) {
            Err(error) if error.problem().code >= 500 => Err(error),
            prepared => Ok((place, prepared)),
        }
    };
    // The order stays: of two entries that want the same identifier the first gets it.
    stream::iter(creates).map(prepare).buffered(HASHED_AT_ONCE).try_collect().await
}

/// Writes some entries in one transaction; `false` for each that collides.
async fn write(cx: &Cx, chunk: &[Wanted]) -> Result<Vec<bool>, ApiError> {
    let all: Vec<Prepared> = chunk.iter().map(|wanted| wanted.prepared.clone()).collect();
    let unit = move |conn: &mut AnyConn| {
        let one = |new: &Prepared| match savepoint(conn, |conn| create::insert(conn, new)) {
            Ok(()) => Ok(true),
            Err(CreateError::Duplicate) => Ok(false),
            Err(CreateError::Db(error)) => Err(error),
            Err(error) => Err(DbError::backend(error.to_string())),
        };
        all.iter().map(one).collect::<Result<Vec<bool>, DbError>>()
    };
    Ok(cx.db.write(unit).await?)
}

/// `identityPatchResponse`.
impl Place {
    fn made(self, cx: &Cx, prepared: &Prepared) -> Value {
        let id = prepared.identity.id;
        tracing::info!(target: "audit", event = "IdentityCreated", identity = %id, request = %cx.request_id, "identity created");
        self.named(json!({ "action": "create", "identity": id }))
    }

    fn failed(self, error: &ApiError, request_id: Option<&str>, dev: bool) -> Value {
        self.named(json!({ "action": "error", "error": error.problem().error(request_id, dev) }))
    }

    fn named(self, mut answer: Value) -> Value {
        if let (Some(patch_id), Value::Object(map)) = (self.patch_id, &mut answer) {
            map.insert("patch_id".to_owned(), json!(patch_id));
        }
        answer
    }
}
