# SPDX-License-Identifier: Apache-2.0
"""What a type checker makes of programs that use Pomona. mypy reads this; nothing runs it.

`./check` fails when a type is another one, and when a mistake that is marked `type: ignore` passes.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, assert_type

import numpy as np
from numpy.typing import NDArray

import pomona
from pomona.errors import DamagedError, PomonaError
from pomona.output import Output
from pomona.prediction import Answer, Prediction
from pomona.results import Backbone, Scan, Synchronization, Verification
from pomona.sklearn import PomonaClassifier, PomonaFeaturizer, PomonaPCA
from pomona.tables import FailureTable, FeatureTable, Predictions


def verbs(photographs: Path) -> None:
    output = pomona.run(photographs, "results", group=r"^(r\d*_)?", components=0.95, scale=False)
    assert_type(output, Output)
    assert_type(output.metrics, dict[str, Any])
    assert_type(output.labels, list[str])
    assert_type(pomona.scan({"studio": photographs}), Scan)
    assert_type(pomona.verify(output).ok, bool)
    assert_type(pomona.verify(output), Verification)
    assert_type(pomona.sync(photographs, "s3://orchard/photos"), Synchronization)
    assert_type(pomona.backbones(), list[Backbone])
    pomona.run(photographs)  # type: ignore[call-arg]  # no folder for the results
    pomona.run(photographs, "results", sise=128)  # type: ignore[call-arg]
    pomona.run(photographs, "results", precision="f16")  # type: ignore[arg-type]


def features(photographs: Path) -> None:
    table = pomona.extract(photographs, size=128, crops=["whole", "flip"])
    assert_type(table, FeatureTable)
    assert_type(table.failures, FailureTable)
    featurizer = pomona.Featurizer(size=128, progress=True)  # type: ignore[call-arg]
    assert_type(featurizer([photographs, b"\xff\xd8"], progress=False), FeatureTable)
    assert_type(featurizer.stream(photographs), Iterator[FeatureTable])
    assert_type(featurizer.transform(photographs), NDArray[np.float32])
    assert_type(featurizer.feature_count, int)


def answers(photograph: bytes, output: Output) -> None:
    bundle = pomona.Bundle(output)
    assert_type(bundle.labels, list[str])
    predictor = pomona.Predictor(bundle, fast=True)
    assert_type(predictor(photograph, top=1, language="fr"), Prediction)
    assert_type(predictor(photograph).answers, tuple[Answer, ...])
    assert_type(predictor.predict([photograph]), Predictions)
    assert_type(pomona.predict(photograph, bundle).details[0].rejected, str | None)
    predictor(photograph, language="de")  # type: ignore[arg-type]
    try:
        predictor("banana.jpg")
    except DamagedError as error:
        assert_type(error, DamagedError)
    except PomonaError as error:
        assert_type(str(error), str)


def estimators(rows: NDArray[np.float32], labels: list[str], photographs: list[Path]) -> None:
    assert_type(PomonaFeaturizer(size=128).fit(photographs), PomonaFeaturizer)
    assert_type(PomonaPCA(20).fit(rows).transform(rows), NDArray[np.float32])
    assert_type(PomonaClassifier().fit(rows, labels).predict_proba(rows), NDArray[np.float64])
