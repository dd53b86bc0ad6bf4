# SPDX-License-Identifier: Apache-2.0
"""tools/check_layers.py on a small repository with one planted violation at a time."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

CLEAN = {
    "src/pomona/base/error.h": "#include <string>\n",
    "src/pomona/base/json.h": "#include <nlohmann/json.hpp>\n",
    "src/pomona/image/decode.h": '#include "pomona/base/error.h"\n',
    "src/pomona/image/jpeg.cpp": '#include <jpeglib.h>\n#include "pomona/image/decode.h"\n',
    "src/pomona/learn/pca_fit.h": "#include <vector>\n",
    "src/pomona/features/tune.h": '#include "pomona/learn/pca_fit.h"\n',
    "src/pomona/storage/local_store.cpp": "#include <unistd.h>\n",
    "src/pomona/storage/local_store_test.cpp": "#include <gtest/gtest.h>\n",
    "src/pomona/predict/predict.cpp": '#include "pomona/image/decode.h"\n',
    "src/pomona/training/train.h": '#include "pomona/learn/pca_fit.h"\n',
    "cli/run.cpp": '#include <CLI/CLI.hpp>\n#include "pomona/training/train.h"\n',
}


@pytest.fixture
def check(tmp_path):
    """Lays the clean files and those given, and returns (exit code, lines printed)."""

    def lay_and_check(**planted):
        files = CLEAN | planted.get("files", {})
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        (tmp_path / "tools").mkdir()
        shutil.copy(ROOT / "tools" / "layers.txt", tmp_path / "tools")
        subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
        command = [sys.executable, ROOT / "tools" / "check_layers.py", "--root", tmp_path]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.splitlines()

    return lay_and_check


def test_clean_files_pass(check):
    code, lines = check()
    assert code == 0, lines
    assert lines == [f"{len(CLEAN)} C++ files keep to the layers"]


@pytest.mark.parametrize(
    ("file", "text", "complaint"),
    [
        ("src/pomona/base/up.h", '#include "pomona/image/decode.h"', "is of level 1"),
        ("src/pomona/image/side.h", '#include "pomona/learn/pca_fit.h"', "only lower levels"),
        ("src/pomona/table/down.cpp", '  #  include "pomona/training/train.h"', "is of level 5"),
        ("src/pomona/training/a.cpp", "#include <arrow/api.h>", "which only src/pomona/table may"),
        ("src/pomona/image/png.h", "#include <png.h>", "in a header"),
        ("src/pomona/base/more.h", "#include <nlohmann/json.hpp>", "in a header"),
        ("src/pomona/learn/b.cpp", "#include <boost/any.hpp>", "name its owner"),
        ("src/pomona/learn/c.cpp", "#include <gtest/gtest.h>", "name its owner"),
        ("src/pomona/learn/d.cpp", '#include "pomona/learn/gone.h"', "does not exist"),
        ("src/pomona/storage/e_test.cpp", "#include <png.h>", "which only src/pomona/image may"),
        ("src/pomona/news/f.cpp", "", "lies in no folder"),
        ("src/pomona/base/string_utils.cpp", "", "is called utils"),
        ("src/pomona/training/common/g.cpp", "", "is called common"),
        ("tests/helpers.py", "", "is called helpers"),
        (
            "src/pomona/predict/predict.h",
            '#include "pomona/features/tune.h"',
            "reaches src/pomona/learn/pca_fit.h by way of src/pomona/features/tune.h",
        ),
    ],
)
def test_planted_violation_is_found(check, file, text, complaint):
    code, lines = check(files={file: text + "\n"})
    assert code == 1
    assert len(lines) == 1, lines
    assert lines[0].startswith(f"{file}: ")
    assert complaint in lines[0]


def test_library_must_not_reach_another(check):
    """Evaluation stands above the tables, but in the core, which is linked without them."""
    code, lines = check(
        files={
            "src/pomona/table/schema.h": "#include <string>\n",
            "src/pomona/evaluation/plot.h": '#include "pomona/table/schema.h"\n',
            "src/pomona/output_tables/shard.h": '#include "pomona/table/schema.h"\n',
            "src/pomona/jobs/run.h": '#include "pomona/output_tables/shard.h"\n',
        }
    )
    assert code == 1
    assert lines == [
        "src/pomona/evaluation/plot.h: includes src/pomona/table/schema.h: the library core does "
        "not use tables"
    ]


def test_a_full_folder_passes(check):
    full = {f"src/pomona/csv/row_{i}.h": "#include <string>\n" for i in range(45)}
    assert check(files=full | {"src/pomona/csv/rows.csv": ""})[0] == 0


def test_one_file_more_is_too_many(check):
    code, lines = check(
        files={f"src/pomona/csv/row_{i}.h": "#include <string>\n" for i in range(46)}
    )
    assert code == 1
    assert lines == ["src/pomona/csv: holds 46 files of code, more than 45: divide it"]


def test_unknown_line_in_layers_is_an_error(tmp_path):
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "layers.txt").write_text("level 0 src\nowns src png.h\n")
    command = [sys.executable, ROOT / "tools" / "check_layers.py", "--root", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "layers.txt:2" in done.stderr
    assert "owns src png.h" in done.stderr
