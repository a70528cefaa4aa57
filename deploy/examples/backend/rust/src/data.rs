//! Whose data somebody sees is decided by the company in the token, never by what a request asks for.

use serde_json::{Value, json};

pub fn orders(company: &str) -> Value {
    match company {
        "acme" => json!([
            { "number": "A-1041", "item": "40 crates of bolts", "state": "on its way", "cents": 128_000 },
            { "number": "A-1042", "item": "2 drums of oil", "state": "accepted", "cents": 39_900 },
        ]),
        "globex" => json!([{ "number": "G-2207", "item": "12 rolls of cable", "state": "delivered", "cents": 87_450 }]),
        _ => json!([]),
    }
}

pub fn invoices(company: &str) -> Value {
    match company {
        "acme" => json!([{ "number": "R-5501", "order": "A-1041", "due": "2026-12-15", "cents": 152_320 }]),
        "globex" => json!([{ "number": "R-5502", "order": "G-2207", "due": "2026-12-01", "cents": 104_066 }]),
        _ => json!([]),
    }
}

pub fn team(company: &str) -> Value {
    match company {
        "acme" => json!([
            { "name": "Ada Adler", "email": "ada@acme.example", "role": "admin" },
            { "name": "Ben Baker", "email": "ben@acme.example", "role": "buyer" },
        ]),
        "globex" => json!([{ "name": "Cleo Costa", "email": "cleo@globex.example", "role": "viewer" }]),
        _ => json!([]),
    }
}

pub fn bank(company: &str) -> Value {
    json!({ "holder": format!("Partner {company}"), "iban": "DE02 1203 0000 0000 2020 51", "bic": "BYLADEM1001" })
}
