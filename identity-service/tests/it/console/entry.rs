//! Who may enter, and what every page and form has to keep to.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use shared_types::on_both;

use super::{House, PERMISSION, Page, Person, create, hidden, sign_in};
use crate::world::{KEY, World, browser, send};

/// Every route of the console as its sources have it: method and path, with something in the place of parameters.
fn routes() -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http/console");
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for rest in text.split("at(\"").skip(1) {
            let (path, rest) = rest.split_once('"').unwrap();
            let path = path
                .split('/')
                .map(|part| if part.starts_with('{') { "018f2d0c-0000-7000-8000-0000000000aa" } else { part })
                .collect::<Vec<_>>()
                .join("/");
            let own = rest.split(".service(").next().unwrap();
            for (mark, method) in [("web::get()", "GET"), ("web::post()", "POST")] {
                if own.contains(mark) && !path.starts_with("/assets/") {
                    found.push((method, format!("console{path}")));
                }
            }
        }
    }
    assert!(found.len() > 2, "{found:?}");
    found
}

on_both! {
    async fn nobody_enters_without_a_session(dsn: String) {
        let house = House::new(&dsn).await;
        for (method, path) in routes() {
            let client = browser();
            let request = client.request(method.parse().unwrap(), house.world.admin_url(&path));
            let page = Page::of(request).await;
            let location = page.header("location");
            assert_eq!(page.status, 303, "{method} {path}");
            assert!(location.starts_with(&house.world.public_url("/self-service/login/browser?return_to=")), "{location}");
            // Neither the admin API's key nor a session token in a header makes an operator.
            let key = client.request(method.parse().unwrap(), house.world.admin_url(&path)).bearer_auth(KEY);
            assert_eq!(Page::of(key).await.status, 303, "{method} {path}");
            let token = house.world.sign_in("olga@example.org").await;
            let native = client.request(method.parse().unwrap(), house.world.admin_url(&path)).header("x-session-token", token);
            assert_eq!(Page::of(native).await.status, 303, "{method} {path}");
        }
        house.world.stop().await;
    }
}

on_both! {
    async fn nobody_enters_without_the_permission(dsn: String) {
        let house = House::new(&dsn).await;
        let ada = create(&house.world, "ada@example.org", json!({"metadata_public": {"permissions": [PERMISSION]}})).await;
        let ada = Person { id: ada, client: sign_in(&house.world, "ada@example.org").await };
        for (method, path) in routes() {
            let page = Page::of(ada.client.request(method.parse().unwrap(), house.world.admin_url(&path))).await;
            assert_eq!(page.status, 403, "{method} {path}");
            page.holds(PERMISSION);
            page.holds("ada@example.org");
            page.lacks("Identities");
        }
        // It is given and taken while she is signed in.
        let grant = json!([{"op": "add", "path": "/metadata_admin", "value": {"permissions": [PERMISSION]}}]);
        house.world.call("PATCH", &format!("/admin/identities/{}", ada.id), &grant).await;
        assert_eq!(ada.see(&house.world, "console/").await.status, 200);
        let taken = json!([{"op": "replace", "path": "/metadata_admin", "value": {"permissions": ["portico:consoles"]}}]);
        house.world.call("PATCH", &format!("/admin/identities/{}", ada.id), &taken).await;
        assert_eq!(ada.see(&house.world, "console/").await.status, 403);
        house.world.stop().await;
    }
}

on_both! {
    async fn no_form_counts_without_the_token_of_its_session(dsn: String) {
        let house = House::new(&dsn).await;
        create(&house.world, "otto@example.org", json!({"metadata_admin": {"permissions": [PERMISSION]}})).await;
        let otto = Person { id: String::new(), client: sign_in(&house.world, "otto@example.org").await };
        let foreign = hidden(&otto.see(&house.world, "console/").await.html, "csrf_token");
        let own = hidden(&house.see("console/").await.html, "csrf_token");
        assert_ne!(foreign, own);
        for (_, path) in routes().into_iter().filter(|(method, _)| *method == "POST") {
            for token in ["", "nonsense", foreign.as_str()] {
                let form = house.olga.client.post(house.world.admin_url(&path)).form(&[("csrf_token", token)]);
                let page = Page::of(form).await;
                assert_eq!(page.status, 403, "{path}");
                page.holds("This form belongs to another session");
            }
            let elsewhere = house.olga.client.post(house.world.admin_url(&path)).header("sec-fetch-site", "same-site");
            let page = Page::of(elsewhere.form(&[("csrf_token", own.as_str())])).await;
            assert_eq!(page.status, 403, "{path}");
        }
        assert_eq!(house.see("console/").await.status, 200);
        house.world.stop().await;
    }
}

on_both! {
    async fn an_operator_enters_and_leaves(dsn: String) {
        let house = House::new(&dsn).await;
        let page = house.see("console/").await;
        assert_eq!(page.status, 200);
        page.holds("olga@example.org");
        page.holds("aria-current=\"page\"");
        for (name, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(page.header(name), value);
        }
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' http://"), "{policy}");
        assert!(policy.ends_with("base-uri 'none'; frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
        page.lacks(KEY);

        let slash = house.see("console").await;
        assert_eq!((slash.status, slash.header("location")), (303, "/console/"));
        let style = page.html.split("href=\"").find(|rest| rest.contains(".css")).unwrap().split('"').next().unwrap();
        let sheet = Page::of(browser().get(house.world.admin_url(style))).await;
        assert_eq!((sheet.status, sheet.header("content-type")), (200, "text/css; charset=utf-8"));
        let lost = house.see("console/no/such/page").await;
        assert_eq!(lost.status, 404);
        lost.holds("Sign out");

        let left = house.act("console/sign-out", &[]).await;
        assert_eq!(left.status, 303);
        let again = house.see("console/").await;
        assert_eq!(again.status, 303);
        house.world.stop().await;
    }
}

on_both! {
    async fn what_its_owner_may_write_makes_no_operator(dsn: String) {
        let schema = |id: &str, write: &str| {
            let schema = json!({"type": "object", "properties": {"traits": {"type": "object", "properties": {
                "email": {"type": "string", "format": "email", "ory.sh/kratos": {"credentials": {"password": {"identifier": true}}}},
                "permissions": {"type": "array", "items": {"type": "string"}, "portico": {"write": write}},
            }}}});
            let url = format!("base64://{}", STANDARD.encode(schema.to_string()));
            json!({"id": id, "url": url, "selfservice_selectable": true})
        };
        let schemas = json!([schema("default", "admin"), schema("free", "owner"), schema("once", "owner_once")]);
        let house = House::with(&dsn, json!({"identity": {"schemas": schemas}})).await;
        for (schema, status) in [("default", 200), ("free", 403), ("once", 403)] {
            let email = format!("{schema}@example.org");
            let body = json!({"schema_id": schema, "traits": {"permissions": [PERMISSION]}});
            let id = create(&house.world, &email, body).await;
            let person = Person { id, client: sign_in(&house.world, &email).await };
            let page = person.see(&house.world, "console/").await;
            assert_eq!(page.status, status, "{schema}");
            if status == 403 {
                page.holds("where the account&#39;s schema lets its owner write");
            }
        }
        // Nor by registering under the schema in which it is one's own.
        let client = browser();
        let begin = client
            .get(house.world.public_url("/self-service/registration/browser?identity_schema=free"))
            .header("accept", "application/json");
        let flow = send(begin).await.body;
        let nodes = flow["ui"]["nodes"].as_array().unwrap();
        let token = nodes.iter().find(|node| node["attributes"]["name"] == "csrf_token").unwrap()["attributes"]["value"].clone();
        let body = json!({
            "method": "password", "password": crate::world::PASSWORD, "csrf_token": token,
            "traits": {"email": "eva@example.org", "permissions": [PERMISSION]},
        });
        let action = flow["ui"]["action"].as_str().unwrap();
        let answer = send(client.post(action).header("accept", "application/json").json(&body)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let eva = Person { id: String::new(), client: sign_in(&house.world, "eva@example.org").await };
        assert_eq!(eva.see(&house.world, "console/").await.status, 403);
        house.world.stop().await;
    }
}

on_both! {
    async fn a_second_factor_can_be_demanded(dsn: String) {
        let house = House::with(&dsn, json!({
            "console": {"required_aal": "aal2"},
            "selfservice": {"methods": {"totp": {"enabled": true}}},
        })).await;
        let page = house.see("console/").await;
        assert_eq!(page.status, 403);
        page.holds("A second factor is needed");
        page.holds(&house.world.public_url("/settings"));
        // With one, she is sent to prove it, and comes back to the page she wanted.
        let totp = json!([{"op": "add", "path": "/credentials/totp", "value": {
            "type": "totp", "config": {"totp_url": "otpauth://totp/x:olga?secret=JBSWY3DPEHPK3PXP&issuer=x"}}}]);
        let added = house.world.call("PATCH", &format!("/admin/identities/{}", house.olga.id), &totp).await;
        assert_eq!(added.status, 200, "{added:?}");
        let page = house.see("console/?a=b").await;
        assert_eq!(page.status, 303);
        let location = page.header("location");
        assert!(location.contains("aal=aal2&return_to="), "{location}");
        let login = Page::of(house.olga.client.get(location)).await;
        assert_eq!(login.status, 303, "{login:?}");
        house.world.stop().await;
    }
}

on_both! {
    async fn signing_in_leads_back_to_the_page_that_was_wanted(dsn: String) {
        let house = House::new(&dsn).await;
        let client = browser();
        let wanted = house.world.admin_url("console/no/such?x=y");
        let turned = Page::of(client.get(&wanted)).await;
        let flow = send(client.get(turned.header("location")).header("accept", "application/json")).await.body;
        assert_eq!(flow["return_to"], wanted.as_str());
        let elsewhere = house.world.public_url("/self-service/login/browser?return_to=https://evil.example.org/console/");
        assert_eq!(send(client.get(elsewhere).header("accept", "application/json")).await.status, 400);
        house.world.stop().await;
    }
}

on_both! {
    async fn the_public_listener_has_no_console(dsn: String) {
        let house = House::new(&dsn).await;
        for path in ["/console", "/console/", "/console/sign-out", "/admin/console/"] {
            let answer = house.olga.client.get(house.world.public_url(path)).send().await.unwrap();
            assert_eq!(answer.status(), 404, "{path}");
        }
        let answer = house.olga.client.get(house.world.admin_url("/admin/console/")).send().await.unwrap();
        assert_eq!(answer.status(), 401);
        house.world.stop().await;
    }
}

on_both! {
    async fn there_is_none_unless_it_is_switched_on(dsn: String) {
        let world = World::start(&dsn).await;
        for path in ["console", "console/", "console/assets/x.css"] {
            assert_eq!(send(world.client.get(world.admin_url(path))).await.status, 401, "{path}");
            assert_eq!(send(world.client.get(world.admin_url(path)).bearer_auth(KEY)).await.status, 404, "{path}");
        }
        world.stop().await;
    }
}
