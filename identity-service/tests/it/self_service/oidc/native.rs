//! Native programs: the sign-in goes through a browser, and the program fetches the session (contract §3.3).

use serde_json::{Value, json};
use shared_types::on_both;

use crate::self_service::{
    upstream::{Upstream, anna},
    world::{Browser, World, ids, location, messages, node, parts},
};

const BEGIN: &str =
    "/self-service/login/api?return_session_token_exchange_code=true&return_to=https://portal.example.org/app";

async fn fetch(program: &Browser, init: &str, back: &str) -> (u16, Value) {
    parts(program.get(&format!("/sessions/token-exchange?init_code={init}&return_to_code={back}")).await).await
}

/// Goes through the provider; where the browser ends.
async fn pass(upstream: &Upstream, world: &World, program: &Browser, flow: &Value, fields: Value) -> url::Url {
    let (status, body) = parts(program.submit(flow, fields).await).await;
    assert_eq!(status, 422, "{body}");
    let back = upstream.visit(world, body["redirect_browser_to"].as_str().unwrap()).await;
    let response = world.browser().visit(back.as_str()).await;
    assert_eq!(response.status().as_u16(), 303);
    assert!(
        response
            .headers()
            .get_all("set-cookie")
            .iter()
            .all(|it| !it.to_str().unwrap().starts_with("ory_kratos_session="))
    );
    location(&response).parse().unwrap()
}

fn value(url: &url::Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

on_both! {
    async fn a_program_fetches_its_session_once_with_both_codes(dsn: String) {
        let upstream = Upstream::start(anna());
        let world = upstream.world(&dsn, json!({})).await;
        let program = world.program();
        let flow = program.begin(BEGIN).await;
        let init = flow["session_token_exchange_code"].as_str().unwrap().to_owned();
        assert_eq!(init.len(), 64);
        let id = flow["id"].as_str().unwrap();
        let read = program.begin(&format!("/self-service/login/flows?id={id}")).await;
        assert!(read.get("session_token_exchange_code").is_none());
        assert_eq!(fetch(&program, &init, &"x".repeat(64)).await.0, 404);
        let end = pass(&upstream, &world, &program, &flow, json!({"method": "oidc", "provider": "up"})).await;
        assert!(end.as_str().starts_with("https://portal.example.org/app?code="), "{end}");
        assert_eq!(value(&end, "flow"), None);
        let back = value(&end, "code").unwrap();
        assert_eq!(fetch(&program, &init, &"x".repeat(64)).await.0, 404);
        assert_eq!(fetch(&program, &"x".repeat(64), &back).await.0, 404);
        let (status, body) = fetch(&program, &init, &back).await;
        assert_eq!((status, &body["session"]["identity"]["traits"]["email"]), (200, &json!("anna@example.org")), "{body}");
        let token = body["session_token"].as_str().unwrap();
        let url = world.public.join("sessions/whoami").unwrap();
        let whoami = crate::world::client().get(url).header("x-session-token", token).send().await.unwrap();
        assert_eq!(whoami.status(), 200);
        assert_eq!(fetch(&program, &init, &back).await.0, 404);
        world.stop().await;
    }
}

on_both! {
    async fn what_is_missing_is_sent_along_at_the_next_try(dsn: String) {
        let upstream = Upstream::start(json!({"sub": "bert-1"}));
        let world = upstream.world(&dsn, json!({})).await;
        let program = world.program();
        let flow = program.begin(BEGIN).await;
        let init = flow["session_token_exchange_code"].as_str().unwrap().to_owned();
        let end = pass(&upstream, &world, &program, &flow, json!({"provider": "up"})).await;
        let (back, next) = (value(&end, "code").unwrap(), value(&end, "flow").unwrap());
        let (status, body) = fetch(&program, &init, &back).await;
        assert_eq!((status, &body["id"]), (422, &json!(next)), "{body}");
        let flow = program.begin(&format!("/self-service/registration/flows?id={next}")).await;
        assert_eq!(ids(&node(&flow, "traits.email")["messages"]), vec![4_000_002]);
        let fields = json!({"provider": "up", "traits": {"email": "bert@example.org"}});
        let end = pass(&upstream, &world, &program, &flow, fields).await;
        let (status, body) = fetch(&program, &init, &value(&end, "code").unwrap()).await;
        assert_eq!((status, &body["session"]["identity"]["traits"]["email"]), (200, &json!("bert@example.org")), "{body}");
        world.stop().await;
    }
}

on_both! {
    async fn without_a_code_there_is_no_way_back(dsn: String) {
        let upstream = Upstream::start(anna());
        let world = upstream.world(&dsn, json!({})).await;
        let program = world.program();
        let flow = program.begin("/self-service/login/api").await;
        let (status, body) = parts(program.submit(&flow, json!({"provider": "up"})).await).await;
        assert_eq!((status, messages(&body)), (400, vec![4_000_001]), "{body}");
        // A generic provider's ID tokens are not taken from programs.
        let (status, body) = parts(program.submit(&flow, json!({"provider": "up", "id_token": "a.b.c", "id_token_nonce": "n"})).await).await;
        assert_eq!((status, messages(&body)), (400, vec![4_000_001]), "{body}");
        for path in ["/sessions/token-exchange", "/sessions/token-exchange?init_code=x"] {
            assert_eq!(program.get(path).await.status().as_u16(), 400);
        }
        world.stop().await;
    }
}
