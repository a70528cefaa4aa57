//! `hashers` on the command line.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::world::program;

/// What a command prints, and whether it succeeds.
fn run(arguments: &[&str], input: &str) -> (bool, String) {
    let mut child = Command::new(program())
        .arg("hashers")
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn passwords_are_hashed_and_timed() {
    let cheap = ["argon2", "hash", "--memory", "64KB", "--iterations", "2", "--parallelism", "1", "--parallel"];
    let (done, said) = run(&cheap, "one\ntwo\n");
    assert!(done, "{said}");
    assert_eq!(said.matches("$argon2id$v=19$m=64,t=2,p=1$").count(), 2, "{said}");
    assert!(said.contains("password 1: ") && said.contains("total: "), "{said}");
    let (done, said) = run(&["bcrypt", "hash", "one", "--cost", "4"], "");
    assert!(done && said.contains("$2b$04$"), "{said}");
    assert!(!run(&["bcrypt", "hash"], "").0);
    assert!(!run(&["bcrypt", "hash", &"x".repeat(73), "--cost", "4"], "").0);
    assert!(!run(&["argon2", "hash", "one", "--memory", "8KB", "--parallelism", "2"], "").0);
}

#[test]
fn a_load_test_tells_what_users_would_notice() {
    let cost = ["--memory", "64KB", "--parallelism", "1", "--sample", "1", "--format", "json", "-q"];
    let (done, said) = run(&[&["argon2", "load-test", "600", "--min-duration", "20s"], &cost[..]].concat(), "");
    let figures: Value = serde_json::from_str(&said).unwrap();
    assert!(done && figures["refused"] == 0 && figures["max_request_time"].is_string(), "{said}");
    // Nothing is as quick as that.
    let strict = ["--min-duration", "1ns", "--expected-deviation", "1ns"];
    assert!(!run(&[&["argon2", "load-test", "600"], &strict[..], &cost[..]].concat(), "").0);
}
