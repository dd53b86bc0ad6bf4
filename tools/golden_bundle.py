# SPDX-License-Identifier: Apache-2.0
"""Makes tests/golden/bundle/: a file of the safetensors package, and digests of synthetic inputs.

The first needs the packages safetensors and numpy (made with safetensors 0.8.0); the second is a
second implementation of synthetic_input.cpp.
"""

import hashlib
import json
import pathlib

import numpy as np
from safetensors.numpy import save_file

FOLDER = pathlib.Path(__file__).parent.parent / "tests" / "golden" / "bundle"
MASK = (1 << 64) - 1
ONE = 1 << 16
OCTAVES = [(2, 7), (5, 5), (13, 3), (32, 1)]


class SplitMix64:
    def __init__(self, seed):
        self.state = seed & MASK

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)


def synthetic_input(seed, size):
    """size x size x 3. 256 divides 2^64, so that no draw is rejected."""
    pixels = np.zeros((size, size, 3), np.int64)
    for channel in range(3):
        for index, (cells, weight) in enumerate(OCTAVES):
            random = SplitMix64((seed * 3 + channel) * len(OCTAVES) + index)
            corners = np.array([random.next() % 256 for _ in range((cells + 1) ** 2)])
            corners = corners.reshape(cells + 1, cells + 1)
            position = (2 * np.arange(size) + 1) * cells * ONE // (2 * size)
            cell, f = position // ONE, position % ONE
            f = f * f // ONE * (3 * ONE - 2 * f) // ONE
            rows, columns = cell[:, None], cell[None, :]
            fy, fx = f[:, None], f[None, :]
            top = (corners[rows, columns] * (ONE - fx) + corners[rows, columns + 1] * fx) // ONE
            low = (
                corners[rows + 1, columns] * (ONE - fx) + corners[rows + 1, columns + 1] * fx
            ) // ONE
            pixels[:, :, channel] += weight * ((top * (ONE - fy) + low * fy) // ONE)
    return (pixels // 16).astype(np.uint8)


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    save_file(
        {
            "a": np.array([[1, 2, 3], [-4, 0.1, 1e300]]),
            "b": np.array([1, -2, 3], np.int32),
            "c": np.array(0.5, np.float32),
            "d": np.zeros((0, 7)),
        },
        FOLDER / "reference.safetensors",
    )
    golden = [
        {
            "seed": seed,
            "size": size,
            "sha256": hashlib.sha256(synthetic_input(seed, size).tobytes()).hexdigest(),
        }
        for seed, size in [(0, 7), (1, 64), (2, 224), (2**40 + 3, 31)]
    ]
    (FOLDER / "synthetic_input.json").write_text(json.dumps(golden, indent=2) + "\n")


if __name__ == "__main__":
    main()
