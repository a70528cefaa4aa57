//! Databases an import can read, and those it cannot.

use serde_json::json;
use shared_types::on_both;

use super::{ADA, Move, Said, identity, owner};

const OLD: &str = "
    INSERT INTO networks VALUES ('90000000-0000-4000-8000-000000000001', '2021-01-01 00:00:00', '2021-01-01 00:00:00');
    INSERT INTO identity_credential_types VALUES ('70000000-0000-4000-8000-000000000006', 'code');
    INSERT INTO identities (id, nid, schema_id, traits, created_at, updated_at) VALUES ('a0000000-0000-4000-8000-000000000001',
        '90000000-0000-4000-8000-000000000001', 'reachable', '{\"email\": \"ada@acme.example\"}', '2021-02-03 04:05:06', '2021-02-03 04:05:06');
    INSERT INTO identity_credentials (id, nid, identity_id, identity_credential_type_id, config, created_at, updated_at) VALUES
        ('ca000000-0000-4000-8000-000000000006', '90000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000001',
        '70000000-0000-4000-8000-000000000006', '{\"address_type\": \"email\"}', '2021-02-03 04:05:06', '2021-02-03 04:05:06');
    INSERT INTO identity_credential_identifiers (id, nid, identifier, identity_credential_id, created_at, updated_at) VALUES
        ('1a000000-0000-4000-8000-000000000006', '90000000-0000-4000-8000-000000000001', 'ada@acme.example',
        'ca000000-0000-4000-8000-000000000006', '2021-02-03 04:05:06', '2021-02-03 04:05:06');
    INSERT INTO sessions VALUES ('5a000000-0000-4000-8000-000000000001', '90000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000001', 'aaaaAAAAaaaaAAAAaaaaAAAAaaaaAAAA', true, '', '[]', '2021-02-03 04:05:06',
        '2021-02-03 04:05:06', '2100-01-01 00:00:00', '2021-02-03 04:05:06', '2021-02-03 04:05:06');
";

on_both! {
    async fn older_schemas_are_read_as_far_as_they_go(dsn: String) {
        let moving = Move::from_tables(&dsn, |line| !line.ends_with("-- later"));
        moving.change(OLD);
        let said = moving.run(&[]);
        assert!(said.well, "{said:?}");
        assert_eq!((said.counts("identities")[0], said.counts("sessions")[0], said.counts("code addresses")[0]), (1, 1, 1));
        let world = moving.serve().await;
        let ada = identity(&world, ADA).await;
        assert_eq!(ada["credentials"]["code"]["config"]["addresses"], json!([{"channel": "email", "address": "ada@acme.example"}]));
        assert_eq!(owner(&world, "aaaaAAAAaaaaAAAAaaaaAAAAaaaaAAAA").await.0, 200);
        world.stop().await;
    }
}

fn refused(said: &Said, why: &str) {
    assert!(!said.well && said.out.is_empty() && said.err.contains(why), "{said:?}");
}

on_both! {
    async fn a_network_is_named_where_there_are_several(dsn: String) {
        let moving = Move::with_people(&dsn);
        moving.change("INSERT INTO networks VALUES ('90000000-0000-4000-8000-000000000002', '2025-01-01 00:00:00', '2025-01-01 00:00:00')");
        refused(&moving.run(&[]), "90000000-0000-4000-8000-000000000001 with 7 identities");
        refused(&moving.run(&["--network", "90000000-0000-4000-8000-000000000003"]), "there is no network");
        let said = moving.run(&["--network", "90000000-0000-4000-8000-000000000002"]);
        assert!(said.well && said.counts("identities") == [0; 5], "{said:?}");
        assert_eq!(moving.run(&["--network", "90000000-0000-4000-8000-000000000001"]).counts("identities")[0], 5);
    }
}

on_both! {
    async fn what_is_no_database_of_kratos_is_refused_and_stays_as_it_is(dsn: String) {
        let too_old = Move::from_tables(&dsn, |line| !line.contains("authentication_methods"));
        refused(&too_old.run(&[]), "the table sessions has no column authentication_methods");
        let newer = Move::with_people(&dsn);
        newer.change("INSERT INTO schema_migration (version) VALUES ('20990101000000000000')");
        let said = newer.run(&[]);
        assert!(said.out.contains("is newer than what this version knows"), "{said:?}");
        let before = shared_types::testing::table_sizes(&newer.there.dsn());
        newer.run(&["--overwrite", "--remove-gone"]);
        assert_eq!(shared_types::testing::table_sizes(&newer.there.dsn()), before);
    }
}
