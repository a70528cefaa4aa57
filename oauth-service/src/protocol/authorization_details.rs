//! `authorization_details`: what exactly a client wants to be allowed (RFC 9396).

use serde_json::Value;

/// Why details cannot be read (RFC 9396 5).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DetailsError {
    #[error("They must be a JSON list of objects.")]
    Shape,
    #[error("Each must have a 'type'.")]
    Untyped,
    #[error("The member '{0}' must be a list of texts.")]
    Member(&'static str),
    #[error("The member 'identifier' must be a text.")]
    Identifier,
}

/// Members every type has in common (RFC 9396 2.2).
const LISTS: [&str; 4] = ["locations", "actions", "datatypes", "privileges"];

/// Reads the parameter.
pub(crate) fn parse(text: &str) -> Result<Vec<Value>, DetailsError> {
    let details: Vec<Value> = serde_json::from_str(text).map_err(|_| DetailsError::Shape)?;
    details.iter().try_for_each(check)?;
    Ok(details)
}

/// Checks one of them.
pub(crate) fn check(detail: &Value) -> Result<(), DetailsError> {
    let members = detail.as_object().ok_or(DetailsError::Shape)?;
    type_of(detail).filter(|name| !name.is_empty()).ok_or(DetailsError::Untyped)?;
    let texts = |value: &Value| value.as_array().is_some_and(|items| items.iter().all(Value::is_string));
    if let Some(name) = LISTS.into_iter().find(|name| members.get(*name).is_some_and(|value| !texts(value))) {
        return Err(DetailsError::Member(name));
    }
    match members.get("identifier") {
        Some(value) if !value.is_string() => Err(DetailsError::Identifier),
        _ => Ok(()),
    }
}

/// The type of one of them.
pub(crate) fn type_of(detail: &Value) -> Option<&str> {
    detail.get("type").and_then(Value::as_str)
}

/// Whether a detail asks for no more than a granted one gives: the same members with the same values, lists of texts shorter at most.
/// What a member means only its type knows, so that one left out or added is never taken for less.
pub(crate) fn covers(granted: &Value, wanted: &Value) -> bool {
    let (Some(granted), Some(wanted)) = (granted.as_object(), wanted.as_object()) else { return false };
    let within = |name: &str, value: &Value| {
        let known = granted.get(name);
        let (Some(all), Some(some)) = (known.and_then(Value::as_array), value.as_array()) else {
            return known == Some(value);
        };
        LISTS.contains(&name) && !some.is_empty() && some.iter().all(|item| all.contains(item)) || all == some
    };
    granted.len() == wanted.len() && wanted.iter().all(|(name, value)| within(name, value))
}

/// The first type that is not among the known ones.
pub(crate) fn first_unknown(details: &[Value], known: impl Fn(&str) -> bool) -> Option<&str> {
    details.iter().filter_map(type_of).find(|name| !known(name))
}

/// The first type that the server, or the client, has not registered (RFC 9396 5).
pub(crate) fn first_unregistered<'a>(details: &'a [Value], server: &[String], client: &[String]) -> Option<&'a str> {
    first_unknown(details, |name| [server, client].iter().all(|list| list.iter().any(|known| known == name)))
}

#[cfg(test)]
mod tests;
