# SPDX-License-Identifier: Apache-2.0
"""kill -9 at every single request with which a run changes a bucket, once before the server gets it
and once before its answer comes back: nothing half done is ever seen, and the same command goes on
to the bytes of a run that nobody disturbed."""

import shutil
import signal
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from command import TINY, Pomona
from fault_proxy import FaultProxy, Handler, Rule
from photographs import make_folder
from tables import digests, sha256_of, work_of

SMALL_PARTS = [*TINY, "--part-files", "2", "--workers", "1", "--no-previews"]
AT_ONCE = 2


def changes_something(method: str) -> bool:
    return method in ("PUT", "POST", "DELETE")


@dataclass
class Change(Rule):
    def takes(self, method: str, path: str) -> bool:
        return changes_something(method) and super().takes(method, path)


class KillingHandler(Handler):
    server: "KillingProxy"

    def reset(self):
        self.server.client.result().kill()
        super().reset()


class KillingProxy(FaultProxy):
    """Kills its client where a rule says to drop a request."""

    def __init__(self, server_port: int):
        super().__init__(server_port)
        self.RequestHandlerClass = KillingHandler
        self.client = Future()

    def kill_at(self, change: int, *, forward: bool, pomona: Pomona, words) -> None:
        """Runs a command until its n-th change; `forward`: the server makes that one still."""
        self.clear()
        self.client = Future()
        self.add(Change(skip=change - 1, times=1, drop=True, forward=forward))
        process = pomona.start(*words)
        self.client.set_result(process)
        _, message = process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL, message.decode()


@pytest.fixture(scope="module")
def bucket(s3, tmp_path_factory):
    """Six photographs below `photos`."""
    name = s3.bucket()
    s3.upload(make_folder(tmp_path_factory.mktemp("six") / "images", "ab", 3), name, "photos")
    return name


@pytest.fixture
def lanes(far, s3, tmp_path):
    """Proxies that kill, each with the command that goes through it."""
    proxies = [KillingProxy(s3.port) for _ in range(AT_ONCE)]
    own = far.environment | {"TMPDIR": str(tmp_path)}  # a killed run leaves its scratch folder
    for proxy in proxies:
        proxy.__enter__()
    yield [(proxy, Pomona(**own | s3.environment(proxy.endpoint))) for proxy in proxies]
    for proxy in proxies:
        proxy.__exit__()


def words_of(bucket: str, place: str) -> list[str]:
    """`extract` has every kind of change that `run` has, and half as many."""
    return ["extract", f"s3://{bucket}/photos", "--out", f"s3://{bucket}/{place}", *SMALL_PARTS]


def check_reader(s3, bucket: str, place: str, folder) -> None:
    """Who goes by _SUCCESS finds all that SHA256SUMS lists."""
    s3.download(bucket, place, folder)
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    for line in lines:
        assert sha256_of(folder / line[66:]) == line[:64], (place, line)


@pytest.mark.parametrize("forward", [False, True], ids=["before it", "before its answer"])
def test_b1_killed_at_every_change_in_a_bucket(far, s3, bucket, lanes, forward, tmp_path, capsys):
    proxy, pomona = lanes[0]
    whole = f"whole-{forward}"
    pomona(*words_of(bucket, whole))
    undisturbed = digests(s3.download(bucket, whole, tmp_path / "whole"))
    changes = sum(changes_something(seen.method) for seen in proxy.requests)
    kept_parts = set()

    def check(point: int, proxy: KillingProxy, pomona: Pomona) -> None:
        place = f"{point}-{forward}"
        proxy.kill_at(point, forward=forward, pomona=pomona, words=words_of(bucket, place))
        left = {name.removeprefix(f"{place}/") for name in s3.names(bucket, f"{place}/")}
        complete = "_SUCCESS" in left
        if complete:
            check_reader(s3, bucket, place, tmp_path / f"{place} seen")
        publishes = any(name.endswith("/publication.json") for name in left)
        shards = sum("/shards/" in name for name in left)
        far(*words_of(bucket, place))
        out = s3.download(bucket, place, tmp_path / place)
        assert digests(out) == undisturbed, place
        assert not (out / "_pomona").exists(), place
        if not (complete or publishes):
            assert work_of(out)["shards_kept"] == shards, place
            kept_parts.add(shards)
        shutil.rmtree(out)

    def check_lane(number: int) -> None:
        for point in range(1 + number, changes + 1, AT_ONCE):
            check(point, *lanes[number])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(check_lane, number) for number in range(AT_ONCE)]:
            done.result()
    assert changes >= 40 and kept_parts == {0, 1, 2, 3}
    assert s3.pending_uploads(bucket) == []
    with capsys.disabled():
        print(f"\nkills in a bucket: {changes}, each with the bytes of an undisturbed run")
