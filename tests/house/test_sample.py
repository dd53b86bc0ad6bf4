# SPDX-License-Identifier: Apache-2.0
"""The photographs of sample/ and the tool that picks them."""

import io
import os
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FRUITS = ROOT / "sample" / "fruits"
sys.path.insert(0, str(ROOT / "tools"))

from make_sample import ARCHIVES, choose, make_sample, spread  # noqa: E402


def test_sample_has_eight_photographs_of_each_class_from_both_films():
    folders = sorted(FRUITS.iterdir())
    assert len(folders) == 131
    for folder in folders:
        names = [photo.name for photo in folder.iterdir()]
        assert len(names) == 8, folder.name
        assert sum(name.startswith("r_") for name in names) == 4, folder.name


def test_sample_is_small_and_holds_jpegs():
    photographs = [photo.read_bytes() for photo in FRUITS.glob("*/*")]
    assert sum(map(len, photographs)) < 6_000_000
    assert all(photograph.startswith(b"\xff\xd8\xff") for photograph in photographs)


def test_licence_and_author_stand_beside_the_photographs():
    readme = (ROOT / "sample" / "README.md").read_text(encoding="utf-8")
    for needed in ("CC BY-SA 4.0", "Mihai Oltean", "Fruits-360", "2025.03.11.0", "Changed"):
        assert needed in readme
    assert "ShareAlike 4.0 International" in (ROOT / "sample" / "LICENSE").read_text()


def test_spread_takes_the_middles_of_equal_parts():
    assert spread(list(range(100, 0, -1)), 4) == [13, 38, 63, 88]
    assert spread([7, 3], 4) == [3, 7]


def test_choice_depends_on_names_alone():
    names = [f"Fig/{film}{i}_100.jpg" for film in ("", "r_", "r2_") for i in range(40)]
    chosen = choose(names + ["Fig/notes.txt"])
    assert chosen == choose(names[::-1])
    assert chosen == {f"Fig/{film}{i}_100.jpg" for film in ("", "r_") for i in (5, 15, 25, 35)}


def write_archive(path, files):
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def test_make_sample_copies_bytes_and_replaces_what_was_there(tmp_path):
    frames = {f"{film}{i}_100.jpg": f"{film}{i}".encode() for film in ("", "r_") for i in range(8)}
    for archive, top in zip(ARCHIVES, ("Training", "Test")):
        write_archive(
            tmp_path / archive,
            {
                f"{top}/Fig/{name}": content
                for i, (name, content) in enumerate(frames.items())
                if (i % 2 == 0) == (top == "Test")
            },
        )
    target = tmp_path / "fruits"
    (target / "Old").mkdir(parents=True)
    assert make_sample(tmp_path, target) == 8
    assert [folder.name for folder in target.iterdir()] == ["Fig"]
    found = {photo.name: photo.read_bytes() for photo in (target / "Fig").iterdir()}
    assert len(found) == 8
    assert all(frames[name] == content for name, content in found.items())


def test_sample_is_what_the_tool_picks_from_the_data_set(tmp_path):
    data = Path(os.environ.get("POMONA_DATA", ROOT.parent / "shared" / "data"))
    for archive in ARCHIVES:
        if not (data / archive).is_file():
            pytest.skip(f"{archive} not found: set POMONA_DATA to the folder that holds it")
    target = tmp_path / "fruits"
    make_sample(data, target)
    picked = {p.relative_to(target): p.read_bytes() for p in target.glob("*/*")}
    assert picked == {p.relative_to(FRUITS): p.read_bytes() for p in FRUITS.glob("*/*")}
