//! The words of a snippet, with the lines that end before each, and the ways of writing them that are as good as others.

use rsjsonnet_lang::{
    arena::Arena,
    interner::StrInterner,
    lexer::Lexer,
    span::SpanManager,
    token::{STokenKind, TokenKind},
};

use crate::jsonnet::explain::{self, Place};

/// What a word is for the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Comment,
    Open,
    Close,
    Comma,
    Semicolon,
    /// `:` and its relatives.
    Colon,
    Equals,
    Dot,
    Operator,
    Keyword,
    /// A name, and what stands like one: `self`, `$`, `null`.
    Name,
    Text,
    Number,
    /// A text between `|||`.
    Block,
}

/// A word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) kind: Kind,
    pub(super) text: String,
    /// How many lines end before it.
    pub(super) breaks: usize,
    /// Whether it closes the parameters of a function, whose body follows.
    pub(super) heads: bool,
}

impl Word {
    pub(super) fn new(kind: Kind, text: &str, breaks: usize) -> Self {
        Self { kind, text: text.to_owned(), breaks, heads: false }
    }

    pub(super) fn is(&self, text: &str) -> bool {
        !matches!(self.kind, Kind::Text | Kind::Block | Kind::Comment) && self.text == text
    }

    /// Whether an expression may end with it.
    pub(super) fn ends(&self) -> bool {
        matches!(self.kind, Kind::Name | Kind::Text | Kind::Number | Kind::Block | Kind::Close) && !self.heads
    }
}

/// Reads a text.
pub(super) fn of(name: &str, text: &str) -> Result<Vec<Word>, String> {
    let (arena, tree) = (Arena::new(), Arena::new());
    let names = StrInterner::new();
    let mut spans = SpanManager::new();
    let (context, _) = spans.insert_source_context(text.len());
    let place = Place { name, text, context };
    let lexer = Lexer::new(&arena, &tree, &names, &mut spans, context, text.as_bytes());
    let tokens = match lexer.lex_to_eof(true) {
        Ok(tokens) => tokens,
        Err(error) => return Err(explain::lex(&error, place, &spans)),
    };
    let (mut words, mut breaks) = (Vec::new(), 0);
    for token in tokens {
        let (_, start, end) = spans.get_span(token.span);
        let written = text.get(start..end).unwrap_or_default();
        let kind = match token.kind {
            TokenKind::EndOfFile => break,
            TokenKind::Whitespace => {
                breaks += written.matches('\n').count();
                continue;
            }
            TokenKind::Comment => Kind::Comment,
            TokenKind::Ident(_) => Kind::Name,
            TokenKind::Number(_) => Kind::Number,
            TokenKind::String(_) => Kind::Text,
            TokenKind::TextBlock(_) => Kind::Block,
            TokenKind::OtherOp(_) => Kind::Operator,
            TokenKind::Simple(simple) => kind(simple, written),
        };
        words.push(Word::new(kind, written.trim_end(), breaks));
        // The end of its line is part of a comment.
        breaks = usize::from(kind == Kind::Comment && written.ends_with('\n'));
    }
    head(&mut words);
    Ok(words)
}

/// Finds where the parameters of functions end.
fn head(words: &mut [Word]) {
    let mut open = Vec::new();
    for index in 0..words.len() {
        match words[index].kind {
            Kind::Open => open.push(index.checked_sub(1).is_some_and(|before| words[before].is("function"))),
            Kind::Close => words[index].heads = open.pop().unwrap_or(false),
            _ => {}
        }
    }
}

fn kind(simple: STokenKind, written: &str) -> Kind {
    match written {
        "{" | "[" | "(" => Kind::Open,
        "}" | "]" | ")" => Kind::Close,
        "," => Kind::Comma,
        ";" => Kind::Semicolon,
        "=" => Kind::Equals,
        "." => Kind::Dot,
        ":" | "::" | ":::" | "+:" | "+::" | "+:::" => Kind::Colon,
        "$" | "self" | "super" | "null" | "true" | "false" => Kind::Name,
        _ if simple <= STokenKind::True => Kind::Keyword,
        _ => Kind::Operator,
    }
}

/// Writes what can be written in several ways in one.
pub(super) fn simplify(words: &mut Vec<Word>) {
    for (index, word) in words.iter_mut().enumerate() {
        match word.kind {
            Kind::Comment if word.text.starts_with('#') && !(index == 0 && word.text.starts_with("#!")) => {
                word.text.replace_range(..1, "//");
            }
            Kind::Text => word.text = quoted(&word.text),
            _ => {}
        }
    }
    fields(words);
}

/// `"name": ..` as `name: ..`, and `x["name"]` as `x.name`.
fn fields(words: &mut Vec<Word>) {
    let mut index = 0;
    while index < words.len() {
        let before = index.checked_sub(1).and_then(|at| words.get(at));
        let (begins, follows) = (
            before.is_some_and(|it| it.is("{") || it.kind == Kind::Comma || it.kind == Kind::Comment),
            before.is_some_and(Word::ends),
        );
        let plain = |at: usize| words.get(at).and_then(plain);
        if words[index].kind == Kind::Text && begins && words.get(index + 1).is_some_and(|it| it.kind == Kind::Colon) {
            if let Some(name) = plain(index) {
                words[index] = Word::new(Kind::Name, &name, words[index].breaks);
            }
        } else if words[index].is("[")
            && words[index].breaks == 0
            && follows
            && words.get(index + 2).is_some_and(|it| it.is("]"))
            && let Some(name) = plain(index + 1)
        {
            words.splice(index..index + 3, [Word::new(Kind::Dot, ".", 0), Word::new(Kind::Name, &name, 0)]);
        }
        index += 1;
    }
}

/// Words that are no names of fields.
const WORDS: &[&str] = &[
    "assert",
    "else",
    "error",
    "false",
    "for",
    "function",
    "if",
    "import",
    "importstr",
    "importbin",
    "in",
    "local",
    "null",
    "tailstrict",
    "then",
    "self",
    "super",
    "true",
];

/// The content of a text that could be a name.
fn plain(word: &Word) -> Option<String> {
    let inner = word.text.get(1..word.text.len().checked_sub(1)?).filter(|_| word.kind == Kind::Text)?;
    let mut letters = inner.bytes();
    let is_name = letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == b'_')
        && !WORDS.contains(&inner);
    is_name.then(|| inner.to_owned())
}

/// A text in single quotes, unless it holds some and would have to escape them.
fn quoted(text: &str) -> String {
    let Some(quote) = text.chars().next().filter(|quote| matches!(quote, '\'' | '"')) else { return text.to_owned() };
    let inner = text.get(1..text.len() - 1).unwrap_or_default();
    let other = if quote == '"' { '\'' } else { '"' };
    let escaped = format!("\\{quote}");
    // A backslash before a backslash escapes no quote; such texts stay as they are.
    let own = inner.matches(&escaped).count();
    let wanted = match (quote, own > 0, inner.contains(other)) {
        ('"', _, false) => '\'',
        ('\'', true, false) => '"',
        _ => return text.to_owned(),
    };
    if inner.contains("\\\\") && own > 0 {
        return text.to_owned();
    }
    format!("{wanted}{}{wanted}", inner.replace(&escaped, &quote.to_string()))
}
