//! What cannot be imported says why.

use serde_json::json;
use shared_types::on_both;

use super::{
    NETWORK,
    theirs::{SECRET, Theirs, token},
    told,
};
use crate::oauth2::auth::world::World;

on_both! {
    async fn a_database_that_does_not_fit_is_refused(dsn: String) {
        let world = World::start(&dsn).await;
        let theirs = Theirs::beside(&dsn).await;
        theirs.execute("INSERT INTO networks (id) VALUES ('00000000-0000-4000-8000-000000000002')".to_owned()).await;
        let many = told(&dsn, &theirs.dsn(), &["--system-secret", SECRET]).await;
        assert!(!many.success && many.stderr.contains("holds 2 networks") && many.stderr.contains(NETWORK), "{}", many.stderr);
        let none = told(&dsn, &theirs.dsn(), &["--network", "00000000-0000-4000-8000-000000000003"]).await;
        assert!(none.stderr.contains("no network 00000000-0000-4000-8000-000000000003"), "{}", none.stderr);
        let other = told(&dsn, &theirs.dsn(), &["--network", "00000000-0000-4000-8000-000000000002"]).await;
        assert!(other.success && other.counts("clients") == [1, 0, 0, 0, 0], "{} {}", other.report, other.stderr);
        let ours = told(&dsn, &dsn, &[]).await;
        assert!(!ours.success && ours.stderr.contains("no database of Ory Hydra"), "{}", ours.stderr);
        theirs.execute("DELETE FROM schema_migration WHERE version > '2022'".to_owned()).await;
        let old = told(&dsn, &theirs.dsn(), &["--network", NETWORK]).await;
        assert!(!old.success && old.stderr.contains("Hydra 1") && old.stderr.contains("20150101000001000000"), "{}", old.stderr);
        world.stop().await;
    }
}

on_both! {
    async fn without_their_secrets_what_needs_them_stays_behind(dsn: String) {
        let world = World::start(&dsn).await;
        let theirs = Theirs::beside(&dsn).await;
        let wrong = told(&dsn, &theirs.dsn(), &["--network", NETWORK, "--system-secret", "not their secret"]).await;
        assert!(!wrong.success);
        assert_eq!(wrong.counts("keys"), [0, 0, 0, 0, 3], "{}", wrong.report);
        assert!(wrong.reasons("keys").contains("none of the system secrets opens it"), "{}", wrong.report);
        let none = told(&dsn, &theirs.dsn(), &["--network", NETWORK]).await;
        assert_eq!(none.counts("keys"), [0, 0, 0, 3, 0], "{}", none.report);
        assert!(none.report["notes"].to_string().contains("Without a system secret"), "{}", none.report);
        assert_eq!(world.introspect(&token("ory_at_", 4).0).await, json!({"active": false}));
    }
}
