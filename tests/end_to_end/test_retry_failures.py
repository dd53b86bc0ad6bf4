# SPDX-License-Identifier: Apache-2.0
"""What could not be read is a row of failures.csv that says why, and `--retry-failures` reads it
once more: that alone, and to the bytes of a run in which nothing failed."""

import os
import re
import shutil

import pyarrow.parquet as parquet
import pytest
from command import TINY, USAGE, Pomona, wait_until
from fault_proxy import FaultProxy, Rule
from photographs import make_folder
from tables import (
    counts_of_parts,
    differences,
    digests,
    failures_of,
    json_of,
    part_records,
    parts_of,
    statuses_of,
    work_of,
)

PARTS = [*TINY, "--part-files", "5"]
DENIED = {"status": 403, "code": "AccessDenied", "forward": False}
GONE = {"status": 404, "code": "NoSuchKey", "forward": False}
FAILED = {
    "a/1.jpg": ("read", "denied"),
    "b/2.jpg": ("read", "gone"),
    "c/3.jpg": ("read", "timed_out"),
}


def break_photograph(proxy: FaultProxy, key: str, **fault) -> None:
    proxy.add(Rule(method="GET", path=rf"photos/{key}\.jpg", **fault))


def photographs_read(proxy: FaultProxy) -> set[str]:
    found = [re.search(r"photos/(.*\.jpg)$", seen.path) for seen in proxy.requests]
    return {match[1] for match in found if match}


def check_sums(out, *, failed: int, skipped: int = 0) -> None:
    """Every file found is ok, failed or skipped, and all tables tell the same of it."""
    told = counts_of_parts(out)
    for part, counts in zip(parts_of(out / "manifest"), told, strict=True):
        statuses = parquet.read_table(part)["status"].to_pylist()
        assert counts == [len(statuses), *map(statuses.count, ("ok", "failed", "skipped"))]
    record = json_of(out / "run.json")["counts"]
    counts = [record[name] for name in ("found", "ok", "failed", "skipped")]
    assert counts == [sum(column) for column in zip(*told)]
    assert counts[0] == sum(counts[1:])
    assert counts[2:] == [failed, skipped] and len(failures_of(out)) == failed


@pytest.fixture(scope="module")
def photos(s3, noise):
    """18 photographs in a bucket."""
    name = s3.bucket()
    s3.upload(noise, name, "photos")
    return f"s3://{name}/photos"


@pytest.fixture(scope="module")
def fresh(far, photos, tmp_path_factory):
    """The results of a run in which nothing failed."""
    out = tmp_path_factory.mktemp("fresh") / "out"
    far("run", photos, "--out", out, *PARTS)
    return out


@pytest.fixture(scope="module")
def with_failures(far, s3, photos, tmp_path_factory):
    """Results in which one photograph was denied, one was gone and one did not come in time."""
    out = tmp_path_factory.mktemp("failed") / "out"
    with FaultProxy(s3.port) as proxy:
        break_photograph(proxy, "a/1", **DENIED)
        break_photograph(proxy, "b/2", **GONE)
        break_photograph(proxy, "c/3", status=500, code="", forward=False, times=9)
        break_photograph(proxy, "c/3", drip=10)  # the last of ten attempts
        shaky = Pomona(**far.environment | s3.environment(proxy.endpoint))
        shaky("run", photos, "--out", out, *PARTS, "--max-failures", "0.2")
    return out


@pytest.fixture
def out(with_failures, tmp_path):
    """A copy of those results, to be repaired."""
    return shutil.copytree(with_failures, tmp_path / "out")


def test_why_a_photograph_could_not_be_read_is_reported(with_failures):
    assert failures_of(with_failures) == FAILED
    failed = {path for path, status in statuses_of(with_failures).items() if status == "failed"}
    assert failed == set(FAILED)
    check_sums(with_failures, failed=3)


def test_the_same_command_again_says_that_all_is_done(shaky, proxy, photos, out):
    before = digests(out, leave_out=set())
    again = shaky("run", photos, "--out", out, *PARTS)
    assert f"'{out}' is complete" in again.message
    assert photographs_read(proxy) == set()
    assert digests(out, leave_out=set()) == before


def test_what_failed_is_read_and_nothing_else(shaky, proxy, photos, fresh, out):
    shaky("run", photos, "--out", out, *PARTS, "--retry-failures")
    assert photographs_read(proxy) == set(FAILED)
    assert (work_of(out)["decoded"], work_of(out)["rows_taken"]) == (3, 15)
    assert differences(out, fresh) == set()
    check_sums(out, failed=0)
    shaky("verify", out)


def test_results_in_a_bucket_are_mended_where_they_lie(
    shaky, proxy, s3, photos, fresh, with_failures, tmp_path
):
    name = s3.bucket()
    s3.upload(with_failures, name, "results")
    shaky("run", photos, "--out", f"s3://{name}/results", *PARTS, "--retry-failures")
    assert photographs_read(proxy) == set(FAILED)
    repaired = s3.download(name, "results", tmp_path / "repaired")
    assert differences(repaired, fresh) == set()
    assert work_of(repaired)["decoded"] == 3
    assert s3.names(name, "results/_pomona") == set()


def test_features_of_extract_are_mended_too(shaky, proxy, photos, tmp_path):
    words = ["extract", photos, *PARTS, "--out"]
    shaky(*words, tmp_path / "fresh")
    break_photograph(proxy, "b/0", **DENIED)
    shaky(*words, tmp_path / "out")
    assert failures_of(tmp_path / "out") == {"b/0.jpg": ("read", "denied")}
    proxy.clear()
    shaky(*words, tmp_path / "out", "--retry-failures")
    assert photographs_read(proxy) == {"b/0.jpg"}
    assert differences(tmp_path / "out", tmp_path / "fresh") == set()


def test_with_nothing_failed_there_is_nothing_to_do(shaky, proxy, photos, fresh, tmp_path):
    out = shutil.copytree(fresh, tmp_path / "out")
    again = shaky("run", photos, "--out", out, *PARTS, "--retry-failures")
    assert f"'{out}' is complete" in again.message
    assert photographs_read(proxy) == set()
    assert digests(out, leave_out=set()) == digests(fresh, leave_out=set())


def test_what_is_still_denied_fails_again(shaky, proxy, photos, fresh, out):
    break_photograph(proxy, "a/1", **DENIED)
    words = ["run", photos, "--out", out, *PARTS, "--retry-failures"]
    shaky(*words)
    assert photographs_read(proxy) == set(FAILED)
    assert failures_of(out) == {"a/1.jpg": ("read", "denied")}
    check_sums(out, failed=1)
    proxy.clear()
    shaky(*words)
    assert photographs_read(proxy) == {"a/1.jpg"}
    assert differences(out, fresh) == set()


def test_more_failures_than_before_leave_the_results_as_they_are(shaky, proxy, photos, out):
    for key in ("a/1", "b/2", "c/3"):
        break_photograph(proxy, key, **DENIED)
    before = digests(out, leave_out=set())
    words = ["run", photos, "--out", out, *PARTS, "--retry-failures", "--max-failures", "0.1"]
    shaky.refuses(*words, code=USAGE, tells=["3 of 18", "max_failures 0.1", "--max-failures"])
    after = digests(out, leave_out=set())
    assert {name: after.get(name) for name in before} == before


def shards_kept_in(out) -> int:
    return len(part_records(out))


@pytest.fixture
def refused(shaky, proxy, photos, tmp_path):
    """Where a run was refused by --max-failures, two photographs being denied then and not now; and
    its words."""
    out = tmp_path / "refused"
    break_photograph(proxy, "a/4", **DENIED)
    break_photograph(proxy, "c/0", **DENIED)
    words = ["run", photos, "--out", out, *PARTS, "--max-failures", "0.1"]
    shaky.refuses(*words, code=USAGE, tells=["2 of 18", "2 denied", "max_failures 0.1", str(out)])
    assert shards_kept_in(out) == 4 and not (out / "_SUCCESS").exists()
    proxy.clear()
    return out, words


def test_a_refused_run_goes_on_with_what_failed(shaky, proxy, refused, fresh):
    out, words = refused
    shaky(*words, "--retry-failures")
    assert photographs_read(proxy) == {"a/4.jpg", "c/0.jpg"}
    assert work_of(out)["decoded"] == 2
    assert differences(out, fresh) == set()
    check_sums(out, failed=0)


def test_a_refused_run_is_published_where_more_may_fail(shaky, proxy, refused):
    out, words = refused
    shaky(*words[:-1], "1")
    assert photographs_read(proxy) == set()
    assert set(failures_of(out)) == {"a/4.jpg", "c/0.jpg"}
    check_sums(out, failed=2)


def test_a_refused_run_names_the_option_that_reads_again(shaky, refused):
    """Once repaired, the same command alone is refused for ever."""
    _, words = refused
    shaky.refuses(*words, code=USAGE, tells=["2 of 18", "--retry-failures"])


def test_killed_while_it_reads_again_only_what_failed_is_left_to_read(
    shaky, proxy, photos, fresh, out
):
    before = digests(out, leave_out=set())
    stalled = proxy.add(Rule(method="GET", path=r"c/3\.jpg", drip=10))
    words = ["run", photos, "--out", out, *PARTS, "--workers", "1", "--retry-failures"]
    process = shaky.start(*words)
    wait_until(lambda: stalled.used and shards_kept_in(out) >= 2, process)
    process.kill()
    process.communicate()
    after = digests(out, leave_out=set())
    assert {name: after.get(name) for name in before} == before
    proxy.clear()
    shaky(*words)
    assert differences(out, fresh) == set()
    assert photographs_read(proxy) <= set(FAILED)


@pytest.fixture
def folder(tmp_path):
    """Photographs of which one is broken, and a file that is none."""
    images = make_folder(tmp_path / "images", "ab", count=6)
    (images / "a" / "broken.jpg").write_bytes((images / "a" / "0.jpg").read_bytes()[:300])
    (images / "b" / "notes.txt").write_text("no picture")
    return images


def test_what_is_still_broken_fails_again(tiny, folder, tmp_path):
    words = ["run", folder, *PARTS, "--out"]
    tiny(*words, tmp_path / "once")
    out = shutil.copytree(tmp_path / "once", tmp_path / "out")
    tiny(*words, out, "--retry-failures")
    assert failures_of(out) == {"a/broken.jpg": ("decode", "truncated")}
    assert (work_of(out)["decoded"], work_of(out)["rows_taken"]) == (1, 12)
    check_sums(out, failed=1, skipped=1)
    assert differences(out, tmp_path / "once") == set()


def repair(folder) -> None:
    broken = folder / "a" / "broken.jpg"
    later = broken.stat().st_mtime_ns + 10**9
    shutil.copy(folder / "b" / "3.jpg", broken)
    os.utime(broken, ns=(later, later))


def test_a_photograph_written_anew_makes_it_another_run(tiny, folder, tmp_path):
    """The results are of other photographs then: they stay until one says --force."""
    out = tmp_path / "out"
    words = ["run", folder, *PARTS, "--out"]
    tiny(*words, out)
    repair(folder)
    before = digests(out, leave_out=set())
    tiny.refuses(*words, out, "--retry-failures", code=USAGE, tells=[str(out), "--from", "--force"])
    assert digests(out, leave_out=set()) == before
    tiny(*words, out, "--from", out, "--force")
    tiny(*words, tmp_path / "fresh")
    assert work_of(out)["decoded"] == 1
    assert differences(out, tmp_path / "fresh") == set()
    check_sums(out, failed=0, skipped=1)


def test_a_refused_run_whose_photograph_was_written_anew_comes_to_its_end(tiny, folder, tmp_path):
    words = ["run", folder, *PARTS, "--max-failures", "0", "--out"]
    tiny.refuses(*words, tmp_path / "out", code=USAGE, tells=["1 of 13", "1 truncated"])
    assert shards_kept_in(tmp_path / "out") == 3
    repair(folder)
    tiny(*words, tmp_path / "out", "--retry-failures")
    tiny(*words, tmp_path / "fresh")
    assert differences(tmp_path / "out", tmp_path / "fresh") == set()
    check_sums(tmp_path / "out", failed=0, skipped=1)


def test_one_that_works_alone_reads_again_what_shares_could_not(tiny, folder, tmp_path):
    words = ["extract", folder, *PARTS, "--max-failures", "0", "--out"]
    tiny(*words, tmp_path / "out", "--shard", "1/2")
    tiny.refuses(*words, tmp_path / "out", "--shard", "2/2", code=USAGE, tells=["1 of 13"])
    tiny(*words[:-2], "1", "--out", tmp_path / "out", "--retry-failures")
    tiny(*words[:-2], "1", "--out", tmp_path / "whole")
    assert differences(tmp_path / "out", tmp_path / "whole") == set()
    assert work_of(tmp_path / "out")["decoded"] == 1
    tiny("verify", tmp_path / "out")
