//! Texts the configuration names by a URL, schemas and snippets: in files, behind HTTP, or in the URL itself.

pub(crate) mod breach_list;
mod kept;

use base64::{Engine as _, engine::general_purpose};
use percent_encoding::percent_decode_str;
use shared_types::http::client::{HttpClient, HttpRequest};
use url::Url;

pub(crate) use self::kept::{Kept, Make};

/// No text is larger.
const MAX_BYTES: u64 = 1 << 20;

/// The text behind a URL; the error says why there is none.
pub(crate) async fn text(url: &str, http: &HttpClient) -> Result<String, String> {
    if let Some(encoded) = url.strip_prefix("base64://") {
        return decode(encoded);
    }
    if let Some(path) = url.strip_prefix("file://") {
        let path = percent_decode_str(path).decode_utf8().map_err(|_| "the path is not UTF-8".to_owned())?.into_owned();
        return tokio::task::spawn_blocking(move || file(&path)).await.map_err(|error| error.to_string())?;
    }
    match Url::parse(url) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") => fetch(parsed, http).await,
        _ => Err("must start with file://, http://, https:// or base64://".to_owned()),
    }
}

/// Whether what is behind a URL is at hand when the service starts: a file's, or the URL's own.
pub(crate) fn is_local(url: &str) -> bool {
    url.starts_with("file://") || url.starts_with("base64://")
}

/// A URL as messages name it: without what it holds itself, which may be a key, and without a password or a query.
pub(crate) fn shown(url: &str) -> String {
    if url.starts_with("base64://") {
        return "base64://..".to_owned();
    }
    let Ok(mut parsed) = Url::parse(url) else { return url.to_owned() };
    parsed.set_query(None);
    // Refused for URLs that have no place for either, which is as good.
    let _ = parsed.set_username("").and_then(|()| parsed.set_password(None));
    parsed.into()
}

fn file(path: &str) -> Result<String, String> {
    bounded(std::fs::metadata(path).map_err(|error| error.to_string())?.len())?;
    std::fs::read_to_string(path).map_err(|error| error.to_string())
}

fn bounded(size: u64) -> Result<(), String> {
    if size > MAX_BYTES { Err(format!("has {size} bytes; {MAX_BYTES} are possible")) } else { Ok(()) }
}

/// Standard or URL alphabet, with or without padding: all four are in use.
fn decode(encoded: &str) -> Result<String, String> {
    let plain = encoded.trim().trim_end_matches('=');
    let bytes = general_purpose::STANDARD_NO_PAD
        .decode(plain)
        .or_else(|_| general_purpose::URL_SAFE_NO_PAD.decode(plain))
        .map_err(|_| "is not base64".to_owned())?;
    bounded(bytes.len() as u64)?;
    String::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())
}

async fn fetch(url: Url, http: &HttpClient) -> Result<String, String> {
    let reply = http.send(HttpRequest::new("GET", url)).await.map_err(|error| error.to_string())?;
    if reply.status != 200 {
        return Err(format!("was answered with status {}", reply.status));
    }
    bounded(reply.body.len() as u64)?;
    String::from_utf8(reply.body).map_err(|_| "is not UTF-8".to_owned())
}

#[cfg(test)]
mod tests;
