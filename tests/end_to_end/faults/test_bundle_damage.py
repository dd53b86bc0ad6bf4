# SPDX-License-Identifier: Apache-2.0
"""Any byte of a bundle that is not as it was written is noticed before a prediction is made."""

import json
import shutil

import pytest
from command import DAMAGED, NOT_FOUND
from tables import files_below, renew_sums

NAMES = [
    "bundle.json",
    "backbone.xml",
    "backbone.bin",
    "model.safetensors",
    "self_check.json",
    "LICENSE.backbone",
    "SHA256SUMS",
]


@pytest.fixture
def bundle(noise_results, tmp_path):
    shutil.copytree(noise_results / "bundle", tmp_path / "bundle")
    return tmp_path / "bundle"


def test_names_are_all_there_are(noise_results):
    assert files_below(noise_results / "bundle") == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_flipped_bit_anywhere_is_noticed(tiny, noise, bundle, name):
    path = bundle / name
    whole = path.read_bytes()
    photograph = noise / "a" / "0.jpg"
    tiny("predict", bundle, photograph)
    for turn in range(9):
        at = min(len(whole) - 1, len(whole) * turn // 8)
        bit = (0x01, 0x20, 0x80)[turn % 3]
        path.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
        tiny.refuses("predict", bundle, photograph, code=DAMAGED, tells=["bundle"])


def test_every_character_of_the_digests_counts(tiny, noise, bundle):
    path = bundle / "SHA256SUMS"
    whole = path.read_bytes()
    for at in range(0, len(whole), 23):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1 :])
        words = ["predict", bundle, noise / "a" / "0.jpg"]
        tiny.refuses(*words, code=DAMAGED, tells=["SHA256SUMS"])


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_cut_or_longer_file_is_noticed(tiny, noise, bundle, name):
    path = bundle / name
    whole = path.read_bytes()
    words = ["predict", bundle, noise / "a" / "0.jpg"]
    for content in (whole[:-1], whole + b"\n", b""):
        path.write_bytes(content)
        tiny.refuses(*words, code=DAMAGED, tells=[])
    path.unlink()
    code = NOT_FOUND if name == "bundle.json" else DAMAGED
    tiny.refuses(*words, code=code, tells=["bundle"])


@pytest.mark.parametrize(
    ("crops", "tells"),
    [
        (["whole", "flip@5"], "'flip@5' is none"),
        (["whole", "whole@32"], "'whole@32' is the same as 'whole'"),
        (["flip"], "the first crop must be 'whole'"),
        (["whole", *(f"flip@{size}" for size in range(40, 60))], "at most 4 sizes"),
        (["whole", "flip@4096"], "too many at once"),
    ],
)
def test_crops_in_a_foreign_bundle_are_checked(tiny, noise, bundle, crops, tells):
    settings = json.loads((bundle / "bundle.json").read_text())
    settings["input"] |= {"crops": crops, "batch": 2}
    (bundle / "bundle.json").write_text(json.dumps(settings))
    renew_sums(bundle)
    for words in (["predict", bundle, noise / "a" / "0.jpg"], ["evaluate", bundle, noise]):
        tiny.refuses(*words, code=DAMAGED, tells=[tells, "get the bundle anew"])


def test_a_file_too_many_is_noticed(tiny, noise, bundle):
    (bundle / "extra.txt").write_text("hello")
    words = ["predict", bundle, noise / "a" / "0.jpg"]
    tiny.refuses(*words, code=DAMAGED, tells=["extra.txt"])


def test_evaluate_and_verify_notice_too(tiny, noise, bundle):
    path = bundle / "model.safetensors"
    whole = path.read_bytes()
    path.write_bytes(whole[:-3] + bytes([whole[-3] ^ 4]) + whole[-2:])
    tiny.refuses("evaluate", bundle, noise, code=DAMAGED, tells=["model.safetensors"])
