use proptest::prelude::*;

use super::super::{accepted, choose, listed};

const THERE: [&str; 6] = ["en", "de", "fr", "es", "it", "pt-BR"];

fn header(text: &str) -> Option<&'static str> {
    choose(&accepted(text), &THERE)
}

#[test]
fn what_browsers_send() {
    for (sent, chosen) in [
        ("de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", Some("de")),
        ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", Some("fr")),
        ("en;q=0.2, it;q=0.9", Some("it")),
        ("ES", Some("es")),
        ("de-Latn-DE-1996", Some("de")),
        ("de-a-whatever", Some("de")),
        // Nobody here speaks Dutch; English comes next.
        ("nl, en;q=0.5", Some("en")),
        ("nl", None),
        ("", None),
        ("*", Some("en")),
        // English is not wanted, whatever else is.
        ("en;q=0, *", Some("de")),
        ("de;q=0", None),
        ("de-CH;q=0, de", Some("de")),
        // A regional form stands for the language where there is no general one, and case does not matter.
        ("pt", Some("pt-BR")),
        ("PT-br", Some("pt-BR")),
        ("pt-PT", None),
        // What is no element is passed over.
        ("de;q=2, fr;q=x, it;w=1, ;;, es;q=0.1234, en;q=0.001", Some("en")),
        ("de ; q=0.5 , fr; Q=0.6", Some("fr")),
        ("dé, fr", Some("fr")),
    ] {
        assert_eq!(header(sent), chosen, "{sent}");
    }
}

#[test]
fn what_clients_wish_for() {
    let wish = |text| choose(&listed(text), &THERE);
    assert_eq!(wish("fr-CA fr en"), Some("fr"));
    assert_eq!(wish("nl it"), Some("it"));
    assert_eq!(wish("* nl"), None);
    assert_eq!(wish("de,fr"), None);
}

proptest! {
    #[test]
    fn nothing_that_is_sent_breaks_it(text in "\\PC{0,200}") {
        if let Some(tag) = header(&text) {
            prop_assert!(THERE.contains(&tag));
        }
        choose(&listed(&text), &THERE);
    }

    /// Of languages that are there the heaviest wins, the first among equals, and none of weight nothing.
    #[test]
    fn the_heaviest_wins(weights in prop::collection::vec((0_usize..5, 0_u16..=1000), 1..8)) {
        let mut seen = Vec::new();
        let wanted: Vec<(&str, u16)> = weights
            .iter()
            .map(|(place, weight)| (THERE[*place], *weight))
            .filter(|(tag, _)| { let new = !seen.contains(tag); seen.push(tag); new })
            .collect();
        let text = wanted.iter().map(|(tag, weight)| match weight {
            1000 => format!("{tag};q=1.000"),
            part => format!("{tag};q=0.{part:03}"),
        });
        let best = wanted.iter().map(|(_, weight)| *weight).max().unwrap_or(0);
        let expected = wanted.iter().find(|(_, weight)| *weight == best && best > 0).map(|(tag, _)| *tag);
        prop_assert_eq!(header(&text.collect::<Vec<_>>().join(" , ")), expected);
    }

    /// However precisely a language is named, it is found (RFC 4647 §3.4).
    #[test]
    fn more_than_is_known_does_no_harm(place in 0_usize..5, parts in prop::collection::vec("[a-zA-Z0-9]{1,8}", 0..5)) {
        let range = [vec![THERE[place].to_owned()], parts].concat().join("-");
        prop_assert_eq!(header(&range), Some(THERE[place]));
    }
}
