"""Both services as processes of this machine, for checks that ask them: PROGRAMS is the folder of the two binaries."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

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


class Place:
    """A folder for what the services write, gone with the check."""

    def __init__(self, programs):
        self.programs = pathlib.Path(programs)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="portico-check."))
        self.services = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for service in self.services:
            service.stop()
        shutil.rmtree(self.folder)

    def service(self, name, key, secret, **more):
        """A service on SQLite that is not started yet."""
        serve = {"admin": {"api_keys": [key]}}
        base = {"dev": True, "auto_migrate": True, "dsn": f"sqlite://{self.folder}/{name}.sqlite", "serve": serve, "secrets": secret}
        self.services.append(Service(self, name, {**base, **more}))
        return self.services[-1]


class Service:
    def __init__(self, place, name, configuration):
        self.place, self.name, self.configuration, self.process = place, name, configuration, None
        self.public, self.admin = (f"http://127.0.0.1:{port}" for port in (free_port(), free_port()))
        for listener, url in (("public", self.public), ("admin", self.admin)):
            configuration["serve"].setdefault(listener, {}).update(host="127.0.0.1", port=int(url.rsplit(":", 1)[1]))

    def write(self):
        path = self.place.folder / f"{self.name}.json"
        path.with_suffix(".new").write_text(json.dumps(self.configuration), encoding="utf-8")
        path.with_suffix(".new").rename(path)
        return path

    def start(self, refused=False):
        verbs = ["serve"] if self.name == "identity-service" else ["serve", "all"]
        with open(self.place.folder / f"{self.name}.log", "ab") as log:
            self.process = subprocess.Popen([self.place.programs / self.name, "-c", self.write(), *verbs], stdout=log, stderr=log, env={"PATH": os.environ["PATH"]})
        for _ in range(300):
            if self.process.poll() is not None:
                if refused:
                    return
                raise SystemExit(f"deploy: {self.name} did not start:\n{(self.place.folder / f'{self.name}.log').read_text()[-1500:]}")
            try:
                if ask("GET", f"{self.public}/health/ready")[0] == 200:
                    break
            except OSError:
                pass
            time.sleep(0.1)
        if refused:
            raise SystemExit(f"deploy: {self.name} starts, and must not")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)

    def again(self, **secret):
        """The same service with other secrets."""
        self.stop()
        self.configuration["secrets"].update(secret)
        self.start()
