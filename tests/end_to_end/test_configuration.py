# SPDX-License-Identifier: Apache-2.0
"""Options from a file: command line over environment over file, and what is no configuration."""

import re
import tomllib

import pytest
from command import TINY, USAGE, Pomona
from tables import json_of, words

VERBS = words("run scan extract reduce train evaluate predict report verify doctor bench compose")
VERBS += ["sync", "read", "models list", "models install", "models import"]

# What --help may show after an option. The first are numbers in a file, the second are texts: a new
# one belongs here, and a number in cli/option_kind.cpp too.
NUMBERS = {"N", "SHARE", "N|SHARE", "PIXELS", "S", "MS", "MIB", "NUMBER", "DISTANCE", "NUMBERS"}
TEXTS = set(words("REGEX NAME FOLDER IMAGES FILE URL TEXT SPDX LIST CROPS SOURCES NCHW|NHWC I/N"))
TEXTS |= set(
    words("auto|f32|bf16 squash|crop|pad logistic|ridge en|fr rgb|bgr mean|cls|none auto|json")
)
# A value that each takes where its own name does not say one.
EXAMPLES = {
    "N": 3,
    "SHARE": 0.25,
    "N|SHARE": 0.5,
    "PIXELS": 64,
    "S": 2,
    "MS": 40,
    "MIB": 64,
    "NUMBER": 1.5,
    "DISTANCE": 0.5,
    "NUMBERS": [1, 2.5, 3],
}
EXAMPLES |= {"LIST": ["eu-west-1", "eu-north-1"], "URL": "http://127.0.0.1:1"}
EXAMPLES |= {"CROPS": ["whole", "center75-flip"], "SOURCES": ["studio", "composed"]}


@pytest.fixture
def write(tmp_path):
    """Writes a configuration and gives its path."""

    def write(text):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    for name in words("POMONA_CONFIG POMONA_MODELS POMONA_PROGRESS POMONA_REGIONS POMONA_WORKERS"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)


def section_of(document, verb):
    for name in verb.split():
        document = document[name]
    return document


def shown(verb, *more, **environment):
    """What --show-config prints, and that as TOML."""
    text = Pomona(**environment)(*verb.split(), *more, "--show-config").text
    return text, section_of(tomllib.loads(text), verb)


def origin(text, key):
    return re.search(rf"^{key} = .*# (.*)$", text, re.MULTILINE)[1]


def literal(value):
    """As TOML writes it; JSON is the same for what stands here."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)


def options_of(verb):
    """Names with what --help shows after them, "" for flags."""
    text = Pomona()(*verb.split(), "--help").text
    found = re.findall(r"^  (?:-\w,)?--([a-z0-9-]+)(?: (\S+))?", text, re.MULTILINE)
    mine = {name: kind for name, kind in found if name not in ("help", "config", "show-config")}
    assert "log-timing" in mine
    return mine


def example(kind):
    if kind == "":
        return True
    return EXAMPLES.get(kind, kind.split("|")[-1])


def test_the_command_line_wins_over_environment_and_file(write):
    config = write("workers = 2\n[scan]\nregions = ['eu-west-1']\n")
    both = {"POMONA_WORKERS": "3", "POMONA_REGIONS": "eu-north-1"}
    for verb, key, word, value in (
        ("extract", "workers", "4", 4),
        ("scan", "regions", "eu-west-3", ["eu-west-3"]),
    ):
        text, options = shown(verb, "--config", config, f"--{key}", word, **both)
        assert options[key] == value
        assert origin(text, key) == "command line"
        for environment in ({}, both):  # each of the two alone, as well
            assert shown(verb, f"--{key}", word, **environment)[1][key] == value
        assert shown(verb, "--config", config, f"--{key}", word)[1][key] == value


def test_the_environment_wins_over_the_file(write):
    config = write(
        "workers = 2\nregions = 'eu-west-1'\nmodels = 'here'\ns3-endpoint = 'http://f'\n"
    )
    environment = {"POMONA_WORKERS": "3", "POMONA_REGIONS": "eu-north-1", "POMONA_MODELS": "there"}
    environment["AWS_ENDPOINT_URL"] = "http://e"
    text, options = shown("run", "--config", config, **environment)
    expected = {
        "workers": 3,
        "regions": ["eu-north-1"],
        "models": "there",
        "s3-endpoint": "http://e",
    }
    assert {key: options[key] for key in expected} == expected
    assert origin(text, "workers") == "environment, POMONA_WORKERS"
    assert origin(text, "s3-endpoint") == "environment, AWS_ENDPOINT_URL"
    for key in expected:
        assert origin(shown("run", "--config", config)[0], key).startswith("file, line")


def test_the_file_wins_over_defaults(write):
    config = write("[run]\nholdout = 0.3\ngroup = '^(r\\d*_)?'\nno-scale = true\ncomponents = 7\n")
    text, options = shown("run", "--config", config)
    assert (options["holdout"], options["group"], options["no-scale"]) == (0.3, r"^(r\d*_)?", True)
    assert origin(text, "holdout") == "file, line 2"
    assert origin(text, "fit") == "default"
    assert shown("run")[1]["holdout"] == 0.2


def test_a_flag_of_the_file_is_taken_back_on_the_command_line(write):
    config = write("[run]\nno-previews = true\n")
    text, options = shown("run", "--config", config, "--no-previews=false")
    assert options["no-previews"] is False
    assert origin(text, "no-previews") == "command line"


def test_the_section_wins_over_what_is_for_all(write):
    config = write("size = 64\nname = 'x'\n[models]\nsize = 48\n[models.import]\nname = 'y'\n")
    assert shown("run", "--config", config)[1]["size"] == 64
    imported = shown("models import", "--config", config)[1]
    assert (imported["size"], imported["name"]) == (48, "y")
    assert "size" not in shown("scan", "--config", config)[1]


def test_the_file_may_be_named_before_or_after_the_verb_or_by_the_environment(pomona, write):
    config = write("[scan]\nholdout = 0.3\n")
    before = pomona("--config", config, "scan", "--show-config").text
    after = pomona("scan", "--show-config", "--config", config).text
    environment = Pomona(POMONA_CONFIG=str(config))("--show-config", "scan").text
    assert before == after == environment
    assert "holdout = 0.3" in before
    other = write("[scan]\nholdout = 0.4\n")
    assert shown("scan", "--config", other, POMONA_CONFIG=str(config))[1]["holdout"] == 0.4


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_of_a_verb_is_taken_from_a_file_and_shown(verb, write):
    known = options_of(verb)
    assert set(known.values()) - {""} <= NUMBERS | TEXTS
    lines = [f"{name} = {literal(example(kind))}" for name, kind in known.items()]
    config = write(f"[{verb.replace(' ', '.')}]\n" + "\n".join(lines))
    text, options = shown(verb, "--config", config)
    options |= {name: tomllib.loads(text)[name] for name in ("log-timing", "progress")}
    assert options == {name: example(kind) for name, kind in known.items()}
    assert "default" not in text and "not set" not in text


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_shown_means_the_same_when_given_back(verb, write):
    text, _ = shown(verb)
    again, _ = shown(verb, "--config", write(text))
    assert tomllib.loads(again) == tomllib.loads(text)
    assert re.findall(r"^# .*= *#.*$", again, re.MULTILINE) == re.findall(
        r"^# .*= *#.*$", text, re.MULTILINE
    )
    assert not re.search(r"^[^#].*# default$", again, re.MULTILINE)
    for name in options_of(verb):
        assert re.search(rf"^(# )?{name} =", text, re.MULTILINE), name


def test_an_option_that_may_be_given_again_is_a_list_in_a_file(write):
    text, options = shown("run", "A", "--test", "a, b", "--test", "x=c")
    assert options["test"] == ["a, b", "x=c"]
    assert shown("run", "--config", write(text))[1]["test"] == ["a, b", "x=c"]
    assert shown("run", "--config", write("[run]\ntest = 'a, b'\n"))[1]["test"] == "a, b"


def test_awkward_texts_come_back_as_they_are(write):
    group = "^'\"\\\\ \té€\x01#[a]"
    words = ["--group", group, "--holdout", ".5", "--seed", "007", "--regions", ""]
    text, options = shown("scan", *words)
    assert (options["group"], options["holdout"], options["seed"]) == (group, 0.5, 7)
    assert options["regions"] == []
    assert shown("scan", "--config", write(text))[1] == options


def test_a_number_that_toml_does_not_know_is_printed_beside_it(write):
    text, options = shown("scan", "--seed", str(2**64 - 1))
    assert "seed" not in options
    assert f"# command line: {2**64 - 1}" in text


def test_arguments_and_what_is_required_may_be_missing_when_shown(pomona):
    assert "# IMAGES is not given" in pomona("run", "--show-config").text
    assert "# IMAGES: 'photos'" in pomona("run", "photos", "--show-config").text
    pomona.refuses("run", "photos", code=USAGE, tells=["--out"])
    pomona.refuses("--show-config", code=USAGE, tells=["verb"])


def test_a_run_does_as_the_file_says(tiny, noise, tmp_path, write):
    out = tmp_path / "out"
    config = write(
        f"log-timing = true\n[run]\nout = '{out}'\nbackbone = 'tiny'\nprecision = 'f32'\n"
        "components = 5\nno-previews = true\nclassifier = 'ridge'\n"
    )
    done = tiny("run", noise, "--config", config, "--components", "4")
    options = json_of(out / "run.json")["options"]
    assert (options["components"], options["classifier"]) == (4, "ridge")
    assert not (out / "previews").exists()
    assert "extract: " in done.message


@pytest.mark.parametrize("verb", ["reduce", "train"])
def test_every_core_works_unless_told_otherwise(tiny, noise_results, tmp_path, verb):
    for flags in ([], ["--workers", "3"]):
        out = tmp_path / str(len(flags))
        tiny(verb, noise_results, "--out", out, *flags)
        record = json_of(out / "run.json")
        assert record["workers"] == (3 if flags else record["machine"]["cores"])


def test_what_a_run_shows_it_does_when_given_back(tiny, noise, noise_results, tmp_path, write):
    """Above all: 200 components, or fewer, does not become 200 and no fewer."""
    config = write(tiny("run", *TINY, "--show-config").text)
    tiny("run", noise, "--out", tmp_path / "out", "--config", config)
    mine, theirs = (
        json_of(out / "run.json")["options"] for out in (tmp_path / "out", noise_results)
    )
    assert mine == theirs


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("sizes = 1", ["'sizes'", "line 1", "allowed there", "size"]),
        ("\n[run]\nsizes = 1", ["'sizes'", "[run]", "line 3", "size"]),
        ("[scan]\nsize = 64", ["'size'", "[scan]", "holdout"]),
        ("[rnu]", ["[rnu]", "run"]),
        ("[run.more]", ["[run.more]"]),
        ("[models.imports]", ["[models.imports]", "import"]),
        ("[run]\nIMAGES = 'x'", ["'IMAGES'", "[run]"]),
        ("config = 'x'", ["'config'"]),
        ("help = true", ["'help'"]),
        ("[[run]]", ["'run'"]),
        ("size = 'big'", ["'size'", "a number", "text"]),
        ("[run]\nsize = true", ["'size'", "a number", "true or false"]),
        ("[run]\nforce = 1", ["'force'", "true or false", "a number"]),
        ("[run]\ngroup = 5", ["'group'", "text", "a number"]),
        ("[run]\nfit = ['crop']", ["'fit'", "text", "a list"]),
        ("[run]\nregions = [1]", ["'regions'", "list"]),
        ("[run]\nregions = ['eu', 1]", ["'regions'", "list"]),
        ("[run]\ngroup = 2024-01-01", ["'group'", "date"]),
        ('[run]\nout = "a\\u0000b"', ["'out'", "NUL"]),
        ("models = 3", ["'models'", "text"]),
        ("[predict]\ntop = 'x'", ["'top'", "[predict]"]),  # of another verb
        ("size = 5", ["'size'", "32", "1024"]),
        ("[run]\nsize = 64.5", ["'size'", "64.5"]),
        ("[run]\nfit = 'stretch'", ["'fit'", "stretch", "squash"]),
        ("[run]\nseed = -1", ["'seed'", "whole number"]),
        ("[run]\ncomponents = 0", ["'components'", "0.95"]),
        ("regions = 'no such'", ["'regions'", "no such"]),
        ("size = = 5", ["no TOML", "line 1"]),
        ("size = 5\nsize = 6", ["no TOML", "line 2"]),
        ("size: 128", ["no TOML"]),
        ("a = " + "[" * 100_000, ["no TOML"]),
        ("#" * (1 << 20), ["no TOML"]),
        ("#" * (1 << 20) + "\n", ["1 MiB"]),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)
def test_what_is_no_configuration_is_refused(pomona, tmp_path, write, text, tells):
    config = write(text)
    if text == "#" * (1 << 20):  # as large as may be
        assert "holdout" in pomona("run", "--config", config, "--show-config").text
        return
    done = ["run", "photos", "--out", tmp_path / "out", "--config", config]
    pomona.refuses(*done, code=USAGE, tells=[str(config), *tells])
    pomona.refuses("run", "--config", config, "--show-config", code=USAGE, tells=tells)


def test_a_file_that_is_none(pomona, tmp_path):
    missing = tmp_path / "missing.toml"
    pomona.refuses("doctor", "--config", missing, code=USAGE, tells=[str(missing), "No such file"])
    lost = Pomona(POMONA_CONFIG=str(missing))
    lost.refuses("doctor", code=USAGE, tells=[str(missing)])
    pomona.refuses("doctor", "--config", tmp_path, code=USAGE, tells=[str(tmp_path), "directory"])
    pomona.refuses("doctor", "--config", "/dev/zero", code=USAGE, tells=["1 MiB"])
    (tmp_path / "binary.toml").write_bytes(b"a = '\xff\xfe'")
    pomona.refuses("doctor", "--config", tmp_path / "binary.toml", code=USAGE, tells=["no TOML"])


def test_help_and_version_are_had_whatever_the_file_is(tmp_path):
    lost = Pomona(POMONA_CONFIG=str(tmp_path / "missing.toml"))
    assert "--config" in lost("run", "--help").text
    assert "--config" in lost("--help").text
    assert lost("--version").text.startswith("pomona ")


SECRET = "hunter2"


@pytest.mark.parametrize("place", [f"http://me:{SECRET}@host", f"http://me:{SECRET}/x@host"])
def test_a_secret_in_the_endpoint_is_refused_and_never_repeated(
    pomona, noise, tmp_path, write, place
):
    out = tmp_path / "out"
    run = ["run", noise, "--out", out, *TINY]
    config = write(f"s3-endpoint = '{place}'\n")
    environment = Pomona(AWS_ENDPOINT_URL=place)
    for command, done in (
        (pomona, [*run, "--s3-endpoint", place]),
        (pomona, ["run", "--s3-endpoint", place, "--show-config"]),
        (pomona, [*run, "--config", config]),
        (pomona, ["scan", "--config", config, "--show-config"]),
        (environment, ["scan", "s3://fruits/photos"]),
        (environment, ["scan", "--show-config"]),
    ):
        outcome = command.refuses(*done, code=USAGE, tells=["endpoint", "password", "AWS_PROFILE"])
        assert SECRET not in outcome.message + outcome.text
        assert not out.exists()


def test_a_secret_elsewhere_is_refused_and_never_repeated(pomona, tmp_path, write):
    place = f"s3://me:{SECRET}@fruits/photos"
    out = ["--out", tmp_path / "out"]
    for done in (
        ["run", place, *out],
        ["run", "photos", "--test", place, *out],
        ["run", "photos", "--out", place],
        ["scan", "photos", place],
        ["scan", "photos", "--holdout", place],
        ["scan", "photos", "--config", write(f"[run]\nout = {place}")],
        ["scan", "photos", "--config", write(f"test = '{place}'")],
        ["scan", "photos", "--config", write(f"[scan]\nholdout = '{place}'")],
        ["scan", "photos", "--config", place],
    ):
        outcome = pomona(*done, code=USAGE)
        assert SECRET not in outcome.message + outcome.text
        assert outcome.message


def test_what_only_looks_like_a_secret_is_a_name(noise, tmp_path, pomona):
    folder = tmp_path / "me@home:x"
    folder.symlink_to(noise)
    assert pomona("scan", folder).code == 0
    pomona.refuses("scan", "s3://Fruits/a@b", code=USAGE, tells=["s3://Fruits/a@b"])


def test_regions_of_the_file_refuse_a_bucket(s3, write):
    place = f"s3://{s3.bucket()}"
    far = Pomona(**s3.environment())
    config = write("regions = ['eu-north-1']\n")
    far.refuses("scan", place, "--config", config, code=USAGE, tells=["--regions", "eu-north-1"])
    assert "eu-north-1" not in far("scan", place, code=None).message
