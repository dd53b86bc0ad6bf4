# SPDX-License-Identifier: Apache-2.0
"""Nothing is left out silently: files that are no photographs, and hidden ones."""

import gzip
import json

import pytest
from command import TINY, USAGE
from photographs import encoded, make_folder, picture
from tables import csv_rows, failures_of, json_of, rows_of, statuses_of

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"

# What files hold that are called photographs and are none, and a word of the reason.
NO_IMAGES = {
    "pointer.jpg": (LFS, "Git-LFS pointer"),
    "pointer.HEIC": (LFS, "git lfs pull"),
    "annex.jpeg": (b"/annex/objects/SHA256E-s3--00.jpg\n", "git annex get"),
    "empty.JPG": (b"", "it is empty"),
    "page.png": (b"<!DOCTYPE html>\n<title>404</title>", "an HTML page"),
    "error.jpg": (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code>", "an XML document"),
    "json.webp": (b'{"message": "Not Found"}', "JSON"),
    "text.jpg": (b"to be replaced\n", "text"),
    "packed.jpg": (gzip.compress(b"x" * 100), "gzip"),
    "zip.jpg": (b"PK\x03\x04" + bytes(60), "a zip archive"),
    "film.jpg": (b"\0\0\0\x18ftypisom\0\0\2\0isomiso2", "a film"),
    "zeros.jpg": (bytes(5000), "zeros"),
    "raw.NEF": (b"not raw", "text"),
    "other.tiff": (b"\x01\x02\x03" * 50, "no image format"),
}

# Pictures of other formats: their first bytes, and what the message calls them.
OTHER_FORMATS = {
    "1.CR3": (b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", "CR3"),
    "2.RAF": (b"FUJIFILMCCD-RAW 0201FF383501", "RAF"),
    "3.ORF": (b"IIRO\x08\0\0\0", "ORF"),
    "4.RW2": (b"IIU\0\x18\0\0\0", "RW2"),
    "5.X3F": (b"FOVb\0\0\x02\0", "X3F"),
    "6.psd": (b"8BPS\0\x01\0\0\0\0\0\0\0\x03", "PSD"),
    "7.ppm": (b"P6\n2 2\n255\n" + bytes(12), "PPM"),
    "8.tga": (b"\0\0\x02" + bytes(9) + b"\x04\0\x04\0\x18\0" + bytes(48), "TGA"),
    "9.ico": (b"\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0\x68\x04\0\0\x16\0\0\0", "ICO"),
    "10.svg": (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    "11.pdf": (b"%PDF-1.7\n", "PDF"),
    "12.NEF": (b"MM\0\x2a\0\0\0\x08", "NEF"),
    "13.dng": (b"II\x2a\0\x08\0\0\0", "DNG"),
    "14.gif": (b"GIF89a\x01\0\x01\0", "GIF"),
    "no extension": (b"FUJIFILMCCD-RAW 0201FF383501", "RAF"),
}

HIDDEN = [
    "a/.ipynb_checkpoints/0-checkpoint.jpg",
    "a/@eaDir/0.jpg/SYNOPHOTO_THUMB_XL.jpg",
    "a/._0.jpg",
    "b/_thumbs/0.jpg",
    ".thumbnails/large/0.jpg",
    ".Trash-1000/files/0.jpg",
    "#recycle/a/0.jpg",
    "__MACOSX/a/0.jpg",
    "$RECYCLE.BIN/0.jpg",
    "lost+found/0.jpg",
    "b/Thumbs.db",
]


def reasons_of(out) -> dict[str, str]:
    return {path: message for path, _, _, message in csv_rows(out / "failures.csv")[1:]}


def page_of(out) -> dict:
    text = (out / "report.html").read_text("utf-8").partition('id="report-data">')[2]
    return json.JSONDecoder().raw_decode(text)[0]


def write_hidden(images) -> None:
    for number, path in enumerate(HIDDEN):
        file = images / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(encoded(picture(700 + number)))


@pytest.fixture
def images(tmp_path):
    return make_folder(tmp_path / "images", "ab", count=8)


def test_photographs_that_are_none_fail_with_the_reason(tiny, images, tmp_path):
    for name, (content, _) in NO_IMAGES.items():
        (images / "a" / name).write_bytes(content)
    (images / "a" / "notes.txt").write_text("no picture")
    (images / "b" / "README").write_bytes(b"")
    out = tmp_path / "out"
    tiny.refuses(
        *["run", images, "--out", out, *TINY],
        code=USAGE,
        tells=[
            "14 of 30 photographs failed",
            "14 not_an_image",
            "--max-failures",
            "the file holds",
        ],
    )
    done = tiny("run", images, "--out", out, *TINY, "--max-failures", "0.5")
    reasons = reasons_of(out)
    for name, (_, reason) in NO_IMAGES.items():
        assert failures_of(out)[f"a/{name}"] == ("decode", "not_an_image"), name
        assert reason in reasons[f"a/{name}"], name
    assert len(reasons) == len(NO_IMAGES)
    skipped = {path for path, status in statuses_of(out).items() if status == "skipped"}
    assert skipped == {"a/notes.txt", "b/README"}

    failed, left_out = json_of(out / "run.json")["not_used"]
    assert (failed["status"], failed["reason"], failed["count"]) == ("failed", "not_an_image", 14)
    assert failed["extensions"][0] == {"extension": ".jpg", "count": 8}
    assert (left_out["status"], left_out["reason"], left_out["count"]) == ("skipped", "no_image", 2)
    assert {one["path"] for one in left_out["examples"]} == skipped
    assert "14 failed, 2 skipped" in done.text
    assert "failed: 14 not_an_image (8 .jpg, " in done.text
    assert "2 no image by content and name (1 without extension, 1 .txt)" in done.text
    assert page_of(out)["run"]["not_used"] == [failed, left_out]
    again = tiny("run", images, "--out", out, *TINY, "--max-failures", "0.5")
    assert "failed: 14 not_an_image (8 .jpg, " in again.text, "of the results that are there"


def test_scan_names_them_too(tiny, images):
    for name, (content, _) in NO_IMAGES.items():
        (images / "a" / name).write_bytes(content)
    (images / "b" / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    (images / "b" / "notes.txt").write_text("no picture")
    scanned = json.loads(tiny("scan", images, "--json").text)
    assert (scanned["ok"], scanned["failed"], scanned["skipped"]) == (16, 15, 1)
    assert [one["reason"] for one in scanned["not_used"]] == [
        "not_an_image",
        "unsupported_format",
        "no_image",
    ]
    text = tiny("scan", images).text
    assert "15 failed, 1 skipped" in text and "'b/phone.heic': HEIC is not decoded" in text


def test_other_pictures_fail_by_the_name_of_their_format(tiny, images, tmp_path):
    for name, (content, _) in OTHER_FORMATS.items():
        (images / "a" / name).write_bytes(content)
    out = tmp_path / "out"
    tiny("extract", images, "--out", out, *TINY, "--max-failures", "0.5")
    reasons = reasons_of(out)
    for name, (_, format_name) in OTHER_FORMATS.items():
        assert failures_of(out)[f"a/{name}"] == ("decode", "unsupported_format"), name
        assert format_name in reasons[f"a/{name}"], name


def test_predict_says_what_the_file_holds(tiny, noise_results, tmp_path):
    photograph = tmp_path / "pointer.jpg"
    photograph.write_bytes(LFS)
    answer = json.loads(tiny("predict", noise_results, photograph, "--json", code=1).text)
    assert answer["failure"]["kind"] == "not_an_image"
    assert "git lfs pull" in answer["failure"]["message"]


def test_hidden_names_are_left_out_and_reported(tiny, images, tmp_path):
    tiny("run", images, "--out", tmp_path / "clean", *TINY)
    write_hidden(images)
    out = tmp_path / "out"
    done = tiny("run", images, "--out", out, *TINY)
    assert json_of(out / "metrics.json")["labels"] == ["a", "b"]
    assert "10 files that are called images have hidden names" in done.message
    assert "(--include-hidden)" in done.message
    assert (
        "skipped: 11 with a hidden name (10 .jpg, 1 .db), such as '#recycle/a/0.jpg'" in done.text
    )
    (group,) = json_of(out / "run.json")["not_used"]
    assert (group["reason"], group["count"]) == ("hidden", 11)
    assert page_of(out)["run"]["not_used"] == [group]
    assert {path for path, status in statuses_of(out).items() if status == "skipped"} == set(HIDDEN)
    by_path = {row["path"]: row for row in rows_of(out / "snapshot")}
    assert all(by_path[path]["problem_kind"] == "hidden" for path in HIDDEN)
    assert rows_of(out / "features") == rows_of(tmp_path / "clean" / "features")
    assert rows_of(out / "reduced") == rows_of(tmp_path / "clean" / "reduced")
    verified = tiny("verify", out).text
    assert "27 files found anew" in verified


def test_hidden_names_can_be_included(tiny, images, tmp_path):
    write_hidden(images)
    out = tmp_path / "out"
    done = tiny("run", images, "--out", out, *TINY, "--include-hidden")
    assert json_of(out / "run.json")["not_used"] == []
    assert json_of(out / "run.json")["options"]["include_hidden"] is True
    assert "hidden" not in done.message
    labels = json_of(out / "metrics.json")["labels"]
    assert {".ipynb_checkpoints", "lost+found", "_thumbs", "0.jpg"} <= set(labels)
    scanned = json.loads(tiny("scan", images, "--json").text)
    assert (scanned["ok"], scanned["skipped"]) == (16, 11)
    scanned = json.loads(tiny("scan", images, "--json", "--include-hidden").text)
    assert (scanned["ok"], scanned["skipped"]) == (27, 0)


def test_names_of_cameras_are_not_hidden(tiny, images):
    (images / "a" / "_DSC1234.JPG").write_bytes(encoded(picture(1)))
    (images / "a" / "_MG_1234.JPG").write_bytes(encoded(picture(2)))
    assert json.loads(tiny("scan", images, "--json").text)["ok"] == 18


def test_a_folder_of_hidden_files_alone_is_refused(tiny, tmp_path):
    images = make_folder(tmp_path / ".images" / "_new", "ab", count=2)
    assert json.loads(tiny("scan", images, "--json").text)["ok"] == 4, "the place may be hidden"
    tiny.refuses(
        *["scan", images.parent], code=USAGE, tells=["all 4 files have hidden", "--include-hidden"]
    )


def test_evaluate_and_compose_leave_hidden_names_out(tiny, noise, noise_results, tmp_path):
    images = make_folder(tmp_path / "more", "ab", count=3)
    write_hidden(images)
    words = ["evaluate", noise_results, images, "--json"]
    done = tiny(*words)
    assert "10 files that are called images have hidden names" in done.message
    assert json.loads(done.text)["test_rows"] == 6
    assert json.loads(tiny(*words, "--include-hidden").text)["test_rows"] > 6


def test_a_bucket_hides_the_same_names(far, s3, images):
    write_hidden(images)
    photos = f"s3://{s3.bucket()}/photos"
    far("sync", images, photos)
    scanned = json.loads(far("scan", photos, "--json").text)
    assert (scanned["ok"], scanned["skipped"]) == (16, 11)
    assert json.loads(far("scan", photos, "--json", "--include-hidden").text)["ok"] == 27
