use serde_json::json;
use shared_types::{
    contract::OidcContext,
    entropy::SystemEntropy,
    id::{ClientId, GrantId, Uuid},
    on_both,
    secret::Digest,
    testing::TestClock,
};

use super::*;
use crate::{
    app::{App, Seams},
    config::Config,
    model::{
        challenge::AuthFlowId,
        consent::{Asked, Consent, Granted as Given},
        token::{AccessToken, Code, Granted, RefreshToken},
    },
    store::consents,
};

async fn start(dsn: &str) -> (Arc<Env>, TestClock) {
    let config =
        json!({"dsn": dsn, "dev": true, "auto_migrate": true, "secrets": {"system": ["a secret of the tests alone"]}});
    let clock = TestClock::default();
    let seams = Seams { clock: Arc::new(clock.clone()), entropy: Arc::new(SystemEntropy) };
    let app = App::build(Config::from_value(config).unwrap(), seams).await.unwrap();
    (app.into_env(), clock)
}

fn digest(n: usize) -> Digest {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&n.to_be_bytes());
    Digest::from_slice(&bytes).unwrap()
}

fn granted(grant_id: GrantId) -> Granted {
    Granted {
        grant_id: Some(grant_id),
        client_id: ClientId::from("shop"),
        subject: "ann".to_owned(),
        scope: vec!["openid".to_owned()],
        audience: Vec::new(),
        session: Vec::new(),
    }
}

/// A code, an access token and a refresh token that end at `expires_at`.
fn fill(conn: &mut AnyConn, n: usize, expires_at: Time) -> Result<(), Error> {
    let (grant_id, issued_at) = (GrantId::random(&SystemEntropy), expires_at - Duration::hours(1));
    let code = Code {
        digest: digest(n),
        granted: granted(grant_id),
        redirect_uri: None,
        code_challenge: None,
        issued_at,
        expires_at,
        used_at: None,
    };
    codes::insert(conn, &code)?;
    access_tokens::insert(conn, &AccessToken { digest: digest(n), granted: granted(grant_id), issued_at, expires_at })?;
    let refresh = RefreshToken {
        digest: digest(n),
        grant_id,
        granted: granted(grant_id),
        access_digest: None,
        issued_at,
        expires_at: Some(expires_at),
        used: None,
    };
    refresh_tokens::insert(conn, &refresh)
}

fn broom(holder: &str) -> Broom {
    Broom { holder: holder.to_owned(), stop: watch::channel(false).1, consent: None }
}

async fn left(cx: &Cx, n: usize) -> [bool; 3] {
    let look = move |conn: &mut AnyConn| -> Result<[bool; 3], Error> {
        Ok([
            codes::get(conn, digest(n))?.is_some(),
            access_tokens::get_many(conn, &[digest(n)])?[0].is_some(),
            refresh_tokens::get(conn, digest(n))?.is_some(),
        ])
    };
    cx.db.read(look).await.unwrap()
}

on_both! {
    async fn what_has_expired_goes_and_the_rest_stays(dsn: String) {
        let (env, clock) = start(&dsn).await;
        let cx = Cx::begin(&env, Arc::from("test"));
        let now = cx.now;
        // More than one batch has expired.
        let expired = usize::try_from(BATCH).unwrap() + 3;
        let write = move |conn: &mut AnyConn| (0..expired).try_for_each(|n| fill(conn, n, now)).and_then(|()| fill(conn, expired, now + Duration::hours(2)));
        cx.db.write(write).await.unwrap();
        let mut one = broom("one");

        one.round(&env).await.unwrap();
        assert_eq!(left(&cx, 0).await, [true; 3], "a late second use is still seen");

        clock.advance(KEPT + Duration::minutes(1));
        let cx = Cx::begin(&env, Arc::from("test"));
        one.round(&env).await.unwrap();
        for n in [0, expired - 1] {
            assert_eq!(left(&cx, n).await, [false; 3]);
        }
        assert_eq!(left(&cx, expired).await, [true; 3]);
    }
}

on_both! {
    async fn one_replica_at_a_time_cleans(dsn: String) {
        let (env, clock) = start(&dsn).await;
        let cx = Cx::begin(&env, Arc::from("test"));
        let (mut one, mut two) = (broom("one"), broom("two"));
        let old = cx.now - Duration::hours(2);
        one.round(&env).await.unwrap();
        cx.db.write(move |conn| fill(conn, 1, old)).await.unwrap();
        two.round(&env).await.unwrap();
        assert_eq!(left(&cx, 1).await, [true; 3]);
        one.round(&env).await.unwrap();
        assert_eq!(left(&cx, 1).await, [false; 3]);
        cx.db.write(move |conn| fill(conn, 2, old)).await.unwrap();
        clock.advance(Duration::minutes(6));
        let later = Cx::begin(&env, Arc::from("test"));
        two.round(&env).await.unwrap();
        assert_eq!(left(&later, 2).await, [false; 3], "a replica that is gone holds nobody up");
    }
}

fn consent(id: u128, client_id: &ClientId, now: Time) -> Consent {
    let grant_id = GrantId::from_uuid(Uuid::from_u128(id));
    Consent {
        grant_id,
        flow_id: AuthFlowId::random(&SystemEntropy),
        client_id: client_id.clone(),
        subject: "ann".to_owned(),
        login_session_id: None,
        asked: Asked {
            scope: Vec::new(),
            audience: Vec::new(),
            oidc_context: OidcContext::default(),
            request_url: String::new(),
            acr: String::new(),
            amr: Vec::new(),
            skip: false,
        },
        granted: Given {
            scope: Vec::new(),
            audience: Vec::new(),
            session: "{}".to_owned(),
            context: serde_json::Value::Null,
            remember: false,
            remember_for: 0,
            handled_at: now,
        },
        authenticated_at: now,
        requested_at: now,
    }
}

/// Five consents of one day: idle, remembered for ever, remembered for an hour, a silent one of a remembered one, and one
/// whose refresh token lives.
async fn five_consents(cx: &Cx) {
    let sent = crate::client::Registration::parse(json!({"client_id": "shop"})).unwrap();
    let (client_id, now) = (crate::client::create(cx, sent).await.unwrap().client.id, cx.now);
    let write = move |conn: &mut AnyConn| -> Result<(), Error> {
        for id in 1..=5 {
            let mut one = consent(id, &client_id, now);
            one.granted.remember = matches!(id, 2..=4);
            one.granted.remember_for = if id == 3 { 3600 } else { 0 };
            one.asked.skip = id == 4;
            consents::insert(conn, &one)?;
        }
        let grant_id = GrantId::from_uuid(Uuid::from_u128(5));
        let refresh = RefreshToken {
            digest: digest(5),
            grant_id,
            granted: granted(grant_id),
            access_digest: None,
            issued_at: now,
            expires_at: None,
            used: None,
        };
        refresh_tokens::insert(conn, &refresh)
    };
    cx.db.write(write).await.unwrap();
}

async fn kept(cx: &Cx) -> Vec<u128> {
    let look = |conn: &mut AnyConn| -> Result<Vec<u128>, Error> {
        let mut kept = Vec::new();
        for id in 1..=5 {
            if consents::get(conn, GrantId::from_uuid(Uuid::from_u128(id)))?.is_some() {
                kept.push(id);
            }
        }
        Ok(kept)
    };
    cx.db.read(look).await.unwrap()
}

on_both! {
    async fn consents_nothing_depends_on_are_forgotten(dsn: String) {
        let (env, clock) = start(&dsn).await;
        let cx = Cx::begin(&env, Arc::from("test"));
        five_consents(&cx).await;
        let mut one = broom("one");
        one.round(&env).await.unwrap();
        assert_eq!(kept(&cx).await, [1, 2, 3, 4, 5], "a verifier may still be on its way");
        clock.advance(CONSENT_KEPT + Duration::minutes(1));
        one.round(&env).await.unwrap();
        assert_eq!(kept(&cx).await, [2, 5]);
    }
}

#[test]
fn every_table_whose_rows_end_has_a_remover() {
    let schema = include_str!("../store/schema.rs");
    let tables = schema.split("::table! {").skip(1).filter(|table| table.contains("expires_at ->"));
    let names: Vec<&str> = tables.filter_map(|table| Some(table.split_once('(')?.0.trim())).collect();
    assert!(names.len() > 7, "{names:?}");
    for name in names.into_iter().filter(|name| *name != "leases") {
        assert!(SWEEPS.iter().any(|(table, ..)| *table == name), "nothing removes what has expired in {name}");
    }
}
