# SPDX-License-Identifier: Apache-2.0
"""Rows at which a task waits the first time that it gets there, so that a test can interrupt it."""


def passes(mark, stuck):
    """For `where` on a column of places: true, after a minute at what ends in `stuck`.

    Who waits makes the folder `mark`, with a file that is called by its process; with the folder
    there, nobody waits.
    """
    from pyspark.sql import functions as F

    @F.udf("boolean")
    def passes(place):
        import os
        import time
        from pathlib import Path

        if place.endswith(stuck):
            try:
                Path(mark).mkdir()
            except FileExistsError:
                return True
            (Path(mark) / str(os.getpid())).touch()
            time.sleep(60)
        return True

    return passes.asNondeterministic()  # so that it stays behind a repartition
