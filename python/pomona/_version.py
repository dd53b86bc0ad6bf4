# SPDX-License-Identifier: Apache-2.0
"""The version of Pomona."""

from pomona._core import version as __version__

__all__ = ["__version__"]
