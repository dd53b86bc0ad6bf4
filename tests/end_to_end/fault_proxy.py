# SPDX-License-Identifier: Apache-2.0
"""An HTTP proxy before an S3 server that does to requests what networks and services do.

    with FaultProxy(server_port) as proxy:
        proxy.add(Rule(delay=0.1))                                     # every request
        proxy.add(Rule(method="GET", path=r"\\.jpg$", status=503, times=3))
        ...
        proxy.requests                                                 # what came, when

The first rule that fits and is not used up is applied, one to a request.
"""

import http.client
import re
import socket
import threading
import time
from dataclasses import dataclass, field

from loopback_server import LoopbackHandler, LoopbackServer

ERROR_BODY = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b"<Error><Code>%s</Code><Message>made by the fault proxy</Message></Error>"
)
HOP_HEADERS = {"connection", "transfer-encoding", "keep-alive"}


@dataclass
class Rule:
    """Which requests, how many of them, and what is done to them."""

    method: str = ""
    path: str = ""  # regular expression, searched in path and query
    skip: int = 0  # fitting requests to leave alone first
    times: int = 1 << 60
    share: float = 1.0  # of the fitting requests, evenly spread

    delay: float = 0.0  # seconds before the answer
    status: int = 0  # answer this in place of the server
    code: str = "SlowDown"  # S3's error code in the body; "": no body
    forward: bool = True  # with `status` or `drop`: does the server get the request all the same?
    drop: bool = False  # close without an answer
    cut_after: int = -1  # bytes of the body, then close
    drip: float = 0.0  # seconds between single bytes of the body
    truncate: int = 0  # bytes missing at the end of the body, Content-Length made to fit
    headers: dict = field(default_factory=dict)  # of the answer, set
    body: bytes | None = None  # of the answer, set

    seen: int = 0
    used: int = 0

    def takes(self, method: str, path: str) -> bool:
        if self.method not in ("", method) or not re.search(self.path, path):
            return False
        self.seen += 1
        if self.seen <= self.skip or self.used >= self.times:
            return False
        number = self.seen - self.skip
        if int(number * self.share) == int((number - 1) * self.share):
            return False
        self.used += 1
        return True


@dataclass
class Seen:
    time: float
    method: str
    path: str
    rule: Rule | None


class Handler(LoopbackHandler):
    server: "FaultProxy"

    def handle_any(self):
        body = self.body()
        rule = self.server.rule_for(self.command, self.path)
        if rule and rule.delay:
            time.sleep(rule.delay)
        answer = None
        if rule is None or not (rule.status or rule.drop) or rule.forward:
            answer = self.ask_server(body)
        if rule is None:
            self.send(*answer)
        else:
            self.send_spoilt(rule, answer)

    def ask_server(self, body: bytes):
        upstream = self.server.connection()
        upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in HOP_HEADERS:
                upstream.putheader(name, value)
        upstream.endheaders(body)
        response = upstream.getresponse()
        headers = [(k, v) for k, v in response.getheaders() if k.lower() not in HOP_HEADERS]
        return response.status, headers, response.read()

    def send(self, status, headers, body, *, spoil=lambda handler, body: handler.wfile.write(body)):
        self.send_response_only(status)
        names = {name.lower() for name, _ in headers}
        for name, value in headers:
            self.send_header(name, value)
        if "content-length" not in names:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            spoil(self, body)

    def send_spoilt(self, rule: Rule, answer):
        if rule.drop:
            self.reset()
            return
        if rule.status:
            body = ERROR_BODY % rule.code.encode() if rule.code else b""
            body = body if rule.body is None else rule.body
            self.send(rule.status, list(rule.headers.items()), body)
            return
        status, headers, body = answer
        headers = [(k, v) for k, v in headers if k.lower() not in {n.lower() for n in rule.headers}]
        headers += list(rule.headers.items())
        if rule.body is not None or rule.truncate:
            body = rule.body if rule.body is not None else body[: -rule.truncate]
            headers = [(k, v) for k, v in headers if k.lower() != "content-length"]
        self.send(status, headers, body, spoil=lambda handler, whole: handler.spoil(rule, whole))

    def spoil(self, rule: Rule, body: bytes):
        if rule.drip:
            for byte in body:
                try:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                except OSError:
                    return
                time.sleep(rule.drip)
        elif 0 <= rule.cut_after < len(body):
            self.wfile.write(body[: rule.cut_after])
            self.wfile.flush()
            self.reset()
        else:
            self.wfile.write(body)

    def reset(self):
        self.close_connection = True
        self.connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00"
        )
        self.connection.close()


class FaultProxy(LoopbackServer):
    def __init__(self, server_port: int):
        super().__init__(Handler)
        self.target_port = server_port
        self.rules: list[Rule] = []
        self.requests: list[Seen] = []
        self.lock = threading.Lock()
        self.local = threading.local()

    def add(self, rule: Rule) -> Rule:
        with self.lock:
            self.rules.append(rule)
        return rule

    def clear(self) -> None:
        with self.lock:
            self.rules.clear()
            self.requests.clear()

    def rule_for(self, method: str, path: str) -> Rule | None:
        with self.lock:
            rule = next((rule for rule in self.rules if rule.takes(method, path)), None)
            self.requests.append(Seen(time.monotonic(), method, path, rule))
            return rule

    def connection(self) -> http.client.HTTPConnection:
        if not hasattr(self.local, "connection"):
            self.local.connection = http.client.HTTPConnection(
                "127.0.0.1", self.target_port, timeout=60
            )
        return self.local.connection
