//! What a provider's API says of a person, and how that and the ID token become one.

use hmac_proof::app_secret_proof;
use serde_json::{Map, Value, json};
use shared_types::http::client::HttpRequest;
use url::Url;

use super::{
    ProviderError, Tokens,
    api::{Api, Shows},
    claims,
    directory::Place,
    json as read_json,
    preset::{self, Profile},
};
use crate::{
    app::Cx,
    config::{ClaimsSource, Provider, ProviderKind, SubjectFrom},
};

/// What the provider's API says, in OpenID's names.
pub(super) async fn read(
    cx: &Cx,
    provider: &Provider,
    place: &Place,
    tokens: &Tokens,
) -> Result<Map<String, Value>, ProviderError> {
    match &place.profile {
        Profile::Own(api) => own(cx, provider, api, tokens).await,
        Profile::IdToken | Profile::Userinfo => {
            let url = place.userinfo.clone().ok_or(ProviderError::Unfit("the provider has no userinfo endpoint"))?;
            let mut claims = read_json(cx, bearer(url, tokens)).await?;
            if let Some(issuer) = preset::stands_for(provider) {
                claims.entry("iss").or_insert_with(|| json!(issuer));
            }
            Ok(claims)
        }
    }
}

fn bearer(url: Url, tokens: &Tokens) -> HttpRequest {
    HttpRequest::new("GET", url).header("authorization", format!("Bearer {}", tokens.access))
}

async fn own(cx: &Cx, provider: &Provider, api: &Api, tokens: &Tokens) -> Result<Map<String, Value>, ProviderError> {
    let home = provider.issuer.as_deref().unwrap_or("https://id.uaepass.ae").trim_end_matches('/');
    let text = if api.url.starts_with('/') { format!("{home}{}", api.url) } else { api.url.to_owned() };
    let mut url = parsed(&text)?;
    if let (ProviderKind::Facebook, Some(secret)) = (provider.kind, &provider.client_secret) {
        url.query_pairs_mut().append_pair("appsecret_proof", &app_secret_proof(secret.expose(), &tokens.access));
    }
    let request = match api.shows {
        Shows::Bearer => bearer(url, tokens),
        Shows::Header(name, before) => HttpRequest::new("GET", url).header(name, format!("{before}{}", tokens.access)),
        Shows::Query(name) => {
            url.query_pairs_mut().append_pair(name, &tokens.access);
            HttpRequest::new("GET", url)
        }
    };
    let said = Value::Object(read_json(cx, request).await?);
    let mut claims = translated(api, &said);
    let issuer = if api.issuer.is_empty() { home } else { api.issuer };
    claims.insert("iss".to_owned(), json!(issuer));
    particulars(provider.kind, &said, tokens, &mut claims);
    match provider.kind {
        ProviderKind::GitHub | ProviderKind::GitHubApp => github_email(cx, provider, tokens, &mut claims).await?,
        ProviderKind::LinkedIn => linkedin_email(cx, provider, tokens, &mut claims).await?,
        _ => {}
    }
    // What the mapper may want besides, under the provider's own names; those that mean something else are left out.
    if let Value::Object(said) = said {
        claims.extend(said.into_iter().filter(|(name, _)| !claims::is_name(name)));
    }
    Ok(claims)
}

fn parsed(text: &str) -> Result<Url, ProviderError> {
    Url::parse(text).map_err(|_| ProviderError::Unfit("an address of the provider is no URL"))
}

/// The claims of an answer.
pub(super) fn translated(api: &Api, said: &Value) -> Map<String, Value> {
    let filled = |value: &&Value| !value.is_null() && value.as_str() != Some("");
    let found = api.claims.iter().filter_map(|(name, pointer)| {
        let value = said.pointer(pointer).filter(filled)?;
        Some(((*name).to_owned(), value.clone()))
    });
    found.collect()
}

/// What is not just another name for the same thing.
fn particulars(kind: ProviderKind, said: &Value, tokens: &Tokens, claims: &mut Map<String, Value>) {
    let text = |pointer: &str| said.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
    let mut put = |name: &str, value: Value| {
        claims.insert(name.to_owned(), value);
    };
    match kind {
        ProviderKind::Discord => {
            if let Some(name) = text("/username") {
                put("name", json!(format!("{name}#{}", text("/discriminator").unwrap_or("0"))));
            }
            if let Some(id) = text("/id") {
                put("picture", json!(discord_avatar(id, text("/discriminator"), text("/avatar"))));
            }
        }
        // Both let nobody use an address before it is proven.
        ProviderKind::Slack if text("/user/email").is_some() => put("email_verified", json!(true)),
        ProviderKind::Facebook if text("/email").is_some() => put("email_verified", json!(true)),
        ProviderKind::Vk => {
            match said.pointer("/response/0/sex").and_then(Value::as_i64) {
                Some(1) => put("gender", json!("female")),
                Some(2) => put("gender", json!("male")),
                _ => {}
            }
            if let Some(email) = tokens.extra("email") {
                put("email", json!(email));
            }
        }
        ProviderKind::Yandex => {
            let empty = said.get("is_avatar_empty").and_then(Value::as_bool).unwrap_or(false);
            if let Some(id) = text("/default_avatar_id").filter(|_| !empty) {
                put("picture", json!(format!("https://avatars.yandex.net/get-yapic/{id}/islands-200")));
            }
        }
        ProviderKind::LinkedIn => {
            let sizes = said.pointer("/profilePicture/displayImage~0/elements").and_then(Value::as_array);
            // They grow; the third is the largest of those for a page.
            let fit =
                sizes.and_then(|sizes| sizes.iter().take(3).next_back()?.pointer("/identifiers/0/identifier").cloned());
            if let Some(picture) = fit {
                put("picture", picture);
            }
        }
        _ => {}
    }
}

/// Who has no picture of his own is shown one of a few, by the number behind his name or, since those have gone, by his id.
fn discord_avatar(id: &str, discriminator: Option<&str>, hash: Option<&str>) -> String {
    const AT: &str = "https://cdn.discordapp.com";
    if let Some(hash) = hash {
        let ending = if hash.starts_with("a_") { "gif" } else { "png" };
        return format!("{AT}/avatars/{id}/{hash}.{ending}");
    }
    let number = |text: &str| text.parse::<u64>().unwrap_or(0);
    let one = match discriminator.filter(|number| *number != "0") {
        Some(discriminator) => number(discriminator) % 5,
        None => (number(id) >> 22) % 6,
    };
    format!("{AT}/embed/avatars/{one}.png")
}

/// GitHub tells addresses to those alone who ask for them: the first among them is the one that counts.
async fn github_email(
    cx: &Cx,
    provider: &Provider,
    tokens: &Tokens,
    claims: &mut Map<String, Value>,
) -> Result<(), ProviderError> {
    let granted = tokens.extra("scope").unwrap_or_default();
    let asked = granted.split([',', ' ']).any(|scope| matches!(scope, "user:email" | "user"));
    if !asked && provider.kind == ProviderKind::GitHub {
        return Ok(());
    }
    let mut request = bearer(parsed("https://api.github.com/user/emails")?, tokens);
    request.timeout = Some(super::TIMEOUT);
    let reply = cx.http.send(request.header("accept", "application/json")).await?;
    if reply.status != 200 {
        return Err(ProviderError::Failed(format!("GitHub's addresses: status {}", reply.status)));
    }
    let all: Vec<Value> = serde_json::from_slice(&reply.body).unwrap_or_default();
    claims.extend(primary_email(&all));
    Ok(())
}

fn primary_email(all: &[Value]) -> Vec<(String, Value)> {
    let primary = all.iter().find(|one| one.get("primary") == Some(&Value::Bool(true)));
    let Some(email) = primary.and_then(|one| Some((one.get("email")?.as_str()?, one.get("verified")?.as_bool()?)))
    else {
        return Vec::new();
    };
    vec![("email".to_owned(), json!(email.0)), ("email_verified".to_owned(), json!(email.1))]
}

async fn linkedin_email(
    cx: &Cx,
    provider: &Provider,
    tokens: &Tokens,
    claims: &mut Map<String, Value>,
) -> Result<(), ProviderError> {
    if !provider.scope.iter().any(|scope| scope == "r_emailaddress") {
        return Ok(());
    }
    let url = parsed("https://api.linkedin.com/v2/emailAddress?q=members&projection=(elements*(handle~))")?;
    let said = Value::Object(read_json(cx, bearer(url, tokens)).await?);
    if let Some(email) = said.pointer("/elements/0/handle~0/emailAddress").and_then(Value::as_str) {
        claims.insert("email".to_owned(), json!(email));
    }
    Ok(())
}

/// The claims of both sources; they must be about the same person (OpenID Connect Core, 5.3.2).
pub(super) fn merged(
    provider: &Provider,
    id_claims: Option<&Map<String, Value>>,
    userinfo: Option<&Map<String, Value>>,
) -> Result<Map<String, Value>, ProviderError> {
    match (id_claims, userinfo) {
        (Some(id), Some(info)) => {
            if id.get("sub") != info.get("sub") {
                return Err(ProviderError::Untrusted("ID token and userinfo are about different people"));
            }
            let whole = provider.claims_source == ClaimsSource::Userinfo
                || matches!(provider.kind, ProviderKind::NetId | ProviderKind::LinkedIn2);
            let mut claims = if whole { info.clone() } else { id.clone() };
            let other = if whole { id } else { info };
            for (name, value) in other {
                claims.entry(name.clone()).or_insert_with(|| value.clone());
            }
            // How somebody signed in is said by the signed token alone.
            for name in ["acr", "amr", "iss", "nonce"] {
                match id.get(name) {
                    Some(value) => claims.insert(name.to_owned(), value.clone()),
                    None => claims.remove(name),
                };
            }
            Ok(claims)
        }
        (Some(one), None) | (None, Some(one)) => Ok(one.clone()),
        (None, None) => Err(ProviderError::Untrusted("it does not say who it is")),
    }
}

/// Microsoft: which of its ids stands for the person.
pub(super) async fn choose_subject(
    cx: &Cx,
    provider: &Provider,
    tokens: &Tokens,
    claims: &mut Map<String, Value>,
) -> Result<(), ProviderError> {
    if provider.kind != ProviderKind::Microsoft {
        return Ok(());
    }
    let missing = ProviderError::Untrusted("the configured subject is missing");
    let subject = match provider.subject_from {
        SubjectFrom::Userinfo => return Ok(()),
        SubjectFrom::Oid => claims.get("oid").cloned(),
        SubjectFrom::Me => {
            let url = parsed("https://graph.microsoft.com/v1.0/me")?;
            read_json(cx, bearer(url, tokens)).await?.get("id").cloned()
        }
    };
    claims.insert("sub".to_owned(), subject.filter(Value::is_string).ok_or(missing)?);
    Ok(())
}

/// Shows Facebook that whoever holds the token is the application it was made for.
mod hmac_proof {
    use openssl::{hash::MessageDigest, pkey::PKey, sign::Signer};

    pub(super) fn app_secret_proof(secret: &str, token: &str) -> String {
        let signed = PKey::hmac(secret.as_bytes())
            .and_then(|key| Signer::new(MessageDigest::sha256(), &key)?.sign_oneshot_to_vec(token.as_bytes()));
        // An empty secret is refused at boot; without a proof Facebook refuses.
        signed.unwrap_or_default().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
    }
}
