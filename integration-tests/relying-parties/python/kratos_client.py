"""The client library others generated for this API (PyPI ory-kratos-client) calls each operation once and decodes every answer.

Arguments: the public URL, the admin URL, the admin key. Prints one JSON object: the operations that were called, and of each
that failed what was wrong.
"""

import json
import sys
import uuid

import ory_kratos_client as kratos
from ory_kratos_client.api import courier_api, frontend_api, identity_api, metadata_api

PASSWORD = "a quiet green lamp"
called, failed = [], {}


def call(name, function, *args, expect=None, **kwargs):
    """Calls an operation; `expect` is the status of an answer that is an error on purpose."""
    called.append(name)
    try:
        answer = function(*args, **kwargs)
    except kratos.ApiException as error:
        if error.status != expect:
            failed[name] = f"{error.status}: {error.body}"
            return None
        # Errors have a shape too.
        return json.loads(error.body) if error.body else None
    except Exception as error:  # an answer the library cannot decode
        failed[name] = f"{type(error).__name__}: {error}"
        return None
    if expect is not None:
        failed[name] = f"answered, where {expect} was expected"
    return answer


def identity(email, **more):
    return kratos.CreateIdentityBody(
        schema_id="default",
        traits={"email": email, "name": "Ada Lovelace"},
        credentials=kratos.IdentityWithCredentials(
            password=kratos.IdentityWithCredentialsPassword(
                config=kratos.IdentityWithCredentialsPasswordConfig(password=PASSWORD)
            )
        ),
        verifiable_addresses=[
            kratos.VerifiableIdentityAddress(value=email, via="email", verified=True, status="completed")
        ],
        **more,
    )


def administer(admin):
    api = identity_api.IdentityApi(admin)
    ada = call("createIdentity", api.create_identity, identity("ada@example.org", external_id="crm-1"))
    call("listIdentitySchemas", frontend_schemas.list_identity_schemas)
    call("getIdentitySchema", frontend_schemas.get_identity_schema, "default")
    call("listIdentities", api.list_identities, page_size=10, include_credential=["password"])
    call("getIdentity", api.get_identity, ada.id, include_credential=["password"])
    call("getIdentityByExternalID", api.get_identity_by_external_id, "crm-1")
    call(
        "updateIdentity",
        api.update_identity,
        ada.id,
        kratos.UpdateIdentityBody(
            schema_id="default",
            state="active",
            traits={"email": "ada@example.org", "name": "Ada King"},
            metadata_admin={"note": 1},
            credentials=kratos.IdentityWithCredentials(
                oidc=kratos.IdentityWithCredentialsOidc(
                    config=kratos.IdentityWithCredentialsOidcConfig(
                        providers=[kratos.IdentityWithCredentialsOidcConfigProvider(provider="p", subject="s")]
                    )
                ),
            ),
        ),
    )
    codes = {"type": "lookup_secret", "config": {"recovery_codes": [{"code": "aaaabbbb"}]}}
    patch = [
        kratos.JsonPatch(op="replace", path="/traits/name", value="Ada Lovelace"),
        kratos.JsonPatch(op="add", path="/credentials/lookup_secret", value=codes),
    ]
    patched = call("patchIdentity", api.patch_identity, ada.id, patch)
    if patched is None or patched.traits["name"] != "Ada Lovelace":
        failed["patchIdentity"] = "changed nothing"
    call("deleteIdentityCredentials", api.delete_identity_credentials, ada.id, "lookup_secret")
    batch = kratos.PatchIdentitiesBody(
        identities=[
            kratos.IdentityPatch(create=identity("eva@example.org"), patch_id=str(uuid.uuid4())),
            kratos.IdentityPatch(create=identity("ada@example.org"), patch_id=str(uuid.uuid4())),
        ]
    )
    answer = call("batchPatchIdentities", api.batch_patch_identities, batch)
    if answer is None or [item.action for item in answer.identities] != ["create", "error"]:
        failed["batchPatchIdentities"] = f"{answer}"
    body = kratos.CreateRecoveryCodeForIdentityBody(identity_id=ada.id)
    call("createRecoveryCodeForIdentity", api.create_recovery_code_for_identity, body)
    body = kratos.CreateRecoveryLinkForIdentityBody(identity_id=ada.id, expires_in="1h")
    call("createRecoveryLinkForIdentity", api.create_recovery_link_for_identity, create_recovery_link_for_identity_body=body)
    return api, ada


def sign_in(frontend):
    flow = call("createNativeLoginFlow", frontend.create_native_login_flow)
    call("getLoginFlow", frontend.get_login_flow, flow.id)
    method = kratos.UpdateLoginFlowWithPasswordMethod(method="password", identifier="ada@example.org", password=PASSWORD)
    return call("updateLoginFlow", frontend.update_login_flow, flow.id, kratos.UpdateLoginFlowBody(method))


def visit(frontend):
    signed_in = sign_in(frontend)
    token = signed_in.session_token
    call("toSession", frontend.to_session, x_session_token=token)
    call("toSession without one", frontend.to_session, expect=401)
    sign_in(frontend)
    others = call("listMySessions", frontend.list_my_sessions, x_session_token=token)
    call("disableMySession", frontend.disable_my_session, others[0].id, x_session_token=token)
    call("disableMyOtherSessions", frontend.disable_my_other_sessions, x_session_token=token)

    flow = call("createNativeSettingsFlow", frontend.create_native_settings_flow, x_session_token=token)
    call("getSettingsFlow", frontend.get_settings_flow, flow.id, x_session_token=token)
    traits = {"email": "ada@example.org", "name": "Countess"}
    method = kratos.UpdateSettingsFlowWithProfileMethod(method="profile", traits=traits)
    call("updateSettingsFlow", frontend.update_settings_flow, flow.id, kratos.UpdateSettingsFlowBody(method), x_session_token=token)

    flow = call("createNativeRegistrationFlow", frontend.create_native_registration_flow)
    call("getRegistrationFlow", frontend.get_registration_flow, flow.id)
    traits = {"email": "pia@example.org", "name": "Pia"}
    method = kratos.UpdateRegistrationFlowWithPasswordMethod(method="password", password=PASSWORD, traits=traits)
    call("updateRegistrationFlow", frontend.update_registration_flow, flow.id, kratos.UpdateRegistrationFlowBody(method))

    flow = call("createNativeRecoveryFlow", frontend.create_native_recovery_flow)
    call("getRecoveryFlow", frontend.get_recovery_flow, flow.id)
    method = kratos.UpdateRecoveryFlowWithCodeMethod(method="code", email="ada@example.org")
    call("updateRecoveryFlow", frontend.update_recovery_flow, flow.id, kratos.UpdateRecoveryFlowBody(method))

    flow = call("createNativeVerificationFlow", frontend.create_native_verification_flow)
    call("getVerificationFlow", frontend.get_verification_flow, flow.id)
    method = kratos.UpdateVerificationFlowWithCodeMethod(method="code", email="pia@example.org")
    call("updateVerificationFlow", frontend.update_verification_flow, flow.id, kratos.UpdateVerificationFlowBody(method))
    return token


def browse(frontend, token):
    """The library asks for JSON, and gets the flow where a browser would be sent on."""
    call("createBrowserLoginFlow", frontend.create_browser_login_flow)
    call("createBrowserRegistrationFlow", frontend.create_browser_registration_flow)
    call("createBrowserRecoveryFlow", frontend.create_browser_recovery_flow)
    call("createBrowserVerificationFlow", frontend.create_browser_verification_flow)
    call("createBrowserSettingsFlow", frontend.create_browser_settings_flow, expect=401)
    call("createBrowserLogoutFlow", frontend.create_browser_logout_flow, expect=401)
    call("updateLogoutFlow", frontend.update_logout_flow)
    call("getFlowError", frontend.get_flow_error, "stub:500")
    code = "a" * 64
    call("exchangeSessionToken", frontend.exchange_session_token, code, code, expect=404)
    call("getWebAuthnJavaScript", frontend.get_web_authn_java_script)
    body = kratos.PerformNativeLogoutBody(session_token=token)
    call("performNativeLogout", frontend.perform_native_logout, body)


def clean_up(api, ada, frontend):
    sign_in(frontend)
    sessions = call("listIdentitySessions", api.list_identity_sessions, ada.id)
    call("listSessions", api.list_sessions, expand=["identity", "devices"])
    session = sessions[0].id
    call("getSession", api.get_session, session, expand=["identity", "devices"])
    call("extendSession", api.extend_session, session)
    call("disableSession", api.disable_session, session)
    call("deleteIdentitySessions", api.delete_identity_sessions, ada.id)
    call("deleteIdentity", api.delete_identity, ada.id)
    call("getIdentity of nobody", api.get_identity, ada.id, expect=404)


public_url, admin_url, key = sys.argv[1:4]
admin = kratos.ApiClient(kratos.Configuration(host=admin_url))
admin.set_default_header("Authorization", f"Bearer {key}")
public = kratos.ApiClient(kratos.Configuration(host=public_url))
frontend = frontend_api.FrontendApi(public)
frontend_schemas = identity_api.IdentityApi(public)

api, ada = administer(admin)
token = visit(frontend)
browse(frontend, token)
clean_up(api, ada, frontend)
courier = courier_api.CourierApi(admin)
messages = call("listCourierMessages", courier.list_courier_messages, page_size=5)
call("getCourierMessage", courier.get_courier_message, messages[0].id)
for client in (admin, public):
    metadata = metadata_api.MetadataApi(client)
    call("isAlive", metadata.is_alive)
    call("isReady", metadata.is_ready)
    call("getVersion", metadata.get_version)
print(json.dumps({"called": sorted(set(called)), "failed": failed}))
