# SPDX-License-Identifier: Apache-2.0
"""Lets these tests import models/making and models/recipe."""

import importlib.machinery
import importlib.util
import sys
from pathlib import Path

import pytest

MODELS = Path(__file__).resolve().parents[2] / "models"
sys.path.insert(0, str(MODELS))


@pytest.fixture(scope="module")
def recipe():
    loader = importlib.machinery.SourceFileLoader("recipe", str(MODELS / "recipe"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("recipe", loader))
    loader.exec_module(module)
    return module
