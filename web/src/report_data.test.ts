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
  { run: 3, metrics: [], map: { points: [{}] }, pairs: [null] },
])('anything is read without a complaint: %j', (data) => {
  const report = readReport(data);
  expect(report.scores).toEqual([]);
  expect(report.map).toBeNull();
  expect(report.failures.total).toBe(0);
});

test('fields find their places', () => {
  const report = readReport(makeReport({ classes: 5 }));
  expect(report.labels).toHaveLength(5);
  expect(report.scores[0]).toMatchObject({ key: 'main', intervalUnit: 'row' });
  expect(report.scores.at(-1)).toMatchObject({ key: 'pixels', top3: null, accuracyInterval: null });
  expect(report.map?.points[0]?.jpeg).toMatch(/^\/9j\//);
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
  const photos = [
    ...(report.pairs[0]?.examples ?? []),
    ...(report.pairs[0]?.lookalikes ?? []),
    ...report.sheet.flatMap((entry) => entry.photos),
    ...(report.map?.points ?? []),
  ];
  expect(photos).toHaveLength(21);
  for (const { jpeg, split, path } of photos) {
    expect(atob(jpeg ?? '')).toBe(`picture of ${split} ${path}`);
  }
});

test('what is not a number is missing, not zero', () => {
  const report = readReport({
    metrics: { scores: [{ key: 'main', accuracy: 'high', accuracy_interval: [0.1, null] }] },
    run: { seconds: null },
  });
  expect(report.scores[0]).toMatchObject({ accuracy: null, accuracyInterval: null });
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
