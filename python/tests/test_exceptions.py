# SPDX-License-Identifier: Apache-2.0
"""The table from kinds of errors to exceptions."""

import pickle
import re

import pytest
from places import ROOT

from pomona import errors
from pomona.errors import EXCEPTIONS, InternalError, PomonaError, raise_error

BUILT_IN = {
    "invalid_input": ValueError,
    "not_found": FileNotFoundError,
    "unavailable": OSError,
    "denied": PermissionError,
    "timed_out": TimeoutError,
    "replaced": OSError,
    "corrupt": PomonaError,
    "internal": RuntimeError,
}


def test_the_table_has_every_kind_of_the_library():
    source = (ROOT / "src" / "pomona" / "base" / "error.cpp").read_text(encoding="utf-8")
    assert set(re.findall(r'case .*return "(\w+)"', source)) == set(EXCEPTIONS)


@pytest.mark.parametrize("kind", BUILT_IN)
def test_each_is_ours_and_the_one_of_python(kind):
    with pytest.raises(BUILT_IN[kind]) as caught:
        raise_error(kind, "reading 'a': expected b, found c")
    error = caught.value
    assert isinstance(error, PomonaError)
    assert str(error) == "reading 'a': expected b, found c"
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again)) == (type(error), str(error))


def test_damage_is_neither_a_wrong_value_nor_an_error_of_the_system():
    assert not issubclass(errors.DamagedError, (ValueError, OSError))


def test_an_interrupt_is_no_error_of_ours():
    with pytest.raises(KeyboardInterrupt):
        raise_error("interrupted", "stopped as asked")


def test_an_unknown_kind_is_internal():
    with pytest.raises(InternalError, match="^what$"):
        raise_error("new", "what")
