# SPDX-License-Identifier: Apache-2.0
"""What services do otherwise than AWS, one function each: see s3_stub.py.

Each gets a request and `serve`, which answers it as S3 does, and returns its own answer or that.
"""

import base64
import hashlib
import re
import urllib.parse

from s3_stub import Answer, error

NOT_IMPLEMENTED = "A header you provided implies functionality that is not implemented."


# Removing many objects.


def multi_delete_wants_md5(request, serve):
    """Older MinIO, OneFS."""
    digest = base64.b64encode(hashlib.md5(request.body).digest()).decode()
    if request.is_multi_delete() and request.headers.get("content-md5") != digest:
        return error(400, "MissingContentMD5", "Missing required header: Content-Md5.")
    return serve(request)


def no_multi_delete_400(request, serve):
    """Google Cloud Storage."""
    return error(400, "InvalidArgument") if request.is_multi_delete() else serve(request)


def no_multi_delete_501(request, serve):
    if request.is_multi_delete():
        return error(501, "NotImplemented", NOT_IMPLEMENTED)
    return serve(request)


def no_multi_delete_405(request, serve):
    return error(405, "MethodNotAllowed") if request.is_multi_delete() else serve(request)


def multi_delete_does_nothing(request, serve):
    """A POST that is taken and not understood."""
    return Answer(200) if request.is_multi_delete() else serve(request)


# Conditions and checksums.


def no_if_none_match_501(request, serve):
    """OSS."""
    if "if-none-match" in request.headers:
        return error(501, "NotImplemented", NOT_IMPLEMENTED)
    return serve(request)


def no_if_none_match_400(request, serve):
    """OVH."""
    if "if-none-match" in request.headers:
        return error(400, "InvalidArgument", "If-None-Match is not supported")
    return serve(request)


def if_none_match_ignored(request, serve):
    """Replaces what lies there, and answers 200."""
    request.headers.pop("if-none-match", None)
    return serve(request, is_public=True)


def no_copy_condition(request, serve):
    if "x-amz-copy-source-if-match" in request.headers:
        return error(501, "NotImplemented", NOT_IMPLEMENTED)
    return serve(request)


def no_list_of_uploads(request, serve):
    if request.method == "GET" and "uploads" in request.query:
        return error(501, "NotImplemented", "ListMultipartUploads is not implemented")
    return serve(request)


def no_checksums_400(request, serve):
    """Backblaze B2."""
    names = [name for name in request.headers if name.startswith("x-amz-checksum")]
    if names:
        message = f"Unsupported header '{names[0]}' received for this API call."
        return error(400, "InvalidArgument", message)
    return serve(request)


def no_checksums_501(request, serve):
    """Cloudflare R2."""
    if any(name.startswith("x-amz-checksum") for name in request.headers):
        return error(501, "NotImplemented", NOT_IMPLEMENTED)
    return serve(request)


def does_nothing_beyond_the_least(request, serve):
    """A service that knows neither conditions, checksums nor multi-deletes."""
    for quirk in (
        no_if_none_match_501,
        no_copy_condition,
        no_list_of_uploads,
        no_checksums_501,
        no_multi_delete_501,
        v2_refused_501,
    ):
        answer = quirk(request, lambda _: None)
        if answer:
            return answer
    return serve(request)


# ETags.


def other_etag(text: str) -> str:
    """32 digits that are the MD5 of nothing here."""
    return '"' + hashlib.sha256(text.encode()).hexdigest()[:32] + '"'


def with_other_etags(request, serve, **headers):
    """The same ETag for the same object in every answer, and none is an MD5."""
    condition = request.headers.pop("if-match", None)
    request.headers.pop("x-amz-copy-source-if-match", None)
    if condition and condition != other_etag(request.key):
        return error(412, "PreconditionFailed")
    signed = serve(request, is_public=True)
    if request.key and "ETag" in signed.headers:
        signed.headers["ETag"] = other_etag(request.key)
        signed.headers |= {name.replace("_", "-"): value for name, value in headers.items()}
    if request.is_listing() and signed.status == 200:
        encoded = rb"<Key>(.*?)</Key><ETag>.*?</ETag>"

        def entry(match):
            etag = other_etag(match[1].decode()).replace('"', "&quot;")
            return b"<Key>%s</Key><ETag>%s</ETag>" % (match[1], etag.encode())

        signed.body = re.sub(encoded, entry, signed.body)
    return signed


def etag_of_dsse(request, serve):
    return with_other_etags(request, serve, x_amz_server_side_encryption="aws:kms:dsse")


def etag_of_customer_key(request, serve):
    algorithm = {"x-amz-server-side-encryption-customer-algorithm": "AES256"}
    return with_other_etags(request, serve, **algorithm)


def etag_of_encryption_at_rest(request, serve):
    """MinIO: says AES256, as AWS does, and the ETag is none of the content."""
    return with_other_etags(request, serve, x_amz_server_side_encryption="AES256")


def etag_of_no_content(request, serve):
    """32 digits, and no header says why."""
    return with_other_etags(request, serve)


def etag_without_quotes(request, serve):
    answer = serve(request)
    if "ETag" in answer.headers:
        answer.headers["ETag"] = answer.headers["ETag"].strip('"')
    if not request.key:
        answer.body = answer.body.replace(b"&quot;", b"")
    return answer


def no_etag_in_answers_to_get(request, serve):
    answer = serve(request)
    if request.method in ("GET", "HEAD"):
        answer.headers.pop("ETag", None)
    return answer


# Who may do what.


def head_bucket_denied(request, serve):
    """Least privilege: s3:ListBucket with a condition on the prefix, and s3:GetObject."""
    if request.key:
        return serve(request)
    if request.method == "HEAD":
        return Answer(403, headers={"x-amz-bucket-region": "eu-west-3"})
    if request.is_listing() and not request.query.get("prefix", "").startswith(("photos", "out")):
        return error(403, "AccessDenied", "s3:ListBucket is allowed for photos/ and out alone")
    return serve(request)


def only_reading(request, serve):
    """s3:GetObject and no more."""
    if request.method == "HEAD" and not request.key:
        return Answer(403)
    if request.method != "GET" or not request.key:
        return error(403, "AccessDenied", "only s3:GetObject is allowed")
    return serve(request)


def no_head(request, serve):
    """A proxy that lets no HEAD through."""
    return Answer(405) if request.method == "HEAD" else serve(request)


def denied(status: int, code: str, message: str):
    """A service that gives this to everything; HEAD has no body."""

    def quirk(request, serve):
        return Answer(status) if request.method == "HEAD" else error(status, code, message)

    return quirk


def requester_pays(request, serve):
    if request.headers.get("x-amz-request-payer") == "requester":
        return serve(request)
    if request.method == "HEAD":
        return Answer(403)
    return error(403, "AccessDenied", "Bucket is requester pays; add x-amz-request-payer.")


def public(request, serve):
    """Answers who gives no name, and nobody else."""
    if "authorization" in request.headers:
        return denied(403, "InvalidAccessKeyId", "Who is that?")(request, serve)
    return serve(request, is_public=True)


def virtual_host_only(request, serve):
    """OSS."""
    bucket, dot, _ = request.headers["host"].partition(".localhost:")
    if not dot:
        message = "Please use virtual hosted style to access."
        return error(403, "SecondLevelDomainForbidden", message)
    request.bucket, request.key = bucket, urllib.parse.unquote(request.path)
    return serve(request)


def echo_of_secrets(request, serve):
    """Repeats in its message what it was sent."""
    if request.method == "HEAD":
        return Answer(403)
    return error(403, "SignatureDoesNotMatch", f"found {request.headers}")


def archived(request, serve):
    """One photograph lies in Glacier."""
    if request.method == "GET" and request.key.endswith("a/0.jpg"):
        message = "The operation is not valid for the object's storage class"
        return error(403, "InvalidObjectState", message, StorageClass="GLACIER")
    return serve(request)


def key_disabled(request, serve):
    if request.method == "GET" and request.key.endswith("a/0.jpg"):
        message = "arn:aws:kms:eu-west-3:1:key/orchard is disabled."
        return error(400, "KMS.DisabledException", message)
    return serve(request)


def key_denied(request, serve):
    if request.method == "GET" and request.key.endswith("a/0.jpg"):
        message = "User: me is not authorized to perform: kms:Decrypt on resource: orchard"
        return error(403, "AccessDenied", message)
    return serve(request)


def full(request, serve):
    """MinIO."""
    if request.method == "PUT":
        return error(507, "XMinioStorageFull", "Storage backend has reached its minimum free drive")
    return serve(request)


def web_console(request, serve):
    """The port beside that of the service."""
    return Answer(200, b"<!doctype html><html><title>Console</title></html>")


# Listings.


def v1_only(request, serve):
    """Takes list-type for nothing it knows, and answers as ListObjects."""
    request.query.pop("list-type", None)
    request.query.pop("continuation-token", None)
    return serve(request)


def v1_without_next_marker(request, serve):
    answer = v1_only(request, serve)
    answer.body = re.sub(rb"<NextMarker>.*</NextMarker>", b"", answer.body)
    return answer


def v2_refused_400(request, serve):
    if "list-type" in request.query:
        return error(400, "InvalidArgument", "unknown parameter list-type")
    return serve(request)


def v2_refused_501(request, serve):
    if "list-type" in request.query:
        return error(501, "NotImplemented", NOT_IMPLEMENTED)
    return serve(request)


def no_encoding_type(request, serve):
    request.query.pop("encoding-type", None)
    return serve(request)


def with_token(answer, token: bytes):
    last = b"<IsTruncated>true</IsTruncated>"
    answer.body = answer.body.replace(b"<IsTruncated>false</IsTruncated>", last)
    answer.body = re.sub(rb"<NextContinuationToken>.*</NextContinuationToken>", b"", answer.body)
    element = b"<NextContinuationToken>" + token + b"</NextContinuationToken></ListBucketResult>"
    answer.body = answer.body.replace(b"</ListBucketResult>", element)
    return answer


def token_repeats(request, serve):
    """Begins again for ever."""
    answer = v2_from_the_beginning(request, serve)
    return with_token(answer, b"again") if request.is_listing() else answer


def tokens_alternate(request, serve):
    answer = v2_from_the_beginning(request, serve)
    if not request.is_listing():
        return answer
    other = {"one": b"two", "two": b"three", "three": b"one"}
    return with_token(answer, other.get(request.given.get("continuation-token", ""), b"one"))


def v2_from_the_beginning(request, serve):
    request.given = dict(request.query)
    request.query.pop("continuation-token", None)
    return serve(request)


def marker_repeats(request, serve):
    """ListObjects that begins again for ever."""
    request.query.pop("marker", None)
    answer = v1_only(request, serve)
    if request.is_listing():
        answer.body = answer.body.replace(b"<IsTruncated>false<", b"<IsTruncated>true<")
    return answer
