//! What is wrong with a snippet that nobody has run yet.

mod unused;

use rsjsonnet_lang::{
    arena::Arena, interner::StrInterner, lexer::Lexer, parser::Parser, program::Program, span::SpanManager,
};

use super::explain::{self, Place};

/// Whether a text can be read, and every name in it stands for something; the error says where and why not.
pub(crate) fn check(name: &str, text: &str) -> Result<(), String> {
    let arena = Arena::new();
    let mut program = Program::new(&arena);
    let (context, _) = program.span_manager_mut().insert_source_context(text.len());
    let place = Place { name, text, context };
    match program.load_source(context, text.as_bytes(), true, name) {
        Ok(_) => Ok(()),
        Err(error) => Err(explain::load(&error, place, program.span_manager())),
    }
}

/// Whether a text is built as Jsonnet is, whatever its names stand for; the error says where and why not.
pub(super) fn parsed(name: &str, text: &str) -> Result<(), String> {
    unused_variables(name, text).map(|_| ())
}

/// Everything that can be said against a snippet: why it cannot be read, or else the variables nobody uses.
pub(crate) fn lint(name: &str, text: &str) -> Vec<String> {
    match check(name, text) {
        Err(fault) => vec![fault],
        Ok(()) => unused_variables(name, text).unwrap_or_else(|fault| vec![fault]),
    }
}

fn unused_variables(name: &str, text: &str) -> Result<Vec<String>, String> {
    let (arena, tree) = (Arena::new(), Arena::new());
    let names = StrInterner::new();
    let mut spans = SpanManager::new();
    let (context, _) = spans.insert_source_context(text.len());
    let place = Place { name, text, context };
    let lexer = Lexer::new(&arena, &tree, &names, &mut spans, context, text.as_bytes());
    let tokens = match lexer.lex_to_eof(false) {
        Ok(tokens) => tokens,
        Err(error) => return Err(explain::lex(&error, place, &spans)),
    };
    let parsed = Parser::new(&arena, &tree, &names, &mut spans, tokens).parse_root_expr();
    let root = match parsed {
        Ok(root) => root,
        Err(error) => return Err(explain::parse(&error, place, &spans)),
    };
    let why = |name: &str| format!("the variable {name:?} is not used");
    let mut unused = unused::find(&root);
    unused.sort_by_key(|ident| spans.get_span(ident.span).1);
    Ok(unused.iter().map(|ident| place.line(Some(ident.span), &spans, &why(ident.value.value()))).collect())
}

#[cfg(test)]
mod tests;
