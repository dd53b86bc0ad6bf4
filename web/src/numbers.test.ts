// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import {
  bytes,
  count,
  counted,
  duration,
  moment,
  percent,
  percentRange,
  points,
  significant,
} from './numbers.ts';

/** The narrow space before units reads as a plain one here. */
const plain = (text: string): string => text.replaceAll('\u202f', ' ');

describe('shares', () => {
  test.each([
    [0.9724, '97.2 %'],
    [1, '100 %'],
    [0, '0 %'],
    [0.99996, '99.996 %'],
    [0.00004, '0.004 %'],
    [0.5, '50.0 %'],
    [null, '–'],
  ])('%s reads %s', (share, text) => {
    expect(plain(percent(share))).toBe(text);
  });

  test('an imperfect share never reads as perfect', () => {
    expect(plain(percent(0.9999, 0))).toBe('99.99 %');
    expect(plain(percent(22687 / 22688))).not.toBe('100 %');
  });

  test('intervals name the unit once', () => {
    expect(plain(percentRange([0.968, 0.9751]))).toBe('96.8–97.5 %');
    expect(plain(percentRange([0.99, 1]))).toBe('99.0–100 %');
    expect(plain(percentRange([1, 1]))).toBe('100 %');
    expect(percentRange(null)).toBe('–');
  });

  test('differences are points', () => {
    expect(points(0.143)).toBe('14.3 points');
    expect(points(-0.01)).toBe('1.0 point');
  });
});

describe('counts', () => {
  test('thousands are told apart', () => {
    expect(count(22688)).toBe('22,688');
    expect(count(undefined)).toBe('–');
  });
  test('one is one', () => {
    expect(counted(1, 'photograph')).toBe('1 photograph');
    expect(counted(0, 'photograph')).toBe('0 photographs');
    expect(counted(2, 'class', 'classes')).toBe('2 classes');
  });
});

test.each([
  [0, '0 s'],
  [0.052, '52 ms'],
  [0.0999, '0.1 s'],
  [7.13, '7.1 s'],
  [9.96, '10 s'],
  [71.3, '71 s'],
  [123, '2 min 3 s'],
  [3900, '1 h 5 min'],
  [7199, '2 h 0 min'],
])('%s seconds read %s', (seconds, text) => {
  expect(plain(duration(seconds))).toBe(text);
});

test('bytes and significant figures', () => {
  expect(plain(bytes(1_300_000_000))).toBe('1.3 GB');
  expect(plain(bytes(999))).toBe('999 bytes');
  expect(plain(bytes(999_900))).toBe('1 MB');
  expect(significant(0.0472)).toBe('0.047');
  expect(significant(380.2)).toBe('380');
});

test('a moment is in UTC; what is no time stays as it is', () => {
  expect(moment('2026-11-21T22:00:00Z')).toBe('21 November 2026, 22:00 UTC');
  expect(moment('yesterday')).toBe('yesterday');
});
