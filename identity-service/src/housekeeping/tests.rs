use std::sync::Arc;

use chrono::Duration;
use serde_json::json;
use shared_types::{
    entropy::SystemEntropy,
    id::{DeviceId, MessageId},
    on_both,
    secret::Secret,
    testing::TestClock,
};

use super::round;
use crate::{
    app::{App, Cx, Env, Seams},
    config::Config,
    identity::create::{self, CreateError, NewIdentity},
    model::{
        audit::{AuditEvent, Numbers},
        mail::{Mail, MailStatus, MailType},
        session::{Aal, AuthenticationMethod, Device},
        traits::Traits,
    },
    session::{issue, verify},
    store::{self, audit_events::Wanted},
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

/// A message as the courier leaves it.
fn message(cx: &Cx, status: MailStatus) -> Mail {
    Mail {
        id: MessageId::ordered(cx.now, &*cx.entropy),
        status,
        kind: MailType::Email,
        recipient: "anna@example.org".to_owned(),
        template: "recovery_code_valid".to_owned(),
        channel: "email".to_owned(),
        sealed: Vec::new(),
        send_count: 1,
        send_after: cx.now,
        created_at: cx.now,
        updated_at: cx.now,
    }
}

on_both! {
    async fn messages_that_are_done_with_go_after_a_month(dsn: String) {
        let clock = TestClock::default();
        let env = env(dsn, &clock).await;
        let cx = Cx::begin(&env, Arc::from("test"));
        let of = |status| message(&cx, status);
        let mails = [MailStatus::Sent, MailStatus::Sent, MailStatus::Abandoned, MailStatus::Queued].map(of);
        let waiting = mails[3].id;
        let unit = move |conn: &mut shared_types::db::AnyConn| {
            mails.iter().try_for_each(|mail| store::mails::insert(conn, mail))
        };
        cx.db.write(unit).await.unwrap();
        clock.advance(Duration::days(29));
        assert_eq!(round(&env, "a").await.unwrap(), 0);
        clock.advance(Duration::days(2));
        assert_eq!(round(&env, "a").await.unwrap(), 3);
        let left = cx.db.read(move |conn| store::mails::get(conn, waiting)).await.unwrap();
        assert_eq!(left.map(|mail| mail.status), Some(MailStatus::Queued));
    }
}

on_both! {
    async fn security_events_go_when_they_were_kept_for_a_month(dsn: String) {
        let clock = TestClock::default();
        let env = env(dsn, &clock).await;
        let cx = Cx::begin(&env, Arc::from("test"));
        let mut numbers = Numbers::default();
        let mut event = |at| AuditEvent {
            id: numbers.id(at, [7; 8]), at, event: "LoginFailed".to_owned(), actor: None, identity: None,
            details: serde_json::Map::new(),
        };
        let events = [event(cx.now), event(cx.now), event(cx.now), event(cx.now + Duration::days(5))];
        cx.db.write(move |conn| store::audit_events::insert(conn, &events)).await.unwrap();
        clock.advance(Duration::days(29));
        assert_eq!(round(&env, "a").await.unwrap(), 0);
        clock.advance(Duration::days(2));
        assert_eq!(round(&env, "a").await.unwrap(), 3);
        let left = cx.db.read(|conn| store::audit_events::page(conn, &Wanted::default(), None, 9)).await.unwrap();
        assert_eq!(left.len(), 1);
    }
}
