// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
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
