# SPDX-License-Identifier: Apache-2.0
"""A service that speaks S3 from memory, on the loopback address, with one quirk at a time.

    with S3Stub(multi_delete_wants_md5) as stub:
        stub.put("fruits", "photos/a/1.jpg", b"…")
        ...
        stub.requests                          # what came, in the order of its coming

It checks signatures with botocore. The quirks are in s3_quirks.py. Each is a function of the request
and of `serve`, which answers as S3 does.
"""

import hashlib
import re
import ssl
import threading
import urllib.parse
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from command import TINY
from loopback_server import LoopbackHandler, LoopbackServer
from s3_server import ACCESS, SECRET
from tables import digests, files_below

PHOTOS, OUT = "s3://fruits/photos", "s3://fruits/out"
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, "
    r"SignedHeaders=([^,]+), Signature=([0-9a-f]{64})"
)


@dataclass
class Request:
    method: str
    target: str  # path and query as they came
    headers: dict  # names in lower case
    body: bytes = b""
    base: str = ""  # the path of the endpoint

    def __post_init__(self):
        path, _, query = self.target.partition("?")
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        self.path = path.removeprefix(self.base).lstrip("/")
        bucket, _, key = self.path.partition("/")
        self.bucket, self.key = bucket, urllib.parse.unquote(key)

    def is_for_object(self) -> bool:
        return bool(self.key)

    def is_multi_delete(self) -> bool:
        return self.method == "POST" and "delete" in self.query

    def is_listing(self) -> bool:
        return self.method == "GET" and not self.key and "uploads" not in self.query


@dataclass
class Answer:
    status: int = 200
    body: bytes = b""
    headers: dict = field(default_factory=dict)


def error(status: int, code: str, message: str = "made by the stub", **more: str) -> Answer:
    inside = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    inside += "".join(f"<{name}>{escape(value)}</{name}>" for name, value in more.items())
    return xml_answer("Error", inside, status)


def xml_answer(root: str, inside: str, status: int = 200) -> Answer:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>{inside}</{root}>'
    return Answer(status, text.encode(), {"Content-Type": "application/xml"})


def md5(body: bytes) -> str:
    return hashlib.md5(body).hexdigest()


def unquoted(etag: str) -> str:
    return etag.strip('"')


class Handler(LoopbackHandler):
    server: "S3Stub"

    def handle_any(self):
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, self.body(), self.server.base)
        answer = self.server.answer(request)
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in answer.headers:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)


class S3Stub(LoopbackServer):
    """`certificate`: files of a certificate and its key, for https."""

    def __init__(self, quirk=None, *, base: str = "", certificate=None, region: str = ""):
        super().__init__(Handler)
        self.quirk = quirk or (lambda request, serve: serve(request))
        self.base = base
        self.region = region  # that signatures must be for; "": any
        self.buckets: dict[str, dict[str, bytes]] = {"fruits": {}}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.requests: list[Request] = []
        self.page = 1000
        self.lock = threading.RLock()
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
            self.scheme = "https"

    @property
    def endpoint(self) -> str:
        return super().endpoint + self.base

    def environment(self) -> dict[str, str]:
        return {
            "AWS_ACCESS_KEY_ID": ACCESS,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def put(self, bucket: str, key: str, body: bytes) -> None:
        with self.lock:
            self.buckets.setdefault(bucket, {})[key] = body

    def upload(self, folder, prefix: str) -> None:
        for path in folder.rglob("*"):
            if path.is_file():
                self.put("fruits", f"{prefix}/{path.relative_to(folder)}", path.read_bytes())

    def download(self, prefix: str, folder):
        for name, body in self.objects(prefix + "/").items():
            target = folder / name.removeprefix(prefix + "/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(body)
        return folder

    def objects(self, prefix: str = "") -> dict[str, bytes]:
        with self.lock:
            objects = self.buckets["fruits"]
            return {name: body for name, body in objects.items() if name.startswith(prefix)}

    def seen(self, method: str, text: str = "") -> list[Request]:
        with self.lock:
            return [r for r in self.requests if r.method == method and text in r.target]

    def answer(self, request: Request) -> Answer:
        with self.lock:
            self.requests.append(request)
            return self.quirk(request, self.serve)

    # As S3 does.

    def serve(self, request: Request, is_public: bool = False) -> Answer:
        refusal = None if is_public else self.refusal(request)
        if refusal:
            return refusal
        if request.bucket not in self.buckets:
            return error(404, "NoSuchBucket", "The specified bucket does not exist")
        if request.is_for_object():
            serve = getattr(self, f"{request.method.lower()}_object")
        else:
            serve = getattr(self, f"{request.method.lower()}_bucket")
        return serve(request, self.buckets[request.bucket])

    def refusal(self, request: Request) -> Answer | None:
        if not request.target.startswith(self.base + "/"):
            return error(404, "NotFound", f"{request.target} is not below {self.base}")
        if "authorization" not in request.headers:
            return error(403, "AccessDenied", "Anonymous requests are not allowed")
        given = AUTHORIZATION.fullmatch(request.headers["authorization"])
        if not given:
            return error(400, "AuthorizationHeaderMalformed")
        access, _, region, names, signature = given.groups()
        if access != ACCESS:
            return error(
                403,
                "InvalidAccessKeyId",
                "The AWS Access Key Id you provided does not exist in our records.",
                AWSAccessKeyId=access,
            )
        if self.region and region != self.region:
            return error(
                400,
                "AuthorizationHeaderMalformed",
                f"the region '{region}' is wrong; expecting '{self.region}'",
                Region=self.region,
            )
        time = request.headers["x-amz-date"]
        sent = datetime.strptime(time, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if abs((datetime.now(UTC) - sent).total_seconds()) > 900:
            return error(403, "RequestTimeTooSkewed", "The difference is too large.")
        if signature != self.signature(request, names.split(";"), region):
            return error(
                403,
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided. "
                "Check your key and signing method.",
            )
        return None

    def signature(self, request: Request, names: list[str], region: str) -> str:
        host = request.headers["host"]
        signed = AWSRequest(
            request.method,
            f"{self.scheme}://{host}{request.target}",
            headers={name: request.headers[name] for name in names},
            data=request.body,
        )
        signed.context["timestamp"] = request.headers["x-amz-date"]
        auth = S3SigV4Auth(Credentials(ACCESS, SECRET), "s3", region)
        return auth.signature(auth.string_to_sign(signed, auth.canonical_request(signed)), signed)

    def head_bucket(self, request, objects) -> Answer:
        return Answer(headers={"x-amz-bucket-region": self.region or "us-east-1"})

    def get_bucket(self, request, objects) -> Answer:
        if "uploads" in request.query:
            return xml_answer("ListMultipartUploadsResult", "<IsTruncated>false</IsTruncated>")
        query = request.query
        is_v2 = query.get("list-type") == "2"
        after = query.get("continuation-token" if is_v2 else "marker", "")
        entries, is_truncated = self.page_of(objects, query, after)
        shown = urllib.parse.quote if query.get("encoding-type") == "url" else escape
        inside = f"<IsTruncated>{str(is_truncated).lower()}</IsTruncated>"
        if query.get("encoding-type") == "url":
            inside += "<EncodingType>url</EncodingType>"
        for name in entries:
            if name in objects and not (query.get("delimiter") and name.endswith("/")):
                etag = f"&quot;{md5(objects[name])}&quot;"
                inside += f"<Contents><Key>{shown(name)}</Key><ETag>{etag}</ETag>"
                inside += f"<Size>{len(objects[name])}</Size></Contents>"
            else:
                inside += f"<CommonPrefixes><Prefix>{shown(name)}</Prefix></CommonPrefixes>"
        if is_v2:
            inside += f"<KeyCount>{len(entries)}</KeyCount>"
            if is_truncated:
                inside += f"<NextContinuationToken>{entries[-1]}</NextContinuationToken>"
        elif is_truncated and query.get("delimiter"):
            inside += f"<NextMarker>{shown(entries[-1])}</NextMarker>"
        return xml_answer("ListBucketResult", inside)

    def page_of(self, objects, query, after: str) -> tuple[list[str], bool]:
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        entries = set()
        for name in objects:
            if not name.startswith(prefix):
                continue
            cut = name.find(delimiter, len(prefix)) if delimiter else -1
            entries.add(name if cut < 0 else name[: cut + 1])
        rest = sorted(entry for entry in entries if entry > after)
        page = min(self.page, int(query.get("max-keys", self.page)))
        return rest[:page], len(rest) > page

    def post_bucket(self, request, objects) -> Answer:
        root = ElementTree.fromstring(request.body)
        for element in root.iter():
            if element.tag.rpartition("}")[2] == "Key":
                objects.pop(element.text, None)
        return xml_answer("DeleteResult", "")

    def get_object(self, request, objects) -> Answer:
        if request.key not in objects:
            return error(404, "NoSuchKey", "The specified key does not exist.")
        body = objects[request.key]
        etag = f'"{md5(body)}"'
        if unquoted(request.headers.get("if-match", etag)) != unquoted(etag):
            return error(412, "PreconditionFailed")
        headers = {"ETag": etag}
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("range", ""))
        if not wanted:
            return Answer(200, body, headers)
        first, last = wanted.groups()
        begin = int(first) if first else max(0, len(body) - int(last))
        end = min(len(body), int(last) + 1) if first and last else len(body)
        if begin >= end:
            refused = error(416, "InvalidRange")
            refused.headers["Content-Range"] = f"bytes */{len(body)}"
            return refused
        headers["Content-Range"] = f"bytes {begin}-{end - 1}/{len(body)}"
        return Answer(206, body[begin:end], headers)

    def head_object(self, request, objects) -> Answer:
        answer = self.get_object(request, objects)
        answer.headers["Content-Length"] = str(len(answer.body))
        return answer

    def put_object(self, request, objects) -> Answer:
        body = request.body
        source = urllib.parse.unquote(request.headers.get("x-amz-copy-source", ""))
        if source:
            bucket, _, key = source.removeprefix("/").partition("/")
            if key not in self.buckets.get(bucket, {}):
                return error(404, "NoSuchKey", "The specified key does not exist.")
            body = self.buckets[bucket][key]
            wanted = request.headers.get("x-amz-copy-source-if-match", md5(body))
            if unquoted(wanted) != md5(body):
                return error(412, "PreconditionFailed")
        if "uploadId" in request.query:
            parts = self.uploads[request.query["uploadId"]]
            parts[int(request.query["partNumber"])] = body
        else:
            if request.headers.get("if-none-match") == "*" and request.key in objects:
                return error(412, "PreconditionFailed")
            objects[request.key] = body
        etag = f'"{md5(body)}"'
        if source:
            return xml_answer("CopyObjectResult", f"<ETag>{escape(etag)}</ETag>")
        return Answer(headers={"ETag": etag})

    def post_object(self, request, objects) -> Answer:
        if "uploads" in request.query:
            upload = f"upload-{len(self.uploads)}"
            self.uploads[upload] = {}
            inside = f"<UploadId>{upload}</UploadId>"
            return xml_answer("InitiateMultipartUploadResult", inside)
        parts = self.uploads[request.query["uploadId"]]
        objects[request.key] = b"".join(parts[number] for number in sorted(parts))
        return xml_answer("CompleteMultipartUploadResult", "<ETag>&quot;x-1&quot;</ETag>")

    def delete_object(self, request, objects) -> Answer:
        if "uploadId" in request.query:
            self.uploads.pop(request.query["uploadId"], None)
        else:
            objects.pop(request.key, None)
        return Answer(204)


def reads_and_writes(pomona, stub, noise, noise_results, tmp_path, *words) -> None:
    """In and out of the bucket, all has the bytes of a run in folders; --force replaces it."""
    inward = tmp_path / "inward"
    pomona("run", PHOTOS, "--out", inward, *TINY, *words)
    assert digests(inward) == digests(noise_results)
    pomona("run", noise, "--out", OUT, *TINY, *words)
    copied = stub.download("out", tmp_path / "copied")
    assert digests(copied) == digests(noise_results)
    assert (copied / "_SUCCESS").is_file() and not (copied / "_pomona").exists()
    assert "as they were written" in pomona("verify", OUT, *words).text
    pomona("run", noise, "--out", OUT, *TINY, "--force", "--components", "3", *words)
    names = {name.removeprefix("out/") for name in stub.objects("out/")}
    assert names == files_below(copied)
    pomona("clean", OUT, *words)
