use serde_json::json;

use super::*;
use crate::ui::page::{samples::config, tests::words};

fn texts(detail: &Value) -> (String, Vec<(String, String)>) {
    let (config, words) = (config(), words("en"));
    let shown = Detail::of(&Stage { config: &config, words: &words }, 0, detail);
    (shown.title, shown.facts.into_iter().map(|fact| (fact.label, fact.value)).collect())
}

#[test]
fn every_member_is_shown() {
    let (title, facts) = texts(&json!({
        "type": "payment_initiation",
        "actions": ["initiate", "status"],
        "locations": ["https://bank.example/payments"],
        "instructedAmount": {"currency": "EUR", "amount": "123.50"},
        "creditors": [{"name": "Merchant", "account": {"iban": "DE02"}}, {"name": "Other"}],
        "limit": null, "urgent": true, "parts": [], "tries": 3,
    }));
    assert_eq!(title, "Payment initiation");
    let wanted = [
        ("Actions", "initiate, status"),
        ("Where", "https://bank.example/payments"),
        ("Instructed amount", "Currency: EUR, Amount: 123.50"),
        ("Creditors", "Name: Merchant, Account (Iban: DE02); Name: Other"),
        ("Limit", "–"),
        ("Urgent", "Yes"),
        ("Parts", "–"),
        ("Tries", "3"),
    ];
    for (label, value) in wanted {
        assert!(facts.iter().any(|(l, v)| l == label && v == value), "{label}: {value} is not in {facts:?}");
    }
    assert_eq!(facts.len(), wanted.len());
}

#[test]
fn a_type_may_be_described_and_an_address_stays_one() {
    assert_eq!(texts(&json!({"type": "invoices.read"})).0, "See your company's invoices");
    assert_eq!(texts(&json!({"type": "https://scheme.example.org/files"})).0, "https://scheme.example.org/files");
}

#[test]
fn single_claims_are_named_where_tokens_will_say_them() {
    let asked =
        json!({"id_token": {"email": null, "acr": null}, "userinfo": {"email": {"essential": true}, "name": null}});
    let (config, words) = (config(), words("en"));
    let stage = Stage { config: &config, words: &words };
    let given = |name: &str| matches!(name, "email" | "name");
    assert_eq!(claims_asked(&stage, asked.as_object(), given), ["Email", "Name"]);
    assert!(claims_asked(&stage, None, given).is_empty());
}
