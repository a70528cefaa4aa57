//! Session Management 1.0: the state of a session, and the frame that compares it.

use integration_tests::{login, settings::Engine, world::World};

use super::{
    super::{EMAIL, PASSWORD, keys, scene},
    visit,
};
use crate::support::on_sqlite;

on_sqlite!(answers_carry_a_session_state, the_frame_may_be_framed);

/// 3: "session_state [...] REQUIRED if the session management is supported [...] This value is a JSON string. [...] MUST NOT contain the
/// space character"; 3: "computed [...] based on a salted cryptographic hash of Client ID, origin URL, and OP User Agent state".
async fn answers_carry_a_session_state(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let person = login::person()?;
    let first = scene.sign_in_as(&person, &scene.authorization()?).await?.parameter("session_state").expect("a state");
    let (hash, salt) = first.rsplit_once('.').expect("hash and salt");
    assert!(!first.contains(' ') && !salt.is_empty() && hash.len() >= 32, "{first}");
    // Another client's is another, as is another browser's, and the salt differs each time.
    let other = scene.register(serde_json::json!({})).await?;
    let page = person.open(scene.request_of(&other)?.url.as_str()).await?;
    let second = if page.parameter("code").is_some() { page } else { login::consent_to_all(&person, &page).await? };
    assert_ne!(second.parameter("session_state"), Some(first.clone()));
    let elsewhere = scene.sign_in(&scene.authorization()?).await?.parameter("session_state");
    assert_ne!(elsewhere, Some(first.clone()));
    // The state is not to be guessed from what everybody knows.
    let known = format!("{} http://127.0.0.1:5555  {salt}", scene.client_id);
    assert_ne!(hash, keys::hash(&known));
    // An error to a browser without a session has one as well, or none: never somebody else's.
    let silent = login::person()?.open(scene.authorization()?.with("prompt", "none").url.as_str()).await?;
    assert_ne!(silent.parameter("session_state"), Some(first));
    Ok(())
}

/// 3.3 and 4.2: "check_session_iframe: URL of an OP iframe that supports cross-origin communications for session state information": it
/// may be framed by clients, and sends nothing anywhere.
async fn the_frame_may_be_framed(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let metadata = scene.metadata().await?;
    let address = metadata["check_session_iframe"].as_str().expect("an address").to_owned();
    let frame = scene.look(&address, &[]).await?;
    assert_eq!(frame.status, 200, "{}", frame.body);
    assert!(frame.header("content-type").is_some_and(|value| value.starts_with("text/html")), "{:?}", frame.headers);
    assert_eq!(frame.header("x-frame-options"), None);
    let policy = frame.header("content-security-policy").unwrap_or_default();
    assert!(!policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"), "{policy}");
    for word in ["postMessage", "unchanged", "changed", "error"] {
        assert!(frame.body.contains(word), "{word} in {}", frame.body);
    }
    // It is the same for everybody: nothing of a person is in it.
    let person = login::person()?;
    let (_, hint) = visit(&scene, &person, &scene.client_id).await?;
    let theirs = person.call("GET", &address, None).await?;
    assert_eq!(without_nonce(&theirs.body), without_nonce(&frame.body));
    for private in [EMAIL, PASSWORD, hint.as_str(), scene.subject.as_str()] {
        assert!(!theirs.body.contains(private));
    }
    Ok(())
}

/// A page without what allows its script, which is new each time.
fn without_nonce(page: &str) -> String {
    let (before, rest) = page.split_once("nonce=\"").expect("a script that is allowed by its nonce");
    format!("{before}{}", rest.split_once('"').map_or("", |(_, after)| after))
}
