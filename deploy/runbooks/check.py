"""What the runbooks promise, done to both services: check.py PROGRAMS. SQLite, this machine, ports of its own; nothing is left behind."""

import base64
import json
import os
import pathlib
import secrets
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

PROGRAMS = pathlib.Path(sys.argv[1])
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="portico-runbooks."))
KEY, SECOND = secrets.token_hex(16), secrets.token_hex(16)
A, B = secrets.token_hex(16), secrets.token_hex(16)
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), type("Stay", (urllib.request.HTTPRedirectHandler,), {"redirect_request": lambda *_: None}))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(method, url, body=None, key=None, form=None, headers=()):
    """Status and JSON."""
    data = json.dumps(body).encode() if body is not None else urllib.parse.urlencode(form).encode() if form else None
    request = urllib.request.Request(url, data=data, method=method, headers={"Accept": "application/json", **dict(headers)})
    if body is not None:
        request.add_header("Content-Type", "application/json")
    if key:
        request.add_header("Authorization", f"Bearer {key}")
    try:
        with OPENER.open(request, timeout=20) as answer:
            text, status = answer.read(), answer.status
    except urllib.error.HTTPError as error:
        text, status = error.read(), error.code
    try:
        return status, json.loads(text)
    except ValueError:
        return status, None


class Service:
    def __init__(self, name, configuration):
        self.name, self.configuration, self.process = name, configuration, None
        self.public, self.admin = (f"http://127.0.0.1:{port}" for port in (free_port(), free_port()))
        for listener, url in (("public", self.public), ("admin", self.admin)):
            configuration["serve"].setdefault(listener, {}).update(host="127.0.0.1", port=int(url.rsplit(":", 1)[1]))

    def write(self):
        path = FOLDER / f"{self.name}.json"
        path.with_suffix(".new").write_text(json.dumps(self.configuration), encoding="utf-8")
        path.with_suffix(".new").rename(path)
        return path

    def start(self, refused=False):
        verbs = ["serve"] if self.name == "identity-service" else ["serve", "all"]
        with open(FOLDER / f"{self.name}.log", "ab") as log:
            self.process = subprocess.Popen([PROGRAMS / self.name, "-c", self.write(), *verbs], stdout=log, stderr=log, env={"PATH": os.environ["PATH"]})
        for _ in range(300):
            if self.process.poll() is not None:
                if refused:
                    return
                raise SystemExit(f"runbooks: {self.name} did not start:\n{(FOLDER / f'{self.name}.log').read_text()[-1500:]}")
            try:
                if ask("GET", f"{self.public}/health/ready")[0] == 200:
                    break
            except OSError:
                pass
            time.sleep(0.1)
        if refused:
            raise SystemExit(f"runbooks: {self.name} starts, and must not")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)

    def again(self, **secret):
        """The same service with other secrets."""
        self.stop()
        self.configuration["secrets"].update(secret)
        self.start()


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


def people(identity):
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
    connection = sqlite3.connect(FOLDER / "identity-service.sqlite")
    connection.execute("VACUUM INTO ?", (str(FOLDER / "copy.sqlite"),))
    connection.close()

    # incidents: one person's account.
    holds("the session is there", whoami(fresh) == 200)
    patch = [{"op": "replace", "path": "/state", "value": "inactive"}]
    holds("an account is disabled", ask("PATCH", f"{admin}/identities/{made['id']}", patch, KEY)[0] == 200)
    holds("its sessions have ended", whoami(fresh) == 401)

    identity.stop()
    identity.configuration["dsn"] = f"sqlite://{FOLDER}/copy.sqlite"
    identity.start()
    holds("a restore has what was alive at its time", whoami(fresh) == 200)
    identity.again(default=[secrets.token_hex(16)])
    holds("a new secret in place of the old ends what came back to life", whoami(fresh) == 401)


def tokens(oauth):
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
    subprocess.run([PROGRAMS / "oauth-service", *arguments], check=True, stdout=subprocess.DEVNULL)
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
    def made(name, secret, **more):
        serve = {"admin": {"api_keys": [KEY]}}
        return Service(name, {"dev": True, "auto_migrate": True, "dsn": f"sqlite://{FOLDER}/{name}.sqlite", "serve": serve, "secrets": secret, **more})

    flows = {"selfservice": {"default_browser_return_url": "http://127.0.0.1/", "methods": {"code": {"enabled": True}}, "flows": {"recovery": {"enabled": True, "use": "code"}}}}
    quiet = {"rate_limit": {"enabled": False}}
    identity = made("identity-service", {"default": [A], "cookie": [A], "cipher": [A]}, hashers={"bcrypt": {"cost": 4}}, **flows, **quiet)
    oauth = made("oauth-service", {"system": [A], "cookie": [A]}, strategies={"access_token": "jwt"}, oauth2={"access_token_alg": "ES256"}, **quiet)
    try:
        identity.start()
        people(identity)
        oauth.start()
        tokens(oauth)
    finally:
        identity.stop()
        oauth.stop()
        shutil.rmtree(FOLDER)
    print("runbooks: rotations, revocations and first aid work as they say")


if __name__ == "__main__":
    main()
