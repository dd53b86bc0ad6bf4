// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import collected from '../../tests/web/collected.json' with { type: 'json' };
import { makeReport } from '../../tests/web/fixtures.ts';
import { readReport } from './report_data.ts';

test.each([
  null,
  7,
  'x',
  [],
  {},
  { run: 3, metrics: [], tsne: { points: [{}] }, pairs: [null] },
  {
    metrics: { by_class: [3] },
    surest_mistakes: [null],
    judgements: [{ rows: [{ shares: [3] }] }],
  },
])('anything is read without a complaint: %j', (data) => {
  const report = readReport(data);
  expect(report.metrics).toEqual([]);
  expect(report.tsne).toBeNull();
  expect(report.failures.total).toBe(0);
});

test('fields find their places', () => {
  const report = readReport(makeReport({ classes: 5 }));
  expect(report.labels).toHaveLength(5);
  expect(report.metrics[0]).toMatchObject({ key: 'main', intervalUnit: 'row' });
  expect(report.metrics.at(-1)).toMatchObject({
    key: 'pixels',
    top3: null,
    accuracyInterval: null,
  });
  expect(report.tsne?.points[0]?.jpeg).toMatch(/^\/9j\//);
  expect(report.pairs[0]?.examples[0]?.probability).toBeGreaterThan(0);
  expect(report.counts.ok).toBe(report.classCounts.reduce((n, one) => n + one.train + one.test, 0));
});

test('what the binary gathers is what is read', () => {
  // src/pomona/report/report_test.cpp writes this file.
  const report = readReport(collected);
  expect(report.labels).toEqual(['Apple', 'Pear']);
  expect(report.cells).toEqual([
    { truth: 0, prediction: 0, count: 1 },
    { truth: 0, prediction: 1, count: 1 },
    { truth: 1, prediction: 1, count: 3 },
  ]);
  expect(report.failures).toMatchObject({ total: 2, kinds: [{ stage: 'decode', count: 2 }] });
  expect(report.pairs[0]?.examples[0]).toMatchObject({ path: 'Apple/x.jpg', probability: 0.75 });
  expect(report.surestMistakes).toMatchObject([
    { path: 'Apple/x.jpg', truth: 'Apple', prediction: 'Pear', truthProbability: 0.2 },
  ]);
  expect(report.byClass[0]).toMatchObject({
    metrics: 'main',
    source: '',
    classes: [{ label: 'Apple', support: 2, recall: 0.5, recallInterval: [0.1, 0.9] }],
  });
  expect(report.judgements[0]).toMatchObject({ title: 'What it rejects', columns: ['rejected'] });
  expect(report.judgements[0]?.rows[0]).toMatchObject({
    name: 'drawings',
    count: 118,
    shares: [{ share: 0.9, interval: [0.8, 0.95], atLeast: 0.9, atMost: null }],
  });
  const photos = [
    ...report.surestMistakes,
    ...(report.pairs[0]?.examples ?? []),
    ...(report.pairs[0]?.lookalikes ?? []),
    ...report.sheet.flatMap((entry) => entry.photos),
    ...(report.tsne?.points ?? []),
  ];
  expect(photos).toHaveLength(22);
  for (const { jpeg, split, path } of photos) {
    expect(atob(jpeg ?? '')).toBe(`picture of ${split} ${path}`);
  }
});

test('what is not a number is missing, not zero', () => {
  const report = readReport({
    metrics: { metrics: [{ key: 'main', accuracy: 'high', accuracy_interval: [0.1, null] }] },
    run: { seconds: null },
  });
  expect(report.metrics[0]).toMatchObject({ accuracy: null, accuracyInterval: null });
  expect(report.seconds).toBeNull();
});

test('a photograph without a picture is told from one with', () => {
  const report = readReport({
    photos: ['AAAA'],
    sheet: [
      {
        label: 'a',
        photos: [
          { path: 'p', photo: 0 },
          { path: 'q', photo: null },
          { path: 'r', photo: 9 },
        ],
      },
    ],
  });
  expect(report.sheet[0]?.photos.map(({ jpeg }) => jpeg)).toEqual(['AAAA', null, null]);
});
