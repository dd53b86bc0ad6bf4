# SPDX-License-Identifier: Apache-2.0
"""What the served model is wanted to reach."""

# Photographs in the wild of a source left out: the mean over kinds of the share that is right; then
# of kinds with enough photographs in other sources, and with too few.
LEAVE_ONE_SOURCE_OUT = {
    "all": 0.5,
    "kinds_seen_elsewhere": 0.78,
    "kinds_seen_little_elsewhere": 0.4,
}
LEAVE_ONE_SOURCE_OUT_OVER_PHOTOGRAPHS = 0.58
LEAVE_ONE_SOURCE_OUT_AMONG_THREE = 0.75
LEAVE_ONE_SOURCE_OUT_REFUSED = 0.08  # at most
AT_HALF_COVERAGE = 0.9  # right at a coverage of a half
RIGHT = {"shops": 0.88, "film": 0.8, "official": 0.97}
AMONG_THREE = 0.98  # of photographs in shops
CALIBRATION_ERROR = 0.03  # of photographs in shops, at most
NOT_FRUIT = 0.92
UNKNOWN = 0.6
# A model of studio images alone is right for 6 to 12 % of photographs in shops.
WILD = 3 * 0.12
