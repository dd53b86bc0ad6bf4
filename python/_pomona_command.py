# SPDX-License-Identifier: Apache-2.0
"""The script `pomona`: becomes the program of the wheel.

It stands beside the package and not in it, so that `pomona --help` does not import the package first,
nor anything else that takes time.
"""

import os
import sys


def main() -> None:
    program = f"{__file__.rpartition('/')[0]}/pomona/bin/pomona"
    try:
        os.execv(program, ["pomona", *sys.argv[1:]])
    except OSError as error:
        sys.exit(f"pomona: starting {program}: {error.strerror}; install the wheel again")
