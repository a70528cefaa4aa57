//! What is not believed: answers of others, for others, and in other browsers.

use serde_json::json;
use shared_types::on_both;

use crate::self_service::{
    people::whoami,
    upstream::{Fault, Upstream, anna},
    world::{location, messages},
};

const LOGIN: &str = "/self-service/login/browser";

on_both! {
    async fn id_tokens_that_cannot_be_believed(dsn: String) {
        let upstream = Upstream::start(anna());
        let world = upstream.world(&dsn, json!({})).await;
        let faults = [
            Fault::Nonce, Fault::Issuer, Fault::Audience, Fault::ForeignParty, Fault::Expired, Fault::UnknownKey,
            Fault::Symmetric, Fault::Unsigned, Fault::Refuses,
        ];
        for fault in faults {
            upstream.does(Some(fault));
            let browser = world.browser();
            let flow = browser.begin(LOGIN).await;
            let response = upstream.pass(&world, &browser, &flow).await;
            assert_eq!(response.status().as_u16(), 303, "{fault:?}");
            let back = location(&response);
            assert!(back.contains("/login?flow="), "{fault:?}: {back}");
            let id = back.split_once("?flow=").unwrap().1.to_owned();
            let flow = browser.begin(&format!("/self-service/login/flows?id={id}")).await;
            assert_eq!(messages(&flow), vec![4_000_001], "{fault:?}");
            assert_eq!(whoami(&browser).await.0, 401, "{fault:?}");
        }
        upstream.does(Some(Fault::Broken));
        let browser = world.browser();
        let flow = browser.begin(LOGIN).await;
        let response = upstream.pass(&world, &browser, &flow).await;
        assert!(location(&response).contains("/error?id="));
        // Once all is well again, so is signing in.
        upstream.does(None);
        let flow = browser.begin(LOGIN).await;
        upstream.pass(&world, &browser, &flow).await;
        assert_eq!(whoami(&browser).await.0, 200);
        world.stop().await;
    }
}

on_both! {
    async fn userinfo_about_somebody_else(dsn: String) {
        let upstream = Upstream::start(anna());
        let world = upstream.world(&dsn, json!({"claims_source": "userinfo"})).await;
        upstream.does(Some(Fault::OtherPerson));
        let browser = world.browser();
        let flow = browser.begin(LOGIN).await;
        upstream.pass(&world, &browser, &flow).await;
        assert_eq!(whoami(&browser).await.0, 401);
        world.stop().await;
    }
}

on_both! {
    async fn a_callback_is_good_once_and_in_its_browser(dsn: String) {
        let upstream = Upstream::start(anna());
        let world = upstream.world(&dsn, json!({})).await;
        let browser = world.browser();
        let flow = browser.begin(LOGIN).await;
        let response = browser.submit_form(&flow, &[("provider", "up")]).await;
        let back = upstream.visit(&world, &location(&response)).await;
        // Somebody else's browser: without any flow, and with a trip of its own.
        let other = world.browser();
        assert!(location(&other.visit(back.as_str()).await).contains("/error?id="));
        let own = other.begin(LOGIN).await;
        other.submit_form(&own, &[("provider", "up")]).await;
        assert!(location(&other.visit(back.as_str()).await).contains("/error?id="));
        assert_eq!(whoami(&other).await.0, 401);
        // Its own browser, though not with another's state or sender.
        for (name, value) in [("state", "x"), ("iss", "https://evil.example.org")] {
            let mut wrong = back.clone();
            let pairs: Vec<(String, String)> = back.query_pairs().into_owned().collect();
            let changed = pairs.into_iter().map(|(key, old)| if key == name { (key, value.to_owned()) } else { (key, old) });
            wrong.query_pairs_mut().clear().extend_pairs(changed);
            browser.visit(wrong.as_str()).await;
            assert_eq!(whoami(&browser).await.0, 401, "{name}");
        }
        // A wrong sender has used the trip up: whatever comes now may be forged.
        browser.visit(back.as_str()).await;
        assert_eq!(whoami(&browser).await.0, 401);
        let flow = browser.begin(LOGIN).await;
        let response = browser.submit_form(&flow, &[("provider", "up")]).await;
        let back = upstream.visit(&world, &location(&response)).await;
        browser.visit(back.as_str()).await;
        let (status, session) = whoami(&browser).await;
        assert_eq!(status, 200);
        browser.visit(back.as_str()).await;
        assert_eq!(whoami(&browser).await.1["id"], session["id"]);
        world.stop().await;
    }
}

on_both! {
    async fn a_denial_leads_back_to_the_form(dsn: String) {
        let upstream = Upstream::start(anna());
        let world = upstream.world(&dsn, json!({})).await;
        let browser = world.browser();
        let flow = browser.begin(LOGIN).await;
        let response = browser.submit_form(&flow, &[("provider", "up")]).await;
        let back = upstream.visit(&world, &location(&response)).await;
        let state = back.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        let mut denied = world.public.join("self-service/methods/oidc/callback/up").unwrap();
        denied.query_pairs_mut().append_pair("state", &state).append_pair("error", "access_denied");
        let response = browser.visit(denied.as_str()).await;
        let id = location(&response).split_once("/login?flow=").expect("the form").1.to_owned();
        let flow = browser.begin(&format!("/self-service/login/flows?id={id}")).await;
        assert_eq!(messages(&flow), vec![4_000_001]);
        // Some providers answer by a form of their own; the browser is asked again by our name.
        let posted = browser.client.post(browser.url("/self-service/methods/oidc/callback/up"))
            .form(&[("state", state.as_str()), ("code", "c"), ("other", "x")]).send().await.unwrap();
        assert_eq!(posted.status(), 302);
        let again = location(&posted);
        assert!(again.contains("/callback/up?state=") && again.contains("code=c") && !again.contains("other"), "{again}");
        world.stop().await;
    }
}

on_both! {
    async fn a_new_key_is_found_and_the_old_is_forgotten(dsn: String) {
        let upstream = Upstream::start(anna());
        let world = upstream.world(&dsn, json!({"pkce": "force"})).await;
        let browser = world.browser();
        let flow = browser.begin(LOGIN).await;
        let response = browser.submit_form(&flow, &[("provider", "up")]).await;
        let back = upstream.visit(&world, &location(&response)).await;
        assert!(back.path().ends_with("/oidc/callback"), "{back}");
        browser.visit(back.as_str()).await;
        assert_eq!(whoami(&browser).await.0, 200);
        upstream.changes_its_key();
        world.clock.advance(chrono::Duration::seconds(61));
        let other = world.browser();
        let flow = other.begin(LOGIN).await;
        upstream.pass(&world, &other, &flow).await;
        assert_eq!(whoami(&other).await.0, 200);
        assert_eq!(upstream.key_reads.load(std::sync::atomic::Ordering::SeqCst), 2);
        world.stop().await;
    }
}
