//! Functions of numbers. Whole ones stay in their bounds: what would leave them ends there.

use gotmpl::{Result, Value};

use super::{Args, Function, list, whole};

/// No more numbers are counted.
const MAX_COUNT: i64 = 10_000;

pub(super) const FUNCTIONS: &[(&str, Function)] = &[
    ("int", |args| Ok(Value::Int(args.int(0)?))),
    ("int64", |args| Ok(Value::Int(args.int(0)?))),
    ("atoi", |args| Ok(Value::Int(args.int(0)?))),
    ("float64", |args| Ok(Value::Float(float(args.value(0)?)))),
    ("add", |args| folded(args, i64::saturating_add)),
    ("add1", |args| Ok(Value::Int(args.int(0)?.saturating_add(1)))),
    ("sub", |args| Ok(Value::Int(args.int(0)?.saturating_sub(args.int(1)?)))),
    ("mul", |args| folded(args, i64::saturating_mul)),
    ("div", |args| {
        let by = args.int(1)?;
        args.int(0)?.checked_div(by).map(Value::Int).ok_or_else(|| args.fault("by nothing"))
    }),
    ("mod", |args| {
        let by = args.int(1)?;
        args.int(0)?.checked_rem(by).map(Value::Int).ok_or_else(|| args.fault("by nothing"))
    }),
    ("max", |args| folded(args, std::cmp::Ord::max)),
    ("min", |args| folded(args, std::cmp::Ord::min)),
    ("floor", |args| Ok(Value::Float(float(args.value(0)?).floor()))),
    ("ceil", |args| Ok(Value::Float(float(args.value(0)?).ceil()))),
    ("round", |args| {
        let scale = 10_f64.powi(i32::try_from(args.int(1)?.clamp(0, 12)).unwrap_or(0));
        Ok(Value::Float((float(args.value(0)?) * scale).round() / scale))
    }),
    ("until", |args| list((0..args.int(0)?.min(MAX_COUNT)).map(Value::Int).collect())),
];

fn folded(args: &Args<'_>, with: fn(i64, i64) -> i64) -> Result<Value> {
    args.value(0)?;
    Ok(Value::Int(args.values.iter().map(whole).reduce(with).unwrap_or(0)))
}

fn float(value: &Value) -> f64 {
    match value {
        Value::Float(number) => *number,
        #[expect(clippy::cast_precision_loss, reason = "what a float cannot hold, it rounds")]
        other => super::shown(other).trim().parse().unwrap_or(whole(other) as f64),
    }
}
