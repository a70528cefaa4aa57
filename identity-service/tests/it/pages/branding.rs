//! What an operator makes of the pages: name, logo, colours, rules and templates of his own.

use std::path::Path;

use serde_json::{Value, json};

use super::page;
use crate::self_service::world::World;

fn written(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn branding(folder: &Path) -> Value {
    json!({
        "branding": {
            "name": "Acme <Partners>",
            "logo_file": written(folder, "logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
            "css_file": written(folder, "own.css", ".sheet{border-radius:0}"),
            "support_url": "mailto:help@example.org",
            "privacy_url": "https://example.org/privacy",
            "colors": {"light": {"primary": "#0a6e4f"}},
        },
    })
}

/// The address of the first file that is loaded by this attribute and begins so.
fn loaded<'a>(html: &'a str, before: &str) -> &'a str {
    let (_, rest) = html.split_once(before).unwrap_or_else(|| panic!("no {before} in {html}"));
    rest.split('"').next().unwrap()
}

#[tokio::test]
async fn a_brand_is_on_every_page_and_the_policy_stays() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start("memory", branding(folder.path())).await;
    let browser = world.browser();
    let answer = browser.visit("/error").await;
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'; img-src 'self';"), "{policy}");
    let (_, html) = page(answer).await;
    assert!(html.contains("Acme &#60;Partners&#62;") && !html.contains("Portico"), "{html}");
    for link in ["mailto:help@example.org", "https://example.org/privacy"] {
        assert!(html.contains(link), "{link} is not in {html}");
    }
    let style = browser.visit(&format!("/assets/brand-{}", loaded(&html, "/assets/brand-"))).await;
    assert_eq!(style.headers()["content-type"], "text/css; charset=utf-8");
    let style = style.text().await.unwrap();
    assert!(style.contains("--action:#0a6e4f;") && style.ends_with(".sheet{border-radius:0}"), "{style}");
    let logo = browser.visit(loaded(&html, "class=\"brand\" src=\"")).await;
    assert_eq!(logo.headers()["content-type"], "image/svg+xml");
    assert_eq!(logo.headers()["content-security-policy"], "default-src 'none'; sandbox");
}

#[tokio::test]
async fn a_logo_elsewhere_is_the_one_thing_more_that_is_loaded() {
    let world = World::start("memory", json!({"branding": {"logo_url": "https://cdn.example.org/logo.svg"}})).await;
    let answer = world.browser().visit("/error").await;
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("img-src 'self' https://cdn.example.org;"), "{policy}");
    let (_, html) = page(answer).await;
    assert!(html.contains("src=\"https://cdn.example.org/logo.svg\""), "{html}");
}

#[tokio::test]
async fn templates_of_ones_own_stand_around_what_pages_say() {
    let folder = tempfile::tempdir().unwrap();
    let own = "{{define \"footer\"}}<footer>Call 555, {{.brand.name}}.</footer>{{end}}";
    written(folder.path(), "layout.gotmpl", own);
    written(
        folder.path(),
        "login.gotmpl",
        "{{define \"main\"}}<p>{{len .flow.ui.nodes}} fields</p>{{.built_in.main}}{{end}}",
    );
    let over = json!({"branding": {"name": "Acme & Co"}, "pages": {"templates_folder": folder.path()}});
    let world = World::start("memory", over).await;
    let browser = world.browser();
    let (_, error) = page(browser.visit("/error").await).await;
    assert!(error.contains("<footer>Call 555, Acme &amp; Co.</footer>"), "{error}");
    assert!(error.contains("/assets/portico-") && error.contains("<h1>"), "the rest is ours: {error}");
    let flow = browser.begin("/self-service/login/browser").await;
    let (_, login) = page(browser.visit(&format!("/login?flow={}", flow["id"].as_str().unwrap())).await).await;
    assert!(login.contains(" fields</p>") && login.contains("name=\"identifier\""), "{login}");
}
