# SPDX-License-Identifier: Apache-2.0
"""Help, version and progress: what a newcomer meets first."""

import os
import pty
import re
import shutil
import subprocess

import pytest
from command import BINARY, TINY_ONNX, USAGE
from tables import words

VERBS = words("run scan extract reduce train evaluate predict report verify models doctor bench")
VERBS += words("compose sync clean")
FOR_PROGRAMS = ["read"]
OF_MODELS = ["models list", "models install", "models import"]


def help_of(pomona, path):
    return pomona(*path.split(), "--help").text


def test_version(pomona):
    assert re.fullmatch(r"pomona \d+\.\d+\.\d+\n", pomona("--version").text)


def test_help_names_every_verb_and_the_exit_codes(pomona):
    text = pomona("--help").text
    for verb in VERBS:
        assert re.search(rf"^  {verb} ", text, re.MULTILINE), verb
    for code in ("0", "1", "2", "3", "4", "5", "70", "130"):
        assert re.search(rf"^ +{code}  ", text, re.MULTILINE), code
    assert "pomona run PHOTOGRAPHS --out RESULTS" in text


def test_a_verb_is_needed(pomona):
    pomona.refuses(code=USAGE, tells=["--help"])
    pomona.refuses("rnu", code=USAGE, tells=["rnu", "--help"])


def test_verbs_for_programs_are_not_in_the_list(pomona):
    assert not re.search(r"^  read ", pomona("--help").text, re.MULTILINE)


@pytest.mark.parametrize("path", ["", *VERBS, *FOR_PROGRAMS, *OF_MODELS])
def test_help_is_readable(pomona, path):
    text = help_of(pomona, path)
    assert max(map(len, text.splitlines())) <= 80
    assert text.isprintable() or set(re.sub("[ -~…×°–]", "", text)) <= {"\n"}
    assert "\n\n\n" not in text and " in [" not in text and "{" not in text
    assert "[options]" in text
    assert not re.search(r"[ \t]$", text, re.MULTILINE)


@pytest.mark.parametrize("path", [*VERBS, *FOR_PROGRAMS, *OF_MODELS])
def test_help_explains_every_option(pomona, path):
    text = help_of(pomona, path)
    names = set(re.findall(r"--[a-z][a-z-]+", text))
    for name in names:
        assert re.search(rf"^  (-\w, ?)?{name}\b", text, re.MULTILINE), name
    assert "--help" in names


def test_run_has_all_the_options_promised(pomona):
    text = help_of(pomona, "run")
    promised = words(
        "--out --backbone --size --precision --fit --components --no-scale --classifier --test "
        "--holdout --train-files --test-files --group --workers --seed --max-failures --force "
        "--json --no-previews"
    )
    assert [name for name in promised if f"  {name} " not in text and f",{name} " not in text] == []
    for default in ("efficientnet-lite0", "auto", "squash", "200", "logistic", "0.2", "0.1"):
        assert default in text


def test_models_lie_beside_the_program_or_with_the_data_of_the_user(tmp_path):
    program = tmp_path / "bin" / "pomona"
    program.parent.mkdir()
    shutil.copy(BINARY, program)
    environment = {"HOME": str(tmp_path / "home")}

    def place():
        done = subprocess.run([program, "models", "list"], env=environment, capture_output=True)
        return done.stdout.decode().removeprefix("none in ").partition(";")[0]

    assert place() == f"{tmp_path}/home/.local/share/pomona/models"
    environment["XDG_DATA_HOME"] = str(tmp_path / "data")
    assert place() == f"{tmp_path}/data/pomona/models"
    (tmp_path / "models").mkdir()
    assert place() == f"{tmp_path}/models"
    environment["POMONA_MODELS"] = str(tmp_path / "mine")
    assert place() == str(tmp_path / "mine")


def test_an_empty_folder_of_models_is_none(tiny, noise, tmp_path):
    for verb in (["run", noise, "--out", tmp_path / "out"], ["models", "import", TINY_ONNX]):
        words = ["--name", "t", "--size", "32", "--output", "features"] if "import" in verb else []
        tiny.refuses(*verb, *words, "--models", "", code=USAGE, tells=["models: ", "(--models)"])
    assert not (tmp_path / "out").exists()


def on_terminal(tiny, *words):
    """What the command writes to a terminal of 100 columns."""
    ours, theirs = pty.openpty()
    process = tiny.start(*words, stderr=theirs, stdout=theirs)
    os.close(theirs)
    text = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:
            break
        text += piece
    os.close(ours)
    assert process.wait() == 0, text
    return text.decode()


def test_progress_is_a_bar_on_a_terminal(tiny, noise, tmp_path):
    text = on_terminal(tiny, "run", noise, "--out", tmp_path / "out", "--backbone", "tiny")
    assert "\r\x1b[K" in text and "extract" in text
    last = re.split(r"[\r\n]+", re.sub(r"\x1b\[K", "", text).strip())
    assert last[-1].startswith("Report: ")


def test_nothing_moves_in_a_log(tiny, noise, tmp_path):
    done = tiny("run", noise, "--out", tmp_path / "out", "--backbone", "tiny")
    assert b"\r" not in done.err and b"\x1b" not in done.err + done.out
    assert done.text.splitlines()[-1] == f"Report: {tmp_path}/out/report.html"


def test_log_timing_tells_the_stages(tiny, noise, tmp_path):
    done = tiny("run", noise, "--out", tmp_path / "out", "--backbone", "tiny", "--log-timing")
    stages = re.findall(r"^(\w+): .*\d\.\d\d s$", done.message, re.MULTILINE)
    assert stages == words(
        "prepare scan compare extract reduce train evaluate baselines tsne bundle report"
    )
