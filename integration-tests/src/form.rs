//! Reads the HTML forms of a page the way a person sees them: where they go, what they hold, which buttons they have.
//! Knows the plain HTML the services write, and no more of the language.

use anyhow::Context as _;

/// One `<form>` of a page.
#[derive(Debug, Clone, Default)]
pub struct Form {
    pub action: String,
    pub method: String,
    /// Fields with what the page put into them; a box that is not ticked is absent.
    pub fields: Vec<(String, String)>,
    /// Every name a person could fill in, ticked or not.
    pub names: Vec<String>,
    /// Submit buttons by name and value; a button without a name has an empty one.
    pub buttons: Vec<(String, String)>,
}

impl Form {
    /// All forms of a page, in order.
    pub fn all(html: &str) -> Vec<Self> {
        let mut forms = Vec::new();
        let mut rest = html;
        while let Some(start) = find_tag(rest, "form") {
            let inside = rest.get(start..).unwrap_or_default();
            let end = inside.find("</form>").unwrap_or(inside.len());
            forms.push(Self::read(inside.get(..end).unwrap_or_default()));
            rest = inside.get(end..).unwrap_or_default();
        }
        forms
    }

    /// The form that has a button with this name and value.
    pub fn with_button(html: &str, name: &str, value: &str) -> anyhow::Result<Self> {
        Self::all(html)
            .into_iter()
            .find(|form| form.buttons.iter().any(|(n, v)| n == name && v == value))
            .with_context(|| format!("no form with the button {name}={value} in:\n{html}"))
    }

    /// The form that asks for a field of this name.
    pub fn with_field(html: &str, name: &str) -> anyhow::Result<Self> {
        Self::all(html)
            .into_iter()
            .find(|form| form.names.iter().any(|known| known == name))
            .with_context(|| format!("no form with the field {name} in:\n{html}"))
    }

    /// Puts a value into a field, in place of what it had.
    #[must_use]
    pub fn fill(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What is sent when the button is pressed.
    pub fn press(mut self, name: &str, value: &str) -> Vec<(String, String)> {
        self.fields.push((name.to_owned(), value.to_owned()));
        self.fields
    }

    fn read(html: &str) -> Self {
        let mut form = Self::default();
        for (tag, attributes) in tags(html) {
            let has = |name: &str| attributes.iter().any(|(known, _)| known == name);
            let get = |name: &str| {
                attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default()
            };
            match tag.as_str() {
                "form" => {
                    form.action = get("action");
                    form.method = get("method").to_lowercase();
                }
                "button" => form.buttons.push((get("name"), get("value"))),
                "input" | "textarea" | "select" => {
                    let kind = get("type");
                    if kind == "submit" {
                        form.buttons.push((get("name"), get("value")));
                        continue;
                    }
                    form.names.push(get("name"));
                    let box_unticked = matches!(kind.as_str(), "checkbox" | "radio") && !has("checked");
                    if has("name") && !has("disabled") && !box_unticked {
                        form.fields.push((get("name"), get("value")));
                    }
                }
                _ => {}
            }
        }
        form
    }
}

fn find_tag(html: &str, name: &str) -> Option<usize> {
    html.match_indices(&format!("<{name}"))
        .find(|(at, found)| {
            html.get(at + found.len()..)
                .and_then(|rest| rest.chars().next())
                .is_some_and(|c| c.is_whitespace() || c == '>')
        })
        .map(|(at, _)| at)
}

type Attributes = Vec<(String, String)>;

/// Opening tags with their attributes, in order of appearance.
fn tags(html: &str) -> Vec<(String, Attributes)> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = rest.get(start + 1..).unwrap_or_default();
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let (inside, after) = split_tag(rest);
        let name_end = inside.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(inside.len());
        let (name, attributes) = inside.split_at(name_end);
        found.push((name.to_lowercase(), read_attributes(attributes)));
        rest = after;
    }
    found
}

/// What stands before the `>` that is not inside quotes, and what follows it.
fn split_tag(text: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default()),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    (text, "")
}

fn read_attributes(text: &str) -> Attributes {
    let mut attributes = Vec::new();
    let mut rest = text.trim_matches(|c: char| c.is_whitespace() || c == '/');
    while !rest.is_empty() {
        let name_end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let (name, after) = rest.split_at(name_end);
        let after = after.trim_start();
        let (value, after) = match after.strip_prefix('=') {
            Some(value) => read_value(value.trim_start()),
            None => ("", after),
        };
        attributes.push((name.to_lowercase(), decode(value)));
        rest = after.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
    }
    attributes
}

fn read_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inside) = text.strip_prefix(quote) {
            return inside.split_once(quote).unwrap_or((inside, ""));
        }
    }
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

/// Undoes the escapes the templates write.
pub fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(rest.get(..start).unwrap_or_default());
        let entity = rest.get(start..).unwrap_or_default();
        let Some(end) = entity.find(';').filter(|end| *end <= 8) else {
            out.push('&');
            rest = entity.get(1..).unwrap_or_default();
            continue;
        };
        let name = entity.get(1..end).unwrap_or_default();
        match character(name) {
            Some(c) => out.push(c),
            None => out.push_str(entity.get(..=end).unwrap_or_default()),
        }
        rest = entity.get(end + 1..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

fn character(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests;
