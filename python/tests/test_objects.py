# SPDX-License-Identifier: Apache-2.0
"""Single objects of buckets, read by a process that is kept."""

import os
import signal
import subprocess
import sys
import threading
import time
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from conftest import FRUITS, ROOT
from processes import children, is_running, wait_until

from pomona._objects import ObjectPlace, ObjectReader
from pomona.errors import ForkedProcessError, InvalidInputError, PomonaError, UnavailableError
from pomona.images import Unreadable

pytest.importorskip("boto3")
sys.path.append(str(ROOT / "tests" / "end_to_end"))  # behind the folder of this file
from fault_proxy import FaultProxy, Rule  # noqa: E402
from s3_server import BINARY, S3Server  # noqa: E402

if not BINARY.is_file():
    pytest.skip(f"{BINARY} is not there: run ./check", allow_module_level=True)

BANANAS = sorted((FRUITS / "Banana").iterdir())


@pytest.fixture(scope="module")
def server():
    with S3Server() as running:
        yield running


@pytest.fixture(scope="module")
def bucket(server):
    name = server.bucket()
    server.upload(FRUITS / "Banana", name, "june")
    server.client.put_object(Bucket=name, Key="large", Body=bytes(5_000_000))
    return name


@pytest.fixture(autouse=True)
def credentials(server, monkeypatch):
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def reader():
    before = set(children())
    with ObjectReader() as reader:
        yield reader
    wait_until(lambda: set(children()) <= before)


@pytest.fixture
def process(reader):
    """The id of the reader's process, once it has read."""
    before = set(children())

    def process():
        (pid,) = set(children()) - before
        return int(pid)

    return process


def uris(bucket, files=BANANAS):
    return [f"s3://{bucket}/june/{path.name}" for path in files]


def contents(files=BANANAS):
    return [path.read_bytes() for path in files]


def kinds(items):
    return [item.why[1] if isinstance(item, Unreadable) else "" for item in items]


def test_objects_come_in_order_and_the_process_is_kept(reader, bucket, process):
    assert list(reader.read(uris(bucket) * 30)) == contents() * 30
    first = process()
    assert list(reader.read(uris(bucket))) == contents()
    assert process() == first
    assert list(reader.read([])) == []


def test_files_here_come_between_them(reader, bucket, monkeypatch):
    assert list(reader.read([f"s3://{bucket}/large"])) == [bytes(5_000_000)]
    monkeypatch.chdir(FRUITS / "Banana")  # after the process has started
    places = [place for path, uri in zip(BANANAS, uris(bucket)) for place in (path, path.name, uri)]
    assert list(reader.read(places)) == [one for one in contents() for _ in range(3)]


def test_other_items_keep_their_places(reader, bucket):
    array = np.zeros((4, 4, 3), np.uint8)
    item = [("a", b"bytes"), ("b", ObjectPlace(uris(bucket)[0])), ("c", array), ("d", "path")]
    found = list(reader.fetch(iter(item * 200)))
    assert [name for name, _ in found] == ["a", "b", "c", "d"] * 200
    assert found[:2] == [("a", b"bytes"), ("b", contents()[0])]
    assert found[2][1] is array and found[3][1] == "path"
    assert list(reader.fetch(iter([("a", b"bytes")]))) == [("a", b"bytes")]


def test_without_an_object_no_process_is_started(reader):
    before = children()
    assert next(reader.fetch(iter([("a", b"bytes")]))) == ("a", b"bytes")
    assert children() == before


def test_large_items_are_not_gathered_behind_an_object(reader, bucket):
    taken = []

    def pairs():
        yield "object", ObjectPlace(uris(bucket)[0])
        for number in range(100):
            taken.append(number)
            yield str(number), bytes(1 << 20)

    next(reader.fetch(pairs()))
    assert len(taken) <= 17


def test_what_cannot_be_read_has_a_kind(bucket, server, monkeypatch):
    with FaultProxy(server.port) as proxy, ObjectReader(max_bytes=4_000_000) as reader:
        proxy.add(Rule(path="denied", status=403, code="AccessDenied"))
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.endpoint)
        names = ("none", "denied", "large", f"june/{BANANAS[0].name}")
        found = list(reader.read([f"s3://{bucket}/{name}" for name in names]))
        assert kinds(found) == ["gone", "denied", "too_large", ""]
        assert found[0] == b"" and found[0].why[0] == "read" and "none" in found[0].why[2]
        odd = ["", "s3://" + bucket, "hdfs://a/b", "a\0b", "/none"]
        assert kinds(reader.read(odd)) == ["unreadable"] * 4 + ["gone"]
        assert list(reader.read(uris(bucket)[:2])) == contents()[:2]


def test_a_killed_process_is_an_error_and_the_next_call_starts_another(reader, bucket, process):
    list(reader.read(uris(bucket)[:1]))
    walk = reader.read(uris(bucket) * 200)
    next(walk)
    os.kill(process(), signal.SIGKILL)
    with pytest.raises(UnavailableError, match="SIGKILL|signal 9"):
        list(walk)
    assert list(reader.read(uris(bucket))) == contents()
    for number in (signal.SIGKILL, signal.SIGTERM):  # while nobody reads
        pid = process()
        os.kill(pid, number)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        assert list(reader.read(uris(bucket))) == contents()


def test_an_abandoned_walk_leaves_nothing_for_the_next(reader, bucket):
    for count in (1, 3):
        assert list(islice(reader.read(uris(bucket) * 20), count)) == contents()[:count]
    with pytest.raises(ZeroDivisionError):
        list(reader.read(1 / 0 if place is None else place for place in [*uris(bucket), None]))
    assert list(reader.read(uris(bucket))) == contents()


def test_walks_within_each_other_and_in_threads(reader, bucket):
    assert list(zip(reader.read(uris(bucket)), reader.read(uris(bucket)[::-1]))) == list(
        zip(contents(), contents()[::-1])
    )
    found = {}

    def read(number):
        found[number] = list(reader.read(uris(bucket) * 5))

    threads = [threading.Thread(target=read, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(found.values()) == [contents() * 5] * 4


def test_a_process_outlives_the_thread_that_started_it(reader, bucket, process):
    thread = threading.Thread(target=lambda: list(reader.read(uris(bucket)[:1])))
    thread.start()
    thread.join()
    first = process()
    time.sleep(0.2)
    assert is_running(first)
    assert list(reader.read(uris(bucket))) == contents()
    assert process() == first


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_starts_its_own(reader, bucket, process):
    walk = reader.read(uris(bucket) * 20)
    assert next(walk) == contents()[0]
    child = os.fork()
    if child == 0:
        try:
            next(walk)
        except ForkedProcessError:
            os._exit(0 if list(reader.read(uris(bucket))) == contents() else 1)
        os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    assert list(walk) == (contents() * 20)[1:]
    assert is_running(process())


def test_other_credentials_are_seen(reader, bucket, monkeypatch):
    assert kinds(reader.read(uris(bucket)[:1])) == [""]
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "planted-secret")
    (refused,) = reader.read(uris(bucket)[:1])
    assert refused.why[1] == "denied" and "planted-secret" not in refused.why[2]


def test_credentials_are_in_no_argument(reader, bucket, process, server):
    list(reader.read(uris(bucket)[:1]))
    words = Path(f"/proc/{process()}/cmdline").read_bytes()
    for name, value in server.environment().items():
        if "KEY" in name:
            assert value.encode() not in words


def test_options_that_are_refused():
    for options, error, tells in (
        ({"max_bytes": 0}, InvalidInputError, "max_bytes"),
        ({"regions": "no where"}, InvalidInputError, "no where"),
    ):
        with pytest.raises(error, match=tells), ObjectReader(**options) as reader:
            list(reader.read(["s3://fruits/a"]))
    with pytest.raises(PomonaError, match="number"):
        ObjectReader(max_bytes=[object()])


def test_closing_ends_the_process(bucket):
    reader = ObjectReader()
    list(reader.read(uris(bucket)[:1]))
    started = set(children())
    reader.close()
    assert len(started - set(children())) == 1
    list(reader.read(uris(bucket)[:1]))
    started = set(children())
    del reader
    assert len(started - set(children())) == 1


INTERRUPTED = """
import signal, sys, time
from pomona._objects import ObjectReader
signal.signal(signal.SIGINT, signal.default_int_handler)
reader = ObjectReader()
list(reader.read(sys.argv[1:2]))
try:
    print("at work", flush=True)
    list(reader.read(sys.argv[2:]))
except KeyboardInterrupt:
    print("interrupted", time.clock_gettime(time.CLOCK_MONOTONIC), flush=True)
print(list(map(len, reader.read(sys.argv[1:2]))), flush=True)
"""


def test_ctrl_c_while_a_store_stalls_is_raised_within_200_ms(server, bucket):
    def seconds():
        with FaultProxy(server.port) as proxy:
            proxy.add(Rule(path="june", skip=1, delay=3))
            python = subprocess.Popen(
                [sys.executable, "-c", INTERRUPTED, *uris(bucket)[:2]],
                env=os.environ | {"AWS_ENDPOINT_URL": proxy.endpoint},
                stdout=subprocess.PIPE,
                text=True,
            )
            assert python.stdout.readline() == "at work\n"
            time.sleep(0.1)
            sent = time.clock_gettime(time.CLOCK_MONOTONIC)
            proxy.clear()
            python.send_signal(signal.SIGINT)
            word, _, when = python.stdout.readline().partition(" ")
            assert word == "interrupted"
            assert python.stdout.readline() == f"[{len(contents()[0])}]\n"
            assert python.wait(timeout=10) == 0
            return float(when) - sent

    assert any(seconds() < 0.2 for _ in range(5))  # other programs may hold one up
