// SPDX-License-Identifier: Apache-2.0
// The figures of one run as the page shows them. Their meaning stands in docs/formats.md; the
// binary gathers them (src/pomona/report). Whatever is missing becomes null or an empty list here,
// so that the sections need not ask twice.

import {
  count,
  fields,
  type Interval,
  interval,
  list,
  number,
  numbers,
  text,
} from './json_fields.ts';
import { type JudgementTable, readJudgements } from './judgement_data.ts';

/** Of one evaluation protocol. */
export interface Metrics {
  key: string;
  title: string;
  explanation: string;
  rows: number | null;
  trainRows: number | null;
  unknownLabelRows: number;
  accuracy: number | null;
  accuracyInterval: Interval | null;
  top3: number | null;
  top3Interval: Interval | null;
  macroF1: number | null;
  macroF1Interval: Interval | null;
  logLoss: number | null;
  calibrationError: number | null;
  intervalUnit: string;
  intervalGroups: number | null;
  /** "" where it is of all photographs judged. */
  source: string;
}

export interface ClassCount {
  label: string;
  train: number;
  test: number;
  failed: number;
}

export interface ClassFigures {
  label: string;
  precision: number | null;
  recall: number | null;
  f1: number | null;
  support: number;
}

/** Of a class that has a photograph in it. */
export interface ClassMetrics {
  label: string;
  support: number;
  recall: number | null;
  recallInterval: Interval | null;
  precision: number | null;
}

export interface MetricsByClass {
  /** Key and source of the metrics. */
  metrics: string;
  source: string;
  classes: ClassMetrics[];
}

export interface Bin {
  count: number;
  confidence: number | null;
  accuracy: number | null;
}

/** A photograph; `jpeg` is base64, or null where the page has no picture of it. */
export interface Photo {
  path: string;
  split: string;
  jpeg: string | null;
}

export interface TsnePoint extends Photo {
  label: string;
  x: number;
  y: number;
}

export interface Cell {
  truth: number;
  prediction: number;
  count: number;
}

export interface Pair {
  truth: string;
  prediction: string;
  count: number;
  rate: number | null;
  examples: (Photo & { probability: number | null })[];
  lookalikes: Photo[];
}

/** A photograph named wrong, and how probable both names were. */
export interface SurestMistake extends Photo {
  truth: string;
  prediction: string;
  probability: number | null;
  truthProbability: number | null;
}

export interface Failure {
  path: string;
  stage: string;
  kind: string;
  message: string;
}

/** Files that failed or were skipped for one reason. */
export interface FileGroup {
  /** "failed" or "skipped". */
  status: string;
  reason: string;
  count: number;
  extensions: { extension: string; count: number }[];
  examples: { path: string; message: string }[];
}

export interface LabelledPhoto {
  path: string;
  split: string;
  label: string;
}

/** Photographs with exactly the same features. */
export interface Copies {
  photographs: number;
  /** Of the test, with a copy in training. */
  testRows: number;
  twoLabels: number;
  contradictions: [LabelledPhoto, LabelledPhoto][];
}

export interface NearDuplicates {
  distance: number;
  testRows: number;
  compared: number;
}

export interface Stage {
  stage: string;
  start: number;
  seconds: number;
}

export interface Report {
  headline: string;
  warnings: string[];
  /** null: nobody has looked. */
  copies: Copies | null;
  nearDuplicates: NearDuplicates | null;
  notUsed: FileGroup[];
  labels: string[];
  trainRows: number | null;
  testRows: number | null;
  splitKind: string;
  holdout: number | null;
  grouped: boolean;
  pca: {
    components: number;
    ratios: number[];
    spectrum: number[];
    total: number | null;
    scaled: boolean;
  } | null;
  classifier: Record<string, unknown> | null;
  metrics: Metrics[];
  classes: ClassFigures[];
  /** Of each of `metrics`; the first is the one that `classes` is of. */
  byClass: MetricsByClass[];
  calibration: Bin[];
  cells: Cell[];
  pairs: Pair[];
  surestMistakes: SurestMistake[];
  judgements: JudgementTable[];
  tsne: { method: string; perplexity: number | null; points: TsnePoint[] } | null;
  sheet: { label: string; photos: Photo[] }[];
  failures: {
    total: number;
    kinds: { stage: string; kind: string; count: number }[];
    rows: Failure[];
  };
  leftOut: string[];
  command: string[];
  options: Record<string, unknown>;
  inputs: Record<string, unknown>;
  versions: Record<string, unknown>;
  machine: Record<string, unknown>;
  backbone: Record<string, unknown>;
  settings: Record<string, unknown>;
  counts: Record<string, number | null>;
  classCounts: ClassCount[];
  started: string;
  timeline: Stage[];
  imagesPerSecond: number | null;
  peakMemoryBytes: number | null;
  seconds: number | null;
}

function oneMetrics(value: unknown): Metrics {
  const from = fields(value);
  const drawn = fields(from.interval);
  return {
    key: text(from.key),
    title: text(from.title),
    explanation: text(from.explanation),
    rows: number(from.rows),
    trainRows: number(from.train_rows),
    unknownLabelRows: count(from.unknown_label_rows),
    accuracy: number(from.accuracy),
    accuracyInterval: interval(from.accuracy_interval),
    top3: number(from.top3_accuracy),
    top3Interval: interval(from.top3_accuracy_interval),
    macroF1: number(from.macro_f1),
    macroF1Interval: interval(from.macro_f1_interval),
    logLoss: number(from.log_loss),
    calibrationError: number(from.expected_calibration_error),
    intervalUnit: text(drawn.unit),
    intervalGroups: number(drawn.groups),
    source: text(from.source),
  };
}

function classFigures(value: unknown): ClassFigures {
  const from = fields(value);
  return {
    label: text(from.label),
    precision: number(from.precision),
    recall: number(from.recall),
    f1: number(from.f1),
    support: count(from.support),
  };
}

function metricsByClass(value: unknown): MetricsByClass {
  const from = fields(value);
  return {
    metrics: text(from.metrics),
    source: text(from.source),
    classes: list(from.classes)
      .map(fields)
      .map((one) => ({
        label: text(one.label),
        support: count(one.support),
        recall: number(one.recall),
        recallInterval: interval(one.recall_interval),
        precision: number(one.precision),
      })),
  };
}

function classCount(value: unknown): ClassCount {
  const from = fields(value);
  return {
    label: text(from.label),
    train: count(from.train),
    test: count(from.test),
    failed: count(from.failed),
  };
}

function pca(value: unknown): Report['pca'] {
  const from = fields(value);
  const components = number(from.n_components);
  if (components === null || components <= 0) return null;
  return {
    components,
    ratios: numbers(from.explained_variance_ratio),
    spectrum: numbers(from.spectrum_ratio),
    total: number(from.explained_total),
    scaled: from.scaled === true,
  };
}

function fileGroup(value: unknown): FileGroup {
  const from = fields(value);
  return {
    status: text(from.status),
    reason: text(from.reason),
    count: count(from.count),
    extensions: list(from.extensions)
      .map(fields)
      .map((one) => ({ extension: text(one.extension), count: count(one.count) })),
    examples: list(from.examples)
      .map(fields)
      .map((one) => ({ path: text(one.path), message: text(one.message) })),
  };
}

function copies(value: unknown): Copies | null {
  const from = fields(value);
  if (number(from.photographs) === null) return null;
  const photograph = (one: unknown): LabelledPhoto => {
    const { path, split, label } = fields(one);
    return { path: text(path), split: text(split), label: text(label) };
  };
  return {
    photographs: count(from.photographs),
    testRows: count(from.test_rows),
    twoLabels: count(from.two_labels),
    contradictions: list(from.contradictions).map((pair) => {
      const [one, other] = list(pair);
      return [photograph(one), photograph(other)];
    }),
  };
}

function nearDuplicates(value: unknown): NearDuplicates | null {
  const from = fields(value);
  const distance = number(from.distance);
  if (distance === null) return null;
  return { distance, testRows: count(from.test_rows), compared: count(from.compared) };
}

/** `data` is the parsed JSON of the page; anything at all is accepted. */
export function readReport(data: unknown): Report {
  const all = fields(data);
  const run = fields(all.run);
  const metrics = fields(all.metrics);
  const split = fields(metrics.split);
  const failures = fields(all.failures);
  const start = text(all.photo_start);
  const pictures = list(all.photos);

  const photo = (value: unknown): Photo => {
    const from = fields(value);
    const index = number(from.photo);
    const rest = index === null ? undefined : pictures[index];
    const jpeg = typeof rest === 'string' ? start + rest : '';
    return { path: text(from.path), split: text(from.split), jpeg: jpeg === '' ? null : jpeg };
  };
  const tsneFields = fields(all.tsne);
  const points = list(tsneFields.points).flatMap((value): TsnePoint[] => {
    const from = fields(value);
    const x = number(from.x);
    const y = number(from.y);
    return x === null || y === null ? [] : [{ ...photo(value), label: text(from.label), x, y }];
  });

  return {
    headline: text(metrics.headline),
    warnings: list(metrics.warnings).map(text),
    copies: copies(metrics.copies),
    nearDuplicates: nearDuplicates(metrics.near_duplicates),
    notUsed: list(run.not_used).map(fileGroup),
    labels: list(metrics.labels).map(text),
    trainRows: number(metrics.train_rows),
    testRows: number(metrics.test_rows),
    splitKind: text(split.kind),
    holdout: number(split.holdout),
    grouped: split.grouped === true,
    pca: pca(metrics.pca),
    classifier: metrics.classifier === undefined ? null : fields(metrics.classifier),
    metrics: list(metrics.metrics).map(oneMetrics),
    classes: list(metrics.classes).map(classFigures),
    byClass: list(metrics.by_class).map(metricsByClass),
    calibration: list(metrics.calibration).map((value) => {
      const from = fields(value);
      return {
        count: count(from.count),
        confidence: number(from.confidence),
        accuracy: number(from.accuracy),
      };
    }),
    cells: list(all.cells).map((value) => {
      const [truth = 0, prediction = 0, photographs = 0] = numbers(value);
      return { truth, prediction, count: photographs };
    }),
    pairs: list(all.pairs).map((value) => {
      const from = fields(value);
      return {
        truth: text(from.truth),
        prediction: text(from.prediction),
        count: count(from.count),
        rate: number(from.rate),
        examples: list(from.examples).map((example) => ({
          ...photo(example),
          probability: number(fields(example).probability),
        })),
        lookalikes: list(from.lookalikes).map(photo),
      };
    }),
    surestMistakes: list(all.surest_mistakes).map((value) => {
      const from = fields(value);
      return {
        ...photo(value),
        truth: text(from.truth),
        prediction: text(from.prediction),
        probability: number(from.probability),
        truthProbability: number(from.truth_probability),
      };
    }),
    judgements: readJudgements(all.judgements),
    tsne:
      points.length === 0
        ? null
        : { method: text(tsneFields.method), perplexity: number(tsneFields.perplexity), points },
    sheet: list(all.sheet).map((value) => ({
      label: text(fields(value).label),
      photos: list(fields(value).photos).map(photo),
    })),
    failures: {
      total: count(failures.total),
      kinds: list(failures.kinds).map((value) => {
        const from = fields(value);
        return { stage: text(from.stage), kind: text(from.kind), count: count(from.count) };
      }),
      rows: list(failures.rows).map((value) => {
        const from = fields(value);
        return {
          path: text(from.path),
          stage: text(from.stage),
          kind: text(from.kind),
          message: text(from.message),
        };
      }),
    },
    leftOut: list(all.left_out).map(text),
    command: list(run.command).map(text),
    options: fields(run.options),
    inputs: fields(run.inputs),
    versions: fields(run.versions),
    machine: fields(run.machine),
    backbone: fields(run.backbone),
    settings: { precision: run.precision, batch: run.batch, workers: run.workers },
    counts: Object.fromEntries(
      Object.entries(fields(run.counts)).map(([name, value]) => [name, number(value)]),
    ),
    classCounts: list(run.labels).map(classCount),
    started: text(run.started),
    timeline: list(run.timeline).map((value) => {
      const from = fields(value);
      return { stage: text(from.stage), start: count(from.start), seconds: count(from.seconds) };
    }),
    imagesPerSecond: number(run.images_per_second),
    peakMemoryBytes: number(run.peak_memory_bytes),
    seconds: number(run.seconds),
  };
}
