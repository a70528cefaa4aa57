"""A database made by a real Kratos, and what is known of the people in it: make.py PROGRAM DSN FACTS [PEOPLE].

PROGRAM is a Kratos you have built (`go build -tags sqlite,json1 .` in its sources), DSN an empty database, FACTS the file to write. Most people
come by Kratos' admin API with hashes of every kind; some register and add factors by its flows, as browsers and as apps. Needs Python's
`cryptography` for the authenticator. Then: PORTICO_KRATOS_FACTS=FACTS, and the test in ../tests/it/moving.rs.
"""

import base64
import hashlib
import hmac
import http.cookiejar
import json
import os
import pathlib
import secrets
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import warnings

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

warnings.simplefilter("ignore")
import crypt  # noqa: E402

PUBLIC, ADMIN = 14433, 14434
BASE = f"http://localhost:{PUBLIC}"
COOKIE, CIPHER = "an old cookie secret of a Kratos", "a cipher secret of thirty-two by"
PASSWORD = "a quiet green lamp"

SCHEMA = {
    "$id": "https://example.org/moving.json", "type": "object",
    "properties": {"traits": {"type": "object", "required": ["email"], "additionalProperties": False, "properties": {
        "email": {"type": "string", "format": "email", "ory.sh/kratos": {
            "credentials": {"password": {"identifier": True}, "code": {"identifier": True, "via": "email"},
                            "webauthn": {"identifier": True}, "totp": {"account_name": True}, "passkey": {"display_name": True}},
            "verification": {"via": "email"}, "recovery": {"via": "email"}}},
        "name": {"type": "string"}, "role": {"type": "string"}}}},
}


def b64(data, url=False):
    return (base64.urlsafe_b64encode if url else base64.b64encode)(data).decode().rstrip("=" if url else "")


def plain(data):
    return base64.b64encode(data).decode().rstrip("=")


def config(dsn):
    schema = "base64://" + base64.b64encode(json.dumps(SCHEMA).encode()).decode()
    hooks = {"hooks": [{"hook": "session"}]}
    rp = {"id": "localhost", "display_name": "Moving", "origins": [BASE]}
    return {
        "dsn": dsn, "log": {"level": "error"},
        "serve": {"public": {"base_url": BASE + "/", "host": "127.0.0.1", "port": PUBLIC},
                  "admin": {"base_url": f"http://127.0.0.1:{ADMIN}/", "host": "127.0.0.1", "port": ADMIN}},
        "secrets": {"cookie": [COOKIE], "cipher": [CIPHER]}, "ciphers": {"algorithm": "xchacha20-poly1305"},
        "hashers": {"algorithm": "bcrypt", "bcrypt": {"cost": 4}},
        "identity": {"default_schema_id": "moving", "schemas": [{"id": "moving", "url": schema}]},
        "courier": {"smtp": {"connection_uri": "smtp://127.0.0.1:1/?disable_starttls=true"}},
        "session": {"lifespan": "8760h", "whoami": {"required_aal": "aal1"}},
        "selfservice": {
            "default_browser_return_url": BASE + "/",
            "methods": {"password": {"config": {"haveibeenpwned_enabled": False}},
                        "totp": {"enabled": True, "config": {"issuer": "Moving"}}, "lookup_secret": {"enabled": True},
                        "code": {"enabled": True, "passwordless_enabled": True},
                        "passkey": {"enabled": True, "config": {"rp": rp}},
                        "webauthn": {"enabled": True, "config": {"passwordless": False, "rp": rp}}},
            "flows": {"recovery": {"enabled": True}, "verification": {"enabled": True}, "settings": {"required_aal": "aal1"},
                      "registration": {"style": "unified", "after": {"password": hooks, "code": hooks, "passkey": hooks}}},
        },
    }


class Client:
    """A browser (with cookies) or an app (with a session token)."""

    def __init__(self, token=None):
        self.jar, self.token = http.cookiejar.CookieJar(), token
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def call(self, method, url, body=None):
        url = url if url.startswith("http") else BASE + url
        request = urllib.request.Request(url, method=method, data=None if body is None else json.dumps(body).encode())
        request.add_header("Accept", "application/json")
        request.add_header("User-Agent", "a browser of the old days" if self.token is None else "an app of the old days")
        if body is not None:
            request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("X-Session-Token", self.token)
        try:
            with self.opener.open(request) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def begin(self, path):
        status, flow = self.call("GET", path)
        assert status == 200, (path, status, flow)
        return flow

    def submit(self, flow, fields, well=(200,)):
        body = {"csrf_token": value(flow, "csrf_token")} | fields
        status, answer = self.call(flow["ui"]["method"], flow["ui"]["action"], body)
        assert status in well, (status, json.dumps(answer)[:2000])
        return answer

    def cookie(self):
        return next(cookie.value for cookie in self.jar if cookie.name == "ory_kratos_session")


def node(flow, name):
    nodes = flow["ui"]["nodes"]
    return next((one["attributes"] for one in nodes if name in (one["attributes"].get("name"), one["attributes"].get("id"))), {})


def value(flow, name):
    return node(flow, name).get("value", "")


def admin(method, path, body=None):
    status, answer = Client().call(method, f"http://127.0.0.1:{ADMIN}/admin{path}", body)
    assert status < 300, (method, path, status, json.dumps(answer)[:2000])
    return answer


def hashed(kind, password):
    data, salt = password.encode(), secrets.token_bytes(16)
    if kind == 0:
        return crypt.crypt(password, crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16))
    if kind == 1:
        made = Argon2id(salt=salt, length=32, iterations=1, lanes=1, memory_cost=64).derive(data)
        return f"$argon2id$v=19$m=64,t=1,p=1${plain(salt)}${plain(made)}"
    if kind == 2:
        return f"$pbkdf2-sha512$i=1000,l=64${plain(salt)}${plain(hashlib.pbkdf2_hmac('sha512', data, salt, 1000, 64))}"
    if kind == 3:
        made = hashlib.scrypt(data, salt=salt, n=1024, r=8, p=1, dklen=32)
        return f"$scrypt$ln=1024,r=8,p=1${b64(salt)}${b64(made)}"
    if kind == 4:
        return "{SSHA512}" + b64(hashlib.sha512(data + salt).digest() + salt)
    if kind == 5:
        made = crypt.crypt(password, crypt.mksalt(crypt.METHOD_SHA512)).split("$")
        return "$sha512-crypt$" + "$".join(made[2:])
    if kind == 6:
        return "$md5$" + b64(hashlib.md5(data).digest())
    if kind == 7:
        return f"$hmac-sha256${b64(hmac.new(b'key', data, hashlib.sha256).hexdigest().encode())}${b64(b'key')}"
    return "$sha256$pf=" + b64(b"{SALT}{PASSWORD}") + f"${b64(salt)}${b64(hashlib.sha256(salt + data).digest())}"


KINDS = 9


def person(number):
    email = f"Person{number}@Example.org"
    credentials = {"password": {"config": {"hashed_password": hashed(number % KINDS, f"{PASSWORD} {number}")}}}
    if number % 5 == 0:
        credentials["oidc"] = {"config": {"providers": [{"provider": "elsewhere", "subject": f"subject-{number}"}]}}
    if number % 7 == 0:
        secret = base64.b32encode(secrets.token_bytes(20)).decode()
        credentials["totp"] = {"config": {"totp_url": f"otpauth://totp/Moving:{number}?secret={secret}&issuer=Moving"}}
    verified = number % 2 == 0
    return {
        "schema_id": "moving", "traits": {"email": email, "name": f"Person {number}", "role": "buyer"}, "credentials": credentials,
        "state": "inactive" if number % 97 == 0 else "active", "external_id": f"crm-{number}",
        "metadata_public": {"number": number}, "metadata_admin": {"note": "ü" * (number % 3)},
        "verifiable_addresses": [{"value": email.lower(), "via": "email", "verified": verified, "status": "completed" if verified else "pending"}],
    }


def crowd(facts, count):
    for start in range(0, count, 500):
        batch = [{"create": person(number)} for number in range(start, min(count, start + 500))]
        for entry in admin("PATCH", "/identities", {"identities": batch})["identities"]:
            assert entry["action"] == "create", entry
    for number in list(range(KINDS)) + [count - 1]:
        facts["passwords"].append({"identifier": f"person{number}@example.org", "password": f"{PASSWORD} {number}"})
    for number in (1, 2, 3):
        app = Client()
        flow = app.begin("/self-service/login/api")
        done = app.submit(flow, {"method": "password", "identifier": f"person{number}@example.org", "password": f"{PASSWORD} {number}"})
        facts["tokens"].append({"token": done["session_token"], "identity": done["session"]["identity"]["id"]})


def app_code(secret):
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7FFFFFFF) % 1000000:06}"


def registered(facts, email):
    """In an app, by password."""
    app = Client()
    flow = app.begin("/self-service/registration/api")
    done = app.submit(flow, {"method": "password", "traits": {"email": email, "name": "Ada"}, "password": PASSWORD})
    app.token = done["session_token"]
    facts["passwords"].append({"identifier": email, "password": PASSWORD})
    facts["tokens"].append({"token": app.token, "identity": done["identity"]["id"]})
    return app, done["identity"]["id"]


def factors(facts):
    """An authenticator app and backup codes, one of which is spent."""
    email = "ada.factors@example.org"
    app, identity = registered(facts, email)
    flow = app.begin("/self-service/settings/api")
    secret = node(flow, "totp_secret_key")["text"]["text"]
    app.submit(flow, {"method": "totp", "totp_code": app_code(secret)})
    flow = app.submit(app.begin("/self-service/settings/api"), {"method": "lookup_secret", "lookup_secret_regenerate": True})
    codes = [one["context"]["secret"] for one in node(flow, "lookup_secret_codes")["text"]["context"]["secrets"]]
    app.submit(flow, {"method": "lookup_secret", "lookup_secret_confirm": True})
    browser = Client()
    flow = browser.begin("/self-service/login/browser")
    browser.submit(flow, {"method": "password", "identifier": email, "password": PASSWORD}, (200, 422))
    flow = browser.begin("/self-service/login/browser?aal=aal2")
    browser.submit(flow, {"method": "lookup_secret", "lookup_secret": codes[0]})
    facts["cookies"].append({"cookie": browser.cookie(), "identity": identity, "aal": "aal2"})
    facts["factors"].append({"identifier": email, "password": PASSWORD, "totp": secret, "spent": codes[0], "codes": codes[1:]})


def browsers(facts):
    for number in range(3):
        browser = Client()
        flow = browser.begin("/self-service/registration/browser")
        fields = {"method": "password", "traits": {"email": f"browser{number}@example.org"}, "password": PASSWORD}
        done = browser.submit(flow, fields)
        facts["cookies"].append({"cookie": browser.cookie(), "identity": done["identity"]["id"], "aal": "aal1"})
        facts["passwords"].append({"identifier": f"browser{number}@example.org", "password": PASSWORD})


def by_code(facts):
    """Without a password; the code is in the message nobody could deliver."""
    app = Client()
    flow = app.begin("/self-service/registration/api")
    fields = {"method": "code", "traits": {"email": "code@example.org"}}
    flow = app.submit(flow, fields, (400,))
    message = next(one for one in admin("GET", "/courier/messages?page_size=20") if one["recipient"] == "code@example.org")
    code = next(word for word in message["body"].split() if word.isdigit() and len(word) == 6)
    done = app.submit(flow, fields | {"code": code})
    facts["tokens"].append({"token": done["session_token"], "identity": done["identity"]["id"]})


def cbor(item):
    def head(kind, number):
        if number < 24:
            return bytes([kind << 5 | number])
        return bytes([kind << 5 | 24, number]) if number < 256 else bytes([kind << 5 | 25]) + struct.pack(">H", number)
    if isinstance(item, int):
        return head(0, item) if item >= 0 else head(1, -1 - item)
    if isinstance(item, bytes):
        return head(2, len(item)) + item
    if isinstance(item, str):
        return head(3, len(item.encode())) + item.encode()
    return head(5, len(item)) + b"".join(cbor(key) + cbor(one) for key, one in item.items())


def created(options):
    """What an authenticator answers; the key and what it was answered with."""
    key, ident = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(32)
    point = key.public_key().public_numbers()
    cose = cbor({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})
    client = json.dumps({"type": "webauthn.create", "challenge": options["challenge"], "origin": BASE}).encode()
    data = hashlib.sha256(b"localhost").digest() + b"\x45" + struct.pack(">I", 1) + bytes(16) + struct.pack(">H", 32) + ident + cose
    made = cbor({"fmt": "none", "attStmt": {}, "authData": data})
    answer = {"id": b64(ident, True), "rawId": b64(ident, True), "type": "public-key",
              "response": {"clientDataJSON": b64(client, True), "attestationObject": b64(made, True)}}
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    return json.dumps(answer), {"key": pem, "id": b64(ident, True), "handle": options["user"]["id"], "origin": BASE}


def keys(facts):
    browser = Client()
    fields = {"method": "passkey", "traits": {"email": "passkey@example.org"}}
    flow = browser.begin("/self-service/registration/browser")
    options = json.loads(value(flow, "passkey_create_data"))["credentialOptions"]["publicKey"]
    answer, known = created(options)
    done = browser.submit(flow, fields | {"passkey_register": answer})
    facts["cookies"].append({"cookie": browser.cookie(), "identity": done["identity"]["id"], "aal": "aal1"})
    facts["passkeys"].append(known | {"identity": done["identity"]["id"]})
    browser = Client()
    flow = browser.begin("/self-service/registration/browser")
    done = browser.submit(flow, {"method": "password", "traits": {"email": "key@example.org"}, "password": PASSWORD})
    flow = browser.begin("/self-service/settings/browser")
    trigger = node(flow, "webauthn_register_trigger")
    text = trigger.get("value") or trigger["onclick"].split("(", 1)[1].rsplit(")", 1)[0]
    answer, known = created(json.loads(text)["publicKey"])
    browser.submit(flow, {"method": "webauthn", "webauthn_register": answer, "webauthn_register_displayname": "a blue key"})
    facts["security_keys"].append(known | {"identifier": "key@example.org", "password": PASSWORD, "identity": done["identity"]["id"]})


def ended(facts):
    app, _ = registered({"passwords": [], "tokens": []}, "ended@example.org")
    facts["ended"].append(app.token)
    status, _ = app.call("DELETE", "/self-service/logout/api", {"session_token": app.token})
    assert status == 204


def everybody(path):
    """All identities as their administrators see them, a line each."""
    kinds = ["password", "oidc", "totp", "lookup_secret", "webauthn", "passkey", "code"]
    wanted = "&".join(f"include_credential={kind}" for kind in kinds)
    count, token = 0, ""
    with open(path, "w", encoding="utf-8") as out:
        while True:
            request = urllib.request.urlopen(f"http://127.0.0.1:{ADMIN}/admin/identities?page_size=250&page_token={token}&{wanted}")
            for identity in json.load(request):
                count += 1
                out.write(json.dumps(identity) + "\n")
            links = request.headers.get("Link", "").split(",")
            following = next((link for link in links if 'rel="next"' in link), None)
            if not following:
                return count
            token = following.split("page_token=")[1].split("&")[0].split(">")[0]


def main(program, dsn, target, people="2000"):
    folder = pathlib.Path(tempfile.mkdtemp())
    file = folder / "kratos.json"
    settings = config(dsn)
    file.write_text(json.dumps(settings))
    environment = {"DSN": dsn, "PATH": os.environ["PATH"], "HOME": str(folder)}
    subprocess.run([program, "migrate", "sql", "-e", "--yes"], env=environment, check=True, stdout=subprocess.DEVNULL)
    server = subprocess.Popen([program, "serve", "-c", str(file), "--dev", "--sqa-opt-out"], env=environment, stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                if Client().call("GET", "/health/ready")[0] == 200:
                    break
            except OSError:
                time.sleep(0.2)
        facts = {name: [] for name in ("tokens", "cookies", "passwords", "factors", "passkeys", "security_keys", "ended")}
        facts |= {"dsn": dsn, "identity": settings["identity"], "secrets": settings["secrets"], "recovery": "person1@example.org"}
        crowd(facts, int(people))
        factors(facts)
        browsers(facts)
        by_code(facts)
        keys(facts)
        ended(facts)
        facts["people"] = str(pathlib.Path(target).with_suffix(".jsonl").resolve())
        facts["count"] = everybody(facts["people"])
        pathlib.Path(target).write_text(json.dumps(facts, indent=1))
        print(f"{facts['count']} identities, {len(facts['tokens'])} tokens, {len(facts['cookies'])} cookies")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
