# SPDX-License-Identifier: Apache-2.0
"""Tables to and from other libraries by Arrow's PyCapsule interface."""

import gc
import importlib.util
import random
import subprocess
import sys
import threading
import weakref

import numpy as np
import pytest

from pomona import _core
from pomona.errors import PomonaError

needs = pytest.importorskip
REASON = "it is one of the libraries that take our tables"
FEATURES = np.arange(24, dtype=np.float32).reshape(6, 4) / 7


def columns():
    return {
        "text": ["a", None, "cc", "", "é", "longer than the twelve bytes of a view"],
        "raw": [b"a", b"", None, b"\0", b"ccc", b"d"],
        "number": [0.5, None, float("inf"), -1.0, 0.0, 2.0],
        "answers": [[("fig", 0.75), ("pêche", 0.25)], [], [], [("fig", 1.0)], [], [("kiwi", 0.5)]],
        "flag": np.array([True, False, True, True, False, False]),
        "int32": np.arange(6, dtype=np.int32),
        "int64": np.arange(6) * 2**40,
        "float32": FEATURES[:, 0].copy(),
        "float64": np.linspace(0, 1, 6),
        "features": FEATURES,
        "wide": FEATURES.astype(np.float64),
    }


def as_lists(table):
    """Every column as plain lists, whatever it is."""
    values = {name: table.column(name) for name in table.column_names}
    return {n: v.tolist() if isinstance(v, np.ndarray) else list(v) for n, v in values.items()}


def answer_rows(values):
    return [[{"label": label, "probability": p} for label, p in row] for row in values]


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
    table = _core.Table(columns())
    if library == "pyarrow":
        taken = module.table(table)
    elif library == "polars":
        taken = module.DataFrame(table)
    else:
        taken = module.from_arrow(table)
    del table
    gc.collect()
    np.ones((1000, 1000)).sum()  # what was freed would be written over
    if library == "duckdb":
        features = [row[0] for row in taken.project("features").fetchall()]
    else:
        features = (
            taken["features"].to_pylist() if library == "pyarrow" else list(taken["features"])
        )
    np.testing.assert_array_equal(np.array([list(row) for row in features]), FEATURES)


class Watched(np.ndarray):
    """An array whose end can be seen."""


def watched_matrix():
    matrix = np.zeros((4, 2), np.float32).view(Watched)
    return matrix, weakref.ref(matrix)


def test_an_array_lives_as_long_as_the_last_view_of_its_table():
    matrix, alive = watched_matrix()
    table = _core.Table({"features": matrix})
    capsule = table.__arrow_c_stream__()
    view = table.column("features")
    part = table.slice(1, 1)
    del matrix
    for name in ("table", "capsule", "view"):
        assert alive() is not None, name
        if name == "table":
            del table
        elif name == "capsule":
            del capsule
        else:
            del view
        gc.collect()
    assert alive() is not None
    del part
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


def list_types(pa):
    return [pa.list_, pa.large_list, pa.list_view, pa.large_list_view, lambda t: pa.list_(t, 4)]


@pytest.mark.parametrize("layout", range(5))
@pytest.mark.parametrize("item", ["float16", "float32", "float64"])
@pytest.mark.parametrize("batches", [1, 3])
def test_lists_are_read_in_any_layout(layout, item, batches):
    pa = needs("pyarrow", reason=REASON)
    if not hasattr(pa, "list_view"):
        pytest.skip("this pyarrow has no list views")
    values = FEATURES.astype(item)
    # Half precision reaches pyarrow as numbers of NumPy.
    rows = [list(row) if item == "float16" else row.tolist() for row in values]
    array = pa.array([rows[0], *rows], list_types(pa)[layout](getattr(pa, item)()))
    table = pa.table({"x": array.slice(1)})
    cut = pa.concat_tables([table.slice(at, 6 // batches) for at in range(0, 6, 6 // batches)])
    back = _core.read_table(cut).column("x")
    assert back.dtype == (np.float64 if item == "float64" else np.float32)
    np.testing.assert_array_equal(back, values.astype(back.dtype))


def test_half_precision_is_exact():
    pa = needs("pyarrow", reason=REASON)
    every = np.arange(2**16, dtype=np.uint16).view(np.float16)
    back = _core.read_table(pa.table({"x": pa.array(every)})).column("x")
    np.testing.assert_array_equal(back, every.astype(np.float32))
    assert np.array_equal(np.signbit(back), np.signbit(every))


def test_numbers_become_the_next_type_of_ours():
    pa = needs("pyarrow", reason=REASON)
    types = {
        "int8": np.int32,
        "uint8": np.int32,
        "int16": np.int32,
        "uint16": np.int32,
        "int32": np.int32,
        "uint32": np.int64,
        "int64": np.int64,
        "uint64": np.int64,
        "float32": np.float32,
        "float64": np.float64,
    }
    values = {name: [1, 2, 100] for name in types}
    schema = pa.schema({name: getattr(pa, name)() for name in types})
    table = _core.read_table(pa.table(values, schema=schema))
    assert {name: table.column(name).dtype for name in types} == types
    assert as_lists(table) == values
    with_null = _core.read_table(pa.table({n: [1, None, 3] for n in types}, schema=schema))
    assert as_lists(with_null) == {name: [1, None, 3] for name in types}


def random_column(pa, chance, rows):
    """Values, the type in which they are sent, and whether null may be among them."""
    kind = chance.choice(["text", "binary", "bool", "int", "float", "list"])
    if kind == "list":
        width = chance.randrange(4)
        values = [[chance.uniform(-9, 9) for _ in range(width)] for _ in range(rows)]
        # Of no rows at all only fixed_size_list knows the width, which as_lists() does not show.
        types = [pa.list_(pa.float64()), pa.large_list(pa.float64()), pa.list_(pa.float64(), width)]
        return values, chance.choice(types)
    words = ["", "fig", "pêche", "x" * 12, "y" * 13, "z" * 300]
    make, types = {
        "text": (lambda: chance.choice(words), ["string", "large_string", "dictionary"]),
        "binary": (lambda: chance.choice(words).encode(), ["binary", "large_binary"]),
        "bool": (lambda: chance.random() < 0.5, ["bool_"]),
        "int": (lambda: chance.randrange(-100, 100), ["int8", "int16", "int32", "int64"]),
        "float": (lambda: chance.uniform(-9, 9), ["float64"]),
    }[kind]
    views = {"text": "string_view", "binary": "binary_view"}.get(kind)
    if views and hasattr(pa, views):
        types = [*types, views]
    holes = chance.choice([0, 0, 0.3, 1])
    values = [None if chance.random() < holes else make() for _ in range(rows)]
    name = chance.choice(types)
    if name == "dictionary":
        return values, pa.dictionary(chance.choice([pa.int8(), pa.uint32()]), pa.string())
    return values, getattr(pa, name)()


@pytest.mark.parametrize("seed", range(150))
def test_random_tables_survive_the_way_here_and_back(seed):
    pa = needs("pyarrow", reason=REASON)
    chance = random.Random(seed)
    rows = chance.choice([0, 1, 7, 8, 9, 64, 65, chance.randrange(1000)])
    sent = {f"c{at}": random_column(pa, chance, rows) for at in range(chance.randrange(1, 6))}
    whole = pa.table({name: pa.array(values, type) for name, (values, type) in sent.items()})
    first = chance.randrange(rows + 1)
    cut = whole.slice(first, chance.randrange(rows - first + 1))
    chunk = chance.choice([1, 3, 8, 10_000])
    batches = cut.combine_chunks().to_batches(max_chunksize=chunk)
    ours = _core.read_table(pa.Table.from_batches(batches, cut.schema))
    expected = {n: v[first : first + cut.num_rows] for n, (v, _) in sent.items()}
    assert as_lists(ours) == expected

    begin = chance.randrange(cut.num_rows + 1)
    again = pa.table(ours.slice(begin, chance.randrange(cut.num_rows + 1)))
    again.validate(full=True)
    end = begin + again.num_rows
    assert again.to_pydict() == {name: values[begin:end] for name, values in expected.items()}


def test_only_wanted_columns_are_read():
    pa = needs("pyarrow", reason=REASON)
    table = pa.table({"when": pa.array([1], pa.timestamp("us")), "path": ["a"], "label": ["b"]})
    assert _core.read_table(table, ["label", "path"]).column_names == ["label", "path"]
    with pytest.raises(PomonaError, match="no column 'split'; its columns are: when, path, label"):
        _core.read_table(table, ["split"])


def test_a_batch_alone_is_read_by_its_array():
    pa = needs("pyarrow", reason=REASON)

    class Batch:
        def __arrow_c_array__(self, requested_schema=None):
            return pa.record_batch({"x": [1, 2, 3]}).slice(1).__arrow_c_array__()

    assert _core.read_table(Batch()).column("x").tolist() == [2, 3]


def test_a_struct_array_with_an_offset_is_read():
    pa = needs("pyarrow", reason=REASON)
    rows = pa.array([{"x": "a"}, {"x": "b"}, {"x": "c"}]).slice(1, 2)
    assert _core.read_table(rows).column("x") == ["b", "c"]


def refused_tables(pa):
    half = pa.array([{"x": 1}, None])
    return {
        "expected columns with names, found a single one of type int64": pa.array([1]),
        "type int64; put it into a table": pa.chunked_array([[1]]),
        "rows that are null as a whole": half,
        "'x': its type is timestamp": pa.table({"x": pa.array([1], pa.timestamp("us"))}),
        "'x': its type is list<int64>": pa.table({"x": [[1]]}),
        "'x': its type is list<…>": pa.table({"x": [[[1.0]]]}),
        "'x': its type is struct": pa.table({"x": [{"a": 1}]}),
        "'x': its type is dictionary<int64>": pa.table({"x": pa.array([1]).dictionary_encode()}),
        "'x': row 1 has a list of 2 numbers, and row 0 one of 1": pa.table(
            {"x": [[1.0], [2.0, 3.0]]}
        ),
        "'x': row 1 is null": pa.table({"x": [[1.0], None]}),
        "'x': row 0 is null": pa.table({"x": pa.array([None, [1.0]])}),
        "'x': row 1 has a null at position 0 of its list": pa.table({"x": [[1.0], [None]]}),
        "two columns 'x'": pa.table([[1], [2]], ["x", "x"]),
        "9223372036854775808": pa.table({"x": pa.array([2**63], pa.uint64())}),
    }


def test_what_cannot_be_read_is_refused_with_its_column_and_row():
    pa = needs("pyarrow", reason=REASON)
    for message, table in refused_tables(pa).items():
        with pytest.raises(PomonaError) as raised:
            _core.read_table(table)
        assert message in str(raised.value)
    with pytest.raises(PomonaError, match="cannot read a table from a dict"):
        _core.read_table({"x": [1]})


def test_a_null_in_a_later_batch_is_named_by_its_row_of_the_table():
    pa = needs("pyarrow", reason=REASON)
    table = pa.concat_tables([pa.table({"x": [[1.0]] * 5}), pa.table({"x": [[1.0], [None]]})])
    with pytest.raises(PomonaError, match="row 6 has a null at position 0"):
        _core.read_table(table)


def test_a_producer_that_fails_is_reported():
    pa = needs("pyarrow", reason=REASON)

    def batches():
        yield pa.record_batch({"x": [1]})
        raise OSError("the disk is gone")

    reader = pa.RecordBatchReader.from_batches(pa.schema({"x": pa.int64()}), batches())
    with pytest.raises(PomonaError, match="its producer failed: .*the disk is gone"):
        _core.read_table(reader)


def test_a_capsule_is_read_once_and_of_the_right_kind():
    class Same:
        capsule = _core.Table({"x": ["a"]}).__arrow_c_stream__()

        def __arrow_c_stream__(self, requested_schema=None):
            return self.capsule

    assert _core.read_table(Same()).column("x") == ["a"]
    with pytest.raises(PomonaError, match="was read already"):
        _core.read_table(Same())
    Same.capsule = _core.Table({"x": ["a"]}).__arrow_c_schema__()
    with pytest.raises(ValueError, match="PyCapsule_GetPointer"):
        _core.read_table(Same())


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
