# SPDX-License-Identifier: Apache-2.0
"""tools/setup where it must stop and say what to do, and the pins it installs."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements"
NOBODY = 65534


def run_setup(root, *arguments, path="", user=None):
    return subprocess.run(
        [root / "tools" / "setup", *arguments],
        env=os.environ | {"PATH": f"{path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        **({"user": user, "group": user, "extra_groups": []} if user is not None else {}),
    )


def test_unknown_option_is_an_error():
    done = run_setup(ROOT, "--chekc")
    assert done.returncode == 2
    assert "--chekc" in done.stderr


@pytest.fixture
def bare_copy():
    """A copy of what tools/setup reads, in a folder that any user may enter and write to."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "pomona"
        for part in ("tools", "requirements"):
            shutil.copytree(ROOT / part, root / part)
        for path in (Path(folder), root, *root.rglob("*")):
            path.chmod(0o777)
        yield root


def test_without_root_missing_packages_are_named_with_the_command(bare_copy):
    fake = bare_copy / "bin"
    fake.mkdir()
    (fake / "dpkg-query").write_text(
        "#!/bin/sh\n"
        'for last; do :; done\n[ "$last" = libpng-dev ] || [ "$last" = cmake ] || printf installed\n'
    )
    for path in (fake, fake / "dpkg-query"):
        path.chmod(0o755)
    user = NOBODY if os.geteuid() == 0 else None
    done = run_setup(bare_copy, path=fake, user=user)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "2 Debian packages are missing" in done.stderr
    assert "apt-get install --no-install-recommends cmake libpng-dev\n" in done.stderr
    assert not (bare_copy / ".venv").exists()


@pytest.mark.parametrize("name", ["build", "check", "lock", "python", "wheel"])
def test_every_pin_is_locked_with_hashes(name):
    locked = (REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8")
    wanted = (REQUIREMENTS / f"{name}.in").read_text(encoding="utf-8")
    pins = re.findall(r"^([\w-]+==[\w.]+)$", wanted, re.MULTILINE)
    assert pins
    for pin in pins:
        assert f"\n{pin} \\\n    --hash=sha256:" in locked, f"{pin}: run tools/lock"
    assert "://" not in locked


def locked_versions(name):
    text = (REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w-]+)==([\w.]+)", text, re.MULTILINE))


def test_check_locks_the_same_versions_as_build():
    assert locked_versions("build").items() <= locked_versions("check").items()


@pytest.mark.parametrize("name", ["wheel", "python"])
def test_the_wheel_is_built_and_tested_with_the_same_versions(name):
    check, locked = locked_versions("check"), locked_versions(name)
    shared = check.keys() & locked.keys()
    assert len(shared) > 3
    assert {package: locked[package] for package in shared} == {
        package: check[package] for package in shared
    }
