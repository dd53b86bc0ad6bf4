# SPDX-License-Identifier: Apache-2.0
"""The Java that PySpark is about to start. With another one than Spark needs it says little of why."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

from pomona.errors import warn
from pomona.spark._session import spark_release

# With which Java releases of Spark start, from these on.
_JAVAS: Final = {
    (3, 5): ("8 to 23", range(8, 24)),  # its Hadoop calls what Java 24 has removed
    (4, 0): ("17 or later", range(17, 1000)),
}
_SECONDS: Final = 20


@cache
def check_java() -> None:
    """Warns once of a Java that is missing, too old or too new, where the driver has not started one."""
    import pyspark

    if _has_begun():
        return
    expected, usable = _JAVAS[max(first for first in _JAVAS if first <= spark_release())]
    java = _java()
    version = _version_of(java) if java else None
    if version is None:
        found = f"found none ({java})" if java else "found none in PATH, and no JAVA_HOME"
    elif version not in usable:
        found = f"found Java {version} ({java})"
    else:
        return
    warn(
        f"starting Spark: expected Java {expected}, which PySpark {pyspark.__version__} needs, "
        f"{found}; install one and set JAVA_HOME to its folder (Spark Connect alone needs none)"
    )


def _has_begun() -> bool:
    """Is there a Java already, or does another machine have it?"""
    import pyspark

    context = getattr(pyspark, "SparkContext", None)  # PySpark's client has none
    if context is None or context._gateway is not None or pyspark.TaskContext.get() is not None:
        return True
    names = ("PYSPARK_GATEWAY_PORT", "SPARK_REMOTE", "SPARK_CONNECT_MODE_ENABLED")
    return any(name in os.environ for name in names)


def _java() -> str | None:
    """As Spark's own scripts find it."""
    home = os.environ.get("JAVA_HOME")
    return str(Path(home, "bin", "java")) if home else shutil.which("java")


def _version_of(java: str) -> int | None:
    """Of `openjdk version "17.0.15" …`, and of `java version "1.8.0_292"`; None: it does not start."""
    try:
        said = subprocess.run(
            [java, "-version"], capture_output=True, text=True, timeout=_SECONDS, check=True
        ).stderr
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found else None
