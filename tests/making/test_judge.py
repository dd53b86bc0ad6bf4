# SPDX-License-Identifier: Apache-2.0
"""How the recipe asks about photographs that the model did not learn from."""

import json
from pathlib import Path

import pytest
from making import judge

ROOT = Path(__file__).resolve().parents[2]


class Classes:
    def __init__(self, laid: Path):
        self.laid = laid

    def photographs(self, source: str) -> list[tuple[Path, str]]:
        kinds = {"Royal-Gala.val": "apple", "Kaiser.val": "pear", "Kaiser": "pear"}
        found = sorted((self.laid / source).rglob("*.jpg"))
        return [(path, kinds[path.parent.name]) for path in found]

    def write(self, path: Path, drop) -> Path:
        rows = [name for name in ("Kaiser", "Kaiser.val") if not drop(judge.SHOPS, name, "pear")]
        path.write_text("\n".join(rows))
        return path


class Chain:
    """Takes every photograph for an apple, and rejects it with --fast."""

    def __init__(self, work: Path):
        self.work = work

    def run(self, verb: str, *words, out: str) -> None:
        (rows,) = [word for word in words if str(word).endswith(".csv")]
        self.learnt = rows.read_text().split()

    def predict(self, bundle: str, photographs: list[Path], *words) -> list[dict]:
        assert bundle == "spoilt"
        refused = "unknown_kind" if "--fast" in words else None
        return [{"kinds": [{"id": "apple"}], "refused": refused} for _ in photographs]


def photograph(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")


def test_a_share_without_anything_to_draw_has_wilsons_interval():
    one = judge.share([True])
    assert one["low"] == pytest.approx(0.20654931, abs=1e-8) and one["high"] == 1
    none = judge.share([False, False])
    assert none["low"] == 0 and none["high"] == pytest.approx(0.65761977, abs=1e-8)
    of_one_group = judge.share([True, True, False, True], ["kiwi"] * 4)
    assert of_one_group["high"] - of_one_group["low"] > 0.7, "one draw, not four"
    golden = json.loads((ROOT / "tests/golden/learn/wilson.json").read_text())
    for entry in golden:
        low, high = judge.wilson(entry["share"], entry["units"])
        assert (low, high) == pytest.approx((entry["low"], entry["high"]), abs=1e-9)


def test_spoilt_photographs_and_a_faster_look_are_judged_beside_what_they_are(tmp_path):
    photograph(tmp_path / judge.SHOPS / "Royal-Gala.val" / "1.jpg")
    photograph(tmp_path / judge.SHOPS / "Kaiser.val" / "1.jpg")
    photograph(tmp_path / judge.SHOPS / "Kaiser" / "2.jpg")
    photograph(tmp_path / "corruptions" / "noise" / "pear" / "Kaiser.val-1.jpg")
    chain = Chain(tmp_path)
    judged = judge.right_when_spoilt(judge.spoilt(chain, Classes(tmp_path), []))
    assert chain.learnt == ["Kaiser"], "it must not learn from what it is asked about"
    assert list(judged) == [judge.AS_IT_IS, judge.FAST, "noise"]
    assert judged[judge.AS_IT_IS]["right"]["share"] == judged[judge.FAST]["right"]["share"] == 0.5
    assert judged["noise"]["right"] | {"count": 1, "share": 0} == judged["noise"]["right"]
    assert [one["rejected"] for one in judged.values()] == [0, 1, 0]
