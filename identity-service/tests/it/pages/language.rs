//! Which language a page is said in, and what of it stays with a browser.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Response;
use serde_json::json;
use shared_types::on_both;

use super::{House, page, send};
use crate::self_service::world::{Browser, PASSWORD, World, location};

const TITLES: [(&str, &str); 5] = [
    ("en", "<h1>Sign in</h1>"),
    ("de", "<h1>Anmelden</h1>"),
    ("fr", "<h1>Connexion</h1>"),
    ("es", "<h1>Iniciar sesión</h1>"),
    ("it", "<h1>Accesso</h1>"),
];

/// A page as a browser with these languages gets it.
async fn read(browser: &Browser, path: &str, languages: &str) -> Response {
    let request = browser.client.get(browser.url(path)).header("accept", "text/html");
    request.header("accept-language", languages).send().await.unwrap()
}

/// The login page for these languages, after its redirect.
async fn login(browser: &Browser, query: &str, languages: &str) -> (String, String) {
    let begun = read(browser, &format!("/self-service/login/browser{query}"), languages).await;
    let answer = read(browser, &location(&begun), languages).await;
    let language = answer.headers()["content-language"].to_str().unwrap().to_owned();
    let vary = answer.headers().get_all("vary").iter().any(|value| value == "accept-language");
    assert!(vary, "{:?}", answer.headers());
    let (status, html) = page(answer).await;
    assert_eq!(status, 200);
    assert!(html.contains(&format!("<html lang=\"{language}\">")), "{html}");
    (language, html)
}

#[tokio::test]
async fn the_login_page_is_said_in_what_a_browser_accepts() {
    let world = World::start("memory", json!({})).await;
    for (tag, title) in TITLES {
        let (language, html) = login(&world.browser(), "", &format!("nl, {tag}-XX;q=0.8, pl;q=0.7")).await;
        assert_eq!(language, tag);
        assert!(html.contains(title), "{html}");
        assert!(html.len() < 50 * 1024);
    }
    // Nobody here speaks Dutch.
    assert_eq!(login(&world.browser(), "", "nl").await.0, "en");
}

#[tokio::test]
async fn an_operator_chooses_who_speaks_to_everybody_else() {
    let world = World::start("memory", json!({"i18n": {"default_locale": "it"}})).await;
    assert_eq!(login(&world.browser(), "", "nl").await.0, "it");
    assert_eq!(login(&world.browser(), "", "").await.0, "it");
    assert_eq!(login(&world.browser(), "", "es").await.0, "es");
}

on_both! {
    async fn a_wrong_password_is_told_in_german_and_programs_are_told_in_english(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        world.create("ada@example.org").await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        let fields = [("method", "password"), ("identifier", "ada@example.org"), ("password", "not the password")];
        let again = location(&browser.submit_form(&flow, &fields).await);
        let (_, html) = page(read(&browser, &again, "de-AT, en;q=0.1").await).await;
        let wrong = "Die Anmeldedaten stimmen nicht. Bitte prüfen Sie, ob Sie sich bei der Kennung oder beim Passwort vertippt haben.";
        for text in [wrong, "Bitte prüfen Sie Folgendes", "<title>Fehler: Anmelden", "Mit Passwort anmelden"] {
            assert!(html.contains(text), "{text} is not in {html}");
        }
        assert!(!html.contains("credentials are invalid"), "{html}");
        let id = flow["id"].as_str().unwrap();
        let request = browser.client.get(browser.url(&format!("/self-service/login/flows?id={id}")));
        let body: serde_json::Value = request.header("accept-language", "de").send().await.unwrap().json().await.unwrap();
        let text = body["ui"]["messages"][0]["text"].as_str().unwrap();
        assert_eq!(text, "The provided credentials are invalid. Check for spelling mistakes in the identifier and the password.");
        world.stop().await;
    }
}

#[tokio::test]
async fn what_a_link_wishes_for_counts_more_and_stays() {
    let world = World::start("memory", json!({})).await;
    let browser = world.browser();
    let (language, html) = login(&browser, "?ui_locales=xx%20fr-CA", "de").await;
    assert_eq!(language, "fr");
    assert!(html.contains("<h1>Connexion</h1>"));
    // The other pages of this browser follow, until another link wishes for something else.
    assert_eq!(login(&browser, "", "de").await.0, "fr");
    let begun = location(&read(&browser, "/registration", "de").await);
    let (_, html) = page(read(&browser, &location(&read(&browser, &begun, "de").await), "de").await).await;
    assert!(html.contains("<h1>Créer votre compte</h1>"), "{html}");
    assert_eq!(login(&browser, "?locale=es", "de").await.0, "es");
    // What nobody here speaks is no wish, and neither is a cookie somebody made up.
    assert_eq!(login(&browser, "?ui_locales=nl", "de").await.0, "es");
    let answer = world.program().client.get(world.public.join("error").unwrap()).header("accept-language", "it");
    let answer = answer.header("cookie", "portico_locale=\"><script>").send().await.unwrap();
    assert_eq!(answer.headers()["content-language"], "it");
    assert!(!login(&world.browser(), "?locale=%3Cscript%3E", "it").await.1.contains("<script"));
}

#[tokio::test]
async fn what_a_client_wishes_for_counts_more_than_what_a_browser_accepts() {
    let house = House::new().await;
    house.provider.consent(|consent| consent["oidc_context"] = json!({"ui_locales": ["nl", "fr-BE"]}));
    let answer = read(&house.browser, "/consent?consent_challenge=c-1", "es").await;
    assert_eq!(answer.headers()["content-language"], "fr");
    let (_, html) = page(answer).await;
    for text in ["Autoriser <strong>Partner Portal</strong> à utiliser", ">Refuser</button>", "Savoir qui vous êtes"]
    {
        assert!(html.contains(text), "{text} is not in {html}");
    }
    // So do the pages that follow in this browser.
    let (_, html) = page(read(&house.browser, "/welcome", "es").await).await;
    assert!(html.contains("Votre session est ouverte."), "{html}");
    let request = "http://127.0.0.1:4444/oauth2/sessions/logout?ui_locales=it";
    house.provider.logout(|logout| logout["request_url"] = json!(request));
    let (_, html) = page(read(&house.browser, "/logout?logout_challenge=l-1", "es").await).await;
    assert!(html.contains("<strong>Partner Portal</strong> chiede di terminare"), "{html}");
}

#[tokio::test]
async fn errors_are_said_in_the_language_of_the_reader() {
    let house = House::new().await;
    let (_, html) = page(read(&house.browser, "/error?error=access_denied&error_description=Nope", "de").await).await;
    for text in ["<h1>Der Zugriff wurde abgelehnt</h1>", "Einzelheiten", "Nope", "Neu beginnen"] {
        assert!(html.contains(text), "{text} is not in {html}");
    }
    // A sentence programs are told in English.
    let (status, html) = page(read(&house.browser, "/consent", "de").await).await;
    assert_eq!(status, 400);
    assert!(html.contains("Der Parameter consent_challenge fehlt."), "{html}");
    // One that is not known in German: what kind of error it is, and the English beside it.
    let answer = send_in(&house.browser, "/consent", "x", "de").await;
    let (_, html) = page(answer).await;
    assert!(html.contains("Die Anfrage könnte von einer anderen Website gefälscht sein"), "{html}");
}

async fn send_in(browser: &Browser, path: &str, challenge: &str, languages: &str) -> Response {
    let form =
        browser.client.post(browser.url(path)).header("accept", "text/html").header("accept-language", languages);
    form.form(&[("consent_challenge", challenge), ("csrf_token", "x")]).send().await.unwrap()
}

#[tokio::test]
async fn texts_and_languages_of_an_operator_and_titles_of_a_schema() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("de.yml"), "login: {title: Willkommen im Portal}\n").unwrap();
    std::fs::write(folder.path().join("pt-BR.yml"), "login: {title: Entrar}\nmessages: {1070001: Senha}\n").unwrap();
    let schema = json!({"$id": "https://example.org/person.json", "type": "object", "properties": {"traits": {
        "type": "object", "properties": {"email": {
            "type": "string", "format": "email", "title": "Work e-mail",
            "portico": {"title": {"de": "Geschäftliche E-Mail", "fr": "E-mail professionnel"}},
            "ory.sh/kratos": {"credentials": {"password": {"identifier": true}}, "verification": {"via": "email"}}}}}}});
    let url = format!("base64://{}", STANDARD.encode(schema.to_string()));
    let over =
        json!({"i18n": {"locales_folder": folder.path()}, "identity": {"schemas": [{"id": "person", "url": url}]}});
    let world = World::start("memory", over).await;
    let (_, html) = login(&world.browser(), "", "de").await;
    assert!(html.contains("<h1>Willkommen im Portal</h1>") && html.contains(">Geschäftliche E-Mail</label>"), "{html}");
    assert!(login(&world.browser(), "", "fr").await.1.contains(">E-mail professionnel</label>"));
    let (language, html) = login(&world.browser(), "", "pt").await;
    assert_eq!(language, "pt-BR");
    assert!(html.contains("<h1>Entrar</h1>") && html.contains(">Senha</label>"), "{html}");
    assert!(html.contains(">Work e-mail</label>") && html.contains("No account yet?"), "the rest is English: {html}");
    // Signing in works the same.
    world.create("ada@example.org").await;
    let browser = world.browser();
    let flow = browser.begin("/self-service/login/browser?ui_locales=de").await;
    let fields = [("method", "password"), ("identifier", "ada@example.org"), ("password", PASSWORD)];
    assert_eq!(browser.submit_form(&flow, &fields).await.status(), 303);
    let (_, html) = page(send(&browser, "/logout", &[("action", "accept")]).await).await;
    assert!(html.contains("<html lang=\"de\">"), "{html}");
}
