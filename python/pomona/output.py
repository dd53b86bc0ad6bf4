# SPDX-License-Identifier: Apache-2.0
"""What lies in an output folder."""

import csv
import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import quote

from pomona._command import place_of
from pomona._html import accuracy_interval, escaped, percent, table
from pomona.errors import PomonaError, raise_error

Reader = Literal["pyarrow", "polars", "duckdb"]


class Output:
    """An output folder of a verb: its files by their names, read when they are first asked for.

    docs/formats.md describes every file. Of an output in a bucket, `path` and the paths below it are
    known, and `record` where a verb has just written it; for the rest, copy it with `sync`.

    Args:
        path: The folder, or s3://bucket/prefix.
        record: What run.json holds, where it is known already.

    Example:
        >>> output = pomona.Output("results")
        >>> output.metrics["metrics"][0]["rows"]  # photographs of the test
        208
    """

    def __init__(self, path: object, record: dict[str, Any] | None = None):
        self._path = place_of(path, "path").rstrip("/") or "/"
        self._record = record
        self._metrics: dict[str, Any] | None = None

    @property
    def path(self) -> str:
        """The folder, or s3://bucket/prefix."""
        return self._path

    @property
    def is_complete(self) -> bool:
        """Whether all its files are there: of an interrupted or sharded run they may not be yet."""
        return (self._folder() / "_SUCCESS").is_file()

    @property
    def record(self) -> dict[str, Any]:
        """run.json: what was done, on what, how long it took."""
        if self._record is None:
            self._record = self._read_json("run.json")
        return self._record

    @property
    def metrics(self) -> dict[str, Any]:
        """metrics.json: how good the model is."""
        if self._metrics is None:
            self._metrics = self._read_json("metrics.json")
        return self._metrics

    @property
    def headline(self) -> dict[str, Any] | None:
        """The entry of `metrics["metrics"]` that is the headline metric, None without one.

        By group where there are groups, since near-duplicates on both sides flatter.
        """
        by_key: dict[str, dict[str, Any]] = {one["key"]: one for one in self.metrics["metrics"]}
        keys = ("by_group", "main") if "main" in by_key else ("cross_validated",)
        return next((by_key[key] for key in keys if key in by_key), None)

    @property
    def labels(self) -> list[str]:
        """The labels, in byte order: those of the photographs, or of a model those it was taught.

        Raises:
            NotFoundError: It is the output of `reduce` or `compose`, whose files do not list them.
        """
        listed = self.record.get("labels", [])
        if listed and "label" in listed[0]:
            return [one["label"] for one in listed]
        verb = self.record.get("verb")
        if verb in ("reduce", "compose"):
            raise_error("not_found", f"reading the labels of '{self._path}': {verb} lists none")
        labels: list[str] = self.metrics["labels"]
        return labels

    @property
    def failures(self) -> list[dict[str, str]]:
        """failures.csv: `path`, `stage`, `kind` and `message` of each photograph that failed."""
        with self._open("failures.csv") as file:
            return list(csv.DictReader(file))

    @property
    def bundle_path(self) -> str:
        """What a prediction needs."""
        return f"{self._path}/bundle"

    @property
    def report_path(self) -> str:
        """The page to look at."""
        return f"{self._path}/report.html"

    @property
    def features_path(self) -> str:
        """Pattern of the Parquet parts of the features, for a reader of your choice."""
        return f"{self._path}/features/*.parquet"

    @property
    def reduced_path(self) -> str:
        """Pattern of the Parquet parts of the components, for a reader of your choice."""
        return f"{self._path}/reduced/*.parquet"

    def features(self, reader: Reader | None = None) -> Any:
        """The feature table: a row for each photograph.

        Args:
            reader: What reads it: `"pyarrow"` gives a `pyarrow.Table`, whose schema says what made
                the features, `"polars"` a `polars.DataFrame`, `"duckdb"` a relation. By default the
                first that is installed.

        Raises:
            ImportError: None of them is installed.
            NotFoundError: The folder holds no features.
        """
        table = _read_parts(self._parts("features"), reader)
        is_of_arrow = hasattr(table, "replace_schema_metadata")
        if not is_of_arrow or not (self._folder() / "run.json").is_file():
            return table
        from pomona._origin import KEY, origin_of_record, origin_text

        has_test = self.record.get("counts", {}).get("test", 0) > 0
        origin = origin_of_record(self.record, has_test)
        if origin is None:
            return table
        metadata = {**(table.schema.metadata or {}), KEY: origin_text(origin)}
        return table.replace_schema_metadata(metadata)

    def reduced(self, reader: Reader | None = None) -> Any:
        """The table of principal components: a row for each photograph.

        Args:
            reader: As for `features`.

        Raises:
            ImportError: None of them is installed.
            NotFoundError: The folder holds no components.
        """
        return _read_parts(self._parts("reduced"), reader)

    def __repr__(self) -> str:
        return f"Output({self._path!r})"

    def __fspath__(self) -> str:
        return self._path

    def _repr_html_(self) -> str:
        try:
            return self._html()
        except (PomonaError, OSError, LookupError, TypeError, ValueError, AttributeError) as error:
            # A cell of a notebook that fails to show its result hides it.
            return f"<p>Output in {escaped(self._path)}: {escaped(error)}</p>"

    def _html(self) -> str:
        if self._is_remote() and self._record is None:
            return f"<p>Output in {escaped(self._path)}</p>"
        parts = [f"<p><b>{escaped(self.record.get('verb', 'output'))}</b>: {escaped(self._path)}"]
        counts = self.record.get("counts", {})
        shown = [
            key for key in ("ok", "failed", "skipped", "train", "test", "classes") if key in counts
        ]
        parts.append(
            "</p>" + table(shown, [[f"{counts[key]:,}" for key in shown]]) if shown else "</p>"
        )
        if not self._is_remote():
            parts.append(self._metrics_html())
            report = self._folder() / "report.html"
            if report.is_file():
                # A notebook's page may open what lies near it, but no file of the machine.
                near = "" if report.is_absolute() else quote(str(report))
                href = escaped(near or report.as_uri())
                parts.append(f'<p><a href="{href}">report.html</a></p>')
        return "".join(parts)

    def _metrics_html(self) -> str:
        if not (self._folder() / "metrics.json").is_file():
            return ""
        parts = []
        headline = self.headline
        if headline is not None:
            interval = accuracy_interval(headline)
            parts.append(
                f"<p><b>{percent(headline['accuracy'])}</b>{f' ({interval})' if interval else ''}, "
                f"{escaped(headline['title'])}: {escaped(headline['explanation'])}</p>"
            )
        parts.append(f"<p>{escaped(self.metrics.get('headline', ''))}</p>")
        warnings = self.metrics.get("warnings", [])
        parts += [f"<p>⚠ {escaped(one)}</p>" for one in warnings]
        return "".join(parts)

    def _is_remote(self) -> bool:
        return "://" in self._path

    def _folder(self) -> Path:
        if self._is_remote():
            raise_error(
                "invalid_input",
                f"reading '{self._path}': an output in a bucket is not read from here; copy it with "
                f"pomona.sync({self._path!r}, FOLDER) and look at pomona.Output(FOLDER)",
            )
        return Path(self._path)

    def _open(self, name: str) -> Any:
        path = self._folder() / name
        try:
            return path.open(encoding="utf-8", newline="")
        except FileNotFoundError:
            if path.parent.is_dir():
                what = "the folder is there, but this file is not in it; is it an output folder?"
            else:
                what = f"there is no folder '{path.parent}'; check the path"
            raise_error("not_found", f"reading '{path}': {what}")
        except OSError as error:
            kind = "denied" if isinstance(error, PermissionError) else "unavailable"
            raise_error(kind, f"reading '{path}': {error.strerror}")

    def _read_json(self, name: str) -> dict[str, Any]:
        with self._open(name) as file:
            try:
                value: dict[str, Any] = json.load(file)
            except ValueError as error:
                raise_error("corrupt", f"reading '{self._path}/{name}': it is no JSON: {error}")
        return value

    def _parts(self, table_name: str) -> list[str]:
        parts = sorted((self._folder() / table_name).glob("*.parquet"))
        if not parts:
            raise_error(
                "not_found",
                f"reading '{self._path}/{table_name}': expected Parquet parts, found none",
            )
        return [str(part) for part in parts]


def _read_with_pyarrow(parts: list[str]) -> Any:
    return import_module("pyarrow.dataset").dataset(parts, format="parquet").to_table()


def _read_with_polars(parts: list[str]) -> Any:
    return import_module("polars").read_parquet(parts, glob=False)


def _read_with_duckdb(parts: list[str]) -> Any:
    return import_module("duckdb").read_parquet(parts)


_READERS: Final[dict[str, Callable[[list[str]], Any]]] = {
    "pyarrow": _read_with_pyarrow,
    "polars": _read_with_polars,
    "duckdb": _read_with_duckdb,
}


def _read_parts(parts: list[str], reader: Reader | None) -> Any:
    if reader is not None and reader not in _READERS:
        raise_error(
            "invalid_input", f"reader: expected one of {', '.join(_READERS)}, found {reader!r}"
        )
    for name in [reader] if reader else _READERS:
        try:
            return _READERS[name](parts)
        except ModuleNotFoundError as error:
            if error.name is None or error.name.partition(".")[0] != name:
                raise
    wanted = reader or "pyarrow, polars or duckdb"
    raise ImportError(f"reading Parquet: expected {wanted}; pip install {reader or 'pyarrow'}")
