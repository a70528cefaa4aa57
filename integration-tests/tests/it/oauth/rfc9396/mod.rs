//! RFC 9396, OAuth 2.0 Rich Authorization Requests.

use integration_tests::{
    login::{Authorization, CALLBACK},
    person::{Answer, Page, Person},
    settings::Engine,
    world::World,
};
use serde_json::{Value, json};

use super::{
    EMAIL, PASSWORD, Scene, assert_error, assert_told,
    keys::{part, verified},
    lent, parameters, scene, text,
};
use crate::support::{on_both, on_sqlite};

on_both!(what_a_person_grants_is_in_every_answer);
on_sqlite!(details_that_cannot_be_are_refused, a_token_may_say_less_and_never_more, metadata_lists_the_types);

fn types() -> Value {
    json!({ "oauth2": { "authorization_details_types": ["payment", "account"] } })
}

fn payment(amount: u32) -> Value {
    json!({ "type": "payment", "actions": ["initiate"], "locations": ["https://bank.example"], "amount": amount })
}

async fn client(scene: &Scene) -> anyhow::Result<String> {
    scene.register(json!({ "authorization_details_types": ["payment"], "access_token_strategy": "jwt" })).await
}

/// The person logs in; the consent page, which shows the details, is another program's and grants these.
async fn consent(scene: &Scene, request: &Authorization, granted: Value) -> anyhow::Result<Page> {
    let consent_page = scene.world.identity_url("/consent");
    let person = Person::new()?.ending_at(CALLBACK).ending_at(&consent_page);
    let login = person.open(request.url.as_str()).await?;
    let stop = person.press(&login, ("method", "password"), &[("identifier", EMAIL), ("password", PASSWORD)]).await?;
    let challenge = stop.parameter("consent_challenge").expect("a challenge");
    let query =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("consent_challenge", &challenge).finish();
    let path = format!("/admin/oauth2/auth/requests/consent?{query}");
    let asked = scene.world.oauth_admin("GET", &path, None).await?.expect(200)?;
    assert_eq!(
        asked["authorization_details"].to_string(),
        request.url.query_pairs().find(|(name, _)| name == "authorization_details").expect("details").1
    );
    let path = format!("/admin/oauth2/auth/requests/consent/accept?{query}");
    let body = json!({ "grant_scope": ["openid", "offline_access"], "grant_authorization_details": granted });
    let next = scene.world.oauth_admin("PUT", &path, Some(&body)).await?.expect(200)?;
    person.open(text(&next, "redirect_to")?).await
}

async fn tokens(scene: &Scene, client: &str, asked: &Value, granted: Value) -> anyhow::Result<Value> {
    let request = scene.request_of(client)?.with("authorization_details", &asked.to_string());
    let end = consent(scene, &request, granted).await?;
    let code = end.parameter("code").unwrap_or_else(|| panic!("no code at {}", end.url));
    scene.exchange(&request, &code, &[], &[]).await?.expect(200)
}

async fn refresh(scene: &Scene, client: &str, token: &str, details: &Value) -> anyhow::Result<Answer> {
    let details = details.to_string();
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
        ("client_id", client),
        ("authorization_details", &details),
    ];
    scene.post("/oauth2/token", &[], &form).await
}

/// 7: "the authorization server MUST also return the authorization_details as granted by the resource owner and assigned to the respective
/// access token"; 9.1: in a JWT, 9.2: and in introspection; 7.1: enriched by the person's choice.
async fn what_a_person_grants_is_in_every_answer(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(types()));
    let client = client(&scene).await?;
    let mut granted = payment(5);
    granted["debtor"] = json!("DE-1");
    let tokens = tokens(&scene, &client, &json!([payment(5), payment(7)]), json!([granted])).await?;
    assert_eq!(tokens["authorization_details"], json!([granted]));
    let access = text(&tokens, "access_token")?;
    assert_eq!(verified(access, &scene.jwks().await?).1["authorization_details"], json!([granted]));
    assert_eq!(scene.world.introspect(access).await?["authorization_details"], json!([granted]));
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", text(&tokens, "refresh_token")?),
        ("client_id", client.as_str()),
    ];
    let next = scene.post("/oauth2/token", &[], &form).await?.expect(200)?;
    assert_eq!(next["authorization_details"], json!([granted]));
    Ok(())
}

/// 5: "The AS MUST refuse to process any unknown authorization details type or authorization details not conforming to the respective type
/// definition. The AS MUST abort processing and respond with an error invalid_authorization_details".
async fn details_that_cannot_be_are_refused(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(types()));
    let client = client(&scene).await?;
    for details in [
        "no JSON".to_owned(),
        "{}".to_owned(),
        "\"payment\"".to_owned(),
        "[1]".to_owned(),
        "[{}]".to_owned(),
        json!([{ "type": 7 }]).to_string(),
        json!([{ "type": "unknown" }]).to_string(),
        // Of the server's types, not of the client's.
        json!([{ "type": "account" }]).to_string(),
        json!([payment(1), { "type": "account" }]).to_string(),
    ] {
        let request = scene.request_of(&client)?.with("authorization_details", &details);
        assert_told(&scene.look(request.url.as_str(), &[]).await?, "invalid_authorization_details");
        let pushed = scene.post("/oauth2/par", &[], &lent(&parameters(&request))).await?;
        assert_error(&pushed, 400, "invalid_authorization_details");
    }
    Ok(())
}

/// 6.1, 6.2: a token request "MAY" narrow what was granted: "the AS checks whether the authorization details [...] are subset [...] error
/// invalid_authorization_details".
async fn a_token_may_say_less_and_never_more(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(types()));
    let client = client(&scene).await?;
    let both = json!([payment(5), payment(7)]);
    let tokens = tokens(&scene, &client, &both, both.clone()).await?;
    let token = text(&tokens, "refresh_token")?;
    for more in [json!([payment(9)]), json!([payment(5), payment(9)]), json!([{ "type": "account" }])] {
        assert_error(&refresh(&scene, &client, token, &more).await?, 400, "invalid_authorization_details");
    }
    let less = refresh(&scene, &client, token, &json!([payment(7)])).await?.expect(200)?;
    assert_eq!(less["authorization_details"], json!([payment(7)]));
    assert_eq!(part(text(&less, "access_token")?, 1)["authorization_details"], json!([payment(7)]));
    let whole = json!([payment(5), payment(7)]);
    let again = refresh(&scene, &client, text(&less, "refresh_token")?, &whole).await?.expect(200)?;
    assert_eq!(again["authorization_details"], whole, "the grant stays whole");
    Ok(())
}

/// 10: "authorization_details_types_supported", and for clients "authorization_details_types".
async fn metadata_lists_the_types(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(types()));
    assert_eq!(scene.metadata().await?["authorization_details_types_supported"], json!(["payment", "account"]));
    let client = scene.world.client(json!({ "authorization_details_types": ["payment"] })).await?;
    assert_eq!(client["authorization_details_types"], json!(["payment"]));
    let plain = scene!(World::on(engine));
    assert!(plain.metadata().await?.get("authorization_details_types_supported").is_none());
    Ok(())
}
