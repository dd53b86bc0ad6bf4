# SPDX-License-Identifier: Apache-2.0
"""An S3 server on the loopback address, spoken to by other people's client (boto3)."""

import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import boto3
from botocore.config import Config
from command import ROOT

BINARY = ROOT / "build" / "setup" / "versitygw"
ACCESS, SECRET = "test", "only for tests"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class S3Server:
    """Buckets are made by `bucket()`; all of it goes when left."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="pomona-s3-")
        objects = Path(self.folder.name) / "objects"
        objects.mkdir()
        self.port = free_port()
        self.process = subprocess.Popen(
            [BINARY, "--access", ACCESS, "--secret", SECRET]
            + ["--port", f"127.0.0.1:{self.port}", "posix", objects],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.client = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=ACCESS,
            aws_secret_access_key=SECRET,
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2}),
        )
        self.buckets = 0

    def __enter__(self):
        for _ in range(500):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.02)
        raise RuntimeError("the S3 server did not start")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def environment(self, endpoint: str = "") -> dict[str, str]:
        return {
            "AWS_ACCESS_KEY_ID": ACCESS,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_ENDPOINT_URL": endpoint or self.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def bucket(self) -> str:
        """The name of a new one."""
        self.buckets += 1
        name = f"fruits-{self.buckets}"
        self.client.create_bucket(Bucket=name)
        return name

    def upload(self, folder: Path, bucket: str, prefix: str) -> None:
        for path in sorted(folder.rglob("*"), key=os.fsencode):
            if path.is_file():
                key = f"{prefix}/{path.relative_to(folder)}"
                self.client.put_object(Bucket=bucket, Key=key, Body=path.read_bytes())

    def names(self, bucket: str, prefix: str = "") -> set[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return {entry["Key"] for page in pages for entry in page.get("Contents", [])}

    def download(self, bucket: str, prefix: str, folder: Path) -> Path:
        for name in self.names(bucket, prefix + "/"):
            target = folder / name.removeprefix(prefix + "/")
            target.parent.mkdir(parents=True, exist_ok=True)
            body = self.client.get_object(Bucket=bucket, Key=name)["Body"].read()
            target.write_bytes(body)
        return folder

    def pending_uploads(self, bucket: str) -> list:
        return self.client.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
