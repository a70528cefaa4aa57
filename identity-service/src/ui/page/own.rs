//! An operator's own templates around what the pages say (`pages.templates_folder`), in the language that texts of messages
//! have: Go's, with its escaping.
//!
//! A page of ours is made whole first. `layout.gotmpl` and the template that is called like the page may then take its
//! parts and put them together otherwise; what they leave alone stays as it is. All are tried out when they are read. One
//! that fails all the same, later, is left aside: people see our page.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
    sync::Arc,
};

use gotmpl::{
    Value,
    html::HTML,
    parse::{Node, Parser},
};
use serde_json::json;
use shared_types::config::Problems;

use super::{Brand, NAMES};
use crate::{
    config::Config,
    courier::{Compiled, Form, value},
};

/// No folder is read further, and no template is larger.
const MAX_FILES: usize = 200;
const MAX_BYTES: u64 = 1 << 20;

/// The parts of every page; a template may define any of them otherwise.
const BLOCKS: &str = r#"{{define "head"}}{{.built_in.head}}{{end -}}
{{define "header"}}{{.built_in.header}}{{end -}}
{{define "main"}}{{.built_in.main}}{{end -}}
{{define "footer"}}{{.built_in.footer}}{{end -}}
"#;

/// How they stand together.
const LAYOUT: &str = r#"<!doctype html>
<html lang="{{.lang}}">
<head>
{{template "head" .}}
</head>
<body>
{{.built_in.skip}}
{{template "header" .}}
<main id="main" tabindex="-1" class="{{.built_in.class}}">
{{template "main" .}}
</main>
{{template "footer" .}}
</body>
</html>
"#;

/// The operator's templates, made ready for each page.
#[derive(Debug, Default)]
pub(crate) struct OwnPages(HashMap<&'static str, Compiled>);

/// What a template is told beside the page itself.
pub(crate) struct Told<'a> {
    /// The page's name.
    pub(crate) page: &'static str,
    /// Its heading.
    pub(crate) title: &'a str,
    /// Whether something went wrong.
    pub(crate) wrong: bool,
    /// The host people should see in the address bar.
    pub(crate) host: &'a str,
    /// What the service is called.
    pub(crate) brand: &'a Brand,
    /// The self-service flow, as programs get it.
    pub(crate) flow: Option<serde_json::Value>,
}

impl OwnPages {
    /// Reads the folder; everything that cannot be used is named at once.
    pub(crate) fn open(config: &Config) -> Result<Self, Problems> {
        let Some(folder) = &config.page_templates else { return Ok(Self::default()) };
        let mut problems = Problems::default();
        let mut own = Self::default();
        let mut said = BTreeSet::new();
        match files(folder) {
            Ok(files) => {
                for &name in NAMES {
                    match made(name, &files, config) {
                        Ok(compiled) => own.0.extend(Some((name, compiled))),
                        // What is wrong with a layout is wrong with every page.
                        Err(why) => said.extend(Some(why)),
                    }
                }
            }
            Err(why) => said.extend(Some(why)),
        }
        for why in said {
            problems.push(format!("pages.templates_folder: {}: {why}", folder.display()));
        }
        problems.or(own)
    }

    /// The page as the operator wants it.
    pub(crate) fn around(&self, built_in: String, told: &Told<'_>) -> String {
        let Some(compiled) = self.0.get(told.page) else { return built_in };
        match compiled.fill(&data(&built_in, told)) {
            Ok(page) => page,
            Err(why) => {
                tracing::error!(page = told.page, why, "a template of pages.templates_folder cannot be filled in");
                built_in
            }
        }
    }
}

/// The templates of a folder, in the order of their names.
fn files(folder: &Path) -> Result<BTreeMap<String, String>, String> {
    let found = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
    let names = found.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let names = names.filter(|name| name.ends_with(".gotmpl")).take(MAX_FILES);
    names.map(|name| text(&folder.join(&name)).map(|text| (name, text))).collect()
}

fn text(path: &Path) -> Result<String, String> {
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    if std::fs::metadata(path).map_err(told)?.len() > MAX_BYTES {
        return Err(format!("{}: has more than {MAX_BYTES} bytes", path.display()));
    }
    std::fs::read_to_string(path).map_err(told)
}

/// The template of a page, tried out.
fn made(page: &'static str, files: &BTreeMap<String, String>, config: &Config) -> Result<Compiled, String> {
    let own = format!("{page}.gotmpl");
    let is_own = |name: &str| name == own;
    let is_layout = |name: &str| name == "layout.gotmpl";
    let mut whole = ("layout", LAYOUT);
    for (name, text) in files.iter().filter(|(name, _)| is_layout(name)).chain(files.get_key_value(&own)) {
        if says_something(name, text)? {
            whole = (name, text);
        }
    }
    let mut texts = vec![("blocks", BLOCKS), ("layout", LAYOUT)];
    let others = files.iter().filter(|(name, _)| {
        let page_of_its_own = name.strip_suffix(".gotmpl").is_some_and(|stem| NAMES.contains(&stem));
        !page_of_its_own && !is_layout(name)
    });
    texts.extend(others.map(|(name, text)| (name.as_str(), text.as_str())));
    // Later definitions win: the page's own over the layout's.
    for wanted in [&is_layout as &dyn Fn(&str) -> bool, &is_own] {
        texts.extend(files.iter().filter(|(name, _)| wanted(name)).map(|(name, text)| (name.as_str(), text.as_str())));
    }
    let compiled = Compiled::new(Form::Html, whole.0, &texts)?;
    let brand = Brand::of(config);
    let told =
        Told { page, title: "A title", wrong: false, host: "id.example.org", brand: &brand, flow: Some(sample()) };
    compiled.fill(&data(SAMPLE, &told)).map_err(|why| format!("{own}: {why}"))?;
    Ok(compiled)
}

/// Whether a template has anything but definitions.
fn says_something(name: &str, text: &str) -> Result<bool, String> {
    let parser = Parser::with_name(Some(name), text, "{{", "}}").map_err(|error| error.to_string())?;
    let (tree, _) = parser.parse().map_err(|error| error.to_string())?;
    Ok(tree.nodes.iter().any(|node| !matches!(node, Node::Text(text) if text.text.trim().is_empty())))
}

/// What a template is tried out with.
const SAMPLE: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<title>A title</title>\n</head>\n<body>\n<a class=\"skip\" \
                      href=\"#main\">Skip</a>\n<header class=\"masthead\">\n</header>\n<main id=\"main\" tabindex=\"-1\" \
                      class=\"sheet\"><h1>A title</h1></main>\n<footer class=\"colophon\"></footer>\n</body>\n</html>";

fn sample() -> serde_json::Value {
    json!({"id": "", "type": "browser", "ui": {"action": "", "method": "POST", "nodes": [], "messages": []}})
}

/// What a template sees.
fn data(built_in: &str, told: &Told<'_>) -> Value {
    let parts = Parts::of(built_in);
    let Brand { name, logo, support, privacy, terms, .. } = told.brand;
    let plain = json!({
        "page": told.page, "title": told.title, "wrong": told.wrong, "host": told.host, "lang": parts.lang, "flow": told.flow,
        "brand": {"name": name, "logo": logo, "support_url": support, "privacy_url": privacy, "terms_url": terms},
    });
    let html = |text: &str| Value::from(HTML::from(text));
    let built_in = [
        ("head", html(parts.head)),
        ("skip", html(parts.skip)),
        ("header", html(parts.header)),
        ("main", html(parts.main)),
        ("footer", html(parts.footer)),
        ("class", Value::String(Arc::from(parts.class))),
    ];
    let built_in = built_in.into_iter().map(|(name, part)| (Arc::from(name), part)).collect::<BTreeMap<_, _>>();
    let mut seen = match value(&plain) {
        Value::Map(map) => Arc::unwrap_or_clone(map),
        _ => BTreeMap::new(),
    };
    seen.insert(Arc::from("built_in"), Value::Map(Arc::new(built_in)));
    Value::Map(Arc::new(seen))
}

/// What a page of ours consists of.
#[derive(Debug, PartialEq, Eq)]
struct Parts<'a> {
    lang: &'a str,
    head: &'a str,
    /// The link that leads past the header.
    skip: &'a str,
    header: &'a str,
    /// The classes of the element around the main part.
    class: &'a str,
    main: &'a str,
    footer: &'a str,
}

impl<'a> Parts<'a> {
    fn of(html: &'a str) -> Self {
        let between = |text: &'a str, start: &str, end: &str| -> &'a str {
            let rest = text.split_once(start).map_or("", |(_, rest)| rest);
            rest.split_once(end).map_or("", |(inside, _)| inside)
        };
        let body = html.split_once("<body>").map_or("", |(_, rest)| rest);
        let (before, rest) = body.split_once("<main ").unwrap_or_default();
        let (opening, rest) = rest.split_once('>').unwrap_or_default();
        // Nothing that is escaped can close it.
        let (main, after) = rest.split_once("</main>").unwrap_or_default();
        let header = before.find("<header").unwrap_or(before.len());
        let (skip, header) = before.split_at(header);
        Self {
            lang: between(html, "<html lang=\"", "\""),
            head: between(html, "<head>", "</head>").trim(),
            skip: skip.trim(),
            header: header.trim(),
            class: between(opening, "class=\"", "\""),
            main: main.trim(),
            footer: after.split_once("</body>").map_or("", |(footer, _)| footer).trim(),
        }
    }
}

#[cfg(test)]
mod tests;
