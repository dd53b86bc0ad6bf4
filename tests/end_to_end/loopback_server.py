# SPDX-License-Identifier: Apache-2.0
"""What servers of these tests have in common: they listen on a free port of the loopback address."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class LoopbackHandler(BaseHTTPRequestHandler):
    """Keeps connections open. A subclass has `handle_any`, for every method."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else every answer with a body takes 40 ms

    def log_message(self, *_):
        pass

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def handle_any(self):
        raise NotImplementedError

    def do_GET(self):
        self.handle_any()

    do_PUT = do_POST = do_DELETE = do_HEAD = do_GET


class LoopbackServer(ThreadingHTTPServer):
    """Answers from `with` on until it is left, each connection in a thread of its own."""

    daemon_threads = True
    scheme = "http"

    def __init__(self, handler: type[LoopbackHandler]):
        super().__init__(("127.0.0.1", 0), handler)

    @property
    def endpoint(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def handle_error(self, *_):
        pass  # the other side went away, as tests make it do
