//! Pages that ask security keys and passkeys.

use super::page;
use crate::self_service::{
    keyring,
    world::{World, location},
};

#[tokio::test]
async fn a_page_with_keys_loads_its_scripts_and_no_others() {
    let world = World::start("memory", keyring::config()).await;
    let browser = world.browser();
    let answer = browser.visit(&location(&browser.visit("/self-service/login/browser").await)).await;
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let (_, html) = page(answer).await;
    let script = format!("{}.well-known/ory/webauthn.js", world.public);
    assert!(policy.contains(&format!(" {script};")) || policy.contains(&format!(" {script} ")), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("script-src 'self'"), "{policy}");
    assert!(html.contains(&format!("<script src=\"{script}\" integrity=\"sha512-")), "{html}");
    let buttons = html.split("<script src=\"").nth(2).unwrap().split('"').next().unwrap();
    assert!(policy.contains(buttons), "{policy}");
    let served = browser.visit(buttons).await;
    assert_eq!(served.headers()["content-type"], "text/javascript; charset=utf-8");
    // Without scripts the button is not there, and the password is.
    let button = html.split("<button ").find(|tag| tag.contains("passkey_login_trigger")).unwrap();
    let button = button.split('>').next().unwrap();
    assert!(button.contains("data-onclick=\"oryPasskeyLogin\"") && button.ends_with(" hidden"), "{button}");
    assert!(
        html.contains("data-onload=\"oryPasskeyLoginAutocompleteInit\"") && html.contains("id=\"method-password\"")
    );
    assert!(!html.contains(" onclick=") && !html.contains(" onload="), "{html}");
    world.stop().await;
}

#[tokio::test]
async fn settings_have_a_part_for_each_kind_of_key() {
    let world = World::start("memory", keyring::config()).await;
    let browser = world.browser();
    browser.register("anna@example.org").await;
    let (_, html) = page(browser.visit(&location(&browser.visit("/self-service/settings/browser").await)).await).await;
    for part in ["id=\"passkey-title\"", "id=\"webauthn-title\"", "data-onclick=\"oryPasskeySettingsRegistration\""] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    world.stop().await;
    let without = serde_json::json!({"selfservice": {"methods": {"webauthn": {"enabled": false}}}});
    let world = World::start("memory", keyring::with(without)).await;
    let browser = world.browser();
    browser.register("anna@example.org").await;
    let (_, html) = page(browser.visit(&location(&browser.visit("/self-service/settings/browser").await)).await).await;
    assert!(html.contains("id=\"passkey-title\"") && !html.contains("id=\"webauthn-title\""), "{html}");
    world.stop().await;
}
