use shared_types::{db::Db, on_both};

use super::*;
use crate::store::{
    login_sessions,
    support::{at, consent, open, session},
};

async fn put(db: &Db, consent: &Consent) -> bool {
    let consent = consent.clone();
    db.write(move |conn| insert(conn, &consent)).await.unwrap()
}

async fn remembered(db: &Db, client: &str, subject: &'static str, now: Time) -> Option<Vec<String>> {
    let client = ClientId::from(client);
    db.read(move |conn| remembered_scope(conn, &client, subject, now)).await.unwrap()
}

async fn page(db: &Db, filter: Filter, after: Option<String>, limit: i64) -> Vec<Consent> {
    db.read(move |conn| list(conn, &filter, after.as_deref(), limit)).await.unwrap()
}

fn of(subject: &str) -> Filter {
    Filter { subject: subject.to_owned(), login_session: None }
}

on_both!(
    async fn a_consent_is_read_as_it_was_written(dsn: String) {
        let db = open(&dsn).await;
        let written = consent(1, "shop", "ann");
        assert!(put(&db, &written).await);
        let flow = written.flow_id;
        assert_eq!(page(&db, of("ann"), None, 9).await, [written]);
        assert!(db.read(move |conn| has_flow(conn, flow)).await.unwrap());
    }
);

on_both!(
    async fn a_flow_ends_in_one_consent(dsn: String) {
        let db = open(&dsn).await;
        let first = consent(1, "shop", "ann");
        let mut second = consent(2, "shop", "ann");
        second.flow_id = first.flow_id;
        let rivals = (0..20).map(|index| {
            let (db, rival) = (db.clone(), if index % 2 == 0 { first.clone() } else { second.clone() });
            tokio::spawn(async move { put(&db, &rival).await })
        });
        let mut winners = 0;
        for rival in rivals.collect::<Vec<_>>() {
            winners += usize::from(rival.await.unwrap());
        }
        assert_eq!(winners, 1);
    }
);

on_both!(
    async fn the_newest_remembered_consent_counts(dsn: String) {
        let db = open(&dsn).await;
        assert_eq!(remembered(&db, "shop", "ann", at(10)).await, None);
        put(&db, &consent(1, "shop", "ann")).await;
        let mut wider = consent(2, "shop", "ann");
        wider.granted.scope.push("photos".into());
        wider.granted.remember_for = 60;
        put(&db, &wider).await;
        let mut skipped = consent(3, "shop", "ann");
        skipped.asked.skip = true;
        put(&db, &skipped).await;
        let mut once = consent(4, "shop", "ann");
        once.granted.remember = false;
        put(&db, &once).await;
        assert_eq!(remembered(&db, "shop", "ann", at(10)).await.unwrap(), ["openid", "photos"]);
        assert_eq!(remembered(&db, "shop", "ann", at(100)).await.unwrap(), ["openid"]);
        assert_eq!(remembered(&db, "bank", "ann", at(10)).await, None);
        assert_eq!(remembered(&db, "shop", "bob", at(10)).await, None);
    }
);

on_both!(
    async fn a_list_goes_by_pages(dsn: String) {
        let db = open(&dsn).await;
        for number in 0..7 {
            put(&db, &consent(number, "shop", "ann")).await;
        }
        put(&db, &consent(9, "shop", "bob")).await;
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let found = page(&db, of("ann"), after, 3).await;
            let Some(last) = found.last() else { break };
            after = Some(last.grant_id.hex());
            seen.extend(found.into_iter().map(|consent| consent.grant_id));
        }
        assert_eq!(seen.len(), 7);
        assert!(seen.is_sorted());
        assert!(page(&db, of("nobody"), None, 3).await.is_empty());
    }
);

on_both!(
    async fn a_consent_outlives_its_session(dsn: String) {
        let db = open(&dsn).await;
        let login = session(1, "ann");
        let id = login.id;
        db.write(move |conn| login_sessions::put(conn, &login)).await.unwrap();
        let mut given = consent(1, "shop", "ann");
        given.login_session_id = Some(id);
        put(&db, &given).await;
        let filter = Filter { login_session: Some(id.text()), ..of("ann") };
        assert_eq!(page(&db, filter.clone(), None, 9).await.len(), 1);
        db.write(move |conn| login_sessions::delete(conn, id)).await.unwrap();
        assert!(page(&db, filter, None, 9).await.is_empty());
        assert_eq!(page(&db, of("ann"), None, 9).await.first().map(|found| found.login_session_id), Some(None));
    }
);

on_both!(
    async fn revoking_names_the_grants(dsn: String) {
        let db = open(&dsn).await;
        let all = [
            consent(1, "shop", "ann"),
            consent(2, "bank", "ann"),
            consent(3, "shop", "bob"),
            consent(4, "shop", "ann"),
        ];
        for one in &all {
            put(&db, one).await;
        }
        let revoke = |which: Revoked| db.write(move |conn| delete(conn, &which));
        assert_eq!(revoke(Revoked::Grant(all[3].grant_id)).await.unwrap(), [all[3].grant_id]);
        assert!(revoke(Revoked::Grant(all[3].grant_id)).await.unwrap().is_empty());
        let at_shop = Revoked::OfSubjectAtClient("ann".into(), ClientId::from("shop"));
        assert_eq!(revoke(at_shop).await.unwrap(), [all[0].grant_id]);
        assert_eq!(revoke(Revoked::OfSubject("ann".into())).await.unwrap(), [all[1].grant_id]);
        assert_eq!(page(&db, of("bob"), None, 9).await.len(), 1);
    }
);
