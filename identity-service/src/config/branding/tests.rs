use serde_json::{Value, json};

use super::*;

/// What was read, with what is wrong and what is worth saying.
fn read_of(branding: &Value) -> (Branding, Vec<String>, Vec<String>) {
    let whole = json!({ "branding": branding });
    let r = Reader::new(&whole);
    let branding = read(&r);
    let (problems, warnings) = r.finish();
    (branding, problems, warnings)
}

fn css(branding: &Branding) -> String {
    String::from_utf8(branding.style.as_ref().unwrap().content.clone()).unwrap()
}

#[test]
fn nothing_is_ours() {
    let (branding, problems, warnings) = read_of(&json!({}));
    assert!(branding.is_ours() && branding.logo.is_none() && branding.style.is_none());
    assert!(problems.is_empty() && warnings.is_empty());
}

#[test]
fn one_colour_is_enough_for_day_and_night() {
    let (branding, problems, warnings) = read_of(&json!({"colors": {"light": {"primary": "#0a6e4f"}}}));
    assert!(problems.is_empty() && warnings.is_empty(), "{problems:?} {warnings:?}");
    let css = css(&branding);
    let (day, night) = css.split_once("@media (prefers-color-scheme:dark)").unwrap();
    assert!(day.contains("--action:#0a6e4f;") && day.contains("--on-action:#ffffff;"), "{day}");
    assert!(!night.contains("#0a6e4f") && night.contains("--on-action:#000000;"), "{night}");
    assert!(day.contains("--ground:#f3f5f8;") && night.contains("--ground:#0e131a;"), "{css}");
}

#[test]
fn any_primary_colour_carries_text() {
    // One of the two is always told apart, whatever the colour.
    for text in ["#777", "#ff0000", "#808080", "#ffd400", "#000", "#fff", "#0074d9"] {
        let colour: colour::Colour = text.parse().unwrap();
        assert!(colour.contrast(colour.text_on_it()) >= 4.5, "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_said() {
    let colors = json!({"light": {"primary": "#ffd400", "on_primary": "#ffffff", "text": "#bbbbbb"}});
    let (_, problems, warnings) = read_of(&json!({"colors": colors}));
    assert!(problems.is_empty(), "{problems:?}");
    let said = |path: &str, what: &str| warnings.iter().any(|text| text.starts_with(path) && text.contains(what));
    assert!(said("branding.colors.light.primary: ", "to the text on it is 1.4 to 1"), "{warnings:?}");
    assert!(said("branding.colors.light.text: ", "to the surface"), "{warnings:?}");
    assert!(said("branding.colors.light.link: ", "to the surface"), "{warnings:?}");
}

#[test]
fn a_ground_of_ones_own_takes_its_tones_along() {
    let dark = json!({"background": "#000000", "surface": "#101010", "text": "#ffffff"});
    let (branding, _, warnings) = read_of(&json!({"colors": {"light": dark.clone(), "dark": dark}}));
    assert!(css(&branding).contains("--soft:#"));
    let soft: Vec<&str> = css(&branding).leak().split("--soft:").skip(1).map(|rest| &rest[..7]).collect();
    for soft in soft {
        let soft: colour::Colour = soft.parse().unwrap();
        assert!(soft.contrast("#101010".parse().unwrap()) >= 4.5);
    }
    // The red of errors is made for a light ground by day.
    assert!(
        warnings.iter().any(|text| text.contains("light.surface: its contrast to the text of errors")),
        "{warnings:?}"
    );
}

#[test]
fn what_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let gif = folder.path().join("logo.gif");
    std::fs::write(&gif, "GIF89a").unwrap();
    let bad = json!({
        "logo_file": gif, "css_file": "/nowhere/brand.css", "support_url": "javascript:alert(1)", "terms_url": "terms",
        "colors": {"light": {"primary": "blue"}, "dark": {"text": "#12"}},
    });
    let (_, problems, _) = read_of(&bad);
    for path in [
        "logo_file: must be",
        "css_file: /nowhere/brand.css",
        "support_url: must begin",
        "terms_url: ",
        "colors.light.primary: must be a colour",
        "colors.dark.text: ",
    ] {
        assert!(
            problems.iter().any(|text| text.contains(&format!("branding.{path}"))),
            "{path} is not in {problems:?}"
        );
    }
    let (_, problems, _) = read_of(&json!({"logo_url": "https://a.example/x.svg", "logo_file": gif}));
    assert!(problems.iter().any(|text| text.contains("only one")), "{problems:?}");
}

#[test]
fn files_are_found_by_their_hashed_names() {
    let folder = tempfile::tempdir().unwrap();
    let (logo, style) = (folder.path().join("logo.SVG"), folder.path().join("own.css"));
    std::fs::write(&logo, "<svg/>").unwrap();
    std::fs::write(&style, ".sheet { border-radius: 0 }").unwrap();
    let (branding, problems, _) = read_of(&json!({"name": "Acme", "logo_file": logo, "css_file": style}));
    assert!(problems.is_empty() && !branding.is_ours(), "{problems:?}");
    let Some(Logo::Here(file)) = &branding.logo else { panic!("a logo of its own") };
    assert_eq!((file.media, branding.find(&file.name).is_some()), ("image/svg+xml", true));
    assert_eq!(css(&branding), ".sheet { border-radius: 0 }");
    assert!(branding.find("brand-0.css").is_none());
    assert_eq!(branding.files().count(), 2);
}
