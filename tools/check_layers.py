#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks includes and folders against tools/layers.txt. CMake cannot: all modules share one root.

Prints one line a violation, `file: what is wrong`, and exits with 1 if there is any.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from cpp_files import ROOT, cpp_files, includes, own_file, reached_headers, repository_files

CODE = (".h", ".cpp", ".c", ".py", ".ts")


@dataclass
class Layers:
    """What layers.txt says."""

    levels: dict[str, int] = field(default_factory=dict)  # folder → level
    owners: dict[str, str] = field(default_factory=dict)  # header prefix → folder
    exceptions: set[tuple[str, str]] = field(default_factory=set)  # (file, header prefix)
    test_prefixes: tuple[str, ...] = ()
    system_headers: frozenset[str] = frozenset()
    never: list[tuple[str, str]] = field(default_factory=list)  # (files, headers)
    banned_names: frozenset[str] = frozenset()
    libraries: dict[str, str] = field(default_factory=dict)  # folder → library
    uses: dict[str, set[str]] = field(default_factory=dict)  # library → those it may use
    limits: dict[str, int] = field(default_factory=dict)  # folder, or "" for all others → files

    def folder_of(self, file: str) -> str | None:
        parents = {str(parent) for parent in PurePosixPath(file).parents}
        return next((folder for folder in self.levels if folder in parents), None)

    def third_party_prefix(self, header: str) -> str | None:
        return next((prefix for prefix in self.owners if header.startswith(prefix)), None)


def read_layers(path: Path) -> Layers:
    """Raises ValueError where a line says nothing we know."""
    layers = Layers()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        match line.split("#")[0].split():
            case []:
                pass
            case ["level", level, *folders]:
                layers.levels |= dict.fromkeys(folders, int(level))
            case ["owner", folder, *prefixes]:
                layers.owners |= dict.fromkeys(prefixes, folder)
            case ["exception", file, prefix]:
                layers.exceptions.add((file, prefix))
            case ["test", *prefixes]:
                layers.test_prefixes += tuple(prefixes)
            case ["system", *headers]:
                layers.system_headers |= set(headers)
            case ["never", files, headers]:
                layers.never.append((files, headers))
            case ["name", *words]:
                layers.banned_names |= set(words)
            case ["library", library, *folders]:
                layers.libraries |= dict.fromkeys(folders, library)
            case ["uses", library, *others]:
                layers.uses.setdefault(library, set()).update(others)
            case ["files", limit, *folders]:
                layers.limits |= dict.fromkeys(folders or [""], int(limit))
            case _:
                raise ValueError(f"{path}:{number}: not understood: {line.strip()}")
    return layers


def check_own(layers: Layers, file: str, header: str) -> str | None:
    mine, other = layers.folder_of(file), layers.folder_of(header)
    if other is None:
        return f"includes {header}, which lies in no folder of layers.txt"
    if mine != other and layers.levels[other] >= layers.levels[mine]:
        return (
            f"includes {header}: {mine} (level {layers.levels[mine]}) may include only lower "
            f"levels, and {other} is of level {layers.levels[other]}"
        )
    library, used = layers.libraries.get(mine), layers.libraries.get(other)
    if library not in (None, used) and used not in layers.uses.get(library, ()):
        return f"includes {header}: the library {library} does not use {used}"
    return None


def check_foreign(layers: Layers, file: str, header: str) -> str | None:
    if not re.search(r"[./]", header) or header in layers.system_headers:
        return None
    if file.endswith(("_test.cpp", "_conformance.h")) and header.startswith(layers.test_prefixes):
        return None
    prefix = layers.third_party_prefix(header)
    if prefix is None:
        return f"includes <{header}>, which is unknown: name its owner in tools/layers.txt"
    owner = layers.owners[prefix]
    if layers.folder_of(file) != owner:
        return f"includes <{header}>, which only {owner} may"
    if file.endswith(".h") and (file, prefix) not in layers.exceptions:
        return f"includes <{header}> in a header: keep third parties in .cpp files"
    return None


def check_includes(layers: Layers, root: Path, file: str) -> Iterator[str]:
    for sign, text in includes(root / file):
        if header := own_file(root, sign, text, file):
            wrong = check_own(layers, file, header)
        elif sign == '"':
            wrong = f'includes "{text}", which does not exist'
        else:
            wrong = check_foreign(layers, file, text)
        if wrong:
            yield wrong


def check_never(layers: Layers, root: Path, file: str) -> Iterator[str]:
    for files, headers in layers.never:
        if fnmatch(file, files):
            for header, includer in reached_headers(root, file).items():
                if fnmatch(header, headers):
                    yield f"reaches {header} by way of {includer}: it must not"


def check_name(layers: Layers, file: str) -> Iterator[str]:
    for part in PurePosixPath(file).parts:
        for word in layers.banned_names.intersection(re.split(r"[._-]", part.lower())):
            yield f"is called {word}: name the thing it holds instead"


def check_sizes(layers: Layers, files: list[str]) -> Iterator[str]:
    """Only files of code count, and of a folder only its own."""
    code = Counter(str(PurePosixPath(file).parent) for file in files if file.endswith(CODE))
    for folder, count in sorted(code.items()):
        limit = layers.limits.get(folder, layers.limits.get("", count))
        if count > limit:
            yield f"{folder}: holds {count} files of code, more than {limit}: divide it"


def violations(layers: Layers, root: Path) -> Iterator[str]:
    files = repository_files(root)
    yield from check_sizes(layers, files)
    for file in files:
        if not file.startswith("sample/fruits/"):
            yield from (f"{file}: {wrong}" for wrong in check_name(layers, file))
    for file in cpp_files(root):
        if layers.folder_of(file) is None:
            yield f"{file}: lies in no folder of tools/layers.txt"
            continue
        yield from (f"{file}: {wrong}" for wrong in check_includes(layers, root, file))
        yield from (f"{file}: {wrong}" for wrong in check_never(layers, root, file))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository to check")
    root = parser.parse_args().root.resolve()
    try:
        layers = read_layers(root / "tools" / "layers.txt")
    except (OSError, ValueError) as error:
        print(f"check_layers: cannot read the layers: {error}", file=sys.stderr)
        return 2
    found = list(violations(layers, root))
    for line in found:
        print(line)
    if not found:
        print(f"{len(cpp_files(root))} C++ files keep to the layers")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
