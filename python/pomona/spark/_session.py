# SPDX-License-Identifier: Apache-2.0
"""What kind of session of Spark there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def is_client(spark: SparkSession) -> bool:
    """Is it one of Spark Connect, which has no context?"""
    return "connect" in type(spark).__module__
