//! `claims`: single claims a client asks for, beside what scopes stand for (OpenID Connect Core 5.5).

use serde_json::{Map, Value};

/// Where a claim is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    IdToken,
    Userinfo,
}

impl Place {
    const fn member(self) -> &'static str {
        match self {
            Self::IdToken => "id_token",
            Self::Userinfo => "userinfo",
        }
    }
}

/// Reads the parameter. `None`: it is not an object of objects.
pub(crate) fn parse(text: &str) -> Option<Map<String, Value>> {
    let request: Map<String, Value> = serde_json::from_str(text).ok()?;
    let claim = |value: &Value| match value {
        Value::Null => true,
        Value::Object(members) => {
            members.get("essential").is_none_or(Value::is_boolean) && members.get("values").is_none_or(Value::is_array)
        }
        _ => false,
    };
    let place = |value: &Value| value.is_null() || value.as_object().is_some_and(|claims| claims.values().all(claim));
    let places = [Place::IdToken, Place::Userinfo];
    places.into_iter().all(|known| request.get(known.member()).is_none_or(place)).then_some(request)
}

/// Whether a claim is wanted as essential, and the values it may have; no values are any.
pub(crate) fn wanted<'a>(request: &'a Map<String, Value>, place: Place, claim: &str) -> Option<(bool, Vec<&'a Value>)> {
    let members = request.get(place.member())?.get(claim)?;
    let one = members.get("value").into_iter();
    let several = members.get("values").and_then(Value::as_array).into_iter().flatten();
    Some((members.get("essential") == Some(&Value::Bool(true)), one.chain(several).collect()))
}

/// Whether a claim of this value may be told: it was asked for without a value, or with this one.
pub(crate) fn allows(request: &Map<String, Value>, place: Place, claim: &str, value: &Value) -> bool {
    wanted(request, place, claim).is_none_or(|(_, values)| values.is_empty() || values.contains(&value))
}

#[cfg(test)]
mod tests;
