//! `PATCH /admin/identities`: many identities at once (contract §10.2). A malformed entry fails the whole call before
//! anything is written; one that collides with what is there fails alone.

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

/// An entry that is to be made.
struct Wanted {
    /// Its place in the body.
    index: usize,
    patch_id: Option<Uuid>,
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
    let mut answers = vec![Value::Null; entries.len()];
    let wanted = prepared(&cx, entries).await?;
    let dev = cx.config.dev;
    for chunk in wanted.chunks(WRITTEN_AT_ONCE) {
        let outcomes = write(&cx, chunk).await?;
        for (wanted, outcome) in chunk.iter().zip(outcomes) {
            let answer = answer(&cx, wanted, outcome, RequestId::of(&request).echoed(), dev);
            if let Some(slot) = answers.get_mut(wanted.index) {
                *slot = answer;
            }
        }
    }
    reply::json(&json!({ "identities": answers }))
}

/// Checks every entry and hashes the passwords.
async fn prepared(cx: &Cx, entries: Vec<Entry>) -> Result<Vec<Wanted>, ApiError> {
    let creates =
        entries.into_iter().enumerate().filter_map(|(index, entry)| Some((index, entry.patch_id, entry.create?)));
    let prepare = |(index, patch_id, body): (usize, Option<Uuid>, CreateBody)| async move {
        let named = |error: ApiError| error.within(&format!("identities.{index}"));
        let new = body.read(cx).await.map_err(|error| named(error.into()))?;
        let prepared = create::prepare(cx, new).map_err(|error| named(error.into()))?;
        Ok::<_, ApiError>(Wanted { index, patch_id, prepared })
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
fn answer(cx: &Cx, wanted: &Wanted, made: bool, request_id: Option<&str>, dev: bool) -> Value {
    let id = wanted.prepared.identity.id;
    let mut answer = if made {
        tracing::info!(target: "audit", event = "IdentityCreated", identity = %id, request = %cx.request_id, "identity created");
        json!({ "action": "create", "identity": id })
    } else {
        let error = ApiError::from(CreateError::Duplicate);
        json!({ "action": "error", "error": error.problem().error(request_id, dev) })
    };
    if let (Some(patch_id), Value::Object(map)) = (wanted.patch_id, &mut answer) {
        map.insert("patch_id".to_owned(), json!(patch_id));
    }
    answer
}
