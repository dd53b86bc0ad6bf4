# SPDX-License-Identifier: Apache-2.0
"""An S3 server whose secret is searched for where it must not be."""

import subprocess
import sys

import pytest
from places import ROOT

sys.path.insert(0, str(ROOT / "tests" / "end_to_end"))
s3_server = pytest.importorskip("s3_server")
SECRET = "a secret that no plan, log or file of Spark may hold"


def served(configuration=None):
    """For a fixture: the server, with its credentials in the environment.

    Its endpoint is there as well, or else in this file, which gets the form of ~/.aws/config.
    """
    if not s3_server.BINARY.is_file():
        pytest.skip(f"no S3 server at {s3_server.BINARY}: tools/setup --check builds it")
    with pytest.MonkeyPatch.context() as environment:
        environment.setattr(s3_server, "SECRET", SECRET)
        with s3_server.S3Server() as server:
            for name, value in server.environment().items():
                environment.setenv(name, value)
            if configuration is not None:
                configuration.write_text(f"[default]\nendpoint_url = {server.endpoint}\n")
                environment.setenv("AWS_CONFIG_FILE", str(configuration))
                environment.delenv("AWS_ENDPOINT_URL")
            yield server


def files_that_hold(folder, secret):
    words = ["grep", "-rlaF", "-e", secret, folder]
    return subprocess.run(words, capture_output=True, text=True).stdout.split()
