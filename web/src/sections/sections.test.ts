// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { isReached } from '../judgement_data.ts';
import { readReport } from '../report_data.ts';
import { matching } from './class_finder.ts';
import { classRows, classViews, type Row, sortRows } from './class_rows.ts';
import { countAxis } from './count_axis.ts';
import { leakSentences } from './leaks.ts';
import { crossValidated } from './metrics.ts';
import { skippedText } from './not_used.ts';
import { photographsNote } from './overview.ts';
import { plainText, shellWord } from './setup.ts';
import { extents, magnified, nextPoint, type Range } from './tsne_geometry.ts';

describe('the table of classes', () => {
  const row = (label: string, recall: number | null): Row => ({
    label,
    recall,
    recallInterval: null,
    train: 1,
    test: 1,
    precision: null,
    f1: null,
    taken: '',
    takenCount: 0,
  });
  const rows = [row('Pear 10', 0.5), row('Pear 2', null), row('Apple', 1)];
  const order = (sorted: Row[]) => sorted.map(({ label }) => label);

  test('names sort as people count', () => {
    expect(order(sortRows(rows, 'label', true))).toEqual(['Apple', 'Pear 2', 'Pear 10']);
    expect(order(sortRows(rows, 'label', false))).toEqual(['Pear 10', 'Pear 2', 'Apple']);
  });
  test('rows without a figure stay last both ways', () => {
    expect(order(sortRows(rows, 'recall', true))).toEqual(['Pear 10', 'Apple', 'Pear 2']);
    expect(order(sortRows(rows, 'recall', false))).toEqual(['Apple', 'Pear 10', 'Pear 2']);
  });
  test('a class never tested has no figures', () => {
    const report = readReport({
      run: { labels: [{ label: 'a', train: 3, test: 0 }] },
      metrics: {
        labels: ['a'],
        classes: [{ label: 'a', recall: 0, precision: 0, f1: 0, support: 0 }],
      },
    });
    expect(classRows(report)).toMatchObject([{ label: 'a', train: 3, recall: null, f1: null }]);
  });
});

describe('the views of the table of classes', () => {
  const report = readReport({
    run: { labels: [{ label: 'a', train: 3, test: 0 }] },
    metrics: {
      labels: ['a', 'b'],
      metrics: [
        { key: 'cross_validated', title: '2-fold cross-validation' },
        { key: 'cross_validated_source', title: 'of these x', source: 'x' },
      ],
      classes: [
        { label: 'a', recall: 0.5, precision: 1, f1: 0.6, support: 4 },
        { label: 'b', recall: 0, precision: 0, f1: 0, support: 0 },
      ],
      by_class: [
        {
          metrics: 'cross_validated',
          classes: [{ label: 'a', support: 4, recall: 0.5, recall_interval: [0.1, 0.9] }],
        },
        {
          metrics: 'cross_validated_source',
          source: 'x',
          classes: [{ label: 'a', support: 2, recall: 1, precision: 0.5, recall_interval: null }],
        },
      ],
    },
  });
  test('are one for each evaluation protocol, named by it or its source', () => {
    expect(classViews(report).map(({ name, rows }) => [name, rows.length])).toEqual([
      ['2-fold cross-validation', 2],
      ['Photographs of x alone', 1],
    ]);
  });
  test('count what was judged, and weigh recall and precision', () => {
    const [whole, source] = classViews(report);
    expect(whole?.rows[0]).toMatchObject({ train: 3, test: 4, recallInterval: [0.1, 0.9] });
    expect(whole?.rows[1]).toMatchObject({ train: null, recall: null, recallInterval: null });
    expect(source?.rows[0]).toMatchObject({ test: 2, recall: 1, recallInterval: null });
    expect(source?.rows[0]?.f1).toBeCloseTo(2 / 3);
  });
});

test('a share is as wanted on either side', () => {
  const share = { share: 0.5, interval: null, atLeast: null, atMost: null };
  expect(isReached(share)).toBeNull();
  expect(isReached({ ...share, atLeast: 0.5 })).toBe(true);
  expect(isReached({ ...share, atLeast: 0.6 })).toBe(false);
  expect(isReached({ ...share, atMost: 0.6 })).toBe(true);
  expect(isReached({ ...share, atMost: 0.4 })).toBe(false);
});

describe('metrics', () => {
  test('of training photographs are told from those of a test', () => {
    const entries = [
      { key: 'cross_validated', title: '5-fold cross-validation', accuracy: 0.9, rows: 100 },
      { key: 'main', title: 'Test', accuracy: 0.8, rows: 20 },
    ];
    const report = readReport({ metrics: { metrics: entries } });
    expect(report.metrics.map(crossValidated)).toEqual([true, false]);
  });
});

describe('the search for classes', () => {
  const labels = ['Apple Red', 'Pineapple', 'Pear', ''];
  test('finds words anywhere, several between commas', () => {
    expect(matching(labels, 'APPLE')).toEqual(new Set(['Apple Red', 'Pineapple']));
    expect(matching(labels, 'pear, red')).toEqual(new Set(['Apple Red', 'Pear']));
    expect(matching(labels, 'no label')).toEqual(new Set(['']));
  });
  test('nothing asked is not nothing found', () => {
    expect(matching(labels, ' , ')).toBeNull();
    expect(matching(labels, 'plum')).toEqual(new Set());
  });
});

describe('the t-SNE plot', () => {
  test('has one scale for both directions and holds all points', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 10, y: 1 },
    ];
    const [x, y] = extents(points, 200, 100);
    expect((x[1] - x[0]) / 200).toBeCloseTo((y[1] - y[0]) / 100);
    expect(x[0]).toBeLessThan(0);
    expect(x[1]).toBeGreaterThan(10);
  });
  test('one point alone still has room', () => {
    const [x] = extents([{ x: 3, y: 3 }], 100, 100);
    expect(x[1]).toBeGreaterThan(x[0]);
  });
  test('zoom stays on the plot', () => {
    const whole: [Range, Range] = [
      [0, 100],
      [0, 100],
    ];
    const [near] = magnified(whole, 0.5);
    expect(near).toEqual([25, 75]);
    expect(magnified([near, [80, 100]], 100)).toEqual(whole);
    expect(magnified(whole, 0)[0][1] - magnified(whole, 0)[0][0]).toBeCloseTo(3);
  });
  test('arrow keys go to the nearest photograph that way', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 5, y: 1 },
      { x: 2, y: -1 },
      { x: -3, y: 0 },
      { x: 1, y: 4 },
    ];
    const all = [0, 1, 2, 3, 4];
    expect(nextPoint(points, all, 0, [1, 0])).toBe(2);
    expect(nextPoint(points, [0, 1, 4], 0, [1, 0])).toBe(1);
    expect(nextPoint(points, all, 0, [0, 1])).toBe(4);
    expect(nextPoint(points, all, 3, [-1, 0])).toBe(3);
  });
});

test('commands can be typed again', () => {
  expect(shellWord('--size=224')).toBe('--size=224');
  expect(shellWord("it's here")).toBe("'it'\\''s here'");
  expect(shellWord('')).toBe("''");
});

test('values of any kind become text', () => {
  expect(plainText(true)).toBe('yes');
  expect(plainText(22688)).toBe('22,688');
  expect(plainText(0.05)).toBe('0.05');
  expect(plainText(['avx2', 'fma'])).toBe('avx2, fma');
  expect(plainText(null)).toBe('');
  expect(plainText('0123456789abcdef'.repeat(4))).toBe('0123456789abcdef…');
});

test('damaged photographs are counted beside the others', () => {
  const note = (counts: object) => photographsNote(readReport({ run: { counts } }));
  expect(note({ train: 3, test: 1, damaged: 2 })).toBe('3 to learn, 1 to test, 2 damaged');
  expect(note({ train: 3, test: 1, damaged: 0 })).toBe('3 to learn, 1 to test');
  expect(note({ train: 3, test: 1 })).toBe('3 to learn, 1 to test');
});

describe('bars of counts', () => {
  test('reach the next round number and no further', () => {
    expect(countAxis(7).max).toBe(8);
    expect(countAxis(100).max).toBe(100);
    const many = countAxis(22_688);
    expect(many.max).toBe(many.place(100_000));
    expect(many.place(1)).toBeGreaterThan(many.min);
    expect(many.label(many.place(10_000))).toBe('10,000');
    expect(many.label(many.min)).toBe('');
  });
});

describe('files that gave no photograph', () => {
  const report = readReport({
    run: {
      counts: { skipped: 3 },
      not_used: [
        { status: 'failed', reason: 'not_an_image', count: 4, extensions: [], examples: [] },
        {
          status: 'skipped',
          reason: 'no_image',
          count: 3,
          extensions: [
            { extension: '.txt', count: 2 },
            { extension: '', count: 1 },
          ],
          examples: [{ path: 'a/notes.txt' }],
        },
        {
          status: 'skipped',
          reason: 'hidden',
          count: 1,
          extensions: [{ extension: '.jpg', count: 1 }],
          examples: [{ path: 'a/@eaDir/1.jpg' }],
        },
      ],
    },
  });
  test('are named with their extensions and an example', () => {
    expect(report.notUsed.slice(1).map(skippedText)).toEqual([
      '3 files skipped, no image by content and name (2 .txt, 1 without extension), such as a/notes.txt',
      '1 file skipped, hidden by a name (1 .jpg), such as a/@eaDir/1.jpg',
    ]);
  });
  test('of older versions are none', () => {
    expect(readReport({ run: { counts: { skipped: 3 } } }).notUsed).toEqual([]);
  });
});

describe('what the test shares with training', () => {
  test('is counted in sentences', () => {
    const report = readReport({
      metrics: {
        copies: {
          photographs: 12,
          test_rows: 1,
          two_labels: 2,
          contradictions: [
            [
              { path: 'a/1.jpg', split: 'train', label: 'a' },
              { path: 'b/1.jpg', split: 'train', label: 'b' },
            ],
          ],
        },
        near_duplicates: { distance: 0.1, test_rows: 3, compared: 60 },
      },
    });
    const [copies, near] = leakSentences(report);
    expect(copies).toContain('12 photographs have copies');
    expect(copies).toContain('1 test photograph has a copy among the training photographs');
    expect(near).toContain('3 of 60 test photographs compared');
    expect(report.copies?.contradictions[0]?.[1].label).toBe('b');
  });
  test('is nothing where nobody has looked', () => {
    expect(leakSentences(readReport({ metrics: {} }))).toEqual([]);
    const none = { photographs: 0, test_rows: 0, two_labels: 0, contradictions: [] };
    expect(leakSentences(readReport({ metrics: { copies: none } }))).toEqual([]);
  });
});
