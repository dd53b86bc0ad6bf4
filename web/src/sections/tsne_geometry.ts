// SPDX-License-Identifier: Apache-2.0
// Where things are on the plot, and the way from one photograph to the next.

export interface Place {
  x: number;
  y: number;
}
export type Range = [number, number];

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export function centre(points: Place[]): Place {
  return { x: median(points.map(({ x }) => x)), y: median(points.map(({ y }) => y)) };
}

/** Axis ranges with room around all points and one scale for both directions. */
export function extents(points: Place[], width: number, height: number): [Range, Range] {
  const along = (values: number[]): { middle: number; span: number } => {
    const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
    const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
    return { middle: (low + high) / 2, span: (high - low || 1) * 1.08 };
  };
  const x = along(points.map((point) => point.x));
  const y = along(points.map((point) => point.y));
  const scale = Math.max(x.span / width, y.span / height);
  return [
    [x.middle - (scale * width) / 2, x.middle + (scale * width) / 2],
    [y.middle - (scale * height) / 2, y.middle + (scale * height) / 2],
  ];
}

/** Both ranges, in percent of the whole, made smaller or larger around their middle. */
export function magnified(zoom: [Range, Range], factor: number): [Range, Range] {
  return zoom.map(([from, to]) => {
    const half = Math.min(Math.max(((to - from) / 2) * factor, 1.5), 50);
    const middle = Math.min(Math.max((from + to) / 2, half), 100 - half);
    return [middle - half, middle + half];
  }) as [Range, Range];
}

/** The nearest point of the pool that lies more along `step` than beside it. */
export function nextPoint(points: Place[], pool: number[], from: number, step: Range): number {
  const origin = points[from];
  if (origin === undefined) return from;
  let best = from;
  let nearest = Number.POSITIVE_INFINITY;
  for (const i of pool) {
    const point = points[i];
    if (point === undefined || i === from) continue;
    const x = point.x - origin.x;
    const y = point.y - origin.y;
    const along = x * step[0] + y * step[1];
    const beside = Math.abs(x * step[1]) + Math.abs(y * step[0]);
    if (along <= 0 || beside > along) continue;
    const distance = along * along + beside * beside;
    if (distance < nearest) {
      nearest = distance;
      best = i;
    }
  }
  return best;
}
