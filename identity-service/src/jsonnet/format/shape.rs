//! Brackets: what each pair is, whether its members have lines of their own, and the comma behind the last one.

use super::words::{Kind, Word};

/// What stands between two brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Object,
    Array,
    /// What comes of a `for`.
    Comprehension,
    /// Parameters or arguments.
    Call,
    /// `(..)` around an expression.
    Paren,
    /// `[..]` behind an expression.
    Index,
    /// `[..]` in place of a field's name.
    Field,
}

/// One pair.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) shape: Shape,
    pub(super) open: usize,
    pub(super) close: usize,
    /// Where its members begin, comments of theirs included.
    pub(super) members: Vec<usize>,
    /// Where `for` and `if` stand in a comprehension.
    clauses: Vec<usize>,
}

/// All pairs, those within others first.
pub(super) fn pairs(words: &[Word]) -> Vec<Pair> {
    let (mut open, mut found): (Vec<Pair>, Vec<Pair>) = (Vec::new(), Vec::new());
    for (index, word) in words.iter().enumerate() {
        match word.kind {
            Kind::Open => {
                let shape = shape(words, index, open.last());
                open.push(Pair { shape, open: index, close: index, members: Vec::new(), clauses: Vec::new() });
                begin(words, index, open.last_mut());
            }
            Kind::Close => {
                if let Some(pair) = open.pop() {
                    found.push(Pair { close: index, ..pair });
                }
            }
            Kind::Comma => begin(words, index, open.last_mut()),
            Kind::Keyword if word.is("for") => {
                if let Some(pair) = open.last_mut() {
                    pair.shape = Shape::Comprehension;
                    pair.clauses.push(index);
                }
            }
            Kind::Keyword if word.is("if") => {
                if let Some(pair) = open.last_mut().filter(|pair| pair.shape == Shape::Comprehension) {
                    pair.clauses.push(index);
                }
            }
            _ => {}
        }
    }
    found
}

/// The member that begins behind a bracket or a comma. A comment behind it on the same line belongs to what was before.
fn begin(words: &[Word], after: usize, pair: Option<&mut Pair>) {
    let Some(pair) = pair else { return };
    let first = (after + 1..words.len()).find(|at| words[*at].kind != Kind::Comment || words[*at].breaks > 0);
    if let Some(first) = first.filter(|first| words[*first].kind != Kind::Close) {
        pair.members.push(first);
    }
}

fn shape(words: &[Word], index: usize, around: Option<&Pair>) -> Shape {
    let before = index.checked_sub(1).and_then(|at| words.get(at));
    let follows = before.is_some_and(|it| it.ends() || it.is("function"));
    let in_object = around.is_some_and(|pair| pair.shape == Shape::Object && pair.members.contains(&index));
    match words[index].text.as_str() {
        "{" => Shape::Object,
        "[" if in_object => Shape::Field,
        "[" if follows => Shape::Index,
        "[" => Shape::Array,
        _ if follows => Shape::Call,
        _ => Shape::Paren,
    }
}

/// Gives members lines, or none, and sets the last comma.
pub(super) fn settle(words: &mut Vec<Word>) {
    for pair in pairs(words) {
        let breaks = |at: &usize| words[*at].breaks > 0;
        let ends: Vec<usize> = match pair.shape {
            Shape::Object | Shape::Array | Shape::Comprehension => {
                let all: Vec<usize> = pair.members.iter().chain(&pair.clauses).copied().chain([pair.close]).collect();
                if !pair.members.is_empty() && all.iter().any(breaks) { all } else { Vec::new() }
            }
            Shape::Paren => {
                let ends: Vec<usize> = pair.members.first().copied().into_iter().chain([pair.close]).collect();
                if ends.iter().any(breaks) { ends } else { Vec::new() }
            }
            Shape::Call => {
                let (first, rest) = (pair.members.iter().take(1), pair.members.iter().skip(1));
                let near: Vec<usize> = first.copied().chain([pair.close]).collect();
                let between: Vec<usize> = rest.copied().collect();
                let some = |all: Vec<usize>| if all.iter().any(breaks) { all } else { Vec::new() };
                [some(near), some(between)].concat()
            }
            Shape::Index | Shape::Field => Vec::new(),
        };
        for at in ends {
            words[at].breaks = words[at].breaks.max(1);
        }
    }
    commas(words);
}

/// Behind the last member stands a comma where it has a line of its own, and nowhere else.
fn commas(words: &mut Vec<Word>) {
    let (mut missing, mut needless) = (Vec::new(), Vec::new());
    for pair in pairs(words) {
        let counts = matches!(pair.shape, Shape::Object | Shape::Array) && !pair.members.is_empty();
        let last = (pair.open + 1..pair.close).rev().find(|at| words[*at].kind != Kind::Comment);
        let Some(last) = last.filter(|_| counts) else { continue };
        match (words[pair.close].breaks > 0, words[last].kind == Kind::Comma) {
            (true, false) => missing.push(last + 1),
            (false, true) => needless.push(last),
            _ => {}
        }
    }
    let mut changes: Vec<(usize, bool)> =
        missing.into_iter().map(|at| (at, true)).chain(needless.into_iter().map(|at| (at, false))).collect();
    changes.sort_unstable();
    for (at, is_missing) in changes.into_iter().rev() {
        if is_missing {
            words.insert(at, Word::new(Kind::Comma, ",", 0));
        } else {
            words.remove(at);
        }
    }
}
