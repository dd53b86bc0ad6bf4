# SPDX-License-Identifier: Apache-2.0
"""`pomona read`: a program asks for objects, one after the other, and gets their bytes."""

import json
import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command import BINARY, DONE, USAGE, Pomona
from fault_proxy import Rule
from photographs import copy_fruits


@pytest.fixture(scope="module")
def fruits_here(tmp_path_factory):
    return copy_fruits(tmp_path_factory.mktemp("read") / "fruits")


@pytest.fixture(scope="module")
def bucket(s3, fruits_here):
    name = s3.bucket()
    s3.upload(fruits_here, name, "photos")
    s3.client.put_object(Bucket=name, Key="empty", Body=b"")
    s3.client.put_object(Bucket=name, Key="large", Body=bytes(5_000_000))
    return name


def request(place) -> bytes:
    name = os.fsencode(place)
    return struct.pack("<I", len(name)) + name


def answers_of(out: bytes) -> list:
    """The bytes of each, or its failure."""
    answers = []
    while out:
        is_failure, size = struct.unpack_from("<BQ", out)
        content, out = out[9 : 9 + size], out[9 + size :]
        assert len(content) == size
        answers.append(json.loads(content) if is_failure else content)
    return answers


def start(pomona, *words, **environment):
    return subprocess.Popen(
        [BINARY, "read", *words],
        env=pomona.environment | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def read(pomona, places, *words) -> list:
    """Asks for all before it reads an answer, as a program may."""
    process = start(pomona, *words)
    process.stdin.write(b"".join(map(request, places)))
    process.stdin.close()
    out = process.stdout.read()
    assert process.wait(timeout=60) == DONE, process.stderr.read()
    assert process.stderr.read() == b""
    return answers_of(out)


def one(process, place):
    """The answer to one, while the process waits for more."""
    process.stdin.write(request(place))
    process.stdin.flush()
    head = process.stdout.read(9)
    size = struct.unpack("<BQ", head)[1]
    return answers_of(head + process.stdout.read(size))[0]


def test_objects_and_files_come_in_the_order_of_the_requests(far, bucket, fruits_here):
    paths = sorted(path for path in fruits_here.rglob("*") if path.is_file())
    places = []
    for path in paths:
        places += [f"s3://{bucket}/photos/{path.relative_to(fruits_here)}", path]
    places *= 10
    assert read(far, places) == [path.read_bytes() for path in paths for _ in range(2)] * 10
    assert read(far, [f"s3a://{bucket}/empty", f"s3://{bucket}/large"]) == [b"", bytes(5_000_000)]
    assert read(far, []) == []


def test_what_cannot_be_read_is_an_answer(far, s3, bucket, proxy, tmp_path):
    proxy.add(Rule(path="photos/denied", status=403, code="AccessDenied"))
    proxy.add(Rule(path="empty", drop=True, times=2))
    through = Pomona(**{**far.environment, **s3.environment(proxy.endpoint)})
    places = [f"s3://{bucket}/{key}" for key in ("none", "photos/denied", "large", "photos", "")]
    places += ["s3://no-such-bucket/a", "hdfs://a/b", tmp_path / "none", tmp_path, ""]
    answers = read(through, [*places, f"s3://{bucket}/empty"], "--max-bytes", "4000000")
    kinds = [answer["kind"] for answer in answers[:-1]]
    expected = ["gone", "denied", "too_large", "gone", "unreadable", "gone", "unreadable"]
    assert kinds == [*expected, "gone", "gone", "unreadable"]
    for place, answer in zip(places[:3], answers):
        assert place in answer["message"]
    assert answers[-1] == b""  # the network broke twice


def test_the_process_stays_usable_and_ends_with_its_input(far, bucket):
    process = start(far)
    try:
        for _ in range(3):
            assert one(process, f"s3://{bucket}/empty") == b""
            assert one(process, f"s3://{bucket}/none")["kind"] == "gone"
        process.stdin.close()
        assert process.wait(timeout=10) == DONE
    finally:
        process.kill()


def test_it_ends_when_nobody_reads(far, bucket):
    process = start(far)
    try:
        process.stdout.close()
        for _ in range(3):
            process.stdin.write(request(f"s3://{bucket}/empty"))
            process.stdin.flush()
        assert process.wait(timeout=10) == DONE
    except BrokenPipeError:
        assert process.wait(timeout=10) == DONE
    finally:
        process.kill()


ASKS = """
import os, subprocess, sys, threading
def start():
    global process
    environment = os.environ | {"POMONA_PARENT": str(os.getpid())}
    words = [sys.argv[1], "read"]
    process = subprocess.Popen(words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
thread = threading.Thread(target=start)
thread.start()
thread.join()
if os.fork() == 0:
    os.read(0, 1)
    os._exit(0)
print(process.pid, flush=True)
os.read(0, 1)
"""


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except FileNotFoundError:
        return False


def test_it_ends_with_its_parent_and_not_with_the_thread_that_started_it(far):
    """A forked process still holds the pipes: they are not closed."""
    asking = subprocess.Popen(
        [sys.executable, "-c", ASKS, BINARY],
        env=far.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    pid = int(asking.stdout.readline())
    try:
        time.sleep(0.5)
        assert is_running(pid)
        asking.kill()
        asking.wait()
        deadline = time.monotonic() + 10
        while is_running(pid):
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        asking.stdin.close()  # the forked process ends
        if is_running(pid):
            os.kill(pid, signal.SIGKILL)


def test_a_signal_ends_it(far):
    process = start(far)
    time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 128 + signal.SIGTERM


def test_requests_that_are_none(far):
    for text, tells in ((b"s3://", "found a length of"), (b"\0\0", "within a request")):
        process = start(far)
        _, err = process.communicate(text, timeout=10)
        assert process.returncode == USAGE and tells in err.decode()
    _, err = start(far).communicate(request("abcd")[:-1], timeout=10)
    assert "within a request" in err.decode()


def test_secrets_are_in_no_message(far, bucket):
    wrong = Pomona(**{**far.environment, "AWS_SECRET_ACCESS_KEY": "planted-secret"})
    (answer,) = read(wrong, [f"s3://{bucket}/empty"])
    assert answer["kind"] == "denied" and "planted-secret" not in answer["message"]


def test_options_are_those_of_other_verbs(far, s3, bucket):
    far.refuses("read", "--max-bytes", "0", code=USAGE, tells=["max_bytes: expected 1 to"])
    (answer,) = read(far, [f"s3://{bucket}/empty"], "--s3-endpoint", "http://127.0.0.1:1/x?")
    assert answer["kind"] == "unreadable" and "endpoint" in answer["message"]
