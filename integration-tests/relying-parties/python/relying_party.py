"""A relying party on Authlib. It prints the URL to open, reads the callback URL from its standard input, finishes the
login, and prints what it learned: one JSON object per line."""

import json
import os
import secrets
import sys

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # the test speaks http on the loopback

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet


def say(value):
    print(json.dumps(value), flush=True)


issuer, client_id, client_secret, redirect_uri, scope = sys.argv[1:6]
metadata = requests.get(issuer.rstrip("/") + "/.well-known/openid-configuration", timeout=10).json()
assert metadata["issuer"] == issuer, (metadata["issuer"], issuer)

session = OAuth2Session(
    client_id,
    client_secret or None,
    scope=scope,
    redirect_uri=redirect_uri,
    token_endpoint_auth_method="client_secret_basic" if client_secret else "none",
    code_challenge_method="S256",
    token_endpoint=metadata["token_endpoint"],
    revocation_endpoint_auth_method="client_secret_basic" if client_secret else "none",
)
verifier = secrets.token_urlsafe(48)
nonce = secrets.token_urlsafe(16)
url, state = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce)
say({"open": url})

callback = sys.stdin.readline().strip()
token = session.fetch_token(authorization_response=callback, code_verifier=verifier, state=state)

keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
algorithms = metadata["id_token_signing_alg_values_supported"]
decoded = jwt.decode(token["id_token"], keys, algorithms=algorithms)
claims = CodeIDToken(
    decoded.claims,
    decoded.header,
    options={"iss": {"values": [issuer]}, "aud": {"value": client_id}},
    params={"nonce": nonce, "client_id": client_id, "access_token": token["access_token"]},
)
claims.validate(leeway=5)
userinfo = session.get(metadata["userinfo_endpoint"], timeout=10).json()

old = token["refresh_token"]
refreshed = session.refresh_token(metadata["token_endpoint"], refresh_token=old)
again = session.get(metadata["userinfo_endpoint"], timeout=10).json()
current = refreshed["refresh_token"]
form = {"token": current}
if client_secret:
    requests.post(metadata["revocation_endpoint"], data=form, auth=(client_id, client_secret), timeout=10).raise_for_status()
else:
    requests.post(metadata["revocation_endpoint"], data=form | {"client_id": client_id}, timeout=10).raise_for_status()
try:
    session.refresh_token(metadata["token_endpoint"], refresh_token=current)
    after_revocation = "accepted"
except OAuthError as error:
    after_revocation = error.error

say(
    {
        "claims": dict(decoded.claims),
        "userinfo": userinfo,
        "again": again,
        "access_token": token["access_token"],
        "rotated": current != old,
        "after_revocation": after_revocation,
    }
)
