//! Signing in with identifier and password.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use shared_types::on_both;

use crate::{
    self_service::world::{HOME, PASSWORD, World, ids, location, messages, node, parts},
    world::client,
};

fn fields(identifier: &str, password: &str) -> Value {
    json!({"method": "password", "identifier": identifier, "password": password})
}

on_both! {
    async fn a_script_signs_in(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        world.create("anna@example.org").await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        let response = browser.submit(&flow, fields("Anna@Example.org", PASSWORD)).await;
        assert_eq!(response.status(), 200);
        let cookies: Vec<_> = response.headers().get_all("set-cookie").iter().map(|c| c.to_str().unwrap().to_owned()).collect();
        assert!(cookies.iter().any(|c| c.starts_with("ory_kratos_session=") && c.contains("HttpOnly")), "{cookies:?}");
        assert!(cookies.iter().any(|c| c.starts_with("csrf_token_")), "the CSRF secret changes: {cookies:?}");
        let body: Value = response.json().await.unwrap();
        assert_json_snapshot!("login_success", world.scrubbed(&body));
        let (status, whoami) = parts(browser.get("/sessions/whoami").await).await;
        assert_eq!((status, &whoami["id"]), (200, &body["session"]["id"]));
        world.stop().await;
    }
}

on_both! {
    async fn a_browser_signs_in_with_a_form(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        world.create("anna@example.org").await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser?return_to=https://portal.example.org/x").await;
        let form = [("method", "password"), ("identifier", "anna@example.org"), ("password", PASSWORD)];
        let response = browser.submit_form(&flow, &form).await;
        assert_eq!((response.status().as_u16(), location(&response).as_str()), (303, "https://portal.example.org/x"));
        assert_eq!(browser.get("/sessions/whoami").await.status(), 200);
        world.stop().await;
    }
}

on_both! {
    async fn wrong_and_unknown_are_answered_alike(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        world.create("anna@example.org").await;
        let browser = world.browser();
        let mut answers = Vec::new();
        for identifier in ["anna@example.org", "nobody@example.org"] {
            let flow = browser.begin("/self-service/login/browser").await;
            let (status, body) = parts(browser.submit(&flow, fields(identifier, "something else")).await).await;
            assert_eq!((status, messages(&body)), (400, vec![4_000_006]));
            assert_eq!(node(&body, "identifier")["attributes"]["value"], identifier);
            assert_eq!(node(&body, "password")["attributes"]["value"], Value::Null);
            answers.push(world.scrubbed(&body).to_string().replace(identifier, "[identifier]"));
        }
        assert_eq!(answers[0], answers[1]);
        // A browser is led back to the page, which shows the message.
        let flow = browser.begin("/self-service/login/browser").await;
        let form = [("method", "password"), ("identifier", "anna@example.org"), ("password", "wrong")];
        let response = browser.submit_form(&flow, &form).await;
        assert_eq!(response.status(), 303);
        assert!(location(&response).contains(flow["id"].as_str().unwrap()));
        let (_, read) = parts(browser.get(&format!("/self-service/login/flows?id={}", flow["id"].as_str().unwrap())).await).await;
        assert_eq!((messages(&read), &read["active"]), (vec![4_000_006], &Value::Null));
        assert_json_snapshot!("login_wrong_password", world.scrubbed(&read));
        world.stop().await;
    }
}

on_both! {
    async fn missing_fields_are_named(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        let (status, body) = parts(browser.submit(&flow, json!({"method": "password", "identifier": " "})).await).await;
        assert_eq!(status, 400);
        assert_eq!(ids(&node(&body, "identifier")["messages"]), [4_000_002]);
        assert_eq!(ids(&node(&body, "password")["messages"]), [4_000_002]);
        // The messages of the last try are gone at the next.
        let (_, body) = parts(browser.submit(&flow, json!({"method": "password", "identifier": "x"})).await).await;
        assert!(ids(&node(&body, "identifier")["messages"]).is_empty());
        for odd in [json!({"method": "nonsense"}), json!({}), json!({"method": 7, "identifier": ["x"]})] {
            let (status, body) = parts(browser.submit(&flow, odd).await).await;
            assert_eq!((status, messages(&body)), (400, vec![4_010_002]));
        }
        let (status, body) = parts(browser.submit(&flow, json!({"method": "password", "identifier": ["x"]})).await).await;
        assert_eq!((status, messages(&body)), (400, vec![4_000_001]));
        world.stop().await;
    }
}

on_both! {
    async fn forged_forms_are_refused(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        world.create("anna@example.org").await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        let token = crate::self_service::world::csrf(&flow);
        let another = world.browser();
        let foreign = another.begin("/self-service/login/browser").await;
        let good = fields("anna@example.org", PASSWORD);
        for (client, token) in [
            (&browser, String::new()),
            (&browser, "nonsense".to_owned()),
            (&browser, crate::self_service::world::csrf(&foreign)),
            (&another, token.clone()),
            (&another, crate::self_service::world::csrf(&foreign)),
            (&world.program(), token.clone()),
        ] {
            let mut body = good.clone();
            body["csrf_token"] = json!(token);
            let action = flow["ui"]["action"].as_str().unwrap();
            let response = client.client.post(action).header("accept", "application/json").json(&body).send().await.unwrap();
            let (status, body) = parts(response).await;
            assert_eq!((status, &body["error"]["id"]), (403, &json!("security_csrf_violation")), "{token}");
        }
        assert_eq!(browser.submit(&flow, good).await.status(), 200);
        world.stop().await;
    }
}

on_both! {
    async fn an_expired_flow_is_replaced(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        world.create("anna@example.org").await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser?return_to=https://portal.example.org/x").await;
        world.clock.advance(chrono::Duration::minutes(61));
        let (status, body) = parts(browser.submit(&flow, fields("anna@example.org", PASSWORD)).await).await;
        assert_eq!(status, 410);
        assert_json_snapshot!("login_submit_expired", world.scrubbed(&body));
        let id = body["use_flow_id"].as_str().unwrap();
        let (_, next) = parts(browser.get(&format!("/self-service/login/flows?id={id}")).await).await;
        assert_eq!((messages(&next), &next["return_to"]), (vec![4_010_001], &json!("https://portal.example.org/x")));
        assert_eq!(browser.submit(&next, fields("anna@example.org", PASSWORD)).await.status(), 200);
        world.stop().await;
    }
}

on_both! {
    async fn a_completed_flow_signs_in_nobody_else(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        world.create("anna@example.org").await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        assert_eq!(browser.submit(&flow, fields("anna@example.org", PASSWORD)).await.status(), 200);
        // With the session, the flow says that there is one.
        let (status, body) = parts(browser.submit(&flow, fields("anna@example.org", PASSWORD)).await).await;
        assert_eq!((status, messages(&body)), (400, vec![4_000_001]));
        let form = [("method", "password"), ("identifier", "anna@example.org"), ("password", PASSWORD)];
        let response = browser.submit_form(&flow, &form).await;
        assert_eq!((response.status().as_u16(), location(&response).as_str()), (303, HOME));
        world.stop().await;
    }
}

on_both! {
    async fn a_second_click_on_the_button_does_no_harm(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        world.create("anna@example.org").await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        let clicks = (0..4).map(|_| {
            let (browser, flow) = (browser.clone(), flow.clone());
            tokio::spawn(async move {
                let form = [("method", "password"), ("identifier", "anna@example.org"), ("password", PASSWORD)];
                location(&browser.submit_form(&flow, &form).await)
            })
        });
        for click in clicks.collect::<Vec<_>>() {
            let go = click.await.unwrap();
            // One that came when all was done is led to a flow that says so, or home with the session.
            assert!(go == HOME || go.starts_with(world.public.join("login?flow=").unwrap().as_str()), "{go}");
        }
        assert_eq!(browser.get("/sessions/whoami").await.status(), 200);
        world.stop().await;
    }
}

on_both! {
    async fn a_disabled_account_cannot_sign_in(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let identity = world.create("anna@example.org").await;
        let url = world.admin.join(&format!("admin/identities/{}", identity["id"].as_str().unwrap())).unwrap();
        let patch = json!([{"op": "replace", "path": "/state", "value": "inactive"}]);
        assert_eq!(client().patch(url).json(&patch).send().await.unwrap().status(), 200);
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        let (status, body) = parts(browser.submit(&flow, fields("anna@example.org", PASSWORD)).await).await;
        assert_eq!((status, messages(&body)), (400, vec![4_010_011]));
        assert_eq!(browser.get("/sessions/whoami").await.status(), 401);
        world.stop().await;
    }
}

on_both! {
    async fn malformed_bodies_are_refused(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        let action = flow["ui"]["action"].as_str().unwrap();
        for (kind, body) in [
            ("application/json", "{"),
            ("application/json", "[]"),
            ("application/json", ""),
            ("application/xml", "<a/>"),
            ("application/x-www-form-urlencoded", ""),
            ("multipart/form-data", "x"),
        ] {
            let request = browser.client.post(action).header("content-type", kind).header("accept", "application/json");
            let status = request.body(body).send().await.unwrap().status();
            assert_eq!(status, 400, "{kind} {body:?}");
        }
        let deep = "[".repeat(100_000);
        let request = browser.client.post(action).header("content-type", "application/json").body(deep);
        assert_eq!(request.send().await.unwrap().status(), 400);
        assert_eq!(browser.client.post(world.public.join("self-service/login").unwrap()).header("accept", "application/json")
            .json(&json!({})).send().await.unwrap().status(), 400);
        world.stop().await;
    }
}

on_both! {
    async fn failures_of_an_account_are_delayed(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        world.create("anna@example.org").await;
        let browser = world.browser();
        for identifier in ["anna@example.org", "nobody@example.org"] {
            let mut limited = false;
            for _ in 0..8 {
                let flow = browser.begin("/self-service/login/browser").await;
                let response = browser.submit(&flow, fields(identifier, "wrong")).await;
                limited = response.status() == 429;
                if limited {
                    assert!(response.headers().contains_key("retry-after"));
                    break;
                }
            }
            assert!(limited, "{identifier}");
        }
        world.clock.advance(chrono::Duration::minutes(16));
        let flow = browser.begin("/self-service/login/browser").await;
        assert_eq!(browser.submit(&flow, fields("anna@example.org", PASSWORD)).await.status(), 200);
        world.stop().await;
    }
}

on_both! {
    async fn tries_of_a_client_are_limited(dsn: String) {
        let over = json!({"rate_limit": {"enabled": true, "rules": [{"action": "*", "per_second": 1, "burst": 3}]}});
        let world = World::start(&dsn, over).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        let mut statuses = Vec::new();
        for at in 0..8 {
            statuses.push(browser.submit(&flow, fields(&format!("nobody{at}@example.org"), "wrong")).await.status().as_u16());
        }
        assert!(statuses.starts_with(&[400, 400, 400]) && statuses.contains(&429), "{statuses:?}");
        // A browser is told on a page, at once.
        let form = [("method", "password"), ("identifier", "x"), ("password", "y")];
        let mut pages = Vec::new();
        for _ in 0..6 {
            let response = browser.submit_form(&flow, &form).await;
            if response.status() == 429 {
                assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
                pages.push(response.headers().contains_key("retry-after"));
            }
        }
        assert!(!pages.is_empty());
        world.stop().await;
    }
}

on_both! {
    async fn an_unverified_address_keeps_people_out_when_asked(dsn: String) {
        let over = json!({"selfservice": {"flows": {"login": {"after": {"hooks": [{"hook": "require_verified_address"}]}}}}});
        let world = World::start(&dsn, over).await;
        world.create("anna@example.org").await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        let (status, body) = parts(browser.submit(&flow, fields("anna@example.org", PASSWORD)).await).await;
        assert_eq!(status, 403);
        assert_json_snapshot!("login_unverified", world.scrubbed(&body));
        let id = body["error"]["details"]["continue_with"][0]["flow"]["id"].as_str().unwrap();
        let (_, verification) = parts(browser.get(&format!("/self-service/verification/flows?id={id}")).await).await;
        let code = world.mailbox.wait("anna@example.org", 0).await.code();
        let (status, _) = parts(browser.submit(&verification, json!({"method": "code", "code": code})).await).await;
        assert_eq!(status, 200);
        let flow = browser.begin("/self-service/login/browser").await;
        assert_eq!(browser.submit(&flow, fields("anna@example.org", PASSWORD)).await.status(), 200);
        world.stop().await;
    }
}

on_both! {
    async fn what_is_switched_off_is_not_there(dsn: String) {
        let world = World::start(&dsn, json!({"selfservice": {"methods": {"code": {"passwordless_enabled": false}}}})).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        for method in ["oidc", "passkey", "webauthn"] {
            let (status, body) = parts(browser.submit(&flow, json!({"method": method, "provider": "x"})).await).await;
            assert_eq!((status, &body["error"]["code"]), (404, &json!(404)), "{method}: {body}");
            let response = browser.submit_form(&flow, &[("method", method)]).await;
            assert!(location(&response).contains("/error?id="), "{method}");
        }
        // What no flow of this kind has is another matter, and so is what is no method.
        for method in ["totp", "link", "code", "nonsense"] {
            let (status, body) = parts(browser.submit(&flow, json!({"method": method})).await).await;
            assert_eq!((status, messages(&body)), (400, vec![4_010_002]), "{method}: {body}");
        }
        let flow = browser.begin("/self-service/registration/browser").await;
        let (status, body) = parts(browser.submit(&flow, json!({"method": "passkey"})).await).await;
        assert_eq!(status, 404, "{body}");
        browser.register("anna@example.org").await;
        let flow = browser.begin("/self-service/settings/browser").await;
        for method in ["oidc", "totp", "lookup_secret"] {
            let (status, body) = parts(browser.submit(&flow, json!({"method": method})).await).await;
            assert_eq!(status, 404, "{method}: {body}");
        }
        let callback = browser.get("/self-service/methods/oidc/callback/up?state=x&code=y").await;
        assert_eq!(callback.status(), 404);
        world.stop().await;
    }
}

on_both! {
    async fn ids_that_are_none(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let browser = world.browser();
        for kind in ["login", "registration", "recovery", "verification"] {
            for query in ["", "?id=", "?id=x", "?id=018f2d0c-0000-7000-8000-0000000000aa"] {
                let response = browser.get(&format!("/self-service/{kind}/flows{query}")).await;
                assert_eq!(response.status(), 404, "{kind}{query}");
            }
            for (query, status) in [("", 400), ("?flow=x", 400), ("?flow=018f2d0c-0000-7000-8000-0000000000aa", 404)] {
                let url = browser.url(&format!("/self-service/{kind}{query}"));
                let request = browser.client.post(url).header("accept", "application/json");
                let response = request.json(&json!({"method": "password"})).send().await.unwrap();
                assert_eq!(response.status(), status, "{kind}{query}");
            }
        }
        assert_eq!(browser.get("/self-service/errors").await.status(), 404);
        world.stop().await;
    }
}
