#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast a bucket is listed, and in how much memory: against a stub that answers at once.

    benchmarks/list_bucket.py [--keys 1000000] [--folders 1000]

The stub serves pages of 1,000 keys that were made beforehand, so that what is measured is Pomona.
`pomona sync --dry-run` lists and does no more.
"""

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).resolve().parent.parent
PAGE_KEYS = 1000
PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>stub</Name>\
<EncodingType>url</EncodingType><IsTruncated>{more}</IsTruncated>{next}{content}\
</ListBucketResult>"""
ENTRY = (
    "<Contents><Key>photos/@/{number:04d}_#.jpg</Key>"
    "<LastModified>2026-01-01T00:00:00.000Z</LastModified>"
    "<ETag>&#34;d41d8cd98f00b204e9800998ecf8427e&#34;</ETag><Size>5120</Size>"
    "<StorageClass>STANDARD</StorageClass></Contents>"
)


class Stub(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    keys = folders = 0

    def log_message(self, *_):
        pass

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_HEAD(self):
        self.answer(b"")

    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)
        prefix = query["prefix"][0]
        first = int(query.get("continuation-token", ["0"])[0])
        folder = re.fullmatch(r"photos/(\d+)/", prefix)
        self.answer(self.photographs(int(folder[1]), first) if folder else self.names(first))

    @classmethod
    def names(cls, first: int) -> bytes:
        last = min(first + PAGE_KEYS, cls.folders)
        names = (f"photos/{i:05d}/" for i in range(first, last))
        content = "".join(f"<CommonPrefixes><Prefix>{n}</Prefix></CommonPrefixes>" for n in names)
        return page(content, last if last < cls.folders else 0)

    @classmethod
    def photographs(cls, folder: int, first: int) -> bytes:
        of_folder = cls.keys // cls.folders
        last = min(first + PAGE_KEYS, of_folder)
        content = CONTENT[: last - first].replace(b"@", f"{folder:05d}".encode())
        content = content.replace(b"_#", f"_{first}".encode())
        more = last if last < of_folder else 0
        return page("@@", more).replace(b"@@", content)


class Content:
    """The entries of a page, made once for each length: '@' is the folder, '#' the first key."""

    def __init__(self):
        self.made = {}

    def __getitem__(self, wanted: slice) -> bytes:
        if wanted.stop not in self.made:
            entries = (ENTRY.format(number=i) for i in range(wanted.stop))
            self.made[wanted.stop] = "".join(entries).encode()
        return self.made[wanted.stop]


CONTENT = Content()


def page(content: str, following: int) -> bytes:
    token = f"<NextContinuationToken>{following}</NextContinuationToken>" if following else ""
    more = "true" if following else "false"
    return PAGE.format(more=more, next=token, content=content).encode()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--folders", type=int, default=1000)
    parser.add_argument("--pomona", type=Path, default=ROOT / "build" / "release" / "pomona")
    arguments = parser.parse_args()
    Stub.keys, Stub.folders = arguments.keys, arguments.folders
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {
        "AWS_ACCESS_KEY_ID": "stub",
        "AWS_SECRET_ACCESS_KEY": "stub",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_address[1]}",
    }
    with tempfile.TemporaryDirectory() as nowhere:
        words = ["sync", "s3://stub/photos", f"{nowhere}/none", "--dry-run", "--json"]
        start = time.monotonic()
        done = subprocess.run(
            [arguments.pomona, *words], env=environment, stdout=subprocess.PIPE, check=False
        )
        seconds = time.monotonic() - start
    if done.returncode != 0:
        sys.exit(f"pomona ended with {done.returncode}")
    found = len(json.loads(done.stdout)["copied"])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"{found} keys in {seconds:.2f} s, {found / seconds:.0f} a second, peak memory {peak:.0f} MB"
    )


if __name__ == "__main__":
    main()
