# SPDX-License-Identifier: Apache-2.0
"""What computed features, beside them in Arrow tables: JSON under one key of the schema's metadata.

pyarrow keeps it through filters, files and joins of rows. pandas keeps the same in `DataFrame.attrs`,
which pyarrow puts into the metadata that it calls `pandas`. polars and DuckDB keep neither.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import Any, Final

from pomona.tables import FeatureOrigin, FeatureSplit

KEY: Final = "pomona.features"
_TYPES: Final[dict[str, type]] = {
    "backbone": str,
    "size": int,
    "precision": str,
    "crops": list,
    "fit": str,
    "batch": int,
    "sources": list,
}
_SPLIT_TYPES: Final[dict[str, type | tuple[type, ...]]] = {
    "kind": str,
    "holdout": (int, float),
    "group": str,
    "seed": int,
}
_SOURCE: Final = re.compile(r"([A-Za-z0-9._-]+)=")


def origin_text(origin: FeatureOrigin) -> str:
    """For the metadata."""
    return json.dumps(asdict(origin))


def origin_in(metadata: Mapping[bytes, bytes]) -> FeatureOrigin | None:
    """What made the features of a table with this metadata; None: it does not say."""
    text: Any = metadata.get(KEY.encode())
    try:
        if text is None:
            of_pandas = json.loads(metadata.get(b"pandas", b"{}"))
            text = of_pandas["attributes"][KEY]
        return _origin_of(json.loads(text))
    except (ValueError, LookupError, TypeError):
        return None


def _origin_of(values: dict[str, Any]) -> FeatureOrigin:
    given = {name: _checked(values[name], kind) for name, kind in _TYPES.items()}
    split = values["split"]
    if split is not None:
        of_split = {name: _checked(split[name], kind) for name, kind in _SPLIT_TYPES.items()}
        split = FeatureSplit(**of_split)
    given |= {name: tuple(map(str, given[name])) for name in ("crops", "sources")}
    return FeatureOrigin(**given, split=split)


def _checked(value: Any, kind: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError(value)
    return value


def origin_of_record(record: Mapping[str, Any], has_test: bool) -> FeatureOrigin | None:
    """What made the features of an output folder with this run.json; None: it does not say."""
    try:
        made, options, inputs = record["features_by"], record["options"], record["inputs"]
        if inputs["test"]:
            kind = "test_set"
        elif options["train_files"] or options["test_files"]:
            kind = "file_names"
        else:
            kind = "holdout" if has_test else "none"
        split = {name: options[name] for name in ("holdout", "group", "seed")}
        values = {name: made[name] for name in _TYPES if name != "sources"}
        values |= {"sources": _sources(inputs["images"]), "split": {"kind": kind, **split}}
        return _origin_of(values)
    except (LookupError, TypeError):
        return None


def _sources(images: str | list[str]) -> list[str]:
    """Names of places: those that they were given; of several the last part where they have none."""
    places = [images] if isinstance(images, str) else images
    names = []
    for place in places:
        named = _SOURCE.match(place)
        if named is not None:
            names.append(named[1])
        elif len(places) > 1:
            names.append(PurePosixPath(place).name)
    return names
