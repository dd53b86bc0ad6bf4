#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs clang-tidy on every .cpp file of ours, by itself or joined with others as the build joins them.

A file that was clean is not looked at again until it, a header of ours that it reaches, its compile
command, .clang-tidy or clang-tidy itself changes. Prints what clang-tidy found and exits with 1 if
that is anything.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cpp_files import ROOT, reached_headers

CONFIG = ".clang-tidy"


def compile_commands(build: Path) -> dict[str, str]:
    """File (relative to the repository) → the command that compiles it; only files of ours.

    nanobind is compiled from its wheel in the virtual environment, which is none of ours.
    """
    database = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    commands = {}
    for entry in database:
        file = Path(entry["file"])
        # What the build makes itself are only files that join others of ours.
        ours = file.is_relative_to(ROOT) and not file.is_relative_to(ROOT / ".venv")
        if ours and (not file.is_relative_to(build) or "Unity" in file.parts):
            commands[file.relative_to(ROOT).as_posix()] = entry["command"]
    return commands


def state_of(file: str, command: str, version: str) -> str:
    """A digest of everything that the answer of clang-tidy depends on, as far as it is ours."""
    digest = hashlib.sha256(f"{version}\n{command}\n".encode())
    for name in [CONFIG, file, *sorted(reached_headers(ROOT, file))]:
        digest.update(hashlib.sha256((ROOT / name).read_bytes()).digest())
    return digest.hexdigest()


def lint(clang_tidy: Path, build: Path, file: str) -> str:
    """What clang-tidy has to say about the file; empty when it is clean."""
    # Flags for g++ alone are no fault, nor is what std::stable_sort of libstdc++ calls. Where code of
    # ours calls what is deprecated, g++ says so.
    flags = ["-Wno-unknown-warning-option", "-Wno-deprecated-declarations"]
    extra = [f"--extra-arg={flag}" for flag in flags]
    command = [clang_tidy, "--quiet", *extra, "-p", build, file]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def main() -> int:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    build = ROOT / "build" / "lint"
    subprocess.run(["cmake", "--preset", "lint"], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    clang_tidy = Path(sys.executable).parent / "clang-tidy"
    version = subprocess.run([clang_tidy, "--version"], capture_output=True, text=True, check=True)

    states = {
        file: state_of(file, command, version.stdout)
        for file, command in sorted(compile_commands(build).items())
    }
    stamps = build / "clean"
    stamps.mkdir(parents=True, exist_ok=True)
    due = [file for file, state in states.items() if not (stamps / state).exists()]
    dirty = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for file, findings in zip(due, pool.map(lambda file: lint(clang_tidy, build, file), due)):
            if findings:
                dirty += 1
                print(f"{file}:\n{findings}", flush=True)
            else:
                (stamps / states[file]).touch()
    print(f"clang-tidy: {len(states)} files, {len(due)} looked at, {dirty} with findings")
    return 1 if dirty else 0


if __name__ == "__main__":
    sys.exit(main())
