//! OAuth 2.0 Form Post Response Mode.

use integration_tests::{
    form::Form,
    login::{self, CALLBACK},
    settings::Engine,
    world::World,
};
use serde_json::json;

use super::{scene, text};
use crate::support::on_sqlite;

on_sqlite!(parameters_come_as_fields_of_a_form, what_a_client_sent_is_text_in_the_form);

/// 2: "Authorization Response parameters are encoded as HTML form values that are auto-submitted in the User Agent, and thus are transmitted
/// via the HTTP POST method to the Client"; 4: "Because the Authorization Response is intended to be used only once, the Authorization
/// Server MUST instruct the User Agent (and any intermediaries) not to store or reuse the content of the response."
async fn parameters_come_as_fields_of_a_form(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let fields = json!({ "grant_types": ["authorization_code", "implicit"],
        "response_types": ["code", "id_token", "code id_token", "id_token token"] });
    let client = scene.register(fields).await?;
    for kind in ["code", "id_token", "code id_token", "id_token token"] {
        let request = scene.request_of(&client)?.with("response_type", kind).with("response_mode", "form_post");
        let page = scene.sign_in(&request).await?;
        assert_eq!(page.status, 200, "{kind}: {}", page.url);
        let form = Form::with_field(&page.html, "state")?;
        assert_eq!((form.method.as_str(), form.action.as_str()), ("post", CALLBACK));
        let value = |name: &str| form.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        assert_eq!(value("state"), Some(request.state.as_str()));
        for (word, field) in [("code", "code"), ("id_token", "id_token"), ("token", "access_token")] {
            assert_eq!(value(field).is_some(), kind.split(' ').any(|part| part == word), "{kind}: {form:?}");
        }
    }
    let refused = scene.request_of(&client)?.with("response_mode", "form_post").with("prompt", "none");
    let answer = scene.look(refused.url.as_str(), &[]).await?;
    assert_eq!(answer.status, 200);
    assert!(answer.header("cache-control").is_some_and(|value| value.contains("no-store")), "{:?}", answer.headers);
    assert!(
        answer.header("content-type").is_some_and(|value| value.eq_ignore_ascii_case("text/html; charset=utf-8")),
        "{:?}",
        answer.headers
    );
    let form = Form::with_field(&answer.body, "error")?;
    assert!(form.fields.contains(&("error".to_owned(), "login_required".to_owned())), "{form:?}");
    // It submits itself, by a script the page's policy names.
    let policy = answer.header("content-security-policy").unwrap_or_default();
    assert!(answer.body.contains("submit()") || answer.body.contains("submit"), "{}", answer.body);
    assert!(!policy.contains("'unsafe-inline'") || !policy.contains("script-src 'unsafe-inline'"), "{policy}");
    Ok(())
}

/// 5: what the client sent comes back as it was, and never as markup.
async fn what_a_client_sent_is_text_in_the_form(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    for state in [
        "\"><script>alert(1)</script>",
        "'><img src=x onerror=alert(1)>",
        "</form><form action=https://evil.example>",
        "&quot;&#34;&amp;x",
        "\u{202e}\u{0085}\u{1F600}",
    ] {
        let request =
            scene.authorization()?.with("state", state).with("response_mode", "form_post").with("prompt", "none");
        let page = login::person()?.open(request.url.as_str()).await?;
        let forms = Form::all(&page.html);
        assert_eq!(forms.len(), 1, "{state}: {}", page.html);
        assert!(forms[0].fields.contains(&("state".to_owned(), state.to_owned())), "{state}: {forms:?}");
        assert!(!page.html.contains("<script>alert") && !page.html.contains("<img"), "{}", page.html);
    }
    let tokens = scene.tokens().await?;
    assert!(text(&tokens, "access_token").is_ok());
    Ok(())
}
