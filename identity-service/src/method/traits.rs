//! Traits in forms: read from a submission, checked against the schema, and put back into the inputs. Shared by every
//! method that registers; only the owner's own traits pass.

use serde_json::{Map, Value};

use super::{Attempt, Encoding, MethodError};
use crate::{
    identity::schema::Schema,
    model::{flow::FlowKind, traits::Traits},
    ui::node::{Container, Group, InputType, Node, trait_nodes},
};

/// The prefix of every trait's input.
const PREFIX: &str = "traits.";

/// What is wrong with a submission is told up to this many times, and at inputs with names up to this length.
const MESSAGES: usize = 50;
const LONGEST_NAME: usize = 200;

/// The names of the inputs of a schema, in its order.
pub(crate) fn names(schema: &Schema) -> Vec<String> {
    trait_nodes(schema.document(), Group::Default).iter().map(|node| node.key().to_owned()).collect()
}

/// The traits of a submission when they are in order; otherwise the form, which says what is to be mended.
///
/// A submission without any traits stands for those the form holds already: on the second screen of a registration
/// they are hidden inputs.
pub(super) fn read(attempt: Attempt<'_>, submitted: Option<Value>) -> Result<Result<Traits, Container>, MethodError> {
    let schema = attempt.schema.ok_or_else(|| MethodError::Malformed("The identity schema is gone.".to_owned()))?;
    let form = &attempt.flow.data.ui;
    let given = match submitted {
        None | Some(Value::Null) => of_form(form),
        Some(value) => Traits::from_value(value)
            .ok_or_else(|| MethodError::Malformed("The field traits must be an object.".to_owned()))?,
    };
    let old = attempt.who.filter(|_| attempt.flow.kind == FlowKind::Settings).map(|who| &who.identity.traits);
    let given = match (attempt.encoding, old) {
        (Encoding::Form, Some(old)) => with_unasked(schema, old, &coerced(schema, &given)),
        (Encoding::Form, None) => coerced(schema, &given),
        (Encoding::Json, _) => typed(schema, Encoding::Json, &given),
    };
    Ok(judged(attempt, schema, &given))
}

/// The form of a person who has sent no traits at all: what is missing is told, and nothing is changed.
pub(super) fn none(attempt: Attempt<'_>) -> Result<Container, MethodError> {
    let schema = attempt.schema.ok_or_else(|| MethodError::Malformed("The identity schema is gone.".to_owned()))?;
    match judged(attempt, schema, &Traits::default()) {
        Err(form) => Ok(form),
        Ok(_) => Err(MethodError::Malformed("No traits were sent: there is nothing to change.".to_owned())),
    }
}

/// Texts in the types the schema wants: of a form, or of a script that has read inputs.
pub(super) fn typed(schema: &Schema, encoding: Encoding, given: &Traits) -> Traits {
    match encoding {
        Encoding::Form => coerced(schema, given),
        Encoding::Json => {
            let mut value = given.to_value();
            schema.coerce_json(&mut value);
            Traits::from_value(value).unwrap_or_default()
        }
    }
}

/// Traits with others laid over them. An input that was left empty says nothing.
pub(super) fn over(under: &Traits, over: &Traits) -> Traits {
    fn lay(under: &mut Map<String, Value>, over: &Map<String, Value>) {
        for (name, value) in over {
            match (under.get_mut(name), value) {
                (Some(Value::Object(under)), Value::Object(over)) => lay(under, over),
                (Some(_), Value::String(text)) if text.is_empty() => {}
                _ => {
                    under.insert(name.clone(), value.clone());
                }
            }
        }
    }
    let mut merged = under.as_map().clone();
    lay(&mut merged, over.as_map());
    Traits::new(merged)
}

/// Traits that their owner may have and that are in order; otherwise the form, which says what is to be mended.
pub(super) fn judged(attempt: Attempt<'_>, schema: &Schema, given: &Traits) -> Result<Traits, Container> {
    let old = attempt.who.filter(|_| attempt.flow.kind == FlowKind::Settings).map(|who| &who.identity.traits);
    let issues = match schema.check_user_write(old, given) {
        Ok(traits) => {
            let issues = schema.validate(&traits);
            if issues.is_empty() {
                return Ok(traits);
            }
            issues
        }
        Err(issues) => issues,
    };
    let mut form = attempt.flow.data.ui.clone();
    fill(&mut form, given);
    for issue in issues.into_iter().take(MESSAGES) {
        match issue.at {
            Some(name) if name.len() <= LONGEST_NAME => {
                reveal(&mut form, schema, &name);
                form.tell(&name, issue.message);
            }
            _ => form.messages.push(issue.message),
        }
    }
    Err(form)
}

/// Puts traits into the inputs of a form; an input whose trait is absent is emptied.
pub(crate) fn fill(form: &mut Container, traits: &Traits) {
    let names: Vec<String> = form.nodes.iter().map(|node| node.key().to_owned()).collect();
    for name in names {
        if let Some(path) = path(&name) {
            form.set_value(&name, traits.at(&path).cloned());
        }
    }
}

/// The traits that the inputs of a form hold.
pub(crate) fn of_form(form: &Container) -> Traits {
    let mut traits = Traits::default();
    for input in form.nodes.iter().filter_map(Node::as_input) {
        if let (Some(path), Some(value)) = (path(&input.name), &input.value) {
            traits.set(&path, value.clone());
        }
    }
    traits
}

fn path(name: &str) -> Option<Vec<String>> {
    name.strip_prefix(PREFIX).map(|rest| rest.split('.').map(str::to_owned).collect())
}

/// Shows a hidden input again: what is to be mended must be seen.
fn reveal(form: &mut Container, schema: &Schema, name: &str) {
    let Some(input) = form.find_mut(name).and_then(Node::as_input_mut) else { return };
    if input.kind == InputType::Hidden {
        let nodes = trait_nodes(schema.document(), Group::Default);
        let shown = nodes.iter().find(|node| node.key() == name).and_then(Node::as_input);
        input.kind = shown.map_or(InputType::Text, |shown| shown.kind);
    }
}

/// The traits of a form post, which knows texts alone, in the types the schema wants.
fn coerced(schema: &Schema, given: &Traits) -> Traits {
    let mut value = given.to_value();
    schema.coerce_form(&mut value);
    without_empty_objects(&Traits::from_value(value).unwrap_or_default())
}

/// The traits of a form together with those it did not ask for, such as lists: a form cannot leave out what it does not have.
fn with_unasked(schema: &Schema, old: &Traits, given: &Traits) -> Traits {
    fn merge(asked: &[String], path: &str, old: &Map<String, Value>, given: &mut Map<String, Value>) {
        for (name, value) in old {
            let path = format!("{path}.{name}");
            let is_asked = asked.iter().any(|asked| *asked == path || asked.starts_with(&format!("{path}.")));
            match (given.get_mut(name), value) {
                (Some(Value::Object(given)), Value::Object(old)) => merge(asked, &path, old, given),
                (None, Value::Object(old)) if is_asked => {
                    let mut inner = Map::new();
                    merge(asked, &path, old, &mut inner);
                    if !inner.is_empty() {
                        given.insert(name.clone(), Value::Object(inner));
                    }
                }
                (None, value) if !is_asked => {
                    given.insert(name.clone(), value.clone());
                }
                _ => {}
            }
        }
    }
    let mut merged = given.as_map().clone();
    merge(&names(schema), "traits", old.as_map(), &mut merged);
    Traits::new(merged)
}

/// An object whose every member was left empty was left out as a whole.
fn without_empty_objects(traits: &Traits) -> Traits {
    fn prune(map: Map<String, Value>) -> Map<String, Value> {
        let pruned = map.into_iter().filter_map(|(name, value)| match value {
            Value::Object(inner) => {
                let inner = prune(inner);
                (!inner.is_empty()).then_some((name, Value::Object(inner)))
            }
            other => Some((name, other)),
        });
        pruned.collect()
    }
    Traits::new(prune(traits.as_map().clone()))
}

#[cfg(test)]
mod tests;
