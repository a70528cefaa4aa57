//! Security events: kept, listed, forgotten.

use serde_json::{Value, json};
use shared_types::{audit::queue, on_both, time::Clock as _};

use super::{House, hidden};
use crate::world::Answer;

/// Waits until an answer holds so many events.
async fn listed(house: &House, path: &str, count: usize) -> Answer {
    for _ in 0..200 {
        let answer = house.world.get(path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        if answer.body.as_array().is_some_and(|events| events.len() == count) {
            return answer;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{path} never held {count}: {:?}", house.world.get(path).await.body);
}

fn names(answer: &Answer) -> Vec<&str> {
    answer.body.as_array().unwrap().iter().map(|event| event["event"].as_str().unwrap()).collect()
}

on_both! {
    async fn events_are_kept_listed_and_narrowed(dsn: String) {
        let mut house = House::new(&dsn).await;
        let ada = house.world.person("ada@example.org").await;
        let (put, events) = queue();
        house.world.report(events);
        let now = house.world.clock.now();
        let at = |seconds: i64| now + chrono::Duration::seconds(seconds);
        for (seconds, event) in [
            (1, json!({"event": "LoginFailed", "method": "password", "client": "192.0.2.7"})),
            (2, json!({"event": "LoginSucceeded", "identity": ada, "count": 3, "odd": "nul \u{0} and <b>"})),
            (3, json!({"event": "IdentityUpdated", "identity": ada, "actor": house.olga.id})),
            (3, json!({"event": "SessionRevoked", "actor": house.olga.id})),
        ] {
            let mut event = event;
            event["time"] = json!(at(seconds));
            put.try_send(event).unwrap();
        }
        let path = "/admin/audit-events";
        let all = listed(&house, path, 4).await;
        assert_eq!(names(&all), ["SessionRevoked", "IdentityUpdated", "LoginSucceeded", "LoginFailed"]);
        let success = &all.body[2];
        assert_eq!(success["details"], json!({"count": 3, "odd": "nul \u{0} and <b>"}));
        assert_eq!((&success["identity"], success.get("actor")), (&json!(ada), None));

        let olga = house.olga.id.clone();
        for (query, expected) in [
            ("event=LoginFailed".to_owned(), vec!["LoginFailed"]),
            (format!("identity={ada}"), vec!["IdentityUpdated", "LoginSucceeded"]),
            (format!("actor={olga}"), vec!["SessionRevoked", "IdentityUpdated"]),
            (format!("actor={olga}&event=IdentityUpdated"), vec!["IdentityUpdated"]),
            (format!("since={}", stamp(at(2))), vec!["SessionRevoked", "IdentityUpdated", "LoginSucceeded"]),
            (format!("until={}", stamp(at(2))), vec!["LoginFailed"]),
            (format!("since={}&until={}", stamp(at(2)), stamp(at(3))), vec!["LoginSucceeded"]),
        ] {
            let answer = house.world.get(&format!("{path}?{query}")).await;
            assert_eq!(names(&answer), expected, "{query}");
        }
        let (mut walked, mut next) = (Vec::new(), Some(format!("{path}?page_size=1")));
        while let Some(page) = next {
            let answer = house.world.get(&page).await;
            walked.extend(names(&answer).into_iter().map(str::to_owned));
            next = answer.next();
        }
        assert_eq!(walked, names(&all));
        for bad in ["since=yesterday", "identity=ada", "page_token=x", "page_size=0", "event=%00"] {
            assert_eq!(house.world.get(&format!("{path}?{bad}")).await.status, 400, "{bad}");
        }

        let page = house.see("console/audit").await;
        page.holds("192.0.2.7");
        page.holds(">Ada</a>");
        page.holds("olga@example.org");
        page.lacks("<b>");
        let page = house.see(&format!("console/audit?identity={ada}")).await;
        page.holds("LoginSucceeded");
        page.lacks("LoginFailed<");
        assert_eq!(house.see("console/audit?since=soon").await.status, 400);
        assert!(!hidden(&page.html, "csrf_token").is_empty());
        house.world.stop().await;
    }
}

on_both! {
    async fn no_event_is_lost_when_the_service_stops(dsn: String) {
        let mut house = House::new(&dsn).await;
        let (put, events) = queue();
        house.world.report(events);
        for number in 0..1200 {
            put.try_send(json!({"event": "LoginFailed", "number": number})).unwrap();
        }
        house.world.stop().await;
        let again = House::again(&dsn).await;
        let (mut seen, mut next) = (Vec::new(), Some("/admin/audit-events?page_size=500".to_owned()));
        while let Some(page) = next {
            let answer = again.get(&page).await;
            seen.extend(answer.body.as_array().unwrap().iter().map(|event| event["details"]["number"].as_i64().unwrap()));
            next = answer.next();
        }
        assert_eq!(seen, (0..1200).rev().collect::<Vec<_>>());
        again.stop().await;
    }
}

on_both! {
    async fn nothing_is_kept_where_nothing_shall_be(dsn: String) {
        let mut house = House::with(&dsn, json!({"audit": {"retention": "0s"}})).await;
        let (put, events) = queue();
        house.world.report(events);
        put.try_send(json!({"event": "LoginFailed"})).unwrap();
        house.see("console/audit").await.holds("audit.retention is 0s");
        house.world.stop().await;
        let again = House::again(&dsn).await;
        assert_eq!(again.get("/admin/audit-events").await.body, Value::Array(Vec::new()));
        again.stop().await;
    }
}

fn stamp(time: shared_types::time::Time) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
