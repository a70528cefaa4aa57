//! Backup codes: made, shown, confirmed, revealed, switched off.

use serde_json::json;
use shared_types::on_both;

use crate::self_service::{
    people::{add_backup_codes, everything, has, secrets_of, whoami},
    world::{World, messages, parts},
};

on_both! {
    async fn codes_count_only_once_they_are_confirmed(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let flow = browser.begin("/self-service/settings/browser").await;
        assert!(has(&flow, "lookup_secret_regenerate") && !has(&flow, "lookup_secret_reveal"));
        let make = json!({"method": "lookup_secret", "lookup_secret_regenerate": true});
        let (status, shown) = parts(browser.submit(&flow, make).await).await;
        assert_eq!(status, 200, "{shown}");
        let codes = secrets_of(&shown);
        assert_eq!(codes.len(), 12);
        let plain = |code: &String| code.len() == 8 && code.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase());
        assert!(codes.iter().all(plain), "{codes:?}");
        assert!(has(&shown, "lookup_secret_confirm"));
        let other = browser.begin("/self-service/settings/browser").await;
        assert!(!has(&other, "lookup_secret_reveal"), "they are not there yet");
        let confirm = json!({"method": "lookup_secret", "lookup_secret_confirm": true});
        let (status, body) = parts(browser.submit(&shown, confirm).await).await;
        assert_eq!((status, &body["state"]), (200, &json!("success")), "{body}");
        assert!(has(&body, "lookup_secret_reveal") && has(&body, "lookup_secret_disable"));
        assert_eq!(whoami(&browser).await.1["authenticator_assurance_level"], "aal2");
        world.stop().await;
    }
}

on_both! {
    async fn codes_are_shown_again_and_switched_off(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let codes = add_backup_codes(&browser).await;
        let flow = browser.begin("/self-service/settings/browser").await;
        let reveal = json!({"method": "lookup_secret", "lookup_secret_reveal": true});
        let (status, shown) = parts(browser.submit(&flow, reveal).await).await;
        assert_eq!((status, secrets_of(&shown)), (200, codes));
        let off = json!({"method": "lookup_secret", "lookup_secret_disable": true});
        let (status, body) = parts(browser.submit(&shown, off).await).await;
        assert_eq!((status, &body["state"]), (200, &json!("success")), "{body}");
        assert!(has(&body, "lookup_secret_regenerate") && !has(&body, "lookup_secret_reveal"));
        world.stop().await;
    }
}

on_both! {
    async fn who_asks_nothing_of_them_is_told_so(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let flow = browser.begin("/self-service/settings/browser").await;
        let (status, body) = parts(browser.submit(&flow, json!({"method": "lookup_secret"})).await).await;
        assert_eq!((status, messages(&body)), (400, vec![4_010_004]), "{body}");
        world.stop().await;
    }
}
