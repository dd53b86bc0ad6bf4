# SPDX-License-Identifier: Apache-2.0
"""What the served model is wanted to reach."""

RIGHT = {"natural": 0.86, "film": 0.75, "official": 0.98}
AMONG_THREE = 0.975  # of photographs in shops
CALIBRATION_ERROR = 0.04  # of photographs in shops, at most
NOT_FRUIT = 0.9
UNKNOWN = 0.6
# A model of studio images alone is right for 6 to 12 % of photographs in shops.
WILD = 3 * 0.12
