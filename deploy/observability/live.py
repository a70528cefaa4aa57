"""Prometheus itself scrapes both services and answers the dashboard's queries: live.py PROGRAMS PROMETHEUS. Every query is understood; those
about what was asked of the services before have an answer; every alert can be evaluated."""

import json
import pathlib
import re
import secrets
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "check"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from check import HERE, queries  # noqa: E402
from services import Place, ask, free_port  # noqa: E402

KEY, SECRET = secrets.token_hex(16), secrets.token_hex(16)
# Panels about what nobody did here: mails, failures, people who were turned away.
SILENT = {"Messages", "Requests that fail", "Held back by quotas", "Turned away", "Errors by endpoint", "Not ready", "Fresh claims at refresh"}


def use(identity, oauth):
    """Something to show: each endpoint the dashboard names."""
    ask("GET", f"{identity.public}/sessions/whoami")
    _, flow = ask("GET", f"{identity.public}/self-service/login/api")
    ask("POST", f"{identity.public}/self-service/login?flow={flow['id']}", {"method": "password", "identifier": "nobody@acme.example", "password": "wrong"})
    ask("GET", f"{oauth.public}/oauth2/auth?client_id=nobody")
    ask("POST", f"{oauth.public}/oauth2/token", form={"grant_type": "client_credentials", "client_id": "nobody", "client_secret": "wrong"})
    ask("POST", f"{oauth.admin}/admin/oauth2/introspect", key=KEY, form={"token": "nothing"})
    ask("GET", f"{oauth.admin}/admin/clients")


def configuration(folder, targets):
    """prometheus.yml with the addresses, the key and the pace of this check."""
    text = (HERE / "prometheus.yml").read_text(encoding="utf-8").split("  - job_name: courier")[0]
    (folder / "key").write_text(KEY, encoding="utf-8")
    text = re.sub(r"/etc/prometheus/secrets/[\w-]+", str(folder / "key"), text).replace("30s", "1s").replace("alerts.yml", str(HERE / "alerts.yml"))
    for name, target in targets.items():
        text = text.replace(name, target.removeprefix("http://"))
    path = folder / "prometheus.yml"
    path.write_text(text, encoding="utf-8")
    return path


def main():
    problems = []
    with Place(sys.argv[1]) as place:
        identity = place.service("identity-service", KEY, {"default": [SECRET], "cookie": [SECRET], "cipher": [SECRET]}, hashers={"bcrypt": {"cost": 4}})
        oauth = place.service("oauth-service", KEY, {"system": [SECRET], "cookie": [SECRET]})
        identity.start()
        oauth.start()
        file = configuration(place.folder, {"identity-admin:4434": identity.admin, "oauth-admin:4445": oauth.admin})
        url = f"http://127.0.0.1:{free_port()}"
        with open(place.folder / "prometheus.log", "wb") as log:
            address = url.removeprefix("http://")
            command = [sys.argv[2], f"--config.file={file}", f"--storage.tsdb.path={place.folder}/tsdb", f"--web.listen-address={address}"]
            prometheus = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            problems = look(url, lambda: use(identity, oauth))
        except OSError as error:
            problems = [f"Prometheus does not answer: {error}", (place.folder / "prometheus.log").read_text()[-800:]]
        finally:
            prometheus.terminate()
            prometheus.wait(30)
    for problem in problems:
        print(f"deploy: {problem}")
    if not problems:
        print("deploy: Prometheus scrapes both services and answers the dashboard's queries")
    return 1 if problems else 0


def look(url, something):
    until = time.time() + 30
    while True:
        try:
            if ask("GET", f"{url}/-/ready")[0] == 200:
                break
        except OSError:
            if time.time() > until:
                raise
        time.sleep(0.3)
    # A rate needs two scrapes that saw the count.
    for _ in range(6):
        something()
        time.sleep(1.2)
    found = []
    _, targets = ask("GET", f"{url}/api/v1/targets")
    found += [f"a target is not scraped: {target['lastError']}" for target in targets["data"]["activeTargets"] if target["health"] != "up"]
    for place, query, _ in queries():
        title = place.removeprefix("dashboard, ")
        if title == place:
            continue
        text = urllib.parse.quote(query.replace("$__rate_interval", "30s"))
        status, answer = ask("GET", f"{url}/api/v1/query?query={text}")
        if status != 200:
            found.append(f"{place}: {json.dumps(answer)}")
        elif not answer["data"]["result"] and title not in SILENT:
            found.append(f"{place}: has nothing to show")
    _, rules = ask("GET", f"{url}/api/v1/rules")
    alerts = [rule for group in rules["data"]["groups"] for rule in group["rules"]]
    found += [f"alert {rule['name']}: {rule.get('lastError') or rule['state']}" for rule in alerts if rule["health"] == "err" or (rule["name"] == "PorticoDown" and rule["state"] != "inactive")]
    return found if alerts else [*found, "Prometheus has no alerts"]


if __name__ == "__main__":
    sys.exit(main())
