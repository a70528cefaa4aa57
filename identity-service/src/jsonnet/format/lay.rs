//! The words on lines: blanks between them, and how far each line is indented.

use super::{
    shape::{Pair, Shape, pairs},
    words::{Kind, Word},
};

/// By which each level is indented.
const STEP: usize = 2;
/// As many lines may end in a row.
const BREAKS: usize = 3;

/// A pair of brackets that is open, or the snippet as a whole.
struct Level {
    shape: Option<Shape>,
    /// Whether its brackets are braces, in which a comma ends a `local`.
    braces: bool,
    /// The indentation of the line with its first bracket.
    base: usize,
    /// That of its members.
    inner: usize,
    /// That of a line that goes on with the expression in hand.
    on: usize,
    /// The lines of the `if`s whose `else` may come.
    ifs: Vec<usize>,
    /// Where a `local` began whose names are not all there, and where what follows it stands.
    local: Option<usize>,
    after_local: usize,
    /// Where its names stand.
    names: usize,
}

impl Level {
    const fn new(shape: Option<Shape>, base: usize, inner: usize) -> Self {
        Self {
            shape,
            braces: false,
            base,
            inner,
            on: inner,
            ifs: Vec::new(),
            local: None,
            after_local: inner,
            names: inner,
        }
    }
}

struct Page<'a> {
    words: &'a [Word],
    pairs: Vec<Pair>,
    levels: Vec<Level>,
    text: String,
    /// The indentation of the line in hand, and how much stands on it.
    line: usize,
    column: usize,
}

/// The text of a whole snippet.
pub(super) fn out(words: &[Word]) -> String {
    let levels = vec![Level::new(None, 0, 0)];
    let mut page = Page { words, pairs: pairs(words), levels, text: String::new(), line: 0, column: 0 };
    for index in 0..words.len() {
        page.put(index);
    }
    page.text.push('\n');
    page.text
}

impl Page<'_> {
    fn before(&self, index: usize) -> Option<&Word> {
        self.words.get(index.checked_sub(1)?)
    }

    fn put(&mut self, index: usize) {
        let word = &self.words[index];
        let level = if word.kind == Kind::Close && self.levels.len() > 1 { self.levels.pop() } else { None };
        if word.breaks > 0 && index > 0 {
            let indent = level.as_ref().map_or_else(|| self.indent(index), |level| level.base);
            self.text.push_str(&"\n".repeat(word.breaks.min(BREAKS)));
            self.text.push_str(&" ".repeat(indent));
            (self.line, self.column) = (indent, indent);
        } else if index > 0 {
            let gap = if word.kind == Kind::Comment { STEP } else { usize::from(self.is_apart(index, level.as_ref())) };
            let gap = if word.text.starts_with("/*") { gap.min(1) } else { gap };
            self.text.push_str(&" ".repeat(gap));
            self.column += gap;
        }
        let starts = self.column;
        if word.kind == Kind::Comment && word.text.contains('\n') {
            // Its lines are the author's.
            self.text.push_str(&word.text);
        } else if word.kind == Kind::Block {
            self.text.push_str(&block(&word.text, self.line));
        } else {
            self.text.push_str(&word.text);
        }
        self.column += word.text.chars().count();
        self.note(index, starts);
    }

    /// Where a line that begins with this word begins.
    fn indent(&mut self, index: usize) -> usize {
        let is_member = self.is_member(index);
        let word = &self.words[index];
        let before = (0..index).rev().map(|at| &self.words[at]).find(|it| it.kind != Kind::Comment);
        let line = self.line;
        let Some(level) = self.levels.last_mut() else { return 0 };
        let Some(before) = before else { return 0 };
        if let (Kind::Comma, Some(_)) = (before.kind, level.local) {
            return level.names;
        }
        if is_member || before.kind == Kind::Comma || before.kind == Kind::Open {
            return level.inner;
        }
        if level.shape == Some(Shape::Comprehension) && (word.is("for") || word.is("if")) && !before.is("then") {
            return level.inner;
        }
        if word.is("else") || word.is("then") {
            return level.ifs.last().copied().unwrap_or(level.on);
        }
        if before.is("then") || before.is("else") {
            let at = level.ifs.last().copied().unwrap_or(line) + STEP;
            level.on = at;
            return at;
        }
        match before.kind {
            Kind::Semicolon => level.after_local,
            Kind::Equals | Kind::Colon => {
                level.on = line + STEP;
                level.on
            }
            // A step of a long path, and the body of a function.
            _ if word.kind == Kind::Dot => level.inner + STEP,
            _ if before.heads => line.max(level.inner) + STEP,
            Kind::Close if !matches!(word.kind, Kind::Operator | Kind::Keyword) => line.max(level.inner) + STEP,
            _ => level.on,
        }
    }

    fn is_member(&self, index: usize) -> bool {
        self.pairs.iter().any(|pair| {
            pair.members.contains(&index)
                && matches!(self.levels.last(), Some(level) if level.shape == Some(pair.shape))
        })
    }

    /// What a word means for those behind it.
    fn note(&mut self, index: usize, starts: usize) {
        let word = &self.words[index];
        let (line, column, first) = (self.line, self.column, word.breaks > 0 || index == 0);
        if word.kind == Kind::Open {
            let next = self.words.get(index + 1);
            let shape = self.pairs.iter().find(|pair| pair.open == index).map(|pair| pair.shape);
            let aligned = matches!(shape, Some(Shape::Call | Shape::Paren)) && next.is_some_and(|it| it.breaks == 0);
            let opens = next.is_some_and(|it| it.kind == Kind::Open);
            let inner = if aligned && !opens { column } else { line + STEP };
            self.levels.push(Level { braces: word.is("{"), ..Level::new(shape, line, inner) });
            return;
        }
        let value = self.before(index).is_some_and(|it| matches!(it.kind, Kind::Colon | Kind::Equals));
        let member = self.is_member(index);
        let Some(level) = self.levels.last_mut() else { return };
        if value || member || first && word.kind != Kind::Operator {
            level.on = if value || member { starts } else { level.on };
        }
        match word.kind {
            Kind::Comma | Kind::Semicolon => {
                if word.kind == Kind::Semicolon {
                    level.after_local = level.local.take().unwrap_or(level.inner);
                    level.on = level.after_local;
                } else if level.local.is_none() || level.braces {
                    level.local = None;
                    level.on = level.inner;
                }
                level.ifs.clear();
            }
            Kind::Keyword if word.is("local") => {
                level.local = Some(if first { line } else { line + STEP });
                level.names = column + 1;
            }
            Kind::Keyword if word.is("if") => {
                // `else if` goes on with the line of the first.
                level.ifs.push(line);
            }
            Kind::Keyword if word.is("else") => {
                let own = level.ifs.pop().unwrap_or(line);
                if !self.words.get(index + 1).is_some_and(|it| it.is("if")) {
                    level.ifs.push(own);
                }
            }
            _ => {}
        }
    }

    /// Whether a blank stands before a word.
    fn is_apart(&self, index: usize, closed: Option<&Level>) -> bool {
        let (Some(before), word) = (self.before(index), &self.words[index]) else { return false };
        let shape = closed.or(self.levels.last()).and_then(|level| level.shape);
        if before.kind == Kind::Comment {
            return true;
        }
        match (before.kind, word.kind) {
            (Kind::Open, Kind::Close) => false,
            (Kind::Open, _) => before.is("{"),
            (_, Kind::Close) => word.is("}"),
            (_, Kind::Comma | Kind::Semicolon | Kind::Dot) | (Kind::Dot, _) => false,
            (Kind::Comma | Kind::Semicolon, _) => true,
            (_, Kind::Colon) => shape != Some(Shape::Index) && self.asserts(index),
            (Kind::Colon, _) => shape != Some(Shape::Index),
            (_, Kind::Equals) | (Kind::Equals, _) => {
                let named = shape == Some(Shape::Call) && self.levels.last().is_some_and(|level| level.local.is_none());
                !named
            }
            (Kind::Operator, _) => self.is_binary(index - 1),
            (_, Kind::Open) if !word.is("{") => !(before.ends() || before.is("function")),
            _ => true,
        }
    }

    /// Whether an operator stands between two expressions.
    fn is_binary(&self, index: usize) -> bool {
        self.before(index).is_some_and(Word::ends)
    }

    /// Whether a colon is that of an `assert` rather than of a field.
    fn asserts(&self, index: usize) -> bool {
        let mut depth = 0_usize;
        for at in (0..index).rev() {
            match self.words[at].kind {
                Kind::Close => depth += 1,
                Kind::Open | Kind::Comma if depth == 0 => return false,
                Kind::Open => depth -= 1,
                Kind::Keyword if depth == 0 && self.words[at].is("assert") => return true,
                _ => {}
            }
        }
        false
    }
}

/// A text between `|||`, indented below its line.
fn block(text: &str, line: usize) -> String {
    let mut lines = text.split('\n');
    let head = lines.next().unwrap_or_default();
    let rest: Vec<&str> = lines.collect();
    let Some((tail, body)) = rest.split_last() else { return text.to_owned() };
    let old = body.iter().find(|line| !line.is_empty()).map_or(0, |line| line.len() - line.trim_start().len());
    let own = " ".repeat(line + STEP);
    let mut laid = vec![head.to_owned()];
    laid.extend(body.iter().map(|line| match line.get(old..) {
        Some(content) if !line.is_empty() => format!("{own}{content}"),
        _ => String::new(),
    }));
    laid.push(format!("{}{}", " ".repeat(line), tail.trim_start()));
    laid.join("\n")
}
