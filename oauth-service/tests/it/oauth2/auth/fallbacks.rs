//! The pages that stand in where none is configured.

use serde_json::json;
use shared_types::on_both;

use super::world::{ISSUER, World};

on_both!(
    async fn each_page_says_what_is_missing(dsn: String) {
        let world = World::with(&dsn, json!({})).await;
        let pages = [
            ("login", 200, "A mandatory configuration key is missing", "urls.login"),
            ("consent", 200, "A mandatory configuration key is missing", "urls.consent"),
            ("logout", 200, "A mandatory configuration key is missing", "urls.logout"),
            ("logout/callback", 200, "Your log out request however succeeded.", "urls.post_logout_redirect"),
            ("error", 500, "The OAuth2 request resulted in an error.", "urls.error"),
        ];
        for (path, status, text, key) in pages {
            let reply = world.browser().get(&format!("{ISSUER}oauth2/fallbacks/{path}")).await;
            assert_eq!(reply.status, status, "{path}");
            assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
            assert!(reply.body.contains(text) && reply.body.contains(key), "{path}: {}", reply.body);
            assert!(reply.header("content-security-policy").contains("default-src 'none'"));
            assert!(reply.header("cache-control").contains("no-store"), "{path}: {:?}", reply.headers);
        }
    }
);

on_both!(
    async fn the_error_page_shows_text_as_text(dsn: String) {
        let world = World::start(&dsn).await;
        let query =
            "error=%3Cscript%3Ealert(1)%3C/script%3E&error_description=%22%3E%3Cb%3E&error_hint=h1&error_debug=d1";
        let reply = world.browser().get(&format!("{ISSUER}oauth2/fallbacks/error?{query}")).await;
        assert!(!reply.body.contains("<script>") && !reply.body.contains("<b>"), "{}", reply.body);
        for name in ["Error", "Description", "Hint", "Debug"] {
            assert!(reply.body.contains(&format!("<dt>{name}</dt>")), "{name}");
        }
    }
);
