# SPDX-License-Identifier: Apache-2.0
"""Options of the verbs, in groups that several verbs share.

Names are those of the command: `--max-failures` is `max_failures`, and a flag such as `--no-scale` is
`scale=False`. Two names differ: `--from` is `from_`, and `--lang` of `predict` is `language`.

`None` leaves an option out. Verbs that run the command also read `POMONA_CONFIG` and `POMONA_WORKERS`.
"""

from __future__ import annotations  # help() shows types as they are written here

import os
from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypedDict

StrPath = str | os.PathLike[str]
Place = StrPath
"""A folder, or `s3://bucket/prefix`."""
Images = Place | Sequence[Place] | Mapping[str, Place]
"""One place or several; a mapping names the source of each: `{"studio": "Training"}`."""


class ObjectOptions(TypedDict, total=False):
    """How objects of buckets are read.

    Args:
        s3_endpoint: URL of a service other than AWS for s3:// places. By default
            `AWS_ENDPOINT_URL`, or `endpoint_url` of the AWS profile.
        regions: Regions that buckets may lie in; `"eu"`: those in the European Union. By default
            any, or those of `POMONA_REGIONS`.
        requester_pays: Agree to pay for requests to buckets whose requester pays. False by default.
        sign_request: False reads public buckets without credentials. True by default.
    """

    s3_endpoint: str | None
    regions: str | Sequence[str] | None
    requester_pays: bool | None
    sign_request: bool | None


class StoreOptions(ObjectOptions, total=False):
    """How buckets are reached.

    Args:
        conditional_writes: False for services without conditional writes: two runs that begin at
            one moment in one place may not notice each other. True by default.
    """

    conditional_writes: bool | None


class LabelOptions(TypedDict, total=False):
    """Which label a photograph has.

    Args:
        classes: CSV file that maps folders to labels: columns source, class, label; optional
            columns weight and variety. An empty label excludes the folder.
        include_hidden: Take files with hidden names as well, their own or that of a folder above
            them. False by default.
    """

    classes: StrPath | None
    include_hidden: bool | None


class SplitOptions(TypedDict, total=False):
    r"""Which photographs are for training and which for the test.

    Args:
        test: Folders of the same kind as `images`: the test set, never used in training.
        holdout: Share of photographs kept for the test, 0 to 1; 0.2 by default. It has no effect
            with `test`, `train_files` or `test_files`.
        train_files: Regular expression: train only on files whose names match.
        test_files: Regular expression: test only on files whose names match.
        group: Regular expression on file names. Photographs of a label with the same captures are
            a group, which stays on one side: `r"^(r\d*_)?"` for the films of Fruits-360.
        seed: Another number chooses another holdout; 0 by default.
    """

    test: Images | None
    holdout: float | None
    train_files: str | None
    test_files: str | None
    group: str | None
    seed: int | None


class OutputOptions(TypedDict, total=False):
    """What becomes of an earlier result in the output folder.

    Args:
        force: Replace the results of an earlier run in that folder, and discard the work of an
            interrupted one. False by default.
    """

    force: bool | None


class EarlierOptions(TypedDict, total=False):
    """What is taken from earlier work.

    Args:
        from_: Results of an earlier run, from which photographs that have not changed are taken:
            the same path, size and time (in a bucket: ETag).
        by_hash: With `from_`: compare the bytes of photographs instead of their time or ETag.
            False by default.
        retry_failures: Retry the files that an earlier run into the same folder could not read.
            False by default.
    """

    from_: Place | None
    by_hash: bool | None
    retry_failures: bool | None


class WorkerOptions(TypedDict, total=False):
    """What the machine gives.

    Args:
        workers: Worker threads. By default one for each core; the command reads `POMONA_WORKERS`.
    """

    workers: int | None


class ModelsOptions(TypedDict, total=False):
    """Where backbones are.

    Args:
        models: Folder of installed backbones. By default that of this package, or `POMONA_MODELS`.
    """

    models: StrPath | None


class DecodeOptions(TypedDict, total=False):
    """What a photograph may ask for, and how much of it may be lost.

    Args:
        max_pixels: Photographs with more pixels fail as too_large; 250,000,000 by default.
        max_decode_memory: Photographs whose decoding takes more MiB fail as too_large; 160 by
            default. Each worker may take as much.
        max_decode_time: Photographs whose decoding takes more milliseconds, by an estimate from
            their headers, fail as too_large; 250 by default.
        max_damage: Decode JPEGs of which at most this share is lost, 0 to 1, instead of failing
            them as truncated or damaged; 0 by default.
    """

    max_pixels: int | None
    max_decode_memory: int | None
    max_decode_time: int | None
    max_damage: float | None


class FailureOptions(TypedDict, total=False):
    """How many photographs may fail.

    Args:
        max_failures: Share of photographs that may be unreadable, 0 to 1; above it the verb
            fails. 0.1 by default.
    """

    max_failures: float | None


class FeatureOptions(FailureOptions, WorkerOptions, ModelsOptions, DecodeOptions, total=False):
    """How photographs become features.

    Args:
        backbone: The network, one of `backbones()`; `"efficientnet-lite0"` by default.
        size: Side of the network's input, in pixels; the backbone's own by default.
        precision: `"auto"` measures and takes the fastest; `"bf16"` only where the processor has
            it. `"auto"` by default.
        fit: How a photograph that is not square, or a crop of one, becomes square: squash both
            sides, crop the ends of the longer side, or pad with grey. `"squash"` by default.
        batch: Photographs in one call of the network; what is fastest at this size by default.
        previews: False keeps no previews of photographs: the report shows none, and there is no
            pixel baseline. True by default.
        part_files: Files in one part of the tables: an interrupted run loses at most its work on
            one part. 4096 by default.
        crops: Parts of each photograph that the network sees: `"whole"`, `"flip"`, `"center75"`,
            `"center75-flip"`; `"center75@448"` sets the side of the network's input for this
            crop. `"whole"` by default. Each crop costs a run of the network.
    """

    backbone: str | None
    size: int | None
    precision: Literal["auto", "f32", "bf16"] | None
    fit: Literal["squash", "crop", "pad"] | None
    batch: int | None
    previews: bool | None
    part_files: int | None
    crops: str | Sequence[str] | None


class PcaOptions(TypedDict, total=False):
    """How features are reduced.

    Args:
        components: How many principal components, such as 200, or the share of the variance that
            they must explain, such as 0.95. 200 by default, or fewer where there are not so many.
        scale: False centres features without dividing by their deviation. True by default.
    """

    components: float | None
    scale: bool | None


class ClassifierOptions(TypedDict, total=False):
    """How the classifier learns.

    Args:
        classifier: `"logistic"` regression on the components, or `"ridge"` on all features.
            `"logistic"` by default.
        c: Logistic regression: inverse regularisation strength, as scikit-learn's C on components
            divided by their root mean square. 1 by default.
        folds: Cross-validate the whole chain with this many folds of the training photographs.
            No cross-validation by default.
        reject_rate: Share of known photographs that may be rejected, such as 0.05; 0, the
            default, never rejects.
        studio: Sources of the studio domain. Predictions mark labels that were learnt from these
            alone.
        adapt: Domain adaptation: shift and scale the features of these `studio` sources to the
            in-the-wild domain.
        backbone_classes: CSV file with columns class (index of a backbone class, from 0) and
            label: a Gaussian prior for labels that only `studio` sources show.
        catalogue: JSON file of what is known about each label. The bundle carries it.
    """

    classifier: Literal["logistic", "ridge"] | None
    c: float | None
    folds: int | None
    reject_rate: float | None
    studio: str | Sequence[str] | None
    adapt: str | Sequence[str] | None
    backbone_classes: StrPath | None
    catalogue: StrPath | None


# What verbs are made of, for `_signature`: Python 3.11 forgets the bases of a TypedDict.
GROUPS: Final = (
    ObjectOptions,
    StoreOptions,
    LabelOptions,
    SplitOptions,
    OutputOptions,
    EarlierOptions,
    WorkerOptions,
    ModelsOptions,
    DecodeOptions,
    FailureOptions,
    FeatureOptions,
    PcaOptions,
    ClassifierOptions,
)


class ScanOptions(SplitOptions, LabelOptions, StoreOptions, total=False):
    """Options of `scan`."""


class PhotographOptions(
    SplitOptions,
    LabelOptions,
    OutputOptions,
    FeatureOptions,
    EarlierOptions,
    StoreOptions,
    total=False,
):
    """Options that `run` and `extract` share."""


class ChainOptions(PhotographOptions, PcaOptions, ClassifierOptions, total=False):
    """Options of `run` on one machine and on several."""


class RunOptions(ChainOptions, total=False):
    """Options of `run`.

    Args:
        shard: `"3/8"` does the third of eight shards of the extraction and nothing else; `"0/8"`
            only lists the photographs. Machines with the same `out` share the extraction; `run`
            without `shard` goes on when all have ended.
    """

    shard: str | None


class ExtractOptions(PhotographOptions, total=False):
    """Options of `extract`.

    Args:
        shard: `"3/8"` does the third of eight shards; `"0/8"` only lists the photographs. Machines
            with the same `out` write one result; the last shard to finish publishes it.
    """

    shard: str | None


class ReduceOptions(PcaOptions, OutputOptions, WorkerOptions, StoreOptions, total=False):
    """Options of `reduce`.

    Args:
        classes: CSV file that maps folders to labels, as for `run`.
    """

    classes: StrPath | None


class TrainOptions(
    ClassifierOptions,
    PcaOptions,
    OutputOptions,
    WorkerOptions,
    ModelsOptions,
    StoreOptions,
    total=False,
):
    """Options of `train`.

    Args:
        classes: CSV file that maps folders to labels, as for `run`.
        group: Regular expression on file names, as for `run`. By default as when the features
            were made.
        seed: As for `run`. By default as when the features were made.
        near_duplicates: Group near-duplicates: photographs of a label whose features have at most
            this cosine distance, such as 0.29.
    """

    classes: StrPath | None
    group: str | None
    seed: int | None
    near_duplicates: float | None


class EvaluateOptions(
    LabelOptions,
    FailureOptions,
    DecodeOptions,
    WorkerOptions,
    ModelsOptions,
    StoreOptions,
    total=False,
):
    """Options of `evaluate`.

    Args:
        group: Regular expression on file names, as for `run`: intervals then treat what belongs
            together as one.
    """

    group: str | None


class VerifyOptions(ModelsOptions, StoreOptions, total=False):
    """Options of `verify`.

    Args:
        images: Where the photographs are now, if not where run.json says.
        test: The same for the test set.
        listing: False does not list the photographs anew. True by default.
    """

    images: Images | None
    test: Images | None
    listing: bool | None


class ReportOptions(StoreOptions, total=False):
    """Options of `report`.

    Args:
        judgements: JSON file of shares measured outside of the run, to be shown as tables
            (docs/formats.md).
    """

    judgements: StrPath | None


class CleanOptions(StoreOptions, total=False):
    """Options of `clean`.

    Args:
        dry_run: Say what would be removed; remove nothing. False by default.
    """

    dry_run: bool | None


class ComposeOptions(OutputOptions, DecodeOptions, WorkerOptions, StoreOptions, total=False):
    """Options of `compose`.

    Args:
        include_hidden: Take files with hidden names as well. False by default.
        count: Scenes for each label folder; 40 by default.
        size: Side of each scene, in pixels; 320 by default.
        backgrounds: Folder, or s3://bucket/prefix, of photographs without fruit: parts of them lie
            behind the fruit in more than half of the scenes.
        seed: Another number makes other scenes; 0 by default.
    """

    include_hidden: bool | None
    count: int | None
    size: int | None
    backgrounds: Place | None
    seed: int | None


class SyncOptions(StoreOptions, total=False):
    """Options of `sync`.

    Args:
        keys: File: only objects of `source` whose keys are its lines are copied; it is not listed.
        delete: Delete objects in `target` that are not in `source`. False by default.
        dry_run: Say what would be done; change nothing. False by default.
    """

    keys: Place | None
    delete: bool | None
    dry_run: bool | None
