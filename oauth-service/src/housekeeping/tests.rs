use serde_json::json;
use shared_types::{
    entropy::SystemEntropy,
    id::{ClientId, GrantId},
    on_both,
    secret::Digest,
    testing::TestClock,
};

use super::*;
use crate::{
    app::{App, Seams},
    config::Config,
    model::token::{AccessToken, Code, Granted, RefreshToken},
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
        let (_keep, stop) = watch::channel(false);

        round(&cx, "one", &stop).await.unwrap();
        assert_eq!(left(&cx, 0).await, [true; 3], "a late second use is still seen");

        clock.advance(KEPT + Duration::minutes(1));
        let cx = Cx::begin(&env, Arc::from("test"));
        round(&cx, "one", &stop).await.unwrap();
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
        let (_keep, stop) = watch::channel(false);
        let old = cx.now - Duration::hours(2);
        round(&cx, "one", &stop).await.unwrap();
        cx.db.write(move |conn| fill(conn, 1, old)).await.unwrap();
        round(&cx, "two", &stop).await.unwrap();
        assert_eq!(left(&cx, 1).await, [true; 3]);
        round(&cx, "one", &stop).await.unwrap();
        assert_eq!(left(&cx, 1).await, [false; 3]);
        cx.db.write(move |conn| fill(conn, 2, old)).await.unwrap();
        clock.advance(Duration::minutes(6));
        let later = Cx::begin(&env, Arc::from("test"));
        round(&later, "two", &stop).await.unwrap();
        assert_eq!(left(&later, 2).await, [false; 3], "a replica that is gone holds nobody up");
    }
}
