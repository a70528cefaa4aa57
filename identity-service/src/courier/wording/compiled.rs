//! One text in Go's template language, made ready: `text/template` for plain texts, `html/template`, which escapes what
//! it is given by where it stands, for marked-up ones. What a text may do is bounded.

use std::{
    collections::BTreeMap,
    fmt::{self, Write},
    sync::Arc,
};

use gotmpl::{
    Template, Value, html,
    parse::{BranchNode, Expr, ListNode, Node, Parser, PipeNode},
};

use super::functions;

/// No text becomes longer.
const MAX_BYTES: usize = 512 * 1024;
/// How often all `range`s of a text together may turn.
const MAX_TURNS: u64 = 100_000;

/// How a text is escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Not at all.
    Plain,
    /// As HTML.
    Html,
}

/// A text that can be filled in.
pub(crate) enum Compiled {
    Plain(Template),
    Html(html::Template),
}

impl fmt::Debug for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Compiled(..)")
    }
}

impl Compiled {
    /// Reads a text: the one called `main` among `files`, which may use the others by their names. The error says what
    /// is wrong, and where.
    pub(crate) fn new(form: Form, main: &str, files: &[(&str, &str)]) -> Result<Self, String> {
        let mut compiled = match form {
            Form::Plain => Self::Plain(Template::new(main).funcs(functions::all()).max_range_iters(MAX_TURNS)),
            Form::Html => Self::Html(html::Template::new(main).funcs(functions::all()).max_range_iters(MAX_TURNS)),
        };
        let known = functions::names();
        for (name, text) in files {
            let parser = Parser::with_name(Some(name), text, "{{", "}}").map_err(|error| error.to_string())?;
            let (tree, defines) = parser.parse().map_err(|error| error.to_string())?;
            for tree in defines.iter().map(|define| &define.body).chain([&tree]) {
                Calls { known: &known, file: name }.in_list(tree)?;
            }
            if *name == main {
                compiled = compiled.with_main(text)?;
            } else {
                compiled = compiled.with(name, tree)?;
                for define in defines {
                    compiled = compiled.with(&define.name, define.body)?;
                }
            }
        }
        Ok(compiled)
    }

    fn with_main(self, text: &str) -> Result<Self, String> {
        match self {
            Self::Plain(template) => template.parse(text).map(Self::Plain),
            Self::Html(template) => template.parse(text).map(Self::Html),
        }
        .map_err(|error| error.to_string())
    }

    fn with(self, name: &str, tree: ListNode) -> Result<Self, String> {
        match self {
            Self::Plain(template) => Ok(Self::Plain(template.add_parse_tree(name, tree))),
            Self::Html(template) => {
                template.add_parse_tree(name, tree).map(Self::Html).map_err(|error| error.to_string())
            }
        }
    }

    /// The text, filled in.
    pub(crate) fn fill(&self, data: &Value) -> Result<String, String> {
        let mut out = Bounded(String::new());
        let outcome = match self {
            Self::Plain(template) => template.execute_fmt(&mut out, data),
            Self::Html(template) => template.execute_fmt(&mut out, data),
        };
        match outcome {
            Ok(()) => Ok(out.0),
            Err(gotmpl::TemplateError::Write) => Err(format!("becomes longer than {MAX_BYTES} bytes")),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// A text that takes no more than it may.
struct Bounded(String);

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > MAX_BYTES {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

/// Looks at every call of a text, those in branches that are hardly ever taken too.
struct Calls<'a> {
    known: &'a [String],
    file: &'a str,
}

impl Calls<'_> {
    fn in_list(&self, list: &ListNode) -> Result<(), String> {
        list.nodes.iter().try_for_each(|node| self.in_node(node))
    }

    fn in_node(&self, node: &Node) -> Result<(), String> {
        match node {
            Node::List(list) => self.in_list(list),
            Node::Action(action) => self.in_pipe(&action.pipe),
            Node::If(branch) | Node::Range(branch) | Node::With(branch) => self.in_branch(branch),
            Node::Template(template) => template.pipe.iter().try_for_each(|pipe| self.in_pipe(pipe)),
            Node::Define(define) => self.in_list(&define.body),
            Node::Text(_) | Node::Break(_) | Node::Continue(_) => Ok(()),
        }
    }

    fn in_branch(&self, branch: &BranchNode) -> Result<(), String> {
        self.in_pipe(&branch.pipe)?;
        self.in_list(&branch.body)?;
        branch.else_body.iter().try_for_each(|list| self.in_list(list))
    }

    fn in_pipe(&self, pipe: &PipeNode) -> Result<(), String> {
        pipe.commands.iter().flat_map(|command| &command.args).try_for_each(|expr| self.in_expr(expr))
    }

    fn in_expr(&self, expr: &Expr) -> Result<(), String> {
        match expr {
            Expr::Identifier(at, name) if !self.known.iter().any(|known| known == name.as_str()) => {
                Err(format!("{}:{}: the function {name} is not supported", self.file, at.line))
            }
            Expr::Pipe(_, pipe) => self.in_pipe(pipe),
            Expr::Chain(_, inner, _) => self.in_expr(inner),
            _ => Ok(()),
        }
    }
}

/// JSON as templates see it.
pub(crate) fn value(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Nil,
        serde_json::Value::Bool(on) => Value::Bool(*on),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(number), ..) => Value::Int(number),
            (_, Some(number), _) => Value::Uint(number),
            (_, _, Some(number)) => Value::Float(number),
            _ => Value::Nil,
        },
        serde_json::Value::String(text) => Value::String(Arc::from(text.as_str())),
        serde_json::Value::Array(items) => Value::List(items.iter().map(value).collect()),
        serde_json::Value::Object(map) => {
            let entries = map.iter().map(|(name, item)| (Arc::from(name.as_str()), value(item)));
            Value::Map(Arc::new(entries.collect::<BTreeMap<Arc<str>, Value>>()))
        }
    }
}

#[cfg(test)]
mod tests;
