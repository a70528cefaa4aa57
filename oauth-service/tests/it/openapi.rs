//! The OpenAPI document and the routes say the same: every operation of the document is answered, and every path the service knows is
//! in the document, with its methods.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;

use crate::oauth2::auth::world::{Reply, World, read};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The methods of every path.
fn documented(document: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let paths = document["paths"].as_object().unwrap();
    let methods = |item: &Value| item.as_object().unwrap().keys().cloned().collect();
    paths.iter().map(|(path, item)| (path.clone(), methods(item))).collect()
}

/// A path with something in the place of its parameters.
fn filled(path: &str) -> String {
    let part =
        |part: &str| if part.starts_with('{') { "00000000-0000-4000-8000-000000000000" } else { part }.to_owned();
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// On which ports a path is.
fn ports(path: &str) -> &'static [&'static str] {
    match path {
        "/health/alive" | "/health/ready" => &["public", "admin"],
        "/version" | "/metrics/prometheus" | "/openapi.json" => &["admin"],
        _ if path.starts_with("/admin/") => &["admin"],
        _ => &["public"],
    }
}

async fn ask(world: &World, port: &str, method: &str, path: &str) -> Reply {
    let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes()).unwrap();
    let request = if port == "admin" { world.operator(method, path) } else { world.public(method, path) };
    read(request.header("accept", "application/json")).await
}

/// No route of this port knows the path, or none this method.
fn is_unknown(answer: &Reply) -> bool {
    answer.status == 405 || (answer.status == 404 && answer.body.contains("Nothing is served at this URL"))
}

on_both! {
    async fn every_operation_is_answered_and_no_other(dsn: String) {
        let world = World::with(&dsn, json!({"oidc": {"dynamic_client_registration": {"enabled": true}}})).await;
        let document = read(world.operator(Method::GET, "/openapi.json")).await.json();
        let mut offences = Vec::new();
        for (path, methods) in documented(&document) {
            for (port, method) in ports(&path).iter().flat_map(|port| METHODS.map(|method| (*port, method))) {
                let answer = ask(&world, port, method, &filled(&path)).await;
                let failed = answer.status >= 500 && path != "/oauth2/fallbacks/error";
                if failed || is_unknown(&answer) == methods.contains(method) {
                    offences.push(format!("{port} {method} {path}: {} {}", answer.status, answer.body));
                }
            }
        }
        assert!(offences.is_empty(), "{offences:#?}");
    }
}

/// The texts of the sources below a folder.
fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// A path without the names of its parameters and without the prefix its port lets callers leave out.
fn plain(path: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { "{}" } else { part }.to_owned();
    let path = path.split('/').map(part).collect::<Vec<_>>().join("/");
    path.strip_prefix("/admin").unwrap_or(&path).to_owned()
}

fn program() -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_oauth-service")).arg("openapi").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn every_route_is_in_the_document() {
    let known: BTreeSet<String> = documented(&program()).keys().map(|path| plain(path)).collect();
    let mut texts = Vec::new();
    for folder in ["endpoint", "admin"] {
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http").join(folder), &mut texts);
    }
    let mut routes = BTreeSet::new();
    for text in &texts {
        for opening in ["route(\"", "resource(\"", "path: \"", ": &str = \"/"] {
            let found = text.split(opening).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0));
            routes.extend(found.map(|path| if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }));
        }
    }
    assert!(routes.len() > 40, "{routes:?}");
    let missing: Vec<&String> = routes.iter().filter(|path| !known.contains(&plain(path))).collect();
    assert!(missing.is_empty(), "not in the document: {missing:?}");
}

#[test]
fn it_comes_in_every_format() {
    for (format, start) in [("json", "{\""), ("yaml", "openapi: 3.0.3"), ("jsonpointer=/info/title", "oauth-service")] {
        let output = Command::new(env!("CARGO_BIN_EXE_oauth-service")).args(["openapi", "--format", format]).output();
        let text = String::from_utf8(output.unwrap().stdout).unwrap();
        assert!(text.starts_with(start), "{format}: {}", text.get(..80).unwrap_or(&text));
    }
}
