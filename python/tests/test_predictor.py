# SPDX-License-Identifier: Apache-2.0
import json
import pickle
import shutil
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import COMMAND, FRUITS
from pictures import interrupt, jpeg, pixels, run_python

from pomona.bundle import Bundle
from pomona.errors import DamagedError, InvalidInputError, NotFoundError, PomonaError
from pomona.prediction import Prediction
from pomona.predictor import Predictor, predict

SOME = sorted(str(path) for path in FRUITS.glob("*/*.jpg"))[::9]

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def predictor(output):
    return Predictor(output.path)


@pytest.fixture(scope="module")
def expected(output):
    """What the command prints."""
    words = [COMMAND, "predict", output.path, "--json", *SOME]
    printed = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return [Prediction.from_json(line) for line in printed.splitlines()]


def test_answers_have_the_bits_of_the_command(predictor, expected):
    assert predictor.predict(SOME).details == expected
    assert list(predictor.stream(SOME)) == expected
    assert len({one.answers[0].id for one in expected}) > 10


def test_one_photograph_is_answered_as_among_others(predictor, expected):
    for path, one in list(zip(SOME, expected))[:20]:
        assert predictor(path) == one
        assert predictor(Path(path).read_bytes()) == replace(one, path="0")


def test_eight_threads_share_one(output, expected):
    shared = Predictor(output.path)
    found = [None] * 8

    def work(number):
        if number % 2:
            found[number] = shared.predict(SOME).details
        else:
            found[number] = [shared(path) for path in SOME]

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8


def test_top_and_fast_are_those_of_the_command(output):
    words = [COMMAND, "predict", output.path, "--json", "--fast", "--top", "1", SOME[0]]
    printed = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    found = predict(SOME[0], output.path, top=1, fast=True).details
    assert found == [Prediction.from_json(printed)]
    assert len(predict(SOME[0], output.path, top=5).details[0].answers) == 5


def test_a_photograph_that_cannot_be_read_is_a_failure_among_others(predictor, expected):
    table = predictor.predict([SOME[0], b"no image", "gone.jpg", SOME[1]])
    found = table.details
    assert found[0] == expected[0] and found[3] == expected[1]
    assert found[1].failure.kind == "not_an_image"
    assert found[2].failure.kind == "gone"
    assert found[1].rejected is None and found[1].answers == ()
    assert table["path"] == [SOME[0], "1", "gone.jpg", SOME[1]]
    assert table["failure"][1] == found[1].failure.message and table["failure"][3] is None
    assert table["answers"][0] == [(one.id, one.probability) for one in expected[0].answers]
    assert table["answers"][1] == []


@pytest.mark.parametrize(
    "images", [[], [pixels(1).astype(float)], None, "nowhere.jpg", [jpeg(1), object()]]
)
def test_bad_input_leaves_it_usable(predictor, expected, images):
    with pytest.raises(PomonaError):
        predictor.predict(images)
    assert predictor(SOME[0]) == expected[0]


def test_one_photograph_that_cannot_be_decoded_raises(predictor):
    with pytest.raises(InvalidInputError, match="not a photograph"):
        predictor(b"no image")
    with pytest.raises(InvalidInputError, match="found several"):
        predictor([jpeg(1), jpeg(2)])


def test_what_a_generator_raises_passes(predictor, expected):
    def photographs():
        yield jpeg(1)
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        predictor.predict(photographs())
    assert predictor(SOME[0]) == expected[0]


@pytest.mark.parametrize("options", [{"top": 0}, {"top": -1}, {"top": "x"}, {"language": "de"}])
def test_options_out_of_range_are_refused(predictor, options):
    with pytest.raises(InvalidInputError):
        predictor.predict([jpeg(1)], **options)


def test_bundles_that_are_none_are_refused(output, tmp_path):
    with pytest.raises(NotFoundError):
        Predictor(tmp_path / "nowhere")
    with pytest.raises(NotFoundError):
        Bundle(tmp_path)
    with pytest.raises(InvalidInputError, match="NoneType"):
        Bundle(None)
    newer = tmp_path / "newer"
    shutil.copytree(f"{output.path}/bundle", newer)
    document = json.loads((newer / "bundle.json").read_text())
    document["format"] = 99
    (newer / "bundle.json").write_text(json.dumps(document))
    with pytest.raises(DamagedError):
        Bundle(newer)


def test_swapped_arguments_are_recognised(output, predictor, tmp_path):
    order = r"first; call pomona.predict\(images, bundle\)"
    for bundle in (output.path, f"{output.path}/bundle", output, predictor.bundle):
        for images in (SOME[0], [SOME[0]], str(FRUITS), jpeg(1), pixels(1)):
            with pytest.raises(InvalidInputError, match=order):
                predict(bundle, images)
    with pytest.raises(InvalidInputError, match="second, found the file '.*jpg'; call"):
        predict(SOME[1], SOME[0])
    with pytest.raises(NotFoundError):
        predict(SOME[0], tmp_path)
    assert len(predict(SOME[0], output)) == 1


def test_a_bundle_describes_itself_and_can_be_saved(output, tmp_path):
    bundle = Bundle(output.path)
    record = json.loads((Path(output.path) / "bundle" / "bundle.json").read_text())
    assert bundle.labels == record["labels"]
    assert (bundle.backbone, bundle.size, bundle.crops) == ("tiny", 32, ["whole"])
    assert (bundle.classifier, bundle.precision, bundle.reject_rate) == ("logistic", "f32", 0)
    assert bundle.metrics and isinstance(bundle.metrics, dict)
    bundle.save(tmp_path / "copy")
    again = Bundle(tmp_path / "copy")
    assert again == bundle and hash(again) == hash(bundle) and again is not bundle
    for file in (Path(output.path) / "bundle").iterdir():
        assert (tmp_path / "copy" / file.name).read_bytes() == file.read_bytes()
    with pytest.raises(InvalidInputError, match="not empty"):
        bundle.save(tmp_path / "copy")
    assert bundle != 3


def test_one_photograph_is_expected_and_others_are_not_read(predictor):
    read = []

    def several():
        for number in range(500):
            read.append(number)
            yield SOME[number % 2]

    with pytest.raises(InvalidInputError, match=r"found several; use predict\(\)"):
        predictor(several())
    assert len(read) == 2
    with pytest.raises(InvalidInputError, match="found several"):
        predictor(FRUITS / "Banana")


def test_it_is_pickled_by_its_place(predictor, expected):
    again = pickle.loads(pickle.dumps(predictor))
    assert again(SOME[0]) == expected[0]


FORK = """
import multiprocessing, sys
from pomona.prediction import Prediction
from pomona.predictor import Predictor
from pictures import jpeg
predictor = Predictor(sys.argv[1])
predictor(jpeg(1))

def attempt(answers):
    for use in (lambda: predictor(jpeg(1)), lambda: Predictor(sys.argv[1])(jpeg(1))):
        try:
            use()
            answers.put("worked")
        except RuntimeError as error:
            answers.put(str(error)[:40])

context = multiprocessing.get_context("fork")
answers = context.Queue()
child = context.Process(target=attempt, args=(answers,))
child.start()
print([answers.get(timeout=20) for _ in range(2)])
child.join(20)
print(child.exitcode)
print(len(predictor.predict([jpeg(1)])))
"""


def test_a_forked_child_gets_an_error_at_once(output, monkeypatch):
    monkeypatch.chdir(HERE)
    answers, *rest = run_python(FORK, output.path, timeout=60).splitlines()
    assert eval(answers) == ["using Pomona in a forked process: its pa"] * 2
    assert rest == ["0", "1"]


INTERRUPTED = """
import sys
from pomona.prediction import Prediction
from pomona.predictor import Predictor
from pictures import encoded, jpeg, pixels
large = encoded(pixels(1, 6000, 4000), "JPEG")
predictor = Predictor(sys.argv[1])
try:
    print("ready")
    for _ in predictor.stream(large for _ in iter(int, 1)):
        pass
except KeyboardInterrupt:
    print("interrupted")
print(len(predictor.predict([jpeg(1)])))
"""


@pytest.mark.parametrize("after", [0.02, 2])
def test_ctrl_c_ends_a_call_within_200_ms(output, monkeypatch, after):
    monkeypatch.chdir(HERE)
    seconds, rest = interrupt(INTERRUPTED, output.path, after=after)
    assert seconds < 0.2
    assert rest == "1\n"
