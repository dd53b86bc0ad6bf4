# SPDX-License-Identifier: Apache-2.0
"""How the served model is made and judged: models/recipe puts these together."""
