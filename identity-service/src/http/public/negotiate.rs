//! How a client wants to be answered (contract §0.4): two predicates over `Accept`, which are not the same.

use actix_web::{
    HttpRequest,
    http::header::{ACCEPT, CONTENT_TYPE},
};

use crate::flow::visitor::Client;

/// Whether the beginning of a flow is answered with a redirect or with JSON.
pub(crate) fn beginning(request: &HttpRequest) -> Client {
    client(best(&accepted(request), &["text/html", "application/json"]))
}

/// Whether a submission is answered with a redirect or with JSON. A body that is exactly `application/json` counts
/// as a wish for JSON; one with a charset does not.
pub(crate) fn submission(request: &HttpRequest) -> Client {
    if request.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes() == b"application/json") {
        return Client::Json;
    }
    client(best(&accepted(request), &["text/html", "text/*", "*/*", "application/json"]))
}

/// Whether somebody wants to look at the answer: HTML is named, and not less wanted than JSON. Programs that accept anything
/// name neither.
pub(crate) fn is_for_people(request: &HttpRequest) -> bool {
    let ranges = accepted(request);
    let weight = |name: &str| ranges.iter().find(|(range, _)| range == name).map_or(0.0, |(_, weight)| *weight);
    weight("text/html") > 0.0 && weight("text/html") >= weight("application/json")
}

fn client(offer: Option<&str>) -> Client {
    if offer == Some("application/json") { Client::Json } else { Client::Html }
}

/// A media range and its weight.
type Range = (String, f32);

fn accepted(request: &HttpRequest) -> Vec<Range> {
    let lines = request.headers().get_all(ACCEPT).filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).filter_map(range).collect()
}

fn range(text: &str) -> Option<Range> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?.to_ascii_lowercase();
    let weight = parts
        .find_map(|part| part.strip_prefix("q="))
        .map_or(1.0, |weight| weight.parse::<f32>().ok().filter(|q| (0.0..=1.0).contains(q)).unwrap_or(0.0));
    Some((name, weight))
}

/// The offer that fits best: by weight, then by how exactly a range names it, then by its place in the list.
fn best<'a>(ranges: &[Range], offers: &[&'a str]) -> Option<&'a str> {
    let mut found: Option<(&str, f32, u8)> = None;
    for offer in offers {
        for (range, weight) in ranges {
            let Some(vague) = vagueness(range, offer).filter(|_| *weight > 0.0) else { continue };
            let better = found.is_none_or(|(_, known, than)| *weight > known || (*weight >= known && vague < than));
            if better {
                found = Some((offer, *weight, vague));
            }
        }
    }
    found.map(|(offer, _, _)| offer)
}

/// How vaguely a range names an offer; nothing when it does not.
fn vagueness(range: &str, offer: &str) -> Option<u8> {
    if range == "*/*" {
        return Some(2);
    }
    if let Some(kind) = range.strip_suffix('*').filter(|kind| kind.ends_with('/')) {
        return offer.starts_with(kind).then_some(1);
    }
    (range == offer).then_some(0)
}

#[cfg(test)]
mod tests;
