//! The crate `ory-hydra-client`. What it decodes an answer as, its answer's type says.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use integration_tests::{
    login::CALLBACK,
    person::{Page, Person},
    world::World,
};
use ory_hydra_client::{
    apis::{Error, configuration::Configuration, jwk_api, metadata_api, o_auth2_api, oidc_api, wellknown_api},
    models,
};
use serde_json::json;
use url::Url;

const SECRET: &str = "a-secret-of-the-shop";

/// Calls an operation and remembers that it was called: `get_o_auth2_client` is `getOAuth2Client`.
macro_rules! call {
    ($caller:expr, $api:ident :: $name:ident ( $($argument:expr),* $(,)? )) => {{
        $caller.called.insert(operation(stringify!($name)));
        $api::$name($($argument),*).await
    }};
}

/// Calls every operation of the crate; their names.
pub(super) async fn every_operation(world: &World) -> anyhow::Result<BTreeSet<String>> {
    let at = |base_path: String| Configuration { base_path, ..Configuration::new() };
    let mut caller = Caller {
        open: at(world.places.oauth()),
        admin: at(format!("http://127.0.0.1:{}", world.places.oauth_admin)),
        pages: ["login", "consent", "logout"].map(|page| world.identity_url(&format!("/{page}"))),
        called: BTreeSet::new(),
    };
    Box::pin(caller.look_around()).await?;
    Box::pin(caller.keep_keys()).await?;
    Box::pin(caller.trust()).await?;
    Box::pin(caller.register()).await?;
    let (person, id_token) = Box::pin(caller.exchange()).await?;
    Box::pin(caller.refuse()).await?;
    Box::pin(caller.log_out(&person, &id_token)).await?;
    Box::pin(caller.use_device(world)).await?;
    Box::pin(caller.register_itself()).await?;
    Box::pin(caller.clean_up()).await?;
    Ok(caller.called)
}

fn operation(name: &str) -> String {
    let mut parts = name.trim_start().split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut name, part| {
        let (initial, rest) = part.split_at(1);
        name.push_str(&initial.to_ascii_uppercase());
        name.push_str(rest);
        name
    })
}

/// The answer is an error on purpose, and one the crate can decode.
#[track_caller]
fn assert_status<T: std::fmt::Debug, E: std::fmt::Debug>(outcome: Result<T, Error<E>>, status: u16) {
    let Err(Error::ResponseError(answer)) = outcome else { panic!("{status} was expected: {outcome:?}") };
    assert_eq!((answer.status.as_u16(), answer.entity.is_some()), (status, true), "{answer:?}");
}

struct Caller {
    open: Configuration,
    admin: Configuration,
    /// Where a browser is sent to log in, to consent and to log out.
    pages: [String; 3],
    called: BTreeSet<String>,
}

impl Caller {
    fn person(&self) -> anyhow::Result<Person> {
        Ok(self.pages.iter().fold(Person::new()?.ending_at(CALLBACK), |person, page| person.ending_at(page)))
    }

    async fn look_around(&mut self) -> anyhow::Result<()> {
        for port in [&self.open, &self.admin] {
            call!(self, metadata_api::is_alive(port))?;
            call!(self, metadata_api::is_ready(port))?;
        }
        call!(self, metadata_api::get_version(&self.admin))?;
        call!(self, oidc_api::discover_oidc_configuration(&self.open))?;
        let keys = call!(self, wellknown_api::discover_json_web_keys(&self.open))?.keys;
        ensure!(keys.is_some_and(|keys| keys.iter().all(|key| key.r#use == "sig")));
        // Both lead on to pages of somebody else's, and the crate follows without cookies.
        call!(self, o_auth2_api::o_auth2_authorize(&self.open)).expect_err("a page");
        call!(self, oidc_api::revoke_oidc_session(&self.open)).expect_err("a page");
        Ok(())
    }

    async fn keep_keys(&mut self) -> anyhow::Result<()> {
        let (admin, set, kid) = (self.admin.clone(), "sdk", "first");
        let wanted = models::CreateJsonWebKeySet::new("ES256".to_owned(), kid.to_owned(), "sig".to_owned());
        let made = call!(self, jwk_api::create_json_web_key_set(&admin, set, wanted))?;
        call!(self, jwk_api::get_json_web_key_set(&admin, set))?;
        let one = call!(self, jwk_api::get_json_web_key(&admin, set, kid))?;
        ensure!(one == made, "{one:?}");
        let key = made.keys.iter().flatten().next().cloned();
        call!(self, jwk_api::set_json_web_key(&admin, set, kid, key))?;
        call!(self, jwk_api::set_json_web_key_set(&admin, set, Some(made)))?;
        call!(self, jwk_api::delete_json_web_key(&admin, set, kid))?;
        assert_status(call!(self, jwk_api::get_json_web_key(&admin, set, kid)), 404);
        call!(self, jwk_api::delete_json_web_key_set(&admin, set))?;
        Ok(())
    }

    async fn trust(&mut self) -> anyhow::Result<()> {
        let (admin, issuer) = (self.admin.clone(), "https://elsewhere.example");
        let own = models::CreateJsonWebKeySet::new("ES256".to_owned(), "theirs".to_owned(), "sig".to_owned());
        let keys = call!(self, jwk_api::create_json_web_key_set(&admin, "theirs", own))?.keys;
        let key = models::JsonWebKey { d: None, ..keys.into_iter().flatten().next().context("a key")? };
        let until = "2040-01-01T00:00:00Z".to_owned();
        let mut trust = models::TrustOAuth2JwtGrantIssuer::new(until, issuer.to_owned(), key, vec!["read".to_owned()]);
        trust.subject = Some("ada".to_owned());
        let made = call!(self, o_auth2_api::trust_o_auth2_jwt_grant_issuer(&admin, Some(trust)))?;
        let id = made.id.context("an id")?;
        call!(self, o_auth2_api::get_trusted_o_auth2_jwt_grant_issuer(&admin, &id))?;
        let known =
            call!(self, o_auth2_api::list_trusted_o_auth2_jwt_grant_issuers(&admin, Some(10), None, Some(issuer)))?;
        ensure!(known.iter().any(|one| one.id.as_ref() == Some(&id)), "{known:?}");
        call!(self, o_auth2_api::delete_trusted_o_auth2_jwt_grant_issuer(&admin, &id))?;
        assert_status(call!(self, o_auth2_api::get_trusted_o_auth2_jwt_grant_issuer(&admin, &id)), 404);
        Ok(())
    }

    async fn register(&mut self) -> anyhow::Result<()> {
        let admin = self.admin.clone();
        let client: models::OAuth2Client = serde_json::from_value(json!({
            "client_id": "shop",
            "client_name": "Shop",
            "client_secret": SECRET,
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
            "scope": "openid offline_access userinfo_credential_draft_00",
            "owner": "sales",
            "metadata": { "tier": 1 },
        }))?;
        let mut made = call!(self, o_auth2_api::create_o_auth2_client(&admin, client.clone()))?;
        assert_status(call!(self, o_auth2_api::create_o_auth2_client(&admin, client)), 409);
        call!(self, o_auth2_api::get_o_auth2_client(&admin, "shop"))?;
        let listed =
            call!(self, o_auth2_api::list_o_auth2_clients(&admin, Some(5), None, Some("Shop"), Some("sales")))?;
        ensure!(listed.len() == 1, "{listed:?}");
        made.client_secret = None;
        call!(self, o_auth2_api::set_o_auth2_client(&admin, "shop", made))?;
        let mut patch = models::JsonPatch::new("replace".to_owned(), "/client_name".to_owned());
        patch.value = Some(Some(json!("The Shop")));
        let patched = call!(self, o_auth2_api::patch_o_auth2_client(&admin, "shop", vec![patch]))?;
        ensure!(patched.client_name.as_deref() == Some("The Shop"), "{patched:?}");
        let mut lifespans = models::OAuth2ClientTokenLifespans::new();
        lifespans.authorization_code_grant_access_token_lifespan = Some("11m".to_owned());
        let changed = call!(self, o_auth2_api::set_o_auth2_client_lifespans(&admin, "shop", Some(lifespans)))?;
        ensure!(changed.authorization_code_grant_access_token_lifespan.as_deref() == Some("11m0s"), "{changed:?}");
        assert_status(call!(self, o_auth2_api::get_o_auth2_client(&admin, "nobody")), 404);
        Ok(())
    }

    fn asked(&self) -> anyhow::Result<Url> {
        let scope = "openid offline_access userinfo_credential_draft_00";
        let form = [
            ("response_type", "code"),
            ("client_id", "shop"),
            ("redirect_uri", CALLBACK),
            ("scope", scope),
            ("state", "a-state-of-ours"),
        ];
        Ok(Url::parse_with_params(&format!("{}/oauth2/auth", self.open.base_path), form)?)
    }

    /// Where the login page sends the browser on to.
    async fn log_in(&mut self, person: &Person) -> anyhow::Result<String> {
        let admin = self.admin.clone();
        let challenge = challenge(&person.open(self.asked()?.as_str()).await?, "login_challenge")?;
        let request = call!(self, o_auth2_api::get_o_auth2_login_request(&admin, &challenge))?;
        ensure!(!request.skip && request.client.client_id.as_deref() == Some("shop"), "{request:?}");
        let mut accept = models::AcceptOAuth2LoginRequest::new("ada".to_owned());
        accept.remember = Some(true);
        Ok(call!(self, o_auth2_api::accept_o_auth2_login_request(&admin, &challenge, Some(accept)))?.redirect_to)
    }

    async fn exchange(&mut self) -> anyhow::Result<(Person, String)> {
        let (admin, person) = (self.admin.clone(), self.person()?);
        let next = self.log_in(&person).await?;
        let challenge = challenge(&person.open(&next).await?, "consent_challenge")?;
        let request = call!(self, o_auth2_api::get_o_auth2_consent_request(&admin, &challenge))?;
        let mut accept = models::AcceptOAuth2ConsentRequest::new();
        accept.grant_scope = request.requested_scope;
        let next = call!(self, o_auth2_api::accept_o_auth2_consent_request(&admin, &challenge, Some(accept)))?;
        let code = person.open(&next.redirect_to).await?.parameter("code").context("a code")?;
        let basic_auth = Some(("shop".to_owned(), Some(SECRET.to_owned())));
        let shop = Configuration { basic_auth, ..self.open.clone() };
        let kind = "authorization_code";
        let tokens =
            call!(self, o_auth2_api::oauth2_token_exchange(&shop, kind, None, Some(&code), Some(CALLBACK), None))?;
        let token = tokens.access_token.clone().context("an access token")?;
        let bearer = Configuration {
            oauth_access_token: Some(token.clone()),
            bearer_access_token: Some(token.clone()),
            ..self.open.clone()
        };
        let subject = call!(self, oidc_api::get_oidc_user_info(&bearer))?.sub;
        ensure!(subject.as_deref() == Some("ada"), "{subject:?}");
        // The crate sends no token along, for the document asks for none.
        assert_status(call!(self, oidc_api::create_verifiable_credential(&bearer, None)), 401);
        let seen = call!(self, o_auth2_api::introspect_o_auth2_token(&admin, &token, Some("openid")))?;
        ensure!(seen.active, "{seen:?}");
        let agreed = call!(self, o_auth2_api::list_o_auth2_consent_sessions(&admin, "ada", Some(5), None, None))?;
        ensure!(agreed.len() == 1, "{agreed:?}");
        let refresh = tokens.refresh_token.context("a refresh token")?;
        call!(self, o_auth2_api::revoke_o_auth2_token(&shop, &refresh, None, None))?;
        ensure!(!call!(self, o_auth2_api::introspect_o_auth2_token(&admin, &token, None))?.active, "revoked");
        call!(self, o_auth2_api::delete_o_auth2_token(&admin, "shop"))?;
        Ok((person, tokens.id_token.context("an ID token")?))
    }

    async fn refuse(&mut self) -> anyhow::Result<()> {
        let (admin, person) = (self.admin.clone(), self.person()?);
        let mut no = models::RejectOAuth2Request::new();
        (no.error, no.status_code) = (Some("access_denied".to_owned()), Some(403));
        let login = challenge(&person.open(self.asked()?.as_str()).await?, "login_challenge")?;
        let next = call!(self, o_auth2_api::reject_o_auth2_login_request(&admin, &login, Some(no.clone())))?;
        let end = person.open(&next.redirect_to).await?;
        ensure!(end.parameter("error").as_deref() == Some("access_denied"), "{}", end.url);
        let next = self.log_in(&person).await?;
        let consent = challenge(&person.open(&next).await?, "consent_challenge")?;
        call!(self, o_auth2_api::reject_o_auth2_consent_request(&admin, &consent, Some(no)))?;
        assert_status(call!(self, o_auth2_api::get_o_auth2_login_request(&admin, "nothing")), 404);
        Ok(())
    }

    async fn log_out(&mut self, person: &Person, id_token: &str) -> anyhow::Result<()> {
        let admin = self.admin.clone();
        let url = format!("{}/oauth2/sessions/logout?id_token_hint={id_token}", self.open.base_path);
        let first = challenge(&person.open(&url).await?, "logout_challenge")?;
        let request = call!(self, o_auth2_api::get_o_auth2_logout_request(&admin, &first))?;
        ensure!(request.subject.as_deref() == Some("ada"), "{request:?}");
        call!(self, o_auth2_api::reject_o_auth2_logout_request(&admin, &first))?;
        let second = challenge(&person.open(&url).await?, "logout_challenge")?;
        let next = call!(self, o_auth2_api::accept_o_auth2_logout_request(&admin, &second))?;
        person.open(&next.redirect_to).await?;
        Ok(())
    }

    async fn use_device(&mut self, world: &World) -> anyhow::Result<()> {
        let (admin, open, person) = (self.admin.clone(), self.open.clone(), self.person()?);
        // Neither sends anything along, for the document says of nothing.
        assert_status(call!(self, o_auth2_api::o_auth2_device_flow(&open)), 400);
        call!(self, o_auth2_api::perform_o_auth2_device_verification_flow(&open)).expect_err("a page");
        let begun = world.post_form("/oauth2/device/auth", Some(("shop", SECRET)), &[]).await?.expect(200)?;
        let begun: models::DeviceAuthorization = serde_json::from_value(begun)?;
        let page = person.open(&begun.verification_uri_complete.context("an address")?).await?;
        let body = models::AcceptDeviceUserCodeRequest { user_code: begun.user_code };
        let device = challenge(&page, "device_challenge")?;
        let next = call!(self, o_auth2_api::accept_user_code_request(&admin, &device, Some(body)))?;
        challenge(&person.open(&next.redirect_to).await?, "login_challenge")?;
        Ok(())
    }

    async fn register_itself(&mut self) -> anyhow::Result<()> {
        let open = self.open.clone();
        let mut client = models::OAuth2Client::new();
        client.redirect_uris = Some(vec![CALLBACK.to_owned()]);
        let made = call!(self, oidc_api::create_oidc_dynamic_client(&open, client))?;
        let id = made.client_id.context("an id")?;
        let mut own = Configuration { bearer_access_token: made.registration_access_token, ..open };
        let mut read = call!(self, oidc_api::get_oidc_dynamic_client(&own, &id))?;
        read.client_name = Some("Renamed".to_owned());
        let changed = call!(self, oidc_api::set_oidc_dynamic_client(&own, &id, read))?;
        ensure!(changed.client_name.as_deref() == Some("Renamed"), "{changed:?}");
        own.bearer_access_token = changed.registration_access_token;
        call!(self, oidc_api::delete_oidc_dynamic_client(&own, &id))?;
        assert_status(call!(self, oidc_api::get_oidc_dynamic_client(&own, &id)), 401);
        Ok(())
    }

    async fn clean_up(&mut self) -> anyhow::Result<()> {
        let admin = self.admin.clone();
        let ada = Some("ada");
        call!(self, o_auth2_api::revoke_o_auth2_consent_sessions(&admin, ada, None, None, Some(true)))?;
        let left = call!(self, o_auth2_api::list_o_auth2_consent_sessions(&admin, "ada", None, None, None))?;
        ensure!(left.is_empty(), "{left:?}");
        call!(self, o_auth2_api::revoke_o_auth2_login_sessions(&admin, ada, None))?;
        call!(self, o_auth2_api::delete_o_auth2_client(&admin, "shop"))?;
        assert_status(call!(self, o_auth2_api::delete_o_auth2_client(&admin, "shop")), 404);
        Ok(())
    }
}

fn challenge(page: &Page, name: &str) -> anyhow::Result<String> {
    page.parameter(name).with_context(|| format!("no {name} at {}", page.url))
}
