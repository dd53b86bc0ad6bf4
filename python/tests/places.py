# SPDX-License-Identifier: Apache-2.0
"""Where things are: the package that is tested, the command it runs, and the sample.

POMONA_COMMAND   the binary; else that of the package, else build/release/pomona
"""

import os
from pathlib import Path

import pomona

ROOT = Path(__file__).resolve().parents[2]
FRUITS = ROOT / "sample" / "fruits"
PACKAGE = Path(pomona.__file__).resolve().parent


def _find_command():
    if "POMONA_COMMAND" in os.environ:
        return Path(os.environ["POMONA_COMMAND"]).resolve()
    packaged = PACKAGE / "bin" / "pomona"
    return packaged if packaged.is_file() else ROOT / "build" / "release" / "pomona"


COMMAND = _find_command()
