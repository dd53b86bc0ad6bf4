# SPDX-License-Identifier: Apache-2.0
"""Runs the `pomona` command for the recipe, and keeps what is finished."""

import hashlib
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

    def metrics(self, out: str) -> dict[str, dict]:
        """The cross-validated metrics of each source that has some."""
        entries = self.json(out, "metrics.json")["metrics"]
        return {entry["source"]: entry for entry in entries if "source" in entry}

    def by_class(self, out: str) -> dict[str, list[dict]]:
        """How the labels of each source did, cross-validated."""
        tables = self.json(out, "metrics.json")["by_class"]
        return {table["source"]: table["classes"] for table in tables if "source" in table}

    def varieties(self, out: str) -> list[dict]:
        """Those that the bundle reports, label by label."""
        labels = self.json(out, "bundle/bundle.json").get("varieties", [])
        return [{key: of[key] for key in ("label", "names", "least_probability")} for of in labels]

    def evaluate(self, bundle: str, *words) -> dict:
        answer = self.run("evaluate", self.work / bundle, *words, "--json")
        return json.loads(answer)["metrics"][0]

    def groups(self, out: str) -> dict[tuple[str, str], int]:
        """How many groups of near-duplicates the photographs of a source and label are; those of a
        single group are missing, since they were never held out."""
        return {
            (source, one["label"]): one["groups"]
            for source, classes in self.by_class(out).items()
            for one in classes
        }

    def predict(self, bundle: str, photographs: list[Path], *words) -> list[dict]:
        """Answers that were given already, by the same bundle about the same paths, are kept."""
        asked = [(self.work / bundle / "SHA256SUMS").read_text(), *map(str, (*photographs, *words))]
        kept = (
            self.work / "answers" / f"{hashlib.sha256(json.dumps(asked).encode()).hexdigest()}.json"
        )
        if not kept.exists():
            kept.parent.mkdir(exist_ok=True)
            begun = kept.with_suffix(".begun")
            begun.write_text(json.dumps(self._predict(bundle, photographs, *words)))
            begun.rename(kept)
        return json.loads(kept.read_text())

    def _predict(self, bundle: str, photographs: list[Path], *words) -> list[dict]:
        answers = []
        for first in range(0, len(photographs), AT_ONCE):
            some = photographs[first : first + AT_ONCE]
            printed = self.run("predict", self.work / bundle, *some, "--json", *words)
            answers += [json.loads(line) for line in printed.splitlines()]
        unread = [answer["path"] for answer in answers if answer["refused"] == "unreadable"]
        if unread:
            sys.exit(f"judging: {len(unread)} photographs cannot be read, such as {unread[0]}")
        return answers
