# SPDX-License-Identifier: Apache-2.0
"""Tables of other libraries, read by Arrow's PyCapsule interface."""

import random

import numpy as np
import pytest
from arrow_columns import FEATURES, REASON, as_lists, needs

from pomona import _core
from pomona.errors import PomonaError

LISTS = {
    "fixed_size_list": lambda pa, item: pa.list_(item, 4),
    "list": lambda pa, item: pa.list_(item),
    "large_list": lambda pa, item: pa.large_list(item),
    "list_view": lambda pa, item: pa.list_view(item),
    "large_list_view": lambda pa, item: pa.large_list_view(item),
}


@pytest.mark.parametrize("layout", LISTS)
@pytest.mark.parametrize("item", ["float16", "float32", "float64"])
@pytest.mark.parametrize("batches", [1, 3])
def test_lists_are_read_in_any_layout(layout, item, batches):
    pa = needs("pyarrow", reason=REASON)
    if "view" in layout and not hasattr(pa, layout):
        pytest.skip(f"this pyarrow has no {layout}")
    values = FEATURES.astype(item)
    # Half precision reaches pyarrow as numbers of NumPy.
    rows = [list(row) if item == "float16" else row.tolist() for row in values]
    array = pa.array([rows[0], *rows], LISTS[layout](pa, getattr(pa, item)()))
    table = pa.table({"x": array.slice(1)})
    cut = pa.concat_tables([table.slice(at, 6 // batches) for at in range(0, 6, 6 // batches)])
    back = _core.read_table(cut).column("x")
    assert back.dtype == (np.float64 if item == "float64" else np.float32)
    np.testing.assert_array_equal(back, values.astype(back.dtype))


def test_lists_over_a_part_of_their_items_are_read():
    pa = needs("pyarrow", reason=REASON)
    items = pa.array(range(20), pa.float32()).slice(3)
    tables = {
        "list": pa.ListArray.from_arrays(pa.array([1, 3, 5, 7], pa.int32()), items),
        "fixed": pa.FixedSizeListArray.from_arrays(items.slice(1, 6), 2),
    }
    for name, lists in tables.items():
        for table in (pa.table({"x": lists}), pa.concat_tables([pa.table({"x": lists})] * 2)):
            back = _core.read_table(table).column("x")
            assert back[-3:].tolist() == [[4, 5], [6, 7], [8, 9]], name


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
            return pa.RecordBatch.from_pydict({"x": [1, 2, 3]}).slice(1).__arrow_c_array__()

    assert _core.read_table(Batch()).column("x").tolist() == [2, 3]


def test_a_struct_array_with_an_offset_is_read():
    pa = needs("pyarrow", reason=REASON)
    rows = pa.array([{"x": "a"}, {"x": "b"}, {"x": "c"}]).slice(1, 2)
    assert _core.read_table(rows).column("x") == ["b", "c"]


def refused_tables(pa):
    half = pa.array([{"x": 1}, None])
    return {
        "expected columns with names, found a single one of type int64": pa.array([1]),
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


def malformed(pa, kind, wrong, text=None, items=None):
    """An array, its buffer of int32, and what that is to become once pyarrow has looked at it."""
    words = np.zeros(len(wrong), np.int32)
    rows = len(words) // 4 if kind == "string_view" else len(words) - 1
    made = pa.list_(pa.float32()) if kind == "list" else getattr(pa, kind)()
    buffers = [None, pa.py_buffer(words)] + ([pa.py_buffer(text)] if text else [])
    array = pa.Array.from_buffers(made, rows, buffers, children=items)
    return array, words, wrong


def index_of(pa, *indices):
    """The same, of a dictionary of two values."""
    words = np.zeros(len(indices), np.int32)
    array = pa.Array.from_buffers(pa.int32(), len(words), [None, pa.py_buffer(words)])
    array = pa.DictionaryArray.from_arrays(array, pa.array(["a", "b"]))
    return array, words, indices


def two(pa):
    return [pa.array([1.0, 2.0], pa.float32())]


ASCEND = "its offsets do not ascend"
VIEW = "a view points outside its buffers"
MALFORMED = [
    (ASCEND, lambda pa: malformed(pa, "string", [0, 5, 3], b"abcde")),
    (ASCEND, lambda pa: malformed(pa, "binary", [-1, 3], b"abcde")),
    ("row 1 has the index 2 of a dictionary of 2 values", lambda pa: index_of(pa, 0, 2)),
    ("row 0 has the index -1 of a dictionary of 2 values", lambda pa: index_of(pa, -1, 2)),
    (
        "the list in row 1 reaches beyond",
        lambda pa: malformed(pa, "list", [0, 1, 3], items=two(pa)),
    ),
    ("the list in row 0 reaches beyond", lambda pa: malformed(pa, "list", [1, 0], items=two(pa))),
    (VIEW, lambda pa: malformed(pa, "string_view", [20, 0, 0, 1], b"x" * 20)),
    (VIEW, lambda pa: malformed(pa, "string_view", [20, 0, 1, 0], b"x" * 20)),
    (VIEW, lambda pa: malformed(pa, "string_view", [20, 0, -1, 0], b"x" * 20)),
    (VIEW, lambda pa: malformed(pa, "string_view", [-1, 0, 0, 0], b"x" * 20)),
]


@pytest.mark.parametrize(("message", "make"), MALFORMED)
def test_what_a_malformed_array_points_to_is_not_followed(message, make):
    pa = needs("pyarrow", reason=REASON)
    if message == VIEW and not hasattr(pa, "string_view"):
        pytest.skip("this pyarrow has no string_view")
    array, words, wrong = make(pa)
    table = pa.table({"x": array})
    words[:] = wrong
    with pytest.raises(PomonaError, match=message):
        _core.read_table(table)


def test_a_producer_that_fails_is_reported():
    pa = needs("pyarrow", reason=REASON)

    def batches():
        yield pa.RecordBatch.from_pydict({"x": [1]})
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
