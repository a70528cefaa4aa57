use askama::Template as _;
use serde_json::json;

use super::*;
use crate::{config::Config, ui::page::Person};

fn config() -> Config {
    Config::from_value(json!({
        "dsn": "memory",
        "serve": {"public": {"base_url": "https://id.example.org/"}, "admin": {"base_url": "https://id.example.org/ops/"}},
        "secrets": {"default": ["a secret for samples alone"]},
        "console": {"enabled": true},
    }))
    .unwrap()
}

fn frame(title: &str) -> Frame {
    let operator = Person { name: "Olga <b>".to_owned(), email: None };
    let around = Surroundings { operator, token: "token".to_owned(), said: Some("It was done.".to_owned()) };
    Frame::new(&config(), Section::Overview, title, around)
}

fn pages() -> Vec<(&'static str, String)> {
    let facts = vec![Fact::new("Name", Cell::text("<Ada>").and("more")), Fact::new("Id", Cell::code("7"))];
    let confirm = ConfirmPage {
        frame: frame("Delete Ada?").below("Ada", "identities/7"),
        text: "All of it goes.".to_owned(),
        facts: facts.clone(),
        action: "/x".to_owned(),
        hidden: vec![Hidden { name: "id", value: "7\"".to_owned() }],
        button: "Delete".to_owned(),
        cancel: "/y".to_owned(),
    };
    let secret = SecretPage {
        frame: frame("A code"),
        text: "Shown once.".to_owned(),
        secrets: vec![Secret { label: "Code".to_owned(), value: "123456".to_owned() }],
        facts: facts.clone(),
        back: "/z".to_owned(),
    };
    let problem = ProblemPage { frame: frame("No").wrong(true), text: "Why".to_owned(), facts: facts.clone() };
    let refused = RefusedPage::new(&config(), "No", "Why").hint("So").link("Out", "/out");
    vec![
        (
            "overview",
            OverviewPage {
                frame: frame("Overview"),
                facts,
                health: Vec::new(),
                ranges: Vec::new(),
                groups: Vec::new(),
            }
            .render()
            .unwrap(),
        ),
        ("confirm", confirm.render().unwrap()),
        ("secret", secret.render().unwrap()),
        ("problem", problem.render().unwrap()),
        ("refused", refused.render().unwrap()),
    ]
}

#[test]
fn pages_hold_no_script_and_escape_what_they_show() {
    for (name, html) in pages() {
        for forbidden in ["<script", " style=", "<style", " onload=", "javascript:", "<Ada>", "<b>", "value=\"7\"\""] {
            assert!(!html.contains(forbidden), "{name} holds {forbidden}");
        }
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        assert!(html.contains("/ops/console/assets/console-"), "{name}");
    }
}

#[test]
fn forms_carry_the_token_and_lead_where_the_console_is() {
    for (name, html) in pages() {
        let forms = html.matches("<form method=\"post\"").count();
        assert_eq!(html.matches("name=\"csrf_token\" value=\"token\"").count(), forms, "{name}");
        if name != "refused" {
            assert!(html.contains("action=\"/ops/console/sign-out\""), "{name}");
        }
    }
}

#[test]
fn assets_are_found_by_their_hashed_names_alone() {
    assert!(asset(&asset::STYLE.name).is_some() && asset(&asset::ICON.name).is_some());
    assert!(asset("console.css").is_none());
}

/// WCAG 2.2: text 4.5 to 1 (1.4.3), parts of the interface 3 to 1 (1.4.11), in light and in dark.
#[test]
fn colours_have_contrast() {
    let text = [
        ("ink", "ground"),
        ("ink", "sheet"),
        ("ink", "info-ground"),
        ("soft", "ground"),
        ("soft", "sheet"),
        ("soft", "info-ground"),
        ("link", "ground"),
        ("link", "sheet"),
        ("link", "info-ground"),
        ("on-action", "action"),
        ("on-action", "action-hover"),
        ("on-danger", "danger"),
        ("on-danger", "danger-hover"),
        ("bad", "bad-ground"),
        ("bad", "sheet"),
        ("good", "good-ground"),
        ("warn", "warn-ground"),
    ];
    let parts = [("edge", "sheet"), ("edge", "ground"), ("focus", "sheet"), ("focus", "ground"), ("bad", "sheet")];
    let sheet = asset::STYLE.content;
    let (light, dark) = sheet.split_once("prefers-color-scheme: dark").unwrap();
    for theme in [light, dark] {
        for (pairs, least) in [(&text[..], 4.5), (&parts[..], 3.0)] {
            for (front, back) in pairs {
                let ratio = contrast(colour(theme, front), colour(theme, back));
                assert!(ratio >= least, "{front} on {back}: {ratio:.2}");
            }
        }
    }
}

fn colour(theme: &str, name: &str) -> [f64; 3] {
    let text = theme.split_once(&format!("--{name}: #")).unwrap().1;
    [0, 2, 4].map(|at| f64::from(u8::from_str_radix(&text[at..at + 2], 16).unwrap()) / 255.0)
}

fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let linear = |c: f64| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
    let light = |[r, g, b]: [f64; 3]| 0.0722f64.mul_add(linear(b), 0.2126f64.mul_add(linear(r), 0.7152 * linear(g)));
    let (a, b) = (light(a), light(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}
