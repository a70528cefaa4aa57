//! What is wrong with a snippet, in a line for the operator: its name, line, column, and why.

mod evaluation;
mod syntax;

use rsjsonnet_lang::{
    lexer::LexError,
    parser::ParseError,
    program::{AnalyzeError, EvalError, EvalStackTraceItem, LoadError},
    span::{SpanContextId, SpanId, SpanManager},
};

/// No explanation is longer: an assertion may compare large values, and names may be as long as the snippet.
const MAX_LENGTH: usize = 1000;

/// The snippet messages are about.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
    pub(super) context: SpanContextId,
}

impl Place<'_> {
    /// A line about a part of the snippet; about the whole when the part is not in it, as within the standard library.
    pub(super) fn line(&self, span: Option<SpanId>, spans: &SpanManager, why: &str) -> String {
        let why = shortened(why);
        match span.and_then(|span| self.position(span, spans)) {
            Some((line, column)) => format!("{}:{line}:{column}: {why}", self.name),
            None => format!("{}: {why}", self.name),
        }
    }

    /// Line and column, from 1.
    fn position(&self, span: SpanId, spans: &SpanManager) -> Option<(usize, usize)> {
        let (context, start, _) = spans.get_span(span);
        if context != self.context {
            return None;
        }
        let before = self.text.get(..start)?;
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before.get(line_start..)?.chars().count() + 1;
        Some((before.matches('\n').count() + 1, column))
    }
}

fn shortened(why: &str) -> String {
    match why.char_indices().nth(MAX_LENGTH) {
        Some((end, _)) => format!("{}..", why.get(..end).unwrap_or_default()),
        None => why.to_owned(),
    }
}

/// Why a snippet cannot be read.
pub(super) fn load(error: &LoadError, place: Place<'_>, spans: &SpanManager) -> String {
    match error {
        LoadError::Lex(error) => lex(error, place, spans),
        LoadError::Parse(error) => parse(error, place, spans),
        LoadError::Analyze(error) => analyze(error, place, spans),
    }
}

/// Why a text is not made of Jsonnet's words.
pub(super) fn lex(error: &LexError, place: Place<'_>, spans: &SpanManager) -> String {
    let (span, why) = syntax::lex(error);
    place.line(Some(span), spans, &why)
}

/// Why a text is not built as Jsonnet is.
pub(super) fn parse(error: &ParseError, place: Place<'_>, spans: &SpanManager) -> String {
    let (span, why) = syntax::parse(error);
    place.line(Some(span), spans, &why)
}

fn analyze(error: &AnalyzeError, place: Place<'_>, spans: &SpanManager) -> String {
    let (span, why) = syntax::analyze(error);
    place.line(Some(span), spans, &why)
}

/// Why an evaluation failed, at the innermost place within the snippet.
pub(super) fn eval(error: &EvalError, place: Place<'_>, spans: &SpanManager) -> String {
    let own = |span: &SpanId| place.position(*span, spans).is_some();
    let traced = error.stack_trace.iter().rev().filter_map(span_of);
    let span = evaluation::span(&error.kind).into_iter().chain(traced).find(own);
    place.line(span, spans, &evaluation::why(&error.kind))
}

const fn span_of(item: &EvalStackTraceItem) -> Option<SpanId> {
    match item {
        EvalStackTraceItem::Expr { span }
        | EvalStackTraceItem::Variable { span, .. }
        | EvalStackTraceItem::Import { span } => Some(*span),
        EvalStackTraceItem::Call { span, .. }
        | EvalStackTraceItem::ArrayItem { span, .. }
        | EvalStackTraceItem::ObjectField { span, .. } => *span,
        EvalStackTraceItem::CompareArrayItem { .. }
        | EvalStackTraceItem::CompareObjectField { .. }
        | EvalStackTraceItem::ManifestArrayItem { .. }
        | EvalStackTraceItem::ManifestObjectField { .. } => None,
    }
}
