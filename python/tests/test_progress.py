# SPDX-License-Identifier: Apache-2.0
"""What a function that is given as `progress` gets."""

import numpy as np
import pytest
from pictures import jpeg
from places import FRUITS

import pomona
from pomona.errors import InvalidInputError

PHOTOGRAPHS = [jpeg(number) for number in range(3)]


def is_sound(events):
    """Does every stage that is shown end once, before the next begins?"""
    assert all(isinstance(one, pomona.ProgressEvent) for one in events)
    stages = [one.stage for one in events if one.finished]
    in_order = list(dict.fromkeys(one.stage for one in events))
    return bool(events) and events[-1].finished and stages == in_order


@pytest.mark.parametrize(
    ("images", "total"),
    [
        (PHOTOGRAPHS, 3),
        (dict(zip("abc", PHOTOGRAPHS)), 3),
        (PHOTOGRAPHS[0], 1),
        (FRUITS / "Banana", 8),
        ((one for one in PHOTOGRAPHS), 0),
    ],
    ids=["list", "mapping", "bytes", "folder", "generator"],
)
def test_photographs_in_memory_are_counted(tiny, images, total):
    events = []
    table = pomona.Featurizer(**tiny)(images, progress=events.append)
    assert {one.total for one in events} == {total}
    assert is_sound(events)
    assert events[-1] == pomona.ProgressEvent("extract", len(table), total, True)


def test_predictions_are_counted(output):
    events = []
    pomona.predict(FRUITS / "Banana", output, progress=events.append)
    assert is_sound(events)
    assert events[-1] == pomona.ProgressEvent("predict", 8, 8, True)


def test_the_last_stage_of_verbs_in_memory_ends(tiny):
    for_extract, for_train, for_evaluate = [], [], []
    table = pomona.extract(FRUITS, **tiny, progress=for_extract.append)
    bundle = pomona.train(table, models=tiny["models"], progress=for_train.append)
    pomona.evaluate(bundle, FRUITS, progress=for_evaluate.append)
    assert is_sound(for_extract) and is_sound(for_train) and is_sound(for_evaluate)


def test_what_fails_does_not_finish(tiny):
    events = []
    with pytest.raises(InvalidInputError, match="1 of 4 photographs failed"):
        pomona.Featurizer(**tiny)([*PHOTOGRAPHS, b"no image"], progress=events.append)
    assert not any(one.finished for one in events)
    features = np.zeros((3, 4), np.float32)
    with pytest.raises(InvalidInputError):
        pomona.reduce(features, components=10, progress=events.append)
    assert not any(one.finished for one in events)
