# SPDX-License-Identifier: Apache-2.0
"""What the recipe of the served model makes of answers, and of its bundle."""

import pytest
from making import judge, sources
from small_sources import ROOT, make_class_map
from test_class_map import rows_of


@pytest.fixture
def classes(tmp_path):
    return make_class_map(tmp_path)


def test_every_kind_is_left_out_once(classes):
    folds = judge.folds_of_kinds(classes)
    kinds = [kind for fold in folds for kind in fold]
    assert sorted(kinds) == classes.kinds([judge.SHOPS])
    assert len(kinds) == len(set(kinds)) == 3


def test_the_backbone_knows_kinds_of_the_taxonomy(classes):
    known = sources.known_to_the_backbone(ROOT / "catalogue" / "backbone_classes.csv")
    assert {"lemon", "fig"} <= known < classes.ids


def test_a_share_has_an_interval_around_it():
    found = judge.share([True] * 90 + [False] * 10)
    assert found["share"] == 0.9
    assert found["count"] == 100
    assert 0.8 < found["low"] < 0.9 < found["high"] < 0.98
    assert found == judge.share([True] * 90 + [False] * 10)


def test_an_interval_of_whole_kinds_is_wider():
    hits = [True] * 50 + [False] * 50
    kinds = [number // 10 for number in range(100)]  # each all right or all wrong
    single, whole = judge.share(hits), judge.share(hits, kinds)
    assert single["share"] == whole["share"] == 0.5
    assert single["count"] == whole["count"] == 100
    assert whole["low"] < single["low"] - 0.1 < single["high"] + 0.1 < whole["high"]


class FakeChain:
    """Answers every photograph with banana, rejected when it is of a kiwi."""

    def __init__(self, work):
        self.work = work
        self.asked = {}

    def run(self, verb, *words, out):
        assert verb == "train"

    def predict(self, bundle, photographs):
        self.asked[bundle] = photographs
        return [
            {
                "kinds": [{"id": "banana"}, {"id": "kiwi"}],
                "refused": "unknown_kind" if path.parent.name == "Kiwi" else None,
            }
            for path in photographs
        ]


@pytest.fixture
def chain(classes):
    return FakeChain(classes.laid.parent)


def test_kinds_left_out_are_asked_of_the_model_without_them(chain, classes):
    all_of_them = judge.left_out_in_the_wild(chain, classes, [], {"banana", "apple"})
    assert all_of_them["wild_known"]["right"]["share"] == pytest.approx(4 / 7)
    assert all_of_them["wild_new"]["right"] == {
        "share": 0,
        "low": 0,
        "high": pytest.approx(0.7935, abs=1e-4),  # Wilson's of one kind
        "count": 3,
    }
    found = all_of_them["wild"]
    assert found["right"]["share"] == pytest.approx(4 / 10)
    assert found["among three"]["share"] == pytest.approx(7 / 10)
    assert found["right"]["low"] == 0  # of three kinds drawn none may be banana
    for fold, kinds in enumerate(judge.folds_of_kinds(classes)):
        rows = rows_of(chain.work / f"wild-{fold}.csv")
        for photograph in chain.asked[f"wild-{fold}"]:
            assert rows[judge.SHOPS, photograph.parent.name]["label"] == ""
            assert classes.label(judge.SHOPS, photograph.parent.name) in kinds
        assert rows["tables", "banana"]["label"] == ("" if "banana" in kinds else "banana")

    judge.left_out_at_a_step(chain, classes, [], "step")
    rows = [rows_of(chain.work / f"step-{fold}.csv") for fold in range(judge.FOLDS_OF_KINDS)]
    assert all(one["composed", "Banana"]["label"] == "banana" for one in rows)

    fewer = judge.left_out_without_synthetic(chain, classes, [])
    assert fewer["right"]["count"] == 4  # every third of ten
    for fold in range(judge.FOLDS_OF_KINDS):
        rows = rows_of(chain.work / f"wild-studio-{fold}.csv")
        assert {row["label"] for key, row in rows.items() if key[0] == "composed"} == {""}


def test_unknown_kinds_are_rejected_or_not(chain, classes):
    found = judge.unknown_kinds(chain, classes, [])
    assert judge.rejected_by_kind(found)["share"] == pytest.approx(3 / 10)
    rows = rows_of(chain.work / "unknown-0.csv")
    left_out = judge.folds_of_kinds(classes)[0]
    learnt = {row["label"] for row in rows.values()}
    assert not learnt & set(left_out)


def test_a_bundle_goes_without_its_backbone(recipe, tmp_path):
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    names = ["LICENSE.backbone", "backbone.bin", "backbone.xml", "bundle.json"]
    for name in names:
        (bundle / name).write_text(name)
    (bundle / "SHA256SUMS").write_text("".join(f"{64 * 'a'}  {name}\n" for name in names))
    for _ in range(2):  # the second replaces the first
        recipe.leave_backbone_out(bundle, tmp_path / "out" / "bundle")
    left = tmp_path / "out" / "bundle"
    assert {path.name for path in left.iterdir()} == {
        "LICENSE.backbone",
        "SHA256SUMS",
        "bundle.json",
    }
    assert [line.split()[1] for line in (left / "SHA256SUMS").read_text().splitlines()] == [
        "LICENSE.backbone",
        "bundle.json",
    ]
