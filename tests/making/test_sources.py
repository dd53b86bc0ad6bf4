# SPDX-License-Identifier: Apache-2.0
"""Sources as data: what models/sources.csv may say, and what is made of their photographs."""

import io
import tarfile
from pathlib import Path

import pytest
from making import sources
from small_sources import (
    FILMS,
    OFFICIAL,
    ROOT,
    SCENES,
    SHOPS,
    TABLES,
    make_photographs,
    photograph,
    write_sources,
)


def test_every_source_of_the_project_has_a_licence_a_credit_and_a_domain():
    found = sources.read_sources(ROOT / "models" / "sources.csv")
    wild = sources.of_domain(found, sources.IN_THE_WILD)
    assert len(wild) >= 12
    assert {source.name for source in found if not source.shown} == {"open-images"}
    assert all(source.licence and source.credit and source.note for source in found)
    assert [source.made_from for source in sources.of_domain(found, sources.SYNTHETIC)] == [
        "fruits-360"
    ]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ({"licence": ""}, "the source tables has no licence"),
        ({"credit": " "}, "the source tables has no credit"),
        ({"domain": "natural"}, "the domain is 'natural', expected one of in_the_wild, studio"),
        ({"weight": "much"}, "weight is 'much', expected a number"),
        ({"weight": "-1"}, "weight is '-1'"),
        ({"shown": ""}, "shown is '', expected yes or no"),
        ({"folder": ""}, "expected an archive or a folder"),
        ({"name": "grocery-fruit"}, "'grocery-fruit' is no name of one source"),
        ({"name": "a=b"}, "'a=b' is no name"),
        ({"made_from": "films"}, "is made from 'films', which is no source"),
    ],
)
def test_a_bad_row_is_refused(tmp_path, row, what):
    path = write_sources(tmp_path / "sources.csv", SHOPS, TABLES | row)
    with pytest.raises(sources.SourceError, match=what) as refused:
        sources.read_sources(path)
    assert str(path) in str(refused.value)


def test_other_columns_and_torn_rows_are_refused(tmp_path):
    path = tmp_path / "sources.csv"
    path.write_text("name,licence\ntables,MIT\n")
    with pytest.raises(sources.SourceError, match="expected the columns name,archive,"):
        sources.read_sources(path)
    whole = write_sources(path, TABLES).read_text()
    path.write_text(whole.rstrip() + ",one more\n")
    with pytest.raises(sources.SourceError, match="expected 13 cells"):
        sources.read_sources(path)


def laid_out(folder: Path, *rows: dict) -> list[str]:
    found = sources.read_sources(write_sources(folder / "sources.csv", *rows))
    laid = sources.lay_out(found, folder / "data", folder / "work")
    return sorted(path.relative_to(laid).as_posix() for path in laid.rglob("*.jpg"))


def test_photographs_stand_by_source_and_folder(tmp_path):
    make_photographs(tmp_path / "data")
    found = laid_out(tmp_path, SHOPS, TABLES, FILMS, SCENES, OFFICIAL)
    assert "grocery-fruit/Royal-Gala/2.jpg" in found and "tables/lemon/0.jpg" in found
    assert "grocery-fruit/Banana.val/9.jpg" in found and "grocery-fruit/Banana/9.jpg" not in found
    films = [path for path in found if path.startswith("fruits-360/Lemon/")]
    assert films == ["fruits-360/Lemon/0.jpg", "fruits-360/Lemon/1.jpg"], "at most two of a class"
    assert not any(path.startswith("composed/") for path in found)


def test_a_source_is_a_row_and_a_folder(tmp_path):
    make_photographs(tmp_path / "data")
    before = laid_out(tmp_path, SHOPS)
    photograph(tmp_path / "data" / "garden" / "fig" / "1.jpg")
    after = laid_out(tmp_path, SHOPS, TABLES | {"name": "garden", "folder": "garden"})
    assert after == sorted([*before, "garden/fig/1.jpg"])


def test_sources_without_photographs_are_refused(tmp_path):
    make_photographs(tmp_path / "data")
    with pytest.raises(sources.SourceError, match=r"source garden: no photograph \(\*.jpg\) in"):
        laid_out(tmp_path, TABLES | {"name": "garden", "folder": "garden"})
    with pytest.raises(sources.SourceError, match="source garden: there is no .*garden.tar.gz"):
        laid_out(tmp_path, TABLES | {"name": "garden", "archive": "garden.tar.gz"})


def test_photographs_of_an_archive_are_taken(tmp_path):
    data = tmp_path / "data"
    make_photographs(data)
    with tarfile.open(data / "wild.tar.gz", "w:gz") as tar:
        tar.add(data / "tables", "./tables")
    row = TABLES | {"archive": "wild.tar.gz"}
    assert laid_out(tmp_path, row) == [
        f"tables/{kind}/{number}.jpg" for kind in ("banana", "lemon") for number in range(3)
    ]


def test_a_credit_is_that_of_the_file_or_of_the_source(tmp_path):
    each = TABLES | {"name": "commons", "credits": "credits.csv", "shown": "yes"}
    (tmp_path / "credits.csv").write_text(
        "file,licence_and_credit\ncommons/fig/1.jpg,CC0 by Ada\ncommons/fig/2.jpg,\n"
    )
    found = sources.read_sources(write_sources(tmp_path / "sources.csv", SHOPS, TABLES, each))
    credits = sources.Credits(found, tmp_path)
    assert credits.of("grocery-fruit/Banana/1.jpg") == "© Klasson, MIT"
    assert credits.of("commons/fig/1.jpg") == "CC0 by Ada"
    assert credits.may_show("commons/fig/1.jpg") and not credits.may_show("tables/fig/1.jpg")
    credits.check(["grocery-fruit/Banana/1.jpg", "commons/fig/1.jpg"])
    for missing in ("commons/fig/2.jpg", "commons/fig/3.jpg"):
        with pytest.raises(sources.SourceError, match=f"{missing} has no licence and credit"):
            credits.check([missing])


def test_frames_are_spread_over_their_film():
    films = [Path(f"{i:03}.jpg") for i in range(100)]
    assert sources.spread(films, 4) == [films[0], films[25], films[50], films[75]]
    assert sources.spread(films[:3], 4) == films[:3]


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
