# SPDX-License-Identifier: Apache-2.0
"""Same photographs and options, same bytes: whatever the workers, the directory order, the run."""

import json
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from command import TINY
from photographs import FRUITS, copy_fruits, make_folder, write_odd_names
from tables import digests

FILMS = r"^(r\d*_)?"


@pytest.fixture(scope="session")
def reversed_copy():
    """Copies a folder so that its directories are read in another order."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        pytest.skip("no /dev/shm here: a folder in another directory order cannot be made")
    with tempfile.TemporaryDirectory(dir=memory) as place:

        def copy(folder: Path) -> Path:
            target = Path(tempfile.mkdtemp(dir=place)) / folder.name
            for path in sorted(folder.rglob("*"), key=os.fsencode, reverse=turn()):
                if path.is_file():
                    copied = target / path.relative_to(folder)
                    copied.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(path, copied)
            return target

        turns = [False, True]

        def turn() -> bool:
            turns.reverse()
            return turns[0]

        yield copy


@pytest.fixture(scope="session")
def fruits_test(tmp_path_factory):
    return copy_fruits(tmp_path_factory.mktemp("test") / "test", [*FRUITS[:3], "Plum"], count=4)


def listing(folder: Path) -> list[str]:
    return [name for _, folders, files in os.walk(folder) for name in folders + files]


@pytest.mark.parametrize(
    "options",
    [[], ["--group", FILMS], ["--classifier", "ridge"], ["--test"]],
    ids=["plain", "group", "ridge", "test-set"],
)
def test_workers_and_directory_order_change_no_byte(
    pomona, fruits, fruits_test, reversed_copy, options, tmp_path
):
    def run(name, images, test, workers):
        words = [*options, test] if options == ["--test"] else options
        settings = ["--size", "96", "--precision", "f32", "--workers", workers]
        pomona("run", images, "--out", tmp_path / name, *settings, *words)
        return digests(tmp_path / name)

    first = run("first", fruits, fruits_test, "1")
    assert {"reduced.csv", "tsne.json", "metrics.json", "bundle/model.safetensors"} <= set(first)
    orders = [reversed_copy(fruits), reversed_copy(fruits)]
    assert sorted(listing(orders[0])) == sorted(listing(fruits))
    assert listing(orders[0]) != listing(orders[1])
    assert run("two", orders[0], reversed_copy(fruits_test), "2") == first
    assert run("three", orders[1], reversed_copy(fruits_test), "3") == first


def test_bf16_gives_the_same_bytes_as_well(pomona, fruits, tmp_path):
    natives = {
        one["precision"] for one in json.loads(pomona("doctor", "--json").text)["precisions"]
    }
    if "bf16" not in natives:
        pytest.skip("this processor does not compute bf16")
    found = []
    for workers in ("1", "2", "3"):
        settings = ["--size", "96", "--precision", "bf16", "--workers", workers]
        pomona("run", fruits, "--out", tmp_path / workers, *settings)
        found.append(digests(tmp_path / workers))
    assert found[0] == found[1] == found[2]


def test_the_same_run_twice_gives_the_same_bytes(pomona, fruits, results, tmp_path):
    settings = ["--size", "96", "--precision", "f32"]
    pomona("run", fruits, "--out", tmp_path / "again", *settings)
    assert digests(tmp_path / "again") == digests(results)


@pytest.fixture(scope="session")
def many(tmp_path_factory):
    """More photographs than a row group, a block of moments or a block of logits holds."""
    folder = make_folder(tmp_path_factory.mktemp("many") / "many", "abcdefg", count=320)
    write_odd_names(folder / "d")
    (folder / "e" / "notes.txt").write_text("no picture")
    (folder / "f" / "broken.jpg").write_bytes((folder / "f" / "0.jpg").read_bytes()[:200])
    return folder


@pytest.mark.parametrize("classifier", ["logistic", "ridge"])
def test_many_blocks_of_rows_change_no_byte(tiny, many, classifier, tmp_path):
    found = []
    for workers in ("1", "2", "3"):
        words = [*TINY, "--workers", workers, "--classifier", classifier]
        words += ["--group", r"^(\d)", "--components", "20"]
        tiny("run", many, "--out", tmp_path / workers, *words)
        found.append(digests(tmp_path / workers))
    assert found[0] == found[1] == found[2]
