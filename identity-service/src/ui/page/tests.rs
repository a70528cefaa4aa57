use std::collections::HashMap;

use super::{
    samples::{Samples, config},
    *,
};
use crate::ui::words::Catalogues;

pub(super) fn words(tag: &str) -> Words {
    Catalogues::open(&config().i18n).unwrap().words(tag, "2026-03-01T12:00:00Z".parse().unwrap())
}

/// Every page in every condition.
fn pages() -> Vec<(String, String)> {
    pages_in("en")
}

/// The same in a language.
fn pages_in(tag: &str) -> Vec<(String, String)> {
    let (config, words) = (config(), words(tag));
    let stage = Stage { config: &config, words: &words };
    let mut pages = Vec::new();
    add::<LoginPage>("login", &stage, &mut pages);
    add::<RegistrationPage>("registration", &stage, &mut pages);
    add::<VerificationPage>("verification", &stage, &mut pages);
    add::<ConsentPage>("consent", &stage, &mut pages);
    add::<DevicePage>("device", &stage, &mut pages);
    add::<DeviceDonePage>("device_done", &stage, &mut pages);
    add::<SessionsPage>("sessions", &stage, &mut pages);
    add::<ApplicationsPage>("applications", &stage, &mut pages);
    add::<LogoutPage>("logout", &stage, &mut pages);
    add::<LoggedOutPage>("logged_out", &stage, &mut pages);
    add::<WelcomePage>("welcome", &stage, &mut pages);
    add::<ErrorPage>("error", &stage, &mut pages);
    pages
}

/// Headings, buttons and links of the samples come from the catalogues, so one page of each kind shows a language.
#[test]
fn one_page_of_each_kind_in_every_language() {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"portico-[0-9a-f]{16}", "portico-[hash]");
    settings.bind(|| {
        for tag in ["de", "fr", "es", "it"] {
            for (name, html) in pages_in(tag) {
                assert!(html.contains(&format!("<html lang=\"{tag}\">")), "{name}");
                assert!(html.len() < 50 * 1024, "{name} in {tag}");
                if ["consent_full", "logout_by_client", "welcome_full", "error_kept", "login_wrong"].contains(&&*name) {
                    insta::assert_snapshot!(format!("{tag}_{name}"), html);
                }
            }
        }
    });
}

fn add<P: Samples>(name: &str, stage: &Stage<'_>, pages: &mut Vec<(String, String)>) {
    for (sample, page) in P::samples(stage) {
        pages.push((format!("{name}_{sample}"), page.render().unwrap()));
    }
}

#[test]
fn every_page() {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"portico-[0-9a-f]{16}", "portico-[hash]");
    settings.bind(|| {
        for (name, html) in pages() {
            insta::assert_snapshot!(name, html);
        }
    });
}

#[test]
fn no_page_holds_script_or_style_of_its_own() {
    for (name, html) in pages() {
        for forbidden in ["<script", " style=", "<style", " onload=", " onclick=", "javascript:", "http://", "data:"] {
            assert!(!html.contains(forbidden), "{name} holds {forbidden}");
        }
    }
}

#[test]
fn every_input_has_a_label_and_every_reference_its_target() {
    for (name, html) in pages() {
        let ids = values(&html, " id=\"");
        for id in &ids {
            assert_eq!(ids.iter().filter(|other| other == &id).count(), 1, "{name}: {id} stands twice");
        }
        for (attribute, marker) in
            [("for", " for=\""), ("describedby", " aria-describedby=\""), ("fragment", "href=\"#")]
        {
            for targets in values(&html, marker) {
                for target in targets.split(' ') {
                    assert!(ids.iter().any(|id| id == target), "{name}: {attribute} {target} leads nowhere");
                }
            }
        }
        for tag in html.split('<').filter(|tag| tag.starts_with("input ") || tag.starts_with("select ")) {
            let hidden = tag.contains("type=\"hidden\"");
            let labelled = values(tag, " id=\"").iter().any(|id| html.contains(&format!("for=\"{id}\"")));
            assert!(hidden || labelled, "{name}: no label for {tag}");
        }
        assert!(html.contains("<html lang=\"en\">") && html.contains("class=\"skip\""), "{name}");
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
    }
}

fn values(html: &str, marker: &str) -> Vec<String> {
    html.split(marker).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[test]
fn errors_are_announced_and_passwords_never_come_back() {
    let pages: HashMap<String, String> = pages().into_iter().collect();
    for name in ["login_wrong", "registration_wrong"] {
        let html = &pages[name];
        assert!(html.contains("role=\"alert\"") && html.contains("<title>Error: "), "{name}");
    }
    assert!(!pages["registration_wrong"].contains("never shown again"));
    assert!(!pages["login_plain"].contains("role=\"alert\""));
}

#[test]
fn a_page_with_its_assets_is_small() {
    let assets = asset::STYLE.content.len() + asset::ICON.content.len();
    for (name, html) in pages() {
        assert!(html.len() + assets < 50_000, "{name}");
    }
}

#[test]
fn assets_are_found_by_their_hashed_names_alone() {
    assert!(asset::find(&asset::STYLE.name).is_some() && asset::find(&asset::ICON.name).is_some());
    assert!(asset::find("portico.css").is_none());
}

#[test]
fn logos_come_from_secure_addresses_alone() {
    let (config, words) = (config(), words("en"));
    let stage = Stage { config: &config, words: &words };
    let origins: Vec<_> = ConsentPage::samples(&stage).iter().map(|(_, page)| page.logo_origin()).collect();
    let portal = Some("https://portal.example.com".to_owned());
    assert_eq!(origins, [portal.clone(), portal, None]);
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
        ("link", "sheet"),
        ("link", "info-ground"),
        ("on-action", "action"),
        ("on-action", "action-hover"),
        ("bad", "sheet"),
        ("bad", "bad-ground"),
        ("good", "sheet"),
        ("good", "good-ground"),
        ("warn", "warn-ground"),
    ];
    let parts = [("edge", "sheet"), ("focus", "sheet"), ("focus", "ground"), ("action", "sheet"), ("action", "ground")];
    let themes = themes();
    assert_eq!(themes.len(), 2, "light and dark");
    for theme in &themes {
        for (pairs, least) in [(&text[..], 4.5), (&parts[..], 3.0)] {
            for &(front, back) in pairs {
                let ratio = contrast(&theme[front], &theme[back]);
                assert!(ratio >= least, "{front} on {back}: {ratio:.2}");
            }
        }
    }
}

fn themes() -> Vec<HashMap<String, String>> {
    let blocks = asset::STYLE.content.split(":root {").skip(1);
    let theme = |block: &str| {
        let block = block.split('}').next().unwrap();
        let pairs = block.split(';').filter_map(|line| line.trim().strip_prefix("--")?.split_once(": #"));
        pairs.map(|(name, colour)| (name.to_owned(), colour.to_owned())).collect()
    };
    blocks.map(theme).collect()
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}
