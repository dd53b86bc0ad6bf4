# SPDX-License-Identifier: Apache-2.0
"""How the recipe of the served model lays out photographs, and what it makes of answers."""

import csv
import importlib.machinery
import importlib.util
import io
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models"))
from making import judge, sources  # noqa: E402


@pytest.fixture(scope="module")
def recipe():
    loader = importlib.machinery.SourceFileLoader("recipe", str(ROOT / "models" / "recipe"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("recipe", loader))
    loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def classes():
    return sources.ClassMap(ROOT / "catalogue" / "taxonomy.csv")


def rows_of(path: Path) -> dict[tuple[str, str], dict]:
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["source"], row["class"]): row for row in csv.DictReader(file)}


def test_frames_are_spread_over_their_film():
    films = [Path(f"{i:03}.jpg") for i in range(100)]
    assert sources.spread(films, 4) == [films[0], films[25], films[50], films[75]]
    assert sources.spread(films[:3], 4) == films[:3]


def test_a_map_weighs_sources_and_leaves_kinds_out(classes, tmp_path):
    rows = rows_of(classes.write(tmp_path / "all.csv"))
    assert rows["natural", "Banana"] == rows["natural", "Banana.val"] | {"class": "Banana"}
    assert rows["natural", "Banana"]["label"] == rows["studio", "Banana"]["label"] == "banana"
    assert float(rows["composed", "Banana"]["weight"]) == sources.WEIGHTS[sources.COMPOSED]
    assert len(rows) == 2 * 31 + 2 * 131
    for name in ("Royal-Gala", "Royal-Gala.val"):
        assert (rows["natural", name]["label"], rows["natural", name]["variety"]) == (
            "apple",
            "Gala",
        )
    assert rows["composed", "Apple Pink Lady"]["variety"] == "Cripps Pink"
    assert rows["natural", "Banana"]["variety"] == ""

    def drop(source, name, label):
        return source == "natural" and label == "banana"

    rows = rows_of(classes.write(tmp_path / "some.csv", drop))
    assert rows["natural", "Banana"]["label"] == rows["natural", "Banana.val"]["label"] == ""
    assert rows["studio", "Banana"]["label"] == "banana"


def test_every_kind_is_left_out_once(classes):
    folds = judge.folds_of_kinds(classes)
    kinds = [kind for fold in folds for kind in fold]
    assert sorted(kinds) == classes.kinds("grocery-store")
    assert len(kinds) == len(set(kinds)) >= 19
    with pytest.raises(LookupError, match="no class 'Durian'"):
        classes.label("grocery-store", "Durian")


def test_the_backbone_knows_kinds_of_the_taxonomy(classes):
    known = sources.known_to_the_backbone(ROOT / "catalogue" / "backbone_classes.csv")
    kinds = {*classes.kinds("grocery-store"), *classes.kinds("fruits-360")}
    assert {"lemon", "fig"} <= known < kinds


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
    """Answers every photograph with banana, rejected when it is of a lemon."""

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
                "refused": "unknown_kind" if path.parent.name == "Lemon" else None,
            }
            for path in photographs
        ]


@pytest.fixture
def chain(tmp_path):
    for name in ("Banana", "Kiwi", "Lemon"):
        for number in range(6):
            path = tmp_path / sources.NATURAL / name / f"{number}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    return FakeChain(tmp_path)


def test_kinds_left_out_are_asked_of_the_model_without_them(chain, classes):
    all_of_them = judge.left_out_in_the_wild(chain, classes, [], {"banana", "lemon"})
    assert all_of_them["wild_known"]["right"]["share"] == pytest.approx(1 / 2)
    assert all_of_them["wild_new"]["right"] == {
        "share": 0,
        "low": 0,
        "high": pytest.approx(0.7935, abs=1e-4),  # Wilson's of one kind
        "count": 6,
    }
    found = all_of_them["wild"]
    assert found["right"]["share"] == pytest.approx(1 / 3)
    assert found["among three"]["share"] == pytest.approx(2 / 3)
    assert found["right"]["low"] == 0  # of three kinds drawn none may be banana
    for fold, kinds in enumerate(judge.folds_of_kinds(classes)):
        rows = rows_of(chain.work / f"wild-{fold}.csv")
        for photograph in chain.asked[f"wild-{fold}"]:
            assert rows["natural", photograph.parent.name]["label"] == ""
            assert classes.label("grocery-store", photograph.parent.name) in kinds

    judge.left_out_at_a_step(chain, classes, [], "step")
    rows = rows_of(chain.work / "step-0.csv")
    assert any(row["label"] == "banana" for key, row in rows.items() if key[0] == "composed")

    fewer = judge.left_out_without_composed(chain, classes, [])
    assert fewer["right"]["count"] == 18 / judge.STRIDE_OF_STUDIO
    assert fewer["right"]["share"] == pytest.approx(1 / 3)


def test_unknown_kinds_are_rejected_or_not(chain, classes):
    found = judge.unknown_kinds(chain, classes, [])
    assert judge.rejected_by_kind(found)["share"] == pytest.approx(1 / 3)
    rows = rows_of(chain.work / "unknown-0.csv")
    left_out = judge.folds_of_kinds(classes)[0]
    learnt = {row["label"] for row in rows.values()}
    assert not learnt & set(left_out)


def test_an_archive_writes_nothing_outside(tmp_path):
    archive = tmp_path / "photographs.tar"
    with tarfile.open(archive, "w") as tar:
        for name in ("in/a.jpg", "../out.jpg", "/tmp/out.jpg", "in/notes.txt"):
            member = tarfile.TarInfo(name)
            member.size = 3
            tar.addfile(member, io.BytesIO(b"abc"))
    sources.unpack(archive, tmp_path / "target")
    found = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert found == [archive, tmp_path / "target" / "in" / "a.jpg"]


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
