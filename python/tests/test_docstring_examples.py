# SPDX-License-Identifier: Apache-2.0
"""The examples in docstrings of verbs, in their order, as a reader would type them."""

import doctest
from types import SimpleNamespace

import pytest
from places import ROOT

from pomona import output, verbs

IN_ORDER = ["run", "scan", "verify", "report", "clean", "compose", "sync", "backbones"]


def test_examples_print_what_they_show(tmp_path, monkeypatch):
    if "efficientnet-lite0" not in [one.name for one in verbs.backbones()]:
        pytest.skip("the default backbone is not installed: run ./check")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sample").symlink_to(ROOT / "sample")
    functions = {name: getattr(verbs, name) for name in IN_ORDER}
    names = {"pomona": SimpleNamespace(**functions, Output=output.Output)}
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner()
    for name, described in {**functions, "Output": output.Output}.items():
        test = parser.get_doctest(described.__doc__, dict(names), name, None, 0)
        assert test.examples, name
        said: list[str] = []
        assert runner.run(test, out=said.append).failed == 0, "".join(said)
