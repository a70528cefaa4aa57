use serde_json::{Value, json};
use shared_types::{
    id::MessageId,
    on_both,
    testing::{SeededEntropy, TestClock},
};

use super::*;
use crate::{
    app::{App, Cx, Seams},
    config::Config,
    courier::{
        enqueue::{Mail as Letter, Template},
        smtp::tests::{Offer, Server},
    },
    model::address::Via,
};

/// A service of its own on a database that may be shared.
pub(in crate::courier) struct Place {
    pub(in crate::courier) env: Arc<Env>,
    pub(in crate::courier) clock: TestClock,
}

impl Place {
    async fn new(dsn: &str, smtp: &str, dev: bool, seed: u64) -> Self {
        Self::of(dsn, dev, seed, json!({"smtp": {"connection_uri": smtp}})).await
    }

    /// With this section of the configuration.
    pub(in crate::courier) async fn with(dsn: &str, seed: u64, courier: Value) -> Self {
        Self::of(dsn, false, seed, courier).await
    }

    async fn of(dsn: &str, dev: bool, seed: u64, mut courier: Value) -> Self {
        courier["message_retries"] = json!(2);
        courier["worker"] = json!({"pull_wait": "20ms"});
        let config = Config::from_value(json!({
            "dsn": dsn,
            "dev": dev,
            "auto_migrate": true,
            "secrets": {"default": ["a secret for tests alone"]},
            "hashers": {"bcrypt": {"cost": 4}},
            "courier": courier,
        }))
        .unwrap();
        let clock = TestClock::default();
        let seams =
            Seams { clock: Arc::new(clock.clone()), entropy: Arc::new(SeededEntropy::new(seed)), ..Seams::default() };
        Self { env: App::build(config, seams).await.unwrap().into_env(), clock }
    }

    async fn post(&self, recipient: &str) -> MessageId {
        let cx = Cx::begin(&self.env, Arc::from("test"));
        let letter = Letter {
            recipient: recipient.to_owned(),
            via: Via::Email,
            template: Template::VerificationCodeValid,
            data: json!({
                "verification_code": "402813", "verification_url": "https://id.example.org/", "expires_in_minutes": 60,
            }),
        };
        self.env.db.write(move |conn| enqueue::mail(conn, &cx, letter.clone())).await.unwrap().unwrap()
    }

    pub(in crate::courier) async fn mail(&self, id: MessageId) -> (Mail, Vec<Dispatch>) {
        let read = move |conn: &mut _| {
            let mail = store::mails::get(conn, id)?.unwrap();
            Ok::<_, Error>((mail, store::mails::dispatches(conn, id)?))
        };
        self.env.db.read(read).await.unwrap()
    }

    /// One batch.
    pub(in crate::courier) async fn work(&self) -> usize {
        let worker = Worker::new(&self.env).unwrap().unwrap();
        let mut count = 0;
        for kind in worker.channels.kinds() {
            count += worker.round(kind, &CancellationToken::new()).await.unwrap();
        }
        count
    }
}

on_both! {
    async fn a_mail_is_sent_once_and_emptied(dsn: String) {
        let server = Server::start(Offer::Plain, &[]);
        let place = Place::new(&dsn, &server.uri(), false, 1).await;
        let id = place.post("ada@example.org").await;
        let (queued, _) = place.mail(id).await;
        assert_eq!((queued.status, queued.send_count), (MailStatus::Queued, 0));
        assert!(!String::from_utf8_lossy(&queued.sealed).contains("402813"), "the code lies in clear");
        assert_eq!(place.work().await, 1);
        assert_eq!(place.work().await, 0);
        let (sent, dispatches) = place.mail(id).await;
        assert_eq!((sent.status, sent.send_count, sent.sealed.len()), (MailStatus::Sent, 1, 0));
        assert_eq!(dispatches.iter().map(|one| one.status).collect::<Vec<_>>(), [DispatchStatus::Success]);
        let mails = server.seen().mails;
        assert_eq!(mails.len(), 1);
        assert!(mails[0].contains("402813"));
    }
}

on_both! {
    async fn a_rolled_back_cause_sends_nothing(dsn: String) {
        let server = Server::start(Offer::Plain, &[]);
        let place = Place::new(&dsn, &server.uri(), false, 1).await;
        let cx = Cx::begin(&place.env, Arc::from("test"));
        let letter = Letter {
            recipient: "ada@example.org".to_owned(),
            via: Via::Email,
            template: Template::VerificationCodeInvalid,
            data: json!({}),
        };
        let unit = move |conn: &mut _| {
            enqueue::mail(conn, &cx, letter.clone())?;
            Err::<(), Error>(Error::Busy)
        };
        place.env.db.write(unit).await.unwrap_err();
        assert_eq!(place.work().await, 0);
    }
}

on_both! {
    async fn a_passing_failure_is_tried_again_after_a_pause(dsn: String) {
        let server = Server::start(Offer::Plain, &["451 later", "451 later", "451 later"]);
        let place = Place::new(&dsn, &server.uri(), false, 1).await;
        let id = place.post("ada@example.org").await;
        for (tries, pause) in [(1, 5), (2, 15)] {
            assert_eq!(place.work().await, 1);
            let (mail, dispatches) = place.mail(id).await;
            assert_eq!((mail.status, mail.send_count), (MailStatus::Queued, tries));
            assert_eq!(i32::try_from(dispatches.len()).unwrap(), tries);
            assert!(dispatches.iter().all(|one| one.error.as_ref().is_some_and(|error| error.contains("451"))));
            place.clock.advance(chrono::Duration::seconds(pause - 1));
            assert_eq!(place.work().await, 0, "too early");
            place.clock.advance(chrono::Duration::seconds(1));
        }
        // Two tries after the first are configured.
        assert_eq!(place.work().await, 1);
        let (mail, _) = place.mail(id).await;
        assert_eq!((mail.status, mail.send_count, mail.sealed.len()), (MailStatus::Abandoned, 3, 0));
    }
}

on_both! {
    async fn a_final_failure_is_given_up_at_once_and_others_are_sent(dsn: String) {
        let server = Server::start(Offer::Plain, &["550 no such mailbox"]);
        let place = Place::new(&dsn, &server.uri(), true, 1).await;
        let lost = place.post("nobody@example.org").await;
        place.clock.advance(chrono::Duration::milliseconds(1));
        let sent = place.post("ada@example.org").await;
        assert_eq!(place.work().await, 2);
        let (lost, _) = place.mail(lost).await;
        let (sent, _) = place.mail(sent).await;
        assert_eq!((lost.status, sent.status), (MailStatus::Abandoned, MailStatus::Sent));
        // In development mails can still be read.
        let content = crate::courier::read(&place.env, &sent).await;
        assert!(content.is_some_and(|content| content.text.contains("402813")));
    }
}

on_both! {
    async fn one_after_the_other_over_one_connection(dsn: String) {
        let server = Server::start(Offer::StartTls, &[]);
        let place = Place::new(&dsn, &server.uri(), false, 1).await;
        for number in 0..5 {
            place.post(&format!("p{number}@example.org")).await;
            place.clock.advance(chrono::Duration::milliseconds(1));
        }
        assert_eq!(place.work().await, 5);
        let seen = server.seen();
        let order: Vec<bool> =
            seen.mails.iter().enumerate().map(|(i, mail)| mail.contains(&format!("p{i}@example.org"))).collect();
        assert_eq!(order, [true; 5]);
        assert_eq!(seen.connections, 1);
    }
}

/// As many as to keep several workers busy at once for a while.
const MANY: usize = 300;

on_both! {
    async fn two_workers_never_send_one_mail_twice(dsn: String) {
        let server = Server::start(Offer::Plain, &[]);
        let one = Place::new(&dsn, &server.uri(), false, 1).await;
        let other = Place::new(&dsn, &server.uri(), false, 2).await;
        for number in 0..MANY {
            one.post(&format!("p{number}@example.org")).await;
        }
        let work = |place: &Place| {
            let worker = Worker::new(&place.env).unwrap().unwrap();
            tokio::spawn(async move {
                let stopping = CancellationToken::new();
                while worker.round(MailType::Email, &stopping).await.unwrap() > 0 {}
            })
        };
        let workers = [work(&one), work(&other), work(&one), work(&other)];
        for worker in workers {
            worker.await.unwrap();
        }
        // A worker that found nothing may have stopped while another still held the last ones: they are sent by now.
        let mails = server.seen().mails;
        assert_eq!(mails.len(), MANY);
        for number in 0..MANY {
            let recipient = format!("To: p{number}@example.org\r\n");
            assert_eq!(mails.iter().filter(|mail| mail.contains(&recipient)).count(), 1, "{recipient}");
        }
    }
}

on_both! {
    async fn what_a_dead_worker_held_is_taken_again(dsn: String) {
        let server = Server::start(Offer::Plain, &[]);
        let place = Place::new(&dsn, &server.uri(), false, 1).await;
        let id = place.post("ada@example.org").await;
        let dead = Worker::new(&place.env).unwrap().unwrap();
        assert_eq!(dead.take(MailType::Email).await.unwrap().len(), 1);
        assert_eq!(place.work().await, 0, "held");
        place.clock.advance(chrono::Duration::from_std(HELD).unwrap());
        assert_eq!(place.work().await, 1);
        assert_eq!(place.mail(id).await.0.status, MailStatus::Sent);
    }
}

on_both! {
    /// Somebody who was away for longer than his hold must not undo what another one has done since.
    async fn who_has_lost_his_hold_changes_nothing(dsn: String) {
        let server = Server::start(Offer::Plain, &[]);
        let place = Place::new(&dsn, &server.uri(), false, 1).await;
        let id = place.post("ada@example.org").await;
        let slow = Worker::new(&place.env).unwrap().unwrap();
        let held = slow.take(MailType::Email).await.unwrap().remove(0);
        place.clock.advance(chrono::Duration::from_std(HELD).unwrap());
        let other = Worker::new(&place.env).unwrap().unwrap();
        let taken = other.take(MailType::Email).await.unwrap().remove(0);
        slow.settle(held, Attempt::Failed(Trouble::Passing("too late".to_owned()))).await.unwrap();
        assert_eq!(place.mail(id).await.0.status, MailStatus::Processing);
        other.settle(taken, Attempt::Sent).await.unwrap();
        let (mail, dispatches) = place.mail(id).await;
        assert_eq!((mail.status, mail.send_count, dispatches.len()), (MailStatus::Sent, 1, 2));
    }
}

on_both! {
    /// Earlier versions wrote messages when they queued them.
    async fn what_an_earlier_version_has_queued_is_sent(dsn: String) {
        let server = Server::start(Offer::Plain, &[]);
        let place = Place::new(&dsn, &server.uri(), false, 1).await;
        let id = place.post("ada@example.org").await;
        let (mail, _) = place.mail(id).await;
        let written = json!({"subject": "Your code", "text": "It is 715302.", "html": "<p>It is 715302.</p>"});
        let secrets = &place.env.secrets;
        let purpose = format!("courier message {id}");
        let sealed = secrets.ciphers.seal(&purpose, &*place.env.entropy, written.to_string().as_bytes());
        let worker = Worker::new(&place.env).unwrap().unwrap();
        let taken = worker.take(MailType::Email).await.unwrap().remove(0);
        let back = Mail { sealed, status: MailStatus::Queued, send_after: mail.send_after, ..taken.clone() };
        let unit = move |conn: &mut _| store::mails::settle(conn, &back, taken.send_after);
        assert!(place.env.db.write(unit).await.unwrap());
        assert_eq!(place.work().await, 1);
        assert!(server.seen().mails[0].contains("715302"));
    }
}

on_both! {
    async fn the_bell_wakes_the_worker_and_stopping_ends_it(dsn: String) {
        let server = Server::start(Offer::Plain, &[]);
        let mut place = Place::new(&dsn, &server.uri(), false, 1).await;
        // Without the bell it would sleep for an hour.
        let env = Arc::get_mut(&mut place.env).unwrap();
        let mut config = (*env.config).clone();
        config.courier.pull_wait = Duration::from_hours(1);
        env.config = Arc::new(config);
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let worker = Worker::new(&place.env).unwrap().unwrap();
        let running = tokio::spawn(worker.run(async { drop(stopped.await) }));
        let id = place.post("ada@example.org").await;
        let arrived = async {
            while place.mail(id).await.0.status != MailStatus::Sent {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), arrived).await.expect("sent");
        stop.send(()).unwrap();
        tokio::time::timeout(Duration::from_secs(30), running).await.expect("stopped").unwrap();
    }
}

#[tokio::test]
async fn a_worker_that_is_to_stop_puts_its_mails_back() {
    let server = Server::start(Offer::Plain, &[]);
    let place = Place::new("memory", &server.uri(), false, 1).await;
    let id = place.post("ada@example.org").await;
    let worker = Worker::new(&place.env).unwrap().unwrap();
    let stopping = CancellationToken::new();
    stopping.cancel();
    assert_eq!(worker.round(MailType::Email, &stopping).await.unwrap(), 1);
    let (mail, dispatches) = place.mail(id).await;
    assert_eq!((mail.status, mail.send_count, dispatches.len()), (MailStatus::Queued, 0, 0));
}

#[test]
fn pauses_grow_and_end() {
    let pauses: Vec<u64> = [1, 2, 3, 4, 5, 8, 40].into_iter().map(|tries| pause(tries).as_secs()).collect();
    assert_eq!(pauses, [5, 15, 45, 135, 405, 3600, 3600]);
}
