"""What the runbooks promise, done to both services: check.py PROGRAMS. SQLite, this machine, ports of its own; nothing is left behind."""

import base64
import json
import pathlib
import secrets
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "check"))
from services import Place, ask  # noqa: E402

KEY, SECOND = secrets.token_hex(16), secrets.token_hex(16)
A, B = secrets.token_hex(16), secrets.token_hex(16)


def holds(what, fact):
    if not fact:
        raise SystemExit(f"runbooks: not so: {what}")


def soon(what, fact, seconds=15):
    """What the services say counts within seconds."""
    for _ in range(seconds * 5):
        if fact():
            return
        time.sleep(0.2)
    holds(what, False)


def people(place, identity):
    admin = f"{identity.admin}/admin"
    person = {"schema_id": "default", "traits": {"email": "ada@acme.example", "name": "Ada", "company_id": "acme", "role": "viewer"}}
    person["credentials"] = {"password": {"config": {"password": "a-long-password"}}}
    person["verifiable_addresses"] = [{"value": "ada@acme.example", "via": "email", "verified": True, "status": "completed"}]
    status, made = ask("POST", f"{admin}/identities", person, KEY)
    holds(f"an operator makes a person ({status})", status == 201)

    def sign_in():
        _, flow = ask("GET", f"{identity.public}/self-service/login/api")
        form = {"method": "password", "identifier": "ada@acme.example", "password": "a-long-password"}
        status, answer = ask("POST", f"{identity.public}/self-service/login?flow={flow['id']}", form)
        holds(f"a person signs in ({status} {answer})", status == 200)
        return answer["session_token"]

    def whoami(token):
        return ask("GET", f"{identity.public}/sessions/whoami", headers={"X-Session-Token": token})[0]

    # key-rotation: the new secret first, the old one after it; then in place of it.
    token = sign_in()
    holds("a session holds", whoami(token) == 200)
    identity.again(default=[B, A], cookie=[B, A])
    holds("a session outlives a new secret that stands before the old one", whoami(token) == 200)
    fresh = sign_in()
    identity.again(default=[B], cookie=[B])
    holds("a session ends when the secret it was made under is taken out", whoami(token) == 401 and whoami(fresh) == 200)

    # key-rotation: two admin keys are both good.
    identity.configuration["serve"]["admin"]["api_keys"] = [SECOND, KEY]
    identity.again()
    holds("both admin keys are good", {ask("GET", f"{admin}/identities", key=key)[0] for key in (KEY, SECOND)} == {200})
    identity.configuration["serve"]["admin"]["api_keys"] = [SECOND]
    identity.again()
    holds("a key that was taken out is not", ask("GET", f"{admin}/identities", key=KEY)[0] == 401)
    identity.configuration["serve"]["admin"]["api_keys"] = [KEY]
    identity.again()

    # incidents: without mails.
    status, code = ask("POST", f"{admin}/recovery/code", {"identity_id": made["id"]}, KEY)
    holds(f"an operator hands over a recovery code ({status})", status == 201 and code["recovery_code"])
    status, queued = ask("GET", f"{admin}/courier/messages?status=queued", key=KEY)
    holds(f"queued messages are listed ({status})", status == 200 and isinstance(queued, list))

    # incidents: registration closed at once, without a restart.
    registration = lambda: ask("GET", f"{identity.public}/self-service/registration/api")[0]
    holds("people register", registration() == 200)
    identity.configuration["selfservice"]["flows"]["registration"] = {"enabled": False}
    identity.write()
    soon("registration is closed without a restart", lambda: registration() >= 400)

    # backup: a whole copy of SQLite while the service runs, and a restore of it; what is revoked afterwards is alive in the copy.
    connection = sqlite3.connect(place.folder / "identity-service.sqlite")
    connection.execute("VACUUM INTO ?", (str(place.folder / "copy.sqlite"),))
    connection.close()

    # incidents: one person's account.
    holds("the session is there", whoami(fresh) == 200)
    patch = [{"op": "replace", "path": "/state", "value": "inactive"}]
    holds("an account is disabled", ask("PATCH", f"{admin}/identities/{made['id']}", patch, KEY)[0] == 200)
    holds("its sessions have ended", whoami(fresh) == 401)

    identity.stop()
    identity.configuration["dsn"] = f"sqlite://{place.folder}/copy.sqlite"
    identity.start()
    holds("a restore has what was alive at its time", whoami(fresh) == 200)
    identity.again(default=[secrets.token_hex(16)])
    holds("a new secret in place of the old ends what came back to life", whoami(fresh) == 401)


def tokens(place, oauth):
    admin = f"{oauth.admin}/admin"
    client = {"client_id": "machine", "grant_types": ["client_credentials"], "scope": "read", "token_endpoint_auth_method": "client_secret_post"}
    status, made = ask("POST", f"{admin}/clients", client, KEY)
    holds(f"an operator makes a client ({status})", status == 201)

    def token(secret):
        form = {"grant_type": "client_credentials", "client_id": "machine", "client_secret": secret, "scope": "read"}
        status, answer = ask("POST", f"{oauth.public}/oauth2/token", form=form)
        return answer["access_token"] if status == 200 else None

    def kid(text):
        head = text.split(".")[0]
        return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"]

    def active(text):
        return ask("POST", f"{admin}/oauth2/introspect", key=KEY, form={"token": text})[1]["active"]

    # key-rotation: a client's secret.
    first = made["client_secret"]
    old = token(first)
    status, rotated = ask("POST", f"{admin}/clients/machine/secrets/rotate", key=KEY)
    holds(f"a client's secret is rotated ({status})", status == 200)
    second = rotated["client_secret"]
    holds("both secrets are good", token(first) and token(second))
    holds("the old one is dropped", ask("DELETE", f"{admin}/clients/machine/secrets/rotate", key=KEY)[0] in (200, 204))
    soon("and good no more", lambda: token(first) is None)

    # key-rotation: the secret that seals.
    oauth.again(system=[B, A])
    holds("a token outlives a new secret that stands before the old one", active(old) and token(second))
    oauth.stop()
    oauth.configuration["secrets"]["system"] = [secrets.token_hex(16)]
    oauth.start(refused=True)
    oauth.again(system=[B, A])

    # key-rotation: signing keys by hand.
    before = kid(token(second))
    arguments = ["create", "jwk", "hydra.jwt.access-token", "--alg", "ES256", "--endpoint", oauth.admin, "--api-key", KEY]
    subprocess.run([place.programs / "oauth-service", *arguments], check=True, stdout=subprocess.DEVNULL)
    soon("a new key signs", lambda: kid(token(second)) != before)
    holds("what the key before signed is good", active(old))
    holds("the key before is taken away", ask("DELETE", f"{admin}/keys/hydra.jwt.access-token/{before}", key=KEY)[0] == 204)
    soon("and what it signed is not", lambda: not active(old))

    # incidents: a compromised key.
    compromised = token(second)
    holds("a set is deleted", ask("DELETE", f"{admin}/keys/hydra.jwt.access-token", key=KEY)[0] == 204)
    soon("a new key signs by itself", lambda: kid(token(second)) != kid(compromised))
    soon("what the compromised key signed is refused", lambda: not active(compromised))
    _, published = ask("GET", f"{oauth.public}/.well-known/jwks.json")
    holds("the compromised key is not published", kid(compromised) not in [key["kid"] for key in published["keys"]])

    # incidents, backup: what a client holds.
    held = token(second)
    holds("a client's access tokens are ended", ask("DELETE", f"{admin}/oauth2/tokens?client_id=machine", key=KEY)[0] == 204)
    holds("all of them", not active(held))
    subject = "00000000-0000-4000-8000-000000000000"
    holds("a subject's consents are revoked", ask("DELETE", f"{admin}/oauth2/auth/sessions/consent?subject={subject}&all=true", key=KEY)[0] == 204)


def main():
    flows = {"default_browser_return_url": "http://127.0.0.1/", "methods": {"code": {"enabled": True}}, "flows": {"recovery": {"enabled": True, "use": "code"}}}
    quiet = {"rate_limit": {"enabled": False}}
    with Place(sys.argv[1]) as place:
        secret = {"default": [A], "cookie": [A], "cipher": [A]}
        identity = place.service("identity-service", KEY, secret, hashers={"bcrypt": {"cost": 4}}, selfservice=flows, **quiet)
        identity.start()
        people(place, identity)
        tokens_as = {"strategies": {"access_token": "jwt"}, "oauth2": {"access_token_alg": "ES256"}}
        oauth = place.service("oauth-service", KEY, {"system": [A], "cookie": [A]}, **tokens_as, **quiet)
        oauth.start()
        tokens(place, oauth)
    print("runbooks: rotations, revocations and first aid work as they say")


if __name__ == "__main__":
    main()
