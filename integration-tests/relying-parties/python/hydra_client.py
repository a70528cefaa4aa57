"""The client library others generated for the API of oauth-service (PyPI ory-hydra-client) calls each operation it has once and
decodes every answer.

Arguments: the public URL, the admin URL, the admin key. Prints one JSON object: the operations the library has, those that were
called, and of each that failed what was wrong.
"""

import datetime
import inspect
import json
import sys
import traceback
from urllib.parse import parse_qs, urlencode, urlparse

import ory_hydra_client as hydra
import requests
import urllib3
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from ory_hydra_client.api import jwk_api, metadata_api, o_auth2_api, oidc_api, wellknown_api

CALLBACK = "http://127.0.0.1:5555/callback"
CREDENTIAL = "userinfo_credential_draft_00"
called, failed = set(), {}


def operation(name):
    """The operation's name in the document: `get_o_auth2_client` is `getOAuth2Client`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def call(function, *args, expect=None, **kwargs):
    """Calls an operation; `expect` is the status of an answer that is an error or a redirect on purpose."""
    name = operation(function.__name__)
    called.add(name)
    try:
        answer = function(*args, **kwargs)
    except hydra.ApiException as error:
        if error.status != expect:
            failed[name] = f"{error.status}: {error.body}"
        elif error.body:
            hydra.ErrorOAuth2.from_json(error.body)
        return None
    except Exception as error:  # an answer the library cannot decode
        failed[name] = f"{type(error).__name__}: {error}"
        return None
    if expect is not None:
        failed[name] = f"answered, where {expect} was expected"
    return answer


def ensure(name, truth, told):
    if not truth:
        failed.setdefault(name, f"{told}")


def client(host, **more):
    configuration = hydra.Configuration(host=host, **more)
    configuration.retries = urllib3.Retry(0, redirect=0, raise_on_redirect=False)
    return hydra.ApiClient(configuration)


class Browser:
    """Cookies, and one redirect at a time."""

    def __init__(self):
        self.session = requests.Session()

    def follow(self, url):
        answer = self.session.get(url, allow_redirects=False, timeout=10)
        return answer.headers.get("Location", "")

    def challenge(self, url, name):
        location = self.follow(url)
        found = parse_qs(urlparse(location).query).get(name)
        assert found, f"no {name} in {location}"
        return found[0]


def look_around():
    for api in (public, admin):
        call(metadata_api.MetadataApi(api).is_alive)
        call(metadata_api.MetadataApi(api).is_ready)
    call(metadata_api.MetadataApi(admin).get_version)
    found = call(oidc_api.OidcApi(public).discover_oidc_configuration)
    ensure("discoverOidcConfiguration", found and "S256" in found.code_challenge_methods_supported, found)
    keys = call(wellknown_api.WellknownApi(public).discover_json_web_keys)
    ensure("discoverJsonWebKeys", keys and all(key.kty for key in keys.keys), keys)


def keep_keys():
    api = jwk_api.JwkApi(admin)
    wanted = hydra.CreateJsonWebKeySet(alg="ES256", kid="first", use="sig")
    made = call(api.create_json_web_key_set, "sdk", wanted)
    call(api.get_json_web_key_set, "sdk")
    one = call(api.get_json_web_key, "sdk", "first")
    ensure("getJsonWebKey", one and one.keys[0].kid == "first", one)
    call(api.set_json_web_key, "sdk", "first", made.keys[0])
    call(api.set_json_web_key_set, "sdk", made)
    call(api.delete_json_web_key, "sdk", "first")
    call(api.get_json_web_key, "sdk", "first", expect=404)
    call(api.delete_json_web_key_set, "sdk")


def trust():
    issuer = RSAKey.generate_key(2048, {"kid": "theirs", "use": "sig", "alg": "RS256"})
    body = hydra.TrustOAuth2JwtGrantIssuer(
        issuer="https://elsewhere.example",
        subject="ada",
        scope=["read"],
        expires_at=datetime.datetime(2040, 1, 1, tzinfo=datetime.timezone.utc),
        jwk=hydra.JsonWebKey.from_dict(issuer.as_dict(private=False)),
    )
    trusted = call(oauth.trust_o_auth2_jwt_grant_issuer, body)
    ensure("trustOAuth2JwtGrantIssuer", trusted and trusted.public_key.kid == "theirs", trusted)
    call(oauth.get_trusted_o_auth2_jwt_grant_issuer, trusted.id)
    known = call(oauth.list_trusted_o_auth2_jwt_grant_issuers, page_size=10, issuer="https://elsewhere.example")
    ensure("listTrustedOAuth2JwtGrantIssuers", known and known[0].id == trusted.id, known)
    call(oauth.delete_trusted_o_auth2_jwt_grant_issuer, trusted.id)
    call(oauth.get_trusted_o_auth2_jwt_grant_issuer, trusted.id, expect=404)


def register():
    """A client with everything a registration may say."""
    body = hydra.OAuth2Client(
        client_id="shop",
        client_name="Shop",
        client_secret="a-secret-of-the-shop",
        redirect_uris=[CALLBACK],
        post_logout_redirect_uris=["http://127.0.0.1:5555/bye"],
        grant_types=["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
        response_types=["code"],
        scope=f"openid offline_access {CREDENTIAL}",
        audience=["https://api.example"],
        owner="sales",
        contacts=["ops@example.org"],
        metadata={"tier": 1},
        allowed_cors_origins=["https://shop.example"],
        logo_uri="https://shop.example/logo.png",
        tos_uri="https://shop.example/tos",
        policy_uri="https://shop.example/policy",
        client_uri="https://shop.example",
        backchannel_logout_session_required=True,
        frontchannel_logout_uri="http://127.0.0.1:5555/front",
        access_token_strategy="opaque",
        skip_consent=False,
        skip_logout_consent=False,
        authorization_code_grant_access_token_lifespan="10m",
    )
    made = call(oauth.create_o_auth2_client, body)
    ensure("createOAuth2Client", made and made.metadata == {"tier": 1} and isinstance(made.created_at, datetime.datetime), made)
    call(oauth.create_o_auth2_client, body, expect=409)
    call(oauth.get_o_auth2_client, "shop")
    listed = call(oauth.list_o_auth2_clients, page_size=5, client_name="Shop", owner="sales")
    ensure("listOAuth2Clients", listed and [item.client_id for item in listed] == ["shop"], listed)
    made.client_uri = "https://shop.example/home"
    made.client_secret = None
    call(oauth.set_o_auth2_client, "shop", made)
    patched = call(oauth.patch_o_auth2_client, "shop", [hydra.JsonPatch(op="replace", path="/client_name", value="The Shop")])
    ensure("patchOAuth2Client", patched and patched.client_name == "The Shop", patched)
    lifespans = hydra.OAuth2ClientTokenLifespans(
        authorization_code_grant_access_token_lifespan="11m", refresh_token_grant_refresh_token_lifespan="24h"
    )
    changed = call(oauth.set_o_auth2_client_lifespans, "shop", lifespans)
    ensure("setOAuth2ClientLifespans", changed and changed.authorization_code_grant_access_token_lifespan == "11m0s", changed)
    call(oauth.get_o_auth2_client, "nobody", expect=404)


def asked(**more):
    form = {"response_type": "code", "client_id": "shop", "redirect_uri": CALLBACK, "state": "a-state-of-ours"}
    form |= {"scope": f"openid offline_access {CREDENTIAL}", "nonce": "a-nonce-of-ours", "audience": "https://api.example"}
    return f"{public_url}/oauth2/auth?{urlencode(form | more)}"


def log_in(browser, url):
    challenge = browser.challenge(url, "login_challenge")
    request = call(oauth.get_o_auth2_login_request, challenge)
    ensure("getOAuth2LoginRequest", request and request.client.client_id == "shop" and not request.skip, request)
    body = hydra.AcceptOAuth2LoginRequest(
        subject="ada", remember=True, remember_for=3600, acr="aal1", amr=["pwd"], context={"from": "sdk"}
    )
    return call(oauth.accept_o_auth2_login_request, challenge, body).redirect_to


def consent(browser, url):
    challenge = browser.challenge(url, "consent_challenge")
    request = call(oauth.get_o_auth2_consent_request, challenge)
    ensure("getOAuth2ConsentRequest", request and request.context == {"from": "sdk"} and request.subject == "ada", request)
    body = hydra.AcceptOAuth2ConsentRequest(
        grant_scope=request.requested_scope,
        grant_access_token_audience=request.requested_access_token_audience,
        remember=True,
        remember_for=3600,
        context={"kept": True},
        session=hydra.AcceptOAuth2ConsentRequestSession(id_token={"role": "buyer"}, access_token={"tier": 1}),
    )
    return call(oauth.accept_o_auth2_consent_request, challenge, body).redirect_to


def exchange(browser):
    location = browser.follow(consent(browser, log_in(browser, asked())))
    code = parse_qs(urlparse(location).query)["code"][0]
    shop = o_auth2_api.OAuth2Api(client(public_url, username="shop", password="a-secret-of-the-shop"))
    tokens = call(shop.oauth2_token_exchange, grant_type="authorization_code", code=code, redirect_uri=CALLBACK)
    ensure("oauth2TokenExchange", tokens and tokens.id_token and tokens.refresh_token and tokens.expires_in == 660, tokens)
    again = call(shop.oauth2_token_exchange, grant_type="refresh_token", refresh_token=tokens.refresh_token)
    ensure("oauth2TokenExchange", again and again.refresh_token != tokens.refresh_token, again)
    return shop, again


def use(shop, tokens):
    bearer = oidc_api.OidcApi(client(public_url, access_token=tokens.access_token))
    bearer.api_client.set_default_header("Authorization", f"Bearer {tokens.access_token}")  # createVerifiableCredential names none
    person = call(bearer.get_oidc_user_info)
    ensure("getOidcUserInfo", person and person.sub == "ada" and person.additional_properties["role"] == "buyer", person)
    wanted = hydra.CreateVerifiableCredentialRequestBody(format="jwt_vc_json", types=["VerifiableCredential", "UserInfoCredential"])
    call(bearer.create_verifiable_credential, wanted, expect=400)
    nonce = tokens.additional_properties["c_nonce_draft_00"]
    key = ECKey.generate_key("P-256")
    proof = jwt.encode({"alg": "ES256", "jwk": key.as_dict(private=False)}, {"nonce": nonce}, key)
    wanted.proof = hydra.VerifiableCredentialProof(proof_type="jwt", jwt=proof)
    made = call(bearer.create_verifiable_credential, wanted)
    ensure("createVerifiableCredential", made and made.credential_draft_00.count(".") == 2, made)
    told = call(oauth.introspect_o_auth2_token, token=tokens.access_token, scope="openid")
    ensure("introspectOAuth2Token", told and told.active and told.ext == {"tier": 1} and told.aud == ["https://api.example"], told)
    agreed = call(oauth.list_o_auth2_consent_sessions, "ada", page_size=10)
    ensure("listOAuth2ConsentSessions", agreed and agreed[0].context == {"kept": True} and agreed[0].handled_at, agreed)
    call(shop.revoke_o_auth2_token, token=tokens.refresh_token)
    told = call(oauth.introspect_o_auth2_token, token=tokens.access_token)
    ensure("revokeOAuth2Token", told is not None and not told.active, told)
    call(oauth.delete_o_auth2_token, "shop")


def refuse():
    no = hydra.RejectOAuth2Request(error="access_denied", error_description="Not today", status_code=403)
    browser = Browser()
    challenge = browser.challenge(asked(), "login_challenge")
    answer = call(oauth.reject_o_auth2_login_request, challenge, no)
    ensure("rejectOAuth2LoginRequest", "error=access_denied" in browser.follow(answer.redirect_to), answer)
    challenge = browser.challenge(log_in(browser, asked()), "consent_challenge")
    answer = call(oauth.reject_o_auth2_consent_request, challenge, no)
    ensure("rejectOAuth2ConsentRequest", "error_description=Not+today" in browser.follow(answer.redirect_to), answer)
    call(oauth.get_o_auth2_login_request, "nothing", expect=404)


def log_out(browser, id_token):
    form = urlencode({"id_token_hint": id_token, "post_logout_redirect_uri": "http://127.0.0.1:5555/bye", "state": "a-state"})
    url = f"{public_url}/oauth2/sessions/logout?{form}"
    challenge = browser.challenge(url, "logout_challenge")
    request = call(oauth.get_o_auth2_logout_request, challenge)
    ensure("getOAuth2LogoutRequest", request and request.subject == "ada" and request.rp_initiated, request)
    call(oauth.reject_o_auth2_logout_request, challenge)
    challenge = browser.challenge(url, "logout_challenge")
    answer = call(oauth.accept_o_auth2_logout_request, challenge)
    browser.follow(answer.redirect_to)
    call(oidc_api.OidcApi(public).revoke_oidc_session, expect=302)
    call(o_auth2_api.OAuth2Api(public).o_auth2_authorize, expect=302)


def use_device():
    by_name = {"Authorization": requests.auth._basic_auth_str("shop", "a-secret-of-the-shop")}
    flow = call(o_auth2_api.OAuth2Api(public).o_auth2_device_flow, _headers=by_name)
    ensure("oAuth2DeviceFlow", flow and flow.user_code and flow.interval and flow.expires_in, flow)
    call(o_auth2_api.OAuth2Api(public).perform_o_auth2_device_verification_flow, expect=302)
    browser = Browser()
    challenge = browser.challenge(flow.verification_uri_complete, "device_challenge")
    body = hydra.AcceptDeviceUserCodeRequest(user_code=flow.user_code)
    answer = call(oauth.accept_user_code_request, challenge, body)
    browser.challenge(answer.redirect_to, "login_challenge")


def register_itself():
    api = oidc_api.OidcApi(public)
    made = call(api.create_oidc_dynamic_client, hydra.OAuth2Client(client_name="Itself", redirect_uris=[CALLBACK]))
    ensure("createOidcDynamicClient", made and made.client_secret and made.registration_client_uri, made)
    own = oidc_api.OidcApi(client(public_url, access_token=made.registration_access_token))
    call(own.get_oidc_dynamic_client, made.client_id)
    made.client_name, made.client_secret = "Renamed", None
    changed = call(own.set_oidc_dynamic_client, made.client_id, made)
    ensure("setOidcDynamicClient", changed and changed.client_name == "Renamed", changed)
    own = oidc_api.OidcApi(client(public_url, access_token=changed.registration_access_token))
    call(own.delete_oidc_dynamic_client, made.client_id)
    call(own.get_oidc_dynamic_client, made.client_id, expect=401)


def clean_up():
    call(oauth.revoke_o_auth2_consent_sessions, subject="ada", all=True)
    left = call(oauth.list_o_auth2_consent_sessions, "ada")
    ensure("revokeOAuth2ConsentSessions", left == [], left)
    call(oauth.revoke_o_auth2_login_sessions, subject="ada")
    call(oauth.revoke_o_auth2_login_sessions, expect=400)
    call(oauth.delete_o_auth2_client, "shop")
    call(oauth.delete_o_auth2_client, "shop", expect=404)


def operations():
    modules = [jwk_api.JwkApi, metadata_api.MetadataApi, o_auth2_api.OAuth2Api, oidc_api.OidcApi, wellknown_api.WellknownApi]
    names = [name for api in modules for name, _ in inspect.getmembers(api, inspect.isfunction)]
    variants = ("_with_http_info", "_without_preload_content")
    return sorted(operation(name) for name in names if not name.startswith("_") and not name.endswith(variants))


public_url, admin_url, key = sys.argv[1:4]
public = client(public_url)
admin = client(admin_url)
admin.set_default_header("Authorization", f"Bearer {key}")
oauth = o_auth2_api.OAuth2Api(admin)

def everything():
    look_around()
    keep_keys()
    trust()
    register()
    browser = Browser()
    shop, tokens = exchange(browser)
    use(shop, tokens)
    refuse()
    log_out(browser, tokens.id_token)
    use_device()
    register_itself()
    clean_up()


try:
    everything()
except Exception:  # an answer that was not there
    failed["at"] = traceback.format_exc()
print(json.dumps({"operations": operations(), "called": sorted(called), "failed": failed}))
