use chrono::DateTime;
use shared_types::id::{ClientId, LoginSessionId, Uuid};

use super::*;
use crate::model::token::Terms;

fn at(seconds: i64) -> Time {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

fn frame() -> Frame<'static> {
    Frame { issuer: "https://op.example/", jti: "j1", now: at(1000), ends: End { at: at(1900), by: rule::NOW } }
}

fn granted() -> Granted {
    Granted {
        grant_id: None,
        client_id: ClientId::new("c1"),
        subject: "user-1".into(),
        scope: vec!["openid".into(), "email".into()],
        audience: vec!["https://api.example".into()],
        session: vec![],
    }
}

fn login() -> Login {
    Login {
        shown_subject: "pairwise-1".into(),
        session_id: LoginSessionId::from_uuid(Uuid::nil()),
        auth_time: at(900),
        requested_at: at(950),
        nonce: Some("n-12345678".into()),
        acr: Some("aal1".into()),
        amr: vec!["password".into()],
    }
}

fn access(granted: &Granted, session: &Session, rules: &AccessClaims) -> Map<String, Value> {
    let mut claims = Map::new();
    super::access(frame(), granted, session, rules, &mut claims);
    claims
}

fn map(value: Value) -> Map<String, Value> {
    let Value::Object(map) = value else { panic!("{value} is no object") };
    map
}

fn session() -> Session {
    Session {
        login: None,
        access_token: map(json!({"role": "admin", "iss": "https://evil.example", "tier": 2})),
        id_token: map(
            json!({"role": "admin", "sub": "somebody-else", "aud": "x", "sid": "forged", "email": "a@b.example"}),
        ),
        terms: Terms::default(),
    }
}

fn rules(allowed: &[&str], mirror: bool, preserve: bool) -> AccessClaims {
    AccessClaims {
        exclude_not_before: false,
        allowed_top_level: allowed.iter().map(|s| (*s).to_owned()).collect(),
        mirror_top_level: mirror,
        preserve_ext: preserve,
        scope_claim: ScopeClaim::List,
        profile: JwtProfile::Ory,
    }
}

#[test]
fn claims_of_an_access_token() {
    let claims = access(&granted(), &session(), &rules(&[], true, false));
    let expected = json!({"iss": "https://op.example/", "sub": "user-1", "aud": ["https://api.example"], "client_id": "c1", "exp": 1900,
        "iat": 1000, "nbf": 1000, "jti": "j1", "scp": ["openid", "email"],
        "ext": {"role": "admin", "iss": "https://evil.example", "tier": 2}});
    assert_eq!(Value::Object(claims), expected);
}

#[test]
fn top_level_claims_are_copied_moved_or_left() {
    let of = |mirror, preserve| access(&granted(), &session(), &rules(&["role", "iss"], mirror, preserve));
    for claims in [of(true, false), of(false, false), of(false, true)] {
        assert_eq!(claims["role"], "admin");
        assert_eq!(claims["iss"], "https://op.example/");
    }
    assert_eq!(of(true, false)["ext"]["role"], "admin");
    assert!(!of(false, false).contains_key("ext"));
    assert_eq!(of(false, true)["ext"], json!({"iss": "https://evil.example", "tier": 2}));
}

#[test]
fn consent_cannot_set_what_the_specification_means() {
    let mut claims = Map::new();
    id_token(frame(), "c1", &login(), &session(), &mut claims);
    let expected = json!({"role": "admin", "email": "a@b.example", "iss": "https://op.example/", "sub": "pairwise-1", "aud": ["c1"],
        "iat": 1000, "rat": 950, "auth_time": 900, "acr": "aal1", "amr": ["password"], "exp": 1900, "jti": "j1",
        "sid": "00000000-0000-0000-0000-000000000000", "nonce": "n-12345678"});
    assert_eq!(Value::Object(claims), expected);
}

#[test]
fn userinfo_tells_the_person_not_the_token() {
    let claims = person("https://op.example/", at(1000), "c1", &login(), &session());
    for absent in ["nonce", "at_hash", "c_hash", "exp", "sid", "jti"] {
        assert!(!claims.contains_key(absent), "{absent}");
    }
    assert_eq!(claims["sub"], "pairwise-1");
}

#[test]
fn the_profile_of_rfc_9068() {
    let rules = AccessClaims { profile: JwtProfile::Rfc9068, ..rules(&["acr", "role"], true, false) };
    let mut person = Session { login: Some(login()), ..session() };
    person.access_token.insert("acr".to_owned(), json!("forged"));
    let claims = access(&granted(), &person, &rules);
    // 2.2, 2.2.1 and 2.2.3; what Hydra's clients read stays beside it.
    let told = ["aud", "scope", "scp", "auth_time", "acr", "amr"].map(|name| claims[name].clone());
    let scopes = json!(["openid", "email"]);
    let expected =
        [json!(["https://api.example"]), json!("openid email"), scopes, json!(900), json!("aal1"), json!(["password"])];
    assert_eq!(told, expected);
    // 3: "if the request does not include a resource parameter, the authorization server MUST use a default resource indicator".
    let own = Granted { audience: vec![], scope: vec![], ..granted() };
    let claims = access(&own, &session(), &rules);
    assert_eq!(claims["aud"], json!(["https://op.example/"]));
    for absent in ["scope", "auth_time", "acr", "amr"] {
        assert_eq!(claims.get(absent), None, "{absent}");
    }
}
