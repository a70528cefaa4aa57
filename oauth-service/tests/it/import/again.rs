//! The second run: nothing is doubled, nothing that ended comes back.

use reqwest::Method;
use serde_json::json;
use shared_types::on_both;

use super::{
    NETWORK, import,
    theirs::{COOKIE_SECRET, SECRET, Theirs, token},
    told, world,
};
use crate::oauth2::token::text;

on_both! {
    async fn what_was_changed_or_ended_here_stays_so(dsn: String) {
        let world = world(&dsn).await;
        let theirs = Theirs::beside(&dsn).await;
        import(&dsn, &theirs).await;
        world.clock.advance(chrono::Duration::seconds(11));
        let tokens = world.refresh("shop", &token("ory_rt_", 1).0).await.json();
        assert_eq!(world.admin(Method::DELETE, "/admin/clients/machine", None).await.status, 204);
        assert_eq!(world.admin(Method::DELETE, "/admin/oauth2/auth/sessions/login?subject=ann", None).await.status, 204);
        let patch = json!([{"op": "replace", "path": "/client_name", "value": "Renamed here"}]);
        assert_eq!(world.admin(Method::PATCH, "/admin/clients/shop", Some(patch)).await.status, 200);
        let told = import(&dsn, &theirs).await;
        assert_eq!(told.counts("clients"), [0, 0, 2, 0, 1], "{}", told.report);
        assert_eq!(told.counts("keys"), [0, 0, 3, 0, 0], "{}", told.report);
        assert_eq!(told.counts("login sessions"), [0, 0, 1, 2, 0], "{}", told.report);
        assert_eq!(told.counts("consents"), [0, 0, 1, 1, 0], "{}", told.report);
        assert_eq!(told.counts("refresh tokens"), [0, 0, 3, 0, 0], "{}", told.report);
        assert_eq!(told.counts("access tokens"), [0, 0, 2, 1, 0], "{}", told.report);
        assert_eq!(world.admin(Method::GET, "/admin/clients/machine", None).await.status, 404);
        assert_eq!(world.admin(Method::GET, "/admin/clients/shop", None).await.json()["client_name"], "Renamed here");
        assert_eq!(world.introspect(&token("ory_at_", 4).0).await, json!({"active": false}));
        assert_eq!(world.refresh("shop", text(&tokens, "refresh_token")).await.status, 200, "the chain goes on");
        // The whole grant is taken back; what is left of it there must not come back.
        assert_eq!(world.admin(Method::DELETE, "/admin/oauth2/auth/sessions/consent?subject=ann&all=true", None).await.status, 204);
        import(&dsn, &theirs).await;
        assert_eq!(world.refresh("shop", &token("ory_rt_", 1).0).await.status, 400);
        assert_eq!(world.introspect(&token("ory_at_", 4).0).await, json!({"active": false}));
    }
}

on_both! {
    async fn what_was_spent_there_meanwhile_is_spent_here(dsn: String) {
        let world = world(&dsn).await;
        let theirs = Theirs::beside(&dsn).await;
        import(&dsn, &theirs).await;
        let (_, signature) = token("", 1);
        let (_, fresh) = token("", 11);
        theirs.execute(format!(
            "UPDATE hydra_oauth2_refresh SET active = false WHERE signature = '{signature}'; \
             INSERT INTO hydra_oauth2_refresh (signature, nid, request_id, requested_at, client_id, granted_scope, session_data, subject, \
             active, challenge_id) SELECT '{fresh}', nid, request_id, requested_at, client_id, granted_scope, session_data, subject, true, \
             challenge_id FROM hydra_oauth2_refresh WHERE signature = '{signature}'; \
             UPDATE hydra_client SET client_name = 'Renamed there' WHERE id = 'shop'"
        )).await;
        let told = import(&dsn, &theirs).await;
        assert_eq!(told.counts("refresh tokens"), [1, 1, 2, 0, 0], "{}", told.report);
        assert_eq!(told.counts("clients"), [0, 0, 2, 0, 1], "{}", told.report);
        world.clock.advance(chrono::Duration::seconds(11));
        let tokens = world.refresh("shop", &token("ory_rt_", 11).0).await.json();
        assert_eq!(world.refresh("shop", &token("ory_rt_", 1).0).await.status, 400);
        assert_eq!(world.refresh("shop", text(&tokens, "refresh_token")).await.status, 400, "the family is over");
    }
}

on_both! {
    async fn clients_alone_are_overwritten_and_only_on_demand(dsn: String) {
        let world = world(&dsn).await;
        let theirs = Theirs::beside(&dsn).await;
        world.client("shop", json!({"client_name": "Made here"})).await;
        let told = import(&dsn, &theirs).await;
        assert_eq!(told.counts("clients"), [1, 0, 0, 1, 1], "{}", told.report);
        assert_eq!(world.admin(Method::GET, "/admin/clients/shop", None).await.json()["client_name"], "Made here");
        let all = ["--system-secret", SECRET, "--cookie-secret", COOKIE_SECRET, "--network", NETWORK, "--overwrite-clients"];
        let told = super::told(&dsn, &theirs.dsn(), &all).await;
        assert_eq!(told.counts("clients"), [0, 1, 1, 0, 1], "{}", told.report);
        world.clock.advance(chrono::Duration::seconds(3));
        assert_eq!(world.admin(Method::GET, "/admin/clients/shop", None).await.json()["client_name"], "The shop");
        let told = super::told(&dsn, &theirs.dsn(), &all).await;
        assert_eq!(told.counts("clients"), [0, 0, 2, 0, 1], "{}", told.report);
    }
}

on_both! {
    async fn a_dry_run_counts_and_keeps_nothing(dsn: String) {
        let world = world(&dsn).await;
        let theirs = Theirs::beside(&dsn).await;
        let dry = told(&dsn, &theirs.dsn(), &["--system-secret", SECRET, "--network", NETWORK, "--dry-run"]).await;
        assert_eq!(dry.counts("clients"), [2, 0, 0, 0, 1], "{}", dry.report);
        assert_eq!(dry.counts("refresh tokens"), [3, 0, 0, 0, 0], "{}", dry.report);
        assert_eq!(dry.counts("trusted issuers"), [1, 0, 0, 0, 0], "{}", dry.report);
        assert_eq!(world.admin(Method::GET, "/admin/clients", None).await.json(), json!([]));
        assert_eq!(import(&dsn, &theirs).await.counts("clients"), [2, 0, 0, 0, 1]);
    }
}
