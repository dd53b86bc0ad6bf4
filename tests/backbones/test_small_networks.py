# SPDX-License-Identifier: Apache-2.0
"""Networks as different exporters write them give what ONNX Runtime gives on the same pictures."""

import json
import subprocess

import numpy as np
import onnx
import onnxruntime
import pytest
import small_networks as small
from PIL import Image

CAFFE = (103.939, 116.779, 123.68)
RESCALED = {"mean": "127.5", "std": "127.5"}
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 12345\n"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Five photographs' worth of noise with a colour of its own, as PNG of the network's size."""
    folder = tmp_path_factory.mktemp("pictures")
    random = np.random.default_rng(3)
    for number in range(5):
        tint = random.integers(0, 120, 3)
        pixels = random.integers(0, 130, (small.SIDE, small.SIDE, 3)) + tint
        path = folder / "ab"[number % 2] / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(pixels.astype(np.uint8)).save(path)
    return folder


def answers(network, pictures, *, mean=127.5, std=127.5, bgr=False, nhwc=False, output=None):
    """The first output, or that one, for each picture alone."""
    session = onnxruntime.InferenceSession(
        network.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    (given,) = [one for one in session.get_inputs() if len(one.shape) == 4]
    batch = given.shape[0] if isinstance(given.shape[0], int) else 1
    kinds = {"tensor(float)": np.float32, "tensor(float16)": np.float16}
    kinds |= {"tensor(uint8)": np.uint8, "tensor(int8)": np.int8}
    fed = {one.name: np.zeros((1, 7), np.int64) for one in session.get_inputs() if one is not given}
    found = {}
    for path in sorted(pictures.rglob("*.png")):
        pixels = np.asarray(Image.open(path), np.float32)
        tensor = ((pixels[..., ::-1] if bgr else pixels) - np.array(mean, np.float32)) / std
        tensor = tensor if nhwc else tensor.transpose(2, 0, 1)
        tensor = np.repeat(tensor[np.newaxis], batch, axis=0).astype(kinds[given.type])
        answer = session.run([output] if output else None, {**fed, given.name: tensor})[0]
        one = answer if answer.ndim == 1 else answer[0]
        found[str(path.relative_to(pictures))] = one.astype(np.float64)
    return found


def imported(pomona, network, folder, **options):
    path = folder / "network.onnx"
    onnx.save(network, path)
    pomona.import_backbone(path, "small", size=small.SIDE, **options)
    return json.loads((pomona.models / "small" / "backbone.json").read_text())


def assert_equal(found, expected, share=1e-4):
    assert sorted(found) == sorted(expected)
    right = np.array([np.ravel(expected[path]) for path in sorted(expected)])
    features = np.array([found[path] for path in sorted(expected)])
    assert features.shape == right.shape
    assert right.std(axis=0).max() > 0.01 * np.abs(right).max()
    assert np.abs(features - right).max() <= share * np.abs(right).max()


@pytest.fixture
def check(pomona, pictures, tmp_path):
    """Imports, extracts and compares; gives the description of the backbone."""

    def run(network, options, expected, share=1e-4):
        description = imported(pomona, network, tmp_path, **options)
        assert_equal(pomona.extract(pictures, tmp_path / "out", "small"), expected, share)
        return description

    return run


@pytest.mark.parametrize(
    ("network", "share"),
    [
        (small.plain(small.HALF), 2e-3),
        (small.plain(small.BFLOAT), 2e-2),
        (small.plain(small.DOUBLE), 1e-4),
    ],
    ids=["float16", "bfloat16", "float64"],
)
def test_outputs_of_other_types_are_converted(check, pictures, network, share):
    check(network, RESCALED, answers(small.plain(), pictures), share)


def test_a_network_of_float16_works_with_its_logits(check, pictures):
    options = {**RESCALED, "output": "features", "logits": "logits"}
    description = check(small.half(), options, answers(small.half(), pictures), 5e-3)
    assert description["logit_count"] == 5


@pytest.mark.parametrize(
    ("element_type", "mean"), [(small.UINT8, 0), (small.INT8, 128)], ids=["uint8", "int8"]
)
@pytest.mark.parametrize("given", [True, False])
def test_networks_of_whole_numbers_get_pixels(check, pictures, element_type, mean, given):
    network = small.of_pixels(element_type, shift=float(mean))
    expected = answers(network, pictures, mean=mean, std=1, nhwc=True)
    options = {"layout": "NHWC"} | ({"mean": str(mean), "std": "1"} if given else {})
    description = check(network, options, expected)
    assert description["mean"] == [mean] * 3 and description["std"] == [1] * 3


@pytest.mark.parametrize(
    ("network", "batch"),
    [
        (small.fixed_batch(1), 1),
        (small.fixed_batch(3), 3),
        (small.fixed_batch(1, declared="N"), 1),
        (small.fixed_batch(1, squeezed=True), 1),
    ],
    ids=["one", "three", "declared free", "squeezed"],
)
def test_a_fixed_batch_is_called_as_often_as_needed(check, pictures, network, batch):
    assert check(network, RESCALED, answers(network, pictures))["batch"] == batch


def test_a_batch_that_is_only_declared_becomes_free(check, pictures):
    network = small.plain()
    network.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
    assert check(network, RESCALED, answers(small.plain(), pictures))["batch"] == 0


def test_one_size_works_and_others_name_it(check, pomona, pictures, tmp_path):
    check(small.fixed_size(), RESCALED, answers(small.fixed_size(), pictures))
    wrong = refusal(pomona, "extract", pictures, "--out", tmp_path / "other", "--backbone", "small",
                    "--size", "64", "--models", pomona.models)  # fmt: skip
    assert wrong == (
        "pomona: size: backbone small takes pictures of 32 pixels a side, and none of 64 (--size)"
    )
    again = refusal(pomona, "models", "import", tmp_path / "network.onnx", "--name", "large",
                    "--size", "64", "--models", pomona.models)  # fmt: skip
    assert "import it with size 32" in again and "(--size)" in again


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_bgr_as_keras_has_it_for_resnet_and_vgg(check, pictures, layout):
    nhwc = layout == "NHWC"
    network = small.of_pixels(small.FLOAT) if nhwc else small.plain()
    options = {"mean": ",".join(map(str, CAFFE)), "std": "1", "channels": "bgr", "layout": layout}
    expected = answers(network, pictures, mean=CAFFE, std=1, bgr=True, nhwc=nhwc)
    description = check(network, options, expected)
    assert description["channels"] == "bgr"
    other = answers(network, pictures, mean=CAFFE[::-1], std=1, nhwc=nhwc)
    with pytest.raises(AssertionError):
        assert_equal(other, expected)


@pytest.mark.parametrize("batch", ["N", 1], ids=["free", "one"])
@pytest.mark.parametrize("pool", ["mean", "cls", "none", None])
def test_tokens_are_pooled(check, pictures, pool, batch):
    network = small.transformer(batch)
    tokens = answers(network, pictures)
    how = {"cls": lambda one: one[0], "none": np.ravel}
    expected = {
        path: how.get(pool, lambda one: one.mean(axis=0))(one) for path, one in tokens.items()
    }
    description = check(network, RESCALED | ({"pool": pool} if pool else {}), expected)
    assert description["feature_count"] == (17 * 8 if pool == "none" else 8)
    assert description["batch"] == (0 if batch == "N" else 1)


def test_the_inputs_that_features_do_not_need_are_left_out(check, pictures):
    network = small.two_towers()
    expected = answers(network, pictures, output="image_embeds")
    check(network, RESCALED | {"output": "image_embeds"}, expected)


def test_features_of_another_input_are_not_taken_for_these(pomona, pictures, tmp_path):
    imported(pomona, small.plain(), tmp_path, **RESCALED)
    pomona.extract(pictures, tmp_path / "out", "small")
    imported(pomona, small.plain(), tmp_path, **RESCALED, channels="bgr")
    words = ["--models", pomona.models, "--backbone", "small", "--precision", "f32"]
    taken = refusal(pomona, "extract", pictures, "--out", tmp_path / "next", "--from",
                    tmp_path / "out", *words)  # fmt: skip
    assert "bgr" in taken and "--from" in taken
    trained = refusal(pomona, "train", tmp_path / "out", "--out", tmp_path / "bundle",
                      "--models", pomona.models)  # fmt: skip
    assert "imported anew" in trained and "bgr" in trained


def refusal(pomona, *words):
    """The one line that it ends with."""
    done = subprocess.run(
        [pomona.binary, *map(str, words)], capture_output=True, text=True, check=False
    )
    assert done.returncode not in (0, 70), done.stderr
    lines = [line for line in done.stderr.splitlines() if line]
    assert len(lines) == 1, done.stderr
    return lines[0]


def import_words(pomona, path):
    return ["models", "import", path, "--name", "x", "--size", "32", "--models", pomona.models]


@pytest.mark.parametrize("name", ["network.onnx", "network.tflite", "network.xml", "saved_model"])
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (POINTER, "Git-LFS pointer"),
        ("", "empty"),
        ("<!DOCTYPE html><html><body>Not found</body></html>", "HTML page"),
        ("a text\n" * 1000, "cannot be read as"),
        (small.plain().SerializeToString()[:2000].decode("latin-1"), "cannot be read as"),
    ],
    ids=["pointer", "empty", "page", "text", "short"],
)
def test_what_is_no_network_gets_one_sentence(pomona, tmp_path, name, content, reason):
    path = tmp_path / name
    (tmp_path / "network.bin").write_bytes(b"weights")
    if name == "saved_model":
        path.mkdir()
    (path / "saved_model.pb" if path.is_dir() else path).write_bytes(content.encode("latin-1"))
    line = refusal(pomona, *import_words(pomona, path))
    assert reason in line and len(line) < 500


def test_weights_that_are_not_there_get_one_sentence(pomona, tmp_path):
    path = tmp_path / "network.onnx"
    network = small.plain()
    onnx.save(network, path, save_as_external_data=True, location="network.onnx.data",
              size_threshold=0)  # fmt: skip
    data = tmp_path / "network.onnx.data"
    whole = data.read_bytes()
    pomona.import_backbone(path, "x", size=32)
    data.write_text(POINTER)
    assert "network.onnx.data" in refusal(pomona, *import_words(pomona, path))
    data.write_bytes(whole[:100])
    assert "copy or download it again" in refusal(pomona, *import_words(pomona, path))
    data.unlink()
    assert "network.onnx.data" in refusal(pomona, *import_words(pomona, path))
