# SPDX-License-Identifier: Apache-2.0
"""What each limit on the OOD score rejects, and the plot of it."""

import math
import xml.etree.ElementTree as ElementTree

import pytest
from made_up_answers import FRUIT, NOT_FRUIT, UNKNOWN
from making import rejection


@pytest.fixture
def reported() -> dict:
    return rejection.figures(fruit=FRUIT, unknown=UNKNOWN, not_fruit=NOT_FRUIT)


def test_a_curve_counts_what_each_limit_rejects(reported):
    points = reported["curve"]
    assert [one["fruit"] for one in points] == [0, 0.05, 0.1, 0.15, 0.2]
    assert [one["limit"] for one in points] == [1.2, 0.95, 0.9, 0.85, 0.8]
    assert [one["unknown"] for one in points[:2]] == pytest.approx([1 / 3, 2 / 3])
    assert {one["not_fruit"] for one in points} == {1}
    assert reported["bundle"] == {
        "limit": 1,
        "fruit": 0.05,
        "unknown": pytest.approx(1 / 3),
        "not_fruit": 1,
    }


def test_rows_of_the_curve_reject_no_more_than_they_state(reported):
    found = dict(rejection.rows(reported["curve"]))
    assert list(found) == list(rejection.SHARES)
    limits = [found[one]["limit"] for one in (0.03, 0.05, 0.08, 0.1, 0.2)]
    assert limits == [1.2, 0.95, 0.95, 0.9, 0.8]
    assert rejection.nearest_to_bundle(list(found.items())) == 0.05


def test_what_is_too_dark_is_rejected_at_every_limit():
    dark = {"ood_score": 0.1, "refused": "too_dark"}
    assert rejection.ood_score(dark) == math.inf
    points = rejection.curve([0.1, 0.2, 0.3, 0.4, math.inf], [math.inf], [0.2])
    assert [(one["limit"], one["fruit"], one["unknown"]) for one in points] == [(0.4, 0.2, 1)]
    # No limit rejects less than a fifth of that fruit.
    assert [share for share, _ in rejection.rows(points)] == [0.2]


def test_a_plot_names_its_axes_and_stays_inside(reported, tmp_path):
    rejection.plot(tmp_path / "one.svg", **reported)
    rejection.plot(tmp_path / "two.svg", **reported)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    root = ElementTree.parse(tmp_path / "one.svg").getroot()
    name = "{http://www.w3.org/2000/svg}"
    texts = {one.text for one in root.iter(f"{name}text")}
    assert texts >= {"fruit rejected", "others rejected", "unknown kinds", "no fruit", "the bundle"}
    lines = [one.get("points") for one in root.iter(f"{name}polyline")]
    assert len(lines) == 2
    wide, high = map(float, root.get("viewBox").split()[2:])
    for place in " ".join(lines).split():
        x, y = map(float, place.split(","))
        assert 0 < x < wide and 0 < y < high
