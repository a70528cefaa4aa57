use std::{collections::BTreeSet, path::Path};

use serde_json::json;

use super::{super::*, TAGS, built_in, now};
use crate::ui::text::{samples, validation};

/// Messages whose text is data, or another message's.
const DATA: [u32; 4] = [1_050_015, 1_070_000, 1_070_002, 4_000_001];
/// Messages of which our pages say more, or say it better, than programs are told.
const PAGES_SAY_MORE: [u32; 9] =
    [1_050_014, 1_060_001, 1_070_004, 4_000_026, 4_010_001, 4_040_001, 4_050_001, 4_060_005, 4_070_005];

fn sources(folder: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("tests") {
                folders.push(path);
            } else if path.is_file() && !path.ends_with("tests.rs") && !path.ends_with("samples.rs") {
                texts.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }
    texts
}

#[test]
fn every_language_has_every_entry_with_the_same_places() {
    let catalogues = built_in();
    let (_, english) = catalogues.pair("en");
    for tag in TAGS {
        let (own, _) = catalogues.pair(tag);
        let names = |catalogue: &Catalogue| catalogue.phrases.keys().cloned().collect::<BTreeSet<_>>();
        let lacking: Vec<_> = names(&english).difference(&names(&own)).cloned().collect();
        let unknown: Vec<_> = names(&own).difference(&names(&english)).cloned().collect();
        assert!(lacking.is_empty() && unknown.is_empty(), "{tag} lacks {lacking:?} and has too many: {unknown:?}");
        for (name, phrase) in &own.phrases {
            assert_eq!(phrase.names(), english.phrases[name].names(), "{tag}: {name}");
        }
    }
}

#[test]
fn every_message_is_in_every_language() {
    let written: BTreeSet<u32> = sources("src/ui/text")
        .iter()
        .flat_map(|text| text.split("Message::").skip(1))
        .filter_map(|call| call.split_once('(')?.1.trim_start().get(..9)?.replace('_', "").parse().ok())
        .collect();
    let messages = samples::all(now());
    let sampled: BTreeSet<u32> = messages.iter().map(|message| message.id).collect();
    assert!(written.len() > 100, "{written:?}");
    assert_eq!(written, sampled, "the samples hold every message that is written");
    let catalogues = built_in();
    for tag in TAGS {
        let words = catalogues.words(tag, now());
        let (own, _) = catalogues.pair(tag);
        for message in messages.iter().filter(|message| !DATA.contains(&message.id)) {
            assert!(own.phrases.contains_key(&format!("messages.{}", message.id)), "{tag} lacks {}", message.id);
            let said = words.message(message);
            assert!(!said.contains(['{', '}', '|']) && !said.is_empty(), "{tag}: {said}");
            if tag == "en" && !PAGES_SAY_MORE.contains(&message.id) {
                assert_eq!(said, message.text, "{}", message.id);
            }
            let same = said == message.text && message.text.contains(' ');
            assert!(tag == "en" || !same || message.context.contains_key("secret"), "{tag} speaks English: {said}");
        }
    }
}

#[test]
fn every_name_that_pages_say_is_there_and_every_entry_is_said() {
    let folders = ["src/ui/page", "src/ui/render", "src/ui/words", "templates/page", "templates/node"];
    let mut texts = folders.map(sources).concat();
    texts.push(include_str!("../../page.rs").to_owned());
    texts.push(include_str!("../../words.rs").to_owned());
    let catalogues = built_in();
    let (_, english) = catalogues.pair("en");
    let mut said = BTreeSet::new();
    for text in &texts {
        for call in ["say(\"", "fill(\"", "shell.with(\"", "around(\"", "maybe(\""] {
            for name in text.split(call).skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(english.phrases.contains_key(name), "{name} is not in en.yml");
                said.insert(name.to_owned());
            }
        }
    }
    assert!(said.len() > 60, "{said:?}");
    // Names that are put together, and names in tables.
    let made = [
        "messages.",
        "sentences.",
        "time.",
        "type.",
        "way.",
        "claim.",
        "detail.",
        "aside.",
        "error.",
        "consent.scope.",
    ];
    for name in english.phrases.keys().filter(|name| !made.iter().any(|section| name.starts_with(section))) {
        let quoted = format!("\"{name}\"");
        assert!(texts.iter().any(|text| text.contains(&quoted)), "nobody says {name}");
    }
}

#[test]
fn sentences_without_a_number_are_known_by_their_english() {
    let catalogues = built_in();
    let german = catalogues.words("de", now());
    let (_, english) = catalogues.pair("en");
    for (name, phrase) in english.phrases.iter().filter(|(name, _)| name.starts_with("sentences.")) {
        let values = phrase.names().iter().map(|place| ((*place).to_owned(), json!("one two"))).collect();
        let text = catalogues.words("en", now()).filled(name, &values).unwrap();
        assert_eq!(german.sentence(&text), german.filled(name, &values), "{name}");
        assert_ne!(german.sentence(&text).unwrap(), text, "{name}");
    }
    assert_eq!(german.sentence("Nobody has ever said this."), None);
    let message = validation::generic("This must be one of [\"a\",\"b\"].");
    assert!(german.message(&message).contains("[\"a\",\"b\"]"));
    assert_eq!(german.message(&validation::generic("Own words")), "Own words");
}

#[test]
fn one_and_many() {
    let catalogues = built_in();
    let say = |tag: &str, min, actual| catalogues.words(tag, now()).message(&validation::password_short(min, actual));
    assert_eq!(say("en", 1, 0), "The password must have at least one character, but has 0.");
    assert_eq!(say("en", 2, 1), "The password must have at least 2 characters, but has 1.");
    // French counts nothing like one thing, English and German do not.
    let hint = |tag: &str, n: u64| catalogues.words(tag, now()).fill("form.least", &[("n", n.into())]);
    assert_eq!(hint("fr", 0), hint("fr", 1));
    assert_ne!(hint("en", 0), hint("en", 1));
    assert_ne!(hint("de", 2), hint("de", 1));
}

#[test]
fn times_and_numbers_as_each_language_has_them() {
    use crate::ui::text::{login, recovery, settings};

    let catalogues = built_in();
    let mut said = Vec::new();
    for tag in TAGS {
        let words = catalogues.words(tag, now());
        let before = |seconds| now() - chrono::Duration::seconds(seconds);
        for seconds in [20, 61, 300, 3_700, 90_000, 260_000] {
            said.push(format!("{tag}: {}", words.message(&login::expired(before(seconds)))));
        }
        for seconds in [10, 60, 900, 7_300, 172_900] {
            said.push(format!(
                "{tag}: {}",
                words.message(&recovery::recovered(now() + chrono::Duration::seconds(seconds)))
            ));
        }
        said.push(format!("{tag}: {}", words.message(&settings::used_code(before(0)))));
        said.push(format!("{tag}: {}", words.message(&validation::minimum(&json!(1.5), &json!(-2)))));
        said.push(format!(
            "{tag}: {}",
            words.message(&validation::wrong_type(&["string".into(), "null".into()], "array"))
        ));
        let ways = ["password", "oidc", "odd"].map(str::to_owned);
        said.push(format!(
            "{tag}: {}",
            words.message(&validation::duplicate_with_hints("a@b.example", &ways, &["example".into()]))
        ));
    }
    insta::assert_snapshot!(said.join("\n"));
}
