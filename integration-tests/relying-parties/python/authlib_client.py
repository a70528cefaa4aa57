"""A relying party on PyPI Authlib: every grant and every way to authenticate the library knows, and what it must refuse.

Argument: one JSON object (issuer, admin, key, callback, subject, email). A line of output asks for something: `open` an
authorization request, `logout`, or type the `code` of a `device`; the next line of input says where that ended. The last line of
output has what was `done` and what `failed`.
"""

import base64
import datetime
import hashlib
import http.server
import json
import os
import secrets
import ssl
import sys
import threading
import time
import traceback
import warnings
from urllib.parse import parse_qs, urlencode, urlparse

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # the test speaks http on the loopback

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import AssertionSession, OAuth2Session
from authlib.oauth2.rfc7523 import ClientSecretJWT, PrivateKeyJWT
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken, HybridIDToken, ImplicitIDToken
from joserfc import jwe, jwt
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

warnings.simplefilter("ignore")  # of what the library itself does the old way
SECRET = "a-secret-of-some-length"
SIGNING_SECRET = "a-secret-that-is-long-enough-to-sign-with"
GRANT = "urn:ietf:params:oauth:grant-type:"
SCOPE = "openid offline_access profile email"
told = json.loads(sys.argv[1])
if "certificates" in told:
    os.environ["REQUESTS_CA_BUNDLE"] = told["certificates"]["authority"]
metadata = requests.get(told["issuer"] + ".well-known/openid-configuration", timeout=10).json()
assert metadata["issuer"] == told["issuer"], metadata["issuer"]
TOKEN = metadata["token_endpoint"]


def ask(**question):
    print(json.dumps(question), flush=True)
    return json.loads(sys.stdin.readline())


def admin(method, path, body=None):
    headers = {"Authorization": f"Bearer {told['key']}"}
    answer = requests.request(method, f"{told['admin']}/admin{path}", json=body, headers=headers, timeout=10)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def register(**fields):
    body = {"redirect_uris": [told["callback"]], "grant_types": ["authorization_code", "refresh_token"], "scope": SCOPE}
    return admin("POST", "/clients", body | fields)


def introspect(token):
    headers = {"Authorization": f"Bearer {told['key']}"}
    return requests.post(f"{told['admin']}/admin/oauth2/introspect", data={"token": token}, headers=headers, timeout=10).json()


def public_set(key):
    return {"keys": [key.as_dict(private=False)]}


def refused(attempt, about, kinds=(Exception,)):
    try:
        answer = attempt()
    except kinds as error:
        said = f"{getattr(error, 'error', '')} {type(error).__name__} {error}"
        assert about in said, f"refused, but not for {about}: {said}"
        return
    raise AssertionError(f"accepted, though {about}: {answer}")


def equal(found, wanted):
    assert found == wanted, f"{found}, not {wanted}"


class Party:
    """One client, and what it remembers of a login."""

    def __init__(self, client, secret=None, method=None, **more):
        self.client, self.verifier, self.nonce = client, None, None
        method = method or client["token_endpoint_auth_method"]
        self.session = OAuth2Session(
            client["client_id"],
            secret,
            scope=more.pop("scope", SCOPE),
            redirect_uri=told["callback"],
            token_endpoint_auth_method=method,
            revocation_endpoint_auth_method=method,
            code_challenge_method="S256",
            token_endpoint=TOKEN,
            **more,
        )

    def request(self, **more):
        self.verifier, self.nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
        return self.session.create_authorization_url(
            metadata["authorization_endpoint"], code_verifier=self.verifier, nonce=self.nonce, **more
        )

    def redeem(self, back, state, **more):
        return self.session.fetch_token(authorization_response=back, code_verifier=self.verifier, state=state, **more)

    def sign_in(self, **more):
        url, state = self.request(**more)
        return self.redeem(ask(open=url)["url"], state)

    def claims(self, id_token, kind=CodeIDToken, nonce=None, algorithms=None, issuer=None, **params):
        keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
        algorithms = algorithms or metadata["id_token_signing_alg_values_supported"]
        decoded = jwt.decode(id_token, keys, algorithms=algorithms)
        claims = kind(
            decoded.claims,
            decoded.header,
            options={"iss": {"values": [issuer or told["issuer"]]}, "aud": {"value": self.client["client_id"]}},
            params={"nonce": nonce or self.nonce, "client_id": self.client["client_id"]} | params,
        )
        claims.validate(leeway=5)
        return claims

    def person(self):
        return self.session.get(metadata["userinfo_endpoint"]).json()


def check(party, token):
    equal(party.claims(token["id_token"], access_token=token["access_token"])["sub"], told["subject"])
    equal(party.person()["email"], told["email"])


def public_with_pkce():
    party = Party(register(token_endpoint_auth_method="none"))
    first = party.sign_in()
    check(party, first)
    second = party.session.refresh_token(TOKEN)
    assert second["refresh_token"] != first["refresh_token"]
    check(party, second | {"id_token": second["id_token"]})
    party.session.revoke_token(metadata["revocation_endpoint"], second["refresh_token"]).raise_for_status()
    refused(lambda: party.session.refresh_token(TOKEN, refresh_token=second["refresh_token"]), "invalid_grant")


def authenticates():
    for method in ["client_secret_basic", "client_secret_post", "client_secret_jwt"]:
        secret = SIGNING_SECRET if method == "client_secret_jwt" else SECRET
        client = machine(token_endpoint_auth_method=method, client_secret=secret)
        for given in [secret, secret.replace("secret", "terces")]:
            party = Party(client, given, scope="read")
            party.session.register_client_auth_method(ClientSecretJWT(TOKEN))
            fetch = lambda: party.session.fetch_token(TOKEN, grant_type="client_credentials", scope="read")
            if given == secret:
                equal(introspect(fetch()["access_token"])["client_id"], client["client_id"])
                continue
            refused(fetch, "invalid_client", (OAuthError,))
    keys = {
        "RS256": RSAKey.generate_key(2048),
        "PS256": RSAKey.generate_key(2048),
        "ES256": ECKey.generate_key("P-256"),
        "ES512": ECKey.generate_key("P-521"),
        "EdDSA": OKPKey.generate_key("Ed25519"),
        "Ed25519": OKPKey.generate_key("Ed25519"),
    }
    for alg, key in keys.items():
        fields = {"token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": alg}
        party = Party(machine(**fields, jwks=public_set(key)), key, scope="read")
        party.session.register_client_auth_method(PrivateKeyJWT(TOKEN, alg=alg))
        token = party.session.fetch_token(TOKEN, grant_type="client_credentials", scope="read")
        equal(introspect(token["access_token"])["active"], True)
        party.session.revoke_token(metadata["revocation_endpoint"], token["access_token"]).raise_for_status()
        equal(introspect(token["access_token"])["active"], False)


def machine(**fields):
    return register(**{"grant_types": ["client_credentials"], "scope": "read", "redirect_uris": []} | fields)


def implicit():
    both = ["id_token", "id_token token"]
    client = register(token_endpoint_auth_method="none", grant_types=["implicit"], response_types=both)
    for kind in both:
        party = Party(client)
        url, state = party.request(response_type=kind)
        back = ask(open=url)["url"]
        if kind == "id_token":
            answer = {name: values[0] for name, values in parse_qs(urlparse(back).fragment).items()}
            equal(answer["state"], state)
        else:
            answer = party.session.token_from_fragment(back, state)
            equal(party.person()["email"], told["email"])
            refused(lambda: party.session.token_from_fragment(back, "another"), "state")
        claims = party.claims(answer["id_token"], ImplicitIDToken, access_token=answer.get("access_token"))
        equal(claims["sub"], told["subject"])


def hybrid():
    kinds = ["code id_token", "code id_token token", "code token"]
    client = register(client_secret=SECRET, response_types=kinds, grant_types=["authorization_code", "implicit", "refresh_token"])
    for kind in kinds:
        for mode in [None, "form_post"]:
            party = Party(client, SECRET, "client_secret_basic")
            url, state = party.request(response_type=kind, **({"response_mode": mode} if mode else {}))
            came = ask(open=url)
            answer = came.get("form") or {k: v[0] for k, v in parse_qs(urlparse(came["url"]).fragment).items()}
            equal(answer["state"], state)
            if "id_token" in answer:
                known = {name: answer[name] for name in ["code", "access_token"] if name in answer}
                claims = party.claims(answer["id_token"], HybridIDToken, **known)
                equal(claims["sub"], told["subject"])
                refused(lambda: party.claims(answer["id_token"], HybridIDToken, code="another"), "c_hash")
            token = party.session.fetch_token(TOKEN, grant_type="authorization_code", code=answer["code"])
            check(party, token)


def request_objects():
    key = ECKey.generate_key("P-256", {"kid": "mine", "use": "sig"})
    client = register(
        token_endpoint_auth_method="private_key_jwt",
        token_endpoint_auth_signing_alg="ES256",
        request_object_signing_alg="ES256",
        jwks=public_set(key),
    )
    party = Party(client, key)
    party.session.register_client_auth_method(PrivateKeyJWT(TOKEN, alg="ES256"))
    for is_pushed in [False, True]:
        url, state = party.request()
        asked = {name: values[0] for name, values in parse_qs(urlparse(url).query).items()}
        now = int(time.time())
        claims = asked | {"iss": client["client_id"], "aud": told["issuer"], "iat": now, "nbf": now, "exp": now + 60}
        form = {"client_id": client["client_id"], "request": jwt.encode({"alg": "ES256", "typ": "oauth-authz-req+jwt"}, claims, key)}
        if is_pushed:
            endpoint = metadata["pushed_authorization_request_endpoint"]
            auth = party.session.client_auth("private_key_jwt")
            pushed = party.session.post(endpoint, data=form, auth=auth, withhold_token=True)
            equal(pushed.status_code, 201)
            form = {"client_id": client["client_id"], "request_uri": pushed.json()["request_uri"]}
        else:
            form |= {"response_type": "code", "scope": "openid"}  # OpenID Connect Core 6.1
        back = ask(open=f"{metadata['authorization_endpoint']}?{urlencode(form)}")["url"]
        check(party, party.redeem(back, state))


def encrypted_id_tokens():
    kinds = {"RSA-OAEP-256": RSAKey.generate_key(2048, {"use": "enc"}), "ECDH-ES+A128KW": ECKey.generate_key("P-256", {"use": "enc"})}
    for alg, key in kinds.items():
        client = register(
            client_secret=SECRET,
            jwks=public_set(key),
            id_token_signed_response_alg="ES256",
            id_token_encrypted_response_alg=alg,
            id_token_encrypted_response_enc="A128CBC-HS256",
        )
        party = Party(client, SECRET, "client_secret_basic")
        token = party.sign_in()
        sealed = jwe.decrypt_compact(token["id_token"], key, algorithms=[alg, "A128CBC-HS256"])
        equal(sealed.headers()["cty"], "JWT")
        check(party, token | {"id_token": sealed.plaintext.decode()})


def signed_userinfo():
    party = Party(register(client_secret=SECRET, userinfo_signed_response_alg="PS256"), SECRET, "client_secret_basic")
    party.sign_in()
    answer = party.session.get(metadata["userinfo_endpoint"])
    equal(answer.headers["Content-Type"], "application/jwt")
    keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
    claims = jwt.decode(answer.text, keys, algorithms=["PS256"]).claims
    equal((claims["sub"], claims["iss"], claims["email"]), (told["subject"], told["issuer"], told["email"]))


def device():
    client = register(token_endpoint_auth_method="none", grant_types=[GRANT + "device_code", "refresh_token"])
    party = Party(client)
    form = {"client_id": client["client_id"], "scope": "openid offline_access email"}
    begun = party.session.post(metadata["device_authorization_endpoint"], data=form, withhold_token=True).json()
    fetch = lambda: party.session.fetch_token(TOKEN, grant_type=GRANT + "device_code", device_code=begun["device_code"])
    refused(fetch, "authorization_pending", (OAuthError,))
    ask(device=begun["verification_uri_complete"], code=begun["user_code"])
    time.sleep(begun["interval"])
    token = fetch()
    equal(party.claims(token["id_token"])["sub"], told["subject"])
    equal(party.person()["email"], told["email"])


def exchange():
    kinds = ["authorization_code", GRANT + "token-exchange"]
    party = Party(register(client_secret=SECRET, grant_types=kinds), SECRET, "client_secret_basic")
    token = party.sign_in()
    kind = "urn:ietf:params:oauth:token-type:access_token"
    less = party.session.fetch_token(
        TOKEN, grant_type=GRANT + "token-exchange", subject_token=token["access_token"], subject_token_type=kind, scope="profile"
    )
    seen = introspect(less["access_token"])
    equal((less["issued_token_type"], seen["sub"], seen["scope"]), (kind, told["subject"], "profile"))


def assertion():
    key = RSAKey.generate_key(2048, {"kid": "theirs", "use": "sig", "alg": "RS256"})
    expires = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)).isoformat()
    trust = {"issuer": "https://elsewhere.example", "subject": "robot", "scope": ["read"], "expires_at": expires}
    admin("POST", "/trust/grants/jwt-bearer/issuers", trust | {"jwk": key.as_dict(private=False)})
    client = machine(token_endpoint_auth_method="client_secret_post", client_secret=SECRET, grant_types=[GRANT + "jwt-bearer"])

    class Session(AssertionSession):
        """The library sends no credentials beside an assertion; this client has some."""

        def _refresh_token(self, data):
            return super()._refresh_token(data | {"client_id": client["client_id"], "client_secret": SECRET})

    def session(subject):
        return Session(
            token_endpoint=TOKEN,
            issuer="https://elsewhere.example",
            subject=subject,
            scope="read",
            key=key.as_pem(private=True).decode(),
            header={"alg": "RS256", "kid": "theirs"},
            claims={"jti": secrets.token_urlsafe(16)},
        )

    good = session("robot")
    good.refresh_token()
    equal(introspect(good.token["access_token"])["sub"], "robot")
    refused(session("king").refresh_token, "invalid_grant")


def keys_follow_one_another():
    party = Party(register(token_endpoint_auth_method="none"))
    before = party.sign_in()
    nonce = party.nonce
    admin("POST", "/keys/hydra.openid.id-token", {"alg": "RS256", "use": "sig", "kid": "the one after"})
    after = party.sign_in()
    kids = [party.claims(token["id_token"], nonce=n).header["kid"] for token, n in [(before, nonce), (after, party.nonce)]]
    assert kids[0] != "the one after" and kids[1] == "the one after", kids


class Ear(http.server.BaseHTTPRequestHandler):
    """Keeps what is posted."""

    heard = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.send_response(200)
        self.end_headers()
        Ear.heard.append(parse_qs(body)["logout_token"][0])

    def log_message(self, *_):
        pass


def logs_out():
    ear = http.server.HTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=ear.handle_request, daemon=True).start()
    bye = told["callback"].replace("callback", "bye")
    client = register(
        token_endpoint_auth_method="none",
        post_logout_redirect_uris=[bye],
        backchannel_logout_uri=f"http://127.0.0.1:{ear.server_port}/",
        id_token_signed_response_alg="ES256",
    )
    party = Party(client)
    token = party.sign_in()
    form = {"id_token_hint": token["id_token"], "post_logout_redirect_uri": bye, "state": "a-state-of-ours"}
    equal(ask(logout=f"{metadata['end_session_endpoint']}?{urlencode(form)}")["url"], f"{bye}?state=a-state-of-ours")
    deadline = time.monotonic() + 10
    while not Ear.heard and time.monotonic() < deadline:
        time.sleep(0.01)
    keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
    logout = jwt.decode(Ear.heard[0], keys, algorithms=["ES256"])
    equal((logout.claims["sub"], logout.claims["aud"], logout.header["typ"]), (told["subject"], [client["client_id"]], "logout+jwt"))
    equal(logout.claims["events"], {"http://schemas.openid.net/event/backchannel-logout": {}})
    assert "nonce" not in logout.claims and logout.claims["sid"] == party.claims(token["id_token"])["sid"]
    ear.server_close()


def tampered():
    party = Party(register(token_endpoint_auth_method="none"))
    url, state = party.request()
    back = ask(open=url)["url"]
    refused(lambda: party.redeem(back, "another"), "state")
    verifier, party.verifier = party.verifier, secrets.token_urlsafe(48)
    refused(lambda: party.redeem(back, state), "invalid_grant", (OAuthError,))
    party.verifier = verifier
    url, state = party.request()
    token = party.redeem(ask(open=url)["url"], state)
    check(party, token)
    refused(lambda: party.claims(token["id_token"], nonce="another"), "nonce")
    refused(lambda: party.claims(token["id_token"], issuer="https://evil.example"), "iss")
    refused(lambda: party.claims(token["id_token"], access_token="another"), "at_hash")
    refused(lambda: party.claims(token["id_token"], algorithms=["ES256"]), "UnsupportedAlgorithm")
    head, body, signature = token["id_token"].split(".")
    refused(lambda: party.claims(f"{head}.{body[:-2]}AA.{signature}"), "BadSignature")
    other = Party({"client_id": "another", "token_endpoint_auth_method": "none"})
    refused(lambda: other.claims(token["id_token"], nonce=party.nonce), "aud")


def certificates():
    robot, other, own = (told["certificates"][name] for name in ["robot", "other", "own"])
    with open(own["key"]) as file:
        key = ECKey.import_key(file.read())
    kinds = {
        "tls_client_auth": (robot, {"tls_client_auth_subject_dn": "CN=robot,O=Robots"}),
        "self_signed_tls_client_auth": (own, {"jwks": public_set(key)}),
    }
    for method, (papers, fields) in kinds.items():
        client = machine(token_endpoint_auth_method=method, tls_client_certificate_bound_access_tokens=True, **fields)
        party = Party(client, method="none", scope="read")
        fetch = lambda shown: party.session.fetch_token(TOKEN, grant_type="client_credentials", cert=shown and (shown["cert"], shown["key"]))
        with open(papers["cert"]) as file:
            digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(file.read())).digest()
        bound = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        equal(introspect(fetch(papers)["access_token"])["cnf"], {"x5t#S256": bound})
        for wrong in [None, other]:
            party = Party(client, method="none", scope="read")  # no connection of before
            refused(lambda: fetch(wrong), "invalid_client", (OAuthError,))


def main():
    done, failed = [], {}
    journeys = [public_with_pkce, authenticates, implicit, hybrid, request_objects, encrypted_id_tokens, signed_userinfo]
    journeys += [device, exchange, assertion, keys_follow_one_another, tampered, logs_out]
    for journey in [certificates] if "certificates" in told else journeys:
        try:
            journey()
            done.append(journey.__name__)
        except Exception:
            failed[journey.__name__] = traceback.format_exc()
    print(json.dumps({"done": done, "failed": failed}), flush=True)


main()
