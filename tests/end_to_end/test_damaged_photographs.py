# SPDX-License-Identifier: Apache-2.0
"""JPEGs whose bytes end early, or are not all their own: never taken for whole photographs, and
used, with the share that is lost, where that is asked for."""

import io
import json
import random

import jpeg_markers as jm
import numpy as np
import pytest
from command import NOT_ALL_GOOD, TINY, USAGE, wait_until
from photographs import encoded, make_folder, picture
from PIL import Image
from tables import csv_rows, failures_of, json_of, part_records, rows_of, statuses_of
from test_left_out import page_of

SEEDS = 20


def photo(**options) -> bytes:
    image = picture(5, 60).resize((480, 360), Image.Resampling.BICUBIC)
    return encoded(image, quality=88, **options)


def scan_of(jpeg: bytes) -> tuple[int, int]:
    """Where the data of its first scan begin and end."""
    scan = jm.find(jpeg, jm.SOS)
    begin = scan.at + 4 + len(scan.payload)
    return begin, begin + len(scan.data)


def noisy(jpeg: bytes, seed: int) -> bytes:
    """A tenth of the scan is noise."""
    chance = random.Random(seed)
    begin, end = scan_of(jpeg)
    length = (end - begin) // 10
    at = chance.randrange(begin, end - length)
    return jpeg[:at] + chance.randbytes(length) + jpeg[at + length :]


def cut(jpeg: bytes, share: float) -> bytes:
    begin, end = scan_of(jpeg)
    return jpeg[: begin + int(share * (end - begin))]


def damaged() -> dict[str, tuple[bytes, str | None]]:
    """name → bytes, kind in failures.csv; None: one of those of damage"""
    whole = photo()
    files: dict[str, tuple[bytes, str | None]] = {
        "third.jpg": (cut(whole, 1 / 3), "truncated"),
        "third_and_end_mark.jpg": (cut(whole, 1 / 3) + b"\xff\xd9", "truncated"),
        "third_and_marker.jpg": (cut(whole, 1 / 3) + b"\xff\xd3" + whole[-900:], "damaged"),
        "third_and_another.jpg": (cut(whole, 1 / 3) + photo(progressive=True), "damaged"),
        "third_and_zeros.jpg": (cut(whole, 1 / 3) + bytes(60_000), "truncated"),
        "third_progressive.jpg": (cut(photo(progressive=True), 1 / 3), "truncated"),
        "first_scan_of_progressive.jpg": (cut(photo(progressive=True), 1), "truncated"),
    }
    for seed in range(SEEDS):
        for name, options in {"": {}, "_progressive": {"progressive": True}}.items():
            files[f"noise_{seed}{name}.jpg"] = (noisy(photo(**options), seed), None)
    return files


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    root = make_folder(tmp_path_factory.mktemp("damaged") / "images", ("good",), count=4)
    (root / "damaged").mkdir()
    for name, (content, _) in damaged().items():
        (root / "damaged" / name).write_bytes(content)
    (root / "good" / "no_end_mark.jpg").write_bytes(photo()[:-2])
    (root / "good" / "padded.jpg").write_bytes(photo()[:-2] + bytes(4000) + b"\xff\xd9")
    return root


def test_no_damage_is_taken_for_a_photograph(tiny, images, tmp_path):
    out = tmp_path / "out"
    tiny("extract", images, "--out", out, *TINY, "--max-failures", "1")
    failures = failures_of(out)
    statuses = statuses_of(out)
    for name, (_, kind) in damaged().items():
        assert statuses[f"damaged/{name}"] == "failed", name
        stage, found = failures[f"damaged/{name}"]
        assert stage == "decode"
        assert found == kind if kind else found in ("damaged", "truncated"), f"{name}: {found}"
    assert all(path.startswith("damaged/") for path in failures)
    assert statuses["good/no_end_mark.jpg"] == statuses["good/padded.jpg"] == "ok"
    messages = {path: message for path, _, _, message in csv_rows(out / "failures.csv")[1:]}
    assert "at least 6" in messages["damaged/third.jpg"]  # 60 to 69 %
    assert "max_damage" in messages["damaged/third.jpg"]


def test_a_share_may_be_lost_and_is_written_in_the_row(tiny, images, tmp_path):
    out = tmp_path / "out"
    words = ["extract", images, *TINY, "--max-failures", "1", "--max-damage", "0.75"]
    done = tiny(*words, "--out", out)
    rows = {row["path"]: row for row in rows_of(out / "manifest")}
    for name in ("third.jpg", "third_and_end_mark.jpg", "third_and_marker.jpg"):
        row = rows[f"damaged/{name}"]
        assert row["status"] == "ok" and 0.6 < row["damage"] < 0.72, row
    assert rows["damaged/third_progressive.jpg"]["status"] == "failed"  # all of it is blurred
    assert rows["good/no_end_mark.jpg"]["damage"] == 0
    for row in rows.values():
        assert 0 <= row["damage"] <= 0.75
        assert row["damage"] == 0 or row["status"] == "ok"
    assert json_of(out / "run.json")["options"]["max_damage"] == 0.75
    lost = sum(row["damage"] > 0 for row in rows.values())
    assert json_of(out / "run.json")["counts"]["damaged"] == lost >= 3
    assert f"damaged: {lost} of the photographs" in done.text
    features = {row["path"] for row in rows_of(out / "features")}
    assert features == {path for path, row in rows.items() if row["status"] == "ok"}
    previews = {row["path"]: row["jpeg"] for row in rows_of(out / "previews")}

    def pixels(path):
        return np.asarray(Image.open(io.BytesIO(previews[path])).convert("RGB"), int)

    third, whole = pixels("damaged/third.jpg"), pixels("good/no_end_mark.jpg")
    assert np.abs(third[:8] - whole[:8]).mean() <= 2, "what is there is as it was"
    assert np.abs(third[-8:] - 128).mean() <= 2, "the rest is grey"

    # With another share, what is damaged is decoded again and what is whole is taken.
    again = tmp_path / "again"
    strict = ["extract", images, *TINY, "--max-failures", "1", "--from", out, "--out", again]
    assert "of the photographs, used" not in tiny(*strict).text
    assert json_of(again / "run.json")["counts"]["damaged"] == 0
    assert set(statuses_of(again)) == set(rows)
    assert {row["damage"] for row in rows_of(again / "manifest")} == {0}
    assert failures_of(again).keys() == {f"damaged/{name}" for name in damaged()}


def test_damaged_photographs_are_counted_after_a_kill_and_on_the_page(tiny, images, tmp_path):
    """What finished parts hold is counted as what is decoded now."""
    out = tmp_path / "out"
    words = ["run", images, *TINY, "--max-failures", "1", "--max-damage", "0.75"]
    words += ["--part-files", "3", "--workers", "1", "--out", out]
    process = tiny.start(*words)
    wait_until(lambda: part_records(out), process)
    process.kill()
    process.wait()
    tiny(*words)
    lost = sum(row["damage"] > 0 for row in rows_of(out / "manifest"))
    assert json_of(out / "run.json")["work"]["shards_kept"] > 0
    assert json_of(out / "run.json")["counts"]["damaged"] == lost > 0
    assert page_of(out)["run"]["counts"]["damaged"] == lost
    again = tiny(*words)
    assert f"damaged: {lost} of the photographs" in again.text, "of the results that are there"


def test_another_share_is_another_result(tiny, images, tmp_path):
    out = tmp_path / "out"
    words = ["extract", images, *TINY, "--max-failures", "1", "--out", out]
    tiny(*words)
    tiny.refuses(*words, "--max-damage", "1", code=USAGE, tells=["is not empty"])


def test_predict_tells_what_is_lost(tiny, noise_results, tmp_path):
    path = tmp_path / "third.jpg"
    path.write_bytes(cut(photo(), 1 / 3))
    outcome = tiny("predict", noise_results, path, code=NOT_ALL_GOOD)
    assert "--max-damage" in outcome.text
    told = tiny("predict", noise_results, path, "--max-damage", "0.8")
    assert "lost of the picture: 6" in told.text
    answer = json.loads(tiny("predict", noise_results, path, "--max-damage", "0.8", "--json").text)
    assert 0.6 < answer["damage"] < 0.72 and answer["kinds"]
