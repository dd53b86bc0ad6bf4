# SPDX-License-Identifier: Apache-2.0
"""Which release of Spark there is, and what kind of session."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def spark_release() -> tuple[int, ...]:
    """Of the PySpark that is imported here, such as (4, 1)."""
    import pyspark

    return tuple(int(part) for part in pyspark.__version__.split(".")[:2])


def is_client(spark: SparkSession) -> bool:
    """Is it one of Spark Connect, which has no context?"""
    return "connect" in type(spark).__module__
