# SPDX-License-Identifier: Apache-2.0
"""The C++ files of the repository and which of them include which."""

import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def repository_files(root: Path = ROOT, *patterns: str) -> list[str]:
    """Paths relative to `root`: what git tracks or would track."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", *patterns]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True, text=True).stdout
    return sorted(name for name in set(listed.split("\0")) if name and (root / name).is_file())


def cpp_files(root: Path = ROOT) -> list[str]:
    return repository_files(root, "*.h", "*.cpp")


@cache
def includes(path: Path) -> list[tuple[str, str]]:
    """Each include as its opening sign and its text, such as ("<", "vector")."""
    return INCLUDE.findall(path.read_text(encoding="utf-8"))


def own_file(root: Path, sign: str, text: str, includer: str) -> str | None:
    """The file of ours that an include names, if any: <…> below src/, "…" also beside `includer`."""
    beside = (
        [Path(), Path("python/bindings"), Path("cli"), Path(includer).parent] if sign == '"' else []
    )
    for folder in (Path("src"), *beside):
        if (root / folder / text).is_file():
            return (folder / text).as_posix()
    return None


def reached_headers(root: Path, file: str) -> dict[str, str]:
    """Our own headers that `file` includes, directly or not, and the file that includes each."""
    reached: dict[str, str] = {}
    waiting = [file]
    while waiting:
        includer = waiting.pop()
        for sign, text in includes(root / includer):
            header = own_file(root, sign, text, includer)
            if header and header not in reached:
                reached[header] = includer
                waiting.append(header)
    return reached
