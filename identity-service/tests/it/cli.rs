//! The command line, as operators use it: the program itself against a running service.

use std::process::{Command, Output};

use serde_json::{Value, json};
use shared_types::{
    on_both,
    time::{Clock as _, SystemClock},
};

use crate::world::{KEY, World, program};

/// Runs the program with these arguments.
async fn run(world: &World, args: &[&str]) -> Output {
    let mut command = Command::new(program());
    command.args(args).env("KRATOS_ADMIN_URL", world.admin_url("")).env("PORTICO_API_KEY", KEY);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn out(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    assert!(!output.status.success(), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn read(output: &Output) -> Value {
    serde_json::from_str(&out(output)).unwrap()
}

on_both! {
    async fn identities_live_on_the_command_line(dsn: String) {
        let world = World::start(&dsn).await;
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, body: &Value| {
            let path = folder.path().join(name);
            std::fs::write(&path, body.to_string()).unwrap();
            path.display().to_string()
        };
        let person = |email: &str| json!({"schema_id": "default", "traits": {"email": email, "role": "buyer"},
            "credentials": {"totp": {"config": {"totp_url": "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP"}}}});
        let two = file("two.json", &json!([person("ada@example.org"), person("eva@example.org")]));
        let one = file("one.json", &person("pia@example.org"));
        let bad = file("bad.json", &json!([person("ada@example.org"), {"schema_id": "default", "traits": {"email": 7}, "hat": 1}]));

        assert!(out(&run(&world, &["validate", "identity", &two, &one]).await).contains("3 identities"));
        let said = err(&run(&world, &["identities", "validate", &bad]).await);
        assert!(said.contains("bad.json[1]: hat") && said.contains("traits.email") && !said.contains("[0]"), "{said}");

        let made = read(&run(&world, &["import", "identities", &two, "--format", "json"]).await);
        assert_eq!(made.as_array().unwrap().len(), 2);
        let made = read(&run(&world, &["identities", "import", &one, "--format", "json-pretty"]).await);
        let pia = made["id"].as_str().unwrap().to_owned();
        let said = err(&run(&world, &["import", "identities", &bad]).await);
        assert!(said.contains("2 of 2 identities were refused") && said.contains("409"), "{said}");

        let listed = read(&run(&world, &["list", "identities", "--page-size", "2", "--format", "json"]).await);
        let next = listed["next_page_token"].as_str().unwrap();
        assert_eq!((listed["identities"].as_array().unwrap().len(), &listed["is_last_page"]), (2, &json!(false)));
        let rest = read(&run(&world, &["ls", "identities", "--page-token", next, "--format", "json"]).await);
        assert_eq!((rest["identities"].as_array().unwrap().len(), &rest["is_last_page"]), (1, &json!(true)));
        let table = out(&run(&world, &["identities", "list"]).await);
        assert!(table.starts_with("ID ") && table.lines().count() == 4 && table.contains("eva@example.org"), "{table}");

        let patch = file("patch.json", &json!([{"op": "replace", "path": "/traits/role", "value": "boss"}]));
        assert_eq!(read(&run(&world, &["patch", "identity", &pia, &patch, "--format", "json"]).await)["traits"]["role"], "boss");
        let shown = out(&run(&world, &["get", "identity", &pia, "-i", "totp", "--format", "yaml"]).await);
        assert!(shown.contains("role: boss") && shown.contains("otpauth://totp/x"), "{shown}");
        let nobody = "00000000-0000-4000-8000-000000000000";
        let gone = run(&world, &["delete", "identity", nobody, &pia]).await;
        assert!(err(&gone).contains("1 of 2"), "{gone:?}");
        assert!(err(&run(&world, &["get", "identity", &pia]).await).contains("404"));
        world.stop().await;
    }
}

on_both! {
    async fn a_running_service_is_asked_how_it_is(dsn: String) {
        let world = World::start(&dsn).await;
        let status = read(&run(&world, &["remote", "status", "--format", "json"]).await);
        assert_eq!(status, json!({"alive": true, "ready": true}));
        assert!(out(&run(&world, &["remote", "status"]).await).contains("true"));
        let version = read(&run(&world, &["remote", "version", "--format", "json"]).await);
        assert!(version["version"].as_str().unwrap().starts_with('v'), "{version}");
        let nowhere = run(&world, &["remote", "status", "-e", "http://127.0.0.1:1", "--format", "json"]).await;
        assert!(err(&nowhere).contains("not ready"));
        world.stop().await;
    }
}

on_both! {
    async fn what_has_expired_is_cleaned_up(dsn: String) {
        let world = World::start(&dsn).await;
        // The program reads the real clock: a session of long ago has expired, one of the far future has not.
        world.person("ada@example.org").await;
        let now = SystemClock.now();
        world.clock.set(now - chrono::Duration::days(40));
        world.sign_in("ada@example.org").await;
        world.clock.set(now + chrono::Duration::days(40));
        let token = world.sign_in("ada@example.org").await;
        let clean = |keep: &'static str| {
            let (world, dsn) = (&world, dsn.clone());
            async move { run(world, &["cleanup", "sql", &dsn, "--keep-last", keep, "--database.cleanup.sleep.tables", "0s"]).await }
        };
        out(&clean("2000h").await);
        assert_eq!(world.get("/admin/sessions").await.body.as_array().unwrap().len(), 2);
        assert!(!out(&clean("1h").await).contains(" 0 expired"));
        assert_eq!(world.get("/admin/sessions").await.body.as_array().unwrap().len(), 1);
        assert_eq!(world.whoami(&token).await.status, 200);
        world.stop().await;
    }
}

#[test]
fn snippets_are_written_one_way() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonnet");
    std::fs::write(&path, "local c=std.extVar(\"claims\");\n{ 'a':c[\"email\"],\n}").unwrap();
    let format = |args: &[&str]| Command::new(program()).args(["format", "jsonnet"]).args(args).output().unwrap();
    let pattern = folder.path().join("*.jsonnet").display().to_string();
    let wanted = "local c = std.extVar('claims');\n{\n  a: c.email,\n}\n";
    assert_eq!(out(&format(&[&pattern])), wanted);
    assert_ne!(std::fs::read_to_string(&path).unwrap(), wanted, "printing changes nothing");
    assert_eq!(out(&format(&["-w", &pattern])), "");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), wanted);
    std::fs::write(&path, "{ a: }").unwrap();
    assert!(err(&format(&["-w", &pattern])).contains("a.jsonnet:1:6"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "{ a: }");
    assert!(err(&format(&["nothing/*.jsonnet"])).contains("no file matches"));
}
