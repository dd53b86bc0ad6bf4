# SPDX-License-Identifier: Apache-2.0
"""The sample through a bucket with faults, killed twice, beside the sample from its folder."""

from command import ROOT, TINY
from killed_in_a_bucket import demonstrate


def test_killed_twice_in_a_bucket_with_faults_the_results_are_those_of_the_folder(tiny, tmp_path):
    options = [*TINY, "--part-files", "60", "--group", r"^(r\d*_)?"]
    photographs = ROOT / "sample" / "fruits"
    near, far, record, faults = demonstrate(
        photographs, options, (4, 9), tmp_path, tiny.environment
    )
    assert near == far
    assert faults > 30
    assert 9 <= record["work"]["shards_kept"] < record["work"]["shards"]
    assert 0 < record["work"]["decoded"] < record["counts"]["ok"]
