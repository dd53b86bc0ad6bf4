# SPDX-License-Identifier: Apache-2.0
"""Signatures and texts of the verbs are those of the command: nothing forgotten, nothing invented."""

import inspect
import re
import subprocess
import sys

import pytest
from places import COMMAND

import pomona
from pomona import _core, options, verbs
from pomona._command import FLAGS_TO_TURN_OFF, flag_of, words_of
from pomona._models import DEFAULT_BACKBONE
from pomona._signature import takes
from pomona.errors import InvalidInputError

# The function, what it takes, and the words of the verb. What these set themselves is not an option.
VERBS = [
    (verbs.run, options.RunOptions, "run"),
    (verbs.scan, options.ScanOptions, "scan"),
    (verbs.verify, options.VerifyOptions, "verify"),
    (verbs.report, options.ReportOptions, "report"),
    (verbs.clean, options.CleanOptions, "clean"),
    (verbs.compose, options.ComposeOptions, "compose"),
    (verbs.sync, options.SyncOptions, "sync"),
    (verbs.backbones, options.ModelsOptions, "models list"),
    (pomona.extract, options.ExtractOptions, "extract"),
    (pomona.reduce, options.ReduceOptions, "reduce"),
    (pomona.train, options.TrainOptions, "train"),
    (pomona.evaluate, options.EvaluateOptions, "evaluate"),
]
OWN = {"json", "out"}
# What functions take beside options of the command.
_OF_ROWS = {"labels", "test", "groups"}
_OF_FEATURES = {"backbone", "size", "precision", "fit", "crops", "batch"}
BESIDE = {
    pomona.extract: {"out"},
    pomona.reduce: {"out"},
    pomona.train: {"out", "holdout", *_OF_ROWS, *_OF_FEATURES},
    pomona.evaluate: _OF_ROWS | _OF_FEATURES - {"batch", "precision"},
}


def shown(verb):
    """Options of a verb, with their defaults as `--show-config` prints them, "" without one."""
    done = subprocess.run([COMMAND, *verb.split(), "--show-config"], capture_output=True, text=True)
    section = done.stdout.partition("\n[")[2].partition("]\n")[2]
    lines = re.findall(r"^(?:# )?([\w-]+) =(.*?) *# (?:default|not set).*$", section, re.MULTILINE)
    assert lines, done.stderr
    return {name: value.strip(" '") for name, value in lines}


@pytest.mark.parametrize(("function", "kind", "verb"), VERBS)
def test_options_are_those_of_the_command(function, kind, verb):
    ours = {flag_of(name) for name in kind.__annotations__}
    assert ours == {f"--{name}" for name in shown(verb).keys() - OWN}
    parameters = inspect.signature(function).parameters
    assert set(kind.__annotations__) <= set(parameters)
    named = {one.name for one in parameters.values() if one.kind is one.KEYWORD_ONLY}
    assert named - {"progress"} == set(kind.__annotations__) | BESIDE.get(function, set())
    assert not [one for one in parameters.values() if one.kind is one.VAR_KEYWORD]


def test_the_default_backbone_is_that_of_the_core():
    assert pomona.Featurizer()._options.backbone == DEFAULT_BACKBONE
    assert _core.ExtractOptions().backbone == DEFAULT_BACKBONE
    documents = [text for text in map(inspect.getdoc, {one for one, _, _ in VERBS}) if text]
    said = sum(f'"{DEFAULT_BACKBONE}"' in text for text in documents)
    assert said == sum("backbone" in kind.__annotations__ for _, kind, _ in VERBS)


def texts_of(function):
    """What the docstring says of each parameter."""
    text = inspect.getdoc(function)
    arguments = text.partition("Args:\n")[2].partition("\n\n")[0]
    pieces = re.split(r"^    (\w+): ", arguments, flags=re.MULTILINE)[1:]
    return {name: " ".join(text.split()) for name, text in zip(pieces[::2], pieces[1::2])}


@pytest.mark.parametrize(("function", "kind", "verb"), VERBS)
def test_docstrings_explain_every_parameter_and_give_its_default(function, kind, verb):
    texts = texts_of(function)
    assert list(texts) == list(inspect.signature(function).parameters)
    defaults = shown(verb)
    for name in kind.__annotations__:
        default = defaults[flag_of(name).removeprefix("--")]
        if default in ("true", "false"):
            default = str((default == "true") is not (name in FLAGS_TO_TURN_OFF))
            assert f"{default} by default" in texts[name], name
        elif default.startswith("["):
            assert f'"{default[2:-2]}"' in texts[name], name
        elif default and name != "seed":
            number = f"{int(default):,}" if default.isdigit() and len(default) > 4 else default
            assert re.search(rf'\b{re.escape(number)}("`)?( by default|, the default)', texts[name])


@pytest.mark.parametrize("function", [function for function, _, _ in VERBS])
def test_public_verbs_give_an_example(function):
    if function.__name__.startswith("_"):
        return
    text = inspect.getdoc(function)
    assert "Returns:\n" in text and re.search(r">>> (\w+ = )?pomona\.", text)


def test_an_option_that_does_not_exist_is_a_type_error():
    with pytest.raises(TypeError, match=r"run\(\) got an unexpected.*'sise'. Did you mean 'size'"):
        verbs.run("a", "b", sise=3)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'out'"):
        verbs.run("a")


def test_words_of_options():
    words = words_of(
        {
            "size": 128,
            "c": 0.5,
            "from_": "earlier",
            "force": True,
            "by_hash": False,
            "previews": False,
            "scale": True,
            "group": None,
            "crops": ["whole", "flip"],
            "studio": "a,b",
            "test": ["x", "y"],
        },
        repeated=("test",),
    )
    assert words == [
        "--size=128",
        "--c=0.5",
        "--from=earlier",
        "--force=true",
        "--by-hash=false",
        "--no-previews=true",
        "--no-scale=false",
        "--crops=whole,flip",
        "--studio=a,b",
        "--test=x",
        "--test=y",
    ]
    with pytest.raises(InvalidInputError, match="NUL"):
        words_of({"group": "a\0b"})
    with pytest.raises(InvalidInputError, match="expected text, a path or a number, found dict"):
        words_of({"group": {}})


def test_numbers_of_numpy_are_numbers():
    numpy = pytest.importorskip("numpy")
    words = words_of({"size": numpy.int64(96), "holdout": numpy.float32(0.25)})
    assert words == ["--size=96", "--holdout=0.25"]


def test_without_docstrings_it_works():
    code = "from pomona import verbs; import inspect; print(verbs.run.__doc__)"
    done = subprocess.run([sys.executable, "-OO", "-c", code], capture_output=True, text=True)
    assert done.stdout == "None\n", done.stderr


def test_takes_keeps_name_and_module():
    @takes(options.CleanOptions)
    def tidy(out, **given):
        """Tidies."""
        return out, given

    assert (tidy.__name__, tidy.__doc__) == ("tidy", "Tidies.")
    assert tidy("x", dry_run=True) == ("x", {"dry_run": True})


WRONG = """
import pomona.verbs as v
from pomona.output import Output
out: Output = v.run("a", "b", size=3, crops=["whole"], progress=False)
v.run("a", "b", size="3")
v.run("a", "b", sise=3)
v.scan(["a"], precision="f32")
"""


def test_type_checkers_see_the_options(tmp_path):
    pytest.importorskip("mypy")
    (tmp_path / "wrong.py").write_text(WRONG)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path / "cache"]
    done = subprocess.run([*command, tmp_path / "wrong.py"], capture_output=True, text=True)
    assert re.findall(r"wrong.py:(\d+): error: .*\[(.*)\]", done.stdout) == [
        ("5", "arg-type"),
        ("6", "call-arg"),
        ("7", "call-arg"),
    ]
