//! Registering and signing in at a provider.

use serde_json::json;
use shared_types::on_both;

use crate::self_service::{
    people::whoami,
    upstream::{Upstream, anna, mapper},
    world::{HOME, ids, location, messages, node, parts},
};

const LOGIN: &str = "/self-service/login/browser";
const REGISTRATION: &str = "/self-service/registration/browser";

on_both! {
    async fn somebody_new_registers_and_signs_in_again(dsn: String) {
        let upstream = Upstream::start(anna());
        let world = upstream.world(&dsn, json!({})).await;
        let browser = world.browser();
        let flow = browser.begin(REGISTRATION).await;
        let button = node(&flow, "provider");
        assert_eq!((&button["group"], &button["attributes"]["value"]), (&json!("oidc"), &json!("up")));
        assert_eq!((&button["meta"]["label"]["id"], &button["meta"]["label"]["context"]["provider"]), (&json!(1_040_002), &json!("Upstream")));
        let response = upstream.pass(&world, &browser, &flow).await;
        assert_eq!((response.status().as_u16(), location(&response).as_str()), (303, HOME));
        let (status, session) = whoami(&browser).await;
        assert_eq!(status, 200, "{session}");
        let identity = &session["identity"];
        assert_eq!((&identity["traits"]["email"], &identity["traits"]["name"]), (&json!("anna@example.org"), &json!("Anna")));
        assert_eq!(identity["verifiable_addresses"][0]["verified"], true);
        assert_eq!(identity["metadata_public"]["from"], upstream.base.as_str());
        let method = &session["authentication_methods"][0];
        assert_eq!((&method["method"], &method["provider"], &method["aal"]), (&json!("oidc"), &json!("up"), &json!("aal1")));

        let other = world.browser();
        let flow = other.begin(LOGIN).await;
        let label = &node(&flow, "provider")["meta"]["label"];
        assert_eq!((&label["id"], &label["context"]), (&json!(1_010_002), &json!({"provider": "Upstream", "provider_id": "up"})));
        let response = upstream.pass(&world, &other, &flow).await;
        assert_eq!((response.status().as_u16(), location(&response).as_str()), (303, HOME));
        let (_, again) = whoami(&other).await;
        assert_eq!(again["identity"]["id"], identity["id"]);
        assert_ne!(again["id"], session["id"]);
        world.stop().await;
    }
}

on_both! {
    async fn inputs_left_empty_take_nothing_away_of_what_the_provider_tells(dsn: String) {
        let upstream = Upstream::start(anna());
        let world = upstream.world(&dsn, json!({})).await;
        let browser = world.browser();
        let flow = browser.begin(REGISTRATION).await;
        // The button stands below inputs that nobody has touched, and one that somebody has.
        let fields = [("provider", "up"), ("traits.email", ""), ("traits.name", "Anna Lisa")];
        let response = browser.submit_form(&flow, &fields).await;
        let back = upstream.visit(&world, &location(&response)).await;
        let response = browser.visit(back.as_str()).await;
        assert_eq!((response.status().as_u16(), location(&response).as_str()), (303, HOME));
        let (_, session) = whoami(&browser).await;
        let traits = &session["identity"]["traits"];
        assert_eq!((&traits["email"], &traits["name"]), (&json!("anna@example.org"), &json!("Anna Lisa")));
        world.stop().await;
    }
}

on_both! {
    async fn login_registers_whom_nobody_knows_and_registration_signs_in_whom_somebody_knows(dsn: String) {
        let upstream = Upstream::start(anna());
        let world = upstream.world(&dsn, json!({})).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser?return_to=https://portal.example.org/in").await;
        let response = upstream.pass(&world, &browser, &flow).await;
        assert_eq!((response.status().as_u16(), location(&response).as_str()), (303, "https://portal.example.org/in"));
        let (_, first) = whoami(&browser).await;
        let other = world.browser();
        let flow = other.begin(REGISTRATION).await;
        let response = upstream.pass(&world, &other, &flow).await;
        assert_eq!((response.status().as_u16(), location(&response).as_str()), (303, HOME));
        let (_, second) = whoami(&other).await;
        assert_eq!(second["identity"]["id"], first["identity"]["id"]);
        world.stop().await;
    }
}

on_both! {
    async fn scripts_are_told_where_to_navigate(dsn: String) {
        let upstream = Upstream::start(anna());
        let world = upstream.world(&dsn, json!({"requested_claims": {"id_token": {"email": {"essential": true}}}})).await;
        let browser = world.browser();
        let flow = browser.begin(LOGIN).await;
        let wishes = json!({"prompt": "select_account", "login_hint": "anna@example.org", "hd": "example.org"});
        let response = browser.submit(&flow, json!({"method": "oidc", "provider": "up", "upstream_parameters": wishes})).await;
        let cookies: Vec<_> = response.headers().get_all("set-cookie").iter().map(|it| it.to_str().unwrap().to_owned()).collect();
        let cookie = cookies.iter().find(|it| it.starts_with("ory_kratos_continuity=")).expect("a cookie");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        let (status, body) = parts(response).await;
        assert_eq!((status, &body["error"]["id"]), (422, &json!("browser_location_change_required")), "{body}");
        let to = url::Url::parse(body["redirect_browser_to"].as_str().unwrap()).unwrap();
        let query: std::collections::HashMap<_, _> = to.query_pairs().into_owned().collect();
        let callback = world.public.join("self-service/methods/oidc/callback/up").unwrap();
        assert_eq!(query["redirect_uri"], callback.as_str());
        assert_eq!((query["prompt"].as_str(), query["hd"].as_str()), ("select_account", "example.org"));
        assert_eq!((query["code_challenge_method"].as_str(), query["scope"].as_str()), ("S256", "openid email profile"));
        assert!(query["claims"].contains("essential"));
        assert!(!query.contains_key("login_hint"));
        let (status, _) = parts(browser.submit(&flow, json!({"provider": "nobody"})).await).await;
        assert_eq!(status, 404);
        world.stop().await;
    }
}

on_both! {
    async fn what_the_provider_does_not_tell_is_asked_for(dsn: String) {
        let upstream = Upstream::start(json!({"sub": "bert-1", "name": "B"}));
        let world = upstream.world(&dsn, json!({})).await;
        let browser = world.browser();
        let flow = browser.begin(LOGIN).await;
        let response = upstream.pass(&world, &browser, &flow).await;
        let to = location(&response);
        let (page, id) = to.split_once("?flow=").expect("a flow");
        assert_eq!((response.status().as_u16(), page), (302, world.public.join("registration").unwrap().as_str()));
        let flow = browser.begin(&format!("/self-service/registration/flows?id={id}")).await;
        assert_eq!(ids(&node(&flow, "traits.email")["messages"]), vec![4_000_002], "{flow}");
        assert_eq!(node(&flow, "traits.name")["attributes"]["value"], "B");
        assert_eq!(node(&flow, "provider")["meta"]["label"]["id"], 1_040_003);
        assert!(node(&flow, "password").is_null());
        // Nobody promotes himself on the way.
        let fields = json!({"provider": "up", "traits": {"email": "bert@example.org", "name": "Bert", "role": "chief"}});
        let (status, body) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!(status, 400, "{body}");
        assert!(!node(&body, "traits.role")["messages"].as_array().unwrap().is_empty());
        let fields = json!({"provider": "up", "traits": {"email": "bert@example.org", "name": "Bert"}});
        let (status, body) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!((&body["identity"]["traits"]["name"], &body["session"]["authentication_methods"][0]["provider"]), (&json!("Bert"), &json!("up")));
        assert_eq!(body["identity"]["verifiable_addresses"][0]["verified"], false);
        world.stop().await;
    }
}

on_both! {
    async fn a_mapper_promotes_nobody(dsn: String) {
        let upstream = Upstream::start(anna());
        let text = "local c = std.extVar('claims'); {identity: {traits: {email: c.email, role: 'chief'}}}";
        let world = upstream.world(&dsn, json!({"mapper_url": mapper(text)})).await;
        let browser = world.browser();
        let flow = browser.begin(REGISTRATION).await;
        let response = upstream.pass(&world, &browser, &flow).await;
        assert_eq!(response.status().as_u16(), 302);
        let id = location(&response).split_once("?flow=").unwrap().1.to_owned();
        let flow = browser.begin(&format!("/self-service/registration/flows?id={id}")).await;
        assert!(!node(&flow, "traits.role")["messages"].as_array().unwrap().is_empty(), "{flow}");
        assert_eq!(whoami(&browser).await.0, 401);
        world.stop().await;
    }
}

on_both! {
    async fn an_identity_may_follow_its_provider(dsn: String) {
        let upstream = Upstream::start(anna());
        let world = upstream.world(&dsn, json!({"update_identity_on_login": "automatic"})).await;
        let browser = world.browser();
        let flow = browser.begin(REGISTRATION).await;
        upstream.pass(&world, &browser, &flow).await;
        upstream.is_visited_by(json!({"sub": "anna-1", "email": "anna@example.net", "email_verified": true, "name": "Anna B."}));
        let other = world.browser();
        let flow = other.begin(LOGIN).await;
        upstream.pass(&world, &other, &flow).await;
        let (_, session) = whoami(&other).await;
        assert_eq!(session["identity"]["traits"], json!({"email": "anna@example.net", "name": "Anna B."}));
        world.stop().await;
    }
}

on_both! {
    async fn a_strong_sign_in_there_is_one_here(dsn: String) {
        let mut person = anna();
        person["amr"] = json!(["pwd", "otp"]);
        person["acr"] = json!("gold");
        let upstream = Upstream::start(person);
        let world = upstream.world(&dsn, json!({"aal2_amr_values": ["otp"], "claims_source": "userinfo"})).await;
        let browser = world.browser();
        let flow = browser.begin(REGISTRATION).await;
        upstream.pass(&world, &browser, &flow).await;
        let (_, session) = whoami(&browser).await;
        assert_eq!(session["authenticator_assurance_level"], "aal2");
        let method = &session["authentication_methods"][0];
        assert_eq!((&method["upstream_acr"], &method["upstream_amr"]), (&json!("gold"), &json!(["pwd", "otp"])));
        world.stop().await;
    }
}

on_both! {
    async fn where_nobody_may_register_only_the_known_sign_in(dsn: String) {
        let upstream = Upstream::start(anna());
        let mut config = Upstream::config(&[upstream.provider("up", json!({}))]);
        config["selfservice"]["flows"]["registration"]["enabled"] = json!(false);
        let world = crate::self_service::world::World::start(&dsn, config).await;
        let browser = world.browser();
        let flow = browser.begin(LOGIN).await;
        let response = upstream.pass(&world, &browser, &flow).await;
        let id = location(&response).split_once("?flow=").unwrap().1.to_owned();
        let flow = browser.begin(&format!("/self-service/login/flows?id={id}")).await;
        assert_eq!(messages(&flow), vec![4_000_001]);
        world.stop().await;
    }
}

on_both! {
    /// As Kratos does: the address of the form, with what its button would send, leads to the provider.
    async fn a_link_leads_to_the_provider_as_the_button_does(dsn: String) {
        let upstream = Upstream::start(anna());
        let world = upstream.world(&dsn, json!({})).await;
        for path in [LOGIN, REGISTRATION] {
            let browser = world.browser();
            let flow = browser.begin(path).await;
            let action = flow["ui"]["action"].as_str().unwrap();
            let token = node(&flow, "csrf_token")["attributes"]["value"].as_str().unwrap().to_owned();
            let link = |token: &str| {
                let mut url = url::Url::parse(action).unwrap();
                url.query_pairs_mut().append_pair("provider", "up").append_pair("csrf_token", token);
                url
            };
            let response = browser.client.get(link(&token)).header("accept", "text/html").send().await.unwrap();
            assert_eq!(response.status(), 303, "{path}");
            assert!(location(&response).starts_with(&upstream.base), "{path}: {}", location(&response));
            // Nobody can send somebody else there by such a link.
            let browser = world.browser();
            let flow = browser.begin(path).await;
            let mut foreign = url::Url::parse(flow["ui"]["action"].as_str().unwrap()).unwrap();
            foreign.query_pairs_mut().append_pair("provider", "up");
            let response = browser.client.get(foreign).header("accept", "text/html").send().await.unwrap();
            assert!(!location(&response).starts_with(&upstream.base), "{path}: {}", location(&response));
        }
        world.stop().await;
    }
}

/// The providers whose buttons a form has.
fn offered(flow: &serde_json::Value) -> Vec<String> {
    let nodes = flow["ui"]["nodes"].as_array().unwrap().iter();
    let buttons = nodes.filter(|node| node["attributes"]["name"] == "provider");
    buttons.map(|node| node["attributes"]["value"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    /// The contract, 6.5: who signs in at a provider is offered that one, and no other.
    async fn after_the_identifier_the_linked_provider_is_offered(dsn: String) {
        for mitigate in [false, true] {
            let upstream = Upstream::start(anna());
            let providers = [upstream.provider("up", json!({})), upstream.provider("other", json!({}))];
            let mut config = Upstream::config(&providers);
            config["selfservice"]["flows"]["login"] = json!({"style": "identifier_first"});
            config["security"] = json!({"account_enumeration": {"mitigate": mitigate}});
            let world = upstream.world_of(&dsn, config).await;
            let browser = world.browser();
            let flow = browser.begin(REGISTRATION).await;
            assert_eq!(upstream.pass(&world, &browser, &flow).await.status(), 303);
            let again = world.browser();
            let flow = again.begin(LOGIN).await;
            assert_eq!(offered(&flow), ["other", "up"]);
            let typed = json!({"method": "identifier_first", "identifier": "anna@example.org"});
            let (status, second) = parts(again.submit(&flow, typed).await).await;
            assert_eq!(status, 400, "{second}");
            // Where nothing may be told of an account, everything is offered.
            let expected: &[&str] = if mitigate { &["other", "up"] } else { &["up"] };
            assert_eq!(offered(&second), expected, "{second}");
            let response = upstream.pass(&world, &again, &second).await;
            assert_eq!((response.status().as_u16(), location(&response).as_str()), (303, HOME));
            world.stop().await;
        }
    }
}
