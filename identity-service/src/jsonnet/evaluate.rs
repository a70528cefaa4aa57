//! One snippet, evaluated in this process. Time and memory are bounded by the process (`worker`), depth by the evaluator's
//! own stack, the length of the value here.

use std::collections::BTreeMap;

use rsjsonnet_lang::{
    arena::Arena,
    interner::InternedStr,
    program::{
        Callbacks, EvalError, EvalErrorKind, EvalStackTraceItem, ImportError, NativeError, Program, Thunk, Value,
    },
    span::SpanId,
};
use serde_json::Value as Json;

use super::{
    explain::{self, Place},
    frame::{Outcome, Request, Stop},
};

/// No value is longer, written as JSON.
pub(super) const MAX_VALUE: usize = 1 << 20;
/// Calls and values within each other; the reference implementation's number.
pub(super) const MAX_DEPTH: usize = 500;
/// What a snippet says to have nothing done.
const CANCEL: &str = "cancel";

/// The value of a snippet.
pub(super) fn evaluate(request: &Request) -> Outcome {
    let arena = Arena::new();
    let mut program = Program::new(&arena);
    program.set_max_stack(MAX_DEPTH);
    for (name, text) in &request.vars {
        let thunk = given(&mut program, name, text)?;
        let name = program.intern_str(name);
        program.add_ext_var(name, &thunk);
    }
    let (context, _) = program.span_manager_mut().insert_source_context(request.text.len());
    let place = Place { name: &request.name, text: &request.text, context };
    let loaded = program.load_source(context, request.text.as_bytes(), true, &request.name);
    let thunk = match loaded {
        Ok(thunk) => thunk,
        Err(error) => return Err(Stop::Wrong(explain::load(&error, place, program.span_manager()))),
    };
    let json = value(&mut program, &thunk, &request.args).map_err(|fault| match fault {
        Fault::Given(stop) => stop,
        Fault::Eval(error) => stop(&error, place, &program),
    })?;
    if json.len() > MAX_VALUE { Err(Stop::TooLarge) } else { Ok(json) }
}

/// Why an evaluation ended.
enum Fault {
    Given(Stop),
    Eval(EvalError),
}

impl From<EvalError> for Fault {
    fn from(error: EvalError) -> Self {
        Self::Eval(error)
    }
}

/// Evaluates, calls the value if it is a function, and writes what came of it as JSON.
fn value<'p>(program: &mut Program<'p>, snippet: &Thunk<'p>, args: &BTreeMap<String, String>) -> Result<String, Fault> {
    let mut value = program.eval_value(snippet, &mut Closed)?;
    if value.is_function() {
        let mut named = Vec::with_capacity(args.len());
        for (name, text) in args {
            let thunk = given(program, name, text).map_err(Fault::Given)?;
            named.push((program.intern_str(name), thunk));
        }
        let function = program.value_to_thunk(&value);
        value = program.eval_call(&function, &[], &named, &mut Closed)?;
    }
    Ok(program.manifest_json(&value, false)?)
}

fn stop(error: &EvalError, place: Place<'_>, program: &Program<'_>) -> Stop {
    match &error.kind {
        EvalErrorKind::ExplicitError { message, .. } if message == CANCEL => Stop::Cancelled,
        _ => Stop::Wrong(explain::eval(error, place, program.span_manager())),
    }
}

/// A value from outside, by its JSON text.
fn given<'p>(program: &mut Program<'p>, name: &str, text: &str) -> Result<Thunk<'p>, Stop> {
    let json: Json =
        serde_json::from_str(text).map_err(|error| Stop::Wrong(format!("the value given as {name:?}: {error}")))?;
    let value = converted(program, &json);
    Ok(program.value_to_thunk(&value))
}

/// Jsonnet's numbers are JavaScript's: whole ones above 2^53 lose their last digits.
fn converted<'p>(program: &mut Program<'p>, json: &Json) -> Value<'p> {
    match json {
        Json::Null => Value::null(),
        Json::Bool(value) => Value::bool(*value),
        Json::Number(number) => Value::number(number.as_f64().unwrap_or_default()),
        Json::String(text) => Value::string(text),
        Json::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| converted(program, item)).collect();
            program.make_array(&items)
        }
        Json::Object(map) => {
            let fields: Vec<_> =
                map.iter().map(|(name, value)| (program.intern_str(name), converted(program, value))).collect();
            program.make_object(&fields)
        }
    }
}

/// Nothing is reached from within a snippet: no file, no native function, no terminal.
struct Closed;

impl<'p> Callbacks<'p> for Closed {
    fn import(&mut self, _: &mut Program<'p>, _: SpanId, _: &str) -> Result<Thunk<'p>, ImportError> {
        Err(ImportError)
    }

    fn import_str(&mut self, _: &mut Program<'p>, _: SpanId, _: &str) -> Result<String, ImportError> {
        Err(ImportError)
    }

    fn import_bin(&mut self, _: &mut Program<'p>, _: SpanId, _: &str) -> Result<Vec<u8>, ImportError> {
        Err(ImportError)
    }

    fn trace(&mut self, _: &mut Program<'p>, _: &str, _: &[EvalStackTraceItem]) {}

    fn native_call(
        &mut self,
        _: &mut Program<'p>,
        _: InternedStr<'p>,
        _: &[Value<'p>],
    ) -> Result<Value<'p>, NativeError> {
        Err(NativeError)
    }
}

#[cfg(test)]
mod tests;
