# SPDX-License-Identifier: Apache-2.0
"""Options of another type: the message names the field, what it takes, and what was found."""

import numpy as np
import pytest
from pictures import jpeg
from places import FRUITS

import pomona
from pomona.errors import InvalidInputError

WRONG = [
    ({"max_decode_memory": "5"}, "max_decode_memory: expected a whole number, found str '5'"),
    ({"max_decode_memory": 0.5}, "max_decode_memory: expected a whole number, found float 0.5"),
    ({"max_decode_memory": 2**60}, f"max_decode_memory: expected MiB in range, found {2**60}"),
    ({"max_pixels": "many"}, "max_pixels: expected a whole number, found str 'many'"),
    ({"max_pixels": -1}, "max_pixels: expected a whole number in range, found int -1"),
    ({"max_damage": "half"}, "max_damage: expected a number, found str 'half'"),
    ({"workers": 1.5}, "workers: expected a whole number, found float 1.5"),
    ({"size": "64"}, "size: expected a whole number, found str '64'"),
    ({"batch": True}, "batch: expected a whole number, found bool True"),
    ({"backbone": None}, "backbone: expected a text, found None"),
    ({"fit": 3}, "fit: expected a text, found int 3"),
    ({"crops": None}, "crops: expected a text or a list of texts, found NoneType None"),
    ({"crops": [3]}, r"crops: expected a text or a list of texts, found list \[3\]"),
]


@pytest.mark.parametrize(("options", "message"), WRONG, ids=str)
def test_a_message_names_one_field(options, message):
    with pytest.raises(InvalidInputError, match=f"^{message}$"):
        pomona.Featurizer(**options)


@pytest.mark.parametrize("share", [None, "0.1", True])
def test_a_share_of_failures_is_a_number(tiny, share):
    with pytest.raises(InvalidInputError, match="^max_failures: expected a number, found "):
        pomona.Featurizer(**tiny)([jpeg(1)], max_failures=share)


def test_a_long_value_is_not_printed_in_full():
    with pytest.raises(InvalidInputError) as caught:
        pomona.Featurizer(size="5" * 100_000)
    assert len(str(caught.value)) < 200


def test_a_bundle_is_saved_into_a_folder(output):
    with pytest.raises(InvalidInputError, match="saving a bundle: expected a path, found NoneType"):
        pomona.Bundle(output.path).save(None)


def test_integers_of_numpy_are_integers(output, tiny):
    two = np.int64(2)
    assert len(pomona.Featurizer(**tiny, workers=two, batch=two)([jpeg(1)])) == 1
    predictor = pomona.Predictor(output.path, workers=two, max_decode_memory=np.int32(160))
    assert len(predictor.predict([jpeg(1)], two)) == 1
    with pytest.raises(InvalidInputError, match="^workers: expected a whole number, found float"):
        pomona.Predictor(output.path, workers=1.5)


@pytest.mark.parametrize("components", [1.0, np.float32(1), 200.0, 0.0, True])
def test_a_share_of_the_variance_is_below_one(components):
    rows = np.random.default_rng(0).normal(size=(20, 5)).astype(np.float32)
    with pytest.raises(InvalidInputError, match="components: expected a"):
        pomona.reduce(rows, components=components)
    assert pomona.reduce(rows, components=np.int64(3))["pca_features"].shape == (20, 3)


def test_an_option_of_a_verb_in_memory_has_its_type(tiny):
    for options, message in (
        ({"holdout": "half"}, "holdout: expected a number, found str 'half'"),
        ({"seed": 0.5}, "seed: expected a whole number, found float 0.5"),
        ({"include_hidden": "no"}, "include_hidden: expected True or False, found str 'no'"),
        ({"group": 3}, "group: expected a text, found int 3"),
    ):
        with pytest.raises(InvalidInputError, match=f"^{message}$"):
            pomona.extract(FRUITS, **options, **tiny)
