// SPDX-License-Identifier: Apache-2.0
// What the figures say, worked out from them: the titles of the sections state these.
import type { Bin, Cell, ClassFigures, TsnePoint } from './report_data.ts';

/** How many components it takes to keep each share of the variance; null where all are too few. */
export function componentsFor(spectrum: number[], shares: number[]): (number | null)[] {
  const sums = cumulative(spectrum);
  return shares.map((share) => {
    const at = sums.findIndex((sum) => sum >= share - 1e-12);
    return at < 0 ? null : at + 1;
  });
}

export function cumulative(values: number[]): number[] {
  let sum = 0;
  return values.map((value) => {
    sum += value;
    return sum;
  });
}

/** Mean confidence less mean accuracy: above zero the model promises too much. */
export function overconfidence(bins: Bin[]): number | null {
  let rows = 0;
  let gap = 0;
  for (const bin of bins) {
    if (bin.count === 0 || bin.confidence === null || bin.accuracy === null) continue;
    rows += bin.count;
    gap += bin.count * (bin.confidence - bin.accuracy);
  }
  return rows === 0 ? null : gap / rows;
}

/** Share of the points whose nearest neighbour on the plot has their own label. */
export function neighboursAgree(points: Pick<TsnePoint, 'label' | 'x' | 'y'>[]): number | null {
  if (points.length < 2) return null;
  const x = Float64Array.from(points, (point) => point.x);
  const y = Float64Array.from(points, (point) => point.y);
  let agree = 0;
  for (let i = 0; i < x.length; ++i) {
    const [fromX, fromY] = [x[i] as number, y[i] as number];
    let nearest = Number.POSITIVE_INFINITY;
    let neighbour = i;
    for (let j = 0; j < x.length; ++j) {
      const [stepX, stepY] = [(x[j] as number) - fromX, (y[j] as number) - fromY];
      const distance = stepX * stepX + stepY * stepY;
      if (distance < nearest && i !== j) {
        nearest = distance;
        neighbour = j;
      }
    }
    if (points[i]?.label === points[neighbour]?.label) ++agree;
  }
  return agree / points.length;
}

export interface Mistakes {
  wrong: number;
  rows: number;
  /** Pairs of a class and what it was taken for. */
  pairs: number;
  /** The fewest pairs that hold half of all mistakes. */
  pairsOfHalf: number;
}

export function mistakes(cells: Cell[]): Mistakes {
  const counts = cells
    .filter(({ truth, prediction, count }) => truth !== prediction && count > 0)
    .map(({ count }) => count)
    .sort((a, b) => b - a);
  const wrong = counts.reduce((sum, count) => sum + count, 0);
  let half = 0;
  let pairsOfHalf = 0;
  while (half * 2 < wrong) {
    half += counts[pairsOfHalf] ?? wrong;
    ++pairsOfHalf;
  }
  return {
    wrong,
    rows: cells.reduce((sum, { count }) => sum + count, 0),
    pairs: counts.length,
    pairsOfHalf,
  };
}

/** For each truth the wrong answer given most often, and how often. */
export function takenFor(cells: Cell[]): Map<number, { prediction: number; count: number }> {
  const most = new Map<number, { prediction: number; count: number }>();
  for (const { truth, prediction, count } of cells) {
    if (truth === prediction || count === 0) continue;
    if (count > (most.get(truth)?.count ?? 0)) most.set(truth, { prediction, count });
  }
  return most;
}

/** The tested class found least often, and how many are always found. */
export function hardest(classes: ClassFigures[]): {
  always: number;
  tested: number;
  worst: ClassFigures | null;
} {
  const tested = classes.filter(({ support, recall }) => support > 0 && recall !== null);
  let worst: ClassFigures | null = null;
  for (const one of tested) if ((one.recall ?? 1) < (worst?.recall ?? 2)) worst = one;
  const always = tested.filter(({ recall }) => recall === 1).length;
  return { always, tested: tested.length, worst };
}

/** Runs of labels that begin with the same word: [first index, length, word]. */
export function wordRuns(labels: string[]): [number, number, string][] {
  const runs: [number, number, string][] = [];
  for (const [i, label] of labels.entries()) {
    const word = label.split(/[\s_-]/, 1)[0] ?? label;
    const last = runs.at(-1);
    if (last !== undefined && last[2] === word) ++last[1];
    else runs.push([i, 1, word]);
  }
  return runs;
}

/**
 * A colour and a shape for each place, so that places near each other differ in colour first, and
 * places of the same colour in shape. Taken in order, each as far as can be from its like.
 */
export function assignMarks(
  places: { x: number; y: number }[],
  colours: number,
  shapes: number,
): { colour: number; shape: number }[] {
  const marks: { colour: number; shape: number }[] = [];
  for (const place of places) {
    const farthest = (size: number, likes: (choice: number) => number[]): number => {
      let best = 0;
      let reach = -1;
      for (let choice = 0; choice < size; ++choice) {
        const distances = likes(choice).map((i) => {
          const other = places[i] ?? place;
          return (other.x - place.x) ** 2 + (other.y - place.y) ** 2;
        });
        const nearest = Math.min(...distances, Number.MAX_VALUE);
        if (nearest > reach) {
          reach = nearest;
          best = choice;
        }
      }
      return best;
    };
    const like = (test: (mark: { colour: number; shape: number }) => boolean): number[] =>
      marks.flatMap((mark, i) => (test(mark) ? [i] : []));
    const colour = farthest(colours, (choice) => like((mark) => mark.colour === choice));
    const shape = farthest(shapes, (choice) =>
      like((mark) => mark.colour === colour && mark.shape === choice),
    );
    marks.push({ colour, shape });
  }
  return marks;
}
