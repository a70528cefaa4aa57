//! Requests signed as OAuth 1.0a wants them (RFC 5849), by HMAC-SHA1: the digest is broken for documents, not under a key.

#[cfg(test)]
mod tests;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use openssl::{hash::MessageDigest, pkey::PKey, sign::Signer};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use shared_types::http::client::HttpRequest;
use url::{Position, Url};

/// RFC 5849, 3.6: all but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Who signs: the client, and whose token it shows.
#[derive(Clone, Copy)]
pub(super) struct Credentials<'a> {
    pub(super) key: &'a str,
    pub(super) secret: &'a str,
    /// A token and the secret that came with it.
    pub(super) token: Option<(&'a str, &'a str)>,
}

/// What makes a signature good once.
pub(super) struct Moment {
    pub(super) nonce: String,
    /// Seconds since 1970.
    pub(super) timestamp: i64,
}

/// The request with its `Authorization` header. `more`: parameters of the protocol that this request has besides.
/// Nothing when the library cannot sign. The request has no body that counts.
pub(super) fn signed(
    request: HttpRequest,
    by: Credentials<'_>,
    at: &Moment,
    more: &[(&str, &str)],
) -> Option<HttpRequest> {
    let mut parameters: Vec<(String, String)> = [
        ("oauth_consumer_key", by.key),
        ("oauth_nonce", &at.nonce),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", &at.timestamp.to_string()),
        ("oauth_version", "1.0"),
    ]
    .iter()
    .chain(more)
    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
    .collect();
    parameters.extend(by.token.map(|(token, _)| ("oauth_token".to_owned(), token.to_owned())));
    let text = base_string(&request.method, &request.url, &parameters);
    parameters.push(("oauth_signature".to_owned(), signature(&text, by)?));
    let fields: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{}=\"{}\"", encoded(name), encoded(value))).collect();
    Some(request.header("authorization", format!("OAuth {}", fields.join(", "))))
}

/// RFC 5849, 3.6.
fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// What is signed (RFC 5849, 3.4.1): the parameters given and those of the query.
fn base_string(method: &str, url: &Url, parameters: &[(String, String)]) -> String {
    let query = url.query_pairs().map(|(name, value)| (encoded(&name), encoded(&value)));
    let mut all: Vec<(String, String)> =
        parameters.iter().map(|(name, value)| (encoded(name), encoded(value))).chain(query).collect();
    // By their encoded form, byte by byte (3.4.1.3.2).
    all.sort();
    let pairs: Vec<String> = all.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let place = &url[..Position::AfterPath];
    format!("{}&{}&{}", method.to_ascii_uppercase(), encoded(place), encoded(&pairs.join("&")))
}

/// RFC 5849, 3.4.2.
fn signature(text: &str, by: Credentials<'_>) -> Option<String> {
    let token_secret = by.token.map(|(_, secret)| secret).unwrap_or_default();
    let key = format!("{}&{}", encoded(by.secret), encoded(token_secret));
    let made = PKey::hmac(key.as_bytes())
        .and_then(|key| Signer::new(MessageDigest::sha1(), &key)?.sign_oneshot_to_vec(text.as_bytes()));
    made.ok().map(|bytes| STANDARD.encode(bytes))
}
