# SPDX-License-Identifier: Apache-2.0
"""Row B4: of two runs that write to one place exactly one wins; the other says so and leaves alone
what is shared."""

import hashlib
import subprocess

import pytest
from command import DONE, TINY, UNAVAILABLE, USAGE, Pomona
from photographs import make_folder
from tables import digests, files_below

PARTS = [*TINY, "--part-files", "3"]
# What the second of two runs is told to do otherwise.
OTHERWISE = {
    "the same": [],
    "components": ["--components", "1"],
    "size": ["--size", "48"],
    "seed": ["--seed", "7"],
    "previews": ["--no-previews"],
}
LOCAL_RACES, BUCKET_RACES = 60, 40


@pytest.fixture(scope="session")
def few(tmp_path_factory):
    return make_folder(tmp_path_factory.mktemp("few") / "images", "ab", count=4)


@pytest.fixture(scope="session")
def alone(tiny, few, tmp_path_factory):
    """What each of the runs gives when nobody is in its way."""
    place = tmp_path_factory.mktemp("alone")
    for name, words in OTHERWISE.items():
        tiny("run", few, "--out", place / name, *PARTS, *words)
    return {name: digests(place / name) for name in OTHERWISE}


def sums_are_right(out) -> bool:
    if not (out / "SHA256SUMS").is_file():
        return False
    lines = (out / "SHA256SUMS").read_text().splitlines()
    told = {line[66:]: line[:64] for line in lines}
    names = files_below(out) - {"SHA256SUMS", "_SUCCESS"}
    return told == {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in names}


def race(pomona: Pomona, images, out, name: str) -> list[tuple[int, str]]:
    """Starts both at once; exit code and message of each."""
    words = [[*PARTS], [*PARTS, *OTHERWISE[name]]]
    both = [
        pomona.start("run", images, "--out", out, *some, stdout=subprocess.DEVNULL)
        for some in words
    ]
    return [(process.wait(timeout=60), process.stderr.read().decode()) for process in both]


def problem_of(ends, out, place: str, name: str, alone) -> str:
    """What should not be after a race; `out`: what lies at `place`."""
    codes = [code for code, _ in ends]
    winners = [key for key, code in zip(["the same", name], codes) if code == DONE]
    published = digests(out)
    good = {
        "another code than 0, 2 and 4": set(codes) <= {DONE, USAGE, UNAVAILABLE},
        "a message without the place": all(not code or place in text for code, text in ends),
        "work of others called damaged": all("damaged" not in text for _, text in ends),
        "nobody won": winners,
        "both won": len({str(alone[winner]) for winner in winners}) < 2,
        "not the winner's results": published in [alone[winner] for winner in winners],
        "not complete": (out / "_SUCCESS").is_file() and sums_are_right(out),
        "unfinished work is left": not (out / "_pomona").exists(),
    }
    bad = [text for text, fine in good.items() if not fine]
    return f"{place}, {name}: {', '.join(bad)}: {ends}" if bad else ""


def none_of(problems: list[str], races: int) -> None:
    found = [problem for problem in problems if problem]
    assert not found, "\n".join([f"{len(found)} of {races} races went wrong", *found[:3]])


@pytest.mark.parametrize(
    "there",
    [True, False],
    ids=["that is there", "that is not there"],
)
def test_b4_two_runs_at_once_in_a_folder(tiny, few, alone, tmp_path, there):
    problems = []
    for number in range(LOCAL_RACES // 2):
        name, out = list(OTHERWISE)[number % len(OTHERWISE)], tmp_path / f"{number}"
        if there:
            out.mkdir()
        ends = race(tiny, few, out, name)
        problems.append(problem_of(ends, out, str(out), name, alone))
        if number % 10 == 0 and not problems[-1]:
            tiny("verify", out)
    none_of(problems, LOCAL_RACES // 2)


def test_b4_two_runs_at_once_in_a_bucket(far, s3, few, alone, tmp_path):
    bucket, problems = s3.bucket(), []
    for number in range(BUCKET_RACES):
        name, place = list(OTHERWISE)[number % len(OTHERWISE)], f"s3://{bucket}/{number}"
        ends = race(far, few, place, name)
        out = s3.download(bucket, f"{number}", tmp_path / f"{number}")
        problems.append(problem_of(ends, out, place, name, alone))
        if number % 10 == 0 and not problems[-1]:
            far("verify", place)
    none_of(problems, BUCKET_RACES)
    assert s3.pending_uploads(bucket) == []
