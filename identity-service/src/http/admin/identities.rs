//! `/admin/identities`: list, create, read, replace, remove.

use actix_web::{
    HttpResponse,
    http::header::{LINK, LOCATION},
    web::Path,
};
use serde_json::Value;
use shared_types::{
    db::{AnyConn, Error as DbError},
    id::IdentityId,
    page::link_header,
};

use super::{identity_id, no_identity};
use crate::{
    app::Cx,
    config::below,
    http::{
        error::ApiError,
        extract::{
            Ctx,
            body::JsonBody,
            paging::{self, Offset, Sizes},
            query::Query,
        },
        public::TOTAL,
        reply,
    },
    identity::{
        create, delete as removal, import, normal,
        update::{self, Stored, UpdateError, Wanted},
        vault, view,
    },
    model::{
        credential::{Credential, CredentialType},
        identity::Identity,
    },
    store::{
        self,
        identity_list::{self, Filter, Sought},
    },
};

const SIZES: Sizes = Sizes { default: 250, max: 500 };
const MAX_IDS: usize = 500;

/// Identities by page, narrowed by at most one filter.
pub(crate) async fn list(cx: Ctx, query: Query) -> Result<HttpResponse, ApiError> {
    let filter = filter(&query)?;
    let shown = Shown::of(&query, &filter)?;
    if let Some(page) = paging::legacy(&query, SIZES)? {
        return legacy(&cx, filter, page, &shown).await;
    }
    let size = paging::size(&query, SIZES)?;
    let after = query.filled("page_token").map(IdentityId::parse).transpose();
    let after = after.map_err(|_| ApiError::bad_request("The page_token is not valid."))?;
    let unit = move |conn: &mut AnyConn| {
        // One more than asked for tells whether there is another page.
        let mut found = identity_list::page(conn, &filter, after, size + 1)?;
        let more = found.len() > usize::try_from(size).unwrap_or(usize::MAX);
        found.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        Ok::<_, DbError>((with_credentials(conn, found)?, more))
    };
    let (found, more) = cx.db.read(unit).await?;
    let next = found.last().filter(|_| more).map(|stored| stored.identity.id.text());
    let kept = query.without(&["page_size", "page_token", "per_page"]);
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let link = link_header("/admin/identities", &kept, size, next.as_deref());
    let mut answer = HttpResponse::Ok();
    answer.insert_header((LINK, link));
    reply::with(answer, &bodies(&cx, &found, &shown)?)
}

/// The older way of paging, for clients that send `page`.
async fn legacy(cx: &Cx, filter: Filter, page: Offset, shown: &Shown) -> Result<HttpResponse, ApiError> {
    let unit = move |conn: &mut AnyConn| {
        let total = identity_list::count(conn, &filter)?;
        let found = identity_list::offset_page(conn, &filter, page.offset, page.size)?;
        Ok::<_, DbError>((with_credentials(conn, found)?, total))
    };
    let (found, total) = cx.db.read(unit).await?;
    let mut answer = HttpResponse::Ok();
    let link = paging::legacy_link("/admin/identities", page, total);
    answer.insert_header((TOTAL, total)).insert_header((LINK, link));
    reply::with(answer, &bodies(cx, &found, shown)?)
}

fn with_credentials(conn: &mut AnyConn, found: Vec<Identity>) -> Result<Vec<Stored>, DbError> {
    let ids: Vec<IdentityId> = found.iter().map(|identity| identity.id).collect();
    let mut credentials = store::credentials::of_identities(conn, &ids)?;
    let join =
        |identity: Identity| Stored { credentials: credentials.remove(&identity.id).unwrap_or_default(), identity };
    Ok(found.into_iter().map(join).collect())
}

/// Which credentials a list shows: those whose content was asked for, and all, without it, where one of them was sought.
struct Shown {
    contents: Vec<CredentialType>,
    names: bool,
}

impl Shown {
    fn of(query: &Query, filter: &Filter) -> Result<Self, ApiError> {
        let contents = shown(query)?;
        let sought = matches!(filter, Filter::Identifier(_) | Filter::IdentifierPrefix(_));
        Ok(Self { names: sought || !contents.is_empty(), contents })
    }
}

fn bodies(cx: &Cx, found: &[Stored], shown: &Shown) -> Result<Vec<Value>, ApiError> {
    let body = |stored: &Stored| {
        let credentials: &[Credential] = if shown.names { &stored.credentials } else { &[] };
        let credentials = vault::opened(cx, credentials, &shown.contents)?;
        Ok(view::with_credentials(&stored.identity, &credentials, &shown.contents, &cx.config))
    };
    found.iter().map(body).collect()
}

fn filter(query: &Query) -> Result<Filter, ApiError> {
    let ids = query.all("ids");
    let identifier = query.filled("credentials_identifier");
    let similar = query.filled("preview_credentials_identifier_similar");
    let organization = query.filled("organization_id");
    let given = [!ids.is_empty(), identifier.is_some(), similar.is_some(), organization.is_some()];
    if given.iter().filter(|given| **given).count() > 1 {
        return Err(ApiError::bad_request(
            "Only one of ids, credentials_identifier, preview_credentials_identifier_similar and organization_id can be used at a time.",
        ));
    }
    if ids.len() > MAX_IDS {
        return Err(ApiError::bad_request("At most 500 ids can be asked for at a time."));
    }
    if !ids.is_empty() {
        let ids = ids.into_iter().map(IdentityId::parse).collect::<Result<_, _>>();
        return ids.map(Filter::Ids).map_err(|_| ApiError::bad_request("ids: every id must be a UUID."));
    }
    let text = match (identifier, similar) {
        (Some(text), _) => Filter::Identifier(sought(text)),
        (None, Some(text)) => match sought(text) {
            prefix if prefix.normal.is_empty() => Filter::Nothing,
            prefix => Filter::IdentifierPrefix(prefix),
        },
        // There are no organizations, so nobody belongs to one.
        (None, None) if organization.is_some() => Filter::Nothing,
        (None, None) => Filter::Any,
    };
    Ok(text)
}

fn sought(text: &str) -> Sought {
    // No text column holds it, and PostgreSQL refuses to look for it.
    Sought { normal: normal::identifier(text), raw: text.replace('\0', "") }
}

/// The credential types of the contract (§4.1); those this service does not keep are asked for in vain.
const CREDENTIAL_TYPES: &[&str] = &[
    "password",
    "oidc",
    "saml",
    "totp",
    "lookup_secret",
    "webauthn",
    "passkey",
    "code",
    "link_recovery",
    "code_recovery",
    "profile",
    "deviceauthn",
];

/// Which credentials are shown with their content.
fn shown(query: &Query) -> Result<Vec<CredentialType>, ApiError> {
    let wanted = query.all("include_credential");
    if let Some(unknown) = wanted.iter().find(|name| !CREDENTIAL_TYPES.contains(name)) {
        return Err(ApiError::bad_request(format!("include_credential: there is no credential type {unknown:?}.")));
    }
    Ok(wanted.into_iter().filter_map(|name| name.parse().ok()).collect())
}

/// A new identity, with imported credentials if the body has some.
pub(crate) async fn create(cx: Ctx, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let new = import::strict::<import::CreateBody>(body.0)?.read(&cx).await?;
    let prepared = create::write(&cx, create::prepare(&cx, new)?).await?;
    let identity = &prepared.identity;
    let location = below(&cx.config.serve.admin.base_url, &format!("identities/{}", identity.id));
    let mut answer = HttpResponse::Created();
    answer.insert_header((LOCATION, location.as_str()));
    reply::with(answer, &view::with_credentials(identity, prepared.credentials(), &[], &cx.config))
}

/// One identity.
pub(crate) async fn get(cx: Ctx, id: Path<String>, query: Query) -> Result<HttpResponse, ApiError> {
    let stored = update::read(&cx, identity_id(&id)?).await?;
    one(&cx, &stored, &query)
}

/// One identity by the administrator's own id for it.
pub(crate) async fn get_by_external_id(cx: Ctx, id: Path<String>, query: Query) -> Result<HttpResponse, ApiError> {
    let external_id = id.into_inner();
    if external_id.contains('\0') {
        return Err(no_identity());
    }
    let found = cx.db.read(move |conn| store::identities::by_external_id(conn, &external_id)).await?;
    let stored = update::read(&cx, found.ok_or_else(no_identity)?.id).await?;
    one(&cx, &stored, &query)
}

fn one(cx: &Cx, stored: &Stored, query: &Query) -> Result<HttpResponse, ApiError> {
    let shown = shown(query)?;
    let credentials = vault::opened(cx, &stored.credentials, &shown)?;
    reply::json(&view::with_credentials(&stored.identity, &credentials, &shown, &cx.config))
}

/// Replaces an identity; what the contract lets a body leave out is kept.
pub(crate) async fn put(cx: Ctx, id: Path<String>, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let id = identity_id(&id)?;
    let body: import::UpdateBody = body.parse()?;
    let traits = import::traits(body.traits)?;
    let state = import::state(body.state.as_deref())?;
    let external_id = import::external_id(body.external_id)?;
    let imported = body.credentials.unwrap_or_default().read(&cx).await?;
    let stored = update::change(&cx, id, |stored| {
        let credentials = imported.over(&cx, &stored.credentials);
        Ok(Wanted {
            schema_id: body
                .schema_id
                .clone()
                .filter(|id| !id.is_empty())
                .unwrap_or_else(|| stored.identity.schema_id.clone()),
            traits: traits.clone(),
            state: state.unwrap_or(stored.identity.state),
            external_id: external_id.clone(),
            metadata_public: body.metadata_public.clone(),
            metadata_admin: body.metadata_admin.clone(),
            credentials: credentials.map_err(|error| UpdateError::Invalid(error.to_string()))?,
            verifications: Vec::new(),
        })
    })
    .await?;
    updated(&cx, &stored)
}

/// The answer to a change, which is also noted.
pub(super) fn updated(cx: &Cx, stored: &Stored) -> Result<HttpResponse, ApiError> {
    let identity = &stored.identity;
    update::note(cx, identity);
    reply::json(&view::with_credentials(identity, &stored.credentials, &[], &cx.config))
}

/// Removes an identity.
pub(crate) async fn delete(cx: Ctx, id: Path<String>) -> Result<HttpResponse, ApiError> {
    if removal::delete(&cx, identity_id(&id)?).await? { Ok(reply::nothing()) } else { Err(no_identity()) }
}
