//! `web_hook`: what is called, and what its answer may do (contract §6.3).

use super::{
    read::Reader,
    request::{self, Request},
};

/// One call to another system.
#[derive(Debug, Clone)]
pub(crate) struct WebHook {
    /// For logs and events.
    pub(crate) id: String,
    /// Where it stands in the configuration.
    pub(crate) path: String,
    pub(crate) request: Request,
    /// Called beside the answer; whatever comes of it is only logged.
    pub(crate) ignore: bool,
    /// Called before anything is written; the answer may change the identity or refuse.
    pub(crate) parse: bool,
}

/// Two hooks are the same when they stand at the same place.
impl PartialEq for WebHook {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

/// Reads the hook whose entry is at `path`; every problem is noted.
pub(super) fn read(r: &Reader<'_>, path: &str) -> Option<WebHook> {
    let at = format!("{path}.config");
    if !r.has(&at) {
        r.problem(&at, "is required");
        return None;
    }
    let flag = |name: &str| r.flag(&format!("{at}.{name}"), false);
    if !r.has(&format!("{at}.method")) {
        r.problem(&format!("{at}.method"), "is required");
    }
    let ignore = flag("response.ignore");
    let parse = flag("response.parse") || flag("can_interrupt");
    if ignore && parse {
        r.problem(&format!("{at}.response"), "an answer can be parsed or ignored, not both");
    }
    let request = request::read(r, &at)?;
    let id = r.text(&format!("{at}.id")).unwrap_or_else(|| request.url.origin().ascii_serialization());
    Some(WebHook { id, path: path.to_owned(), request, ignore, parse })
}
