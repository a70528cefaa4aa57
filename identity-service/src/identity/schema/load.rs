//! Where schemas come from: files, HTTP, or the URL itself.

use base64::{Engine as _, engine::general_purpose};
use percent_encoding::percent_decode_str;
use shared_types::http::client::{HttpClient, HttpRequest};
use url::Url;

use crate::config::BUILT_IN;

/// No schema is larger.
const MAX_BYTES: u64 = 1 << 20;

/// The text behind a schema's URL; the error says why there is none.
pub(super) async fn text(url: &str, http: &HttpClient) -> Result<String, String> {
    if url == BUILT_IN {
        return Ok(super::PARTNER.to_owned());
    }
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

fn file(path: &str) -> Result<String, String> {
    let size = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > MAX_BYTES {
        return Err(format!("has {size} bytes; {MAX_BYTES} are possible"));
    }
    std::fs::read_to_string(path).map_err(|error| error.to_string())
}

/// Standard or URL alphabet, with or without padding: all four are in use.
fn decode(encoded: &str) -> Result<String, String> {
    let plain = encoded.trim().trim_end_matches('=');
    let bytes = general_purpose::STANDARD_NO_PAD
        .decode(plain)
        .or_else(|_| general_purpose::URL_SAFE_NO_PAD.decode(plain))
        .map_err(|_| "is not base64".to_owned())?;
    String::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())
}

async fn fetch(url: Url, http: &HttpClient) -> Result<String, String> {
    let reply = http.send(HttpRequest::new("GET", url)).await.map_err(|error| error.to_string())?;
    if reply.status != 200 {
        return Err(format!("was answered with status {}", reply.status));
    }
    String::from_utf8(reply.body).map_err(|_| "is not UTF-8".to_owned())
}
