# SPDX-License-Identifier: Apache-2.0
"""./check with every tool replaced by a stub: what runs, what it says, how it ends."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("clang-format", "cmake", "ctest", "g++", "npm", "python", "ruff", "shellcheck")
OWN_TOOLS = ("setup", "check_layers.py", "lint_cpp.py", "count_tests.py", "spark", "wheel")
PACKAGE_PYTHON = "build/wheel/cp311/python/bin/python"  # which tools/wheel --for-tests makes
PYTEST_XML = """<testsuites><testsuite>
<testcase classname="a" name="b"/>
<testcase classname="a" name="c"><skipped message="no data"/></testcase>
<testcase classname="a" name="d"><failure message="no"/></testcase>
</testsuite></testsuites>"""
CTEST_XML = """<testsuite>
<testcase name="image.One" status="run"/>
<testcase name="image.Two" status="fail"><failure message=""/></testcase>
<testcase name="image.Three" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
<system-out>image_test.cpp:7: Skipped
no AVX2 here
</system-out></testcase>
</testsuite>"""


@pytest.fixture
def house(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    shutil.copy(ROOT / "check", tmp_path / "check")
    for tool in TOOLS:
        write(f".venv/bin/{tool}", f'#!/bin/sh\necho "ran {tool} $*"\n')
    write(PACKAGE_PYTHON, '#!/bin/sh\necho "ran the package with $*"\n')
    for tool in OWN_TOOLS:
        write(f"tools/{tool}", f'#!/bin/sh\necho "ran {tool} $*"\n')

    def run(*arguments, **replaced):
        for name, text in replaced.get("files", {}).items():
            write(name, text)
        command = [tmp_path / "check", *arguments]
        environment = os.environ | {"POMONA_PYTHONS": replaced.get("pythons", "")}
        return subprocess.run(
            command, cwd="/", env=environment, capture_output=True, text=True, check=False
        )

    return run


def test_all_steps_run_and_pass(house):
    done = house()
    assert done.returncode == 0, done.stdout + done.stderr
    for tool in (*TOOLS, *OWN_TOOLS):
        assert f"ran {tool} " in done.stdout
    assert "ran wheel --for-tests" in done.stdout
    assert "ran the package with -m pytest python/tests" in done.stdout
    assert done.stdout.count("ran the package with -m pytest python/tests/spark") == 2
    assert "ran the package with -m mypy" in done.stdout
    assert "ran the package with tools/python_docs.py" in done.stdout
    assert "FAILED" not in done.stdout


def test_a_failed_step_stops_no_other_and_fails_the_check(house):
    failing = {".venv/bin/shellcheck": "#!/bin/sh\necho wrong\nexit 3\n"}
    done = house(files=failing)
    assert done.returncode == 1
    assert "ran npm --prefix web run test:page" in done.stdout
    table = done.stdout.partition("step ")[2].splitlines()
    assert [line.split()[:2] for line in table if "FAILED" in line] == [["shell", "lint"]]


def test_nothing_runs_after_a_failed_setup(house):
    done = house(files={"tools/setup": "#!/bin/sh\nexit 2\n"})
    assert done.returncode == 2
    assert "ran" not in done.stdout


def test_fast_leaves_out_tensorflow_clang_tidy_and_sanitizers(house):
    done = house("--fast")
    assert done.returncode == 0
    assert "--ignore=tests/backbones/test_keras.py" in done.stdout
    assert "lint_cpp" not in done.stdout and "--preset asan" not in done.stdout
    whole = house().stdout
    for preset in ("asan", "tsan"):
        assert f"ran ctest --preset {preset}" in whole
    assert "test_keras" not in whole and "ran lint_cpp.py" in whole


WHEEL = """#!/bin/sh
echo "$*" >>wheel-calls
case "$*" in
  *--python*3.12*) echo built.whl; echo of-3.12 ;;
  *--python*3.13*) echo built.whl; echo of-3.13 ;;
  *) echo for 3.11 ;;
esac
"""


def other_python(version):
    """A Python of this version, as ./check asks it."""
    return f"""#!/bin/sh
case "$2" in *executable*) echo "$0" ;; *) echo {version} ;; esac
"""


def result_of(step, done):
    table = done.stdout.partition("\nstep ")[2].splitlines()
    return next(line.split()[-1] for line in table if line.startswith(step))


def test_other_pythons_share_one_wheel_and_run_the_tests(house, tmp_path):
    of_tests = '#!/bin/sh\necho "$0 ran $*"\n'
    files = {f"py/{one}": other_python(one) for one in ("3.12", "3.13")}
    files |= {f"of-{one}/bin/python": of_tests for one in ("3.12", "3.13")}
    first, second = (tmp_path / "py" / one for one in ("3.12", "3.13"))
    done = house(files=files | {"tools/wheel": WHEEL}, pythons=f"{first} {second}")
    assert result_of("other Pythons", done) == "ok", done.stdout
    assert (tmp_path / "wheel-calls").read_text().splitlines() == [
        "--for-tests",
        f"--for-tests --python {first}",
        f"--for-tests --python {second} --install built.whl",
    ]
    for one in ("3.12", "3.13"):
        assert f"of-{one}/bin/python ran -m pytest python/tests" in done.stdout


def test_other_pythons_are_skipped_where_there_is_none(house):
    done = house()
    assert "no Python 3.12 or 3.13 found: skipped" in done.stdout
    assert result_of("other Pythons", done) == "ok"


@pytest.mark.parametrize(
    "files",
    [
        {},  # there is no such Python
        {"py": other_python("3.11")},
        {"py": other_python("3.12"), "tools/wheel": "#!/bin/sh\nexit 1\n"},
        {
            "py": other_python("3.12"),
            "tools/wheel": WHEEL.replace("*--python*3.12*", "*--python*py"),
            "of-3.12/bin/python": "#!/bin/sh\nexit 1\n",
        },
    ],
)
def test_other_pythons_that_do_not_do_fail_the_check(house, tmp_path, files):
    done = house(files=files, pythons=str(tmp_path / "py"))
    assert done.returncode == 1
    assert result_of("other Pythons", done) == "FAILED"


def test_unknown_option_is_an_error(house):
    done = house("--quick")
    assert done.returncode == 2
    assert "--quick" in done.stderr


def test_counts_add_up_and_skips_have_their_reasons(tmp_path):
    (tmp_path / "pytest.xml").write_text(PYTEST_XML)
    (tmp_path / "ctest.xml").write_text(CTEST_XML)
    command = [sys.executable, ROOT / "tools" / "count_tests.py", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "skipped image.Three: no AVX2 here",
        "skipped a.c: no data",
        "2 passed, 2 failed, 2 skipped",
    ]
