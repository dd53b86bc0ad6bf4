# SPDX-License-Identifier: Apache-2.0
"""Our tables in other libraries, by Arrow's PyCapsule interface, and how long their memory lives."""

import gc
import importlib.util
import subprocess
import sys
import threading
import weakref

import numpy as np
import pytest
from arrow_columns import FEATURES, REASON, answer_rows, as_lists, columns, needs

from pomona import _core
from pomona.errors import PomonaError


def test_columns_come_back_as_they_were_given():
    table = _core.Table(columns())
    assert table.num_rows == 6
    assert table.column_names == list(columns())
    for name, values in columns().items():
        back = table.column(name)
        assert type(back) is type(values), name
        if isinstance(values, np.ndarray):
            assert back.dtype == values.dtype and not back.flags.writeable, name
            np.testing.assert_array_equal(back, values)
        else:
            assert back == values, name


@pytest.mark.parametrize(("offset", "length"), [(0, 6), (1, 3), (5, 1), (2, 0), (4, 99), (9, 1)])
def test_slices_have_the_rows_that_there_are(offset, length):
    whole = as_lists(_core.Table(columns()))
    part = as_lists(_core.Table(columns()).slice(offset, length))
    assert part == {name: values[offset : offset + length] for name, values in whole.items()}


def test_numbers_are_not_copied():
    matrix = np.random.default_rng(1).random((5, 3), np.float32)
    ints = np.arange(5)
    table = _core.Table({"features": matrix, "ints": ints})
    assert table.column("features").ctypes.data == matrix.ctypes.data
    assert table.column("ints").ctypes.data == ints.ctypes.data
    assert table.slice(2, 2).column("features").ctypes.data == matrix[2:].ctypes.data

    pa = needs("pyarrow", reason=REASON)
    arrow = pa.table(table)
    assert arrow["features"].chunk(0).values.buffers()[1].address == matrix.ctypes.data
    assert arrow["ints"].chunk(0).buffers()[1].address == ints.ctypes.data
    back = _core.read_table(arrow)
    assert back.column("features").ctypes.data == matrix.ctypes.data
    assert back.column("ints").ctypes.data == ints.ctypes.data


def test_pyarrow_takes_every_column():
    pa = needs("pyarrow", reason=REASON)
    arrow = pa.table(_core.Table(columns()))
    arrow.validate(full=True)
    answer = pa.struct([("label", pa.string()), ("probability", pa.float64())])
    assert arrow.schema == pa.schema(
        {
            "text": pa.string(),
            "raw": pa.binary(),
            "number": pa.float64(),
            "answers": pa.list_(answer),
            "flag": pa.bool_(),
            "int32": pa.int32(),
            "int64": pa.int64(),
            "float32": pa.float32(),
            "float64": pa.float64(),
            "features": pa.list_(pa.float32(), 4),
            "wide": pa.list_(pa.float64(), 4),
        }
    )
    expected = as_lists(_core.Table(columns()))
    expected["answers"] = answer_rows(expected["answers"])
    assert arrow.to_pydict() == expected
    assert arrow.slice(1, 3).equals(pa.table(_core.Table(columns()).slice(1, 3)))
    nothing = pa.table(_core.Table(columns()).slice(6, 0))
    assert nothing.schema == arrow.schema and nothing.num_rows == 0


def test_pyarrow_reads_the_schema_alone():
    pa = needs("pyarrow", reason=REASON)
    table = _core.Table(columns())
    assert pa.schema(table) == pa.table(table).schema


def test_polars_takes_every_column_and_gives_it_back():
    pl = needs("polars", reason=REASON)
    frame = pl.DataFrame(_core.Table(columns()))
    assert frame["features"].dtype == pl.Array(pl.Float32, 4)
    assert frame["answers"].to_list() == answer_rows(columns()["answers"])
    assert as_lists(_core.read_table(frame.drop("answers"))) == {
        name: values
        for name, values in as_lists(_core.Table(columns())).items()
        if name != "answers"
    }
    labels = frame.select(pl.col("text").cast(pl.Categorical))
    assert _core.read_table(labels).column("text") == columns()["text"]


def test_pandas_takes_columns_and_gives_them_back():
    needs("pyarrow", reason="pandas reads Arrow by it")
    pd = needs("pandas", reason=REASON)
    if not hasattr(pd.DataFrame, "from_arrow"):
        pytest.skip("pandas before 3.0 has no DataFrame.from_arrow")
    frame = pd.DataFrame.from_arrow(_core.Table(columns()))
    assert frame["text"].tolist()[2:] == columns()["text"][2:] and frame["text"].isna()[1]
    np.testing.assert_array_equal(np.stack(frame["features"]), FEATURES)
    kinds = pd.DataFrame({"kind": pd.Categorical(["fig", "kiwi", "fig"]), "count": [1, 2, 3]})
    table = _core.read_table(kinds)
    assert table.column("kind") == ["fig", "kiwi", "fig"]
    assert table.column("count").tolist() == [1, 2, 3]


def test_duckdb_takes_columns_and_gives_them_back():
    duckdb = needs("duckdb", reason=REASON)
    fruits = _core.Table(columns())
    found = duckdb.from_arrow(fruits).filter("int32 >= 4").project("text, features[2], answers")
    assert found.fetchall() == [
        ("é", FEATURES[4, 1], []),
        (columns()["text"][5], FEATURES[5, 1], answer_rows(columns()["answers"])[5]),
    ]
    back = _core.read_table(duckdb.sql("SELECT 'fig' AS label, [1.5::FLOAT, 2] AS features"))
    assert as_lists(back) == {"label": ["fig"], "features": [[1.5, 2]]}


@pytest.mark.parametrize("library", ["pyarrow", "polars", "duckdb"])
def test_what_a_consumer_holds_outlives_the_table(library):
    module = needs(library, reason=REASON)
    texts = [f"{at} of many texts" for at in range(10_000)]
    numbers = np.random.default_rng(7).random((10_000, 2), np.float32)
    table = _core.Table({"text": list(texts), "numbers": numbers.copy()})
    if library == "pyarrow":
        taken = module.table(table)
    elif library == "polars":
        taken = module.DataFrame(table)
    else:
        taken = module.from_arrow(table)
    del table
    gc.collect()
    # What was freed is written over.
    others = [_core.Table({"text": ["x" * 17] * 10_000, "x": np.ones((10_000, 2))}) for _ in "12"]
    back = _core.read_table(taken)
    assert back.column("text") == texts
    np.testing.assert_array_equal(back.column("numbers"), numbers)
    del others


class Watched(np.ndarray):
    """An array whose end can be seen."""


def watched_matrix():
    matrix = np.zeros((4, 2), np.float32).view(Watched)
    return matrix, weakref.ref(matrix)


HOLDERS = {
    "table": lambda table: table,
    "slice": lambda table: table.slice(1, 1),
    "column": lambda table: table.column("features"),
    "stream": lambda table: table.__arrow_c_stream__(),
    "read again": lambda table: _core.read_table(table),
}


@pytest.mark.parametrize("holder", HOLDERS)
def test_an_array_lives_as_long_as_anything_of_its_table(holder):
    matrix, alive = watched_matrix()
    held = HOLDERS[holder](_core.Table({"features": matrix}))
    del matrix
    gc.collect()
    assert alive() is not None
    del held
    gc.collect()
    assert alive() is None


def test_a_foreign_table_lives_as_long_as_what_was_read_of_it():
    pa = needs("pyarrow", reason=REASON)
    before = pa.total_allocated_bytes()
    arrow = pa.table({"x": pa.array(np.arange(1000.0).tolist())})
    values = _core.read_table(arrow).column("x")
    del arrow
    gc.collect()
    assert pa.total_allocated_bytes() > before
    assert values.tolist() == np.arange(1000.0).tolist()
    del values
    gc.collect()
    assert pa.total_allocated_bytes() == before


def test_a_consumer_releases_on_threads_of_its_own():
    pa = needs("pyarrow", reason=REASON)
    for _ in range(50):
        matrix, alive = watched_matrix()
        held = [pa.table(_core.Table({"features": matrix}))]
        del matrix
        thread = threading.Thread(target=held.clear)
        thread.start()
        thread.join()
        assert alive() is None


IMPORTS = {
    "first": ["pyarrow", "pomona._core"],
    "last": ["pomona._core", "pyarrow"],
    "never": ["pomona._core"],
}


@pytest.mark.parametrize("order", IMPORTS)
def test_pyarrow_is_imported_first_last_or_never(order):
    if order != "never":
        needs("pyarrow", reason=REASON)
    program = "".join(f"import {name}\n" for name in IMPORTS[order])
    program += (
        "import sys\n"
        "table = pomona._core.Table({'x': ['a', None]})\n"
        "again = pomona._core.read_table(table)\n"
        "assert again.column('x') == ['a', None]\n"
        "if 'pyarrow' in sys.modules:\n"
        "    assert pyarrow.table(again).to_pydict() == {'x': ['a', None]}\n"
        "print(sorted({'pyarrow'} & set(sys.modules)))\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.strip() == ("[]" if order == "never" else "['pyarrow']")


def test_the_interpreter_ends_while_tables_are_held_and_read():
    pa = "pyarrow" if importlib.util.find_spec("pyarrow") else "builtins"
    program = (
        f"import atexit, threading, time, numpy as np, {pa} as library\n"
        "held = []\n"
        "atexit.register(held.clear)\n"  # runs after ours
        "from pomona import _core\n"
        "def make():\n"
        "    return _core.Table({'x': np.zeros((9, 9), np.float32)})\n"
        "if hasattr(library, 'table'):\n"
        "    held.append(library.table(make()))\n"
        "    library.held = library.table(make())\n"
        "library.also_held = make().column('x')\n"
        "def churn():\n"  # of pyarrow's own such threads would end the process
        "    while True:\n"
        "        _core.read_table(make())\n"
        "for _ in range(4):\n"
        "    threading.Thread(target=churn, daemon=True).start()\n"
        "time.sleep(0.05)\n"
    )
    for _ in range(3):
        ran = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60)
        assert (ran.returncode, ran.stderr) == (0, b"")


def test_what_is_no_column_is_refused():
    wrong = {
        "'x' has 2 rows, 'y' has 1": {"x": ["a", "b"], "y": ["a"]},
        "expected str, bytes, float or \\[\\(str, float\\)\\] in row 0, found int": {"x": [1]},
        "expected str or None in row 1, found bytes": {"x": ["a", b"b"]},
        "expected a list of \\(label, probability\\) in row 0, found tuple": {"x": [[("a",)]]},
        "lone surrogates": {"x": ["\udc80"]},
        "is too large for a double": {"x": [0.5, 10**400]},
        "dtype uint8 with 1 dimensions": {"x": np.zeros(2, np.uint8)},
        "dtype float64 with 3 dimensions": {"x": np.zeros((1, 1, 1))},
        "ascontiguousarray": {"x": np.zeros((4, 4))[:, :2]},
        "found a ndarray of another type": {"x": np.zeros(2, ">f4")},
        "found str": {"x": "abc"},
    }
    for message, given in wrong.items():
        with pytest.raises(PomonaError, match=message):
            _core.Table(given)
    with pytest.raises(PomonaError, match="there is no type 'text'"):
        _core.Table({"x": []}, {"x": "text"})
