//! Attacks on the redirect URI: whatever is tried, the browser goes to a registered URI or stays here.

use serde_json::json;
use shared_types::on_both;

use super::world::{World, consent, login, request};

const ERROR_PAGE: &str = "https://id.test/oauth2/fallbacks/error";

on_both!(
    async fn nobody_is_sent_to_a_look_alike(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({ "redirect_uris": ["https://shop.test/cb", "http://127.0.0.1/cb"] })).await;
        let attacks = [
            "//evil.test/cb",
            "https:evil.test",
            "https:/evil.test",
            "https:\\\\evil.test",
            "https://shop.test\\@evil.test/cb",
            "https://shop.test@evil.test/cb",
            "https://shop.test:443@evil.test/cb",
            "https://user:pw@shop.test/cb",
            "https://shop.test/cb\r\nLocation: https://evil.test",
            "https://shop.test/cb\nx",
            "https://shop.test/cb\t",
            "https://shop.test/cb ",
            " https://shop.test/cb",
            "https://shop.test/cb\0",
            "https://shop.test/cb#",
            "https://shop.test/cb#https://evil.test",
            "https://shop.test/cb?x=1",
            "https://shop.test/cb/../evil",
            "https://shop.test/cb/",
            "https://shop.test/CB",
            "https://SHOP.test/cb",
            "https://shop.test.evil.test/cb",
            "https://evil.test/https://shop.test/cb",
            "https://sh\u{43e}p.test/cb",
            "https://shop\u{3002}test/cb",
            "https://shop.test\u{ff0f}cb",
            "http://shop.test/cb",
            "javascript:alert(1)//https://shop.test/cb",
            "data:text/html,https://shop.test/cb",
            "http://127.0.0.1:80@evil.test/cb",
            "http://127.0.0.1:8080/other",
            "http://127.0.0.1.evil.test/cb",
            "http://127.0.0.2/cb",
            "http://0x7f.1/cb",
            "http://2130706433/cb",
            "http://[::1]:8080/cb",
            "http://localhost:8080/cb",
            "https://127.0.0.1/cb",
        ];
        for uri in attacks {
            let reply = world.browser().get(&request(&[&format!("redirect_uri={uri}")])).await;
            assert_eq!((reply.status, reply.target().as_str()), (302, ERROR_PAGE), "{uri:?}");
            assert_eq!(reply.sent("error").as_deref(), Some("invalid_request"), "{uri:?}");
        }
    }
);

on_both!(
    async fn a_native_app_listens_where_it_can(dsn: String) {
        let world = World::start(&dsn).await;
        let uris = json!(["http://127.0.0.1/cb", "http://[::1]:5/cb", "com.example.app:/cb"]);
        world.client("shop", json!({ "redirect_uris": uris })).await;
        for uri in ["http://127.0.0.1:49152/cb", "http://127.0.0.1/cb", "http://[::1]:49152/cb", "com.example.app:/cb"]
        {
            let url = request(&[&format!("redirect_uri={uri}")]);
            let reply = world.browser().authorize(&url, login("ann", false), consent(false)).await;
            assert_eq!(reply.status, 303);
            assert!(reply.header("location").starts_with(&format!("{uri}?code=ory_ac_")), "{reply:?}");
        }
    }
);

on_both!(
    async fn the_only_registered_uri_may_be_left_out_without_openid(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let reply = world.browser().get(&request(&["redirect_uri", "scope=photos.read", "prompt=none"])).await;
        assert_eq!((reply.status, reply.target().as_str()), (303, "https://shop.test/cb"));
        let reply = world.browser().get(&request(&["redirect_uri", "prompt=none"])).await;
        assert_eq!(reply.target(), ERROR_PAGE);
    }
);
