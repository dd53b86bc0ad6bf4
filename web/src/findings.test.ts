// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import {
  assignMarks,
  componentsFor,
  hardest,
  mistakes,
  neighboursAgree,
  overconfidence,
  takenFor,
  wordRuns,
} from './findings.ts';

const cell = (truth: number, prediction: number, count: number) => ({ truth, prediction, count });

test('components for a share count from one and may not suffice', () => {
  expect(componentsFor([0.5, 0.3, 0.1], [0.5, 0.51, 0.8, 0.95])).toEqual([1, 2, 2, null]);
});

describe('overconfidence', () => {
  test('weighs bins by their photographs and leaves empty ones out', () => {
    const bins = [
      { count: 30, confidence: 0.9, accuracy: 0.8 },
      { count: 10, confidence: 0.5, accuracy: 0.6 },
      { count: 0, confidence: null, accuracy: null },
    ];
    expect(overconfidence(bins)).toBeCloseTo((30 * 0.1 - 10 * 0.1) / 40);
  });
  test('is not defined without photographs', () => {
    expect(overconfidence([{ count: 0, confidence: null, accuracy: null }])).toBeNull();
  });
});

describe('neighbours on the plot', () => {
  test('agree where classes lie apart', () => {
    const points = [0, 0.1, 5, 5.1].map((x, i) => ({ x, y: 0, label: i < 2 ? 'a' : 'b' }));
    expect(neighboursAgree(points)).toBe(1);
  });
  test('disagree where they alternate', () => {
    const points = [0, 1, 2.5, 3].map((x, i) => ({ x, y: 0, label: i % 2 ? 'a' : 'b' }));
    expect(neighboursAgree(points)).toBe(0);
  });
  test('need two points', () => {
    expect(neighboursAgree([{ x: 0, y: 0, label: 'a' }])).toBeNull();
  });
  test('photographs in the same place have each other', () => {
    const points = [0, 0, 0].map(() => ({ x: 1, y: 1, label: 'a' }));
    expect(neighboursAgree(points)).toBe(1);
  });
});

describe('mistakes', () => {
  test('half of them lie in the fewest pairs', () => {
    const found = mistakes([
      cell(0, 0, 50),
      cell(0, 1, 6),
      cell(1, 0, 3),
      cell(2, 0, 2),
      cell(2, 1, 1),
    ]);
    expect(found).toEqual({ wrong: 12, rows: 62, pairs: 4, pairsOfHalf: 1 });
  });
  test('none is none', () => {
    expect(mistakes([cell(0, 0, 5)])).toEqual({ wrong: 0, rows: 5, pairs: 0, pairsOfHalf: 0 });
  });
  test('the commonest wrong answer of each class', () => {
    const taken = takenFor([cell(0, 0, 9), cell(0, 1, 2), cell(0, 2, 4), cell(1, 1, 3)]);
    expect(taken.get(0)).toEqual({ prediction: 2, count: 4 });
    expect(taken.has(1)).toBe(false);
  });
});

test('the hardest class is one that was tested', () => {
  const figures = (label: string, recall: number, support: number) => ({
    label,
    recall,
    support,
    precision: 1,
    f1: 1,
  });
  const found = hardest([figures('a', 0, 0), figures('b', 1, 4), figures('c', 0.5, 4)]);
  expect(found).toMatchObject({ always: 1, tested: 2, worst: { label: 'c' } });
  expect(hardest([]).worst).toBeNull();
});

test('labels that begin alike run together', () => {
  expect(wordRuns(['Apple 1', 'Apple 2', 'Apricot', 'Pear', 'Pear_2'])).toEqual([
    [0, 2, 'Apple'],
    [2, 1, 'Apricot'],
    [3, 2, 'Pear'],
  ]);
});

describe('marks', () => {
  test('neighbours differ in colour', () => {
    const places = Array.from({ length: 40 }, (_, i) => ({ x: i, y: 0 }));
    const marks = assignMarks(places, 8, 4);
    for (let i = 1; i < marks.length; ++i) expect(marks[i]?.colour).not.toBe(marks[i - 1]?.colour);
  });
  test('no mark is used twice while others are free', () => {
    const places = Array.from({ length: 32 }, (_, i) => ({ x: i % 6, y: Math.floor(i / 6) }));
    const used = new Set(
      assignMarks(places, 8, 4).map(({ colour, shape }) => `${colour} ${shape}`),
    );
    expect(used.size).toBeGreaterThanOrEqual(24);
  });
});
