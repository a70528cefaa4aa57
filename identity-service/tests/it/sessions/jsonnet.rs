//! Snippets that take more than they may, and the processes that evaluate them. A tokenizer template evaluates a snippet at
//! every request, so it stands for all that do.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde_json::{Map, Value, json};
use shared_types::{on_both, testing::TempDatabase};

use super::tokens::{SigningKey, ask, templates, text_url};
use crate::world::{World, program};

/// Snippets no machine has room or time for.
const BOMBS: &[(&str, &str)] = &[
    ("endless", "local f(n) = f(n + 1); f(0)"),
    ("doubling", "local f(n) = if n == 0 then 'x' else f(n - 1) + f(n - 1); { claims: { n: std.length(f(40)) } }"),
    ("repeat", "{ claims: { x: std.repeat('x', 2000000000) } }"),
    ("range", "{ claims: { x: std.range(1, 1e12) } }"),
    ("array", "{ claims: { x: std.length(std.makeArray(1e9, function(i) i)) } }"),
    ("squares", "local all = std.range(1, 100000); { claims: { x: [a * b for a in all for b in all] } }"),
    ("self", "local x = [x, x]; { claims: x }"),
    ("deep", "std.foldl(function(all, n) { claims: all }, std.range(1, 1000000), {})"),
    ("wide", "{ claims: { ['k' + i]: std.repeat('x', 1000) for i in std.range(1, 2000) } }"),
    ("padding", "{ claims: { x: std.format('%1000000000d', 1) } }"),
];

fn config(key: &SigningKey, snippets: &[(&str, String)]) -> Value {
    let all: Map<String, Value> = snippets
        .iter()
        .map(|(name, text)| ((*name).to_owned(), json!({"jwks_url": key.url(), "claims_mapper_url": text_url(text)})))
        .collect();
    templates(&Value::Object(all))
}

/// Nested deeper than a stack is, which the parser meets before anything is evaluated.
fn nested() -> String {
    format!("{}1{}", "{a:".repeat(40_000), "}".repeat(40_000))
}

on_both! {
    async fn bombs_end_within_their_limits_and_nothing_else_does(dsn: String) {
        let key = SigningKey::new();
        let mut all: Vec<_> = BOMBS.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
        all.push(("good", "{ claims: { good: true } }".to_owned()));
        let world = World::with(&dsn, config(&key, &all)).await;
        world.person("ada@example.org").await;
        let token = world.sign_in("ada@example.org").await;
        for (name, _) in BOMBS {
            let begun = Instant::now();
            let answer = ask(&world, &token, name).await;
            assert_eq!(answer.status, 400, "{name}: {answer:?}");
            // One second of evaluation; the rest is for a machine with much else to do.
            assert!(begun.elapsed() < Duration::from_secs(8), "{name} took {:?}", begun.elapsed());
            let good = ask(&world, &token, "good").await;
            assert_eq!(key.claims(&good.body["tokenized"])["good"], true, "after {name}");
        }
        world.stop().await;
    }
}

#[test]
fn a_process_that_evaluates_limits_itself() {
    use std::{
        io::{Read as _, Write as _},
        process::{Command, Stdio},
    };
    let mut child = Command::new(program())
        .arg("jsonnet")
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut ready = [0; 5];
    child.stdout.as_mut().unwrap().read_exact(&mut ready).unwrap();
    assert_eq!(&ready, b"!\0\0\0\0");
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    for (name, most) in
        [("Max address space", "268435456"), ("Max cpu time", "30"), ("Max open files", "3"), ("Max file size", "0")]
    {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        assert_eq!(line[name.len()..].split_whitespace().next(), Some(most), "{line}");
    }
    // A text no stack is deep enough for ends the process, and it alone.
    let body = json!({"name": "n", "text": nested(), "vars": {}, "args": {}}).to_string();
    let mut frame = vec![b'?'];
    frame.extend_from_slice(&u32::try_from(body.len()).unwrap().to_be_bytes());
    frame.extend_from_slice(body.as_bytes());
    child.stdin.as_mut().unwrap().write_all(&frame).unwrap();
    let mut answer = Vec::new();
    child.stdout.as_mut().unwrap().read_to_end(&mut answer).unwrap();
    assert_eq!((answer.len(), child.wait().unwrap().code()), (0, None), "ended by a signal, without an answer");
}

/// The program of the service under a name of its own, so that its processes are told from those of other tests.
struct OwnProgram(PathBuf);

impl OwnProgram {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        std::fs::hard_link(program(), &path).unwrap();
        Self(path)
    }

    /// The processes that run it.
    fn processes(&self) -> Vec<u32> {
        let all =
            std::fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        all.filter(|id| std::fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|path| path == self.0)).collect()
    }

    async fn until(&self, so: impl Fn(&[u32]) -> bool) {
        let waited = async {
            while !so(&self.processes()) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), waited).await.expect("the processes never came to be so");
    }
}

impl Drop for OwnProgram {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

on_both! {
    async fn processes_come_with_the_first_evaluation_and_go_with_the_service(dsn: String) {
        let own = OwnProgram::new(if dsn.starts_with("sqlite") { "jsonnet-sqlite" } else { "jsonnet-postgres" });
        let key = SigningKey::new();
        let over = config(&key, &[("good", "{ claims: { good: true } }".to_owned())]);
        let world = World::run_by(own.0.clone(), &dsn, over).await;
        world.person("ada@example.org").await;
        let token = world.sign_in("ada@example.org").await;
        assert_eq!(world.whoami(&token).await.status, 200);
        assert_eq!(own.processes(), [0; 0], "nothing was evaluated yet");

        assert_eq!(ask(&world, &token, "good").await.status, 200);
        let first = own.processes();
        assert_eq!(first.len(), 1);
        assert_eq!(ask(&world, &token, "good").await.status, 200);
        assert_eq!(own.processes(), first, "the same one again");

        // Somebody ends it, as a system without memory does: the next request has another.
        assert!(std::process::Command::new("kill").arg("-KILL").arg(first[0].to_string()).status().unwrap().success());
        own.until(<[u32]>::is_empty).await;
        assert_eq!(ask(&world, &token, "good").await.status, 200);
        assert_eq!(own.processes().len(), 1);

        world.stop().await;
        own.until(<[u32]>::is_empty).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_are_answered_each_with_its_own() {
    let key = SigningKey::new();
    let mapper = "{ claims: { email: std.extVar('session').identity.traits.email } }";
    let database = TempDatabase::sqlite();
    let world =
        World::with(&database.dsn(), config(&key, &[("email", mapper.to_owned()), ("bomb", BOMBS[1].1.to_owned())]))
            .await;
    let mut people = Vec::new();
    for number in 0..4 {
        let email = format!("person{number}@example.org");
        world.person(&email).await;
        people.push((world.sign_in(&email).await, email));
    }
    let asked = (0..200).map(|number| {
        let (token, email) = &people[number % people.len()];
        let (world, key) = (&world, &key);
        async move {
            // Now and then one that must be ended, between those that must not be.
            if number % 50 == 49 {
                assert_eq!(ask(world, token, "bomb").await.status, 400);
            }
            let answer = ask(world, token, "email").await;
            assert_eq!(answer.status, 200, "{answer:?}");
            assert_eq!(key.claims(&answer.body["tokenized"])["email"], *email);
        }
    });
    futures_util::future::join_all(asked).await;
    world.stop().await;
}

#[tokio::test]
async fn without_a_program_there_is_no_token_and_no_answer_to_wait_for() {
    let key = SigningKey::new();
    let database = TempDatabase::sqlite();
    let over = config(&key, &[("good", "{ claims: {} }".to_owned())]);
    let world = World::run_by(PathBuf::from("/no/such/program"), &database.dsn(), over).await;
    world.person("ada@example.org").await;
    let token = world.sign_in("ada@example.org").await;
    assert_eq!(ask(&world, &token, "good").await.status, 500);
    assert_eq!(world.whoami(&token).await.status, 200);
    world.stop().await;
}
