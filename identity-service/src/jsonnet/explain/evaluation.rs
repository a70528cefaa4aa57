//! Snippets that can be read and not evaluated.

use rsjsonnet_lang::{
    program::{EvalErrorKind as Kind, EvalErrorValueType as Type},
    span::SpanId,
};

use crate::jsonnet::evaluate::MAX_DEPTH;

/// Where the error itself says it is; for the others the calls that led there tell.
pub(super) const fn span(kind: &Kind) -> Option<SpanId> {
    match kind {
        Kind::InvalidIndexedType { span, .. }
        | Kind::InvalidSlicedType { span, .. }
        | Kind::SliceIndexOrStepIsNotNumber { span, .. }
        | Kind::StringIndexIsNotNumber { span, .. }
        | Kind::ArrayIndexIsNotNumber { span, .. }
        | Kind::NumericIndexIsNotValid { span, .. }
        | Kind::NumericIndexOutOfRange { span, .. }
        | Kind::ObjectIndexIsNotString { span, .. }
        | Kind::RepeatedFieldName { span, .. }
        | Kind::FieldNameIsNotString { span, .. }
        | Kind::UnknownObjectField { span, .. }
        | Kind::FieldOfNonObject { span }
        | Kind::SuperWithoutSuperObject { span }
        | Kind::ForSpecValueIsNotArray { span, .. }
        | Kind::CondIsNotBool { span, .. }
        | Kind::InvalidUnaryOpType { span, .. }
        | Kind::AssertFailed { span, .. }
        | Kind::ExplicitError { span, .. }
        | Kind::ImportFailed { span, .. } => Some(*span),
        Kind::CalleeIsNotFunction { span, .. }
        | Kind::TooManyCallArgs { span, .. }
        | Kind::UnknownCallParam { span, .. }
        | Kind::RepeatedCallParam { span, .. }
        | Kind::CallParamNotBound { span, .. }
        | Kind::InvalidBinaryOpTypes { span, .. }
        | Kind::NumberNotBitwiseSafe { span, .. }
        | Kind::NumberOverflow { span }
        | Kind::NumberNan { span }
        | Kind::DivByZero { span }
        | Kind::ShiftByNegative { span }
        | Kind::Other { span, .. } => *span,
        _ => None,
    }
}

/// Why.
pub(super) fn why(kind: &Kind) -> String {
    match kind {
        Kind::StackOverflow => format!("it goes too deep: more than {MAX_DEPTH} calls or values within each other"),
        Kind::InfiniteRecursion => "this value depends on itself".to_owned(),
        Kind::AssertFailed { message: Some(message), .. } => format!("assertion failed: {message}"),
        Kind::AssertFailed { message: None, .. } => "assertion failed".to_owned(),
        Kind::AssertEqualFailed { lhs, rhs } => format!("assertion failed: {lhs} is not {rhs}"),
        Kind::ExplicitError { message, .. } => format!("error: {message}"),
        Kind::ImportFailed { .. } => "imports are switched off".to_owned(),
        Kind::UnknownExtVar { name } => format!("there is no external variable {name:?}"),
        Kind::ManifestFunction => "a function is no JSON value".to_owned(),
        Kind::Other { message, .. } => message.clone(),
        other => fields_and_calls(other),
    }
}

fn fields_and_calls(kind: &Kind) -> String {
    match kind {
        Kind::InvalidIndexedType { got_type, .. } => format!("{} has no elements", a(*got_type)),
        Kind::InvalidSlicedType { got_type, .. } => format!("{} cannot be cut", a(*got_type)),
        Kind::SliceIndexOrStepIsNotNumber { got_type, .. } => format!("{} is no place to cut", a(*got_type)),
        Kind::StringIndexIsNotNumber { got_type, .. } | Kind::ArrayIndexIsNotNumber { got_type, .. } => {
            format!("an index is a number, not {}", a(*got_type))
        }
        Kind::NumericIndexIsNotValid { index, .. } => format!("{index} is no index"),
        Kind::NumericIndexOutOfRange { index, length, .. } => format!("there is no index {index} in {length} elements"),
        Kind::ObjectIndexIsNotString { got_type, .. } | Kind::FieldNameIsNotString { got_type, .. } => {
            format!("the name of a field is a string, not {}", a(*got_type))
        }
        Kind::RepeatedFieldName { name, .. } => format!("the object has a field {name:?} already"),
        Kind::UnknownObjectField { field_name, .. } => format!("there is no field {field_name:?}"),
        Kind::FieldOfNonObject { .. } => "only an object has fields".to_owned(),
        Kind::SuperWithoutSuperObject { .. } => "there is no object that super could be".to_owned(),
        Kind::ForSpecValueIsNotArray { got_type, .. } => format!("for goes over an array, not {}", a(*got_type)),
        Kind::CondIsNotBool { got_type, .. } => format!("a condition is true or false, not {}", a(*got_type)),
        Kind::CalleeIsNotFunction { got_type, .. } => format!("{} cannot be called", a(*got_type)),
        Kind::TooManyCallArgs { num_params, .. } => format!("the function takes {num_params} arguments, not more"),
        Kind::UnknownCallParam { param_name, .. } => format!("the function has no parameter {param_name:?}"),
        Kind::RepeatedCallParam { param_name, .. } => format!("the parameter {param_name:?} is given twice"),
        Kind::CallParamNotBound { param_name, .. } => format!("the parameter {param_name:?} is not given"),
        Kind::NativeCallFailed => "there are no native functions".to_owned(),
        other => numbers_and_types(other),
    }
}

fn numbers_and_types(kind: &Kind) -> String {
    match kind {
        Kind::InvalidUnaryOpType { rhs_type, .. } => format!("the operator does not take {}", a(*rhs_type)),
        Kind::InvalidBinaryOpTypes { lhs_type, rhs_type, .. } => {
            format!("the operator does not take {} and {}", a(*lhs_type), a(*rhs_type))
        }
        Kind::InvalidStdFuncArgType { func_name, arg_index, expected_types, got_type } => {
            let wanted: Vec<_> = expected_types.iter().map(|wanted| a(*wanted)).collect();
            let (number, wanted) = (arg_index + 1, wanted.join(" or "));
            format!("argument {number} of std.{func_name} is {}; it takes {wanted}", a(*got_type))
        }
        Kind::NumberNotBitwiseSafe { .. } => "the number is too large for operators on bits".to_owned(),
        Kind::NumberOverflow { .. } => "the number is too large".to_owned(),
        Kind::NumberNan { .. } => "the result is not a number".to_owned(),
        Kind::DivByZero { .. } => "division by zero".to_owned(),
        Kind::ShiftByNegative { .. } => "bits are not shifted by a negative number".to_owned(),
        Kind::CompareNullInequality => "null is neither smaller nor larger".to_owned(),
        Kind::CompareBooleanInequality => "true and false are neither smaller nor larger".to_owned(),
        Kind::CompareObjectInequality => "objects are neither smaller nor larger".to_owned(),
        Kind::CompareFunctions => "functions cannot be compared".to_owned(),
        Kind::CompareDifferentTypesInequality { lhs_type, rhs_type } => {
            format!("{} and {} cannot be compared", a(*lhs_type), a(*rhs_type))
        }
        Kind::PrimitiveEqualsNonPrimitive { got_type } => format!("std.primitiveEquals does not take {}", a(*got_type)),
        // Named by `why` and `fields_and_calls`.
        _ => "it cannot be evaluated".to_owned(),
    }
}

const fn a(kind: Type) -> &'static str {
    match kind {
        Type::Null => "null",
        Type::Bool => "a boolean",
        Type::Number => "a number",
        Type::String => "a string",
        Type::Array => "an array",
        Type::Object => "an object",
        Type::Function => "a function",
    }
}
