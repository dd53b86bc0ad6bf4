# SPDX-License-Identifier: Apache-2.0
"""A bucket of as many photographs as wanted that are all the same one, served from memory: so that
what is measured is Pomona.

    stub = StubBucket(photograph, keys=1_000_000, folders=1000)
    stub.endpoint, stub.environment

Keys are photos/FOLDER/NUMBER.jpg. Listings come in pages of 1,000, made beforehand.
"""

import hashlib
import re
import socketserver
import threading
from urllib.parse import parse_qs, urlsplit

PAGE_KEYS = 1000
PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>stub</Name>\
<EncodingType>url</EncodingType><IsTruncated>{more}</IsTruncated>{next}{content}\
</ListBucketResult>"""
ENTRY = (
    "<Contents><Key>photos/@/{number:04d}_#.jpg</Key>"
    "<LastModified>2026-01-01T00:00:00.000Z</LastModified>"
    "<ETag>&#34;{etag}&#34;</ETag><Size>{size}</Size>"
    "<StorageClass>STANDARD</StorageClass></Contents>"
)


class Connection(socketserver.StreamRequestHandler):
    """Reads requests without bodies, for the library's own handler takes a millisecond for each."""

    disable_nagle_algorithm = True
    server: "StubBucket"

    def handle(self):
        while line := self.rfile.readline():
            while self.rfile.readline() not in (b"\r\n", b""):
                pass
            method, path, _ = line.decode().split()
            body = b"" if method == "HEAD" else self.server.answer(path)
            self.wfile.write(self.server.head_of(path, body) + body)


class StubBucket(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, photograph: bytes, keys: int, folders: int):
        super().__init__(("127.0.0.1", 0), Connection)
        self.photograph, self.folders = photograph, folders
        self.of_folder = keys // folders
        self.etag = hashlib.md5(photograph, usedforsecurity=False).hexdigest()
        self.entries: dict[int, bytes] = {}  # of a page, by their number
        self.endpoint = f"http://127.0.0.1:{self.server_address[1]}"
        self.environment = {
            "AWS_ACCESS_KEY_ID": "stub",
            "AWS_SECRET_ACCESS_KEY": "stub",
            "AWS_ENDPOINT_URL": self.endpoint,
        }
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def head_of(self, path: str, body: bytes) -> bytes:
        etag = "" if "?" in path else f'ETag: "{self.etag}"\r\n'
        return f"HTTP/1.1 200 OK\r\n{etag}Content-Length: {len(body)}\r\n\r\n".encode()

    def answer(self, path: str) -> bytes:
        if "?" not in path:
            return self.photograph
        query = parse_qs(urlsplit(path).query)
        first = int(query.get("continuation-token", ["0"])[0])
        folder = re.fullmatch(r"photos/(\d+)/", query.get("prefix", [""])[0])
        return self.list_photographs(int(folder[1]), first) if folder else self.list_folders(first)

    def list_folders(self, first: int) -> bytes:
        last = min(first + PAGE_KEYS, self.folders)
        names = (f"photos/{i:05d}/" for i in range(first, last))
        content = "".join(f"<CommonPrefixes><Prefix>{n}</Prefix></CommonPrefixes>" for n in names)
        return page(content, last if last < self.folders else 0)

    def list_photographs(self, folder: int, first: int) -> bytes:
        last = min(first + PAGE_KEYS, self.of_folder)
        content = self.page_entries(last - first).replace(b"@", f"{folder:05d}".encode())
        content = content.replace(b"_#", f"_{first}".encode())
        more = last if last < self.of_folder else 0
        return page("@@", more).replace(b"@@", content)

    def page_entries(self, count: int) -> bytes:
        """'@' is the folder, '#' the first key."""
        if count not in self.entries:
            told = {"etag": self.etag, "size": len(self.photograph)}
            entries = (ENTRY.format(number=i, **told) for i in range(count))
            self.entries[count] = "".join(entries).encode()
        return self.entries[count]


def page(content: str, following: int) -> bytes:
    token = f"<NextContinuationToken>{following}</NextContinuationToken>" if following else ""
    more = "true" if following else "false"
    return PAGE.format(more=more, next=token, content=content).encode()
