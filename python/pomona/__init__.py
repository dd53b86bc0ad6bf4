# SPDX-License-Identifier: Apache-2.0
"""Pomona: photographs of fruit to features, models and answers."""
