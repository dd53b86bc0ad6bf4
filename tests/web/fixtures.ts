// SPDX-License-Identifier: Apache-2.0
// Made-up runs for the tests of the page, the same every time: the JSON that the binary puts into
// it (src/pomona/report/report.h).
import previews from './previews.json' with { type: 'json' };

export interface Shape {
  classes: number;
  /** Photographs of a class, training and test. */
  train: number;
  test: number;
  tsnePoints: number;
  pictures: boolean;
  failures: number;
  /** Share of test photographs named wrong. */
  wrong: number;
  byGroup: boolean;
  /** Tables measured outside of the run. */
  judged: boolean;
  label(index: number): string;
}

const kinds = ['Apple', 'Banana', 'Cherry', 'Grape', 'Lemon', 'Mango', 'Pear', 'Plum', 'Tomato'];

const usual: Shape = {
  classes: 131,
  train: 60,
  test: 20,
  tsnePoints: 300,
  pictures: true,
  failures: 3,
  wrong: 0.06,
  byGroup: true,
  judged: true,
  label: (index) => `${kinds[index % kinds.length]} ${Math.floor(index / kinds.length) + 1}`,
};

/** Uniform in [0, 1), the same sequence for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

export function makeReport(wanted: Partial<Shape> = {}): Record<string, unknown> {
  const shape = { ...usual, ...wanted };
  const next = random(7);
  const labels = Array.from({ length: shape.classes }, (_, i) => shape.label(i)).sort();
  const tested = shape.test > 0 && labels.length > 1;
  const photograph = (label: string, i: number, split: string) => ({
    path: `${label}/${split}_${i}.jpg`,
    split,
    photo: shape.pictures ? (labels.indexOf(label) * 3 + i) % previews.length : null,
  });
  const cells = tested ? confusions(labels.length, shape, next) : [];
  const trainRows = labels.length * shape.train;
  const testRows = labels.length * shape.test;
  return {
    format: 1,
    run: run(labels, shape, trainRows, testRows),
    metrics: {
      format: 1,
      headline: tested ? 'Headline metric: 64.0 %, by group. A random split gives 97.0 %.' : '',
      labels,
      train_rows: trainRows,
      test_rows: testRows,
      split: { kind: 'holdout', holdout: 0.2, grouped: false, seed: 0 },
      pca: pca(),
      classifier:
        labels.length > 1
          ? {
              kind: 'logistic',
              temperature: 1.1,
              iterations: 120,
              converged: true,
              objective: 12.5,
            }
          : null,
      metrics: tested ? metrics(cells, shape, trainRows, testRows) : [],
      classes: tested ? figures(labels, cells) : [],
      calibration: tested ? calibration(next) : [],
      by_class: tested ? byClass(labels, cells) : [],
      copies: copies(labels, tested),
      near_duplicates: tested ? { distance: 0.1, test_rows: 7, compared: testRows } : null,
      warnings: tested ? ['2 photographs have a copy under another label; decide on one.'] : [],
    },
    cells,
    pairs: cells
      .filter(([truth, prediction]) => truth !== prediction)
      .sort((a, b) => b[2] - a[2])
      .slice(0, 12)
      .map(([truth, prediction, count]) => ({
        truth: labels[truth],
        prediction: labels[prediction],
        count,
        rate: count / shape.test,
        examples: [0, 1].map((i) => ({
          ...photograph(labels[truth] ?? '', i, 'test'),
          probability: 0.6 + 0.3 * next(),
        })),
        lookalikes: [0, 1].map((i) => photograph(labels[prediction] ?? '', i, 'train')),
      })),
    surest_mistakes: cells
      .filter(([truth, prediction]) => truth !== prediction)
      .slice(0, 24)
      .map(([truth, prediction], i) => ({
        ...photograph(labels[truth] ?? '', i, 'test'),
        truth: labels[truth],
        prediction: labels[prediction],
        probability: 0.999 - i / 50,
        truth_probability: 0.001 + i / 100,
      })),
    judgements: shape.judged ? judgements(shape.label(0) || 'cutouts') : [],
    tsne:
      shape.tsnePoints === 0
        ? null
        : {
            method: 't-SNE',
            perplexity: 30,
            points: Array.from({ length: shape.tsnePoints }, (_, i) => {
              const label = labels[i % labels.length] ?? '';
              const turn = ((i % labels.length) / labels.length) * 2 * Math.PI;
              return {
                ...photograph(label, i, i % 4 === 0 ? 'test' : 'train'),
                label,
                x: 30 * Math.cos(turn) + 8 * (next() - 0.5),
                y: 30 * Math.sin(turn) + 8 * (next() - 0.5),
              };
            }),
          },
    sheet: shape.pictures
      ? labels.map((label) => ({
          label,
          photos: [0, 1, 2].map((i) => photograph(label, i, 'train')),
        }))
      : [],
    photo_start: '',
    photos: shape.pictures ? previews : [],
    failures: failures(shape.failures),
    left_out: [],
  };
}

function copies(labels: string[], tested: boolean): object {
  const photograph = (label = '') => ({ path: `${label}/train_0.jpg`, split: 'train', label });
  return {
    photographs: tested ? 12 : 0,
    test_rows: 0,
    two_labels: tested ? 2 : 0,
    contradictions: tested ? [[photograph(labels[0]), photograph(labels[1])]] : [],
  };
}

function confusions(size: number, shape: Shape, next: () => number): [number, number, number][] {
  const cells: [number, number, number][] = [];
  for (let truth = 0; truth < size; ++truth) {
    let right = shape.test;
    const other = (truth + 1 + Math.floor(next() * 3)) % size;
    const wrong = Math.round(2 * shape.wrong * next() * shape.test);
    if (wrong > 0 && other !== truth) {
      cells.push([truth, other, wrong]);
      right -= wrong;
    }
    cells.push([truth, truth, right]);
  }
  return cells;
}

function metrics(cells: number[][], shape: Shape, trainRows: number, testRows: number): object[] {
  const right = cells.reduce((sum, [truth, said, n = 0]) => sum + (truth === said ? n : 0), 0);
  const entry = (key: string, title: string, accuracy: number) => ({
    key,
    title,
    explanation: 'What this number means, in a sentence of usual length for the place.',
    rows: testRows,
    train_rows: trainRows,
    unknown_label_rows: key === 'by_group' ? 3 : 0,
    accuracy,
    accuracy_interval: [Math.max(accuracy - 0.006, 0), Math.min(accuracy + 0.005, 1)],
    top3_accuracy: (accuracy + 2) / 3,
    top3_accuracy_interval: [(accuracy + 1.98) / 3, 1],
    macro_f1: accuracy - 0.004,
    macro_f1_interval: [accuracy - 0.012, accuracy + 0.002],
    log_loss: 0.1234,
    expected_calibration_error: 0.011,
    interval: { resamples: 1000, unit: 'row', groups: testRows },
  });
  const pixels = {
    key: 'pixels',
    title: 'Pixel baseline (1-NN on 16 × 16 pixels)',
    explanation: 'No network.',
  };
  return [
    entry('main', 'Held out at random', right / testRows),
    ...(shape.byGroup ? [entry('by_group', 'Split by group', 0.641)] : []),
    { ...pixels, rows: testRows, train_rows: trainRows, accuracy: 0.52 },
  ];
}

function figures(labels: string[], cells: number[][]): Figures[] {
  return labels.map((label, i) => {
    const sum = (which: (cell: number[]) => boolean) =>
      cells.filter(which).reduce((total, [, , n = 0]) => total + n, 0);
    const right = sum(([truth, said]) => truth === i && said === i);
    const support = sum(([truth]) => truth === i);
    const named = sum(([, said]) => said === i);
    const [precision, recall] = [right / (named || 1), right / support];
    const f1 = (2 * precision * recall) / (precision + recall || 1);
    return { label, precision, recall, f1, support };
  });
}

/** The main metrics, and those of a source that has every second class alone. */
function byClass(labels: string[], cells: number[][]): object[] {
  const all = figures(labels, cells).map((one) => ({
    ...one,
    recall_interval: one.support < 2 ? null : [one.recall * 0.9, 1 - (1 - one.recall) * 0.7],
  }));
  return [
    { metrics: 'main', classes: all },
    {
      metrics: 'cross_validated_source',
      source: 'natural',
      classes: all.filter((_, i) => i % 2 === 0).map((one) => ({ ...one, recall: 0.5 })),
    },
  ];
}

function judgements(name: string): object[] {
  const share = (value: number, more = {}) => ({
    share: value,
    low: Math.max(value - 0.06, 0),
    high: Math.min(value + 0.04, 1),
    ...more,
  });
  return [
    {
      title: 'Pictures that show no fruit',
      note: 'None of them was seen when the limits were set.',
      columns: ['rejected'],
      rows: [
        { name, count: 122, shares: [share(1, { at_least: 0.9 })] },
        { name: 'round', count: 18, shares: [share(0.889, { at_least: 0.9 })] },
      ],
    },
    {
      title: 'Spoilt photographs',
      columns: ['right', 'rejected'],
      rows: [
        { name: 'blurred', count: 111, shares: [share(0.42), { share: 1 }] },
        { name: 'dark', count: 111, shares: [share(0.8), null] },
      ],
    },
  ];
}

interface Figures {
  label: string;
  precision: number;
  recall: number;
  f1: number;
  support: number;
}

function calibration(next: () => number): object[] {
  return Array.from({ length: 15 }, (_, i) => {
    const confidence = (i + 0.5) / 15;
    const count = i === 0 ? 0 : Math.round(3 * 1.6 ** i);
    return {
      count,
      confidence: count === 0 ? null : confidence,
      accuracy: count === 0 ? null : Math.min(confidence + 0.06 * (next() - 0.3), 1),
    };
  });
}

function pca(): object {
  const raw = Array.from({ length: 1280 }, (_, i) => 1 / (i + 3) ** 1.3);
  const total = raw.reduce((sum, value) => sum + value, 0);
  const spectrum = raw.map((value) => value / total);
  const kept = spectrum.slice(0, 200);
  return {
    n_components: 200,
    explained_variance_ratio: kept,
    explained_total: kept.reduce((sum, value) => sum + value, 0),
    spectrum_ratio: spectrum,
    scaled: true,
  };
}

function failures(total: number): object {
  const rows = Array.from({ length: Math.min(total, 200) }, (_, i) => ({
    path: `Pear/broken, "${i}".jpg`,
    stage: 'decode',
    kind: i % 2 === 0 ? 'truncated' : 'unsupported_format',
    message: 'expected the end of the JPEG, found the end of the file',
  }));
  const kinds = [
    { stage: 'decode', kind: 'truncated', count: Math.ceil(total / 2) },
    { stage: 'decode', kind: 'unsupported_format', count: Math.floor(total / 2) },
  ];
  return { total, kinds: kinds.filter(({ count }) => count > 0), rows };
}

function run(labels: string[], shape: Shape, trainRows: number, testRows: number): object {
  const times = { scan: 0.4, prepare: 1.9, extract: 58.2, reduce: 2.1, train: 4.4, tsne: 0.02 };
  let start = 0;
  const timeline = Object.entries(times).map(([stage, seconds]) => {
    start += seconds;
    return { stage, start: start - seconds, seconds };
  });
  const ok = trainRows + testRows;
  return {
    format: 1,
    pomona: '0.1.0',
    verb: 'run',
    command: ['pomona', 'run', 'photographs of fruit', '--out', 'out'],
    options: { backbone: 'efficientnet-lite0', components: '200', group: '^(r\\d?_)?' },
    inputs: { images: 'photographs of fruit', test: null },
    versions: { pomona: '0.1.0', openvino: '2026.4.1' },
    machine: { cpu: 'A processor', cores: 2, instruction_sets: ['avx2'], memory_bytes: 25e9 },
    backbone: { name: 'efficientnet-lite0', digest: 'ab12'.repeat(16), size: 224 },
    precision: 'bf16',
    batch: 8,
    workers: 2,
    not_used: [
      {
        status: 'skipped',
        reason: 'hidden',
        count: 2,
        extensions: [{ extension: '.jpg', count: 2 }],
        examples: [{ path: `${labels[0]}/@eaDir/1.jpg/SYNOPHOTO_THUMB_XL.jpg` }],
      },
    ],
    counts: {
      found: ok + shape.failures + 2,
      ok,
      failed: shape.failures,
      skipped: 2,
      train: trainRows,
      test: testRows,
      classes: labels.length,
      bytes: 151e6,
    },
    labels: labels.map((label) => ({ label, train: shape.train, test: shape.test, failed: 0 })),
    started: '2026-11-21T22:00:00Z',
    timeline,
    images_per_second: 380.1,
    peak_memory_bytes: 612e6,
    seconds: start,
  };
}
