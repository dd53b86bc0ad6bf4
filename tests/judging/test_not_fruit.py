# SPDX-License-Identifier: Apache-2.0
"""models/judging/not_fruit.py: its lists, its made-up pictures, and packages made here."""

import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models" / "judging"))

import not_fruit  # noqa: E402
from generated_scenes import SCENES, SIDE, VARIANTS, generated_scenes  # noqa: E402
from judged_form import judged_form, soft_background  # noqa: E402
from package_pictures import (  # noqa: E402
    PackageError,
    listed_packages,
    listed_pictures,
    read_pictures,
)

GROUPS = {"photographs", "cutouts", "round", "drawings", "near"}


def encoded(picture, **options):
    file = io.BytesIO()
    picture.save(file, **options)
    return file.getvalue()


def decoded(content):
    return np.asarray(Image.open(io.BytesIO(content))).astype(int)


def test_every_package_is_pinned_and_used():
    used = {row["package"] for row in listed_pictures()}
    assert [package["package"] for package in listed_packages()] != []
    assert {package["package"] for package in listed_packages()} == used
    for package in listed_packages():
        assert package["registry"] in ("debian", "pypi")
        assert re.fullmatch(r"[0-9a-f]{64}", package["sha256"])
        assert package["version"] and package["license"] and package["folder"].endswith("/")


def test_every_picture_stands_once_and_every_fruit_is_a_kind():
    catalogue = json.loads((ROOT / "catalogue" / "kinds.json").read_text(encoding="utf-8"))
    kinds = {f"fruit/{kind['id']}" for kind in catalogue["kinds"]}
    rows = listed_pictures()
    assert {row["group"] for row in rows} <= GROUPS | kinds
    assert len({(row["package"], row["name"]) for row in rows}) == len(rows)
    assert len({(row["package"], row["path"]) for row in rows}) == len(rows)
    assert all(re.fullmatch(r"[a-z0-9-]+", row["name"]) for row in rows)


def test_both_halves_have_enough_of_every_group():
    halves = Counter()
    for row in listed_pictures():
        halves[row["group"], not_fruit.half_of(row["group"], row["name"])] += 1
    for group in GROUPS:
        few, many = sorted(halves[group, half] for half in ("choose", "judge"))
        assert few > 15 and many < 2 * few, group
    fruit = [half for (group, half) in halves if group.startswith("fruit/")]
    assert fruit and not any(fruit)


def test_near_duplicates_lie_in_one_half():
    assert not_fruit.subject_of("cassy-dancing-3") == not_fruit.subject_of("cassy-chillin")
    assert not_fruit.subject_of("gnu-baby") != not_fruit.subject_of("goat")
    assert not_fruit.subject_of("001penny") == "001penny"


def test_scenes_are_the_same_each_time_and_no_two_alike():
    first, second = generated_scenes(), generated_scenes()
    assert len(first) == len(SCENES) * VARIANTS
    assert {(picture.mode, picture.size) for picture in first.values()} == {("RGB", (SIDE, SIDE))}
    contents = {name: picture.tobytes() for name, picture in first.items()}
    assert contents == {name: picture.tobytes() for name, picture in second.items()}
    assert len(set(contents.values())) == len(contents)


def test_scenes_show_what_their_names_say():
    scenes = {name: np.asarray(picture).astype(int) for name, picture in generated_scenes().items()}
    for variant in range(VARIANTS):
        assert scenes[f"black-frame-{variant}"].mean() < 12
        assert scenes[f"white-frame-{variant}"].mean() > 240
        assert scenes[f"noise-{variant}"].std() > 40
        assert len(np.unique(scenes[f"checker-{variant}"].reshape(-1, 3), axis=0)) == 2
        # Letters: nearly all of a page is paper, the rest much darker.
        page = scenes[f"text-page-{variant}"].mean(axis=2)
        assert np.median(page) > 220 and 0.02 < (page < 130).mean() < 0.3


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_cut_out_lies_on_a_soft_background(mode):
    picture = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((60, 20, 139, 59), fill=(10, 10, 10, 255))
    content = encoded(picture.convert(mode), format="PNG")
    form = judged_form(content, "a-name")
    assert form == judged_form(content, "a-name") != judged_form(content, "another")
    pixels = decoded(form)
    assert pixels.shape == (100, 100, 3)  # 1.25 times the longest side of what is seen, 80 × 40
    assert (pixels[50, 50] < 25).all()
    # Beside the ellipse, in its bounding box as well.
    for ground in (pixels[:25], pixels[75:], pixels[30:33, 10:16], pixels[67:70, 84:90]):
        assert ground.min() > 40 and ground.std(axis=(0, 1)).max() < 20


def test_soft_backgrounds_differ_and_are_neither_black_nor_white():
    grounds = [np.asarray(soft_background(64, seed)).astype(int) for seed in range(40)]
    assert all(40 < ground.mean() < 250 for ground in grounds)
    assert len({ground.tobytes() for ground in grounds}) == 40


def test_pictures_are_upright_small_and_without_metadata():
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a secret"
    picture = Image.new("RGB", (3000, 1500), (30, 160, 60))
    form = judged_form(encoded(picture, format="JPEG", exif=exif, comment=b"a secret"), "name")
    assert b"secret" not in form and b"Exif" not in form
    assert Image.open(io.BytesIO(form)).size == (512, 1024)


@pytest.fixture
def made_up(monkeypatch):
    """Every picture is a square in a colour of its own; packages named in the set are not there."""
    gone = set()

    def read(package, paths):
        if package["package"] in gone:
            raise PackageError(f"package {package['package']} is gone")
        colours = [hashlib.sha256(path.encode()).digest()[:3] for path in paths]
        squares = [Image.new("RGB", (24, 24), tuple(colour)) for colour in colours]
        return {path: encoded(square, format="PNG") for path, square in zip(paths, squares)}

    monkeypatch.setattr(not_fruit, "read_pictures", read)
    return gone


def run(monkeypatch, out):
    monkeypatch.setattr(sys, "argv", ["not_fruit.py", "--out", str(out)])
    return not_fruit.main()


def test_sources_tell_of_every_file_and_are_the_same_twice(made_up, monkeypatch, tmp_path, capsys):
    for name in ("a", "b"):
        assert run(monkeypatch, tmp_path / name) == 0
    text = (tmp_path / "a" / "sources.csv").read_text(encoding="utf-8")
    assert text == (tmp_path / "b" / "sources.csv").read_text(encoding="utf-8")
    rows = {row["file"]: row for row in csv.DictReader(io.StringIO(text), strict=True)}
    files = {
        path.relative_to(tmp_path / "a").as_posix(): path.read_bytes()
        for path in (tmp_path / "a").rglob("*.jpg")
    }
    assert set(rows) == set(files)
    assert len(rows) == len(listed_pictures()) + len(SCENES) * VARIANTS
    for file, row in rows.items():
        assert row["sha256"] == hashlib.sha256(files[file]).hexdigest()
        assert file.startswith(f"{row['half']}/{row['group']}/".lstrip("/"))
        assert row["license"] and bool(row["package"]) == (row["group"] != "generated")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines[:7]] == sorted({*GROUPS, "generated", "fruit"})


def test_a_package_that_is_gone_is_reported_and_the_rest_gathered(
    made_up, monkeypatch, tmp_path, capsys
):
    made_up.add("gradio")
    assert run(monkeypatch, tmp_path / "out") == 1
    assert "left out 4 pictures: package gradio is gone" in capsys.readouterr().err
    assert not list((tmp_path / "out").rglob("*gradio*"))
    assert list((tmp_path / "out").rglob("*scratch*"))


def test_a_folder_that_is_there_is_left_alone(made_up, monkeypatch, tmp_path, capsys):
    (tmp_path / "mine").write_text("mine")
    assert run(monkeypatch, tmp_path) == 2
    assert "exists" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.fixture
def debian(monkeypatch, tmp_path):
    """An apt-get that downloads the one package made here; gives its entry of packages.json."""
    content = tmp_path / "content"
    (content / "DEBIAN").mkdir(parents=True)
    (content / "DEBIAN" / "control").write_text(
        "Package: pictures\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b>\nDescription: a\n"
    )
    (content / "usr" / "share" / "p").mkdir(parents=True)
    (content / "usr" / "share" / "p" / "one.png").write_bytes(b"one")
    archive = tmp_path / "pictures_1_all.deb"
    subprocess.run(["dpkg-deb", "--build", content, archive], check=True, capture_output=True)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "apt-get").write_text(
        f'#!/bin/sh\n[ "$*" = "download --quiet pictures=1" ] && exec cp {archive} .\n'
        'echo "W: a warning" >&2; echo "E: Version \'2\' was not found" >&2; exit 100\n'
    )
    (tools / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{Path(shutil.which('dpkg-deb')).parent}:/bin")
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    entry = {"package": "pictures", "registry": "debian", "version": "1", "sha256": digest}
    return entry | {"folder": "usr/share/p/"}


def test_pictures_are_read_out_of_a_debian_package(debian):
    assert read_pictures(debian, ["one.png"]) == {"one.png": b"one"}


@pytest.mark.parametrize(
    ("changes", "path", "complaint"),
    [
        ({"sha256": "0" * 64}, "one.png", "has SHA-256 .* expects 000"),
        ({"version": "2"}, "one.png", "Version '2' was not found .*pin another"),
        ({}, "two.png", "has no usr/share/p/two.png"),
    ],
)
def test_a_debian_package_that_is_not_the_pinned_one_is_refused(debian, changes, path, complaint):
    with pytest.raises(PackageError, match=complaint):
        read_pictures(debian | changes, [path])
