//! The repository tests itself: which layer may import which, how long a file may be, names and words that do not occur,
//! and a reason beside every dependency.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

const MAX_LINES: usize = 400;

/// The layers of a service, from the outside in: each imports only what stands in a later line (or its own).
const IDENTITY_LAYERS: &[&[&str]] = &[
    &["http", "cli", "app", "doctor"],
    &["ui::page", "ui::render", "ui::console"],
    &["flow"],
    &["method", "kratos"],
    &["identity", "session", "hash", "courier", "peer", "limit", "jsonnet", "source"],
    &["store"],
    &["model", "ui::node", "ui::text", "ui::words"],
];

const OAUTH_LAYERS: &[&[&str]] = &[
    &["http", "cli", "app", "doctor"],
    &["authorize", "grant", "import"],
    &["challenge", "token", "client", "key", "subject", "peer"],
    &["store"],
    &["model", "protocol"],
];

/// What every layer may use: the values of one request, and the configuration.
const EVERYWHERE: &[&str] = &["app::Cx", "app::Env", "config"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// Files the repository holds: those git knows, so that build output and editors' leavings do not count.
fn tracked(ending: &str) -> Vec<PathBuf> {
    let listed = std::process::Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists files");
    let listed = String::from_utf8(listed.stdout).expect("names are UTF-8");
    let files: Vec<PathBuf> = listed
        .lines()
        .filter(|line| line.ends_with(ending))
        .map(|line| root().join(line))
        .filter(|path| path.exists())
        .collect();
    assert!(!files.is_empty(), "no {ending} file found");
    files
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn assert_none(rule: &str, offences: &[String]) {
    assert!(offences.is_empty(), "{rule}:\n  {}", offences.join("\n  "));
}

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    let offences: Vec<String> = tracked(".rs")
        .iter()
        .map(|path| (shown(path), read(path).lines().count()))
        .filter(|(_, lines)| *lines > MAX_LINES)
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect();
    assert_none("a file has at most 400 lines", &offences);
}

#[test]
fn every_file_says_what_it_owns() {
    let offences: Vec<String> = tracked(".rs")
        .iter()
        .filter(|path| !path.ends_with("tests.rs") && !path.components().any(|part| part.as_os_str() == "tests"))
        .filter(|path| !read(path).trim_start().starts_with("//!"))
        .map(|path| shown(path))
        .collect();
    assert_none("a module begins with its doc comment", &offences);
}

#[test]
fn no_module_is_a_drawer() {
    const DRAWERS: &[&str] =
        &["util", "utils", "common", "helper", "helpers", "manager", "registry", "service", "misc"];
    let offences: Vec<String> = tracked(".rs")
        .iter()
        .filter(|path| {
            path.strip_prefix(root()).is_ok_and(|path| {
                path.with_extension("")
                    .components()
                    .any(|part| part.as_os_str().to_str().is_some_and(|name| DRAWERS.contains(&name)))
            })
        })
        .map(|path| shown(path))
        .collect();
    assert_none("a module is named by what it holds", &offences);
}

#[test]
fn libraries_stay_in_their_layer() {
    let mut offences = Vec::new();
    for path in tracked(".rs") {
        let name = shown(&path);
        if !name.contains("/src/") || name.starts_with("integration-tests") {
            continue;
        }
        let text = code(&read(&path));
        // app.rs wires the server and the pools together; its own file may name both.
        let wires = name.ends_with("src/app.rs") || name.contains("src/app/");
        let rules = [
            ("actix_web", wires || name.contains("/http/") || name.ends_with("/http.rs")),
            (
                "diesel",
                name.contains("/store/")
                    || name.contains("/db/")
                    || wires
                    || name.starts_with("shared-types/src/id")
                    || name.ends_with("shared-types/src/testing.rs"),
            ),
            ("reqwest", name.starts_with("shared-types/src/http/client")),
            ("askama", name.contains("/ui/") || name.contains("/courier/") || name.contains("/http/")),
        ];
        for (library, allowed) in rules {
            let named = text
                .lines()
                .any(|line| line.contains(&format!("{library}::")) || line.contains(&format!("use {library}")));
            if named && !allowed {
                offences.push(format!("{name} names {library}"));
            }
        }
    }
    assert_none(
        "actix_web is known under http/, diesel under store/ and db/, reqwest in http/client, askama in ui/",
        &offences,
    );
}

#[test]
fn layers_import_inwards_only() {
    let mut offences = Vec::new();
    for (service, layers) in [("identity-service", IDENTITY_LAYERS), ("oauth-service", OAUTH_LAYERS)] {
        for path in tracked(".rs") {
            let name = shown(&path);
            let Some(inside) = name.strip_prefix(&format!("{service}/src/")) else { continue };
            let module = inside.trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::");
            let Some(own) = layer_of(layers, &module) else { continue };
            if module.ends_with("tests") {
                continue;
            }
            for import in crate_imports(&code(&read(&path))) {
                if EVERYWHERE.iter().any(|free| begins(&import, free)) {
                    continue;
                }
                if let Some(theirs) = layer_of(layers, &import)
                    && theirs < own
                {
                    offences.push(format!("{name} imports crate::{import}"));
                }
            }
        }
    }
    assert_none("a layer imports only what stands further in", &offences);
}

#[test]
fn methods_and_grants_and_checks_do_not_know_each_other() {
    const APART: &[(&str, &str)] =
        &[("identity-service", "method"), ("oauth-service", "grant"), ("oauth-service", "authorize::check")];
    let mut offences = Vec::new();
    for (service, parent) in APART {
        let folder = format!("{service}/src/{}/", parent.replace("::", "/"));
        let files: Vec<PathBuf> = tracked(".rs").into_iter().filter(|path| shown(path).starts_with(&folder)).collect();
        let names: BTreeSet<String> = files.iter().filter_map(|path| member(&shown(path), &folder)).collect();
        for path in &files {
            let Some(own) = member(&shown(path), &folder) else { continue };
            let beside = if path.parent() == Some(&root().join(folder.trim_end_matches('/'))) {
                "super::"
            } else {
                "super::super::"
            };
            let text = code(&read(path)).replace(beside, &format!("crate::{parent}::"));
            for import in crate_imports(&text) {
                let Some(rest) = import.strip_prefix(&format!("{parent}::")) else { continue };
                let other = rest.split("::").next().unwrap_or_default().to_owned();
                if other != own && names.contains(&other) && is_member(service, parent, &other) {
                    offences.push(format!("{} imports crate::{import}", shown(path)));
                }
            }
        }
    }
    assert_none("what methods, grants or checks share goes one layer down", &offences);
}

/// Whether a module beside the methods is a method itself: it implements the trait of its family.
fn is_member(service: &str, parent: &str, name: &str) -> bool {
    let folder = root().join(service).join("src").join(parent.replace("::", "/"));
    let texts = [folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs")];
    let text: String = texts.iter().filter(|path| path.exists()).map(|path| read(path)).collect();
    ["impl Method for", "impl Grant for"].iter().any(|mark| text.contains(mark)) || parent.ends_with("check")
}

fn member(path: &str, folder: &str) -> Option<String> {
    let name = path.strip_prefix(folder)?.split('/').next()?.trim_end_matches(".rs");
    (name != "mod").then(|| name.to_owned())
}

#[test]
fn nothing_is_left_for_later() {
    // Put together here, so that this file does not contain what it looks for.
    let marks =
        [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["unimplemented", "!("].concat(), ["todo", "!("].concat()];
    let mut offences = Vec::new();
    for path in tracked("") {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for (number, line) in text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark.as_str())) {
                offences.push(format!("{}:{}", shown(&path), number + 1));
            }
        }
    }
    assert_none("what is not built is absent, not promised", &offences);
}

#[test]
fn lints_are_expected_with_a_reason_and_never_allowed() {
    let allow = ["#[", "allow("].concat();
    let offences: Vec<String> = tracked(".rs")
        .iter()
        // A macro cannot know whether its body needs the exception; `expect` would then complain.
        .filter(|path| !path.ends_with("shared-types/src/testing.rs"))
        .filter(|path| code(&read(path)).contains(&allow) || code(&read(path)).contains(&["#![", "allow("].concat()))
        .map(|path| shown(path))
        .collect();
    assert_none("#[expect(.., reason = \"..\")]", &offences);
}

#[test]
fn every_dependency_has_a_reason() {
    let manifest = read(&root().join("Cargo.toml"));
    let mut inside = false;
    let mut offences = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line == "[workspace.dependencies]";
            continue;
        }
        let ours = line.contains("path = ");
        if inside && line.contains('=') && !line.starts_with('#') && !ours && !line.contains(" # ") {
            offences.push(line.to_owned());
        }
    }
    assert_none("a dependency says why it is there", &offences);
}

#[test]
fn nothing_names_a_host_to_fetch_from() {
    const PUBLIC_INDEX: &str = "registry+https://github.com/rust-lang/crates.io-index";
    let lock = read(&root().join("Cargo.lock"));
    let sources: BTreeSet<&str> = lock.lines().filter_map(|line| line.strip_prefix("source = ")).collect();
    let foreign: Vec<String> =
        sources.into_iter().filter(|source| source.trim_matches('"') != PUBLIC_INDEX).map(str::to_owned).collect();
    assert_none("Cargo.lock knows the public index alone", &foreign);
    for name in ["package.json", "requirements.txt"] {
        for path in tracked(name) {
            let text = read(&path);
            assert!(!text.contains("://"), "{} names an address; packages are named by name and version", shown(&path));
        }
    }
}

fn begins(path: &str, prefix: &str) -> bool {
    path == prefix || path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with("::"))
}

/// The layer of a module path; the longest name that fits counts.
fn layer_of(layers: &[&[&str]], module: &str) -> Option<usize> {
    let all = layers.iter().enumerate().flat_map(|(number, names)| names.iter().map(move |name| (number, *name)));
    all.filter(|(_, name)| begins(module, name)).max_by_key(|(_, name)| name.len()).map(|(number, _)| number)
}

/// The source without its comments.
fn code(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Every path below `crate::`, with groups in braces opened up.
fn crate_imports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        expand("", &text[at + "crate::".len()..], &mut found);
    }
    found
}

/// Reads one path from the start of `text`; answers how much of it was read.
fn expand(prefix: &str, text: &str, found: &mut Vec<String>) -> usize {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(text.len());
    let path = format!("{prefix}{}", text[..end].trim_end_matches(':'));
    if !text[end..].starts_with('{') {
        found.push(path);
        return end;
    }
    let mut at = end + 1;
    while at < text.len() && !text[at..].starts_with('}') {
        let step = text[at..].len() - text[at..].trim_start_matches([',', ' ', '\n']).len();
        at += step;
        if text[at..].starts_with('}') || at >= text.len() {
            break;
        }
        let prefix = if path.is_empty() { String::new() } else { format!("{path}::") };
        let read = expand(&prefix, &text[at..], found);
        let rest = &text[at + read..];
        // Past a rename, to the next comma or the closing brace.
        at += read + rest.find([',', '}']).unwrap_or(rest.len());
        if read == 0 && !text[at..].starts_with(['}', ',']) {
            break;
        }
    }
    (at + 1).min(text.len())
}

#[test]
fn grouped_imports_are_seen_one_by_one() {
    let text = "use crate::{model::{flow::Flow, word}, store::flows as rows};\nfn f() { crate::http::error::show() }";
    assert_eq!(crate_imports(text), ["model::flow::Flow", "model::word", "store::flows", "http::error::show"]);
    assert_eq!(layer_of(IDENTITY_LAYERS, "ui::node::order"), Some(6));
    assert_eq!(layer_of(IDENTITY_LAYERS, "ui::page"), Some(1));
}
