// SPDX-License-Identifier: Apache-2.0
import { count } from '../numbers.ts';

/** Where bars of counts up to `most` (at least 1) end: logarithmic where they differ much. */
export function countAxis(most: number) {
  if (most <= 100) {
    const interval = Math.max(1, Math.ceil(most / 2));
    return { min: 0, max: 2 * interval, interval, place: (n: number) => n, label: count };
  }
  // One unit of height below the place of 1, so that a single photograph has a bar as well.
  const max = Math.ceil(Math.log10(most)) + 1;
  return {
    min: 0,
    max,
    interval: max > 4 ? 2 : 1,
    place: (n: number) => Math.log10(n) + 1,
    label: (value: number) => (value >= 1 ? count(10 ** (value - 1)) : ''),
  };
}
