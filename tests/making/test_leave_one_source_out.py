# SPDX-License-Identifier: Apache-2.0
"""Leave-one-source-out: which photographs are asked of which model, and what the answers come to."""

import pytest
from made_up_answers import left_out
from making import leave_one_source_out
from small_sources import make_class_map
from test_class_map import rows_of


class Chain:
    """Takes every photograph for a banana, or a kiwi when it is asked without the shops."""

    def __init__(self, work):
        self.work = work
        self.trained = []

    def run(self, verb, *words, out):
        assert verb == "train" and words[0] == self.work / "features"
        self.trained.append(out)

    def predict(self, bundle, photographs):
        kinds = ["kiwi", "lemon"] if bundle == "without-grocery-fruit" else ["banana", "kiwi"]
        return [
            {
                "kinds": [{"id": kind, "probability": 0.75} for kind in kinds],
                "refused": "unknown_kind" if "lemon" in path.parts else None,
            }
            for path in photographs
        ]


@pytest.fixture
def asked(tmp_path):
    classes = make_class_map(tmp_path)
    chain = Chain(tmp_path / "work")
    return chain, leave_one_source_out.ask(chain, classes, [])


def test_every_source_in_the_wild_is_left_out_once(asked):
    chain, found = asked
    assert chain.trained == ["without-grocery-fruit", "without-tables"]
    for name in ("grocery-fruit", "tables"):
        rows = rows_of(chain.work / f"without-{name}.csv")
        learnt = {source for (source, _), row in rows.items() if row["label"]}
        assert learnt == {"grocery-fruit", "tables", "fruits-360", "composed"} - {name}
    assert len(found) == len({one.path for one in found}) == 16
    assert {one.path.split("/")[0] for one in found} == {"grocery-fruit", "tables"}


def test_answers_are_right_by_the_kind_of_the_photograph(asked):
    _, found = asked
    right = {(one.source, one.kind) for one in found if one.right}
    assert right == {("grocery-fruit", "kiwi"), ("tables", "banana")}
    assert {one.kind for one in found if one.refused} == {"lemon"}
    elsewhere = {(one.source, one.kind): one.elsewhere for one in found}
    assert elsewhere["grocery-fruit", "banana"] == 3 and elsewhere["tables", "banana"] == 4
    assert elsewhere["tables", "lemon"] == elsewhere["grocery-fruit", "kiwi"] == 0


def test_the_mean_is_over_kinds():
    found = [left_out("shops", "apple", True)] * 8 + [left_out("shops", "fig", False)] * 2
    one = leave_one_source_out.summary(found)
    assert one["right"] == 0.8
    assert one["mean_over_kinds"]["share"] == 0.5
    assert one["mean_over_kinds"]["count"] == 2
    assert one["mean_over_kinds"]["low"] == 0 and one["mean_over_kinds"]["high"] == 1
    assert leave_one_source_out.summary([]) is None


def test_refused_answers_are_the_least_sure():
    sure = [left_out("shops", "apple", True, probability=0.4)]
    refused = [left_out("shops", "apple", False, probability=0.9, refused=True)]
    one = leave_one_source_out.summary(sure + refused)
    assert one["accuracy_at_half_coverage"] == 1 and one["refused"] == 0.5


def test_a_calibration_error_is_that_of_the_probabilities():
    found = [left_out("shops", "apple", right, probability=0.9) for right in (True, False)]
    found += [left_out("shops", "apple", True, probability=1.0)] * 2
    assert leave_one_source_out.calibration_error(found) == pytest.approx(0.5 * 0.4 + 0.5 * 0)


def test_an_interval_of_a_kind_is_of_its_groups():
    found = [left_out("shops", "apple", i < 6) for i in range(8)]
    found += [left_out("tables", "apple", True, elsewhere=8), left_out("tables", "fig", False)]
    groups = {("shops", "apple"): 4}
    apple, fig = leave_one_source_out.figures(found, groups)["by_kind"]
    assert (apple["kind"], apple["photographs"], apple["groups"]) == ("apple", 9, 5)
    assert apple["sources"] == ["shops", "tables"] and apple["seen_elsewhere"] == 1
    assert apple["right"]["share"] == pytest.approx(7 / 9)
    wide = apple["right"]["high"] - apple["right"]["low"]
    (narrow,) = leave_one_source_out.figures(found[:9], {("shops", "apple"): 8})["by_kind"]
    assert wide > narrow["right"]["high"] - narrow["right"]["low"] + 0.1
    assert fig["right"]["low"] == 0 and fig["right"]["high"] == pytest.approx(0.7935, abs=1e-4)


def test_kinds_with_enough_photographs_elsewhere_stand_apart():
    found = [left_out("shops", "apple", True, elsewhere=leave_one_source_out.FEW)] * 3
    found += [left_out("shops", "fig", False, elsewhere=leave_one_source_out.FEW - 1)]
    figures = leave_one_source_out.figures(found, {})
    assert figures["kinds_seen_elsewhere"]["photographs"] == 3
    assert figures["kinds_seen_little_elsewhere"]["photographs"] == 1
    assert figures["all"]["photographs"] == figures["by_source"]["shops"]["photographs"] == 4


def test_kinds_with_few_photographs_in_the_wild_are_named(tmp_path):
    classes = make_class_map(tmp_path)
    assert leave_one_source_out.few_in_the_wild(classes.count_in_the_wild()) == {
        "apple": 3,
        "banana": 7,
        "kiwi": 3,
        "lemon": 3,
    }
