use std::sync::Arc;

use chrono::Duration;
use serde_json::json;
use shared_types::{entropy::SystemEntropy, id::DeviceId, on_both, secret::Secret, testing::TestClock};

use super::round;
use crate::{
    app::{App, Cx, Env, Seams},
    config::Config,
    identity::create::{self, CreateError, NewIdentity},
    model::{
        session::{Aal, AuthenticationMethod, Device},
        traits::Traits,
    },
    session::{issue, verify},
};

async fn env(dsn: String, clock: &TestClock) -> Arc<Env> {
    let config = json!({
        "dsn": dsn, "auto_migrate": true, "dev": true, "secrets": {"default": ["a secret of the tests, long enough"]},
        "database": {"cleanup": {"batch_size": 2}},
    });
    let seams = Seams { clock: Arc::new(clock.clone()), entropy: Arc::new(SystemEntropy), ..Seams::default() };
    App::build(Config::from_value(config).unwrap(), seams).await.unwrap().into_env()
}

async fn sign_in(cx: &Cx, email: &str, count: usize) -> Vec<Secret<String>> {
    let traits = Traits::from_value(json!({ "email": email })).unwrap();
    let prepared = create::prepare(cx, NewIdentity::registered("default".to_owned(), traits, Vec::new())).unwrap();
    let unit = {
        let cx = cx.clone();
        move |conn: &mut shared_types::db::AnyConn| {
            create::insert(conn, &prepared)?;
            let mut tokens = Vec::new();
            for _ in 0..count {
                let method = AuthenticationMethod::new("password", Aal::Aal1, cx.now);
                let device = Device {
                    id: DeviceId::ordered(cx.now, &*cx.entropy),
                    ip_address: String::new(),
                    user_agent: String::new(),
                    location: String::new(),
                };
                tokens.push(issue::new_session(conn, &cx, &prepared.identity, vec![method], &device)?.token);
            }
            Ok::<_, CreateError>(tokens)
        }
    };
    cx.db.write(unit).await.unwrap()
}

on_both! {
    async fn expired_rows_go_and_others_stay(dsn: String) {
        let clock = TestClock::default();
        let env = env(dsn, &clock).await;
        let begin = || Cx::begin(&env, Arc::from("test"));
        sign_in(&begin(), "old@example.org", 5).await;
        clock.advance(Duration::hours(23));
        let fresh = sign_in(&begin(), "new@example.org", 2).await;
        clock.advance(Duration::hours(2));
        // Another replica holds the lease: nothing is done.
        assert_eq!(round(&env, "a").await.unwrap(), 5);
        assert_eq!(round(&env, "b").await.unwrap(), 0);
        clock.advance(Duration::hours(20));
        assert_eq!(round(&env, "b").await.unwrap(), 0);
        assert!(verify::active(&begin(), fresh[0].expose()).await.unwrap().is_some());
        clock.advance(Duration::hours(3));
        assert!(verify::active(&begin(), fresh[0].expose()).await.unwrap().is_none());
        assert_eq!(round(&env, "b").await.unwrap(), 2);
    }
}
