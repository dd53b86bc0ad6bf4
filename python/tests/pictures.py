# SPDX-License-Identifier: Apache-2.0
"""Photographs for tests, and interpreters that are interrupted."""

import io
import signal
import subprocess
import sys
import threading
import time

import numpy as np
from PIL import Image


def pixels(number, height=48, width=40):
    """Noise that differs from number to number."""
    return np.random.default_rng(number).integers(0, 256, (height, width, 3), np.uint8)


def encoded(array, format="PNG", **options):
    file = io.BytesIO()
    Image.fromarray(array).save(file, format, **options)
    return file.getvalue()


def jpeg(number):
    return encoded(pixels(number), "JPEG", quality=90)


def run_python(program, *arguments, timeout=120):
    """What an interpreter of its own prints."""
    words = [sys.executable, "-c", program, *map(str, arguments)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=timeout)
    assert done.returncode == 0, done.stderr
    return done.stdout


def interrupt(program, *arguments, after=1.0, timeout=120):
    """Sends Ctrl-C to an interpreter some time after it says "ready".

    Returns the seconds until it said "interrupted", and what it says afterwards.
    """
    words = [sys.executable, "-u", "-c", program, *map(str, arguments)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        # Whatever the program waits for, its pipe ends and the assertions below say so.
        late = threading.Timer(timeout, process.kill)
        late.start()
        try:
            assert process.stdout.readline() == "ready\n"
            time.sleep(after)
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            assert process.stdout.readline() == "interrupted\n"
            seconds = time.monotonic() - began
            # communicate() with a timeout would lose what readline() has read ahead.
            rest = process.stdout.read()
            process.wait()
        finally:
            late.cancel()
            process.kill()
    assert process.returncode == 0
    return seconds, rest
