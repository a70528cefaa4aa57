use clap::CommandFactory as _;

use super::*;

fn parse(words: &[&str]) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(std::iter::once("oauth-service").chain(words.iter().copied()))
}

#[test]
fn the_command_line_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn hydras_forms_are_read() {
    for words in [
        &["serve", "all", "--dev", "-c", "a.yml", "-c", "b.yml", "--sqa-opt-out"][..],
        &["serve", "all", "-c", "a.yml", "--auto-migrate"],
        &["-c", "a.yml", "migrate", "sql", "-e", "--yes"],
        &["migrate", "sql", "-e", "--yes", "memory"],
        &["migrate", "sql", "up", "-e", "--yes"],
        &[
            "create",
            "client",
            "--endpoint",
            "http://127.0.0.1:4445",
            "--grant-type",
            "authorization_code,refresh_token",
            "--format",
            "json",
        ],
        &["create", "oauth2-client", "--redirect-uri", "http://127.0.0.1:5555/callback", "--skip-consent"],
        &["get", "client", "a", "b", "--format", "json-pretty"],
        &["list", "clients", "--page-size", "10"],
        &["update", "client", "a", "--name", "n"],
        &["delete", "client", "a"],
        &["delete", "access-tokens", "a"],
        &["import", "client", "file.json"],
        &["perform", "authorization-code", "--client-id", "a", "--max-age", "-1", "--no-open", "-p", "5555"],
        &["perform", "client-credentials", "--client-id", "a", "--client-secret", "s", "-e", "http://127.0.0.1:4444"],
        &["introspect", "token", "t", "--scope", "a"],
        &["create", "jwk", "a-set", "a-kid", "--alg", "RS256", "--use", "sig", "--public"],
        &["get", "jwk", "a-set"],
        &["get", "jwks", "a-set", "another"],
        &["delete", "jwks", "a-set"],
        &["import", "jwk", "a-set", "a.pem", "b.json", "--default-key-id", "k"],
        &["perform", "device-code", "--client-id", "a", "--scope", "openid"],
        &["janitor", "memory", "--tokens", "--requests", "--grants", "--limit", "5", "--batch-size", "2"],
        &["janitor", "-e", "--tokens", "--keep-if-younger", "24h", "--access-lifespan", "1h"],
        &["openapi", "--format", "yaml"],
        &["revoke", "token", "t", "--client-id", "a"],
        &["version"],
    ] {
        parse(words).unwrap_or_else(|e| panic!("{words:?}: {e}"));
    }
}

#[test]
fn unknown_words_are_refused() {
    for words in [
        &["serve", "nothing"][..],
        &["create", "user"],
        &["perform", "client-credentials"],
        &["list", "clients", "--format", "xml"],
    ] {
        assert!(parse(words).is_err(), "{words:?}");
    }
}
