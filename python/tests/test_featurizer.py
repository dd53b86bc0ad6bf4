# SPDX-License-Identifier: Apache-2.0
import gc
import pickle
import threading
from pathlib import Path

import numpy as np
import pytest
from conftest import FRUITS
from pictures import encoded, interrupt, jpeg, pixels, run_python
from PIL import Image

import pomona
from pomona.errors import DamagedError, InvalidInputError, NotFoundError
from pomona.extraction import extract
from pomona.featurizer import Featurizer

MIB = 1 << 20

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def featurizer(tiny):
    return Featurizer(**tiny)


@pytest.fixture(scope="module")
def expected(featurizer):
    """Of some photographs, one after the other."""
    return np.vstack([featurizer(jpeg(i))["features"] for i in range(70)])


def test_rows_have_the_bits_of_the_command(output, tiny):
    pq = pytest.importorskip("pyarrow.parquet")
    table = extract(FRUITS, group=r"^(r\d*_)?", **tiny)
    written = pq.read_table(f"{output.path}/features")
    assert table["path"] == written["path"].to_pylist()
    assert list(table["label"]) == written["label"].to_pylist()
    assert list(table["split"]) == written["split"].to_pylist()
    bits = np.vstack(written["features"].to_numpy())
    assert table["features"].tobytes() == bits.tobytes()
    assert len(table.failures) == 0


def test_a_featurizer_gives_these_bits_as_well(tiny, featurizer):
    table = extract(FRUITS, holdout=0, **tiny)
    streamed = featurizer(FRUITS)
    assert streamed["path"] == table["path"]
    assert streamed["features"].tobytes() == table["features"].tobytes()


def test_bytes_files_pixels_and_pictures_give_the_same_rows(featurizer, tmp_path):
    png = encoded(pixels(5))
    (tmp_path / "a.png").write_bytes(png)
    table = featurizer([png, tmp_path / "a.png", pixels(5), Image.fromarray(pixels(5))])
    assert table["features"].shape == (4, featurizer.feature_count)
    for row in table["features"][1:]:
        assert row.tobytes() == table["features"][0].tobytes()


def test_rows_are_in_order_whatever_the_workers_and_the_batch(tiny, expected):
    for workers, batch in [(1, 3), (3, 2), (4, None)]:
        table = Featurizer(**tiny, workers=workers, batch=batch)(jpeg(i) for i in range(70))
        assert table["path"] == [str(i) for i in range(70)]
        assert table["features"].tobytes() == expected.tobytes()


def test_crops_lie_side_by_side_and_transform_gives_their_mean(tiny):
    crops = Featurizer(**tiny, crops=("whole", "flip"))
    table = crops([jpeg(1), jpeg(2)])
    assert table["features"].shape == (2, 2 * crops.feature_count) == (2, crops.row_width)
    halves = table["features"].reshape(2, 2, -1)
    assert halves[:, 0].tobytes() == Featurizer(**tiny)([jpeg(1), jpeg(2)])["features"].tobytes()
    assert np.allclose(crops.transform([jpeg(1), jpeg(2)]), halves.mean(axis=1))


def test_a_stream_gives_blocks_of_the_same_rows(featurizer, expected):
    blocks = list(featurizer.stream(jpeg(i) for i in range(70)))
    assert len(blocks) > 2
    assert np.vstack([block["features"] for block in blocks]).tobytes() == expected.tobytes()


def test_failures_are_values_until_there_are_too_many(featurizer, tmp_path):
    good = [jpeg(i) for i in range(30)]
    broken = [b"no image", str(tmp_path / "gone.jpg"), jpeg(1)[:500], b""]
    table = featurizer(good[:10] + broken[:3] + good[10:])
    assert len(table["features"]) == 30
    assert list(zip(*(table.failures[name] for name in ("path", "stage", "kind")))) == [
        ("10", "decode", "not_an_image"),
        (str(tmp_path / "gone.jpg"), "read", "gone"),
        ("12", "decode", "truncated"),
    ]
    with pytest.raises(InvalidInputError, match="4 of 6 photographs failed.*max_failures 0.1"):
        featurizer(broken + good[:2])
    assert len(featurizer(broken + good[:2], max_failures=1).failures) == 4
    with pytest.raises(pomona.errors.DamagedError, match="photograph '0'"):
        featurizer.transform([b"no image", good[0]])


def test_eight_threads_share_one(tiny, expected):
    shared = Featurizer(**tiny)
    found = [None] * 8

    def work(number):
        found[number] = shared(jpeg(i) for i in range(70))["features"].tobytes()

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == {expected.tobytes()}


class Sentinel(Exception):
    pass


def test_what_a_generator_raises_passes_and_the_featurizer_stays_usable(featurizer, expected):
    raised = Sentinel("mine")

    def photographs():
        for i in range(50):
            yield jpeg(i)
        raise raised

    for call in (featurizer, lambda images: list(featurizer.stream(images))):
        with pytest.raises(Sentinel) as caught:
            call(photographs())
        assert caught.value is raised
        assert featurizer(jpeg(3))["features"].tobytes() == expected[3].tobytes()


def test_a_stream_may_be_left_in_the_middle(featurizer, expected):
    for _ in range(10):
        stream = featurizer.stream(jpeg(i) for i in range(70))
        next(stream)
        stream.close()
    gc.collect()
    assert featurizer(jpeg(3))["features"].tobytes() == expected[3].tobytes()


@pytest.mark.parametrize(
    "images",
    [[], [np.zeros((4, 4, 3))], [3], "nowhere.jpg", b"no image", [jpeg(0)] * 40 + [None]],
)
def test_bad_input_leaves_it_usable(featurizer, expected, images):
    with pytest.raises(pomona.errors.PomonaError):
        featurizer(images)
    assert featurizer(jpeg(3))["features"].tobytes() == expected[3].tobytes()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": -1}, "size"),
        ({"size": "large"}, "size"),
        ({"precision": "f16"}, "f16"),
        ({"fit": "stretch"}, "stretch"),
        ({"crops": "left"}, "left"),
        ({"batch": 10**9}, "batch"),
        ({"workers": -1}, "workers"),
        ({"max_damage": 2}, "max_damage"),
        ({"max_pixels": -5}, "max_pixels"),
    ],
)
def test_options_out_of_range_are_refused_at_once(tiny, options, message):
    with pytest.raises(InvalidInputError, match=message):
        Featurizer(**{**tiny, **options})


def test_a_backbone_that_is_not_there_is_an_error_of_first_use(tiny):
    with pytest.raises(NotFoundError, match="absent"):
        Featurizer(**{**tiny, "backbone": "absent"})([jpeg(1)])


def test_labels_and_splits_are_of_folders_alone(tiny, tmp_path):
    with pytest.raises(InvalidInputError, match="holdout, seed"):
        extract([jpeg(1)], holdout=0.5, seed=3, **tiny)
    with pytest.raises(NotFoundError):
        extract(tmp_path / "nowhere", **tiny)
    with pytest.raises(InvalidInputError, match="holdout"):
        extract(FRUITS, holdout=7, **tiny)


GATHERS = """
import re
import numpy as np
from pathlib import Path
from pomona._stream import Block, Gathered

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) >> 10

features = np.ones((32, 1280), np.float32)
before = peak()
gathered = Gathered()
for _ in range(2000):
    gathered.add(Block(32, list(range(32)), ["a"] * 32, features.copy(), [], []))
found = gathered.features(1280)
assert found.shape == (64000, 1280) and (found[::500] == 1).all()
print(peak() - before)
"""


def test_gathering_does_not_hold_features_twice():
    own = 64000 * 1280 * 4 / MIB  # 312
    assert int(run_python(GATHERS)) < own + 64 + 40  # a piece, and the list of paths


def test_it_is_pickled_by_its_options(featurizer, expected):
    again = pickle.loads(pickle.dumps(featurizer))
    assert again(jpeg(3))["features"].tobytes() == expected[3].tobytes()
    assert repr(again) == repr(featurizer)


def test_a_relative_folder_of_models_is_pickled_as_an_absolute_one(models, monkeypatch, tmp_path):
    from pomona.sklearn import PomonaFeaturizer

    monkeypatch.chdir(models.parent)
    options = {"precision": "f32", "models": models.name}
    made = [
        Featurizer("tiny", **options),
        PomonaFeaturizer("tiny", **options),
        PomonaFeaturizer("tiny", **options).fit(None),
    ]
    pickled = [pickle.dumps(one) for one in made]
    monkeypatch.chdir(tmp_path)
    for one in pickled:
        assert len(pickle.loads(one).transform([jpeg(1)])) == 1
    assert made[1].get_params()["models"] == models.name


def test_the_folder_of_models_is_found_where_the_featurizer_is_used(models, monkeypatch):
    monkeypatch.setenv("POMONA_MODELS", "/nowhere")
    featurizer = Featurizer("tiny", precision="f32")
    pickled = pickle.dumps(featurizer)
    assert "nowhere" not in repr(featurizer) and "models" not in repr(featurizer)
    assert b"nowhere" not in pickled and str(HERE.parent).encode() not in pickled
    monkeypatch.setenv("POMONA_MODELS", str(models))
    for one in (featurizer, pickle.loads(pickled)):
        assert len(one([jpeg(1)])) == 1


def test_progress_is_shown_as_photographs_are_done(featurizer):
    events = []
    featurizer([jpeg(i) for i in range(70)], progress=events.append)
    *done, at_end = [event.done for event in events]
    assert done == sorted(set(done))
    assert done[-1] == at_end == 70


FORK = """
import multiprocessing, os, sys
from pomona.featurizer import Featurizer
from pictures import jpeg
featurizer = Featurizer("tiny", models=sys.argv[1], precision="f32")
stream = featurizer.stream(jpeg(i) for i in range(200))
next(stream)

def attempt(answers):
    for use in (lambda: featurizer([jpeg(1)]), lambda: next(stream),
                lambda: Featurizer("tiny", models=sys.argv[1])([jpeg(1)])):
        try:
            use()
            answers.put("worked")
        except RuntimeError as error:
            answers.put(str(error)[:40])

context = multiprocessing.get_context("fork")
answers = context.Queue()
child = context.Process(target=attempt, args=(answers,))
child.start()
print([answers.get(timeout=20) for _ in range(3)])
child.join(20)
print(child.exitcode)
print(len(featurizer([jpeg(1)])))
# A child that goes the way of any interpreter, with all destructors.
if os.fork() == 0:
    sys.exit(5)
print(os.waitstatus_to_exitcode(os.wait()[1]))
"""


def test_a_forked_child_gets_an_error_at_once(models, monkeypatch):
    monkeypatch.chdir(HERE)
    answers, *rest = run_python(FORK, models, timeout=60).splitlines()
    assert eval(answers) == ["using Pomona in a forked process: its pa"] * 3
    assert rest == ["0", "1", "5"]


INTERRUPTED = """
import sys, time
from pomona.featurizer import Featurizer
from pictures import jpeg, pixels, encoded
large = encoded(pixels(1, 6000, 4000), "JPEG")
featurizer = Featurizer("tiny", models=sys.argv[1], precision="f32")
photographs = {
    "bytes": lambda: (large for _ in iter(int, 1)),
    "generator": lambda: (time.sleep(0.01) or jpeg(1) for _ in iter(int, 1)),
    "compile": lambda: [jpeg(1)],
}[sys.argv[2]]
if sys.argv[2] == "compile":
    def photographs():
        while True:
            yield jpeg(1)
try:
    print("ready")
    for _ in featurizer.stream(photographs()):
        pass
except KeyboardInterrupt:
    print("interrupted")
print(len(featurizer([jpeg(1)])))
"""


@pytest.mark.parametrize(("images", "after"), [("bytes", 2), ("generator", 1), ("compile", 0.02)])
def test_ctrl_c_ends_a_call_within_200_ms(models, monkeypatch, images, after):
    monkeypatch.chdir(HERE)
    seconds, rest = interrupt(INTERRUPTED, models, images, after=after)
    assert seconds < 0.2
    assert rest == "1\n"


EXITING = """
import sys
from pomona.featurizer import Featurizer
from pictures import encoded, pixels
large = encoded(pixels(1, 3000, 2000), "JPEG")
stream = Featurizer("tiny", models=sys.argv[1], precision="f32").stream(large for _ in iter(int, 1))
next(stream)
print("exits")
"""


def test_the_interpreter_exits_while_a_stream_runs(models, monkeypatch):
    monkeypatch.chdir(HERE)
    for _ in range(5):
        assert run_python(EXITING, models, timeout=30) == "exits\n"


GENERATED = """
import os, resource, sys
from pomona.featurizer import Featurizer
from pictures import jpeg
some = [jpeg(i) for i in range(100)]
featurizer = Featurizer("tiny", models=sys.argv[1], precision="f32")

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()

held = []

def photographs():
    for i in range(20_001):
        if i % 4000 == 0:
            held.append(resident())
        yield bytes(bytearray(some[i % 100]))

print(sum(len(table) for table in featurizer.stream(photographs())), held[-1] - held[1])
"""


def test_memory_does_not_grow_with_what_a_generator_gives(models, monkeypatch):
    monkeypatch.chdir(HERE)
    done, grown = run_python(GENERATED, models).split()
    assert int(done) == 20_001
    assert int(grown) < 8 * MIB


def test_photographs_that_all_fail_give_an_empty_table(featurizer):
    table = featurizer([b"no image"], max_failures=1.0)
    assert (len(table), len(table.failures)) == (0, 1)
    assert table["features"].shape == (0, featurizer.row_width)
    with pytest.raises(DamagedError, match="featurizing the photograph '0'"):
        featurizer.transform([b"no image"])


def test_in_memory_the_file_of_options_is_not_read(tiny, tmp_path, monkeypatch):
    (tmp_path / "pomona.toml").write_text("size = 64\nworkers = 1\n")
    monkeypatch.setenv("POMONA_CONFIG", str(tmp_path / "pomona.toml"))
    monkeypatch.setenv("POMONA_WORKERS", "none")
    assert extract([jpeg(1)], **tiny).size == 32
    with pytest.raises(InvalidInputError, match="POMONA_WORKERS|pomona.toml|workers"):
        pomona.run(FRUITS / "Banana", tmp_path / "out", **tiny)
