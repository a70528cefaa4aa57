//! Trying a provider for the operator: there and back, a report for whoever went, and nothing else.

use chrono::Duration;
use reqwest::Response;
use serde_json::{Value, json};
use shared_types::on_both;

use crate::{
    self_service::{
        people::whoami,
        upstream::{Fault, Upstream, anna, mapper},
        world::{Browser, World, location, messages, node, parts},
    },
    world::client,
};

/// The admin API asked for a trial.
async fn order(world: &World, body: Value) -> (u16, Value) {
    let url = world.admin.join("admin/test-login-flows").unwrap();
    parts(client().post(url).json(&body).send().await.unwrap()).await
}

async fn begun(world: &World) -> Value {
    let (status, flow) = order(world, json!({"provider_id": "up"})).await;
    assert_eq!(status, 201, "{flow}");
    flow
}

async fn read(browser: &Browser, flow: &Value) -> (u16, Value) {
    let path = format!("/self-service/login/flows?id={}", flow["id"].as_str().unwrap());
    parts(browser.get(&path).await).await
}

async fn remove(browser: &Browser, id: &str) -> Response {
    browser.client.delete(browser.url(&format!("/self-service/login/test?id={id}"))).send().await.unwrap()
}

/// Everybody the service knows.
async fn people(world: &World) -> Value {
    client().get(world.admin.join("admin/identities").unwrap()).send().await.unwrap().json().await.unwrap()
}

/// Goes through a trial in this browser; its report.
async fn report(world: &World, upstream: &Upstream, browser: &Browser) -> Value {
    let flow = begun(world).await;
    let response = upstream.pass(world, browser, &flow).await;
    assert_eq!(response.status(), 303);
    let (status, flow) = read(browser, &flow).await;
    assert_eq!((status, &flow["state"]), (200, &json!("passed_challenge")), "{flow}");
    flow["test_context"]["debug_payload"].clone()
}

on_both! {
    async fn it_shows_what_the_provider_says_and_signs_nobody_in(dsn: String) {
        let upstream = Upstream::start(anna());
        let world = upstream.world(&dsn, json!({"claims_source": "userinfo"})).await;
        let flow = begun(&world).await;
        assert_eq!((&flow["type"], &flow["state"], &flow["refresh"]), (&json!("browser"), &json!("choose_method"), &json!(true)));
        assert_eq!(flow["test_context"], json!({"provider_id": "up"}));
        assert_eq!(flow["ui"]["nodes"].as_array().unwrap().len(), 2, "{flow}");
        assert_eq!(node(&flow, "provider")["attributes"]["value"], "up");
        // Before it is done, whoever knows its id may read it, and the token with it.
        let browser = world.browser();
        assert_eq!(read(&browser, &flow).await, (200, flow.clone()));
        let page = browser.visit(&format!("/login?flow={}", flow["id"].as_str().unwrap())).await.text().await.unwrap();
        assert!(page.contains("Trying a provider") && page.contains("name=\"provider\""), "{page}");
        let response = upstream.pass(&world, &browser, &flow).await;
        let page = location(&response);
        assert!(page.ends_with(&format!("/login?flow={}", flow["id"].as_str().unwrap())), "{page}");
        let cookies: Vec<&str> = response.headers().get_all("set-cookie").iter().map(|it| it.to_str().unwrap()).collect();
        let cookie = cookies.iter().find(|it| it.starts_with("ory_kratos_test_flow=")).expect("a cookie");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        assert!(!cookies.iter().any(|it| it.starts_with("ory_kratos_session=")), "{cookies:?}");
        let (status, done) = read(&browser, &flow).await;
        assert_eq!((status, &done["state"]), (200, &json!("passed_challenge")), "{done}");
        let said = &done["test_context"]["debug_payload"];
        assert_eq!((&said["id_token_claims"]["sub"], &said["userinfo"]["nickname"]), (&json!("anna-1"), &json!("from userinfo")));
        assert_eq!(said["jsonnet_input"]["email"], "anna@example.org");
        assert_eq!(said["jsonnet_output"]["identity"]["traits"], json!({"email": "anna@example.org", "name": "Anna"}));
        assert!(said["error"].is_null() && said["schema_validation_errors"].is_null(), "{said}");
        let text = done.to_string();
        assert!(!["an access token", "a refresh token", "eyJ"].iter().any(|token| text.contains(token)), "{text}");
        let page = browser.visit(&page).await.text().await.unwrap();
        assert!(page.contains("It works") && page.contains("anna-1") && !page.contains("name=\"provider\""), "{page}");
        assert_eq!((whoami(&browser).await.0, people(&world).await), (401, json!([])));
        world.stop().await;
    }
}

on_both! {
    async fn what_fails_is_told_with_its_step(dsn: String) {
        let upstream = Upstream::start(anna());
        let world = upstream.world(&dsn, json!({})).await;
        let browser = world.browser();
        for (fault, step, reason) in [
            (Fault::Refuses, "token_exchange", "exchange_failed"),
            (Fault::Broken, "token_exchange", "exchange_failed"),
            (Fault::UnknownKey, "id_token_verify", "verification_failed"),
            (Fault::Nonce, "id_token_verify", "verification_failed"),
        ] {
            upstream.does(Some(fault));
            let said = report(&world, &upstream, &browser).await;
            assert_eq!((&said["error"]["step"], &said["error"]["reason"]), (&json!(step), &json!(reason)), "{fault:?}: {said}");
            assert!(said["id_token_claims"].is_null() && said["jsonnet_output"].is_null(), "{said}");
        }
        upstream.does(None);
        upstream.is_visited_by(json!({"sub": "bert-1", "name": "B"}));
        let said = report(&world, &upstream, &browser).await;
        assert_eq!((&said["error"]["step"], &said["error"]["reason"]), (&json!("schema_validate"), &json!("traits_invalid")));
        let paths: Vec<&Value> = said["schema_validation_errors"].as_array().unwrap().iter().map(|it| &it["path"]).collect();
        assert_eq!(paths, ["/traits/name", "/traits/email"], "{said}");
        // The person says no at the provider.
        let flow = begun(&world).await;
        let response = browser.submit_form(&flow, &[("provider", "up")]).await;
        let mut back = upstream.visit(&world, &location(&response)).await;
        let state = back.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        back.query_pairs_mut().clear().append_pair("state", &state).append_pair("error", "access_denied");
        assert_eq!(browser.visit(back.as_str()).await.status(), 303);
        let said = read(&browser, &flow).await.1["test_context"]["debug_payload"].clone();
        assert_eq!((&said["error"]["step"], &said["error"]["reason"]), (&json!("provider_denied"), &json!("access_denied")));
        assert_eq!(people(&world).await, json!([]));
        world.stop().await;
    }
}

on_both! {
    async fn a_mapper_that_is_wrong(dsn: String) {
        let upstream = Upstream::start(anna());
        let worlds = [
            ("error 'no way in'", "evaluation_failed"),
            ("[1]", "invalid_output"),
            ("{identity: {traits: 7}}", "invalid_traits"),
        ];
        for (text, reason) in worlds {
            let world = upstream.world(&dsn, json!({"mapper_url": mapper(text)})).await;
            let said = report(&world, &upstream, &world.browser()).await;
            assert_eq!((&said["error"]["step"], &said["error"]["reason"]), (&json!("jsonnet_run"), &json!(reason)), "{said}");
            assert_eq!(said["jsonnet_stderr"].as_str().is_some_and(|it| it.contains("no way in")), reason == "evaluation_failed");
            assert_eq!((&said["jsonnet_input"]["sub"], &said["jsonnet_mapper_url"]), (&json!("anna-1"), &json!("base64://..")));
            world.stop().await;
        }
    }
}

on_both! {
    async fn the_report_is_its_holders(dsn: String) {
        let upstream = Upstream::start(anna());
        let world = upstream.world(&dsn, json!({})).await;
        let (browser, other) = (world.browser(), world.browser());
        let flow = begun(&world).await;
        let id = flow["id"].as_str().unwrap();
        upstream.pass(&world, &browser, &flow).await;
        report(&world, &upstream, &other).await;
        // A browser without a cookie, and one that holds another report.
        for stranger in [world.browser(), world.program(), other] {
            let (status, body) = read(&stranger, &flow).await;
            assert_eq!((status, &body["error"]["id"]), (403, &json!("security_csrf_violation")), "{body}");
            assert_eq!(stranger.visit(&format!("/login?flow={id}")).await.status(), 403);
            assert_eq!(remove(&stranger, id).await.status(), 403);
        }
        let response = remove(&browser, id).await;
        assert_eq!(response.status(), 204);
        assert!(response.headers()["set-cookie"].to_str().unwrap().starts_with("ory_kratos_test_flow=;"));
        assert_eq!((read(&browser, &flow).await.0, remove(&browser, id).await.status().as_u16()), (404, 404));
        // One that is not done yet is removed by whoever knows its id; what is no trial, by nobody.
        let flow = begun(&world).await;
        assert_eq!(remove(&world.program(), flow["id"].as_str().unwrap()).await.status(), 204);
        let flow = browser.begin("/self-service/login/browser").await;
        assert_eq!(remove(&browser, flow["id"].as_str().unwrap()).await.status(), 404);
        assert_eq!(remove(&browser, "").await.status(), 400);
        assert_eq!(remove(&browser, "7").await.status(), 400);
        world.stop().await;
    }
}

on_both! {
    async fn nothing_else_is_done_with_it(dsn: String) {
        let upstream = Upstream::start(anna());
        let mut config = Upstream::config(&[upstream.provider("up", json!({})), upstream.provider("other", json!({}))]);
        crate::self_service::world::merged(&mut config, json!({"selfservice": {"methods": {"password": {"enabled": true}}}}));
        let world = upstream.world_of(&dsn, config).await;
        world.create("somebody@example.org").await;
        let browser = world.browser();
        let flow = begun(&world).await;
        let password = json!({"method": "password", "identifier": "somebody@example.org", "password": crate::self_service::world::PASSWORD});
        for fields in [
            password,
            json!({"method": "oidc"}),
            json!({"method": "oidc", "provider": "other"}),
            json!({"method": "oidc", "provider": "up", "id_token": "e30.e30.e30"}),
        ] {
            let (status, body) = parts(browser.submit(&flow, fields.clone()).await).await;
            assert_eq!(status, 400, "{fields}: {body}");
            assert_eq!(messages(&body).len(), 1, "{body}");
        }
        // Its own token, and no other.
        for token in ["", "x"] {
            let (status, body) = parts(browser.submit(&flow, json!({"csrf_token": token, "provider": "up"})).await).await;
            assert_eq!((status, &body["error"]["id"]), (403, &json!("security_csrf_violation")), "{body}");
        }
        // In whose browser it went, it comes back.
        let response = browser.submit_form(&flow, &[("provider", "up")]).await;
        let back = upstream.visit(&world, &location(&response)).await;
        assert!(location(&world.browser().visit(back.as_str()).await).contains("/error?id="));
        assert_eq!(location(&browser.visit(back.as_str()).await), world.public.join(&format!("login?flow={}", flow["id"].as_str().unwrap())).unwrap().as_str());
        // Done is done: no sign-in takes its place.
        let (status, body) = parts(browser.submit(&flow, json!({"provider": "up"})).await).await;
        assert_eq!((status, body["error"]["message"].is_string()), (400, true), "{body}");
        assert!(location(&browser.visit(back.as_str()).await).contains("/error?id="));
        assert_eq!(whoami(&browser).await.0, 401);
        assert_eq!(people(&world).await.as_array().unwrap().len(), 1);
        world.stop().await;
    }
}

on_both! {
    async fn who_is_signed_in_already_may_try_and_stays_who_he_is(dsn: String) {
        let upstream = Upstream::start(anna());
        let world = upstream.world(&dsn, json!({})).await;
        let browser = world.browser();
        browser.register("somebody@example.org").await;
        let (_, before) = whoami(&browser).await;
        let said = report(&world, &upstream, &browser).await;
        assert_eq!(said["id_token_claims"]["sub"], "anna-1");
        let (status, after) = whoami(&browser).await;
        assert_eq!((status, &after["id"], &after["authentication_methods"]), (200, &before["id"], &before["authentication_methods"]));
        assert_eq!(people(&world).await.as_array().unwrap().len(), 1);
        world.stop().await;
    }
}

on_both! {
    async fn it_waits_as_long_as_a_login(dsn: String) {
        let upstream = Upstream::start(anna());
        let world = upstream.world(&dsn, json!({})).await;
        let browser = world.browser();
        let (fresh, gone) = (begun(&world).await, begun(&world).await);
        let response = browser.submit_form(&gone, &[("provider", "up")]).await;
        let back = upstream.visit(&world, &location(&response)).await;
        world.clock.advance(Duration::hours(1));
        for flow in [&fresh, &gone] {
            assert_eq!(read(&browser, flow).await.0, 410);
            let (status, body) = parts(browser.submit(flow, json!({"provider": "up"})).await).await;
            assert_eq!((status, &body["error"]["id"]), (410, &json!("self_service_flow_expired")), "{body}");
        }
        assert!(location(&browser.visit(back.as_str()).await).contains("/error?id="));
        assert_eq!(people(&world).await, json!([]));
        world.stop().await;
    }
}

on_both! {
    async fn what_is_asked_for_has_to_make_sense(dsn: String) {
        let upstream = Upstream::start(anna());
        let world = upstream.world(&dsn, json!({})).await;
        for (body, status) in [
            (json!({}), 400),
            (json!({"provider_id": ""}), 400),
            (json!({"provider_id": 7}), 400),
            (json!([]), 400),
            (json!({"provider_id": "x".repeat(256)}), 400),
            (json!({"provider_id": "x".repeat(255)}), 404),
            (json!({"provider_id": "nobody"}), 404),
        ] {
            assert_eq!(order(&world, body.clone()).await.0, status, "{body}");
        }
        world.stop().await;
    }
}
