# SPDX-License-Identifier: Apache-2.0
"""Several crops of each photograph: learnt from one by one, judged by the mean of their features."""

import json
import re
import struct

import numpy as np
import pytest
from command import TINY, USAGE
from photographs import make_folder
from PIL import Image, ImageOps
from sklearn.linear_model import LogisticRegression
from tables import differences, json_of, matrix_of, rows_of, work_of

CROPS = ["whole", "flip", "center50", "center50-flip"]
WORDS = ["--crops", ",".join(CROPS)]


@pytest.fixture(scope="session")
def pictures(noise, tmp_path_factory):
    """The photographs as PNG, so that a mirrored or cut one is exactly what a crop is made of."""
    folder = tmp_path_factory.mktemp("crops") / "whole"
    for path in noise.rglob("*.jpg"):
        target = folder / path.parent.name / f"{path.stem}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        Image.open(path).save(target)
    return folder


@pytest.fixture(scope="session")
def cropped(tiny, pictures, tmp_path_factory):
    out = tmp_path_factory.mktemp("cropped") / "out"
    tiny("run", pictures, "--out", out, *TINY, *WORDS)
    return out


def tensors_of(bundle) -> dict[str, np.ndarray]:
    whole = (bundle / "model.safetensors").read_bytes()
    (length,) = struct.unpack("<Q", whole[:8])
    header = json.loads(whole[8 : 8 + length])
    return {
        name: np.frombuffer(whole[8 + length :][slice(*entry["data_offsets"])], np.float64).reshape(
            entry["shape"]
        )
        for name, entry in header.items()
        if name != "__metadata__"
    }


def crops_of(out) -> np.ndarray:
    """photographs × crops × features"""
    features = matrix_of(out / "features", "features")
    return features.reshape(len(features), len(CROPS), -1)


def test_a_row_holds_the_features_of_every_crop(tiny, cropped, pictures, tmp_path):
    tiny("extract", pictures, "--out", tmp_path / "plain", *TINY)
    plain = matrix_of(tmp_path / "plain" / "features", "features")
    crops = crops_of(cropped)
    assert crops.shape == (18, 4, plain.shape[1])
    assert np.array_equal(crops[:, 0], plain)


def test_a_flip_is_the_mirrored_photograph(tiny, cropped, pictures, tmp_path):
    for path in pictures.rglob("*.png"):
        target = tmp_path / "images" / path.relative_to(pictures)
        target.parent.mkdir(parents=True, exist_ok=True)
        ImageOps.mirror(Image.open(path)).save(target)
    tiny("extract", tmp_path / "images", "--out", tmp_path / "out", *TINY)
    mirrored = matrix_of(tmp_path / "out" / "features", "features")
    flips = crops_of(cropped)[:, 1]
    assert np.allclose(flips, mirrored, atol=0.02 * np.abs(mirrored).max())
    assert not np.allclose(crops_of(cropped)[:, 0], mirrored, atol=0.02 * np.abs(mirrored).max())


def test_a_center_is_the_middle_of_the_photograph(tiny, cropped, pictures, tmp_path):
    for path in pictures.rglob("*.png"):
        target = tmp_path / "images" / path.relative_to(pictures)
        target.parent.mkdir(parents=True, exist_ok=True)
        whole = Image.open(path)
        width, height = whole.size
        whole.crop((width // 4, height // 4, 3 * width // 4, 3 * height // 4)).save(target)
    tiny("extract", tmp_path / "images", "--out", tmp_path / "out", *TINY)
    middles = matrix_of(tmp_path / "out" / "features", "features")
    centers = crops_of(cropped)[:, 2]
    wholes = crops_of(cropped)[:, 0]
    # What lies around the middle has its part in the pixels at its edge.
    assert np.abs(centers - middles).mean() < 0.2 * np.abs(wholes - middles).mean()


def probabilities_of(bundle, features) -> tuple[np.ndarray, np.ndarray]:
    """Components and probabilities of rows of features, by the numbers in the bundle."""
    tensors = tensors_of(bundle)
    scaled = (features - tensors["scaler.mean"]) / tensors["scaler.scale"]
    reduced = scaled @ tensors["pca.components"].T
    logits = reduced @ tensors["classifier.weights"].T + tensors["classifier.bias"]
    logits /= json_of(bundle / "bundle.json")["classifier"]["temperature"]
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return reduced, odds / odds.sum(axis=1, keepdims=True)


def check_answers(tiny, out, pictures, features, *words):
    """`predict` must answer as the classifier does to these features, the rows of the table."""
    labels = json_of(out / "bundle" / "bundle.json")["labels"]
    _, expected = probabilities_of(out / "bundle", features)
    paths = [pictures / row["path"] for row in rows_of(out / "features")]
    lines = tiny("predict", out, *paths, "--json", *words).text.splitlines()
    for line, probabilities in zip(lines, expected, strict=True):
        reported = {kind["id"]: kind["probability"] for kind in json.loads(line)["kinds"]}
        assert reported == pytest.approx(dict(zip(labels, probabilities, strict=True)), abs=1e-3)


def test_a_photograph_is_reduced_and_judged_by_the_mean(tiny, cropped, pictures):
    mean = crops_of(cropped).astype(np.float64).mean(axis=1)
    reduced, _ = probabilities_of(cropped / "bundle", mean)
    assert np.allclose(matrix_of(cropped / "reduced", "pca_features"), reduced, atol=1e-4)
    check_answers(tiny, cropped, pictures, mean)


def test_fast_uses_the_whole_and_the_tightest_crop(tiny, cropped, pictures):
    check_answers(tiny, cropped, pictures, crops_of(cropped)[:, [0, 2]].mean(axis=1), "--fast")


def test_crops_are_recorded_and_repeated(tiny, cropped, pictures):
    assert json_of(cropped / "bundle" / "bundle.json")["input"]["crops"] == CROPS
    assert json_of(cropped / "run.json")["crops"] == CROPS
    tiny("verify", cropped)
    of_features = tiny("evaluate", cropped, cropped).text
    assert "photographs judged" in of_features
    tiny("evaluate", cropped, pictures)


SIZED = ["--crops", "whole,flip@48,center50,center50@48"]


@pytest.fixture(scope="session")
def sized(tiny, pictures, tmp_path_factory):
    out = tmp_path_factory.mktemp("sized") / "out"
    tiny("run", pictures, "--out", out, *TINY, *SIZED)
    return out


def test_a_crop_may_have_a_size_of_its_own(tiny, sized, cropped, pictures, tmp_path):
    words = ["--size", "48", "--crops", "whole,flip,center50"]
    tiny("extract", pictures, "--out", tmp_path / "large", *TINY, *words)
    large = matrix_of(tmp_path / "large" / "features", "features")
    large = large.reshape(len(large), 3, -1)
    assert np.array_equal(crops_of(sized)[:, [0, 2]], crops_of(cropped)[:, [0, 2]])
    assert np.array_equal(crops_of(sized)[:, [1, 3]], large[:, [1, 2]])
    assert not np.allclose(crops_of(sized)[:, 3], crops_of(sized)[:, 2])


def test_several_sizes_are_recorded_and_repeated(tiny, sized, pictures):
    names = SIZED[1].split(",")
    assert json_of(sized / "bundle" / "bundle.json")["input"]["crops"] == names
    assert json_of(sized / "run.json")["crops"] == names
    tiny("verify", sized)
    mean = crops_of(sized).mean(axis=1)
    check_answers(tiny, sized, pictures, mean)
    check_answers(tiny, sized, pictures, crops_of(sized)[:, [0, 2]].mean(axis=1), "--fast")
    _, probabilities = probabilities_of(sized / "bundle", mean)
    labels = json_of(sized / "bundle" / "bundle.json")["labels"]
    found = [labels[index] for index in probabilities.argmax(axis=1)]
    right = [row["label"] == one for row, one in zip(rows_of(sized / "features"), found)]
    judged = json.loads(tiny("evaluate", sized, pictures, "--json").text)["metrics"][0]
    assert judged["accuracy"] == pytest.approx(np.mean(right))


def test_several_sizes_give_the_same_however_they_are_made(tiny, sized, pictures, tmp_path):
    words = ["--workers", "3", "--batch", "3"]
    tiny("extract", pictures, "--out", tmp_path / "out", *TINY, *SIZED, *words)
    assert np.array_equal(crops_of(tmp_path / "out"), crops_of(sized))
    tiny("run", pictures, "--out", tmp_path / "again", *TINY, *SIZED, "--from", sized)
    assert work_of(tmp_path / "again")["decoded"] == 0
    assert differences(tmp_path / "again", sized) == set()


def test_two_crops_that_are_one_at_the_size_of_all(tiny, pictures, tmp_path):
    words = ["run", pictures, "--out", tmp_path / "out", *TINY, "--crops", "whole,whole@32"]
    tiny.refuses(*words, code=USAGE, tells=["'whole@32' is the same as 'whole'", "32"])


def test_the_cost_of_a_crop_is_printed(tiny, pictures, tmp_path):
    printed = tiny("extract", pictures, "--out", tmp_path / "out", *TINY, *WORDS).text
    assert re.search(r"4 crops of each, [0-9.]+ ms of a core for a crop", printed)
    assert "crops of each" not in tiny("extract", pictures, "--out", tmp_path / "one", *TINY).text


def test_training_learns_from_every_crop(tiny, cropped, tmp_path):
    tiny("train", cropped, "--out", tmp_path / "model")
    # The metrics in bundle.json differ by the pixel baseline, which training has not.
    only_figures = {"bundle.json", "SHA256SUMS"}
    assert differences(tmp_path / "model" / "bundle", cropped / "bundle", only_figures) == set()
    tiny("train", cropped, "--out", tmp_path / "ridge", "--classifier", "ridge")
    tiny("reduce", cropped, "--out", tmp_path / "reduced", "--components", "3")
    assert matrix_of(tmp_path / "reduced" / "reduced", "pca_features").shape[1] == 3


def test_the_classifier_is_that_of_scikit_learn_on_all_crops(cropped):
    """Of every crop as a row of its own, with a share of the weight; of the means it is another one."""
    tensors = tensors_of(cropped / "bundle")
    rows = rows_of(cropped / "features")
    train = np.array([row["split"] == "train" for row in rows])
    labels = np.array([row["label"] for row in rows])[train]
    crops = crops_of(cropped).astype(np.float64)[train]
    scaled = (crops - tensors["scaler.mean"]) / tensors["scaler.scale"]
    components = scaled @ tensors["pca.components"].T
    each = components.reshape(-1, components.shape[2])
    means = components.mean(axis=1)

    def weights(samples, of_sample, c):
        rms = np.sqrt(np.mean(samples**2))
        fit = LogisticRegression(C=c, tol=1e-8, max_iter=10_000).fit(samples / rms, of_sample)
        return fit.coef_ / rms

    found = tensors["classifier.weights"]
    found = found - found.mean(axis=0)
    of_crops = weights(each, np.repeat(labels, len(CROPS)), 1 / len(CROPS))
    of_means = weights(means, labels, 1)
    largest = np.abs(of_crops).max()
    assert np.abs(found - of_crops).max() < 0.005 * largest
    assert np.abs(found - of_means).max() > 0.01 * largest


def test_one_crop_is_as_no_crops_at_all(tiny, noise, noise_results, tmp_path):
    tiny("run", noise, "--out", tmp_path / "out", *TINY, "--crops", "whole")
    assert differences(tmp_path / "out", noise_results) == set()


def test_an_update_takes_rows_of_the_same_crops_alone(tiny, cropped, pictures, tmp_path):
    words = ["run", pictures, *TINY, "--from", cropped, "--out", tmp_path / "out"]
    tells = ["crops"]
    tiny.refuses(*words, code=USAGE, tells=tells)
    tiny(*words, *WORDS)
    assert work_of(tmp_path / "out")["decoded"] == 0
    assert differences(tmp_path / "out", cropped) == set()


def test_features_of_other_crops_are_not_evaluated(tiny, cropped, noise_results):
    tiny.refuses("evaluate", cropped, noise_results, code=USAGE, tells=["crops"])


def test_several_workers_give_the_same(tiny, cropped, pictures, tmp_path):
    words = ["--out", tmp_path / "out", *TINY, *WORDS, "--workers", "3", "--batch", "3"]
    tiny("extract", pictures, *words)
    assert np.array_equal(crops_of(tmp_path / "out"), crops_of(cropped))


@pytest.mark.parametrize(
    "crops, tells",
    [
        ("center", ["'center' is none", "center75-flip", "(--crops)"]),
        ("whole,whole", ["'whole' is named twice"]),
        ("flip,whole", ["the first crop must be 'whole'"]),
        ("center100", ["'center100'"]),
        ("whole,flip@5", ["'flip@5' is none", "@224"]),
        ("whole@48", ["the first crop must be 'whole', with no size of its own", "--size"]),
        ("whole,flip@16,flip@17,flip@18,flip@19", ["at most 4 sizes", "found 5"]),
    ],
)
def test_crops_that_are_none(tiny, tmp_path, crops, tells):
    images = make_folder(tmp_path / "images", ("a", "b"), count=2)
    words = ["run", images, "--out", tmp_path / "out", *TINY, "--crops", crops]
    tiny.refuses(*words, code=USAGE, tells=tells)
    assert not (tmp_path / "out").exists()
