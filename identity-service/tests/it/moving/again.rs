//! An import can be run again: what it wrote is recognised, changes there follow, changes here stay.

use serde_json::{Value, json};
use shared_types::{on_both, testing::table_sizes};

use super::{ADA, ADAS, BEN, CLEO, EMIL, EMILS, Move, identity, owner};
use crate::self_service::world::World;

/// The rows of every table here.
fn sizes(dsn: &str) -> String {
    format!("{:?}", table_sizes(dsn))
}

async fn patch(world: &World, id: &str, path: &str, value: Value) {
    let url = world.admin.join(&format!("admin/identities/{id}")).unwrap();
    let body = json!([{"op": "add", "path": path, "value": value}]);
    let answer = crate::world::client().patch(url).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

on_both! {
    async fn a_second_run_changes_nothing(dsn: String) {
        let moving = Move::with_people(&dsn);
        moving.run(&["--batch-size", "2"]);
        let before = sizes(&dsn);
        let said = moving.run(&["--batch-size", "3"]);
        assert_eq!(said.counts("identities"), [0, 0, 5, 0, 2], "{said:?}");
        assert_eq!(said.counts("sessions"), [0, 0, 3, 3, 0]);
        assert_eq!(said.counts("passwords"), [0, 0, 2, 0, 1]);
        assert_eq!(sizes(&dsn), before);
        let said = moving.run(&["--overwrite"]);
        assert_eq!(said.counts("identities"), [0, 0, 5, 0, 2], "nothing was changed anywhere: {said:?}");
        assert_eq!(sizes(&dsn), before);
    }
}

on_both! {
    async fn a_dry_run_tells_the_same_and_writes_nothing(dsn: String) {
        let moving = Move::with_people(&dsn);
        // The schema of the database is made by any run.
        let said = moving.run(&["--dry-run"]);
        let before = sizes(&dsn);
        assert_eq!(said.counts("identities"), [5, 0, 0, 0, 2], "{said:?}");
        assert_eq!(said.counts("sessions"), [3, 0, 0, 3, 0]);
        // Those who look alike are found in one transaction and in different ones.
        let small = moving.run(&["--dry-run", "--batch-size", "1"]);
        assert_eq!(small.counts("identities"), [5, 0, 0, 0, 2], "{small:?}");
        assert_eq!(sizes(&dsn), before);
        let world = moving.serve().await;
        assert_eq!(identity(&world, ADA).await, Value::Null);
        world.stop().await;
        assert_eq!(moving.run(&[]).counts("identities"), [5, 0, 0, 0, 2]);
    }
}

on_both! {
    async fn what_changes_there_follows_unless_it_was_changed_here(dsn: String) {
        let moving = Move::with_people(&dsn);
        moving.run(&[]);
        let world = moving.serve().await;
        patch(&world, CLEO, "/traits/name", json!("Cleo")).await;
        world.stop().await;
        moving.change(&format!(
            "UPDATE identities SET traits = '{{\"email\": \"ada@globex.example\", \"role\": \"seller\"}}' WHERE id = '{ADA}'; \
             UPDATE identities SET state = 'inactive' WHERE id = '{EMIL}'; \
             UPDATE identities SET metadata_public = '{{\"plan\": \"silver\"}}' WHERE id = '{CLEO}';"
        ));
        let said = moving.run(&[]);
        assert_eq!(said.counts("identities"), [0, 2, 2, 1, 2], "{said:?}");
        assert_eq!(said.reasons("identities", "skipped")[0].1, [CLEO]);
        let world = moving.serve().await;
        let ada = identity(&world, ADA).await;
        assert_eq!((&ada["traits"]["role"], &ada["external_id"]), (&json!("seller"), &json!("crm-17")));
        assert!(ada["credentials"]["password"]["identifiers"].to_string().contains("ada@globex.example"), "{ada}");
        assert_eq!(owner(&world, ADAS).await.0, 200, "she stays signed in");
        assert_eq!(identity(&world, EMIL).await["state"], "inactive");
        assert_eq!(owner(&world, EMILS).await.0, 401, "a disabled identity has no session");
        let cleo = identity(&world, CLEO).await;
        assert_eq!((&cleo["traits"]["name"], &cleo["metadata_public"]), (&json!("Cleo"), &Value::Null));
        world.stop().await;
        let said = moving.run(&["--overwrite"]);
        assert_eq!(said.counts("identities")[1], 1, "{said:?}");
        let world = moving.serve().await;
        let cleo = identity(&world, CLEO).await;
        assert_eq!((&cleo["traits"]["name"], &cleo["metadata_public"]["plan"]), (&Value::Null, &json!("silver")));
        world.stop().await;
    }
}

on_both! {
    async fn sessions_end_here_when_they_end_there_and_do_not_come_back(dsn: String) {
        let moving = Move::with_people(&dsn);
        moving.run(&[]);
        let world = moving.serve().await;
        let program = world.program();
        let url = program.url("/self-service/logout/api");
        let answer = program.client.delete(url).json(&json!({"session_token": EMILS})).send().await.unwrap();
        assert_eq!(answer.status(), 204);
        world.stop().await;
        moving.change(&format!(
            "UPDATE sessions SET active = false WHERE token = '{ADAS}'; \
             UPDATE sessions SET expires_at = '2101-01-01 00:00:00' WHERE token = '{EMILS}'; \
             INSERT INTO sessions SELECT '5a000000-0000-4000-8000-000000000009', nid, identity_id, 'ory_st_9999AAAA9999AAAA9999AAAA9999AAAA', \
             true, aal, authentication_methods, issued_at, authenticated_at, expires_at, created_at, updated_at FROM sessions WHERE token = '{ADAS}'; \
             DELETE FROM sessions WHERE identity_id = '{BEN}';"
        ));
        let said = moving.run(&[]);
        assert_eq!(said.counts("sessions"), [1, 0, 0, 5, 0], "{said:?}");
        assert_eq!(said.counts("sessions ended there since"), [0, 2, 0, 0, 0], "{said:?}");
        let world = moving.serve().await;
        assert_eq!(owner(&world, ADAS).await.0, 401);
        assert_eq!(owner(&world, EMILS).await.0, 401, "he has signed out here");
        assert_eq!(owner(&world, "ory_st_9999AAAA9999AAAA9999AAAA9999AAAA").await, (200, json!(ADA)));
        world.stop().await;
        assert_eq!(moving.run(&[]).counts("sessions ended there since"), [0; 5], "told once");
    }
}

on_both! {
    async fn who_was_deleted_there_is_told_of_and_deleted_on_request(dsn: String) {
        let moving = Move::with_people(&dsn);
        moving.run(&[]);
        let world = moving.serve().await;
        let url = world.admin.join(&format!("admin/identities/{BEN}")).unwrap();
        assert_eq!(crate::world::client().delete(url).send().await.unwrap().status(), 204);
        world.stop().await;
        moving.change(&format!(
            "DELETE FROM identity_credential_identifiers WHERE identity_credential_id = 'cc000000-0000-4000-8000-000000000001'; \
             DELETE FROM identity_credentials WHERE identity_id = '{CLEO}'; DELETE FROM identities WHERE id = '{CLEO}'; \
             UPDATE identities SET metadata_admin = '{{\"deleted\": \"here\"}}' WHERE id = '{BEN}'"
        ));
        let said = moving.run(&[]);
        assert_eq!(said.counts("identities deleted there since"), [0, 0, 0, 1, 0], "{said:?}");
        assert_eq!(said.reasons("identities", "skipped")[0].1, [BEN], "who was deleted here stays away: {said:?}");
        let said = moving.run(&["--remove-gone"]);
        assert_eq!(said.counts("identities deleted there since"), [0, 1, 0, 0, 0], "{said:?}");
        let world = moving.serve().await;
        assert_eq!(identity(&world, CLEO).await, Value::Null);
        assert_eq!(identity(&world, BEN).await, Value::Null);
        // The address is free now, so the other Cleo has come.
        let other = identity(&world, "c0000000-0000-4000-8000-000000000004").await;
        assert_eq!(other, Value::Null, "who failed before is tried again by the next run");
        world.stop().await;
        assert_eq!(moving.run(&[]).counts("identities"), [1, 0, 3, 1, 1]);
    }
}
