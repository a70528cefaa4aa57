//! The OpenAPI document and the routes say the same: every operation of the document is answered, and every path the
//! service knows is in the document, with its methods.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

use reqwest::Method;
use serde_json::Value;
use shared_types::on_both;

use crate::world::{Answer, KEY, World, program, send};

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
        "/health/alive" | "/health/ready" | "/version" => &["public", "admin"],
        "/health/config" | "/metrics/prometheus" | "/openapi.json" => &["admin"],
        _ if path.starts_with("/admin/") => &["admin"],
        _ => &["public"],
    }
}

async fn ask(world: &World, port: &str, method: &str, path: &str) -> Answer {
    let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes()).unwrap();
    let url = if port == "admin" { world.admin_url(path) } else { world.public_url(path) };
    send(world.client.request(method, url).bearer_auth(KEY)).await
}

/// No route of this port knows the path, or none this method.
fn is_unknown(answer: &Answer) -> bool {
    matches!(answer.status, 307 | 405) || (answer.status == 404 && answer.reason() == "There is nothing here.")
}

on_both! {
    async fn every_operation_is_answered_and_no_other(dsn: String) {
        let world = World::start(&dsn).await;
        let document = world.get("/openapi.json").await.body;
        let mut offences = Vec::new();
        for (path, methods) in documented(&document) {
            for (port, method) in ports(&path).iter().flat_map(|port| METHODS.map(|method| (*port, method))) {
                let answer = ask(&world, port, method, &filled(&path)).await;
                // Proxies ask who somebody is with the method of the request they hold.
                let known = methods.contains(method)
                    || path == "/sessions/whoami"
                    // Links to a provider, which the reference answers and does not describe.
                    || (method == "get" && ["/self-service/login", "/self-service/registration"].contains(&path.as_str()));
                if answer.status == 500 || is_unknown(&answer) == known {
                    offences.push(format!("{port} {method} {path}: {} {}", answer.status, answer.reason()));
                }
            }
        }
        assert!(offences.is_empty(), "{offences:#?}");
        world.stop().await;
    }
}

/// The paths that are written in the sources of `http/`.
fn routed(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("console") {
            // Pages for people, no API.
            continue;
        }
        if path.is_dir() {
            routed(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            for opening in ["at(\"", "resource(\""] {
                found.extend(text.split(opening).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
            }
        }
    }
}

/// A path without the names of its parameters and without the prefix its port lets callers leave out.
fn plain(path: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { "{}" } else { part }.to_owned();
    let path = path.split('/').map(part).collect::<Vec<_>>().join("/");
    let bare = path.strip_prefix("/admin").unwrap_or(&path).to_owned();
    if ports(&bare) == ["public"] { path } else { bare }
}

#[test]
fn every_route_is_in_the_document() {
    let output = Command::new(program()).arg("openapi").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let known: BTreeSet<String> = documented(&document).keys().map(|path| plain(path)).collect();
    let mut routes = BTreeSet::new();
    routed(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http"), &mut routes);
    assert!(routes.len() > 50, "{routes:?}");
    let missing: Vec<&String> = routes.iter().filter(|path| !known.contains(&plain(path))).collect();
    assert!(missing.is_empty(), "not in the document: {missing:?}");
}
