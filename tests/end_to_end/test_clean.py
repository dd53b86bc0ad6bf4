# SPDX-License-Identifier: Apache-2.0
"""`pomona clean` removes what dead runs left, says how much, and touches nothing else."""

import json
import shutil
import signal

import pytest
from command import NOT_FOUND, TINY, UNAVAILABLE, USAGE, wait_until
from fault_proxy import Rule
from photographs import make_folder
from tables import differences, digests, files_below, part_records, rows_of, work_of

PARTS = [*TINY, "--part-files", "3", "--workers", "1"]


@pytest.fixture(scope="module")
def bucket(s3, tmp_path_factory):
    """Ten photographs below `photos`."""
    name = s3.bucket()
    s3.upload(make_folder(tmp_path_factory.mktemp("ten") / "images", "ab", 5), name, "photos")
    return name


@pytest.fixture(scope="module")
def photos(bucket):
    return f"s3://{bucket}/photos"


@pytest.fixture(scope="module")
def whole(far, photos, tmp_path_factory):
    """The results of a run that nobody disturbed."""
    out = tmp_path_factory.mktemp("whole") / "out"
    far("run", photos, "--out", out, *PARTS)
    return out


@pytest.fixture
def cut_off(shaky, proxy, s3, bucket, photos, whole):
    """Kills a run into a folder, or to a prefix of the bucket, that has finished three parts of
    four and waits for the last photograph."""
    last = rows_of(whole / "manifest")[-1]["path"]

    def parts_in(out) -> int:
        if isinstance(out, str):
            return sum("/shards/" in name for name in s3.names(bucket, out + "/"))
        return len(part_records(out))

    def cut_off(out, *words) -> None:
        proxy.clear()
        proxy.add(Rule(method="GET", path=f"photos/{last}", drip=10))
        place = f"s3://{bucket}/{out}" if isinstance(out, str) else out
        process = shaky.start("run", photos, "--out", place, *PARTS, *words)
        wait_until(lambda: parts_in(out) == 3, process)
        process.kill()
        _, message = process.communicate()
        assert process.returncode == -signal.SIGKILL, message.decode()
        proxy.clear()

    return cut_off


@pytest.fixture
def dead(cut_off, tmp_path):
    """A folder with the unfinished work of a dead run."""
    cut_off(tmp_path / "dead")
    return tmp_path / "dead"


def all_of(folder) -> dict[str, str]:
    return digests(folder, leave_out=set())


def amount_in(folder) -> str:
    """Unfinished work as messages describe it."""
    files = [path for path in (folder / "_pomona").rglob("*") if path.is_file()]
    return f"{len(files)} files of unfinished work, {sum(p.stat().st_size for p in files):,} bytes"


def test_unfinished_work_is_removed(tiny, dead):
    amount = amount_in(dead)
    assert f"Removed {amount}" in tiny("clean", dead).text
    assert list(dead.iterdir()) == []
    again = tiny("clean", dead)
    assert again.text == "Nothing to remove.\n"
    assert list(dead.iterdir()) == []


def test_a_dry_run_says_the_same_and_removes_nothing(tiny, dead):
    before = all_of(dead)
    assert f"Would remove {amount_in(dead)}" in tiny("clean", dead, "--dry-run").text
    told = json.loads(tiny("clean", dead, "--dry-run", "--json").text)
    assert all_of(dead) == before
    assert told == json.loads(tiny("clean", dead, "--json").text)
    assert told["objects"] == len(before) and not told["complete"]


def test_the_next_run_begins_anew(tiny, far, photos, whole, dead):
    tiny("clean", dead)
    far("run", photos, "--out", dead, *PARTS)
    assert (work_of(dead)["shards_kept"], work_of(dead)["decoded"]) == (0, 10)
    assert differences(dead, whole) == set()


def test_without_cleaning_the_next_run_goes_on(far, photos, whole, dead):
    """So that it is cleaning which makes the difference."""
    far("run", photos, "--out", dead, *PARTS)
    assert work_of(dead)["shards_kept"] == 3
    assert differences(dead, whole) == set()


def test_results_stay_as_they_are(far, cut_off, whole, tmp_path):
    out = shutil.copytree(whole, tmp_path / "out")
    cut_off(out, "--force", "--seed", "7")
    assert (out / "_pomona").is_dir()
    amount = amount_in(out)
    cleaned = far("clean", out).text
    assert f"Removed {amount}" in cleaned and "published results are unchanged" in cleaned
    assert all_of(out) == all_of(whole)
    assert not (out / "_pomona").exists()
    again = far("clean", out).text
    assert "Nothing to remove." in again and "published results are unchanged" in again
    far("verify", out)


def test_a_publication_that_was_cut_off_comes_to_its_end(
    shaky, proxy, s3, bucket, photos, whole, tmp_path
):
    halted = proxy.add(
        Rule(method="PUT", path=f"{bucket}/halted/tsne.json", delay=5, status=503, forward=False)
    )
    process = shaky.start("run", photos, "--out", f"s3://{bucket}/halted", *PARTS)
    wait_until(lambda: halted.used, process)
    process.kill()
    process.communicate()
    assert halted.used and f"{bucket}/halted/_SUCCESS" not in s3.names(bucket, "halted")
    proxy.clear()
    assert "published results are unchanged" in shaky("clean", f"s3://{bucket}/halted").text
    out = s3.download(bucket, "halted", tmp_path / "halted")
    assert (out / "_SUCCESS").exists() and not (out / "_pomona").exists()
    assert differences(out, whole) == set()


def test_a_publication_that_failed_comes_to_its_end(
    shaky, proxy, s3, bucket, photos, whole, tmp_path
):
    denied = {"status": 403, "code": "AccessDenied", "forward": False}
    proxy.add(Rule(method="PUT", path=f"{bucket}/failed/tsne.json", **denied, times=1))
    place = f"s3://{bucket}/failed"
    shaky.refuses("run", photos, "--out", place, *PARTS, code=UNAVAILABLE, tells=["tsne.json"])
    assert f"{bucket}/failed/_SUCCESS" not in s3.names(bucket, "failed")
    shaky("run", photos, "--out", place, *PARTS)
    out = s3.download(bucket, "failed", tmp_path / "failed")
    assert differences(out, whole) == set() and not (out / "_pomona").exists()


def test_files_of_others_stay(tiny, dead):
    mine = {"notes.txt", "pictures of mine/a.jpg", ".hidden", "pomona.toml", "x_pomona/work.json"}
    for name in mine:
        (dead / name).parent.mkdir(exist_ok=True)
        (dead / name).write_text(name)
    (dead / "empty").mkdir()
    tiny("clean", dead)
    assert files_below(dead) == mine and (dead / "empty").is_dir()
    assert all((dead / name).read_text() == name for name in mine)


def test_a_link_out_of_the_folder_is_not_followed(tiny, dead, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    (dead / "_pomona" / "link").symlink_to(tmp_path / "mine")
    tiny("clean", dead)
    assert not (dead / "_pomona").exists()
    assert (tmp_path / "mine" / "notes.txt").read_text() == "mine"


@pytest.fixture
def with_temporary(whole, tmp_path):
    """Results with two files that a process killed while it writes has left, and these."""
    out = shutil.copytree(whole, tmp_path / "out")
    temporary = [out / ".pomona-4711-0", out / "bundle" / ".pomona-4711-12"]
    for path in temporary:
        path.write_bytes(b"half a file")
    return out, temporary


def test_temporary_files_are_removed(tiny, whole, with_temporary):
    out, _ = with_temporary
    tiny("clean", out)
    assert all_of(out) == all_of(whole)


def test_temporary_files_are_reported(tiny, with_temporary):
    out, temporary = with_temporary
    assert "Would remove" in tiny("clean", out, "--dry-run").text
    assert all(path.exists() for path in temporary)
    assert "Removed" in tiny("clean", out).text
    assert "Nothing to remove." in tiny("clean", out).text


@pytest.mark.parametrize("verb", ["clean", "run"])
def test_temporary_files_of_a_run_in_a_folder_below_are_left_alone(tiny, noise, tmp_path, verb):
    """It holds the lock of its own folder, and may be writing them."""
    temporary = tmp_path / "out" / "june" / "_pomona" / "f" / "features" / ".pomona-4711-0"
    temporary.parent.mkdir(parents=True)
    temporary.write_bytes(b"half a file")
    words = {"clean": ["clean"], "run": ["run", noise, *TINY, "--out"]}[verb]
    tiny(*words, tmp_path / "out", code=None)
    assert temporary.exists()


def test_while_a_run_is_at_work_it_is_refused(shaky, proxy, photos, whole, tmp_path):
    out = tmp_path / "out"
    slow = proxy.add(Rule(method="GET", path=r"photos/.*\.jpg", delay=1, times=1))
    process = shaky.start("run", photos, "--out", out, *PARTS)
    wait_until(lambda: slow.used, process)
    process.send_signal(signal.SIGSTOP)  # it holds its lock, however slow this machine is
    before = all_of(out)
    assert (out / "_pomona" / "work.json").exists() and not (out / "_SUCCESS").exists()
    shaky.refuses("clean", out, code=UNAVAILABLE, tells=[str(out), "another run is at work"])
    assert all_of(out) == before
    process.send_signal(signal.SIGCONT)
    _, message = process.communicate(timeout=60)
    assert process.returncode == 0, message.decode()
    assert differences(out, whole) == set()


def test_a_place_that_does_not_exist(tiny, far, tmp_path):
    for words in ([], ["--dry-run"]):
        missing = tmp_path / "missing"
        tiny.refuses("clean", missing, *words, code=NOT_FOUND, tells=[str(missing)])
        assert not missing.exists()
        nowhere = "s3://no-such-bucket/out"
        far.refuses("clean", nowhere, *words, code=NOT_FOUND, tells=["s3://no-such-bucket"])


def test_a_place_that_is_a_file(tiny, tmp_path):
    file = tmp_path / "file"
    file.write_text("mine")
    for words in ([], ["--dry-run"]):
        tiny.refuses("clean", file, *words, code=USAGE, tells=[str(file)])
        assert file.read_text() == "mine"


def test_a_folder_in_which_nothing_is_ours(tiny, noise, tmp_path):
    images = shutil.copytree(noise, tmp_path / "images")
    assert tiny("clean", images).text == "Nothing to remove.\n"
    assert all_of(images) == all_of(noise)


def test_bucket_unfinished_work_is_removed_and_the_next_run_begins_anew(
    far, s3, bucket, cut_off, photos, whole, tmp_path
):
    cut_off("dead")
    s3.client.put_object(Bucket=bucket, Key="dead/notes.txt", Body=b"mine")
    s3.client.put_object(Bucket=bucket, Key="dead-too/_pomona/work.json", Body=b"of others")
    amount = amount_in(s3.download(bucket, "dead", tmp_path / "dead"))
    before = s3.names(bucket)
    place = f"s3://{bucket}/dead"
    assert f"Would remove {amount}" in far("clean", place, "--dry-run").text
    assert s3.names(bucket) == before
    assert f"Removed {amount}" in far("clean", place).text
    assert s3.names(bucket, "dead/") == {"dead/notes.txt"}
    assert s3.names(bucket, "dead-too/") == {"dead-too/_pomona/work.json"}
    assert far("clean", place).text == "Nothing to remove.\n"
    s3.client.delete_object(Bucket=bucket, Key="dead/notes.txt")
    far("run", photos, "--out", place, *PARTS)
    again = s3.download(bucket, "dead", tmp_path / "again")
    assert work_of(again)["shards_kept"] == 0
    assert differences(again, whole) == set()


def test_bucket_results_stay_as_they_are(far, s3, bucket, cut_off, whole, tmp_path):
    s3.upload(whole, bucket, "kept")
    cut_off("kept", "--force", "--seed", "7")
    assert s3.names(bucket, "kept/_pomona/")
    assert "published results are unchanged" in far("clean", f"s3://{bucket}/kept").text
    assert all_of(s3.download(bucket, "kept", tmp_path / "kept")) == all_of(whole)


def begin_uploads(s3, bucket: str, keys) -> None:
    for key in keys:
        upload = s3.client.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
        part = {"UploadId": upload, "PartNumber": 1, "Body": b"half"}
        s3.client.upload_part(Bucket=bucket, Key=key, **part)


def pending(s3, bucket: str) -> list[str]:
    return sorted(upload["Key"] for upload in s3.pending_uploads(bucket))


BELOW = ["out/_pomona/f/staged/a/reduced.csv", "out/features/part", "out/reduced.csv"]
ELSEWHERE = ["out-too/reduced.csv", "out.csv", "photos/a.jpg"]


@pytest.fixture
def with_uploads(s3):
    """A bucket with uploads that nobody ended."""
    bucket = s3.bucket()
    begin_uploads(s3, bucket, [*BELOW, *ELSEWHERE])
    return bucket


def test_bucket_uploads_below_the_place_are_given_up_and_others_left_alone(far, s3, with_uploads):
    place = f"s3://{with_uploads}/out"
    assert "3 unfinished uploads" in far("clean", place).text
    assert pending(s3, with_uploads) == sorted(ELSEWHERE)
    assert far("clean", place).text == "Nothing to remove.\n"


def test_bucket_a_dry_run_tells_of_uploads_and_leaves_them(far, s3, with_uploads):
    told = far("clean", f"s3://{with_uploads}/out", "--dry-run").text
    assert pending(s3, with_uploads) == sorted([*BELOW, *ELSEWHERE])
    assert "3 unfinished uploads" in told
