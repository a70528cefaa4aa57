//! The crate `ory-kratos-client`. What it decodes an answer as, its answer's type says.
//!
//! Of the nodes of a form the crate reads `node_type` twice, once to choose the kind and once as a field of that kind, and
//! serde has taken it away by then; `action` of what to go on with likewise. So no version of it decodes a form, whoever
//! sends it. Those operations are called as well, and have to fail for that reason alone: where the crate is mended, this
//! test says so.

use std::{collections::BTreeSet, fmt::Debug};

use anyhow::{Context as _, ensure};
use integration_tests::{person, world::World};
use ory_kratos_client::{
    apis::{
        Error,
        configuration::{ApiKey, Configuration},
        courier_api, frontend_api, identity_api, metadata_api,
    },
    models,
};
use serde_json::{Value, json};

const PASSWORD: &str = "a quiet green lamp";
const EMAIL: &str = "ada@example.org";

/// Calls an operation and remembers that it was called.
macro_rules! call {
    ($caller:expr, $api:ident :: $name:ident ( $($argument:expr),* $(,)? )) => {{
        $caller.called.insert(stringify!($name).to_owned());
        $api::$name($($argument),*).await
    }};
}

/// Calls an operation whose answer holds what the crate cannot decode.
macro_rules! form {
    ($caller:expr, $name:ident ( $($argument:expr),* $(,)? )) => {
        assert_undecodable(stringify!($name), call!($caller, frontend_api::$name($($argument),*)))
    };
}

/// Calls every operation of the crate; their names.
pub(super) async fn every_operation(world: &World) -> anyhow::Result<BTreeSet<String>> {
    let admin = Configuration {
        base_path: format!("http://127.0.0.1:{}", world.places.identity_admin),
        api_key: Some(ApiKey { prefix: Some("Bearer".to_owned()), key: world.places.identity_key.clone() }),
        ..Configuration::new()
    };
    let open =
        Configuration { base_path: world.identity_url("").trim_end_matches('/').to_owned(), ..Configuration::new() };
    let mut caller = Caller { open, admin, called: BTreeSet::new() };
    Box::pin(caller.look_around()).await?;
    let ada = Box::pin(caller.keep_people()).await?;
    Box::pin(caller.sign_in_and_out()).await?;
    Box::pin(caller.fill_in_forms()).await?;
    Box::pin(caller.browse()).await?;
    Box::pin(caller.clean_up(&ada)).await?;
    Ok(caller.called)
}

/// The answer is an error on purpose, and one the crate can decode.
#[track_caller]
fn assert_status<T: Debug, E: Debug>(outcome: Result<T, Error<E>>, status: u16) {
    let Err(Error::ResponseError(answer)) = outcome else { panic!("{status} was expected: {outcome:?}") };
    assert_eq!((answer.status.as_u16(), answer.entity.is_some()), (status, true), "{answer:?}");
}

#[track_caller]
fn assert_undecodable<T: Debug, E: Debug>(name: &str, outcome: Result<T, Error<E>>) {
    let Err(Error::Serde(error)) = outcome else { panic!("{name} decodes now: {outcome:?}") };
    let said = error.to_string();
    let known = ["missing field `node_type`", "missing field `action`"];
    assert!(known.iter().any(|reason| said.starts_with(reason)), "{name}: {said}");
}

fn newcomer(email: &str) -> models::CreateIdentityBody {
    let config = models::IdentityWithCredentialsPasswordConfig {
        password: Some(PASSWORD.to_owned()),
        ..models::IdentityWithCredentialsPasswordConfig::new()
    };
    let password = models::IdentityWithCredentialsPassword { config: Some(Box::new(config)) };
    let credentials = models::IdentityWithCredentials {
        password: Some(Box::new(password)),
        ..models::IdentityWithCredentials::new()
    };
    let (completed, via) = ("completed".to_owned(), models::verifiable_identity_address::ViaEnum::Email);
    let proven = models::VerifiableIdentityAddress::new(completed, email.to_owned(), true, via);
    models::CreateIdentityBody {
        verifiable_addresses: Some(vec![proven]),
        credentials: Some(Box::new(credentials)),
        ..models::CreateIdentityBody::new("default".to_owned(), traits(email, "Ada Lovelace"))
    }
}

fn traits(email: &str, name: &str) -> Value {
    json!({ "email": email, "name": name })
}

struct Caller {
    open: Configuration,
    admin: Configuration,
    called: BTreeSet<String>,
}

impl Caller {
    async fn look_around(&mut self) -> anyhow::Result<()> {
        for port in [&self.open, &self.admin] {
            call!(self, metadata_api::is_alive(port))?;
            call!(self, metadata_api::is_ready(port))?;
            call!(self, metadata_api::get_version(port))?;
        }
        let known = call!(self, identity_api::list_identity_schemas(&self.open, None, None, Some(5), None))?;
        ensure!(known.iter().any(|one| one.id == "default"), "{known:?}");
        call!(self, identity_api::get_identity_schema(&self.open, "default"))?;
        // The crate takes JSON and plain text alone, and knows no script.
        call!(self, frontend_api::get_web_authn_java_script(&self.open)).expect_err("a script");
        Ok(())
    }

    async fn keep_people(&mut self) -> anyhow::Result<String> {
        let admin = self.admin.clone();
        let wanted = models::CreateIdentityBody { external_id: Some("crm-1".to_owned()), ..newcomer(EMAIL) };
        let ada = call!(self, identity_api::create_identity(&admin, Some(wanted.clone())))?.id;
        assert_status(call!(self, identity_api::create_identity(&admin, Some(wanted))), 409);
        let with = || Some(vec!["password".to_owned()]);
        call!(self, identity_api::get_identity(&admin, &ada, with()))?;
        let found = call!(self, identity_api::get_identity_by_external_id(&admin, "crm-1", with()))?;
        ensure!(found.id == ada, "{found:?}");
        let listed = call!(
            self,
            identity_api::list_identities(
                &admin,
                None,
                None,
                Some(5),
                None,
                None,
                None,
                Some(EMAIL),
                None,
                with(),
                None
            )
        )?;
        ensure!(listed.len() == 1, "{listed:?}");
        let state = models::update_identity_body::StateEnum::Active;
        let mut update = models::UpdateIdentityBody::new("default".to_owned(), state, traits(EMAIL, "Ada King"));
        update.metadata_admin = Some(Some(json!({ "note": 1 })));
        call!(self, identity_api::update_identity(&admin, &ada, Some(update)))?;
        let rename = patch("replace", "/traits/name", json!("Ada Lovelace"));
        let codes = json!({ "type": "lookup_secret", "config": { "recovery_codes": [{ "code": "aaaabbbb" }] } });
        let add = patch("add", "/credentials/lookup_secret", codes);
        let patched = call!(self, identity_api::patch_identity(&admin, &ada, Some(vec![rename, add])))?;
        ensure!(patched.traits.as_ref().is_some_and(|traits| traits["name"] == "Ada Lovelace"), "{patched:?}");
        call!(self, identity_api::delete_identity_credentials(&admin, &ada, "lookup_secret", None))?;
        let one = |email| models::IdentityPatch { create: Some(Box::new(newcomer(email))), patch_id: None };
        let batch = models::PatchIdentitiesBody { identities: Some(vec![one("eva@example.org"), one(EMAIL)]) };
        let done = call!(self, identity_api::batch_patch_identities(&admin, Some(batch)))?;
        ensure!(done.identities.iter().flatten().filter(|one| one.error.is_some()).count() == 1, "{done:?}");
        let code = models::CreateRecoveryCodeForIdentityBody::new(ada.clone());
        call!(self, identity_api::create_recovery_code_for_identity(&admin, Some(code)))?;
        let link = models::CreateRecoveryLinkForIdentityBody::new(ada.clone());
        call!(self, identity_api::create_recovery_link_for_identity(&admin, None, Some(link)))?;
        Ok(ada)
    }

    /// The id of a form the crate could not decode.
    async fn begun(&self, kind: &str, token: Option<&str>) -> anyhow::Result<String> {
        let request = person::plain_client()?.get(format!("{}/self-service/{kind}/api", self.open.base_path));
        let request = token.iter().fold(request, |request, token| request.header("X-Session-Token", *token));
        let form: Value = request.send().await?.json().await?;
        Ok(form["id"].as_str().with_context(|| format!("no form: {form}"))?.to_owned())
    }

    async fn sign_in(&mut self) -> anyhow::Result<String> {
        let flow = self.begun("login", None).await?;
        let method = models::UpdateLoginFlowWithPasswordMethod::new(
            EMAIL.to_owned(),
            "password".to_owned(),
            PASSWORD.to_owned(),
        );
        let body = models::UpdateLoginFlowBody::Password(Box::new(method));
        let done = call!(self, frontend_api::update_login_flow(&self.open, &flow, body, None, None))?;
        done.session_token.context("a token")
    }

    async fn sign_in_and_out(&mut self) -> anyhow::Result<()> {
        let open = self.open.clone();
        let own = self.sign_in().await?;
        let token = Some(own.as_str());
        let seen = call!(self, frontend_api::to_session(&open, token, None, None))?;
        ensure!(seen.active == Some(true), "{seen:?}");
        assert_status(call!(self, frontend_api::to_session(&open, None, None, None)), 401);
        self.sign_in().await?;
        let others = call!(self, frontend_api::list_my_sessions(&open, None, None, Some(5), None, token, None))?;
        let other = others.first().context("another session")?;
        call!(self, frontend_api::disable_my_session(&open, &other.id, token, None))?;
        call!(self, frontend_api::disable_my_other_sessions(&open, token, None))?;
        let body = models::PerformNativeLogoutBody::new(own.clone());
        call!(self, frontend_api::perform_native_logout(&open, body))?;
        let code = "a".repeat(64);
        assert_status(call!(self, frontend_api::exchange_session_token(&open, &code, &code)), 404);
        Ok(())
    }

    async fn fill_in_forms(&mut self) -> anyhow::Result<()> {
        let open = self.open.clone();
        let token = self.sign_in().await?;
        let token = Some(token.as_str());
        form!(self, create_native_login_flow(&open, None, None, None, None, None, None, None, None));
        form!(self, get_login_flow(&open, &self.begun("login", None).await?, None));

        form!(self, create_native_settings_flow(&open, token));
        let flow = self.begun("settings", token).await?;
        form!(self, get_settings_flow(&open, &flow, token, None));
        let named = traits(EMAIL, "Countess");
        let method = models::UpdateSettingsFlowWithProfileMethod::new("profile".to_owned(), named);
        let body = models::UpdateSettingsFlowBody::Profile(Box::new(method));
        form!(self, update_settings_flow(&open, &flow, body, token, None));

        form!(self, create_native_registration_flow(&open, None, None, None, None));
        let flow = self.begun("registration", None).await?;
        form!(self, get_registration_flow(&open, &flow, None));
        let method = models::UpdateRegistrationFlowWithPasswordMethod::new(
            "password".to_owned(),
            PASSWORD.to_owned(),
            traits("pia@example.org", "Pia"),
        );
        let body = models::UpdateRegistrationFlowBody::Password(Box::new(method));
        form!(self, update_registration_flow(&open, &flow, body, None));

        form!(self, create_native_recovery_flow(&open));
        let flow = self.begun("recovery", None).await?;
        form!(self, get_recovery_flow(&open, &flow, None));
        let method = models::UpdateRecoveryFlowWithCodeMethod {
            method: models::update_recovery_flow_with_code_method::MethodEnum::Code,
            email: Some(EMAIL.to_owned()),
            ..models::UpdateRecoveryFlowWithCodeMethod::default()
        };
        let body = models::UpdateRecoveryFlowBody::Code(Box::new(method));
        form!(self, update_recovery_flow(&open, &flow, body, None, None));

        form!(self, create_native_verification_flow(&open, None));
        let flow = self.begun("verification", None).await?;
        form!(self, get_verification_flow(&open, &flow, None));
        let method = models::UpdateVerificationFlowWithCodeMethod {
            method: models::update_verification_flow_with_code_method::MethodEnum::Code,
            email: Some("pia@example.org".to_owned()),
            ..models::UpdateVerificationFlowWithCodeMethod::default()
        };
        let body = models::UpdateVerificationFlowBody::Code(Box::new(method));
        form!(self, update_verification_flow(&open, &flow, body, None, None));
        Ok(())
    }

    /// The crate asks for anything and keeps no cookies: it is sent on to pages.
    async fn browse(&mut self) -> anyhow::Result<()> {
        let open = self.open.clone();
        let page = "a page";
        call!(self, frontend_api::create_browser_login_flow(&open, None, None, None, None, None, None, None, None))
            .expect_err(page);
        call!(self, frontend_api::create_browser_registration_flow(&open, None, None, None, None, None))
            .expect_err(page);
        call!(self, frontend_api::create_browser_recovery_flow(&open, None)).expect_err(page);
        call!(self, frontend_api::create_browser_verification_flow(&open, None)).expect_err(page);
        call!(self, frontend_api::create_browser_settings_flow(&open, None, None)).expect_err(page);
        assert_status(call!(self, frontend_api::create_browser_logout_flow(&open, None, None)), 401);
        call!(self, frontend_api::update_logout_flow(&open, None, None, None)).ok();
        let told = call!(self, frontend_api::get_flow_error(&open, "stub:500"))?;
        ensure!(told.error.is_some(), "{told:?}");
        call!(self, frontend_api::create_fedcm_flow(&open)).expect_err("switched off");
        let body = models::UpdateFedcmFlowBody::new("a".to_owned(), "b".to_owned());
        call!(self, frontend_api::update_fedcm_flow(&open, body)).expect_err("switched off");
        Ok(())
    }

    async fn clean_up(&mut self, ada: &str) -> anyhow::Result<()> {
        let admin = self.admin.clone();
        self.sign_in().await?;
        let expand = || Some(vec!["identity".to_owned(), "devices".to_owned()]);
        let theirs =
            call!(self, identity_api::list_identity_sessions(&admin, ada, None, None, Some(5), None, Some(true)))?;
        let session = theirs.first().context("a session")?.id.clone();
        call!(self, identity_api::list_sessions(&admin, Some(5), None, Some(true), expand()))?;
        call!(self, identity_api::get_session(&admin, &session, expand()))?;
        call!(self, identity_api::extend_session(&admin, &session))?;
        call!(self, identity_api::disable_session(&admin, &session))?;
        call!(self, identity_api::delete_identity_sessions(&admin, ada))?;
        let sent = call!(self, courier_api::list_courier_messages(&admin, Some(5), None, None, None))?;
        let first = sent.first().context("a message")?.id.clone();
        call!(self, courier_api::get_courier_message(&admin, &first))?;
        call!(self, identity_api::delete_identity(&admin, ada))?;
        assert_status(call!(self, identity_api::get_identity(&admin, ada, None)), 404);
        Ok(())
    }
}

fn patch(op: &str, path: &str, value: Value) -> models::JsonPatch {
    models::JsonPatch { value: Some(Some(value)), ..models::JsonPatch::new(op.to_owned(), path.to_owned()) }
}
