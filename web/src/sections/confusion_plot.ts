// SPDX-License-Identifier: Apache-2.0
// The confusion matrix as a plot: a row for what is true, a column for what was answered.
import { h, labelText } from '../dom.ts';
import { wordRuns } from '../findings.ts';
import { type Look, ramp } from '../look.ts';
import { count, counted, percent } from '../numbers.ts';
import { type Option, tooltip } from '../plot.ts';
import type { Cell } from '../report_data.ts';

// With so few classes every row and column is named.
const namedClasses = 30;

export interface Axes {
  /** Indices of the classes shown, in order. */
  classes: number[];
  labels: string[];
  place: Map<number, number>;
}

export function axesOf(labels: string[], classes: number[]): Axes {
  return {
    classes,
    labels: classes.map((i) => labelText(labels[i] ?? '')),
    place: new Map(classes.map((index, place) => [index, place])),
  };
}

export function most(cells: Cell[]): number {
  return cells.reduce((high, cell) => Math.max(high, cell.count), 1);
}

/** What is drawn. `support`: test photographs of each class. */
export interface Confusion {
  axes: Axes;
  cells: Cell[];
  support: Map<number, number>;
  selected: Cell | null;
}

export const largestSide = 860;

/** In pixels; `step` is the side of one cell. */
interface Layout {
  margin: number;
  side: number;
  step: number;
  fontSize: number;
}

interface Mark {
  /** Column, row, and 1 for a mistake. */
  value: [number, number, number];
  cell: Cell;
  itemStyle: { color: string };
}

export function confusionPlot(confusion: Confusion, width: number, look: Look): Option {
  const { axes, support, selected } = confusion;
  const layout = layoutOf(axes, width, look);
  const marks = marksOf(confusion, look);
  return {
    grid: {
      left: layout.margin,
      top: layout.margin,
      width: layout.side,
      height: layout.side,
      show: true,
      borderColor: look.line,
    },
    xAxis: { ...axis('answered', 90, axes, layout, look), position: 'top' },
    yAxis: { ...axis('true', 0, axes, layout, look), inverse: true },
    tooltip: tooltip(look, ({ data }: { data: { cell: Cell } }) =>
      cellCard(data.cell, axes, support),
    ),
    series: [
      {
        type: 'custom',
        data: marks,
        clip: false,
        renderItem: (
          params: { dataIndex: number },
          api: { coord(at: [number, number]): [number, number] },
        ) => {
          const mark = marks[params.dataIndex];
          if (mark === undefined) return null;
          const [column, row] = mark.value;
          return square(
            mark,
            api.coord([column, row]),
            layout.step,
            isSame(mark.cell, selected),
            look,
          );
        },
      },
    ],
  };
}

function layoutOf({ labels }: Axes, width: number, look: Look): Layout {
  const fontSize = look.fontSize * 0.92;
  const longest = Math.max(...labels.map((label) => label.length), 1);
  const names = labels.length <= namedClasses ? longest * fontSize * 0.56 + 14 : fontSize * 7;
  const title = fontSize * 1.6;
  const margin = Math.min(width * 0.3, names + title);
  const side = Math.min(width, largestSide) - margin - 6;
  return { margin, side, step: side / labels.length, fontSize };
}

function marksOf({ axes, cells, support }: Confusion, look: Look): Mark[] {
  const highest = most(cells.filter(({ truth, prediction }) => truth !== prediction));
  const marks = cells.flatMap((cell): Mark[] => {
    const row = axes.place.get(cell.truth);
    const column = axes.place.get(cell.prediction);
    if (row === undefined || column === undefined || cell.count === 0) return [];
    const hit = row === column;
    const share = cell.count / (support.get(cell.truth) ?? cell.count);
    const color = hit
      ? ramp(look.hits, share)
      : ramp(look.mistakes, Math.log1p(cell.count - 1) / Math.log1p(Math.max(highest - 1, 1)));
    return [{ value: [column, row, hit ? 0 : 1], cell, itemStyle: { color } }];
  });
  // Wrong answers last, so that nothing covers them.
  return marks.sort((a, b) => a.value[2] - b.value[2]);
}

function axis(name: string, rotate: number, axes: Axes, layout: Layout, look: Look): object {
  const { margin, step, fontSize } = layout;
  const ticks = tickLabels(axes.labels, step, fontSize);
  return {
    type: 'value',
    min: 0,
    max: axes.labels.length,
    name,
    nameLocation: 'middle',
    nameGap: margin - fontSize * 1.2,
    nameTextStyle: { color: look.ink, fontSize, fontWeight: 600 },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: {
      customValues: ticks.map(({ at }) => at),
      formatter: (at: number) => ticks.find((tick) => Math.abs(tick.at - at) < 1e-6)?.text ?? '',
      color: look.muted,
      fontSize,
      rotate,
      width: margin - fontSize * 1.6 - 10,
      overflow: 'truncate',
      hideOverlap: false,
      interval: 0,
      margin: 6,
    },
  };
}

function isSame(cell: Cell, other: Cell | null): boolean {
  return cell.truth === other?.truth && cell.prediction === other.prediction;
}

function square(
  { value: [, , wrong], itemStyle }: Mark,
  [x, y]: [number, number],
  step: number,
  selected: boolean,
  look: Look,
): object {
  const gap = step > 8 ? 1 : 0;
  const least = wrong === 1 ? 4 : 2;
  const edge = Math.max(step - gap, least);
  const shift = (step - edge) / 2;
  return {
    type: 'rect',
    z2: selected ? 10 : wrong,
    shape: { x: x + shift, y: y + shift, width: edge, height: edge, r: edge > 12 ? 2 : 0 },
    style: {
      fill: itemStyle.color,
      stroke: selected ? look.ink : undefined,
      lineWidth: selected ? 2 : 0,
    },
    emphasis: { style: { stroke: look.ink, lineWidth: 1.5 } },
  };
}

/** Every name where there is room, else the first words that several neighbours share. */
function tickLabels(
  labels: string[],
  step: number,
  fontSize: number,
): { at: number; text: string }[] {
  if (labels.length <= namedClasses || step >= fontSize * 1.15) {
    const every = Math.ceil((fontSize * 1.1) / step);
    return labels.flatMap((text, i) => (i % every === 0 ? [{ at: i + 0.5, text }] : []));
  }
  let free = 0;
  return wordRuns(labels).flatMap(([first, length, word]) => {
    const at = first + length / 2;
    if (length < 2 || (at - free) * step < fontSize * 0.6) return [];
    free = at + (fontSize * 0.6) / step;
    return [{ at, text: word }];
  });
}

function cellCard(cell: Cell, axes: Axes, support: Map<number, number>): HTMLElement {
  const rows = support.get(cell.truth) ?? cell.count;
  const name = (index: number) => axes.labels[axes.place.get(index) ?? -1] ?? '';
  const right = cell.truth === cell.prediction;
  return h(
    'div',
    { class: 'card-lines' },
    h('strong', {}, name(cell.truth)),
    h('span', {}, right ? 'named right' : `taken for ${name(cell.prediction)}`),
    h(
      'span',
      {},
      `${count(cell.count)} of ${counted(rows, 'photograph')} (${percent(cell.count / rows)})`,
    ),
  );
}
