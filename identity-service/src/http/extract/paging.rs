//! Paging of lists (contract §10.4): keyset pages, and the older ways clients still ask in.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::query::Query;
use crate::{app::Cx, http::error::ApiError};

/// How large a page may be, and is when nothing is said.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) default: i64,
    pub(crate) max: i64,
}

/// `page_size`, or its alias `per_page`; larger sizes than possible are cut to it.
pub(crate) fn size(query: &Query, sizes: Sizes) -> Result<i64, ApiError> {
    let named = query.parsed::<i64>("page_size", "a number")?;
    let size = match named {
        Some(size) => size,
        None => query.parsed::<i64>("per_page", "a number")?.unwrap_or(sizes.default),
    };
    if size < 1 {
        return Err(ApiError::bad_request("The page size must be at least 1."));
    }
    Ok(size.min(sizes.max))
}

/// What the `page_token` of a keyset page leads on after. `parse`: the key as the list has it.
pub(crate) fn after<K, E>(cx: &Cx, query: &Query, parse: impl Fn(&str) -> Result<K, E>) -> Result<Option<K>, ApiError> {
    let Some(token) = query.filled("page_token") else { return Ok(None) };
    let key = cx.secrets.pages.decode(token, cx.now).map_err(|error| ApiError::bad_request(error.to_string()))?;
    parse(&key).map(Some).map_err(|_| ApiError::bad_request("The page_token is not valid."))
}

/// A page by offset: legacy (`page`, `per_page`) or bridged (`page_token` with an offset inside).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offset {
    pub(crate) offset: i64,
    pub(crate) size: i64,
}

/// The deepest a list can be read by offset.
const MAX_DEPTH: i64 = 1000;

/// The legacy page a query asks for: only when `page` is there.
pub(crate) fn legacy(query: &Query, sizes: Sizes) -> Result<Option<Offset>, ApiError> {
    let Some(page) = query.parsed::<i64>("page", "a number")? else { return Ok(None) };
    let size = query.parsed::<i64>("per_page", "a number")?.unwrap_or(sizes.default).clamp(1, sizes.max);
    let offset = page.max(0).checked_mul(size).filter(|offset| *offset <= MAX_DEPTH);
    match offset {
        Some(offset) => Ok(Some(Offset { offset, size })),
        None => Err(ApiError::bad_request(
            "Lists cannot be read deeper than 1000 items by page; use page_size and page_token.",
        )),
    }
}

/// The page of a bridged list: short lists whose tokens are offsets.
pub(crate) fn bridge(query: &Query, sizes: Sizes) -> Result<Offset, ApiError> {
    if let Some(page) = legacy(query, sizes)? {
        return Ok(page);
    }
    let size = size(query, sizes)?;
    let Some(token) = query.filled("page_token") else { return Ok(Offset { offset: 0, size }) };
    let bytes = URL_SAFE_NO_PAD.decode(token.trim_end_matches('=')).unwrap_or_default();
    let content: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    let offset = content.get("offset").and_then(Value::as_str).and_then(|text| text.parse().ok());
    let offset = offset.filter(|offset: &i64| (0..=MAX_DEPTH * 100).contains(offset));
    let offset = offset.ok_or_else(|| ApiError::bad_request("The page_token is not valid."))?;
    Ok(Offset { offset, size })
}

/// The `Link` header of a bridged list of `total` items.
pub(crate) fn bridge_link(path: &str, page: Offset, total: usize) -> String {
    let token = |offset: i64| URL_SAFE_NO_PAD.encode(json!({"offset": offset.to_string(), "v": 2}).to_string());
    let link = |offset: i64, rel: &str| {
        format!("<{path}?page_size={}&page_token={}>; rel=\"{rel}\"", page.size, token(offset))
    };
    let next = page.offset + page.size;
    let first = link(0, "first");
    if next < i64::try_from(total).unwrap_or(i64::MAX) { format!("{first}, {}", link(next, "next")) } else { first }
}

/// The `Link` header of a legacy page (contract §10.4).
pub(crate) fn legacy_link(path: &str, page: Offset, total: i64) -> String {
    let link = |number: i64, rel: &str| format!("<{path}?page={number}&per_page={}>; rel=\"{rel}\"", page.size);
    let (current, last) = (page.offset / page.size, (total - 1).max(0) / page.size);
    let mut links = vec![link(0, "first")];
    if current < last {
        links.push(link(current + 1, "next"));
    }
    if current > 0 {
        links.push(link(current - 1, "prev"));
    }
    links.push(link(last, "last"));
    links.join(",")
}
