//! Asking another service over HTTP, and what an answer tells of who gave it.

use std::time::Duration;

use url::Url;

use super::{Finding, clock};
use crate::{
    http::client::{HttpClient, HttpReply, HttpRequest},
    time::Time,
};

/// Nobody is waited for longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// A reply, or in one line why there is none.
pub async fn get(http: &HttpClient, url: &Url, headers: &[(String, String)]) -> Result<HttpReply, String> {
    let request = HttpRequest { headers: headers.to_vec(), ..HttpRequest::new("GET", url.clone()) };
    send(http, request).await
}

/// The same for any request.
pub async fn send(http: &HttpClient, mut request: HttpRequest) -> Result<HttpReply, String> {
    request.timeout = Some(PATIENCE);
    http.send(request).await.map_err(|error| chain(&error))
}

/// A failure and what it comes from.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let said = inner.to_string();
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        source = inner.source();
    }
    text
}

/// A header of a reply.
pub fn header<'a>(reply: &'a HttpReply, name: &str) -> Option<&'a str> {
    reply.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Compares the sender's clock, where it tells the time.
pub fn date(reply: &HttpReply, now: Time, whose: &str) -> Option<Finding> {
    let other = clock::of_header(header(reply, "date")?)?;
    // A header counts whole seconds, and the way takes time as well.
    Some(clock::compare(now, other, whose))
}

/// What stands behind an admin API that was asked with the configured headers.
#[derive(Debug, Clone, Copy)]
pub struct Admin<'a> {
    /// Whose it should be.
    pub whose: &'a str,
    /// The key that names it.
    pub key: &'a str,
    /// The key that holds the headers.
    pub headers_key: &'a str,
    /// Its address.
    pub url: &'a Url,
}

impl Admin<'_> {
    /// What a reply to a list of its things means.
    pub fn judge(self, reply: &Result<HttpReply, String>) -> Finding {
        let Self { whose, key, headers_key, url } = self;
        match reply {
            Err(why) => {
                let what = format!("{url} cannot be asked: {why}");
                let fix = format!("start {whose}, or name its admin address as it is reached from here");
                Finding::wrong(key, what).because(format!("nothing that needs {whose} works"), fix)
            }
            Ok(reply) => match reply.status {
                200 if is_list(reply) => {
                    Finding::fine(format!("{whose} answers at {url}, and takes the configured headers"))
                }
                401 | 403 => {
                    let what = format!("{whose} refuses the configured headers (status {})", reply.status);
                    let fix = format!(
                        "set Authorization: \"Bearer KEY\" there, KEY being one of serve.admin.api_keys of {whose}"
                    );
                    Finding::wrong(headers_key, what).because(format!("nothing that needs {whose} works"), fix)
                }
                404 => {
                    let what = format!("{url} answers, and is not the admin API of {whose}");
                    let fix = format!("name the admin address of {whose}; the public one answers elsewhere");
                    Finding::wrong(key, what).because(format!("nothing that needs {whose} works"), fix)
                }
                status => {
                    let what = format!("{url} answers with status {status}, not as {whose} does");
                    Finding::wrong(key, what).because(
                        format!("nothing that needs {whose} works"),
                        "see what listens there, and what it logs",
                    )
                }
            },
        }
    }
}

fn is_list(reply: &HttpReply) -> bool {
    serde_json::from_slice::<serde_json::Value>(&reply.body).is_ok_and(|body| body.is_array())
}
