mod ranges;
mod texts;

use super::*;
use crate::config::I18n;

pub(super) const TAGS: [&str; 5] = ["en", "de", "fr", "es", "it"];

pub(super) fn built_in() -> Catalogues {
    Catalogues::open(&I18n { default_locale: "en".to_owned(), locales_folder: None }).unwrap()
}

pub(super) fn now() -> Time {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn in_folder(files: &[(&str, &str)], default: &str) -> Result<Catalogues, String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let config = I18n { default_locale: default.to_owned(), locales_folder: Some(folder.path().to_owned()) };
    Catalogues::open(&config).map_err(|error| error.to_string())
}

#[test]
fn an_operator_changes_single_texts_and_adds_languages() {
    let files = [
        (
            "de.yml",
            "login: {title: Willkommen}\nscopes: {'invoices.read': Rechnungen sehen}\nmessages: {77: Eigenes}\n",
        ),
        ("pt-BR.yaml", "login: {title: Entrar}\n"),
        ("notes.txt", "nothing of ours"),
    ];
    let catalogues = in_folder(&files, "pt-BR").unwrap();
    assert_eq!(catalogues.tags(), ["pt-BR", "en", "de", "fr", "es", "it"]);
    let german = catalogues.words("de", now());
    assert_eq!(german.say("login.title"), "Willkommen");
    assert_eq!(german.scope("invoices.read").as_deref(), Some("Rechnungen sehen"));
    assert_ne!(german.say("logout.yes"), "Sign out", "the rest is as it was");
    // What a language lacks is said in English; a language nobody has is the default one.
    let other = catalogues.words("xx", now());
    assert_eq!(
        (other.tag(), other.say("login.title"), other.say("logout.yes")),
        ("pt-BR", "Entrar".into(), "Sign out".into())
    );
    // A message of a web hook's own.
    let hooks: Message = serde_json::from_value(serde_json::json!({"id": 77, "text": "Own", "type": "info"})).unwrap();
    assert_eq!(german.message(&hooks), "Eigenes");
    assert_eq!(other.message(&hooks), "Own");
}

#[test]
fn a_wrong_catalogue_is_named_at_the_start() {
    let refused = |name, text| in_folder(&[(name, text)], "en").unwrap_err();
    for (name, text, said) in [
        ("de.yml", "login: {titel: x}", "login.titel: nothing is called so"),
        ("de.yml", "welcome: {title: 'Hallo {nmae}'}", "nothing is known of {nmae} here"),
        ("de.yml", "welcome: {title: 'Hallo {name'}", "does not end"),
        ("de.yml", "welcome: {title: 'Hallo {name|loud}'}", "unknown form"),
        ("de.yml", "login: {title: 7}", "must be a text"),
        ("de.yml", "login: [x]", "must be a text"),
        ("de.yml", "- x: [", "de.yml"),
        ("in english.yml", "login: {title: x}", "must be named by a language tag"),
    ] {
        let error = refused(name, text);
        assert!(error.contains(said), "{error}");
        assert!(error.contains(name), "{error}");
    }
    let error = in_folder(&[], "nl").unwrap_err();
    assert!(error.contains("i18n.default_locale") && error.contains("en, de, fr, es, it"), "{error}");
    let gone = I18n { default_locale: "en".to_owned(), locales_folder: Some("/nowhere/at/all".into()) };
    assert!(Catalogues::open(&gone).unwrap_err().to_string().contains("i18n.locales_folder"));
}

#[test]
fn titles_of_traits_come_from_the_schema() {
    let schema = serde_json::json!({"properties": {"traits": {"properties": {
        "company": {"title": "Company", "portico": {"title": {"de": "Firma", "pt-BR": "Empresa"}}},
        "name": {"title": "Name"},
    }}}});
    let catalogues = built_in();
    let german = catalogues.words("de", now()).knowing(&schema);
    let label = crate::ui::text::label::generated("Company", "traits.company");
    assert_eq!(german.message(&label), "Firma");
    assert_eq!(german.title("Name"), "Name");
    assert_eq!(catalogues.words("fr", now()).knowing(&schema).message(&label), "Company");
}
