//! Snippets that cannot be read.

use rsjsonnet_lang::{
    lexer::LexError,
    parser::{ActualToken, ExpectedToken, ParseError},
    program::AnalyzeError,
    span::SpanId,
    token::STokenKind,
};

/// Where and why.
type At = (SpanId, String);

/// Texts that are not made of Jsonnet's words.
pub(super) fn lex(error: &LexError) -> At {
    let why = match error {
        LexError::InvalidChar { chr, .. } => format!("{chr:?} means nothing here"),
        LexError::InvalidUtf8 { .. } => "this is not UTF-8".to_owned(),
        LexError::UnfinishedMultilineComment { .. } => "this comment has no end".to_owned(),
        LexError::LeadingZeroInNumber { .. } => "a number does not begin with 0".to_owned(),
        LexError::MissingFracDigits { .. } => "digits are missing after the point".to_owned(),
        LexError::MissingExpDigits { .. } => "digits are missing after the e".to_owned(),
        LexError::MissingDigitAfterUnderscore { .. } => "a digit is missing after the _".to_owned(),
        LexError::ExpOverflow { .. } => "this number is too large".to_owned(),
        LexError::InvalidEscapeInString { chr, .. } => format!("\\{chr} means nothing in a string"),
        LexError::IncompleteUnicodeEscape { .. } => "\\u needs four hexadecimal digits".to_owned(),
        LexError::InvalidUtf16EscapeSequence { .. } => "this \\u stands for no character".to_owned(),
        LexError::UnfinishedString { .. } => "this string has no end".to_owned(),
        LexError::MissingLineBreakAfterTextBlockStart { .. } => "after ||| a new line begins".to_owned(),
        LexError::MissingWhitespaceTextBlockStart { .. } => "the text after ||| must be indented".to_owned(),
        LexError::InvalidTextBlockTermination { .. } => "this text needs a ||| on a line of its own".to_owned(),
    };
    let (LexError::InvalidChar { span, .. }
    | LexError::InvalidUtf8 { span, .. }
    | LexError::UnfinishedMultilineComment { span }
    | LexError::LeadingZeroInNumber { span }
    | LexError::MissingFracDigits { span }
    | LexError::MissingExpDigits { span }
    | LexError::MissingDigitAfterUnderscore { span }
    | LexError::ExpOverflow { span }
    | LexError::InvalidEscapeInString { span, .. }
    | LexError::IncompleteUnicodeEscape { span }
    | LexError::InvalidUtf16EscapeSequence { span, .. }
    | LexError::UnfinishedString { span }
    | LexError::MissingLineBreakAfterTextBlockStart { span }
    | LexError::MissingWhitespaceTextBlockStart { span }
    | LexError::InvalidTextBlockTermination { span }) = error;
    (*span, why)
}

/// Texts that are not built as Jsonnet is.
pub(super) fn parse(error: &ParseError) -> At {
    let ParseError::Expected { span, expected, instead } = error;
    let found = match instead {
        ActualToken::EndOfFile => "the end".to_owned(),
        ActualToken::Simple(kind) => format!("{:?}", word(*kind)),
        ActualToken::OtherOp(text) | ActualToken::Ident(text) => format!("{text:?}"),
        ActualToken::Number => "a number".to_owned(),
        ActualToken::String | ActualToken::TextBlock => "a string".to_owned(),
    };
    let wanted: Vec<String> = expected.iter().copied().map(wanted).collect();
    let wanted = match wanted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => "something else".to_owned(),
    };
    (*span, format!("{found} stands where {wanted} should"))
}

fn wanted(token: ExpectedToken) -> String {
    match token {
        ExpectedToken::EndOfFile => "the end".to_owned(),
        ExpectedToken::Simple(kind) => format!("{:?}", word(kind)),
        ExpectedToken::Ident => "a name".to_owned(),
        ExpectedToken::Number => "a number".to_owned(),
        ExpectedToken::String => "a string".to_owned(),
        ExpectedToken::TextBlock => "a text block".to_owned(),
        ExpectedToken::Expr => "a value".to_owned(),
        ExpectedToken::BinaryOp => "an operator".to_owned(),
    }
}

/// Names that do not fit together.
pub(super) fn analyze(error: &AnalyzeError) -> At {
    match error {
        AnalyzeError::UnknownVariable { span, name } => (*span, format!("there is no variable {name:?}")),
        AnalyzeError::SelfOutsideObject { self_span: span } => {
            (*span, "self has a meaning in objects alone".to_owned())
        }
        AnalyzeError::SuperOutsideObject { super_span: span } => {
            (*span, "super has a meaning in objects alone".to_owned())
        }
        AnalyzeError::DollarOutsideObject { dollar_span: span } => {
            (*span, "$ has a meaning in objects alone".to_owned())
        }
        AnalyzeError::RepeatedLocalName { repeated_span: span, name, .. } => {
            (*span, format!("there is a variable {name:?} here already"))
        }
        AnalyzeError::RepeatedFieldName { repeated_span: span, name, .. } => {
            (*span, format!("the object has a field {name:?} already"))
        }
        AnalyzeError::RepeatedParamName { repeated_span: span, name, .. } => {
            (*span, format!("the function has a parameter {name:?} already"))
        }
        AnalyzeError::PositionalArgAfterNamed { arg_span: span } => {
            (*span, "arguments without a name come before those with one".to_owned())
        }
        AnalyzeError::TextBlockAsImportPath { span } | AnalyzeError::ComputedImportPath { span } => {
            (*span, "imports are switched off".to_owned())
        }
    }
}

/// A word of the language as it is written.
const fn word(kind: STokenKind) -> &'static str {
    match kind {
        STokenKind::Assert => "assert",
        STokenKind::Else => "else",
        STokenKind::Error => "error",
        STokenKind::False => "false",
        STokenKind::For => "for",
        STokenKind::Function => "function",
        STokenKind::If => "if",
        STokenKind::Import => "import",
        STokenKind::Importstr => "importstr",
        STokenKind::Importbin => "importbin",
        STokenKind::In => "in",
        STokenKind::Local => "local",
        STokenKind::Null => "null",
        STokenKind::Tailstrict => "tailstrict",
        STokenKind::Then => "then",
        STokenKind::Self_ => "self",
        STokenKind::Super => "super",
        STokenKind::True => "true",
        sign => signs(sign),
    }
}

const fn signs(kind: STokenKind) -> &'static str {
    match kind {
        STokenKind::Exclam => "!",
        STokenKind::ExclamEq => "!=",
        STokenKind::Dollar => "$",
        STokenKind::Percent => "%",
        STokenKind::Amp => "&",
        STokenKind::AmpAmp => "&&",
        STokenKind::LeftParen => "(",
        STokenKind::RightParen => ")",
        STokenKind::Asterisk => "*",
        STokenKind::Plus => "+",
        STokenKind::PlusColon => "+:",
        STokenKind::PlusColonColon => "+::",
        STokenKind::PlusColonColonColon => "+:::",
        STokenKind::Comma => ",",
        STokenKind::Minus => "-",
        STokenKind::Dot => ".",
        STokenKind::Slash => "/",
        STokenKind::Colon => ":",
        STokenKind::ColonColon => "::",
        STokenKind::ColonColonColon => ":::",
        STokenKind::Semicolon => ";",
        STokenKind::Lt => "<",
        STokenKind::LtLt => "<<",
        STokenKind::LtEq => "<=",
        STokenKind::Eq => "=",
        STokenKind::EqEq => "==",
        STokenKind::Gt => ">",
        STokenKind::GtEq => ">=",
        STokenKind::GtGt => ">>",
        STokenKind::LeftBracket => "[",
        STokenKind::RightBracket => "]",
        STokenKind::Hat => "^",
        STokenKind::LeftBrace => "{",
        STokenKind::Pipe => "|",
        STokenKind::PipePipe => "||",
        STokenKind::RightBrace => "}",
        STokenKind::Tilde => "~",
        // A keyword: `word` has named it.
        _ => "",
    }
}
