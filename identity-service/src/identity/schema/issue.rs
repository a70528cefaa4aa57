//! What is wrong with traits, as messages at the nodes they belong to (contract §2.8).

use std::collections::HashMap;

use jsonschema::{
    ValidationError,
    error::{TypeKind, ValidationErrorKind as Kind},
};
use serde_json::Value;

use crate::ui::text::{Message, validation};

/// One thing that is wrong with submitted traits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Issue {
    /// The node it belongs to, e.g. `traits.email`; `None` for the form as a whole.
    pub(crate) at: Option<String>,
    pub(crate) message: Message,
}

impl Issue {
    /// A trait the user may not write names another value than the stored one.
    pub(super) fn protected(at: String) -> Self {
        let reason = "This value can only be set by an administrator.";
        Self { at: Some(at), message: validation::generic(reason) }
    }

    /// A text that is too long to be an identifier.
    pub(super) fn too_long(at: String, max: usize, actual: usize) -> Self {
        Self { at: Some(at), message: validation::too_long(number(max), number(actual)) }
    }
}

/// Of what is wrong with one value, that it is no address or date at all is told first; the rest stays as it was found.
pub(super) fn formats_first(errors: &mut [ValidationError<'_>]) {
    let mut places: HashMap<String, usize> = HashMap::new();
    for (index, error) in errors.iter().enumerate() {
        places.entry(error.instance_path().as_str().to_owned()).or_insert(index);
    }
    errors.sort_by_key(|error| {
        let place = places.get(error.instance_path().as_str()).copied().unwrap_or_default();
        (place, !matches!(error.kind(), Kind::Format { .. }))
    });
}

/// The message of a failed keyword.
pub(super) fn of(error: &ValidationError<'_>) -> Issue {
    let mut path = node_of(error.instance_path().as_str());
    let message = match error.kind() {
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            path.push(name.to_owned());
            validation::required(name)
        }
        kind => message(kind, error.instance()),
    };
    let at = (!path.is_empty()).then(|| path.join("."));
    Issue { at: at.filter(|at| at != "traits"), message }
}

fn message(kind: &Kind, instance: &Value) -> Message {
    let length = || instance.as_str().map_or(0, |text| number(text.chars().count()));
    let items = || instance.as_array().map_or(0, |items| number(items.len()));
    match kind {
        Kind::MinLength { limit } => validation::too_short(*limit, length()),
        Kind::MaxLength { limit } => validation::too_long(*limit, length()),
        Kind::Pattern { pattern } => validation::pattern(pattern),
        Kind::Minimum { limit } => validation::minimum(limit, instance),
        Kind::ExclusiveMinimum { limit } => validation::exclusive_minimum(limit, instance),
        Kind::Maximum { limit } => validation::maximum(limit, instance),
        Kind::ExclusiveMaximum { limit } => validation::exclusive_maximum(limit, instance),
        Kind::MultipleOf { multiple_of } => validation::multiple_of(&Value::from(*multiple_of), instance),
        Kind::MaxItems { limit } => validation::max_items(*limit, items()),
        Kind::MinItems { limit } => validation::min_items(*limit, items()),
        Kind::UniqueItems => {
            let (first, second) = repeated(instance);
            validation::unique_items(first, second)
        }
        Kind::Type { kind } => validation::wrong_type(&names(kind), type_of(instance)),
        Kind::Constant { expected_value } => validation::constant(expected_value),
        Kind::Format { format } if format == "email" => validation::email_format(instance.as_str().unwrap_or_default()),
        Kind::Format { format } if format == "tel" => validation::phone_format(instance.as_str().unwrap_or_default()),
        Kind::Format { format } => validation::generic(&format!("This is not a valid {format}.")),
        Kind::Enum { options } => validation::generic(&format!("This must be one of {options}.")),
        Kind::AdditionalProperties { unexpected } => {
            validation::generic(&format!("There is no trait called {}.", unexpected.join(", ")))
        }
        other => validation::generic(&format!("This does not satisfy the keyword {} of the schema.", other.keyword())),
    }
}

/// `/traits/name/first` as the parts of `traits.name.first`.
fn node_of(pointer: &str) -> Vec<String> {
    let part = |text: &str| text.replace("~1", "/").replace("~0", "~");
    pointer.split('/').skip(1).map(part).collect()
}

fn names(kind: &TypeKind) -> Vec<String> {
    match kind {
        TypeKind::Single(one) => vec![one.to_string()],
        TypeKind::Multiple(many) => many.iter().map(|one| one.to_string()).collect(),
    }
}

const fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The places of the first two equal items.
fn repeated(instance: &Value) -> (u64, u64) {
    let items = instance.as_array().map(Vec::as_slice).unwrap_or_default();
    let pair = items.iter().enumerate().find_map(|(second, item)| {
        let first = items.iter().take(second).position(|other| other == item)?;
        Some((number(first), number(second)))
    });
    pair.unwrap_or_default()
}

fn number(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}
