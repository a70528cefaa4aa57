use chrono::Duration;
use serde_json::json;

use super::page;
use crate::self_service::world::{HOME, PASSWORD, World, location};

/// The path and query of a page's own address.
fn path(world: &World, url: &str) -> String {
    url.strip_prefix(world.public.as_str()).unwrap_or_else(|| panic!("{url} is elsewhere")).to_owned()
}

#[tokio::test]
async fn a_page_without_its_flow_begins_one_with_the_same_query() {
    let world = World::start("memory", json!({})).await;
    let browser = world.browser();
    for kind in ["login", "registration", "verification"] {
        let answer = browser.visit(&format!("/{kind}?return_to=https%3A%2F%2Fportal.example.org%2Fx&flow=")).await;
        let begun = location(&answer);
        let expected = format!("self-service/{kind}/browser?return_to=https%3A%2F%2Fportal.example.org%2Fx");
        assert_eq!((answer.status().as_u16(), path(&world, &begun)), (303, expected));
        let shown = location(&browser.visit(&begun).await);
        assert!(path(&world, &shown).starts_with(&format!("{kind}?flow=")), "{shown}");
        let (status, html) = page(browser.visit(&shown).await).await;
        assert_eq!(status, 200);
        assert!(html.contains(&format!("self-service/{kind}?flow=")), "{html}");
        if kind == "login" {
            // Where one wanted to go is not lost on the way to another page.
            assert!(
                html.contains("self-service/registration/browser?return_to=https%3A%2F%2Fportal.example.org%2Fx"),
                "{html}"
            );
        }
    }
}

#[tokio::test]
async fn signs_in_without_a_script() {
    let world = World::start("memory", json!({})).await;
    world.create("ada@example.org").await;
    let browser = world.browser();
    let shown = location(&browser.visit("/self-service/login/browser").await);
    let (_, html) = page(browser.visit(&shown).await).await;
    for part in [
        "<label for=\"identifier\">",
        "<label for=\"password\">",
        "autocomplete=\"current-password\"",
        "autocomplete=\"username\"",
        "id=\"method-password\"",
        "value=\"password\"",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    let token = super::hidden(&html, "csrf_token");
    let action = html.split("<form action=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let send = async |password: &str| {
        let fields = [
            ("csrf_token", token.as_str()),
            ("identifier", "ada@example.org"),
            ("password", password),
            ("method", "password"),
        ];
        browser.client.post(&action).header("accept", "text/html").form(&fields).send().await.unwrap()
    };
    let again = location(&send("not the password").await);
    let (status, html) = page(browser.visit(&again).await).await;
    assert_eq!(status, 200);
    assert!(html.contains("role=\"alert\"") && html.contains("<title>Error: "), "{html}");
    assert!(html.contains("value=\"ada@example.org\"") && !html.contains("not the password"), "{html}");
    assert_eq!(location(&send(PASSWORD).await), HOME);
}

#[tokio::test]
async fn what_is_over_or_unknown_begins_anew() {
    let world = World::start("memory", json!({})).await;
    let browser = world.browser();
    let begin = format!("{}self-service/login/browser", world.public);
    assert_eq!(location(&browser.visit("/login?flow=not-an-id").await), begin);
    assert_eq!(location(&browser.visit("/login?flow=018f2d0c-0000-7000-8000-000000000001").await), begin);
    let shown = location(&browser.visit("/self-service/login/browser").await);
    // Of another kind: as good as unknown.
    let other = shown.replace("/login?", "/registration?");
    assert_eq!(location(&browser.visit(&other).await), begin.replace("login", "registration"));
    world.clock.advance(Duration::hours(2));
    assert_eq!(location(&browser.visit(&shown).await), begin);
}

/// Beginning anew by itself would never end in a browser that keeps no cookies.
#[tokio::test]
async fn another_browser_is_told_instead_of_sent_round_in_circles() {
    let world = World::start("memory", json!({})).await;
    let shown = location(&world.browser().visit("/self-service/login/browser").await);
    for other in [world.browser(), world.program()] {
        let (status, html) = page(other.visit(&shown).await).await;
        assert_eq!(status, 403);
        assert!(html.contains("Cookies must be allowed") && html.contains("/self-service/login/browser"), "{html}");
    }
}
