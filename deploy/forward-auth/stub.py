"""identity-service and an application, for the test of the recipes: whoami knows three cookies, the application says what it was sent."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

SESSIONS = {"good": 200, "weak": 403, "broken": 500}


class Stub(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body, headers=()):
        body = json.dumps(body).encode()
        self.send_response(status)
        for name, value in [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers]:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_):
        pass


class Identity(Stub):
    def do_GET(self):
        cookies = dict(pair.strip().split("=", 1) for pair in self.headers.get("Cookie", "").split(";") if "=" in pair)
        status = SESSIONS.get(cookies.get("ory_kratos_session"), 401)
        # As the service routes it: this path alone, and no body.
        if self.path.partition("?")[0] != "/sessions/whoami" or self.headers.get("Content-Length", "0") not in ("", "0"):
            status = 404
        headers = [("X-Kratos-Authenticated-Identity-Id", "11111111-2222-4333-8444-555555555555")] if status == 200 else []
        self.answer(status, {"active": status == 200}, headers)


class Application(Stub):
    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        self.answer(200, {"method": self.command, "path": self.path, "body": body, "headers": {name.lower(): value for name, value in self.headers.items()}})

    do_POST = do_GET


if __name__ == "__main__":
    for port, handler in zip(map(int, sys.argv[1:3]), (Identity, Application)):
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        Thread(target=server.serve_forever, daemon=True).start()
    print("ready", flush=True)
    Event().wait()
