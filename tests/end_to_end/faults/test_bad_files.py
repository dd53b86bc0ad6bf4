# SPDX-License-Identifier: Apache-2.0
"""What else lies about in folders: links, pipes, folders called x.jpg, files nobody may read."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from command import BINARY, TINY, USAGE
from photographs import ODD_NAMES, encoded, key_of, make_folder, odd_files, picture, write_odd_names
from tables import csv_rows, failures_of, json_of, rows_of, statuses_of

NOBODY = 65534


@pytest.fixture
def images(tmp_path):
    return make_folder(tmp_path / "images", "ab", count=8)


@pytest.fixture
def extract(tiny, tmp_path):
    def extract(images, *words):
        tiny("extract", images, "--out", tmp_path / "out", *TINY, "--max-failures", "0.9", *words)
        return tmp_path / "out"

    return extract


def test_broken_files_are_distinguished(extract, images):
    for name, (content, _) in odd_files().items():
        (images / "a" / name).write_bytes(content)
    out = extract(images)
    kinds = {name: kind for name, (_, kind) in odd_files().items()}
    statuses, failures = statuses_of(out), failures_of(out)
    for name, kind in kinds.items():
        assert statuses[f"a/{name}"] == ("failed" if kind else "skipped"), name
    assert failures == {f"a/{name}": ("decode", kind) for name, kind in kinds.items() if kind}
    assert len(statuses) == 16 + len(kinds)


@pytest.mark.parametrize("cut", [2, 3, 20, 100, 300, 600])
def test_a_jpeg_cut_anywhere_is_a_failure_and_no_crash(extract, images, cut):
    whole = (images / "a" / "0.jpg").read_bytes()
    assert cut < len(whole)
    (images / "a" / "cut.jpg").write_bytes(whole[:cut])
    out = extract(images)
    assert statuses_of(out)["a/cut.jpg"] == "failed"
    assert (failures_of(out)["a/cut.jpg"][1] == "not_an_image") == (cut < 3)


def test_messages_hold_nothing_of_the_file(extract, images):
    secret = b"SECRETSECRETSECRET"
    whole = encoded(picture(1))
    (images / "a" / "comment.jpg").write_bytes(
        whole[:2] + b"\xff\xfe\x00\x14" + secret + whole[2:90]
    )
    (images / "a" / "noise.jpg").write_bytes(b"\xff\xd8\xff" + secret * 20)
    out = extract(images)
    assert len(failures_of(out)) == 2
    assert b"SECRET" not in (out / "failures.csv").read_bytes()


def test_odd_names_come_through_to_every_table(extract, images):
    write_odd_names(images / "b")
    out = extract(images)
    expected = {f"b/{key_of(name)}" for name in ODD_NAMES}
    assert expected <= {row["path"] for row in rows_of(out / "features")}
    assert {"b/latin%E9.jpg", "b/%2541.jpg", "b/100%.jpg", "b/bytes%FF%FE%80.jpg"} <= expected
    assert set(statuses_of(out).values()) == {"ok"}


def test_odd_names_of_folders_are_labels(tiny, tmp_path):
    names = [b'a "b", c', b"caf\xc3\xa9", b"latin\xe9", b"%41", b"two\nlines", b" space "]
    for number, name in enumerate(names):
        folder = tmp_path / "images" / os.fsdecode(name)
        folder.mkdir(parents=True)
        for i in range(4):
            (folder / f"{i}.jpg").write_bytes(encoded(picture(10 * number + i)))
    tiny("run", tmp_path / "images", "--out", tmp_path / "out", *TINY)
    labels = sorted((key_of(name) for name in names), key=str.encode)
    assert json_of(tmp_path / "out" / "metrics.json")["labels"] == labels
    assert csv_rows(tmp_path / "out" / "confusion.csv")[0] == ["truth", *labels]
    tiny("verify", tmp_path / "out")
    assert tiny("predict", tmp_path / "out", tmp_path / "images" / "caf\u00e9" / "0.jpg").out


def test_links_are_followed_and_circles_end(extract, images, tmp_path):
    make_folder(tmp_path / "elsewhere", "c", count=3)
    (images / "linked").symlink_to(tmp_path / "elsewhere" / "c")
    (images / "a" / "up").symlink_to("..")
    (images / "self").symlink_to("self")
    (images / "a" / "broken.jpg").symlink_to("nowhere.jpg")
    (images / "b" / "same.jpg").symlink_to(images / "a" / "0.jpg")
    statuses = statuses_of(extract(images))
    assert {f"linked/{i}.jpg" for i in range(3)} <= set(statuses)
    assert statuses["b/same.jpg"] == "ok"
    assert statuses["self"] == statuses["a/broken.jpg"] == "failed"
    assert len(statuses) == 16 + 3 + 1 + 2
    kinds = failures_of(images.parent / "out")
    assert kinds["self"] == kinds["a/broken.jpg"] == ("list", "unreadable")


def test_pipes_and_folders_with_names_of_photographs(extract, images):
    os.mkfifo(images / "a" / "pipe.jpg")
    make_folder(images / "folder.jpg", ("inner",), count=1)
    out = extract(images)
    assert failures_of(out) == {"a/pipe.jpg": ("list", "unreadable")}
    assert statuses_of(out)["folder.jpg/inner/0.jpg"] == "ok"


def test_a_file_larger_than_the_limit_is_not_read(extract, images):
    with (images / "a" / "endless.jpg").open("wb") as file:
        file.write(encoded(picture(1)))
        file.truncate(300 << 20)
    out = extract(images)
    assert failures_of(out) == {"a/endless.jpg": ("read", "too_large")}


def test_wrong_extensions_do_not_matter(extract, images):
    (images / "a" / "really_png.jpg").write_bytes(encoded(picture(2), "PNG"))
    (images / "a" / "really_webp.png").write_bytes(encoded(picture(3), "WEBP"))
    (images / "a" / "really_jpeg.txt").write_bytes(encoded(picture(4)))
    assert set(statuses_of(extract(images)).values()) == {"ok"}


@pytest.fixture
def as_nobody():
    """Runs the command as a user for whom file permissions hold."""
    if os.geteuid() != 0:
        return {}
    if not shutil.which("setpriv"):
        pytest.skip("root may read everything, and there is no setpriv to become somebody else")
    words = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    done = subprocess.run([*words, BINARY, "--version"], capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"user {NOBODY} may not start {BINARY}: {done.stderr.decode()}")
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


@pytest.fixture
def open_folder(tmp_path):
    """A folder that everybody may enter, with photographs and a models folder."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o777)
        yield Path(place)


def test_files_and_folders_nobody_may_read(tiny, as_nobody, open_folder):
    images = make_folder(open_folder / "images", "abc", count=6)
    shutil.copytree(tiny.environment["POMONA_MODELS"], open_folder / "models")
    for path in open_folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (images / "a" / "1.jpg").chmod(0)
    (images / "c").chmod(0)
    words = ["extract", images, "--out", open_folder / "out", *TINY]
    words += ["--models", open_folder / "models", "--max-failures", "0.5"]
    tiny(*words, **as_nobody)
    failures = failures_of(open_folder / "out")
    assert failures == {"a/1.jpg": ("list", "denied"), "c": ("list", "denied")}
    (images / "c").chmod(0o755)
    (images).chmod(0)
    done = tiny(*words, "--force", code=None, **as_nobody)
    assert done.code == 4 and str(images) in done.message
    images.chmod(0o755)


def test_an_output_folder_nobody_may_write(tiny, as_nobody, open_folder):
    images = make_folder(open_folder / "images", "ab", count=2)
    (open_folder / "closed").mkdir(mode=0o755)
    words = ["extract", images, "--out", open_folder / "closed" / "out", *TINY]
    tells = [str(open_folder / "closed" / "out"), "ermission"]
    tiny.refuses(*words, code=4, tells=tells, **as_nobody)


def test_a_photograph_that_goes_while_the_run_is_at_work(tiny, tmp_path):
    """Listed, but no longer there when its turn comes: a failure like others."""
    images = make_folder(tmp_path / "images", "ab", count=300)
    last = images / "b" / "299.jpg"
    words = ["extract", images, "--out", tmp_path / "out", *TINY, "--workers", "1", "--log-timing"]
    process = tiny.start(*words, stderr=subprocess.PIPE)
    for line in process.stderr:
        if line.startswith(b"scan:"):
            break
    last.unlink()
    process.stderr.read()
    assert process.wait() == 0
    status = statuses_of(tmp_path / "out")["b/299.jpg"]
    assert status in ("ok", "failed")
    if status == "failed":
        assert failures_of(tmp_path / "out") == {"b/299.jpg": ("read", "gone")}


def test_too_few_are_left(tiny, tmp_path):
    images = tmp_path / "images"
    images.mkdir()
    (images / "broken.jpg").write_bytes(encoded(picture(1))[:100])
    words = ["extract", images, "--out", tmp_path / "out", *TINY, "--max-failures", "1"]
    tiny.refuses(*words, code=USAGE, tells=["none of the 1 files", "truncated"])
