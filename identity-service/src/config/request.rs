//! A request to another system, as the configuration writes it: for web hooks, courier channels and the password
//! migration hook.

use shared_types::secret::Secret;
use url::Url;

use super::read::Reader;

/// A request to another system.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) url: Url,
    pub(crate) method: String,
    /// They may hold keys.
    pub(crate) headers: Vec<(String, Secret<String>)>,
    /// The body is written as a form, not as JSON.
    pub(crate) is_form: bool,
    /// Where the Jsonnet of the body is; none for the built-in body, if there is one.
    pub(crate) body: Option<String>,
    pub(crate) auth: Option<Authentication>,
}

/// How the request shows who sends it.
#[derive(Debug, Clone)]
pub(crate) enum Authentication {
    /// RFC 7617.
    Basic { user: String, password: Secret<String> },
    /// A header of this name.
    Header { name: String, value: Secret<String> },
    /// A cookie of this name.
    Cookie { name: String, value: Secret<String> },
}

/// Reads what stands at `at`; every problem is noted.
pub(super) fn read(r: &Reader<'_>, at: &str) -> Option<Request> {
    let path = |name: &str| format!("{at}.{name}");
    let url = url(r, &path("url"));
    let method = r.text(&path("method")).unwrap_or_else(|| "POST".to_owned());
    if !is_token(&method) {
        r.problem(&path("method"), "must be an HTTP method");
    }
    let headers = r.text_map(&path("headers"));
    for (name, value) in &headers {
        let told = path(&format!("headers.{name}"));
        if !is_token(name) {
            r.problem(&told, "is not the name of a header");
        } else if value.contains(|c: char| c.is_ascii_control() && c != '\t') {
            r.problem(&told, "is not the value of a header");
        }
    }
    let is_form = is_form(r, &path("headers"), &headers);
    let auth = auth(r, &path("auth"));
    let headers = headers.into_iter().map(|(name, value)| (name, Secret::new(value))).collect();
    Some(Request {
        url: url?,
        method: method.to_ascii_uppercase(),
        headers,
        is_form,
        body: r.text(&path("body")),
        auth,
    })
}

fn url(r: &Reader<'_>, path: &str) -> Option<Url> {
    if !r.has(path) {
        r.problem(path, "is required");
        return None;
    }
    let url = r.url(path)?;
    if !matches!(url.scheme(), "http" | "https") {
        r.problem(path, "must start with http:// or https://");
        return None;
    }
    Some(url)
}

fn is_form(r: &Reader<'_>, path: &str, headers: &[(String, String)]) -> bool {
    let given = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let Some((name, value)) = given else { return false };
    match value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/json" => false,
        "application/x-www-form-urlencoded" => true,
        _ => {
            r.problem(&format!("{path}.{name}"), "must be application/json or application/x-www-form-urlencoded");
            false
        }
    }
}

fn auth(r: &Reader<'_>, at: &str) -> Option<Authentication> {
    if !r.has(at) {
        return None;
    }
    let required = |name: &str| {
        let path = format!("{at}.config.{name}");
        let found = r.text(&path);
        if found.is_none() {
            r.problem(&path, "is required");
        }
        found
    };
    match r.text(&format!("{at}.type")).as_deref() {
        Some("basic_auth") => {
            let (user, password) = (required("user"), required("password"));
            Some(Authentication::Basic { user: user?, password: Secret::new(password?) })
        }
        Some("api_key") => api_key(r, at, required("name"), required("value")),
        _ => {
            r.problem(&format!("{at}.type"), "must be \"basic_auth\" or \"api_key\"");
            None
        }
    }
}

fn api_key(r: &Reader<'_>, at: &str, name: Option<String>, value: Option<String>) -> Option<Authentication> {
    let (name, value) = (name?, value?);
    if !is_token(&name) {
        r.problem(&format!("{at}.config.name"), "is not the name of a header or cookie");
        return None;
    }
    let (path, value) = (format!("{at}.config.in"), Secret::new(value));
    match r.text(&path).as_deref() {
        None | Some("header") => Some(Authentication::Header { name, value }),
        Some("cookie") => Some(Authentication::Cookie { name, value }),
        Some(_) => {
            r.problem(&path, "must be \"header\" or \"cookie\"");
            None
        }
    }
}

/// Whether a text is a token (RFC 9110 §5.6.2): a method or the name of a header.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
