use clap::{CommandFactory as _, Parser as _};

use super::Cli;

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn the_forms_operators_use_are_understood() {
    for line in [
        "identity-service serve -c kratos.yml --dev --watch-courier",
        "identity-service -c kratos.yml serve all --sqa-opt-out",
        "identity-service -c kratos.yml migrate sql -e --yes",
        "identity-service migrate sql -e --yes",
        "identity-service migrate sql up -e -y",
        "identity-service migrate sql status -e",
        "identity-service migrate sql --yes sqlite:///tmp/db.sqlite",
        "identity-service import identities people.json --endpoint http://127.0.0.1:4434",
        "identity-service import identities a.json b.json",
        "identity-service identities import people.json -e http://127.0.0.1:4434 --format json",
        "identity-service identities ls",
        "identity-service patch identity 1 patch.json",
        "identity-service validate identity people.json",
        "identity-service cleanup sql -e --keep-last 24h -b 10 --database.cleanup.sleep.tables 0s",
        "identity-service cleanup sql sqlite:///tmp/db.sqlite",
        "identity-service remote status -e http://127.0.0.1:4434",
        "identity-service remote version --format yaml",
        "identity-service migrate normalize-phone-numbers -e --dry-run",
        "identity-service get identity 1 2 --format yaml",
        "identity-service list identities --page-size 10",
        "identity-service ls identities",
        "identity-service delete identity 1",
        "identity-service courier watch -c kratos.yml --expose-metrics-port 0",
        "identity-service lint jsonnet a.jsonnet b/*.jsonnet",
        "identity-service format jsonnet -w a.jsonnet b/*.jsonnet",
        "identity-service hashers argon2 calibrate 120",
        "identity-service hashers argon2 calibrate 60 -m 64MB --max-memory 1GB --adjust-memory-by 16MB -i 2 -r 3 --min-duration 1s",
        "identity-service -c kratos.yml hashers argon2 hash secret --memory 64MB --iterations 2 --parallel",
        "identity-service hashers argon2 load-test 600 --key-length 32 --format json -q",
        "identity-service hashers bcrypt hash secret --cost 12",
        "identity-service version",
    ] {
        assert!(Cli::try_parse_from(line.split(' ')).is_ok(), "{line}");
    }
}

#[test]
fn costs_beyond_reason_are_refused() {
    for line in [
        "identity-service hashers argon2 hash secret --iterations 11",
        "identity-service hashers argon2 hash secret --parallelism 17",
        "identity-service hashers argon2 hash secret --memory much",
        "identity-service hashers argon2 load-test 0",
        "identity-service hashers bcrypt hash secret --cost 31",
    ] {
        assert!(Cli::try_parse_from(line.split(' ')).is_err(), "{line}");
    }
}
