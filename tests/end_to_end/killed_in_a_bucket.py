#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The promise of a careful store as a whole: photographs of a bucket go through the chain to results
in the same bucket, over a network with faults, the run killed twice, and the results are those of
the folder, byte for byte.

    tests/end_to_end/killed_in_a_bucket.py PHOTOGRAPHS [OPTION…]     # options of `pomona run`
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from command import BINARY, wait_until
from fault_proxy import FaultProxy, Rule
from s3_server import S3Server
from tables import digests

# What an unlucky network does, a part of the requests each, and one photograph that stalls.
FAULTS = [
    {"method": "GET", "path": r"/photos/", "share": 0.01, "status": 503},
    {"method": "GET", "path": r"/photos/", "share": 0.01, "cut_after": 700},
    {"method": "GET", "path": r"/photos/", "share": 0.005, "truncate": 1},
    {"method": "GET", "path": r"/photos/", "share": 0.005, "status": 500, "code": ""},
    {"method": "GET", "path": r"/photos/", "share": 0.002, "drop": True},
    {"method": "GET", "path": r"/photos/.*_1\d\d", "times": 1, "drip": 10},
    {"method": "PUT", "share": 0.05, "status": 503},
    {"method": "PUT", "share": 0.05, "drop": True},
    {"method": "POST", "share": 0.05, "status": 500},
    {"method": "DELETE", "share": 0.05, "status": 503},
]


def shards_in(s3: S3Server, bucket: str) -> int:
    return sum("/shards/" in name for name in s3.names(bucket, "results"))


def kill_after(process, s3: S3Server, bucket: str, shards: int) -> None:
    """SIGKILL once so many parts are finished."""
    wait_until(lambda: shards_in(s3, bucket) >= shards, process, seconds=600)
    process.kill()
    process.wait()


def demonstrate(photographs: Path, options: list[str], kills: tuple[int, int], scratch: Path, own):
    """Digests of the results in the folder and in the bucket, run.json of the last run, and how many
    faults there were. `own`: the environment, without that of a store."""
    with S3Server() as s3, FaultProxy(s3.port) as proxy:
        bucket = s3.bucket()
        environment = own | s3.environment()
        shaky = own | s3.environment(proxy.endpoint)
        near, copied = scratch / "near", scratch / "copied"
        subprocess.run([BINARY, "run", photographs, "--out", near, *options], env=own, check=True)
        place = f"s3://{bucket}"
        subprocess.run(
            [BINARY, "sync", photographs, f"{place}/photos"], env=environment, check=True
        )
        for fault in FAULTS:
            proxy.add(Rule(**fault))
        words = [BINARY, "run", f"{place}/photos", "--out", f"{place}/results", *options]
        for shards in kills:
            kill_after(subprocess.Popen(words, env=shaky), s3, bucket, shards)
        subprocess.run(words, env=shaky, check=True)
        subprocess.run([BINARY, "verify", f"{place}/results"], env=environment, check=True)
        faults = sum(seen.rule is not None for seen in proxy.requests)
        s3.download(bucket, "results", copied)
        assert s3.pending_uploads(bucket) == []
    record = json.loads((copied / "run.json").read_text())
    return digests(near), digests(copied), record, faults


def main():
    with tempfile.TemporaryDirectory() as scratch:
        near, far, record, faults = demonstrate(
            Path(sys.argv[1]), sys.argv[2:], (2, 4), Path(scratch), dict(os.environ)
        )
    assert near == far, sorted(name for name in near | far if near.get(name) != far.get(name))
    print(
        f"{record['counts']['ok']} photographs, {faults} faults, killed twice: {len(near)} files "
        f"as from the folder; the last run found {record['work']['shards_kept']} of "
        f"{record['work']['shards']} parts finished and decoded {record['work']['decoded']}"
    )


if __name__ == "__main__":
    main()
