# SPDX-License-Identifier: Apache-2.0
"""Runs the `pomona` command for the recipe, and keeps what is finished."""

import json
import subprocess
import sys
import time
from pathlib import Path

JUDGING = Path(__file__).resolve().parent.parent / "judging"
AT_ONCE = 1000  # photographs of one call of predict


def print_time(verb: str, of: str, start: float) -> None:
    print(f"  {verb:9} {of:24} {time.monotonic() - start:6.1f} s", flush=True)


class Chain:
    def __init__(self, binary: Path, work: Path):
        self.binary = binary
        self.work = work

    def run(self, verb: str, *words, out: str | None = None) -> str:
        """What it prints. Work that is finished already is not done again."""
        if out is not None:
            words = (*words, "--out", self.work / out)
            if (self.work / out / "_SUCCESS").exists():
                return ""
        start = time.monotonic()
        command = [self.binary, verb, *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1) or (done.returncode == 1 and verb != "predict"):
            sys.exit(f"{' '.join(map(str, command))}\nended with {done.returncode}:\n{done.stderr}")
        for line in done.stderr.splitlines():
            if line.startswith("warning"):
                print(f"  {line}")
        print_time(verb, out or Path(words[0]).name, start)
        return done.stdout

    def script(self, name: str, *words, out: Path) -> int:
        """The exit code of a script of models/judging."""
        start = time.monotonic()
        command = [sys.executable, JUDGING / name, *map(str, words), "--out", out]
        done = subprocess.run(command, check=False)
        print_time("script", name, start)
        return done.returncode

    def json(self, *parts: str) -> dict:
        return json.loads((self.work.joinpath(*parts)).read_text())

    def metrics(self, out: str, source: str) -> dict:
        """The cross-validated metrics of one source."""
        entries = self.json(out, "metrics.json")["metrics"]
        return next(entry for entry in entries if entry.get("source") == source)

    def by_class(self, out: str, source: str) -> list[dict]:
        """How the labels of one source did, cross-validated."""
        tables = self.json(out, "metrics.json")["by_class"]
        return next(table["classes"] for table in tables if table.get("source") == source)

    def varieties(self, out: str, source: str) -> list[dict]:
        """How many of each label have their variety reported, and rightly."""
        entries = self.json(out, "metrics.json")["varieties"]["metrics"]
        return [entry for entry in entries if entry.get("source") == source and "label" in entry]

    def evaluate(self, bundle: str, *words) -> dict:
        answer = self.run("evaluate", self.work / bundle, *words, "--json")
        return json.loads(answer)["metrics"][0]

    def predict(self, bundle: str, photographs: list[Path], *words) -> list[dict]:
        answers = []
        for first in range(0, len(photographs), AT_ONCE):
            some = photographs[first : first + AT_ONCE]
            printed = self.run("predict", self.work / bundle, *some, "--json", *words)
            answers += [json.loads(line) for line in printed.splitlines()]
        unread = [answer["path"] for answer in answers if answer["refused"] == "unreadable"]
        if unread:
            sys.exit(f"judging: {len(unread)} photographs cannot be read, such as {unread[0]}")
        return answers
