// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { ramp } from './look.ts';

test('colours mix along the stops and stay within them', () => {
  const stops = ['rgb(0, 0, 0)', 'rgb(100, 50, 0)', 'rgb(200, 50, 100)'];
  expect(ramp(stops, 0)).toBe('rgb(0, 0, 0)');
  expect(ramp(stops, 0.25)).toBe('rgb(50, 25, 0)');
  expect(ramp(stops, 0.75)).toBe('rgb(150, 50, 50)');
  expect(ramp(stops, 2)).toBe('rgb(200, 50, 100)');
  expect(ramp(['rgb(1, 2, 3)'], 0.5)).toBe('rgb(1, 2, 3)');
});
